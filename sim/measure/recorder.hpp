// Remembers how measured values changed, for those lines of a scenario that ask about the past.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/check/domains.hpp"
#include "sim/measure/condition.hpp"
#include "sim/measure/series.hpp"

namespace kafkasim::sim {

struct WatchList;

/// Part of the run's value; its copies share what is watched. Watches nothing unless a line needs it.
class Recorder {
 public:
  Recorder() = default;
  explicit Recorder(const std::vector<Condition>& lines);

  Domains domains() const { return domains_; }
  /// After an event that touched some of domains().
  void observe(const View& view);
  /// Null when nobody asked for that name's past.
  const Series* series(const std::string& key) const;

  friend bool operator==(const Recorder& a, const Recorder& b) { return a.series_ == b.series_; }
  FIELDS(series_)

 private:
  std::shared_ptr<const WatchList> watched_;
  std::vector<Series> series_;
  Domains domains_ = 0;
};

}  // namespace kafkasim::sim
