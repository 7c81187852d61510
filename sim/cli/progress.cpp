#include "sim/cli/progress.hpp"

#include <ostream>

#include "sim/report/number_text.hpp"
#include "sim/scenario/scenario.hpp"

namespace kafkasim::sim {

bool Progress::due() {
  if (!terminal_.err_is_terminal || Clock::now() < next_) return false;
  next_ = Clock::now() + std::chrono::milliseconds{200};
  return true;
}

void Progress::show(std::size_t done, std::size_t of, std::size_t failed) {
  if (!due()) return;
  terminal_.err << "\r\x1b[K" << grouped(static_cast<std::int64_t>(done)) << " of "
                << grouped(static_cast<std::int64_t>(of)) << " runs";
  if (failed > 0) terminal_.err << ", " << grouped(static_cast<std::int64_t>(failed)) << " failed";
  terminal_.err << std::flush;
  shown_ = true;
}

void Progress::show(const Scenario& scenario, std::uint64_t events, Instant now) {
  if (!due()) return;
  std::string line = scenario.variant.empty() ? "" : scenario.variant + ", ";
  line += "seed " + std::to_string(scenario.seed) + ": " + short_duration(now - kStart);
  if (scenario.duration) line += " of " + short_duration(*scenario.duration);
  line += " simulated, " + grouped(static_cast<std::int64_t>(events)) + " events";
  terminal_.err << "\r\x1b[K" << line << std::flush;
  shown_ = true;
}

void Progress::clear() {
  if (shown_) terminal_.err << "\r\x1b[K" << std::flush;
  shown_ = false;
}

}  // namespace kafkasim::sim
