// All deadlines of a coordinator in one ordered structure; one timer of the host is armed for the earliest.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/protocol/group_records.hpp"

namespace kafkasim::core {

struct DeadlineKey {
  enum class Kind : std::uint8_t {
    join,     // end of the join phase, or of one window of the initial delay (R5.7, R5.8)
    sync,     // members that have not sent SyncGroup are removed (R5.10)
    session,  // of `member`; for a pending or new member its special limit (R5.5, R5.14)
  };
  GroupId group;
  Kind kind = Kind::join;
  MemberId member;  // session only
  friend bool operator==(const DeadlineKey&, const DeadlineKey&) = default;
  // Not <=>: strings of LLVM's library 14 have none.
  friend bool operator<(const DeadlineKey& a, const DeadlineKey& b) {
    return std::tie(a.group, a.kind, a.member) < std::tie(b.group, b.kind, b.member);
  }
  FIELDS(group, kind, member)
};

class Deadlines {
 public:
  /// Setting again moves it. Equal instants come due in the order in which they were set.
  void set(const DeadlineKey& key, Instant at);
  void cancel(const DeadlineKey& key);
  /// All deadlines of a group.
  void cancel(GroupId group);

  /// kNever when nothing is set.
  Instant next() const;
  /// kNever when not set.
  Instant of(const DeadlineKey& key) const;
  /// Takes out the earliest one with at <= now.
  bool take_due(Instant now, DeadlineKey& out);
  /// Of one group, in key order.
  std::map<DeadlineKey, Instant> of(GroupId group) const;

  friend bool operator==(const Deadlines&, const Deadlines&) = default;
  FIELDS(by_time_, set_count_)

 private:
  using Slot = std::pair<Instant, std::uint64_t>;
  std::map<Slot, DeadlineKey> by_time_;
  std::map<DeadlineKey, Slot> by_key_;
  std::uint64_t set_count_ = 0;
};

}  // namespace kafkasim::core
