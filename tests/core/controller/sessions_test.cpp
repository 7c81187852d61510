// When brokers are fenced, and when they may come back (R3.12, R3.15, README-crash facts 1, 2, 9).
#include "tests/core/controller/host.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::testing {
namespace {

/// Fenced at (the note comes with the commit), for a broker heard last at `contact` and a check phase.
Instant fenced_at(Duration phase, Duration contact) {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.alive = {b(2), b(3)};
  host.controller.assume_contact(b(1), at(contact));
  host.choices.script[Choice::timer_phase] = {static_cast<std::uint64_t>(phase.count())};
  host.start();
  host.run_until(at(12s));
  const auto fencings = host.of<BrokerFencing>();
  REQUIRE(fencings.size() == 1);
  CHECK(fencings[0].second.broker == b(1));
  CHECK(fencings[0].second.fenced);
  return fencings[0].first - kCommitDelay;
}

TEST_CASE("a broker is fenced by the first check more than the session after its last contact") {
  struct Row {
    const char* what;
    Duration phase, contact, fenced;
  };
  const Row table[] = {
      {"a check exactly at the end of the session is too early", 0ns, 0ns, 10125ms},
      {"a nanosecond later is enough", 1ns, 0ns, 9s + 1ns},
      {"last heartbeat nearly one interval before the crash", 0ns, -2s + 1ns, 7875ms},
      {"nearly the same with the luckiest check", 251ms + 1ns, -1999ms, 7001ms + 1ns},
      {"checks at 0.5 + k * 1.125 s", 500ms, -800ms, 8375ms},
      {"the longest wait for a check", 1124ms, -875ms - 1ms, 8999ms},
  };
  for (const Row& row : table) {
    INFO(row.what);
    CHECK(fenced_at(row.phase, row.contact) == at(row.fenced));
  }
}

TEST_CASE("fencing delays lie in (7, 10.125] s after a crash (Q1)") {
  for (Duration phase = 0ns; phase < 1125ms; phase += 75ms)
    for (Duration age = 0ns; age < 2s; age += 190ms) {
      const Instant fenced = fenced_at(phase, -age);
      const std::int64_t checks = (9s - age - phase + 1125ms) / Duration{1125ms};  // the first one strictly after
      CHECK(fenced == at(phase + checks * 1125ms));
      CHECK(fenced > at(7s));
      CHECK(fenced <= at(10125ms));
    }
}

TEST_CASE("heartbeats keep a session alive") {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.start();
  host.run_until(at(60s));
  CHECK(host.notes.empty());
}

TEST_CASE(
    "of two sessions that ended before the same check one is fenced 10 ms later, in open order (README-crash 2)") {
  for (const std::uint64_t pick : {0u, 1u}) {
    Host host{image_of(3, {bs({1, 2, 3})}, 2)};
    host.alive = {b(3)};
    host.choices.script[Choice::expired_session] = {pick};
    host.start();
    host.run_until(at(12s));
    const auto fencings = host.of<BrokerFencing>();
    REQUIRE(fencings.size() == 2);
    CHECK(fencings[0].second.broker == b(pick == 0 ? 1 : 2));
    CHECK(fencings[1].second.broker == b(pick == 0 ? 2 : 1));
    CHECK(fencings[1].first - fencings[0].first == 10ms);
    // With min ISR 2 the one fenced second is the ELR member.
    CHECK(host.partition(0) == (pick == 0 ? "leader 3 epoch 2 isr 3 elr 2" : "leader 3 epoch 1 isr 3 elr 1"));
  }
}

TEST_CASE("after a run that fenced somebody the pause is counted from the run 10 ms later") {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.alive = {b(2), b(3)};
  host.start();
  host.run_until(at(10125ms));
  CHECK(host.timers.at({TimerKind::stale_broker_check}) == at(10135ms));
  host.run_until(at(10135ms));
  CHECK(host.timers.at({TimerKind::stale_broker_check}) == at(10135ms + 1125ms));
}

TEST_CASE("one write holds the partition changes and then the registration change (README-crash 3)") {
  Host host{image_of(4, {bs({1, 2, 3}), bs({2, 1, 3}), bs({2, 3, 4}), bs({1, 4, 2})})};
  host.alive = {b(2), b(3), b(4)};
  host.start();
  host.run_until(at(11s));
  REQUIRE(host.notes.size() == 4);
  for (const auto& [when, note] : host.notes) CHECK(when == at(10126ms));
  CHECK(std::holds_alternative<BrokerFencing>(host.notes.back().second));
  CHECK(host.partition(0) == "leader 2 epoch 1 isr 2,3");
  CHECK(host.partition(1) == "leader 2 epoch 0 isr 2,3");  // no new leader, no new leader epoch
  CHECK(host.partition(2) == "leader 2 epoch 0 isr 2,3,4");
  CHECK(host.partition(3) == "leader 4 epoch 1 isr 4,2");
  const auto changes = host.of<PartitionChanged>();
  CHECK(show(changes[0].second.before) == "leader 1 epoch 0 isr 1,2,3");
  CHECK(show(changes[0].second.after) == "leader 2 epoch 1 isr 2,3");
  CHECK(changes[1].second.after.partition_epoch == PartitionEpoch{1});
}

TEST_CASE("a quick restart is refused until 9 s after the old process's last heartbeat, clean or not (R3.12)") {
  for (const bool clean : {false, true}) {
    Host host{image_of(3, {bs({1, 2, 3})})};
    host.alive = {b(2), b(3)};
    host.choices.script[Choice::timer_phase] = {1'000'000'000};  // checks at 1, 2.125, ..., 10 s: after the retries
    host.start();
    const BrokerEpoch previous = clean ? BrokerEpoch{11} : BrokerEpoch{};
    for (Duration retry = 1s; retry <= 9s; retry += 2s) {
      host.run_until(at(retry));
      host.register_broker(b(1), 7, previous);
      CHECK(host.last_reply<BrokerRegistrationResponse>().error == ErrorCode::DUPLICATE_BROKER_REGISTRATION);
      CHECK(host.replies.back().first == at(retry));  // a refusal waits for nothing
    }
    CHECK(host.of<BrokerRegistered>().size() == 5);
    host.run_until(at(9s + 1ns));
    host.register_broker(b(1), 7, previous);
    host.run_until(at(9s + 1ns + kCommitDelay));
    const auto accepted = host.last_reply<BrokerRegistrationResponse>();
    CHECK(accepted.error == ErrorCode::NONE);
    CHECK(accepted.broker_epoch == BrokerEpoch{50});  // offset of the write
    CHECK(host.controller.image().brokers.at(b(1)).fenced);
    CHECK(host.of<BrokerRegistered>().back().second.error == ErrorCode::NONE);
    CHECK(host.of<BrokerFencing>().size() == 1);
    CHECK(host.partition(0) == "leader 2 epoch 1 isr 2,3");
  }
}

TEST_CASE("the same incarnation may ask again: its first answer was lost") {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.start();
  host.register_broker(b(1), 101);
  host.run_until(at(kCommitDelay));
  CHECK(host.last_reply<BrokerRegistrationResponse>().broker_epoch == BrokerEpoch{11});
  CHECK(!host.controller.image().brokers.at(b(1)).fenced);
}

TEST_CASE("a broker is unfenced once it has seen its own registration (R3.14)") {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.alive = {b(2), b(3)};
  host.start();
  host.run_until(at(11s));
  host.register_broker(b(1), 7);
  host.run_until(at(11100ms));
  const std::int64_t registered_at = host.controller.image().end - 1;
  host.heartbeat(b(1), false, registered_at - 1);
  CHECK(host.last_reply<BrokerHeartbeatResponse>().is_fenced);
  CHECK(!host.last_reply<BrokerHeartbeatResponse>().is_caught_up);
  host.heartbeat(b(1), false, registered_at);
  host.run_until(at(11200ms));
  CHECK(!host.last_reply<BrokerHeartbeatResponse>().is_fenced);
  CHECK(host.controller.image().active(b(1)));
}

TEST_CASE("a heartbeat of an earlier incarnation is refused and keeps nobody alive") {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.alive = {b(2), b(3)};
  host.start();
  for (Duration when = 1s; when < 9s; when += 2s) {
    host.run_until(at(when));
    host.send(b(1), BrokerHeartbeatRequest{b(1), BrokerEpoch{4}, 49, false, false});
    CHECK(host.last_reply<BrokerHeartbeatResponse>().error == ErrorCode::STALE_BROKER_EPOCH);
  }
  host.run_until(at(11s));
  CHECK(host.of<BrokerFencing>().size() == 1);
}

TEST_CASE("after a controller restart unfenced brokers have a fresh session, fenced ones none (R3.9, S-31)") {
  Host host{image_of(3, {bs({1, 2, 3})})};
  host.alive = {b(2), b(3)};
  host.start();
  host.run_until(at(10500ms));  // 1 is fenced, 3 has just sent a heartbeat, and both restart
  REQUIRE(host.of<BrokerFencing>().size() == 1);
  host.heartbeat(b(1), false, 0);  // alive again, but not caught up: fenced with a valid session
  host.alive = {b(2)};
  host.run_until(at(11s));
  const MetadataImage before = host.controller.image();
  DurableMetadata disk = std::move(host.controller).take_disk();
  host.controller = Controller{b(101), BrokerConfig{}, nullptr, true, kCommitDelay, std::move(disk)};
  host.timers.clear();
  host.alive = {};
  host.run_until(at(12s));
  host.start();
  host.alive = {b(2)};
  CHECK(host.controller.image() == before);
  host.register_broker(b(1), 7);
  host.run_until(at(12100ms));
  CHECK(host.last_reply<BrokerRegistrationResponse>().error == ErrorCode::NONE);
  host.register_broker(b(3), 8);
  CHECK(host.last_reply<BrokerRegistrationResponse>().error == ErrorCode::DUPLICATE_BROKER_REGISTRATION);
  host.run_until(at(25s));
  const auto fencings = host.of<BrokerFencing>();
  CHECK(fencings.back().second.broker == b(3));
  CHECK(fencings.back().first == at(12s + 9 * 1125ms + kCommitDelay));  // no phase: counted from the activation
}

}  // namespace
}  // namespace kafkasim::core::testing
