#include "sim/report/trace_log.hpp"

#include "core/protocol/message.hpp"
#include "sim/host/event_kind.hpp"
#include "sim/report/json_writer.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::string_view kEvents[event_kind::count] = {
    "",        "packet",  "retransmit",  "read",      "served", "handled", "timer",      "teardown",
    "started", "stopped", "application", "writeback", "entry",  "end",     "stop_client"};

bool has_message(std::uint16_t kind) {
  return kind == event_kind::packet || kind == event_kind::served || kind == event_kind::handled;
}
bool has_connection(std::uint16_t kind) { return kind == event_kind::read || kind == event_kind::retransmit; }

const Envelope& envelope(const World& world, const Event& event) { return world.network.envelopes().at(event.payload); }

}  // namespace

std::string_view event_name(std::uint16_t kind) { return kind < event_kind::count ? kEvents[kind] : ""; }

std::string message_text(const World& world, const Event& event) {
  if (event.kind == event_kind::entry) {
    const Entry& entry = world.scenario().timeline.at(event.payload);
    return entry.id.empty() ? "entry " + std::to_string(event.payload + 1) : entry.id;
  }
  if (!has_message(event.kind)) return "";
  static constexpr std::string_view kKinds[] = {"SYN", "SYN ACK", "refused", "request", "response", "FIN", "RST"};
  const Envelope& of = envelope(world, event);
  std::string text;
  if (const auto* request = std::get_if<Request>(&of.body)) text.append(api_name(*request)).append(" ");
  if (const auto* response = std::get_if<Response>(&of.body)) text.append(api_name(*response)).append(" ");
  return text.append(kKinds[static_cast<std::size_t>(of.kind)]);
}

std::string actor_text(const World& world, const Event& event) {
  if (event.kind == event_kind::entry || event.kind == event_kind::end) return "";
  if (has_connection(event.kind)) {
    const Connection& on = world.network.connection(event.payload);
    const bool at_client = event.kind == event_kind::retransmit && event.target == 1;  // the sender tries again
    return world.hosts.at(at_client ? on.client : on.server).name;
  }
  if (event.kind == event_kind::packet) {
    const Envelope& of = envelope(world, event);
    const Connection& on = world.network.connection(of.connection);
    return world.hosts.at(of.to_server ? on.server : on.client).name;
  }
  return world.hosts.at(event.target).name;
}

std::string sender_text(const World& world, const Event& event) {
  if (!has_message(event.kind)) return "";
  const Envelope& of = envelope(world, event);
  const Connection& on = world.network.connection(of.connection);
  return world.hosts.at(of.to_server ? on.client : on.server).name;
}

TraceLog::TraceLog(std::filesystem::path path)
    : writer_{std::move(path)}, line_{std::make_unique<JsonWriter>(JsonWriter::Style::one_line)} {}
TraceLog::~TraceLog() = default;

void TraceLog::executing(const World& world, std::uint64_t number, const Event& event) {
  flush();
  JsonWriter& json = *line_;
  json.begin_object();
  json.key("id").raw(std::to_string(number));
  json.key("t").integer(nanoseconds(event.at));
  json.key("kind").string(event_name(event.kind));
  if (const std::string actor = actor_text(world, event); !actor.empty()) json.key("at").string(actor);
  if (const std::string sender = sender_text(world, event); !sender.empty()) json.key("from").string(sender);
  if (const std::string what = message_text(world, event); !what.empty()) json.key("what").string(what);
  json.key("target").integer(event.target);
  json.key("payload").integer(event.payload);
  json.key("cause").raw(std::to_string(event.cause));
  open_ = true;
}

void TraceLog::noted(const World& world, HostIndex who, const Note& note) {
  // What is noted while the world is built belongs to event 0.
  if (!open_) {
    line_->begin_object();
    line_->key("id").integer(0);
    line_->key("t").integer(0);
    line_->key("kind").string("beginning");
    open_ = true;
  }
  if (!with_notes_) line_->key("notes").begin_array();
  with_notes_ = true;
  write_note(*line_, world, who, note);
}

void TraceLog::flush() {
  if (!open_) return;
  if (with_notes_) line_->end_array();
  line_->end_object();
  writer_.line(line_->take());
  open_ = with_notes_ = false;
}

void TraceLog::close() {
  flush();
  writer_.close();
}

}  // namespace kafkasim::sim
