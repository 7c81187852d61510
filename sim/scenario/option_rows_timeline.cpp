// clang-format off
#include "sim/scenario/option_rows.hpp"

namespace kafkasim::sim {

namespace {

using K = ValueKind;

constexpr std::string_view kCommon = "common";
constexpr std::string_view kFor = "How long; then it is undone.";
constexpr std::string_view kGets = "What the caller must get: ok, an exception or an error code.";

constexpr Option kRows[] = {
    {"timeline", K::entries, "", "What happens, entry by entry."},
    {"timeline/*/id", K::name, "", "A name for the entry.", kCommon},
    {"timeline/*/at", K::draw, "", "Instant, or a draw.", kCommon},
    {"timeline/*/when", K::condition, "", "First instant at which this holds.", kCommon},
    {"timeline/*/lasting", K::duration, "0s", "With when: after it has held that long.", kCommon},
    {"timeline/*/every", K::free_form, "", "Again and again.", kCommon},
    {"timeline/*/after", K::name, "", "The entry it follows.", kCommon},
    {"timeline/*/delay", K::draw, "0s", "With after: how much later.", kCommon},

    {"timeline/*/crash", K::targets, "", "The process is killed: page cache survives, peers see connections reset."},
    {"timeline/*/crash/for", K::draw, "", kFor},
    {"timeline/*/power_loss", K::targets, "", "The machine is gone: unflushed data lost, peers see silence."},
    {"timeline/*/power_loss/for", K::draw, "", kFor},
    {"timeline/*/shutdown", K::targets, "", "Clean stop (controlled shutdown; a client closes)."},
    {"timeline/*/shutdown/for", K::draw, "", kFor},
    {"timeline/*/shutdown/gets", K::text, "", kGets},
    {"timeline/*/start", K::targets, "", "Start again what was stopped, crashed or starts manually."},
    {"timeline/*/start/gets", K::text, "", kGets},
    {"timeline/*/restart", K::targets, "", "Clean stop and start."},
    {"timeline/*/restart/down", K::draw, "0s", "From the end of the process to the start command."},
    {"timeline/*/restart/one_by_one", K::boolean, "false", "A rolling restart: each when the one before has started."},
    {"timeline/*/restart/between", K::draw, "0s", "With one_by_one: time from that to the next stop."},
    {"timeline/*/restart/next.when", K::condition, "", "With one_by_one: and when this holds."},
    {"timeline/*/elect", K::names, "", "Leader election by request, of partitions, topics or a list of them."},
    {"timeline/*/elect/type", K::words, "preferred", "preferred: the first replica; unclean: whoever is alive.", "preferred unclean"},
    {"timeline/*/elect/gets", K::text, "", kGets},
    {"timeline/*/create_topic", K::name, "", "A new topic."},
    {"timeline/*/create_topic/partitions", K::count, "1", "Number of partitions.", "", 1, 10000},
    {"timeline/*/create_topic/replication.factor", K::count, "3, or the number of brokers", "Replicas of each partition.", "", 1, 100},
    {"timeline/*/create_topic/assignment", K::free_form, "", "Brokers of each partition, instead of partitions and replication.factor.", "[[1, 2, 3], [2, 3, 1]]"},
    {"timeline/*/create_topic/config", K::config, "", "Kafka's topic settings.", "topic"},
    {"timeline/*/create_topic/gets", K::text, "", kGets},
    {"timeline/*/add_partitions", K::name, "", "More partitions for a topic."},
    {"timeline/*/add_partitions/to", K::count, "", "How many in all (required).", "", 1, 10000},
    {"timeline/*/add_partitions/assignment", K::free_form, "", "Brokers of each new partition.", "[[1, 2, 3]]"},
    {"timeline/*/add_partitions/gets", K::text, "", kGets},
    {"timeline/*/alter_config", K::name, "", "Other settings of a topic."},
    {"timeline/*/alter_config/set", K::config, "", "Kafka's topic settings (required).", "topic"},
    {"timeline/*/alter_config/gets", K::text, "", kGets},
    {"timeline/*/freeze", K::targets, "", "The process stands still and does not know."},
    {"timeline/*/freeze/for", K::draw, "", kFor},
    {"timeline/*/thaw", K::targets, "", "It goes on."},
    {"timeline/*/isolate", K::targets, "", "Cut from everybody else."},
    {"timeline/*/isolate/except", K::words, "", "Who can still be reached.", "clients"},
    {"timeline/*/isolate/for", K::draw, "", kFor},
    {"timeline/*/cut", K::targets, "", "Packets between it and `from` are silently dropped."},
    {"timeline/*/cut/from", K::targets, "", "The other side (required)."},
    {"timeline/*/cut/direction", K::words, "both", "out: only what it sends, in: only what it receives.", "both out in"},
    {"timeline/*/cut/for", K::draw, "", kFor},
    {"timeline/*/partition", K::free_form, "", "Groups that cannot reach each other; a machine in two groups is a bridge.", "[[broker 1], [broker 2, broker 3]]"},
    {"timeline/*/partition/for", K::draw, "", kFor},
    {"timeline/*/heal", K::name, "", "Links as before: all, or those of one fault."},
    {"timeline/*/undo", K::name, "", "Undo that entry by hand."},
    {"timeline/*/slow", K::targets, "", "A consumer takes longer for its records."},
    {"timeline/*/slow/process", K::duration_distribution, "", "Time per record (required)."},
    {"timeline/*/slow/for", K::draw, "", kFor},
    {"timeline/*/sleep", K::targets, "", "One processing step of that length between two polls."},
    {"timeline/*/sleep/for", K::draw, "", "Its length (required)."},
    {"timeline/*/rate", K::targets, "", "Another rate of a producer."},
    {"timeline/*/rate/to", K::rate, "", "The rate (required)."},
    {"timeline/*/rate/for", K::draw, "", kFor},
    {"timeline/*/join", K::names, "", "New members of a group (or a list of groups)."},
    {"timeline/*/join/members", K::count, "1", "How many.", "", 1, 1000},
    {"timeline/*/join/process", K::duration_distribution, "", "As for the group."},
    {"timeline/*/join/process.poll", K::duration_distribution, "", "As for the group."},
    {"timeline/*/join/poll.every", K::duration, "", "As for the group."},
    {"timeline/*/join/commit", K::words, "", "As for the group.", "auto sync async sync.record before none"},
    {"timeline/*/join/rack", K::text, "", "As for the group."},
    {"timeline/*/join/config", K::config, "", "As for the group.", "consumer"},
    {"timeline/*/join/gets", K::text, "", kGets},
    {"timeline/*/leave", K::targets, "", "A member closes."},
    {"timeline/*/leave/gets", K::text, "", kGets},
    {"timeline/*/send", K::targets, "", "A producer hands over records now."},
    {"timeline/*/send/records", K::count, "", "How many, batched by the client.", "", 1, 1'000'000'000},
    {"timeline/*/send/values", K::names, "", "Their values, one batch each."},
    {"timeline/*/send/topic", K::name, "", "Where to, when it is not the producer's topic."},
    {"timeline/*/send/partition", K::count, "", "Which partition.", "", 0, 1'000'000},
    {"timeline/*/send/wait", K::boolean, "true", "Whether the script waits for the answers."},
    {"timeline/*/send/gets", K::text, "", kGets},
    {"timeline/*/wait", K::condition, "", "Go on when this holds, or after this time."},
    {"timeline/*/wait/within", K::duration, "2min", "How long it may take; longer fails the run.", "", 1},
    {"timeline/*/expect", K::lines, "", "What must hold at this instant."},
    {"timeline/*/note", K::text, "", "A line in the story shown to people."},

    {"variants", K::named, "", "The same story with a few settings changed, by name: maps from path to value."},
    {"expect", K::lines, "", "What must be true."},
};

}  // namespace

std::span<const Option> timeline_options() { return kRows; }

}  // namespace kafkasim::sim
