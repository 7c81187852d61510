// Helpers of the adapters that replay a case step by step.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/error_code.hpp"
#include "core/base/ids.hpp"
#include "tests/golden/adapter.hpp"

namespace kafkasim::golden {

/// Collects the first difference of a case.
class Comparison {
 public:
  /// False: it differs, here or before.
  bool same(const std::string& what, const Json& expected, const Json& seen) {
    if (verdict_.passed() && expected != seen) verdict_ = {what + ": " + expected.dump(), what + ": " + seen.dump()};
    return verdict_.passed();
  }
  bool passed() const { return verdict_.passed(); }
  const Verdict& verdict() const { return verdict_; }

 private:
  Verdict verdict_;
};

inline std::int64_t integer(const Json& value) { return value.get<std::int64_t>(); }
inline Offset offset(const Json& value) { return Offset{integer(value)}; }
inline LeaderEpoch leader_epoch(const Json& value) { return LeaderEpoch{value.get<std::int32_t>()}; }
inline BrokerId broker(const Json& value) { return BrokerId{value.get<std::int32_t>()}; }
inline std::string error_text(ErrorCode error) { return std::string{name(error)}; }

inline std::vector<BrokerId> brokers(const Json& ids) {
  std::vector<BrokerId> out;
  for (const Json& id : ids) out.push_back(broker(id));
  return out;
}

/// Some step of the case satisfies `predicate`.
template <class Predicate>
bool any_step(const Json& golden_case, Predicate predicate) {
  for (const Json& step : golden_case.at("steps"))
    if (predicate(step)) return true;
  return false;
}

}  // namespace kafkasim::golden
