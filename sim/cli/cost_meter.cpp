#include "sim/cli/cost_meter.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <numeric>
#include <vector>

#include "sim/kernel/event.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/trace_log.hpp"

namespace kafkasim::sim {
namespace {

std::int64_t cpu_ns() {
  std::timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

CostMeter::CostMeter() : begin_ns_{cpu_ns()} {}

void CostMeter::executing(const World&, std::uint64_t, const Event& event) { ++by_kind_.at(event.kind); }

std::string CostMeter::text() const {
  const std::int64_t spent = cpu_ns() - begin_ns_;
  const std::uint64_t events = std::accumulate(by_kind_.begin(), by_kind_.end(), std::uint64_t{0});
  std::vector<std::uint16_t> kinds;
  for (std::uint16_t kind = 0; kind < event_kind::count; ++kind)
    if (by_kind_[kind] > 0) kinds.push_back(kind);
  std::stable_sort(kinds.begin(), kinds.end(), [&](auto a, auto b) { return by_kind_[a] > by_kind_[b]; });
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::string text = grouped(static_cast<std::int64_t>(events)) + " events in " + short_duration(Duration{spent}) +
                     " of CPU time, " + grouped(events == 0 ? 0 : spent / static_cast<std::int64_t>(events)) +
                     " ns an event; at most " + grouped(usage.ru_maxrss / 1024) + " MB of memory\n";
  for (const std::uint16_t kind : kinds)
    text += "  " + pad_right(std::string{event_name(kind)}, 14) +
            pad_left(grouped(static_cast<std::int64_t>(by_kind_[kind])), 14) + "\n";
  return text;
}

}  // namespace kafkasim::sim
