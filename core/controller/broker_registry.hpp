// What the active controller keeps about brokers beside the metadata log: sessions and heartbeat state (R3.12-R3.18).
// It is soft state: gone with the process, never written.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "core/base/choices.hpp"
#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/protocol/controller_messages.hpp"

namespace kafkasim::core {

/// A session belongs to one incarnation.
struct SessionKey {
  BrokerId broker;
  BrokerEpoch epoch;
  friend constexpr auto operator<=>(const SessionKey&, const SessionKey&) = default;
  FIELDS(broker, epoch)
};

/// When each incarnation was heard of last.
class SessionTracker {
 public:
  SessionTracker() = default;
  explicit SessionTracker(Duration session_timeout) : timeout_{session_timeout} {}

  /// At the arrival of a heartbeat, before it is processed (4.0+); (id, epoch) may be a stale one.
  void contact(SessionKey who, Instant now) { contacts_[who] = now; }
  /// Heard of at most one session timeout ago (R3.12).
  bool valid(SessionKey who, Instant now) const;
  /// Forgets one session that has ended, if any. Which one, when several have, is open (README-crash 2).
  std::optional<SessionKey> take_expired(Instant now, Choices& choices);

  FIELDS(timeout_, contacts_)
  friend bool operator==(const SessionTracker&, const SessionTracker&) = default;

 private:
  bool expired(Instant contact, Instant now) const { return later(contact, timeout_) < now; }

  Duration timeout_{};
  std::map<SessionKey, Instant> contacts_;
};

enum class BrokerControlState : std::uint8_t { fenced, unfenced, controlled_shutdown, shutdown_now };

/// Heartbeat state of one broker. Offsets are of records: -1 = unknown.
struct BrokerHeartbeatState {
  bool fenced = true;
  std::int64_t metadata_offset = -1;             // newest record it said it had applied
  std::int64_t controlled_shutdown_offset = -1;  // known = it is shutting down; to be passed by all active brokers
  std::int64_t registration_offset = -1;         // of its RegisterBroker record

  bool shutting_down() const { return controlled_shutdown_offset >= 0; }
  friend bool operator==(const BrokerHeartbeatState&, const BrokerHeartbeatState&) = default;
  FIELDS(fenced, metadata_offset, controlled_shutdown_offset, registration_offset)
};

class BrokerRegistry {
 public:
  /// A RegisterBroker record was appended at `offset`: heartbeat state starts anew.
  void registered(BrokerId broker, bool fenced, std::int64_t offset);
  /// A BrokerRegistrationChange record was appended. The reported metadata offset is forgotten until the next
  /// heartbeat.
  void changed(BrokerId broker, bool fenced);
  /// A heartbeat was processed.
  void touch(BrokerId broker, bool fenced, std::int64_t metadata_offset);
  /// Its session ended.
  void fence(BrokerId broker) { state(broker).fenced = true; }
  /// Controlled shutdown was granted by records up to `offset` (R3.18); a second call changes nothing.
  void shutting_down(BrokerId broker, std::int64_t offset);

  BrokerControlState current(BrokerId broker) const;
  /// Where a heartbeat brings its sender (R3.14, R3.18).
  BrokerControlState next(const BrokerHeartbeatRequest& heartbeat, bool has_leaderships) const;
  const BrokerHeartbeatState& at(BrokerId broker) const;

  FIELDS(brokers_)
  friend bool operator==(const BrokerRegistry&, const BrokerRegistry&) = default;

 private:
  BrokerHeartbeatState& state(BrokerId broker);
  /// Smallest reported offset over brokers that are neither fenced nor shutting down.
  std::int64_t lowest_active_offset() const;

  std::map<BrokerId, BrokerHeartbeatState> brokers_;
};

}  // namespace kafkasim::core
