#include "core/network/network_client.hpp"

#include "tests/core/network/steady.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;

namespace {
const NodeId one{1}, two{2}, three{3};

NetworkClient client(std::int32_t max_in_flight = 5) { return NetworkClient{100, ClientConfig{}, max_in_flight}; }

void connect(NetworkClient& network, NodeId node, Steps& steps, std::int64_t ms) {
  Turn turn = steps.at(ms);
  network.ready(node, turn);
  network.on_connected(100 + node.value(), turn);
}

Correlation ask(NetworkClient& network, NodeId node, Steps& steps, std::int64_t ms, Duration timeout = 30s) {
  Turn turn = steps.at(ms);
  return network.send(node, MetadataRequest{}, timeout, ms, turn);
}
}  // namespace

TEST_CASE("exponential back-off: base and range of the jitter (P-25)") {
  struct Row {
    std::int32_t attempt;
    std::int64_t base, least, most;  // ms
  };
  const Row rows[] = {{0, 100, 80, 120},  {1, 200, 160, 240},   {2, 400, 320, 480},
                      {3, 800, 640, 960}, {4, 1000, 800, 1000}, {40, 1000, 800, 1000}};
  const ExponentialBackoff backoff{100ms, 1s};
  Steps steps;
  for (const Row& row : rows) {
    CAPTURE(row.attempt);
    Turn turn = steps.at(0);
    CHECK(backoff.base(row.attempt) == std::chrono::milliseconds{row.base});
    steps.choices.fixed[Choice::backoff_jitter] = 0;
    CHECK(backoff.draw(row.attempt, turn) == std::chrono::milliseconds{row.least});
    steps.choices.fixed[Choice::backoff_jitter] = ~std::uint64_t{0} / 400'000 * 400'000 - 1;  // the largest draw
    const Duration most = backoff.draw(row.attempt, turn);
    CHECK(most <= std::chrono::milliseconds{row.most});
    CHECK(most > std::chrono::milliseconds{row.most} - 1ms);
  }
  Turn turn = steps.at(0);
  CHECK(ExponentialBackoff{100ms, 100ms}.draw(7, turn) == 100ms);  // constant, no jitter
}

TEST_CASE("a refused node is tried again after 50, 100, 200 ms; a success starts over (P-33)") {
  NetworkClient network = client();
  Steps steps;
  std::int64_t now = 0;
  for (const std::int64_t wait : {50, 100, 200}) {
    Turn turn = steps.at(now);
    CHECK_FALSE(network.ready(one, turn));
    REQUIRE(steps.all<OpenChannel>().size() == 1);
    CHECK(steps.all<OpenChannel>()[0].channel == 101);
    CHECK(network.state(one) == ConnectionState::connecting);
    CHECK(network.on_disconnected(101, true, turn).reason == LossReason::refused);
    CHECK(steps.notes<ConnectionLost>()[0].refused);
    CHECK(network.may_connect_at(one, at_ms(now)) == at_ms(now + wait));
    Turn early = steps.at(now + wait - 1);
    network.ready(one, early);
    CHECK(steps.all<OpenChannel>().empty());
    now += wait;
  }
  connect(network, one, steps, now);
  CHECK(network.can_send(one));
  Turn turn = steps.at(now + 5);
  network.on_disconnected(101, false, turn);
  CHECK(network.may_connect_at(one, at_ms(now + 5)) == at_ms(now + 55));
}

TEST_CASE("requests of a connection are answered in order, up to the in-flight limit (P-32)") {
  NetworkClient network = client(2);
  Steps steps;
  connect(network, one, steps, 0);
  const Correlation first = ask(network, one, steps, 1), second = ask(network, one, steps, 2);
  CHECK_FALSE(network.can_send(one));
  Turn turn = steps.at(3);
  CHECK(network.on_response(101, first, turn).tag == 1);
  CHECK(network.can_send(one));
  CHECK(network.on_response(101, second, turn).tag == 2);
  CHECK(network.in_flight() == 0);
}

