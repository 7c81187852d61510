// A small result, made by hand.
#pragma once

#include "sim/report/result.hpp"

namespace kafkasim::sim {

inline Result sample_result() {
  Result result;
  result.scenario = "the leader dies";
  result.about = "What nobody else had is gone.\n";
  result.file = "crash.yaml";
  result.kafka = "4.3";
  result.seed = 7;
  result.fingerprint = "0123456789abcdef0123456789abcdef";
  result.expectations = {{"lost(checkout) == 0", false, "4004", kStart + 41s, "crash.yaml:20", 20},
                         {"leader(orders-0) == 2", true, "2", kStart + 12s, "crash.yaml:18", 18},
                         {"acked(checkout) > 0", true, "60000", kStart + 41s, "crash.yaml:21", 21}};
  result.timeline = {{"kill", kStart + 10s, "crash", {"broker 1"}, ""}, {"", std::nullopt, "start", {}, ""}};
  RecordFigures records;
  records.sent = records.acked = 60'000;
  records.in_log = 55'996;
  records.lost = 4'004;
  records.errors["NETWORK_EXCEPTION"] = 5;
  records.gap = 8'600ms;
  result.records.emplace_back("checkout", records);
  result.total.add(records);
  result.produce_latency.emplace_back("checkout", LatencyFigures{60'000, 1ms, 800us, 2ms, 8'300ms, 8'500ms, 8'600ms});
  SplitFigures split{};
  for (LatencyFigures& part : split) part.count = 60'000;
  split[0] = LatencyFigures{60'000, 980us, 780us, 1'980us, 8'299ms, 8'499ms, 8'599ms};
  split[2] = LatencyFigures{60'000, 20us, 20us, 20us, 20us, 20us, 20us};
  result.latency_split.emplace_back("checkout", split);
  result.delivery.emplace_back("billing", DeliveryFigures{55'996, 55'996, 0, 0, 0, 0});
  result.end_to_end_latency.emplace_back("billing", LatencyFigures{55'996, 3ms, 2ms, 4ms, 9s, 9s, 9'100ms});
  LagFigures lag;
  lag.max = 17'180;
  lag.max_partition = 17'180;
  lag.drained = kStart + 40s;
  result.lag.emplace_back("billing", lag);
  GroupFigures group;
  group.state = "Stable";
  group.generation = 2;
  group.assignment = {{"billing/1", {"orders-0"}}};
  group.rebalances = {{{kStart, kStart + 3s}, "join", 1, 2, {}},
                      {{kStart + 20s, kStart + 21s}, "expired", 2, 1, {{"orders-0", {kStart + 18s, kStart + 21s}}}}};
  result.groups.emplace_back("billing", group);
  PartitionFigures partition;
  partition.leader = 2;
  partition.leader_epoch = 1;
  partition.isr = {2, 3};
  partition.elr = {1};
  partition.log_start = 0;
  partition.high_watermark = partition.log_end = 55'996;
  partition.replicas[1] = {0, 16'007, std::nullopt, {{0, 0}}};
  partition.replicas[2] = {0, 55'996, 55'996, {{0, 0}, {1, 16'007}}};
  partition.elections_clean = 1;
  partition.isr_shrinks = 1;
  partition.unavailable = 8'600ms;
  partition.windows = {{kStart + 10s, kStart + 18'600ms}};
  partition.offline = 8'400ms;
  result.partitions.emplace_back("orders-0", partition);
  result.anomalies = {{"lost-write", 4'004, "checkout#16007"}};
  result.pending = {"broker 1 is down"};
  result.events = 123'456;
  result.simulated = 41s;
  result.story = {
      {kStart + 10s, "broker 1 crashes", "leader of orders-0", "kill", "entry 0", 100, true},
      {kStart + 18'412ms, "controller fences broker 1; orders-0: leader 2, epoch 1, ISR 2,3", "", "", "fenced 1", 80,
       false},
      {kStart + 18'655ms, "checkout: acknowledged again", "after 8.6 s", "", "silence checkout", 90, false}};
  return result;
}

}  // namespace kafkasim::sim
