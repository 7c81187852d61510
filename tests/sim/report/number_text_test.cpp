#include "sim/report/number_text.hpp"

#include "tests/support/catch.hpp"

namespace kafkasim::sim {

TEST_CASE("counts are grouped by thousands", "[report]") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(grouped(-999) == "-999");
  CHECK(grouped(-1234) == "-1,234");
}

TEST_CASE("times in documents have every digit", "[report]") {
  CHECK(seconds_text(Duration{0}) == "0.000000000");
  CHECK(seconds_text(8541ms) == "8.541000000");
  CHECK(seconds_text(Duration{1}) == "0.000000001");
  CHECK(seconds_text(Duration{-1500000000}) == "-1.500000000");
  CHECK(millis_text(2100us) == "2.100000");
  CHECK(millis_text(Duration{1}) == "0.000001");
}

TEST_CASE("times for people have the digits that matter", "[report]") {
  struct Row {
    Duration value;
    const char* text;
  };
  const Row rows[] = {{0s, "0 s"},
                      {850us, "850 us"},
                      {Duration{1500}, "1.5 us"},
                      {2100us, "2.1 ms"},
                      {2ms, "2 ms"},
                      {99'949us, "99.9 ms"},
                      {99'960us, "100 ms"},
                      {850ms, "850 ms"},
                      {999'600us, "1 s"},
                      {9240ms, "9.2 s"},
                      {9250ms, "9.3 s"},
                      {119'940ms, "120 s"},
                      {99'940ms, "99.9 s"},
                      {2min, "2 min"},
                      {125s, "2 min 5 s"},
                      {-2100us, "-2.1 ms"},
                      {999'499'999ns, "999 ms"}};
  for (const Row& row : rows) CHECK(short_duration(row.value) == row.text);
}

TEST_CASE("an instant of a story has milliseconds", "[report]") {
  CHECK(clock_text(kStart + 10'041'900us) == "10.041 s");
}

TEST_CASE("text is padded by what it shows, not by its bytes", "[report]") {
  CHECK(width("Zürich") == 6);
  CHECK(pad_right("ü", 3) == "ü  ");
  CHECK(pad_left("12", 4) == "  12");
  CHECK(pad_left("12345", 4) == "12345");
}

TEST_CASE("wrapping joins lines of a paragraph and keeps paragraphs", "[report]") {
  using Lines = std::vector<std::string>;
  CHECK(wrap("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrap("one\ntwo\n", 20) == Lines{"one two"});
  CHECK(wrap("one\n\ntwo", 20) == Lines{"one", "", "two"});
  CHECK(wrap("unbreakable", 4) == Lines{"unbreakable"});
  CHECK(wrap("", 4).empty());
}

TEST_CASE("lists are joined as people speak", "[report]") {
  CHECK(joined({}) == "");
  CHECK(joined({"a"}) == "a");
  CHECK(joined({"a", "b"}) == "a and b");
  CHECK(joined({"a", "b", "c"}) == "a, b and c");
}

}  // namespace kafkasim::sim
