// Sees what happens, for the trace and the log. Never part of the state, never acts.
#pragma once

#include <boost/mp11/algorithm.hpp>
#include <cstddef>
#include <cstdint>

#include "core/protocol/notes.hpp"
#include "sim/kernel/event.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim::sim {

struct World;

/// Note::index() of a note that holds a `What`.
template <class What>
inline constexpr std::size_t kNoteKind = boost::mp11::mp_find<Note, What>::value;

class EventObserver {
 public:
  virtual ~EventObserver() = default;
  /// Whether it wants to be told of events, and of notes of one kind (Note::index()); asked once.
  virtual bool watches_events() const { return true; }
  virtual bool watches(std::size_t /*note_kind*/) const { return true; }
  /// About to be executed: event `number` of the run. The payload's envelope is still where the event says.
  virtual void executing(const World& world, std::uint64_t number, const Event& event) = 0;
  /// A note made while it is executed.
  virtual void noted(const World& world, HostIndex who, const Note& note) = 0;
};

}  // namespace kafkasim::sim
