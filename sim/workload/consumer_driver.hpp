// The application above one consumer: poll, process, commit, poll again.
#pragma once

#include <boost/container/deque.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/protocol/effects.hpp"
#include "sim/kernel/distribution.hpp"
#include "sim/kernel/random.hpp"
#include "sim/net/topology.hpp"
#include "sim/scenario/scenario.hpp"

namespace kafkasim::sim {

struct ConsumerDriver {
  /// calling: inside commitSync() or offsetsForTimes() that the timeline asked for.
  enum class Step : std::uint8_t { idle, polling, processing, committing, waiting, calling, closing, ended };

  HostIndex host = 0;
  std::size_t group = 0;  // in Scenario::consumers
  MemberSpec member;      // as it runs now
  Distribution process;   // per record; changed by `slow`
  Distribution process_poll;
  Stream stream;

  Step step = Step::idle;
  std::uint32_t wake = 0;  // number of the application event it waits for; others are stale
  std::int32_t next_call = 1;
  std::int32_t awaited_call = 0;
  Instant poll_began{};
  Instant processing_began{};
  Duration sleep{};                                   // to be slept between two polls
  boost::container::deque<PolledRecords> to_process;  // handed out, not worked through
  std::int64_t done_of_front = 0;                     // records of the front range already counted as processed
  boost::container::deque<std::pair<std::int64_t, Instant>>
      finish;                                   // (records, instant) when each part of this round is done
  boost::container::deque<std::size_t> calls;   // timeline entries whose call comes before the next poll
  std::optional<std::size_t> calling;           // the entry whose call is being made
  std::map<std::int32_t, std::size_t> unheard;  // commitAsync() of the timeline without an answer: call -> entry
  bool asleep = false;                          // process: manual: inside a `sleep`
  bool commit_due = false;      // `commit: before`: what was handed out is committed, then worked through
  std::int32_t unanswered = 0;  // commits it asked for
  bool joins_later = false;     // its host waits for a `join`
  bool close_after = false;     // leave: close once the current step ends

  friend bool operator==(const ConsumerDriver& a, const ConsumerDriver& b) {
    return a.host == b.host && a.step == b.step && a.wake == b.wake && a.next_call == b.next_call &&
           a.awaited_call == b.awaited_call && a.poll_began == b.poll_began && a.sleep == b.sleep &&
           a.done_of_front == b.done_of_front && a.calls == b.calls && a.calling == b.calling &&
           a.unheard == b.unheard && a.asleep == b.asleep && a.finish == b.finish && a.stream == b.stream &&
           a.to_process.size() == b.to_process.size() && a.process == b.process;
  }
  FIELDS(host, group, step, wake, next_call, awaited_call, poll_began, processing_began, sleep, done_of_front, calls,
         calling, unheard, asleep, commit_due, unanswered, joins_later, close_after, stream)
};

}  // namespace kafkasim::sim