TEST_CASE("one expired request closes the connection and takes the younger ones with it (P-29)") {
  NetworkClient network = client();
  Steps steps;
  connect(network, one, steps, 0);
  connect(network, two, steps, 0);
  ask(network, one, steps, 10, 100ms);
  ask(network, one, steps, 60, 100ms);
  ask(network, two, steps, 60, 100ms);
  CHECK(network.next_deadline() == at_ms(110));
  CHECK(network.next_connection_deadline() == kNever);
  Turn early = steps.at(109);
  CHECK(network.on_tick(early).empty());
  Turn turn = steps.at(110);
  const std::vector<Disconnection> lost = network.on_tick(turn);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].node == one);
  CHECK(lost[0].error() == ErrorCode::REQUEST_TIMED_OUT);
  REQUIRE(lost[0].aborted.size() == 2);
  CHECK(lost[0].aborted[0].tag == 10);
  CHECK(lost[0].aborted[1].tag == 60);
  CHECK(steps.all<CloseChannel>().size() == 1);
  CHECK(steps.notes<ConnectionLost>()[0].timed_out);
  CHECK(network.in_flight(two) == 1);
}

TEST_CASE("set-up and idle time-outs") {
  NetworkClient network = client();
  Steps steps;
  Turn begin = steps.at(0);
  network.ready(one, begin);
  CHECK(network.next_deadline() == at_ms(10'000));
  Turn turn = steps.at(10'000);
  CHECK(network.on_tick(turn).at(0).reason == LossReason::setup_timed_out);
  Turn again = steps.at(10'050);
  network.ready(one, again);
  CHECK(network.next_deadline() == at_ms(30'050));  // 20 s the second time
  network.on_connected(101, again);
  CHECK(network.next_deadline() == at_ms(10'050 + 540'000));
  Turn idle = steps.at(10'050 + 540'000);
  CHECK(network.on_tick(idle).at(0).reason == LossReason::idle);
  CHECK(steps.notes<ConnectionLost>().empty());
}

TEST_CASE("least loaded: fewest in flight, else connecting, else the one tried longest ago") {
  const std::vector<NodeId> nodes{one, two, three};
  NetworkClient network = client(2);
  Steps steps;
  Turn start = steps.at(0);
  network.ready(one, start);
  network.on_disconnected(101, true, start);
  Turn turn = steps.at(1'000);
  network.ready(two, turn);
  network.on_disconnected(102, true, turn);
  Turn later_turn = steps.at(2'000);
  CHECK(network.least_loaded({one, two}, later_turn) == one);
  network.ready(two, later_turn);
  CHECK(network.least_loaded({one, two}, later_turn) == two);
  connect(network, three, steps, 2'000);
  CHECK(network.least_loaded(nodes, later_turn) == three);
  network.on_connected(102, later_turn);
  ask(network, three, steps, 2'001);
  CHECK(network.least_loaded(nodes, later_turn) == two);
  ask(network, two, steps, 2'002);
  ask(network, two, steps, 2'003);
  CHECK(network.least_loaded(nodes, later_turn) == three);
}

TEST_CASE("a deadline set after all were looked at is not missed") {
  NetworkClient network = client();
  Steps steps;
  connect(network, one, steps, 0);
  CHECK(network.next_deadline() == at_ms(540'000));
  const Correlation asked = ask(network, one, steps, 10, 100ms);
  CHECK(network.next_deadline() == at_ms(110));
  CHECK(network.next_connection_deadline() == kNever);
  Turn answer = steps.at(15);
  network.on_response(101, asked, answer);
  CHECK(network.next_deadline() == at_ms(540'015));
  Turn begin = steps.at(20);
  network.ready(two, begin);
  CHECK(network.next_connection_deadline() == at_ms(10'020));
  CHECK(network.next_connection_deadline(at_ms(10'021)) == at_ms(10'020));
  CHECK(network.next_connection_deadline(at_ms(10'020)) == kNever);
  network.on_connected(102, begin);
  CHECK(network.next_deadline() == at_ms(540'015));
  ask(network, two, steps, 40, 50ms);
  Turn early = steps.at(89);
  CHECK(network.on_tick(early).empty());
  Turn turn = steps.at(90);
  CHECK(network.on_tick(turn).at(0).node == two);
  Turn idle = steps.at(540'015);
  CHECK(network.on_tick(idle).at(0).node == one);
  CHECK(network.next_deadline() == kNever);
}
