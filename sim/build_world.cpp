#include "sim/build_world.hpp"

#include <algorithm>

#include "core/controller/placement.hpp"
#include "core/group/coordinator.hpp"
#include "sim/fault/network_faults.hpp"
#include "sim/fault/timeline_runner.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/host/life_cycle.hpp"
#include "sim/host/runtime.hpp"
#include "sim/host/settings.hpp"
#include "sim/host/storage.hpp"
#include "sim/retire.hpp"
#include "sim/scenario/asked_names.hpp"
#include "sim/view.hpp"
#include "sim/workload/drivers.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::string_view kOffsetsTopic = "__consumer_offsets";
constexpr std::int64_t kOffsetsSegmentBytes = 100 << 20;  // offsets.topic.segment.bytes (R5.1)

bool has_subscribers(const Scenario& scenario) {
  return std::any_of(scenario.consumers.begin(), scenario.consumers.end(), [](const GroupSpec& group) {
    const bool commits = std::any_of(group.members.begin(), group.members.end(),
                                     [](const MemberSpec& member) { return member.commit != CommitMode::none; });
    return group.assign.empty() || commits;
  });
}

CataloguePtr catalogue_of(const Scenario& scenario) {
  auto names = std::make_shared<Catalogue>();
  for (const TopicSpec& topic : scenario.topics) names->topics.push_back(topic.name);
  const auto listed = std::find(names->topics.begin(), names->topics.end(), kOffsetsTopic);
  if (listed != names->topics.end()) {
    names->offsets_topic = TopicId{static_cast<std::int32_t>(listed - names->topics.begin())};
  } else if (has_subscribers(scenario)) {
    names->offsets_topic = TopicId{static_cast<std::int32_t>(names->topics.size())};
    names->topics.emplace_back(kOffsetsTopic);
  }
  for (const Entry& entry : scenario.timeline)
    if (entry.verb == Verb::create_topic &&
        std::find(names->topics.begin(), names->topics.end(), entry.topic.name) == names->topics.end())
      names->topics.push_back(entry.topic.name);
  for (const GroupSpec& group : scenario.consumers) names->groups.push_back(group.name);
  return names;
}

struct Builder {
  World world;
  const Scenario& scenario;

  explicit Builder(std::shared_ptr<const Scenario> from) : scenario{*from} {
    auto plan = std::make_shared<Plan>();
    plan->scenario = std::move(from);
    plan->names = catalogue_of(scenario);
    plan->fsync = distribution_of(scenario.cluster.disk.fsync);
    plan->may_retire = may_retire(scenario);
    plan->each_send_seen = asks_for_any(scenario, {"sent", "indeterminate"});
    std::vector<Diagnostic> unused;
    for (const Entry& entry : scenario.timeline) {
      plan->when.push_back(entry.when.kind == When::Kind::condition
                               ? compile_condition(entry.when.condition, entry.when.condition_place, scenario, unused)
                               : Condition{});
      const bool awaits = (entry.verb == Verb::wait && !entry.wait_for) || entry.verb == Verb::restart;
      plan->wait.push_back(awaits && !entry.condition.empty()
                               ? compile_condition(entry.condition, entry.condition_place, scenario, unused)
                               : Condition{});
      plan->expectations.push_back(expectations_of(entry, unused));
      if (watches(entry)) plan->watchful.push_back(plan->expectations.size() - 1);
    }
    std::vector<Condition> lines;
    for (const auto& items : plan->expectations)
      for (const TimelineExpectation& item : items)
        for (const auto& alternative : item.alternatives)
          lines.insert(lines.end(), alternative.begin(), alternative.end());
    const auto add = [&](const ExpectLine& line) {
      lines.push_back(compile_condition(line.text, line.place, scenario, unused, false));
    };
    for (const ExpectLine& line : scenario.expect) {
      if (line.any.empty()) add(line);
      for (const auto& alternative : line.any)
        for (const ExpectLine& one : alternative) add(one);
    }
    world.recorder = Recorder{lines};
    world.plan = std::move(plan);
    world.chooser = SeededChooser{scenario.seed};
  }

