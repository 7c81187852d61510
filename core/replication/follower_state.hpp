// What a leader knows of one follower (Replica; R2.14).
#pragma once

#include <limits>
#include <optional>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"

namespace kafkasim::core {

/// "Never yet": older than any lag limit, and still safe to subtract from a time of the run.
inline constexpr Instant kLongAgo = at_nanoseconds(std::numeric_limits<std::int64_t>::min() / 2);

struct FollowerState {
  Offset log_end;  // unknown until its first fetch in this leadership
  Offset log_start;
  Offset last_fetch_leader_log_end{0};  // the leader's log end at its last fetch
  Instant last_fetch_time = kLongAgo;
  Instant last_caught_up = kLongAgo;        // last time it had all the leader had (R2.15)
  std::optional<BrokerEpoch> broker_epoch;  // none: has not fetched yet; unknown epoch: fetched without one (R2.20)

  /// It has all the leader has, or had it no longer than `limit` ago (R2.16).
  bool caught_up(Offset leader_log_end, Instant now, Duration limit) const {
    return log_end == leader_log_end || now - last_caught_up <= limit;
  }

  friend bool operator==(const FollowerState&, const FollowerState&) = default;
  FIELDS(log_end, log_start, last_fetch_leader_log_end, last_fetch_time, last_caught_up, broker_epoch)
};

}  // namespace kafkasim::core
