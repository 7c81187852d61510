// What of a broker survives its process: the files of its log directory (R1.33-R1.36).
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/fields.hpp"
#include "core/base/ids.hpp"
#include "core/base/shared_map.hpp"
#include "core/log/log.hpp"
#include "core/protocol/config.hpp"
#include "core/protocol/metadata_records.hpp"

namespace kafkasim::core {

/// One replica on disk.
struct StoredReplica {
  Log log;
  Offset high_watermark{0};  // replication-offset-checkpoint (R1.35)
  Offset recovery_point{0};  // recovery-point-offset-checkpoint: written every 60 s, not at each flush (S-5)
  std::int32_t dir = 0;      // log directory it lies in, from 0

  friend bool operator==(const StoredReplica&, const StoredReplica&) = default;
  FIELDS(log, high_watermark, recovery_point, dir)
};

/// The log directories (log.dirs), a disk each. The first one holds the metadata log too.
struct DirState {
  bool broken = false;                 // every access fails: failed, or full (a full directory is a failed one)
  bool offline = false;                // the running process has noticed and touches it no more, until it ends (R6.5)
  std::int64_t capacity = kUnlimited;  // bytes

  friend bool operator==(const DirState&, const DirState&) = default;
  FIELDS(broken, offline, capacity)
};

/// The durable part of a broker, handed from one process to the next. A running broker may move the logs into its
/// Partitions (`take`) and puts them back (`store`) when its process ends, however it ends.
struct LogDir {
  /// Where a replica's log starts after a load: log, and high watermark clamped to [log start, log end] (R1.34).
  struct Loaded {
    Log log;
    Offset high_watermark;
  };

  SharedMap<boost::container::flat_map<TopicPartition, StoredReplica>> replicas;
  std::vector<DirState> dirs{DirState{}};
  /// Broker epoch in `.kafka_cleanshutdown`; none: the next start is unclean (R1.33).
  std::optional<BrokerEpoch> clean_shutdown;
  /// The metadata log as far as this broker had replayed it.
  MetadataImage metadata;

  /// Moves the log of `tp` out, loaded as a process start does; a new, empty log if there is none, in the directory in
  /// service that holds the fewest replicas (the first of several; LogManager.nextLogDirs).
  Loaded take(TopicPartition tp, const TopicConfig& config);
  /// Puts a log back as the process leaves it; the checkpoints stay what was last written.
  void store(TopicPartition tp, Log log);
  /// replica.high.watermark.checkpoint.interval.ms has passed, or shutdown (R1.35).
  void checkpoint_high_watermark(TopicPartition tp, Offset high_watermark);
  /// log.flush.offset.checkpoint.interval.ms (60 s) has passed (R1.35); `flushed_end` of the running log.
  void checkpoint_recovery_point(TopicPartition tp, Offset flushed_end);
  /// Last act of a clean stop, after every log was stored and every high watermark checkpointed: logs are flushed,
  /// recovery points written, then the marker (R1.33).
  void write_clean_shutdown(BrokerEpoch epoch);
  /// A process starts and reads the marker, which is deleted at once (R1.33). None: unclean.
  std::optional<BrokerEpoch> take_clean_shutdown();
  /// What a start scans: segments from each recovery point on (R1.34, R1.36); 0 while the clean marker is there. A
  /// finished scan does not move the recovery points (S-5).
  std::int64_t bytes_to_recover() const;
  /// Machine crash: nothing above `durable_end` of that log is left (R1.32); checkpointed values stay.
  void lose_after(TopicPartition tp, Offset durable_end);
  /// The replica lies in a directory that is out of service.
  bool offline(TopicPartition tp) const;
  /// Replicas in directories that are out of service, ascending.
  std::vector<TopicPartition> offline_replicas() const;
  /// A process starts: directories that cannot be read are out of service from the start, others in service again.
  void open_dirs();
  std::int32_t next_dir() const;

  friend bool operator==(const LogDir&, const LogDir&) = default;
  FIELDS(replicas, dirs, clean_shutdown, metadata)
};

}  // namespace kafkasim::core