  std::vector<TimelineExpectation> expectations_of(const Entry& entry, std::vector<Diagnostic>& diagnostics) const {
    std::vector<TimelineExpectation> items;
    for (const ExpectLine& line : entry.lines) {
      TimelineExpectation item{.text = line.text, .alternatives = {}};
      const auto compile = [&](const ExpectLine& one) {
        return compile_condition(one.text, one.place, scenario, diagnostics);
      };
      if (line.any.empty()) item.alternatives.push_back({compile(line)});
      for (const auto& alternative : line.any) {
        item.alternatives.emplace_back();
        for (const ExpectLine& one : alternative) item.alternatives.back().push_back(compile(one));
      }
      items.push_back(std::move(item));
    }
    return items;
  }

  // --- machines ---------------------------------------------------------------------------------------------------

  Host& add_host(Role role, NodeId node, std::string name, std::string rack) {
    Host host;
    host.node = node;
    host.name = std::move(name);
    host.role = role;
    host.index = static_cast<HostIndex>(world.hosts.size());
    host.rack = std::move(rack);
    const BrokerConfig& config = config_of(node);
    // The controller's event loop is one thread (R3.7).
    host.io_threads.free_at.assign(role == Role::broker ? static_cast<std::size_t>(config.num_io_threads) : 1, kStart);
    host.network_threads.assign(static_cast<std::size_t>(config.num_network_threads), kStart);
    world.hosts.push_back(std::move(host));
    return world.hosts.back();
  }

  const BrokerConfig& config_of(NodeId node) const {
    const auto own = scenario.cluster.broker_configs.find(node.value());
    return own == scenario.cluster.broker_configs.end() ? scenario.cluster.config : own->second;
  }

  std::string rack_of(int broker) const {
    const auto rack = scenario.cluster.racks.find(broker);
    return rack == scenario.cluster.racks.end() ? "" : rack->second;
  }

  void hosts() {
    const ClusterSpec& cluster = scenario.cluster;
    for (int i = 1; i <= cluster.brokers; ++i)
      add_host(Role::broker, NodeId{i}, "broker " + std::to_string(i), rack_of(i));
    add_host(Role::controller, NodeId{101}, "controller 101", "");  // on a machine that no rack takes down
    for (const ProducerSpec& producer : scenario.producers)
      add_host(Role::producer, NodeId{}, producer.name, producer.rack);
    for (std::size_t g = 0; g < scenario.consumers.size(); ++g) group_hosts(g);
    if (std::any_of(scenario.timeline.begin(), scenario.timeline.end(),
                    [](const Entry& entry) { return by_operator(entry.verb); }))
      add_host(Role::admin, NodeId{}, "operator", "");
  }

  // Members of the start, then one host for every member a `join` will add.
  void group_hosts(std::size_t g) {
    const GroupSpec& group = scenario.consumers[g];
    int last = 0;
    for (const MemberSpec& member : group.members) {
      add_member(g, member, false);
      last = std::max(last, member.number);
    }
    for (const Entry& entry : scenario.timeline) {
      if (entry.verb != Verb::join) continue;
      for (const Target& target : entry.targets)
        for (int i = 0; target.name == group.name && i < entry.members; ++i) {
          MemberSpec member = entry.targets.size() == 1 ? entry.member : group.prototype;
          member.number = ++last;
          add_member(g, member, true);
        }
    }
  }

  void add_member(std::size_t g, const MemberSpec& member, bool later) {
    const GroupSpec& group = scenario.consumers[g];
    const std::string name = group.name + "/" + std::to_string(member.number);
    Host& host = add_host(Role::consumer, NodeId{}, name, member.rack);
    ConsumerDriver driver;
    driver.host = host.index;
    driver.group = g;
    driver.member = member;
    driver.joins_later = later;
    driver.process = distribution_of(member.process);
    driver.process_poll = distribution_of(member.process_poll);
    driver.stream = stream(scenario.seed, "consumer/" + name + "/process");
    world.consumers.push_back(std::move(driver));
  }

  void network() {
    const NetworkSpec& spec = scenario.cluster.network;
    TopologySpec topology;
    topology.latency = Duration{spec.latency.first};
    topology.between_racks = scenario.cluster.racks.empty() ? Duration{} : spec.between_racks;
    topology.clients = spec.clients;
    for (const Host& host : world.hosts) {
      const bool client = host.role != Role::broker && host.role != Role::controller;
      // A client without a rack sits beside the first one.
      topology.hosts.push_back({host.rack.empty() ? rack_of(1) : host.rack, client});
    }
    NetworkCosts costs;
    if (spec.latency.kind != DistributionSpec::Kind::constant) {
      costs.latency = distribution_of(spec.latency);
      topology.latency = {};  // drawn for each envelope
    }
    costs.jitter = jitter_of(spec.jitter);
    costs.bandwidth_bits = spec.bandwidth_bits;
    world.network = Network{Topology{topology}, costs};
  }

