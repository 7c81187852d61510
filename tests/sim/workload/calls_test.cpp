// Calls that the timeline makes on clients: send, resend, flush, poll, commit, seek (scenario-language.md 6).
#include "tests/sim/measure/ask.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::calls_test {
namespace {

using testing::broken;

std::string script(const std::string& clients, const std::string& timeline) {
  return "name: calls\nsettle: 0s\ntopics: { t: { assignment: [[1, 2, 3]] } }\n" + clients + "timeline:\n" + timeline;
}

// What did not come out, of the whole scenario: lines of the timeline and `gets` too.
std::string wrong(const std::string& yaml) {
  const auto scenario = testing::load_text(yaml).at(0);
  Simulation simulation{scenario};
  simulation.run();
  return testing::failures(*scenario, simulation);
}

constexpr const char* kWriter = "producers: { p: { topic: t } }\n";
const std::string kReader =
    std::string{kWriter} +
    "consumers: { g: { topics: [t], process: manual, commit: none, config: { auto.offset.reset: earliest } } }\n";

}  // namespace

TEST_CASE("each list of `batches` is one batch, of exactly the bytes of its records (R1.1)", "[calls]") {
  // 61 bytes of header; time differences of 64 ms and 8192 ms take 2 and 3 bytes; one of -100 ms takes 2.
  const std::string x63(63, 'a'), x64(64, 'b'), v50(50, 'v'), v64(64, 'w');
  CHECK(broken(script(kWriter,
                      "  - { send: p, batches: [[[k0, v0], [k1, v1], [k2, v2]], [[k0, v3]]] }\n"
                      "  - { send: p, batches: [[[k, v, 1s], [null, " +
                          v50 + ", 1001ms], [" + x63 + ", null, 1064ms], [" + x64 + ", " + v64 +
                          ", 9192ms], [\"\", \"\", 900ms]]] }\n"),
               {"batches(t-0) == [[0, 2, 3], [3, 3, 1], [4, 8, 5]]", "size(t-0) == 513",
                "values(t-0) == [v0, v1, v2, v3, v, " + v50 + ", none, " + v64 + ", \"\"]"}) == "");
}

TEST_CASE("the first batch waits for metadata and is one batch all the same", "[calls]") {
  CHECK(broken(script("producers: { p: { topic: t, config: { linger.ms: 0 } } }\n",
                      "  - { at: 0s, send: p, batches: [[[a, 1], [b, 2], [c, 3]], [[a, 4], [b, 5]]] }\n"),
               {"batches(t-0) == [[0, 2, 3], [3, 4, 2]]", "acked(p) == 5"}) == "");
}

TEST_CASE("times of records: signed from now, unsigned of the run; ListOffsets finds them", "[calls]") {
  CHECK(broken(script(kWriter,
                      "  - { at: 10s, send: p, batches: [[[k, a, 100ms]], [[k, b, 300ms], [k, c, 200ms]], "
                      "[[k, d, -1s]], [[k, e, +5s]]] }\n"),
               {"offset_at(t-0, 0ms) == 0", "offset_at(t-0, 101ms) == 1", "offset_at(t-0, 300ms) == 1",
                "offset_at(t-0, 301ms) == 3", "offset_at(t-0, 9s) == 3", "offset_at(t-0, 9.1s) == 4",
                "offset_at(t-0, 15s) == 4", "offset_at(t-0, 15.1s) == none"}) == "");
}

TEST_CASE("a record that the application sends again is stored again", "[calls]") {
  CHECK(broken(script(kWriter, "  - { send: p, values: [a, b] }\n  - { resend: p, records: [0], gets: ok }\n"),
               {"values(t-0) == [a, b, a]", "duplicated(p) == 1", "sent(p) == 3", "acked(p) == 3",
                "indeterminate(p) == 0", "reordered(p) == 1"}) == "");
  CHECK(wrong(script(kWriter, "  - { send: p, values: [a] }\n  - { resend: p, records: [1] }\n  - { note: over }\n"))
            .find("resend: has not sent such a record yet") != std::string::npos);
}

TEST_CASE("flush() sends what lingers and returns when all of it is answered", "[calls]") {
  CHECK(broken(script("producers: { p: { topic: t, config: { linger.ms: 20000 } } }\n",
                      "  - { id: send, at: 1s, send: p, records: 3, wait: false }\n"
                      "  - { wait: 1s }\n"
                      "  - { id: flush, flush: p, gets: ok }\n"
                      "  - { wait: 1ms }\n"
                      "  - { id: done, note: flushed }\n"),
               {"acked(p) == 0 at flush", "acked(p) == 3 at done", "batches(t-0) == [[0, 2, 3]]",
                "elapsed(flush, acked(p) == 3) < 50ms"}) == "");
}

