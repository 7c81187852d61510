// The log on standard error, through spdlog, with the simulated clock.
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include "sim/report/json_writer.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/trace_log.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {
namespace {

template <class... What>
constexpr bool is_one_of(std::size_t kind) {
  return ((kind == kNoteKind<What>) || ...);
}

spdlog::level::level_enum level_of(std::size_t kind) {
  const bool turn =
      is_one_of<PartitionChanged, BrokerFencing, BrokerRegistered, LogTruncated, BatchFailed, RecordsRejected,
                ConsumerException, BecameLeader, BecameFollower, BrokerStateChanged, GroupStateChanged, ConnectionLost,
                PartitionsAssigned, PartitionsRevoked, ProducerIdentity>(kind);
  return turn ? spdlog::level::info : spdlog::level::debug;
}

// The verdict tells what a run did: a warning is only what an operator chose and may regret.
spdlog::level::level_enum level_of(const Note& note) {
  const auto* change = std::get_if<PartitionChanged>(&note);
  return change != nullptr && change->unclean ? spdlog::level::warn : level_of(note.index());
}

}  // namespace

struct RunLog::Logger {
  spdlog::logger log;
};

RunLog::RunLog(std::ostream& stream, const std::string& level)
    : logger_{new Logger{spdlog::logger{"kafkasim", std::make_shared<spdlog::sinks::ostream_sink_st>(stream)}}} {
  logger_->log.set_pattern("%L %v");  // the wall clock has no place here
  logger_->log.set_level(spdlog::level::from_str(level));
}

RunLog::~RunLog() = default;

bool RunLog::watches_events() const { return logger_->log.should_log(spdlog::level::trace); }

bool RunLog::watches(std::size_t note_kind) const {
  const bool may_warn = note_kind == kNoteKind<PartitionChanged>;
  return logger_->log.should_log(may_warn ? spdlog::level::warn : level_of(note_kind));
}

void RunLog::executing(const World& world, std::uint64_t number, const Event& event) {
  if (!logger_->log.should_log(spdlog::level::trace)) return;
  logger_->log.trace("{} #{} {} {} {}", clock_text(event.at), number, event_name(event.kind), actor_text(world, event),
                     message_text(world, event));
}

void RunLog::noted(const World& world, HostIndex who, const Note& note) {
  const spdlog::level::level_enum level = level_of(note);
  if (!logger_->log.should_log(level)) return;
  JsonWriter json{JsonWriter::Style::one_line};
  write_note(json, world, who, note);
  logger_->log.log(level, "{} {} {}", clock_text(world.now()), world.hosts.at(who).name, json.take());
}

}  // namespace kafkasim::sim
