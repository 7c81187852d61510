// Registration, heartbeats, restart and controlled shutdown (R3.11-R3.14, R3.18; README-crash facts 9, 10, 15).
#include <algorithm>

#include "tests/core/broker/cluster.hpp"
#include "tests/core/broker/requests.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {

namespace {

using Lines = std::vector<std::string>;

Lines of_broker(const Cluster& cluster, const std::string& id) {
  Lines lines;
  for (const std::string& line : cluster.to_controller) {
    if (line.find(" " + id + " ") != std::string::npos) lines.push_back(line);
  }
  return lines;
}

std::vector<BrokerLifecycle::State> states(const Cluster& cluster, std::int32_t id) {
  std::vector<BrokerLifecycle::State> seen;
  for (const auto& [at, note] : cluster.notes.at(BrokerId{id})) {
    if (const auto* changed = std::get_if<BrokerStateChanged>(&note)) seen.push_back(changed->state);
  }
  return seen;
}

}  // namespace

TEST_CASE("a running broker sends a heartbeat two seconds after each answer (R3.13)", "[broker][life]") {
  Cluster cluster{1};
  cluster.broker(1).set_heartbeat_phase(500ms);
  cluster.start();
  cluster.run_until(ms(5000));
  CHECK(cluster.to_controller == Lines{"0.50 1 BrokerHeartbeat", "2.50 1 BrokerHeartbeat", "4.50 1 BrokerHeartbeat"});
}

TEST_CASE("a restarted broker is refused, tries again every two seconds, then is unfenced", "[broker][life]") {
  using State = BrokerLifecycle::State;
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.crash(2);
  cluster.to_controller.clear();
  cluster.notes.clear();
  cluster.controller().registration_errors = {ErrorCode::DUPLICATE_BROKER_REGISTRATION,
                                              ErrorCode::DUPLICATE_BROKER_REGISTRATION};
  cluster.restart(2);
  cluster.run_until(ms(4000));
  CHECK_FALSE(cluster.broker(2).accepts_clients());
  CHECK(cluster.broker(2).life_cycle().refusals() == 2);
  cluster.run_until(ms(7500));
  CHECK(of_broker(cluster, "2") == Lines{"1.00 2 BrokerRegistration", "3.00 2 BrokerRegistration",
                                         "5.00 2 BrokerRegistration",
                                         "5.00 2 BrokerHeartbeat",  // at once: caught up
                                         "5.00 2 BrokerHeartbeat",  // ready to unfence
                                         "7.00 2 BrokerHeartbeat"});
  CHECK(states(cluster, 2) == std::vector{State::starting, State::recovery, State::running});
  CHECK(cluster.broker(2).accepts_clients());
  CHECK_FALSE(cluster.broker(2).fenced());
}

TEST_CASE("a restarted broker fetches before it is registered and serves nobody (fact 10)", "[broker][life]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.crash(2);
  const int parked = cluster.send(1, produce(Acks::all, 1));
  cluster.controller().registration_errors.assign(4, ErrorCode::DUPLICATE_BROKER_REGISTRATION);
  cluster.run_until(ms(2000));
  cluster.restart(2);
  cluster.run_until(ms(2590));
  CHECK_FALSE(cluster.reply(parked));
  cluster.run_until(ms(2610));
  REQUIRE(cluster.reply(parked));  // the high watermark moved: it is still in the ISR
  CHECK(cluster.broker(2).fenced());
  CHECK_FALSE(cluster.broker(2).accepts_clients());
  CHECK(cluster.reply(cluster.send(2, produce(Acks::leader, 2)))->dropped);
}

