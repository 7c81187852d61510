#include "sim/kernel/chooser.hpp"

#include <algorithm>
#include <string>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {

namespace {

std::size_t index_of(Choice what) {
  const auto index = static_cast<std::size_t>(what);
  INVARIANT(index < kChoiceKinds, "a choice has a kind");
  return index;
}

}  // namespace

std::string_view name_of(Choice what) {
  switch (what) {
    case Choice::backoff_jitter:
      return "backoff_jitter";
    case Choice::sticky_partition:
      return "sticky_partition";
    case Choice::least_loaded_node:
      return "least_loaded_node";
    case Choice::network_delay:
      return "network_delay";
    case Choice::network_loss:
      return "network_loss";
    case Choice::service_time:
      return "service_time";
    case Choice::fault_target:
      return "fault_target";
    case Choice::timeline_instant:
      return "timeline_instant";
    case Choice::timer_phase:
      return "timer_phase";
    case Choice::start_time:
      return "start_time";
    case Choice::metadata_delay:
      return "metadata_delay";
    case Choice::expired_session:
      return "expired_session";
    case Choice::placement:
      return "placement";
    case Choice::group_leader:
      return "group_leader";
    case Choice::retention_phase:
      return "retention_phase";
    case Choice::disk_stall:
      return "disk_stall";
    default:
      return "";  // a test names the kind that is missing here
  }
}

SeededChooser::SeededChooser(std::uint64_t seed) {
  for (std::size_t i = 0; i < kChoiceKinds; ++i)
    streams_[i] = stream(seed, std::string{"choice/"}.append(name_of(static_cast<Choice>(i))));
}

std::uint64_t SeededChooser::below(Choice what, std::uint64_t bound) { return streams_[index_of(what)].below(bound); }

ScriptedChooser& ScriptedChooser::then(Choice what, std::uint64_t answer) {
  scripts_[index_of(what)].answers.push_back(answer);
  return *this;
}

ScriptedChooser& ScriptedChooser::otherwise(Choice what, std::uint64_t answer) {
  scripts_[index_of(what)].otherwise = answer;
  return *this;
}

std::uint64_t ScriptedChooser::below(Choice what, std::uint64_t bound) {
  INVARIANT(bound > 0, "there is something to choose from");
  Script& script = scripts_[index_of(what)];
  if (script.used == script.answers.size()) return std::min(script.otherwise, bound - 1);
  const std::uint64_t answer = script.answers[script.used++];
  INVARIANT(answer < bound, "a scripted answer is one of those that were open");
  return answer;
}

bool ScriptedChooser::used_up() const {
  return std::all_of(scripts_.begin(), scripts_.end(),
                     [](const Script& script) { return script.used == script.answers.size(); });
}

std::uint64_t EnumeratingChooser::below(Choice what, std::uint64_t bound) {
  INVARIANT(bound > 0, "there is something to choose from");
  if (asked_ == path_.size()) path_.push_back({what, bound, 0});
  const Step& step = path_[asked_++];
  INVARIANT(step.what == what, "the same answers bring the same questions");
  INVARIANT(step.bound == bound, "the same answers bring the same alternatives");
  return step.answer;
}

bool EnumeratingChooser::next_run() {
  // Questions of an earlier run that this one did not reach belong to other branches.
  path_.resize(asked_);
  asked_ = 0;
  while (!path_.empty() && path_.back().answer + 1 == path_.back().bound) path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().answer;
  ++runs_;
  return true;
}

std::vector<std::uint64_t> EnumeratingChooser::answers() const {
  std::vector<std::uint64_t> given;
  for (std::size_t i = 0; i < asked_; ++i) given.push_back(path_[i].answer);
  return given;
}

}  // namespace kafkasim::sim
