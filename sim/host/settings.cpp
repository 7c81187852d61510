#include "sim/host/settings.hpp"

#include <algorithm>

#include "sim/scenario/kafka_settings.hpp"

namespace kafkasim::sim {
namespace {

template <class Config>
void change(Config& config, const Host& host) {
  for (const auto& [name, text] : host.differing) apply_setting(config, name, text);
}

bool changed(const Host& host, std::string_view name) {
  return std::any_of(host.differing.begin(), host.differing.end(), [&](const auto& one) { return one.first == name; });
}

}  // namespace

BrokerConfig broker_settings(const World& world, const Host& host) {
  const ClusterSpec& cluster = world.scenario().cluster;
  const auto own = cluster.broker_configs.find(host.node.value());
  BrokerConfig config = own == cluster.broker_configs.end() ? cluster.config : own->second;
  change(config, host);
  return config;
}

// What follows from the other settings follows anew (P-31, P-43).
ProducerConfig producer_settings(const Host& host, const ProducerSpec& spec) {
  ProducerConfig config = spec.config;
  if (host.differing.empty()) return config;
  config.enable_idempotence = spec.idempotence.value_or(true);
  change(config, host);
  const bool possible = config.acks == Acks::all && config.retries > 0 && config.max_in_flight <= 5;
  config.enable_idempotence = config.enable_idempotence && possible;
  const Duration longest = kNever.time_since_epoch() - config.client.request_timeout;
  if (config.linger < longest)
    config.delivery_timeout = std::max(config.delivery_timeout, config.linger + config.client.request_timeout);
  return config;
}

ConsumerConfig consumer_settings(const Host& host, const MemberSpec& member) {
  ConsumerConfig config = member.config;
  change(config, host);
  if (member.commit != CommitMode::automatic && !changed(host, "enable.auto.commit")) config.enable_auto_commit = false;
  return config;
}

}  // namespace kafkasim::sim