TEST_CASE("polls by hand: what a poll returned is worked through when the next one is made", "[calls]") {
  CHECK(broken(script(kReader,
                      "  - { send: p, values: [a, b, c] }\n"
                      "  - { poll: g/1, timeout: 10s, gets: ok }\n"
                      "  - { wait: 1ms }\n"
                      "  - { id: first, note: polled }\n"
                      "  - { send: p, values: [d] }\n"
                      "  - { poll: g/1, timeout: 10s }\n"
                      "  - { wait: 1ms }\n"
                      "  - { id: empty, poll: g/1, timeout: 2s }\n"
                      "  - { wait: 1ms }\n"
                      "  - { id: last, note: nothing came }\n"),
               {"read(g) == [a, b, c, d]", "delivered(g) == 3 at first", "processed(g) == 0 at first",
                "processed(g) == 4 at last", "lag(g) == none", "delivered(g) == 0 from empty to last"}) == "");
}

TEST_CASE("commit: positions or given offsets; what a later commit may not do", "[calls]") {
  CHECK(broken(script(kReader,
                      "  - { send: p, values: [a, b, c, d] }\n"
                      "  - { poll: g/1, timeout: 10s }\n"
                      "  - { commit: g/1, gets: ok }\n"
                      "  - { wait: 1ms }\n"
                      "  - { id: first, note: committed }\n"
                      "  - { commit: g/1, offsets: { t-0: 2 }, gets: ok }\n"),
               {"committed(g, t-0) == 4 at first", "committed(g, t-0) == 2", "position(g/1, t-0) == 4"}) == "");
}

TEST_CASE("a member that was removed gets CommitFailedException, whatever it asks for (C-33)", "[calls]") {
  CHECK(wrong("name: late\nduration: 60s\nsettle: 0s\ntopics: { t: { partitions: 2 } }\n"
              "consumers: { g: { topics: [t], members: 2, process.poll: 100ms, commit: none, "
              "config: { session.timeout.ms: 10000 } } }\n"
              "timeline:\n"
              "  - { wait: state(g) == Stable }\n"
              "  - { at: 15s, sleep: g/2, for: 2s }\n"
              "  - { wait: 500ms }\n"
              "  - { id: frozen, freeze: g/2 }\n"
              "  - { id: awake, after: frozen, delay: 16s, thaw: g/2 }\n"
              "  - { commit: g/2, offsets: { t-1: 1 }, gets: CommitFailedException }\n"
              "expect:\n"
              "  - exceptions(g/2, CommitFailedException) == 1\n"
              "  - callbacks(g/2, lost) == 1\n"
              "  - exceptions(g/1, CommitFailedException) == 0\n") == "");
}

TEST_CASE("commitAsync lets the script go on; its answer is read by a later poll (C-32)", "[calls]") {
  CHECK(wrong(script(kReader,
                     "  - { send: p, values: [a, b] }\n"
                     "  - { poll: g/1, timeout: 10s }\n"
                     "  - { id: asked, commit: g/1, async: true, gets: ok }\n"
                     "  - { id: next, note: at once }\n"
                     "  - { poll: g/1, timeout: 1s }\n") +
              "expect:\n  - committed(g, t-0) == 2\n  - elapsed(asked, committed(g, t-0) == 2) > 0s\n") == "");
}

TEST_CASE("seek: an offset, the beginning, the end, a time; buffered records are dropped (C-27)", "[calls]") {
  CHECK(broken(script(kReader,
                      "  - { at: 10s, send: p, values: [a, b, c, d] }\n"
                      "  - { send: p, batches: [[[null, e, 20s]], [[null, f, 21s]]] }\n"
                      "  - { poll: g/1, timeout: 10s }\n"
                      "  - { seek: g/1, to: 2, gets: ok }\n"
                      "  - { id: a, poll: g/1, timeout: 10s }\n"
                      "  - { seek: g/1, to: beginning }\n"
                      "  - { id: b, poll: g/1, timeout: 10s }\n"
                      "  - { seek: g/1, to: timestamp 20.5s }\n"
                      "  - { id: c, poll: g/1, timeout: 10s }\n"
                      "  - { seek: g/1, to: timestamp 30s, gets: ok }\n"
                      "  - { id: d, poll: g/1, timeout: 1s }\n"
                      "  - { seek: g/1, offsets: { t-0: 5 } }\n"
                      "  - { seek: g/1, to: end }\n"
                      "  - { id: e, poll: g/1, timeout: 1s }\n"
                      "  - { id: over, note: over }\n"),
               {"read(g) == [a, b, c, d, e, f, c, d, e, f, a, b, c, d, e, f, f]", "position(g/1, t-0) == 6"}) == "");
}

