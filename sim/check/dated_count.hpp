// A count with the instants at which it grew.
#pragma once

#include <cstdint>
#include <map>

#include "core/base/fields.hpp"
#include "core/base/time.hpp"

namespace kafkasim::sim {

/// A count with the instants at which it grew (by acknowledgement, by append, by hand-out).
class DatedCount {
 public:
  void add(Instant at, std::int64_t count) {
    if (count == 0) return;
    total_ += count;
    dates_[at] += count;
  }
  std::int64_t total() const { return total_; }
  const std::map<Instant, std::int64_t>& dates() const { return dates_; }

  friend bool operator==(const DatedCount&, const DatedCount&) = default;
  FIELDS(total_, dates_)

 private:
  std::int64_t total_ = 0;
  std::map<Instant, std::int64_t> dates_;
};

}  // namespace kafkasim::sim
