// Two or three replicas of one partition wired by hand, for scripts: no network, no timers, every step is a command.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/replication/partition.hpp"
#include "tests/interaction/script.hpp"

namespace kafkasim::test {

/// Commands (B = broker id):
///   new brokers=1,2 [min-isr=1] [rule=NAME:off]     all brokers unfenced, epoch 1000+B, empty logs
///   log B 0:3,2:1 [hw=1]                            what B has on disk before it runs: epoch:batches of one record
///   elect B epoch=1 isr=1,2 [to=1,2]                metadata: leader, epoch, ISR; told to these brokers (default:
///   running) tell B                                          B replays the newest metadata produce B [records=1]
///   [acks=all] [pid=7 seq=0]  one batch fetch B [reply=lost]                            B fetches once from the leader
///   it knows and takes the answer in settle B                                        fetches until nothing changes any
///   more acked B offset=2                                an acks=all produce that waits for that high watermark
///   consume B from=0       latest B                 what a client is told
///   check-isr B                                     the periodic check
///   alter B [ok | ERROR]                            the controller answers B's oldest AlterPartition
///   broker B fenced|unfenced                        in everybody's metadata view
///   stop B      start B [hw=1] [lose-after=1]       process end; start with a checkpoint, after a power loss
///   advance 15s      state
class ReplicaSet {
 public:
  std::string run(const Command& command);

 private:
  struct Machine {
    std::optional<core::Partition> replica;  // none: the process is down
    core::Log disk;
    Offset high_watermark{0};
  };

  std::string create(const Command& command);
  std::string preload(const Command& command);
  std::string elect(const Command& command);
  std::string tell(BrokerId id);
  std::string produce(const Command& command);
  std::string fetch(BrokerId id, bool reply_lost);
  std::string fetch_until_settled(BrokerId id);
  std::string consume(const Command& command);
  std::string latest(BrokerId id) const;
  std::string check_isr(BrokerId id);
  std::string alter(const Command& command);
  std::string stop(BrokerId id);
  std::string start(const Command& command);
  std::string advance(const std::string& seconds);
  std::string state() const;
  std::string describe(BrokerId id, const Machine& machine) const;
  void collect_alter(core::Partition& replica);

  core::View view() const { return {now_, metadata_}; }
  core::Partition& running(BrokerId id);

  TopicPartition tp_{TopicId{0}, 0};
  core::ReplicaSettings settings_;
  std::map<BrokerId, Machine> machines_;
  MetadataImage metadata_;
  PartitionRegistration registration_;
  std::map<BrokerId, std::vector<AlterPartitionRequest::Partition>> alters_;  // not yet answered
  Instant now_ = at_nanoseconds(1'000'000'000'000);
  std::uint32_t next_serial_ = 0;
};

}  // namespace kafkasim::test