TEST_CASE("a seek to what is not assigned is an IllegalStateException", "[calls]") {
  CHECK(wrong(script(kReader,
                     "  - { seek: g/1, offsets: { t-0: 1 }, gets: IllegalStateException }\n"
                     "  - { seek: g/1, to: 3, gets: IllegalStateException }\n"
                     "  - { seek: g/1, to: timestamp 1s, partitions: [t-0], gets: IllegalStateException }\n")) == "");
}

TEST_CASE("a poll beyond the log throws what the policy says", "[calls]") {
  const auto reading = [](const std::string& policy) {
    return script(std::string{kWriter} +
                      "consumers: { r: { assign: [t-0], process: manual, commit: none, config: { auto.offset.reset: " +
                      policy + " } } }\n",
                  "  - { send: p, values: [a, b] }\n"
                  "  - { seek: r, to: 0 }\n"
                  "  - { poll: r, timeout: 2s }\n"
                  "  - { seek: r, to: 9 }\n"
                  "  - { poll: r, timeout: 2s, gets: " +
                      std::string{policy == "none" ? "OffsetOutOfRangeException" : "ok"} + " }\n");
  };
  CHECK(wrong(reading("none")) == "");
  CHECK(wrong(reading("earliest") + "expect:\n  - read(r) == [a, b, a, b]\n") == "");
}

TEST_CASE("`gets` that does not come out fails the run, and a call nobody can make is told", "[calls]") {
  CHECK(wrong(script(kReader,
                     "  - { send: p, values: [a] }\n"
                     "  - { poll: g/1, timeout: 10s, gets: WakeupException }\n"))
            .find("gets: WakeupException: ok") != std::string::npos);
  CHECK(wrong(script(kReader,
                     "  - { at: 5s, crash: g/1 }\n  - { poll: g/1, gets: ok }\n  - { id: on, note: goes on }\n") +
              "expect:\n  - time(not alive(g/1)) == 5s\n")
            .find("gets: ok: not running") != std::string::npos);
}

TEST_CASE("a call on a busy member waits for the end of its step", "[calls]") {
  CHECK(
      broken(
          "name: busy\nduration: 30s\nsettle: 0s\ntopics: { t: { assignment: [[1, 2, 3]] } }\n"
          "producers: { p: { topic: t, rate: 10/s, stop: 10s } }\n"
          "consumers: { g: { topics: [t], process.poll: 2s, commit: none, config: { auto.offset.reset: earliest } } }\n"
          "timeline:\n"
          "  - { id: reading, wait: delivered(g) > 0 }\n"
          "  - { wait: 500ms }\n"
          "  - { id: asked, commit: g/1, gets: ok }\n",
          {"elapsed(asked, committed(g, t-0) > 0) between 1.4s and 1.6s"}) == "");
}

TEST_CASE("start with other settings: a broker, a producer, a member", "[calls]") {
  CHECK(broken("name: settings\nduration: 40s\nsettle: 0s\ntopics: { t: { assignment: [[1, 2, 3]] } }\n"
               "producers: { p: { topic: t, rate: 100/s, config: { linger.ms: 0 } } }\n"
               "consumers: { g: { topics: [t], process.poll: 100ms, config: { max.poll.records: 500 } } }\n"
               "timeline:\n"
               "  - { at: 10s, shutdown: [p, g/1] }\n"
               "  - { id: again, at: 11s, start: p, config: { linger.ms: 500 } }\n"
               "  - { start: g/1, config: { max.poll.records: 1 } }\n"
               "  - { restart: broker 3, down: 1s, config: { replica.fetch.wait.max.ms: 100 } }\n",
               {"batch_records(p, min) == 1", "batch_records(p, max) between 45 and 55",
                "delivered(g) <= 290 after again", "identical(t)"}) == "");
}

TEST_CASE("join: a list of groups, each with its own settings", "[calls]") {
  CHECK(broken("name: joins\nduration: 20s\nsettle: 0s\ntopics: { t: { assignment: [[1, 2, 3]] } }\n"
               "producers: { p: { topic: t, rate: 10/s } }\n"
               "consumers:\n"
               "  a: { topics: [t], members: 0, config: { auto.offset.reset: earliest } }\n"
               "  b: { topics: [t], members: 0, config: { auto.offset.reset: latest } }\n"
               "timeline:\n  - { id: both, at: 10s, join: [a, b] }\n",
               {"delivered(a) > 150", "delivered(b) between 1 and 80", "owner(a, t-0) == a/1",
                "owner(b, t-0) == b/1"}) == "");
}

TEST_CASE("a key is as long as its text, unless key.size says otherwise", "[calls]") {
  CHECK(broken(script("producers: { p: { topic: t, key: constant(k), value.size: 1B }, q: { topic: t, key: "
                      "sequence(3), value.size: 1B, key.size: 20B } }\n",
                      "  - { send: p, records: 1 }\n  - { send: q, records: 1 }\n"),
               {"size(t-0) == 159"}) == "");
}

}  // namespace kafkasim::sim::calls_test
