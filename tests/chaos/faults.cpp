#include "tests/chaos/faults.hpp"

namespace kafkasim::chaos {
namespace {

std::string number(int value) { return std::to_string(value); }

// Short ones slip under time-outs, long ones run into them.
std::string span(Draws& draws) {
  switch (draws.between(0, 3)) {
    case 0:
      return number(draws.between(20, 900)) + "ms";
    case 1:
      return number(draws.between(1, 4)) + "s";
    case 2:
      return number(draws.between(4, 12)) + "s";
    default:
      return number(draws.between(12, 40)) + "s";
  }
}

std::string lasting(const std::string& what, Draws& draws) { return what + ", for: " + span(draws); }

std::string direction(Draws& draws) { return draws.word({"", "", ", direction: out", ", direction: in"}); }

// [broker 1, broker 2], [broker 3, controller]: everybody on one side, now and then somebody on both.
std::string sides(const Cast& cast, Draws& draws) {
  std::string left, right;
  const auto add = [](std::string& side, const std::string& who) { side += (side.empty() ? "" : ", ") + who; };
  for (int broker = 1; broker <= cast.brokers; ++broker) {
    const int where = draws.between(0, 8);
    if (where <= 4) add(left, "broker " + number(broker));
    if (where >= 4) add(right, "broker " + number(broker));
  }
  add(draws.one_in(2) ? left : right, "controller");
  if (draws.one_in(2)) add(draws.one_in(2) ? left : right, "clients");
  if (left.empty() || right.empty()) return "";
  return "[[" + left + "], [" + right + "]]";
}

std::string message(Draws& draws) {
  static const std::vector<std::string> kApis = {"Produce",        "Produce",         "Fetch",           "Fetch",
                                                 "AlterPartition", "BrokerHeartbeat", "Metadata",        "OffsetCommit",
                                                 "JoinGroup",      "OffsetFetch",     "FindCoordinator", "SyncGroup",
                                                 "Heartbeat",      "InitProducerId"};
  const std::string api = draws.of(kApis);
  return api + draws.word({" request", " response"});
}

// All of them while it lasts, or the first few.
std::string counted(Draws& draws, int most) {
  return draws.one_in(2) ? "" : ", count: " + number(draws.between(1, most));
}

std::string client(const std::string& verb, const std::vector<std::string>& all, const std::string& more,
                   Draws& draws) {
  return all.empty() ? "" : verb + ": " + draws.of(all) + more;
}

}  // namespace

std::string Cast::broker(Draws& draws) const {
  const std::string tp = draws.of(partitions);
  switch (draws.between(0, 5)) {
    case 0:
      return "leader of " + tp;
    case 1:
      return "random follower of " + tp;
    case 2:
      return groups.empty() ? "random broker" : "coordinator of " + draws.of(groups);
    case 3:
      return draws.one_in(3) ? "replicas of " + tp : "followers of " + tp;
    default:
      return "broker " + number(draws.between(1, brokers));
  }
}

std::string Cast::machine(Draws& draws) const {
  switch (draws.between(0, 5)) {
    case 0:
      return "controller";
    case 1:
      return draws.of(producers);
    case 2:
      return members.empty() ? draws.of(producers) : draws.of(members);
    default:
      return broker(draws);
  }
}

const std::vector<FaultKind>& fault_kinds() {
  static const std::vector<FaultKind> kKinds = {
      {"crash", Takes::broker, [](const Cast& c, Draws& d) { return lasting("crash: " + c.broker(d), d); }},
      {"power_loss", Takes::unflushed_data,
       [](const Cast& c, Draws& d) { return lasting("power_loss: broker " + number(d.between(1, c.brokers)), d); }},
      {"shutdown", Takes::broker, [](const Cast& c, Draws& d) { return lasting("shutdown: " + c.broker(d), d); }},
      {"freeze", Takes::nothing, [](const Cast& c, Draws& d) { return lasting("freeze: " + c.machine(d), d); }},
      {"controller", Takes::nothing,
       [](const Cast&, Draws& d) {
         return lasting(d.word({"crash", "freeze", "isolate"}) + ": controller", d);
       }},
      {"isolate", Takes::nothing, [](const Cast& c, Draws& d) { return lasting("isolate: " + c.machine(d), d); }},
      {"isolate from brokers", Takes::nothing,
       [](const Cast& c, Draws& d) { return lasting("isolate: " + c.broker(d) + ", except: clients", d); }},
      {"cut", Takes::nothing,
       [](const Cast& c, Draws& d) {
         return lasting(text({"cut: ", c.machine(d), ", from: ", c.machine(d), direction(d)}), d);
       }},
      {"partition", Takes::nothing,
       [](const Cast& c, Draws& d) {
         const std::string split = sides(c, d);
         return split.empty() ? "" : lasting("partition: " + split, d);
       }},
      {"degrade", Takes::nothing,
       [](const Cast& c, Draws& d) {
         return lasting(text({"degrade: ", c.machine(d),
                              d.word({", latency: +30ms", ", loss: 5%", ", loss: 30%", ", bandwidth: 1Mbit/s",
                                      ", latency: +200ms, jitter: 100ms"})}),
                        d);
       }},
      {"hold", Takes::nothing,
       [](const Cast&, Draws& d) { return lasting("hold: " + message(d) + counted(d, 20), d); }},
      {"drop", Takes::nothing, [](const Cast&, Draws& d) { return lasting("drop: " + message(d) + counted(d, 3), d); }},
      {"restart", Takes::broker,
       [](const Cast& c, Draws& d) {
         return text({"restart: ", c.broker(d), ", down: ", d.word({"200ms", "1500ms", "6s", "15s"})});
       }},
      {"rolling restart", Takes::broker,
       [](const Cast&, Draws& d) {
         return text({"restart: all brokers, one_by_one: true, down: 1s, between: ", d.word({"100ms", "3s", "10s"})});
       }},
      {"slow_disk", Takes::nothing,
       [](const Cast& c, Draws& d) {
         return lasting(text({"slow_disk: ", c.broker(d), d.word({", by: 10x", ", by: 500x", ", fsync: +200ms"})}), d);
       }},
      {"fail_disk", Takes::broker, [](const Cast& c, Draws& d) { return lasting("fail_disk: " + c.broker(d), d); }},
      {"clock", Takes::nothing,
       [](const Cast& c, Draws& d) {
         return lasting(text({"clock: ", c.machine(d), d.word({", by: +5s", ", by: -1h", ", drift: 300ppm"})}), d);
       }},
      {"elect", Takes::nothing,
       [](const Cast& c, Draws& d) {
         return text({"elect: ", d.of(c.partitions), ", type: preferred"});
       }},
      {"add_partitions", Takes::nothing,
       [](const Cast&, Draws& d) { return "add_partitions: a, to: " + number(d.between(4, 6)); }},
      {"slow", Takes::nothing,
       [](const Cast& c, Draws& d) { return client("slow", c.groups, ", process: 30ms, for: " + span(d), d); }},
      {"sleep", Takes::nothing,
       [](const Cast& c, Draws& d) { return client("sleep", c.members, ", for: " + span(d), d); }},
      {"rate", Takes::nothing,
       [](const Cast& c, Draws& d) {
         return client("rate", c.producers, text({d.word({", to: 900/s", ", to: 5/s"}), ", for: ", span(d)}), d);
       }},
      {"join", Takes::nothing, [](const Cast& c, Draws& d) { return client("join", c.groups, "", d); }},
      {"leave", Takes::nothing, [](const Cast& c, Draws& d) { return client("leave", c.members, "", d); }},
      {"member crash", Takes::nothing,
       [](const Cast& c, Draws& d) { return client("crash", c.members, ", for: " + span(d), d); }},
      {"producer crash", Takes::producer,
       [](const Cast& c, Draws& d) { return client("crash", c.producers, ", for: " + span(d), d); }},
  };
  return kKinds;
}

}  // namespace kafkasim::chaos
