#include "core/controller/broker_registry.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/base/invariant.hpp"

namespace kafkasim::core {

bool SessionTracker::valid(SessionKey who, Instant now) const {
  const auto found = contacts_.find(who);
  return found != contacts_.end() && !expired(found->second, now);
}

std::optional<SessionKey> SessionTracker::take_expired(Instant now, Choices& choices) {
  std::vector<SessionKey> ended;
  for (const auto& [who, contact] : contacts_)
    if (expired(contact, now)) ended.push_back(who);
  if (ended.empty()) return std::nullopt;
  const std::uint64_t pick = ended.size() == 1 ? 0 : choices.below(Choice::expired_session, ended.size());
  INVARIANT(pick < ended.size(), "a choice is below its bound");
  contacts_.erase(ended[pick]);
  return ended[pick];
}

BrokerHeartbeatState& BrokerRegistry::state(BrokerId broker) {
  const auto found = brokers_.find(broker);
  INVARIANT(found != brokers_.end(), "only registered brokers have a heartbeat state");
  return found->second;
}

const BrokerHeartbeatState& BrokerRegistry::at(BrokerId broker) const {
  const auto found = brokers_.find(broker);
  INVARIANT(found != brokers_.end(), "only registered brokers have a heartbeat state");
  return found->second;
}

void BrokerRegistry::registered(BrokerId broker, bool fenced, std::int64_t offset) {
  brokers_[broker] = {fenced, -1, -1, offset};
}

void BrokerRegistry::changed(BrokerId broker, bool fenced) { touch(broker, fenced, -1); }

void BrokerRegistry::touch(BrokerId broker, bool fenced, std::int64_t metadata_offset) {
  BrokerHeartbeatState& now = state(broker);
  now.fenced = fenced;
  now.metadata_offset = metadata_offset;
  if (fenced) now.controlled_shutdown_offset = -1;
}

void BrokerRegistry::shutting_down(BrokerId broker, std::int64_t offset) {
  BrokerHeartbeatState& now = state(broker);
  INVARIANT(!now.fenced, "a fenced broker is not asked to wait for its shutdown");
  if (!now.shutting_down()) now.controlled_shutdown_offset = offset;
}

BrokerControlState BrokerRegistry::current(BrokerId broker) const {
  const BrokerHeartbeatState& now = at(broker);
  if (now.shutting_down()) return BrokerControlState::controlled_shutdown;
  return now.fenced ? BrokerControlState::fenced : BrokerControlState::unfenced;
}

BrokerControlState BrokerRegistry::next(const BrokerHeartbeatRequest& heartbeat, bool has_leaderships) const {
  using enum BrokerControlState;
  const BrokerHeartbeatState& now = at(heartbeat.broker_id);
  const BrokerControlState state = current(heartbeat.broker_id);
  switch (state) {
    case fenced:
      if (heartbeat.want_shut_down) return shutdown_now;
      if (heartbeat.want_fence) return fenced;
      return heartbeat.current_metadata_offset >= now.registration_offset ? unfenced : fenced;
    case unfenced:
      if (heartbeat.want_fence) return heartbeat.want_shut_down ? shutdown_now : fenced;
      if (!heartbeat.want_shut_down) return unfenced;
      return has_leaderships ? controlled_shutdown : shutdown_now;
    default:
      break;
  }
  INVARIANT(state == controlled_shutdown, "leave to go is given, not kept");
  if (has_leaderships) return controlled_shutdown;
  return now.controlled_shutdown_offset <= lowest_active_offset() ? shutdown_now : controlled_shutdown;
}

std::int64_t BrokerRegistry::lowest_active_offset() const {
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  for (const auto& [id, broker] : brokers_)
    if (!broker.fenced && !broker.shutting_down()) lowest = std::min(lowest, broker.metadata_offset);
  return lowest;
}

}  // namespace kafkasim::core
