// Values from text: exact, and exact about what is wrong.
#include "sim/scenario/model_text.hpp"
#include "sim/scenario/number_text.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {

namespace {

template <class T>
struct Row {
  const char* text;
  T value;
};

std::int64_t ns(std::string_view text) { return read_duration(text).value.count(); }

}  // namespace

TEST_CASE("durations are exact nanoseconds", "[scenario]") {
  const Row<std::int64_t> rows[] = {
      {"0", 0},
      {"0s", 0},
      {"250us", 250'000},
      {"10ms", 10'000'000},
      {"2.5s", 2'500'000'000},
      {"3min", 180'000'000'000},
      {"1h", 3'600'000'000'000},
      {"7d", 604'800'000'000'000},
      {"0.000000001s", 1},
      {"0.1s", 100'000'000},
      {"1.1ms", 1'100'000},
      {" 5 ms ", 5'000'000},
      {"4ns", 4},
  };
  for (const auto& [text, value] : rows) {
    INFO(text);
    REQUIRE(read_duration(text).ok());
    CHECK(ns(text) == value);
  }
  CHECK(read_duration("-1h", true).value == Duration{-1h});
  CHECK(read_duration("+0.5ms", true).value == Duration{500us});
}

TEST_CASE("what is no duration", "[scenario]") {
  for (const char* text : {"", "s", "10", "010s", "1.s", ".5s", "1e3s", "0.0000000001s", "-1s", "1s2",
                           "99999999999999999d", "1..2", "9999999999999999999s", "1m", "+", "ten s"}) {
    INFO(text);
    CHECK_FALSE(read_duration(text).ok());
  }
  CHECK(read_duration("5minutes").problem ==
        "'5minutes': unknown unit 'minutes' for a duration, such as 250us, 10ms, 2.5s or 3min; did you mean '5min'?");
  CHECK(read_duration("0.5ns").problem == "'0.5ns' is finer than can be held (ns)");
}

TEST_CASE("sizes, bandwidths, throughputs", "[scenario]") {
  CHECK(read_size("512B").value == 512);
  CHECK(read_size("16KiB").value == 16'384);
  CHECK(read_size("1.5KiB").value == 1536);
  CHECK(read_size("1MB").value == 1'000'000);
  CHECK(read_size("2TiB").value == 2'199'023'255'552);
  CHECK_FALSE(read_size("1.0001KiB").ok());
  CHECK_FALSE(read_size("-1B").ok());
  CHECK(read_bandwidth("1Gbit/s").value == 1'000'000'000);
  CHECK(read_bandwidth("50MB/s").value == 400'000'000);
  CHECK(read_throughput("100MiB/s").value == 104'857'600);
  CHECK(read_throughput("8Mbit/s").value == 1'000'000);
  CHECK_FALSE(read_throughput("1bit/s").ok());
}

TEST_CASE("shares and rates are exact ratios", "[scenario]") {
  CHECK(read_share("5%").value == Ratio{1, 20});
  CHECK(read_share("0.1%").value == Ratio{1, 1000});
  CHECK(read_share("1/3").value == Ratio{1, 3});
  CHECK(read_share("2/6").value == Ratio{1, 3});
  CHECK(read_share("0.25").value == Ratio{1, 4});
  CHECK(read_share("0%").value == Ratio{0, 1});
  for (const char* text : {"101%", "3/2", "1/0", "x", "-5%"}) CHECK_FALSE(read_share(text).ok());
  CHECK(read_rate_value("2000/s").value == Ratio{2000, 1});
  CHECK(read_rate_value("10/min").value == Ratio{1, 6});
  CHECK(read_rate_value("5/h").value == Ratio{1, 720});
  CHECK(read_rate_value("0.5/s").value == Ratio{1, 2});
  CHECK(read_rate("10/min").value.per_1000s == 167);
}

TEST_CASE("samples of a distribution", "[scenario]") {
  const auto samples = read_samples("latency, count\n# measured\n3ms,1\r\n1.5ms\n\n2ms,7\n", Quantity::duration);
  REQUIRE(samples.ok());
  CHECK(samples.value == std::vector<std::int64_t>{1'500'000, 2'000'000, 3'000'000});
  CHECK_FALSE(read_samples("", Quantity::duration).ok());
  CHECK(read_samples("1ms\n2\n", Quantity::duration).problem.starts_with("line 2: "));
}

TEST_CASE("brackets of a call", "[scenario]") {
  CHECK(read_call("a(1, b(2), 3)").ok());
  CHECK_FALSE(read_call("a(1").ok());
  CHECK_FALSE(read_call("a(1) x").ok());
  CHECK(read_call("zipf( 10 , 1.1 )").value.arguments == std::vector<std::string_view>{"10", "1.1"});
}

}  // namespace kafkasim::sim
