// One scenario, ready to run: what scenario-language.md lets a user say, after checking. One variant = one Scenario.
// Plain data: the reader fills it, the world reads it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/protocol/config.hpp"
#include "sim/scenario/values.hpp"

namespace kafkasim::sim {

// --- section 3: cluster, topics ---------------------------------------------------------------------------------

struct NetworkSpec {
  DistributionSpec latency{.first = 200'000};    // one way, between machines of one rack
  DistributionSpec jitter{.first = 100'000};     // uniform 0..jitter added when constant
  std::int64_t bandwidth_bits = 10'000'000'000;  // per link direction, bit/s
  Duration between_racks = 500us;                // added
  Duration clients = 300us;                      // added on links to clients
};

struct HostSpec {
  DurationRange start{3s, 3s};              // start command to first registration attempt
  DurationRange stop{700ms, 700ms};         // grant of a shutdown to the end of the process
  DurationRange teardown{20ms, 60ms};       // kill to the reset of its connections
  std::int64_t recovery_bytes = 100 << 20;  // per second and log directory thread
  std::int64_t page_cache_bytes = std::int64_t{8} << 30;
};

/// `p99.9 200ms`: one write in a thousand stands still for that long.
struct StallSpec {
  Ratio share;  // of the writes
  Duration length{};
};

struct DiskSpec {
  std::int64_t throughput_bytes = 500'000'000;  // per second
  DistributionSpec fsync{.first = 2'000'000};
  Duration writeback = 30s;                    // age at which the system flushes dirty pages
  std::optional<std::int64_t> capacity_bytes;  // of each log directory
  std::optional<StallSpec> stalls;
  int dirs = 1;  // log directories, a disk each; the first holds the metadata log too
};

struct ClusterSpec {
  int brokers = 3;
  int controllers = 1;
  std::map<int, std::string> racks;  // broker id -> rack; empty = no racks
  BrokerConfig config;
  std::map<int, BrokerConfig> broker_configs;  // full config of brokers that differ
  bool elr = true;                             // eligible.leader.replicas.version 1
  NetworkSpec network;
  HostSpec host;
  DiskSpec disk;
};

struct KeySpec {
  enum class Kind : std::uint8_t { none, constant, sequence, uniform, zipf, hot };
  Kind kind = Kind::none;
  std::string constant;
  std::int64_t keys = 0;
  Ratio shape{};  // zipf exponent; share of the hot key
};

struct PreloadSpec {
  std::int64_t records = 0;
  Duration spacing{};
  std::int64_t batch = 1;
  std::int64_t value_size = 100;
  KeySpec key;
};

struct TopicSpec {
  std::string name;
  int partitions = 1;
  int replication_factor = 3;
  std::vector<std::vector<int>> assignment;  // empty: placed by the controller's rule (R3.32)
  TopicConfig config;
  std::optional<PreloadSpec> preload;
  Place place;
};

// --- sections 4, 5: clients --------------------------------------------------------------------------------------

struct RateStep {
  Duration length{};            // 0 = for ever
  std::int64_t from_milli = 0;  // records per 1000 s at the start of the step
  std::int64_t to_milli = 0;    // at its end (a ramp when different)
};

struct RateSpec {
  enum class Kind : std::uint8_t { none, even, poisson, on_off, steps, max, await };
  Kind kind = Kind::none;
  std::int64_t per_1000s = 0;  // records per 1000 s, rounded (5/h = 1.39 becomes 1: use per_second for the interval)
  Ratio per_second{};          // the same, exact: 10/min = 1/6
  Duration on{}, off{};        // on_off
  std::vector<RateStep> steps;
  int loops = 0;  // await(N)
};

struct PartitionChoice {
  enum class Kind : std::uint8_t { partitioner, fixed, round_robin };
  Kind kind = Kind::partitioner;
  int partition = 0;
};

enum class OnSendFailure : std::uint8_t { ignore, resend, stop };

struct ProducerSpec {
  std::string name;  // "checkout", or "checkout/2" for instances
  std::vector<std::string> topics;
  RateSpec rate;
  OnSendFailure on_failure = OnSendFailure::ignore;
  std::int64_t burst = 1;
  std::optional<std::int64_t> count;
  Duration start{};
  bool manual_start = false;
  std::optional<Duration> stop;
  DistributionSpec value_size{.first = 100};
  DistributionSpec key_size{};  // of a constant: bytes at least, a key has its own
  KeySpec key;
  PartitionChoice partition;
  DistributionSpec timestamp_offset{};  // from now
  std::string rack;
  std::vector<int> bootstrap;  // broker ids; empty = all
  ProducerConfig config;
  std::optional<bool> idempotence;  // as written; none: where the other settings allow it (P-43)
  Place place;
};

enum class CommitMode : std::uint8_t { automatic, sync, async, sync_record, before, none };

struct MemberSpec {
  int number = 1;  // billing/NUMBER
  Duration start{};
  bool manual_start = false;
  std::optional<Duration> stop;
  std::string rack;
  DistributionSpec process;       // per record
  DistributionSpec process_poll;  // per poll that returned records
  Duration poll_every{};          // least time from one poll to the next
  bool manual = false;            // process: manual
  CommitMode commit = CommitMode::automatic;
  ConsumerConfig config;
};

struct AssignedPartition {
  std::string topic;
  int partition = 0;
};

struct GroupSpec {
  std::string name;
  std::vector<std::string> topics;
  std::vector<AssignedPartition> assign;  // fixed partitions without a group
  std::vector<MemberSpec> members;
  MemberSpec prototype;  // what `join` copies
  std::vector<int> bootstrap;
  Place place;
};

// --- section 6: timeline --------------------------------------------------------------------------------------

enum class TargetKind : std::uint8_t {
  broker,       // number
  controller,   // number; 0 = the active one
  leader_of,    // partition
  follower_of,  // number (1..) of partition
  followers_of,
  replicas_of,
  preferred_leader_of,
  coordinator_of,  // name: group
  rack,            // name
  all_brokers,
  random_broker,
  random_follower_of,
  others,
  client,  // name: producer "checkout", group "billing" (all members) or member "billing/2"
  clients,
  entry,  // name: id of an entry: what it struck
};

struct Target {
  TargetKind kind = TargetKind::broker;
  int number = 0;
  std::string name;    // group, rack, client, entry id, or topic of a partition
  int partition = -1;  // -1: every partition of the topic `name`
  std::string text;    // as written, for the story
};

enum class Verb : std::uint8_t {
  crash,
  power_loss,
  shutdown,
  start,
  freeze,
  thaw,
  isolate,
  cut,
  partition,
  degrade,
  hold,
  release,
  drop,
  heal,
  undo,
  slow,
  sleep,
  rate,
  join,
  leave,
  send,
  wait,
  expect,
  note,
  lose_data,
  slow_disk,
  fill_disk,
  fail_disk,
  clock,
  restart,
  elect,
  create_topic,
  add_partitions,
  alter_config,
  resend,
  flush,
  poll,
  commit,
  seek,
};

/// Asked of the controller through the operator's tool; the entry is done when the answer is there.
constexpr bool by_operator(Verb verb) { return verb >= Verb::elect && verb <= Verb::alter_config; }

/// A call on a consumer: it waits until the application's current step is done.
constexpr bool on_consumer(Verb verb) { return verb >= Verb::poll && verb <= Verb::seek; }

enum class Direction : std::uint8_t { both, out, in };

struct When {
  enum class Kind : std::uint8_t { previous, at, after, condition, every };
  Kind kind = Kind::previous;
  DurationRange at;       // at; delay of `after`
  std::string id;         // after
  std::string condition;  // when: as written
  Place condition_place;
  Duration lasting{};
  Duration period{}, from{}, until{};  // every
};

struct ExpectLine {
  std::string text;
  Place place;
  std::vector<std::vector<ExpectLine>>
      any;  // not empty: one alternative (all of its lines) must hold; text is a summary
};

/// An instant as an application names it: signed = from now, unsigned = since the start of the run.
struct TimeSpec {
  Duration time{};
  bool from_now = false;
};

/// A record that a scenario spells out.
struct GivenRecord {
  std::optional<std::string> key;    // none: null
  std::optional<std::string> value;  // none: a tombstone
  std::optional<TimeSpec> time;      // CreateTime; none: now
};

struct SendSpec {
  std::int64_t records = 0;
  std::vector<std::string> values;                // one batch each
  std::vector<std::vector<GivenRecord>> batches;  // each exactly one batch
  std::vector<std::int64_t> again;                // resend: numbers of records
  std::optional<std::string> topic;
  std::optional<int> partition;
  bool wait = true;
};

/// poll, commit, seek.
struct CallSpec {
  enum class To : std::uint8_t { offset, beginning, end, time };
  Duration timeout = 1s;                                            // poll
  bool async = false;                                               // commit
  std::vector<std::pair<AssignedPartition, std::int64_t>> offsets;  // commit, seek; empty: where it stands
  std::vector<AssignedPartition> partitions;                        // seek; empty: all it is assigned
  To to = To::offset;                                               // seek without offsets
  std::int64_t offset = 0;
  TimeSpec time;
};

/// A Kafka setting by name, as written.
struct SettingText {
  std::string name;
  std::string text;
};

/// degrade: what is added to a link.
struct DegradeSpec {
  DistributionSpec latency;
  DistributionSpec jitter;          // uniform 0..jitter when constant
  Ratio loss{};                     // of segments
  std::int64_t bandwidth_bits = 0;  // bit/s; 0 = as before
};

/// hold, drop: which messages.
struct MessageFilter {
  std::vector<std::size_t> kinds;  // alternatives of Request and Response
  bool responses = false;
  std::optional<std::int64_t> count;  // as many, then no more
};

/// lose_data, slow_disk, fill_disk, fail_disk.
struct DiskFaultSpec {
  std::vector<AssignedPartition> partitions;  // lose_data; empty: all
  std::optional<std::int64_t> to;             // lose_data: offsets below it stay
  bool keep_marker = false;                   // lose_data: the clean-shutdown file stays
  Ratio factor{1, 1};                         // slow_disk: how many times slower
  Duration fsync{};                           // slow_disk: added to each flush
  int dir = 0;                                // 1..; 0: all of them
  std::optional<AssignedPartition> dir_of;    // the directory that holds this partition
};

struct ClockSpec {
  Duration by{};
  std::int64_t drift_ppb = 0;  // parts per thousand million
};

struct Entry {
  std::string id;  // "" = unnamed
  Place place;
  When when;
  Verb verb = Verb::note;
  std::vector<Target> targets;
  std::vector<std::vector<Target>> sides;  // partition
  std::vector<Target> from;                // cut X from Y; senders of hold and drop
  std::vector<Target> to;                  // degrade X to Y; receivers of hold and drop
  DegradeSpec degrade;
  MessageFilter messages;       // hold, drop
  bool except_clients = false;  // isolate
  bool heal_all = false;
  std::string undo_id;  // undo, heal, release ID
  Direction direction = Direction::both;
  std::optional<DurationRange> lasts;  // for:
  RateSpec rate;                       // rate: to
  DistributionSpec process;            // slow: process
  MemberSpec member;                   // join: members to add
  int members = 0;
  SendSpec send;                       // send, resend
  CallSpec call;                       // poll, commit, seek
  std::vector<SettingText> differing;  // start, restart: settings of the process from now on
  std::string condition;               // wait CONDITION
  Place condition_place;
  std::optional<Duration> wait_for;        // wait DURATION (the low end of a draw)
  std::optional<DurationRange> wait_draw;  // wait 8s..13s, and set for a fixed DURATION too
  Duration within = 2min;
  std::vector<ExpectLine> lines;  // expect
  std::string text;               // note; kind of hold and drop as written
  DiskFaultSpec disk;
  ClockSpec clock;
  std::string gets;  // required answer; "" = anything

  DurationRange down{};     // restart: from the end of a process to the start command
  bool one_by_one = false;  // restart: each when the one before has started and `condition` (next.when) holds
  DurationRange between{};  // ... and this long after that
  std::vector<AssignedPartition> partitions;  // elect: number -1 = the whole topic
  bool unclean = false;                       // elect
  TopicSpec topic;  // create_topic; add_partitions (name, partitions = how many in all, assignment of the new ones)
  std::vector<std::string> settings;  // alter_config: names of those of topic.config that are set
};

// --- the whole ---------------------------------------------------------------------------------------------------

struct Scenario {
  std::string file;  // as given on the command line
  std::string name;
  std::string about;
  std::string variant;  // "" = the scenario has no variants
  std::string kafka = "4.3";
  std::uint64_t seed = 1;
  std::optional<Duration> duration;  // none: until the timeline has run
  Duration settle = 2min;
  ClusterSpec cluster;
  std::vector<TopicSpec> topics;  // in file order; internal topics listed by the user included
  std::vector<ProducerSpec> producers;
  std::vector<GroupSpec> consumers;
  std::vector<Entry> timeline;
  std::vector<ExpectLine> expect;
};

}  // namespace kafkasim::sim
