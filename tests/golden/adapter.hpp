// How one file of golden cases is judged. A new stem: write `<stem>.cpp` with its adapter, name it in adapters.cpp.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace kafkasim::golden {

using Json = nlohmann::json;

/// What judging one case gave. Equal texts: passed.
struct Verdict {
  std::string expected;
  std::string seen;
  bool passed() const { return expected == seen; }
};

/// Cases that are not judged, and why. The only way to skip one.
struct SkipRule {
  bool (*applies)(const Json& golden_case);
  std::string_view reason;
};

struct Adapter {
  std::string_view stem;  // of the file: "assignors" judges assignors.jsonl
  Verdict (*judge)(const Json& golden_case);
  std::vector<SkipRule> skips;  // the first that applies counts
};

/// One function per stem, defined in the file of that name.
Adapter assignors_adapter();
Adapter classic_group_adapter();
Adapter controller_adapter();
Adapter delayed_adapter();
Adapter election_adapter();
Adapter epoch_cache_adapter();
Adapter isr_hw_adapter();
Adapter list_offsets_adapter();
Adapter placement_adapter();
Adapter producer_state_adapter();
Adapter truncation_adapter();

/// All of them (adapters.cpp).
const std::vector<Adapter>& adapters();

}  // namespace kafkasim::golden