TEST_CASE("a broker that is never registered gives up (R3.11)", "[broker][life]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.crash(2);
  cluster.controller().registration_errors.assign(100, ErrorCode::DUPLICATE_BROKER_REGISTRATION);
  cluster.restart(2);
  cluster.run_until(ms(60'900));
  CHECK(cluster.alive(2));
  cluster.run_until(ms(61'100));
  CHECK_FALSE(cluster.alive(2));
}

TEST_CASE("controlled shutdown: heartbeats at 0, after 50 ms, after 2 s; then the broker ends clean",
          "[broker][life]") {
  Cluster cluster{3};
  cluster.broker(1).set_heartbeat_phase(1500ms);
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.send(1, produce(Acks::all, 1));
  cluster.run_for(10ms);
  cluster.to_controller.clear();
  cluster.controller().shutdown_answers_before_grant = 2;
  cluster.run_until(ms(1100));
  cluster.sigterm(1);
  cluster.run_until(ms(3100));
  CHECK(cluster.alive(1));
  CHECK(cluster.broker(1).accepts_clients());
  cluster.run_until(ms(3200));
  REQUIRE_FALSE(cluster.alive(1));
  CHECK(of_broker(cluster, "1") == Lines{"1.10 1 BrokerHeartbeat", "1.15 1 BrokerHeartbeat", "3.15 1 BrokerHeartbeat"});
  const LogDir& disk = cluster.disks.at(BrokerId{1});
  CHECK(disk.clean_shutdown == BrokerEpoch{1});
  CHECK(disk.replicas.at(kOrders).high_watermark == Offset{1});
  CHECK(disk.replicas.at(kOrders).log.flushed_end() == Offset{1});
}

TEST_CASE("a crash leaves neither marker nor fresh checkpoint (R1.32, R1.35)", "[broker][life]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.send(1, produce(Acks::all, 1));
  cluster.run_for(10ms);
  const int at_once = 0, after_a_checkpoint = 1;
  const int when = GENERATE(0, 1);
  if (when == after_a_checkpoint) cluster.run_for(5s);
  cluster.crash(1);
  const LogDir& disk = cluster.disks.at(BrokerId{1});
  CHECK_FALSE(disk.clean_shutdown.has_value());
  CHECK(disk.replicas.at(kOrders).high_watermark == Offset{when == at_once ? 0 : 1});
  CHECK(disk.replicas.at(kOrders).log.log_end() == Offset{1});
}

TEST_CASE("the clean-shutdown epoch is told at the next registration, once (R3.27)", "[broker][life]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.sigterm(2);
  cluster.run_until(ms(1100));
  REQUIRE_FALSE(cluster.alive(2));
  CHECK(cluster.disks.at(BrokerId{2}).clean_shutdown == BrokerEpoch{2});
  cluster.restart(2);
  cluster.run_until(ms(1500));
  cluster.crash(2);
  CHECK_FALSE(cluster.disks.at(BrokerId{2}).clean_shutdown.has_value());
}

TEST_CASE("a heartbeat that is refused is sent again after the interval (R3.13)", "[broker][life]") {
  Cluster cluster{1};
  cluster.start();
  cluster.run_until(ms(100));
  cluster.controller().heartbeat_errors = {ErrorCode::REQUEST_TIMED_OUT};
  cluster.to_controller.clear();
  cluster.run_until(ms(7000));
  CHECK(std::count_if(cluster.to_controller.begin(), cluster.to_controller.end(),
                      [](const std::string& line) { return line.find("BrokerHeartbeat") != std::string::npos; }) == 3);
  CHECK(cluster.alive(1));
}

TEST_CASE("leave to go that never comes: the broker ends after five minutes all the same", "[broker][life]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.controller().shutdown_answers_before_grant = 1'000'000;
  cluster.sigterm(1);
  cluster.run_until(ms(300'900));
  CHECK(cluster.alive(1));
  cluster.run_until(ms(301'100));
  CHECK_FALSE(cluster.alive(1));
  CHECK(cluster.disks.at(BrokerId{1}).clean_shutdown.has_value());
}

TEST_CASE("without controlled shutdown a broker asks nobody", "[broker][life]") {
  BrokerConfig config;
  config.controlled_shutdown_enable = false;
  Cluster cluster{2, {}, config};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.sigterm(1);
  cluster.run_for(10ms);
  CHECK_FALSE(cluster.alive(1));
  CHECK(cluster.disks.at(BrokerId{1}).clean_shutdown.has_value());
}

}  // namespace kafkasim::core::test
