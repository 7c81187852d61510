// clang-format off
#include "sim/scenario/option_rows.hpp"

namespace kafkasim::sim {

namespace {

using K = ValueKind;

constexpr Option kRows[] = {
    {"name", K::text, "", "What the scenario shows, in one line."},
    {"about", K::text, "", "What there is to learn from it."},
    {"kafka", K::words, "4.3", "The Kafka release whose rules hold.", "4.3"},
    {"seed", K::count, "1", "Where all draws start."},
    {"duration", K::duration, "until the timeline has run", "How long traffic runs; then faults are put right and the cluster must settle.", "", 1},
    {"settle", K::duration, "2min", "Longest time for settling; 0s ends the run at the duration as it stands."},

    {"cluster", K::section, "", "Brokers, controllers, machines between them."},
    {"cluster/brokers", K::count, "3", "Number of brokers; their ids are 1, 2, ...", "", 1, 100},
    {"cluster/controllers", K::count, "1", "Number of controllers; their ids are 101, ...", "", 1, 1},
    {"cluster/racks", K::free_form, "", "Racks: broker i sits in rack i modulo the list, or a map from rack to brokers.", "[a, b, c] or { a: [1, 4], b: [2] }"},
    {"cluster/config", K::config, "", "Kafka's broker settings of all brokers and the controller.", "broker"},
    {"cluster/brokers.config", K::named, "", "Settings of single brokers, by id."},
    {"cluster/brokers.config/*", K::config, "", "Kafka's broker settings of this broker.", "broker"},
    {"cluster/features", K::section, "", "Finalised feature levels."},
    {"cluster/features/eligible.leader.replicas.version", K::count, "1", "1: eligible leader replicas are kept (KIP-966), 0: not.", "", 0, 1},

    {"cluster/network", K::section, "", "The network between the machines."},
    {"cluster/network/latency", K::duration_distribution, "0.2ms", "One way, between machines of one rack."},
    {"cluster/network/jitter", K::duration_distribution, "0.1ms", "Added; a plain value: uniform between 0 and it."},
    {"cluster/network/bandwidth", K::bandwidth, "10Gbit/s", "Of every link, each way."},
    {"cluster/network/between.racks", K::added_duration, "+0.5ms", "Added between racks."},
    {"cluster/network/clients", K::added_duration, "+0.3ms", "Added on links to clients."},

    {"cluster/host", K::section, "", "The machines of the brokers."},
    {"cluster/host/start", K::draw, "3s", "From the start command to the first registration attempt."},
    {"cluster/host/stop", K::draw, "0.7s", "From the grant of a shutdown to the end of the process."},
    {"cluster/host/teardown", K::draw, "20ms..60ms", "From the kill of a process to the reset of its connections."},
    {"cluster/host/recovery", K::throughput, "100MiB/s", "Speed of log recovery after an unclean stop."},
    {"cluster/host/page.cache", K::size, "8GiB", "Memory for the page cache.", "", 1},

    {"cluster/disk", K::section, "", "The disks of the brokers."},
    {"cluster/disk/throughput", K::throughput, "500MB/s", "Bytes read or written per second."},
    {"cluster/disk/fsync", K::duration_distribution, "2ms", "Time of one flush."},
    {"cluster/disk/writeback", K::duration, "30s", "Age at which the system flushes dirty pages."},
    {"cluster/disk/capacity", K::size, "without end", "Bytes a log directory holds; a full one is a failed one.", "", 1},
    {"cluster/disk/stalls", K::free_form, "", "The tail of its writes: a percentile and how long the rest stands still.", "p99.9 200ms"},
    {"cluster/disk/dirs", K::count, "1", "Log directories, a disk each; the first holds the metadata log too.", "", 1, 100},

    {"topics", K::named, "", "Topics by name; at least one."},
    {"topics/*", K::section, "", "One topic. Internal topics may be listed to fix their assignment or settings."},
    {"topics/*/partitions", K::count, "1", "Number of partitions.", "", 1, 10000},
    {"topics/*/replication.factor", K::count, "3, or the number of brokers", "Replicas of each partition.", "", 1, 100},
    {"topics/*/assignment", K::free_form, "", "Brokers of each partition, the preferred leader first; instead of partitions and replication.factor.", "[[1, 2, 3], [2, 3, 1]]"},
    {"topics/*/config", K::config, "", "Kafka's topic settings.", "topic"},
    {"topics/*/preload", K::section, "", "Records on all replicas before time 0, flushed, epoch 0; the last one at time 0."},
    {"topics/*/preload/records", K::count, "", "How many (required).", "", 1, 1'000'000'000'000},
    {"topics/*/preload/spacing", K::duration, "0s", "Time between two records."},
    {"topics/*/preload/batch", K::count, "1", "Records per batch.", "", 1, 1'000'000},
    {"topics/*/preload/value.size", K::size, "100B", "Bytes of a value."},
    {"topics/*/preload/key", K::key_model, "none", "Keys."},
};

}  // namespace

std::span<const Option> cluster_options() { return kRows; }

}  // namespace kafkasim::sim