  // --- metadata and logs ------------------------------------------------------------------------------------------

  std::vector<std::vector<BrokerId>> replicas_of(const TopicSpec& topic) {
    std::vector<std::vector<BrokerId>> replicas;
    for (const auto& list : topic.assignment) {
      replicas.emplace_back();
      for (const int id : list) replicas.back().push_back(BrokerId{id});
    }
    if (!replicas.empty()) return replicas;
    return placed(topic.partitions, topic.replication_factor);
  }

  std::vector<std::vector<BrokerId>> placed(std::int32_t partitions, std::int32_t factor) {
    std::vector<core::UsableBroker> usable;
    for (int i = 1; i <= scenario.cluster.brokers; ++i) usable.push_back({BrokerId{i}, rack_of(i), false});
    core::Placement placement = core::place_replicas(std::move(usable), partitions, factor, world.chooser);
    INVARIANT(placement.error == ErrorCode::NONE, "the reader refuses a replication factor above the brokers");
    return std::move(placement.replicas);
  }

  MetadataImage metadata() {
    MetadataImage image;
    std::vector<BrokerId> active;
    for (int i = 1; i <= scenario.cluster.brokers; ++i) {
      active.push_back(BrokerId{i});
      image.replay(RegisterBrokerRecord{BrokerId{i},
                                        {.epoch = BrokerEpoch{image.end},
                                         .incarnation = world.next_incarnation++,
                                         .rack = rack_of(i),
                                         .fenced = false,
                                         .in_controlled_shutdown = false,
                                         .offline_replicas = {}}});
    }
    const auto add_topic = [&](TopicId id, const TopicConfig& config, std::vector<std::vector<BrokerId>> replicas) {
      image.replay(TopicRecord{id, config});
      for (std::size_t p = 0; p < replicas.size(); ++p)
        image.replay(
            PartitionRecord{{id, static_cast<std::int32_t>(p)}, core::new_partition(std::move(replicas[p]), active)});
    };
    std::int32_t next = 0;
    for (const TopicSpec& topic : scenario.topics) add_topic(TopicId{next++}, topic.config, replicas_of(topic));
    if (world.plan->names->offsets_topic == TopicId{next}) {
      const BrokerConfig& config = scenario.cluster.config;
      TopicConfig offsets;
      offsets.min_insync_replicas = config.min_insync_replicas;
      offsets.segment_bytes = kOffsetsSegmentBytes;
      offsets.deletes = false;
      const auto factor = std::min<std::int32_t>(config.offsets_topic_replication_factor, scenario.cluster.brokers);
      add_topic(TopicId{next}, offsets, placed(config.offsets_topic_num_partitions, factor));
    }
    return image;
  }

  // Preloaded records lie on every replica, flushed and below the checkpointed high watermark, in epoch 0.
  core::StoredReplica stored(TopicPartition tp, const MetadataImage& image) const {
    core::StoredReplica replica{.log = core::Log{image.topics.at(tp.topic)}};
    replica.log.assign_epoch_start(LeaderEpoch{0});
    if (static_cast<std::size_t>(tp.topic.value()) >= scenario.topics.size()) return replica;
    const TopicSpec& topic = scenario.topics[static_cast<std::size_t>(tp.topic.value())];
    if (!topic.preload) return replica;
    const PreloadSpec& preload = *topic.preload;
    const KeyModel keys{preload.key, stream(scenario.seed, "topic/" + topic.name + "/preload").word()};
    std::uint32_t serial = 0;
    for (std::int64_t done = 0; done < preload.records; done += preload.batch) {
      const auto count = static_cast<std::int32_t>(std::min(preload.batch, preload.records - done));
      Batch batch;
      batch.record_count = count;
      batch.size_bytes = static_cast<std::int32_t>(kBatchHeaderBytes + count * (preload.value_size + 8));
      if (keys.keyed())
        for (std::int64_t i = done; i < done + count; ++i)
          batch.size_bytes += static_cast<std::int32_t>(keys.text(i).size());
      batch.max_timestamp = kStart - preload.spacing * (preload.records - done - count);
      batch.payload = {0, ++serial};
      const core::AppendResult result = replica.log.append_as_leader(batch, LeaderEpoch{0});
      INVARIANT(result.appended(), "preloaded batches are legal");
    }
    replica.log.flush();
    replica.high_watermark = replica.log.log_end();
    replica.recovery_point = replica.log.log_end();
    return replica;
  }

