#include "sim/measure/recorder.hpp"

#include "sim/measure/compiled.hpp"

namespace kafkasim::sim {

struct WatchList {
  std::vector<BoundName> names;
  std::map<std::string, std::size_t> index;
};

Recorder::Recorder(const std::vector<Condition>& lines) {
  auto watched = std::make_shared<WatchList>();
  for (const Condition& condition : lines) {
    if (!condition.line()) continue;
    const CompiledLine& line = *condition.line();
    each_name(line.test, line.scope.kind != TimeScope::Kind::plain, [&](const Term& node, bool over_time) {
      const Measure measure = node.name.name->measure;
      if (!over_time || measure == Measure::final || measure == Measure::statistic) return;
      if (!watched->index.try_emplace(node.key, watched->names.size()).second) return;
      watched->names.push_back(node.name);
      domains_ |= node.name.name->domains;
    });
  }
  series_.resize(watched->names.size());
  watched_ = std::move(watched);
}

void Recorder::observe(const View& view) {
  if (!watched_) return;
  const Domains touched = view.touched();
  for (std::size_t i = 0; i < series_.size(); ++i)
    if ((touched & watched_->names[i].name->domains) != 0)
      series_[i].set(view.now(), watched_->names[i].evaluate(view, nullptr));
}

const Series* Recorder::series(const std::string& key) const {
  if (!watched_) return nullptr;
  const auto found = watched_->index.find(key);
  return found == watched_->index.end() ? nullptr : &series_[found->second];
}

}  // namespace kafkasim::sim
