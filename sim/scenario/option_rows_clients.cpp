// clang-format off
#include "sim/scenario/option_rows.hpp"

namespace kafkasim::sim {

namespace {

using K = ValueKind;

constexpr std::string_view kCommits = "auto sync async sync.record before none";
constexpr std::int64_t kMillion = 1'000'000;

constexpr Option kRows[] = {
    {"producers", K::named, "", "Producers by name."},
    {"producers/*", K::section, "", "One producing application."},
    {"producers/*/topic", K::name, "", "Where its records go (topic or topics is required)."},
    {"producers/*/topics", K::names, "", "Several topics, in turn."},
    {"producers/*/instances", K::count, "", "That many clients, named NAME/1, NAME/2, ...", "", 1, 10000},
    {"producers/*/rate", K::rate, "", "Records per second: 2000/s, poisson(2000/s), on_off(1000/s, 2s, 3s), max, await(4), or steps. Absent: only what the timeline sends."},
    {"producers/*/rate/*/for", K::duration, "", "Length of the step.", "", 1},
    {"producers/*/rate/*/rate", K::free_form, "", "Rate of the step, or a ramp.", "100/s or 100/s..900/s"},
    {"producers/*/on.failure", K::words, "ignore", "What the application does when a send fails.", "ignore resend stop"},
    {"producers/*/burst", K::count, "1", "Records handed over together at each tick.", "", 1, kMillion},
    {"producers/*/count", K::count, "", "Most records it sends.", "", 1},
    {"producers/*/start", K::free_form, "0s", "When it starts; manual: by the timeline.", "10s or manual"},
    {"producers/*/stop", K::duration, "duration", "When it stops."},
    {"producers/*/value.size", K::size_distribution, "100B", "Bytes of generated values."},
    {"producers/*/key.size", K::size_distribution, "", "Bytes of generated keys, at least their own length (k17: 3)."},
    {"producers/*/key", K::key_model, "none", "Keys: none, constant(K), sequence(N), uniform(N), zipf(N, S), hot(SHARE, N)."},
    {"producers/*/partition", K::partition_choice, "by the partitioner", "A fixed partition, or round_robin."},
    {"producers/*/timestamps", K::offset_distribution, "0s", "Offset of timestamps from now."},
    {"producers/*/client", K::words, "java", "Whose client library.", "java"},
    {"producers/*/rack", K::text, "", "Rack the client sits in."},
    {"producers/*/bootstrap", K::targets, "all brokers", "Whom it asks first.", "[broker 2]"},
    {"producers/*/config", K::config, "", "Kafka's producer settings.", "producer"},

    {"consumers", K::named, "", "Consumer groups by name, which is the group id."},
    {"consumers/*", K::section, "", "One group; its members are NAME/1, NAME/2, ..."},
    {"consumers/*/topics", K::names, "", "Topics it subscribes to (topics or assign is required)."},
    {"consumers/*/assign", K::names, "", "Fixed partitions, without group management."},
    {"consumers/*/members", K::free_form, "1", "Number of members, or a map from number to what differs.", "2 or { 1: { rack: a }, 2: { start: 10s } }"},
    {"consumers/*/process", K::duration_distribution, "0s", "Time per record; manual: polls only by the timeline."},
    {"consumers/*/process.poll", K::duration_distribution, "0s", "Time per poll that returned records."},
    {"consumers/*/poll.every", K::duration, "0s", "Least time from one poll to the next."},
    {"consumers/*/commit", K::words, "auto", "How offsets are committed.", kCommits},
    {"consumers/*/start", K::free_form, "0s", "When members start; manual: by the timeline.", "10s or manual"},
    {"consumers/*/stop", K::duration, "", "When members close."},
    {"consumers/*/client", K::words, "java", "Whose client library.", "java"},
    {"consumers/*/rack", K::text, "", "Rack the members sit in."},
    {"consumers/*/bootstrap", K::targets, "all brokers", "Whom they ask first.", "[broker 2]"},
    {"consumers/*/config", K::config, "", "Kafka's consumer settings.", "consumer"},
    {"consumers/*/members/*", K::section, "", "What differs for this member."},
    {"consumers/*/members/*/process", K::duration_distribution, "", "As for the group."},
    {"consumers/*/members/*/process.poll", K::duration_distribution, "", "As for the group."},
    {"consumers/*/members/*/poll.every", K::duration, "", "As for the group."},
    {"consumers/*/members/*/commit", K::words, "", "As for the group.", kCommits},
    {"consumers/*/members/*/start", K::free_form, "", "As for the group.", "10s or manual"},
    {"consumers/*/members/*/stop", K::duration, "", "As for the group."},
    {"consumers/*/members/*/rack", K::text, "", "As for the group."},
    {"consumers/*/members/*/config", K::config, "", "As for the group.", "consumer"},
};

}  // namespace

std::span<const Option> client_options() { return kRows; }

}  // namespace kafkasim::sim