  // --- processes --------------------------------------------------------------------------------------------------

  void cluster() {
    const MetadataImage image = metadata();
    world.last_metadata = image;
    for (Host& host : world.hosts) {
      if (host.role != Role::broker) continue;
      core::LogDir disk;
      disk.metadata = image;
      const DiskSpec& spec = scenario.cluster.disk;
      disk.dirs.assign(static_cast<std::size_t>(spec.dirs), {.capacity = spec.capacity_bytes.value_or(kUnlimited)});
      host.disks.resize(static_cast<std::size_t>(spec.dirs));
      for (const auto& [tp, registration] : image.partitions)
        if (std::find(registration.replicas.begin(), registration.replicas.end(), host.node) !=
            registration.replicas.end()) {
          const std::int32_t dir = disk.next_dir();
          disk.replicas.edit().emplace(tp, stored(tp, image)).first->second.dir = dir;
          host.disk.flushed(tp, disk.replicas.at(tp).log.log_end());
        }
      host.log_dir = std::move(disk);
      fill_page_cache(world, host);
      host.program = make_program(world, host, true);
      host.state = ProcessState::running;
      const auto phase = static_cast<std::int64_t>(world.chooser.below(Choice::timer_phase, nanoseconds(Disk::kScan)));
      world.scheduler.schedule(kStart + Duration{phase}, host.index, event_kind::writeback, 0);
    }
    std::map<BrokerId, Duration> first_heartbeat;
    for (Host& host : world.hosts) {
      if (host.role != Role::broker) continue;
      const Duration interval = config_of(host.node).broker_heartbeat_interval;
      const Duration phase{static_cast<std::int64_t>(
          world.chooser.below(Choice::timer_phase, static_cast<std::uint64_t>(interval.count())))};
      first_heartbeat[host.node] = phase;
      host.broker()->set_heartbeat_phase(phase);
      call_process(world, host, [](auto& program, Turn& turn) { program.on_start(turn); });
    }
    for (Host& host : world.hosts)
      if (host.role == Role::controller) form_controller(host, image, first_heartbeat);
  }

  // A broker whose next heartbeat is due at T was last heard of one interval before (README-crash fact 1).
  void form_controller(Host& host, const MetadataImage& image, const std::map<BrokerId, Duration>& first_heartbeat) {
    host.program = make_program(world, host, true);
    auto& controller = std::get<core::Controller>(host.program);
    controller.form(image, 0, kStart);
    for (const auto& [broker, phase] : first_heartbeat)
      controller.assume_contact(broker, kStart + phase - config_of(broker).broker_heartbeat_interval);
    host.state = ProcessState::running;
    call_process(world, host, [](auto& program, Turn& turn) { program.on_start(turn); });
  }

  void clients() {
    for (std::size_t i = 0; i < scenario.producers.size(); ++i) producer(i);
    for (ConsumerDriver& driver : world.consumers)
      if (!driver.joins_later && !driver.member.manual_start)
        start_at(driver.host, driver.member.start, driver.member.stop);
    for (const Host& host : world.hosts)
      if (host.role == Role::admin) start_at(host.index, Duration{}, std::nullopt);
  }

  void producer(std::size_t i) {
    const ProducerSpec& spec = scenario.producers[i];
    const Host* host = View{world}.find(spec.name);
    INVARIANT(host != nullptr, "every producer has a host");
    ProducerDriver driver;
    driver.host = host->index;
    driver.spec = i;
    for (const std::string& topic : spec.topics) driver.topics.push_back(View{world}.topic(topic));
    driver.keys = KeyModel{spec.key, stream(scenario.seed, "producer/" + spec.name + "/keys").word()};
    driver.value_seed = stream(scenario.seed, "producer/" + spec.name + "/values").word();
    driver.value_size = distribution_of(spec.value_size);
    driver.key_size = distribution_of(spec.key_size);
    driver.time_offset = distribution_of(spec.timestamp_offset);
    world.producers.push_back(std::move(driver));
    if (!spec.manual_start) start_at(host->index, spec.start, std::nullopt);
  }

