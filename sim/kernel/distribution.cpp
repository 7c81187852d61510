#include "sim/kernel/distribution.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {

namespace {

template <class T>
bool same_content(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
  if (a == b) return true;
  return a != nullptr && b != nullptr && *a == *b;
}

}  // namespace

Distribution Distribution::constant(std::int64_t value) {
  Distribution made;
  made.low_ = value;
  return made;
}

Distribution Distribution::uniform(std::int64_t low, std::int64_t high) {
  INVARIANT(low <= high, "a range has its lower end first");
  if (low == high) return constant(low);
  Distribution made;
  made.kind_ = Kind::uniform;
  made.low_ = low;
  made.span_ = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  INVARIANT(made.span_ > 0, "a range does not cover every 64-bit number");
  return made;
}

Distribution Distribution::exponential(std::int64_t mean) { return tabulated(Shape::exponential, {mean, 0, 0, 0}); }

Distribution Distribution::empirical(std::vector<std::int64_t> samples) {
  INVARIANT(!samples.empty(), "an empirical distribution has samples");
  std::sort(samples.begin(), samples.end());
  Distribution made;
  made.kind_ = Kind::empirical;
  made.samples_ = std::make_shared<const std::vector<std::int64_t>>(std::move(samples));
  return made;
}

// Computing a table takes some ten milliseconds, more than many a run: the process keeps those it made. A table is a
// pure function of its parameters, so it does not matter who asked first.
Distribution Distribution::tabulated(Shape shape, const Parameters& of) {
  static constexpr std::size_t kKept = 256;
  static std::mutex mutex;
  static std::map<std::pair<Shape, Parameters>, std::shared_ptr<const QuantileTable>> tables;
  const auto table = [&] {
    switch (shape) {
      case Shape::exponential:
        return QuantileTable::exponential(of[0]);
      case Shape::normal:
        return QuantileTable::normal(of[0], of[1], of[2], of[3]);
      case Shape::lognormal:
        return QuantileTable::lognormal(of[0], of[1], of[2], of[3]);
      case Shape::pareto:
        break;
    }
    return QuantileTable::pareto(of[0], of[1], of[2]);
  };
  const std::lock_guard lock{mutex};
  if (tables.size() >= kKept) tables.clear();
  auto& kept = tables[{shape, of}];
  if (kept == nullptr) kept = std::make_shared<const QuantileTable>(table());
  Distribution made;
  made.kind_ = Kind::table;
  made.table_ = kept;
  return made;
}

std::int64_t Distribution::quantile(std::int64_t numerator, std::int64_t denominator) const {
  INVARIANT(denominator > 0, "a share has a positive denominator");
  if (numerator <= 0) return draw(0);
  if (numerator >= denominator) return draw(~std::uint64_t{0});
  const Wide scaled =
      (static_cast<Wide>(static_cast<std::uint64_t>(numerator)) << 64) / static_cast<std::uint64_t>(denominator);
  return draw(static_cast<std::uint64_t>(scaled));
}

bool operator==(const Distribution& a, const Distribution& b) {
  return a.kind_ == b.kind_ && a.low_ == b.low_ && a.span_ == b.span_ && same_content(a.table_, b.table_) &&
         same_content(a.samples_, b.samples_);
}

}  // namespace kafkasim::sim
