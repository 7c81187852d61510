#include "sim/report/trace_compare.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "sim/kernel/trace.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

// A folder that is gone afterwards, for traces written by hand.
class Traces {
 public:
  Traces() {
    std::string name = (fs::temp_directory_path() / "kafkasim-compare-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~Traces() { fs::remove_all(folder_); }
  Traces(const Traces&) = delete;
  Traces& operator=(const Traces&) = delete;

  fs::path write(const std::string& name, const std::vector<std::string>& lines) const {
    TraceWriter writer{folder_ / name};
    for (const std::string& line : lines) writer.line(line);
    writer.close();
    return folder_ / name;
  }
  TraceComparison compare(const std::vector<std::string>& left, const std::vector<std::string>& right) const {
    return compare_traces(write("left", left), write("right", right));
  }

 private:
  fs::path folder_;
};

std::string event(int id, int cause, const std::string& kind = "timer") {
  return "{\"id\":" + std::to_string(id) + ",\"t\":" + std::to_string(id * 1000) + ",\"kind\":\"" + kind +
         "\",\"cause\":" + std::to_string(cause) + "}";
}

// Ids of lines.
std::vector<std::string> numbers(const std::vector<std::string>& lines) {
  std::vector<std::string> all;
  for (const std::string& line : lines) all.push_back(line.substr(6, line.find(',') - 6));
  return all;
}

std::string failure(const Traces& traces, const std::vector<std::string>& lines) {
  try {
    traces.compare(lines, lines);
  } catch (const OutputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("equal traces: how many events they share", "[report][compare]") {
  const Traces traces;
  CHECK_FALSE(traces.compare({}, {}).parting);
  const std::vector<std::string> lines{R"({"id":0,"t":0,"kind":"beginning","notes":[{"note":"A"}]})", event(1, 0),
                                       event(2, 1)};
  const TraceComparison found = traces.compare(lines, lines);
  CHECK_FALSE(found.parting);
  CHECK(found.same == 2);
}

TEST_CASE("the first event that differs, and the causes of either version back to the beginning", "[report][compare]") {
  const Traces traces;
  const std::vector<std::string> shared{event(1, 0), event(2, 0), event(3, 1), event(4, 2), event(5, 3)};
  std::vector<std::string> left = shared, right = shared;
  left.insert(left.end(), {event(6, 5), event(7, 6)});
  right.insert(right.end(), {event(6, 4), event(7, 6, "packet")});
  const TraceComparison found = traces.compare(left, right);
  CHECK(found.same == 5);
  REQUIRE(found.parting);
  CHECK(found.parting->left == event(6, 5));
  CHECK(found.parting->right == event(6, 4));
  CHECK(numbers(found.parting->left_causes) == std::vector<std::string>{"5", "3", "1"});
  CHECK(numbers(found.parting->right_causes) == std::vector<std::string>{"4", "2"});
}

TEST_CASE("a note makes a difference; so does what was noted before the first event", "[report][compare]") {
  const Traces traces;
  const std::string plain = event(1, 0), noted = plain.substr(0, plain.size() - 1) + R"(,"notes":[{"note":"A"}]})";
  const TraceComparison found = traces.compare({plain}, {noted});
  CHECK(found.same == 0);
  REQUIRE(found.parting);
  CHECK(found.parting->right == noted);
  CHECK(found.parting->right_causes.empty());
  const std::string beginning = R"({"id":0,"t":0,"kind":"beginning","notes":[{"note":"A"}]})";
  const TraceComparison early = traces.compare({beginning, plain}, {plain});
  CHECK(early.same == 0);
  CHECK(early.parting->left == beginning);
}

TEST_CASE("one of two traces ends first", "[report][compare]") {
  const Traces traces;
  const TraceComparison found = traces.compare({event(1, 0), event(2, 1), event(3, 2)}, {event(1, 0), event(2, 1)});
  CHECK(found.same == 2);
  REQUIRE(found.parting);
  CHECK(found.parting->left == event(3, 2));
  CHECK_FALSE(found.parting->right);
  CHECK(numbers(found.parting->left_causes) == std::vector<std::string>{"2", "1"});
  CHECK(found.parting->right_causes.empty());
}

TEST_CASE("what is no trace of events is refused, with its path", "[report][compare]") {
  const Traces traces;
  const char* const numbering = "left: no trace of events: its events are not numbered one after the other";
  const char* const causes = "left: no trace of events: an event has no earlier one as its cause";
  CHECK_THAT(failure(traces, {"{}"}), Catch::Contains(numbering));
  CHECK_THAT(failure(traces, {event(2, 0)}), Catch::Contains(numbering));
  CHECK_THAT(failure(traces, {event(1, 0), event(3, 0)}), Catch::Contains(numbering));
  CHECK_THAT(failure(traces, {event(1, 0), event(2, 2)}), Catch::Contains(causes));
  CHECK_THAT(failure(traces, {R"({"id":1,"t":0})"}), Catch::Contains(causes));
  CHECK_THAT(failure(traces, {R"({"id":-1,"cause":0})"}), Catch::Contains(numbering));
  CHECK_THROWS_AS(compare_traces("no-such-file", "no-such-file"), OutputError);
  CHECK_THROWS_AS(event_text("{"), OutputError);
  CHECK_THROWS_AS(event_differences("[]", "{}"), OutputError);
}

TEST_CASE("an event for people", "[report][compare]") {
  CHECK(
      event_text(
          R"({"id":7,"t":10023145678,"kind":"packet","at":"broker 1","from":"checkout","what":"Produce request","cause":3})") ==
      "10.023145678 s  broker 1  packet  Produce request from checkout");
  CHECK(event_text(R"({"id":7,"t":0,"kind":"end","cause":3,"notes":[{"note":"A"},{"note":"B"}]})") ==
        "0.000000000 s  end  [A, B]");
}

TEST_CASE("what two versions of an event do not share", "[report][compare]") {
  const std::string event = R"({"id":7,"t":10,"kind":"timer","cause":3,"notes":[{"note":"A","n":1},{"note":"B"}]})";
  CHECK(event_differences(event, event).empty());
  CHECK(event_differences(event,
                          R"({"id":7,"t":12,"kind":"packet","what":"SYN","cause":3,"notes":[{"note":"A","n":1}]})") ==
        std::vector<std::string>{"t: 10 | 12", "kind: timer | packet", R"(note 2: {"note":"B"} | -)", "what: - | SYN"});
  CHECK(event_differences(event, R"({"id":7,"t":10,"kind":"timer","cause":3})") ==
        std::vector<std::string>{R"(note 1: {"note":"A","n":1} | -)"});
}

}  // namespace kafkasim::sim
