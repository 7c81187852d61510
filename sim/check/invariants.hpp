// White-box invariants: what no run may break, looked at by the events that can break them (failure-museum.md 11; the
// names are those of Kafka's published TLA+ models).
#pragma once

#include <map>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/protocol/notes.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim {
namespace core {
class Log;
}  // namespace core
}  // namespace kafkasim

namespace kafkasim::sim {

struct World;

/// Why a partition may have lost committed records: then StrongIsr, WeakIsr and CommittedStays are no longer asked of
/// it.
enum class Excuse : std::uint8_t { unclean_election, data_loss };

/// A value. A breach is a broken INVARIANT: ours, never Kafka's.
///
/// LeaderInIsr     a leader is in sync; ISR and ELR are disjoint sets of replicas
/// OneLeader       an epoch of a partition has one leader; epochs only grow, and do so with every new leader
/// LogMatching     what two replicas hold at the same offset from the same epoch is the same batch after the same batch
///                 (not asked of an epoch whose leader lost the end of its log: back before another is elected, it
///                 leads on in that epoch and writes other batches to the same offsets)
/// HighWatermark   log start <= high watermark <= log end; a leader's never goes back within its epoch
/// StrongIsr       what is below the high watermark of any broker that takes itself for the leader is on every member
/// of
///                 the ISR as the controller knows it
/// WeakIsr         the same of every member of the ISR as that broker knows it
/// CommittedStays  what was once below a high watermark is on every later leader and member of the ISR
class Invariants {
 public:
  /// `what`: a note, by its own type.
  template <class What>
  void note(const World& world, HostIndex who, const What& what) {
    on(world, who, what);
  }
  /// A replica's disk lost records that its process had written (power, a damaged or emptied directory).
  void data_lost(TopicPartition tp, HostIndex who);
  const std::map<TopicPartition, Excuse>& excused() const { return excused_; }
  /// An epoch of the partition was written twice (see LogMatching): its replicas may differ for ever.
  bool written_twice(TopicPartition tp) const {
    const auto at = written_twice_.lower_bound({tp, LeaderEpoch{}});
    return at != written_twice_.end() && at->first == tp;
  }

  friend bool operator==(const Invariants&, const Invariants&) = default;
  FIELDS(leaders_, marks_, committed_, excused_, written_twice_)

 private:
  void on(const World& world, HostIndex who, const BecameLeader& note);
  void on(const World& world, HostIndex who, const HighWatermarkMoved& note);
  void on(const World& world, HostIndex who, const PartitionChanged& note);
  void on(const World& world, HostIndex who, const LogAppended& note);
  void on(const World& world, HostIndex who, const LogTruncated& note);
  template <class Other>
  void on(const World&, HostIndex, const Other&) {
    static_assert(!std::is_same_v<Other, Note>, "a note is told by its own type");
  }

  /// The last record below a high watermark: it stands for all before it, by LogMatching.
  struct Committed {
    Offset offset;
    LeaderEpoch epoch;
    friend bool operator==(const Committed&, const Committed&) = default;
    FIELDS(offset, epoch)
  };
  void excuse(TopicPartition tp, Excuse why) { excused_.try_emplace(tp, why); }
  void committed_on(const World& world, TopicPartition tp, const std::vector<BrokerId>& isr, Committed last,
                    const char* rule) const;

  bool logs_match(const core::Log& a, const core::Log& b, TopicPartition tp, Offset from) const;
  using EpochSet = std::set<std::pair<TopicPartition, LeaderEpoch>>;

  struct Mark {
    LeaderEpoch epoch;
    Offset high_watermark;
    friend bool operator==(const Mark&, const Mark&) = default;
    FIELDS(epoch, high_watermark)
  };
  std::map<std::pair<TopicPartition, LeaderEpoch>, HostIndex> leaders_;  // who led each epoch
  std::map<std::pair<TopicPartition, HostIndex>, Mark> marks_;           // a leader's high watermark in its epoch
  std::map<TopicPartition, Committed> committed_;                        // the furthest any leader has got
  std::map<TopicPartition, Excuse> excused_;
  EpochSet written_twice_;  // epochs whose leader lost the end of its log
};

}  // namespace kafkasim::sim
