#include "sim/scenario/reader.hpp"

#include <utility>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sim/scenario/number_text.hpp"
#include "sim/scenario/overrides.hpp"
#include "sim/scenario/parts.hpp"

namespace kafkasim::sim {

namespace {

/// Top-level keys with one value each.
void read_head(Context& context, const SectionReader& top, Scenario& scenario) {
  top.read("name", scenario.name);
  if (!top.wrote("name")) top.error("name", "a scenario needs a 'name'");
  top.read("about", scenario.about);
  if (const Node* release = top.text("kafka"); release != nullptr && release->text != "4.3") {
    const bool real = release->text.find_first_not_of("0123456789.") == std::string::npos;
    context.error(release->place, real ? "Kafka " + release->text + " is not built yet; there is 4.3"
                                       : "'" + release->text + "' is no Kafka release; there is 4.3");
  }
  std::int64_t seed = 1;
  if (top.read("seed", seed)) scenario.seed = static_cast<std::uint64_t>(seed);
  top.read("duration", scenario.duration);
  top.read("settle", scenario.settle);
}

/// Names first, so that the order of the sections in the file does not matter.
Scenario read_scenario(Context& context, const Node& root) {
  Scenario scenario;
  scenario.variant = context.variant;
  const SectionReader top(context, root, "", "");
  if (!root.is_map()) return scenario;
  read_head(context, top, scenario);
  read_cluster(context, top.map("cluster"), scenario.cluster);
  if (!top.wrote("topics")) top.error("topics", "a scenario needs at least one topic");
  read_topics(context, top.map("topics"), scenario.cluster, scenario.topics);
  const Field* timeline = top.field("timeline");
  for (const std::string& variant : context.variants) {
    const Node* all = root.find("variants");
    declare_name(context, variant, "variant", all->find_field(variant)->place);
  }
  const Node* entries = timeline == nullptr ? nullptr : &timeline->value;
  declare_entries(context, entries);
  read_producers(context, top.map("producers"), scenario.producers);
  read_consumers(context, top.map("consumers"), scenario.consumers);
  read_timeline(context, entries, scenario.consumers, scenario.timeline);
  if (const Field* expect = top.field("expect")) scenario.expect = read_expect(context, expect->value);
  check_timeline(context, scenario.timeline, scenario.duration);
  return scenario;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

/// Lays one variant's paths over the tree.
void apply_variant(Diagnostics& diagnostics, Node& root, const Field& variant) {
  for (const Field& setting : variant.value.fields) {
    if (setting.value.kind == Node::Kind::nothing)
      diagnostics.error(setting.place, "'" + setting.key + "' has no value");
    else
      set_path(diagnostics, root, setting.key, setting.value, setting.place);
  }
}

/// The variants to read: their fields, or one nullptr when there are none.
std::vector<const Field*> variants_of(Diagnostics& diagnostics, const Node& root) {
  const Node* all = root.find("variants");
  if (all == nullptr) return {nullptr};
  if (!all->is_map() || all->fields.empty()) {
    diagnostics.error(
        all->place,
        "'variants' wants a map from name to settings, such as { acks-1: { producers.p.config: { acks: 1 } } }");
    return {nullptr};
  }
  std::vector<const Field*> variants;
  for (const Field& field : all->fields) {
    if (!field.value.is_map())
      diagnostics.error(field.place, "variant '" + field.key + "' wants a map from path to value; {} changes nothing");
    variants.push_back(&field);
  }
  return variants;
}

}  // namespace

Loaded load_scenario(const std::string& path, std::string_view text, const LoadOptions& options) {
  Diagnostics diagnostics;
  diagnostics.add_source(path, text.substr(0, kMaxFileBytes));
  const Node base = parse_yaml(path, text, diagnostics);
  Loaded loaded;
  if (base.kind == Node::Kind::nothing && !diagnostics.has_errors())
    diagnostics.error({path, 1, 1}, "the file is empty; a scenario needs a name and a topic");
  if (base.kind != Node::Kind::nothing) {
    const std::vector<const Field*> variants = variants_of(diagnostics, base);
    for (const Field* variant : variants) {
      Node root = base;
      if (variant != nullptr) apply_variant(diagnostics, root, *variant);
      for (const std::string& setting : options.sets) apply_set(diagnostics, root, setting);
      Context context{.diagnostics = diagnostics, .folder = folder_of(path)};
      for (const Field* other : variants)
        if (other != nullptr) context.variants.push_back(other->key);
      if (variant != nullptr) context.variant = variant->key;
      Scenario scenario = read_scenario(context, root);
      scenario.file = path;
      if (options.seed) scenario.seed = *options.seed;
      loaded.scenarios.push_back(std::move(scenario));
    }
  }
  loaded.diagnostics = diagnostics.sorted();
  if (has_errors(loaded.diagnostics)) loaded.drafts = std::exchange(loaded.scenarios, {});
  return loaded;
}

Loaded load_scenario_file(const std::string& path, const LoadOptions& options) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(kMaxFileBytes + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    Loaded loaded;
    loaded.diagnostics.push_back({Diagnostic::Severity::error, {path, 0, 0}, "cannot read this file", {}});
    return loaded;
  }
  return load_scenario(path, text, options);
}

}  // namespace kafkasim::sim