  void start_at(HostIndex index, Duration start, std::optional<Duration> stop) {
    Host& host = world.hosts[index];
    host.state = ProcessState::starting;
    world.scheduler.schedule(kStart + start, index, event_kind::started, host.generation);
    if (stop) world.scheduler.schedule(kStart + *stop, index, event_kind::stop_client, host.generation);
  }
};

std::vector<NodeId> bootstrap_of(const World& world, const std::vector<int>& listed) {
  std::vector<NodeId> nodes;
  for (const int id : listed) nodes.push_back(NodeId{id});
  if (nodes.empty())
    for (const Host& host : world.hosts)
      if (host.role == Role::broker) nodes.push_back(host.node);
  return nodes;
}

Program make_consumer(World& world, Host& host) {
  const ConsumerDriver& driver = *consumer_driver(world, host.index);
  const GroupSpec& group = world.scenario().consumers[driver.group];
  const View view{world};
  const std::vector<NodeId> bootstrap = bootstrap_of(world, group.bootstrap);
  const ConsumerConfig config = consumer_settings(host, driver.member);
  if (!group.assign.empty()) {
    std::vector<TopicPartition> partitions;
    for (const AssignedPartition& one : group.assign)
      partitions.push_back(TopicPartition{view.topic(one.topic), one.partition});
    const GroupId id = driver.member.commit == CommitMode::none ? GroupId{} : view.group(group.name);
    return core::Consumer{host.node, host.name, id, config, world.plan->names, partitions, bootstrap};
  }
  std::vector<TopicId> topics;
  for (const std::string& name : group.topics) topics.push_back(view.topic(name));
  return core::Consumer{host.node, host.name, view.group(group.name), config, world.plan->names, topics, bootstrap};
}

}  // namespace

Program make_program(World& world, Host& host, bool formed) {
  const ClusterSpec& cluster = world.scenario().cluster;
  const BrokerConfig config = broker_settings(world, host);
  switch (host.role) {
    case Role::broker: {
      core::LogDir disk = std::move(*host.log_dir);
      host.io_threads.free_at.resize(static_cast<std::size_t>(config.num_io_threads), world.now());
      host.network_threads.resize(static_cast<std::size_t>(config.num_network_threads), world.now());
      host.log_dir.reset();
      std::uint64_t incarnation = 0;
      if (formed)
        incarnation = disk.metadata.brokers.at(host.node).incarnation;
      else
        incarnation = world.next_incarnation++;
      return core::Broker{host.node,       config,      world.plan->names, NodeId{101},
                          std::move(disk), incarnation, host.rack,         formed};
    }
    case Role::controller: {
      // Appends are committed after the linger's usual wait and an fsync; one controller needs nobody else (R3.7,
      // R3.8).
      const Duration commit = Duration{world.plan->fsync.quantile(1, 2)};
      if (host.metadata) {
        core::DurableMetadata disk = std::move(*host.metadata);
        host.metadata.reset();
        return core::Controller{host.node, config, world.plan->names, cluster.elr, commit, std::move(disk)};
      }
      return core::Controller{host.node, config, world.plan->names, cluster.elr, commit};
    }
    case Role::producer: {
      host.node = NodeId{world.next_client_node++};
      const ProducerSpec& spec = world.scenario().producers[producer_driver(world, host.index)->spec];
      return core::Producer{host.node, producer_settings(host, spec), bootstrap_of(world, spec.bootstrap)};
    }
    case Role::consumer:
      host.node = NodeId{world.next_client_node++};
      return make_consumer(world, host);
    case Role::admin:
      host.node = NodeId{world.next_client_node++};
      return core::Admin{host.node, bootstrap_of(world, {})};
  }
  return {};
}

World build_world(std::shared_ptr<const Scenario> scenario) {
  Builder builder{std::move(scenario)};
  builder.hosts();
  builder.network();
  std::vector<std::string> names;
  for (const Host& host : builder.world.hosts) names.push_back(host.name);
  builder.world.history = History{builder.scenario, builder.world.plan->names, names};
  builder.cluster();
  builder.clients();
  begin_timeline(builder.world);
  return std::move(builder.world);
}

}  // namespace kafkasim::sim
