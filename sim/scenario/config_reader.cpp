// `config:` maps: Kafka's own settings by Kafka's own names.
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/section.hpp"

namespace kafkasim::sim {

namespace {

std::string home_of(Section section) {
  switch (section) {
    case Section::broker:
      return "cluster.config";
    case Section::topic:
      return "topics.NAME.config";
    case Section::producer:
      return "producers.NAME.config";
    case Section::consumer:
    case Section::group:
      return "consumers.NAME.config";
  }
  return {};
}

void unknown_setting(Context& context, const Field& field, Section section) {
  const std::string what =
      "Kafka 4.3 has no " + std::string(section_name(section)) + " setting " + in_quotes(field.key);
  if (field.value.kind == Node::Kind::nothing) {
    context.error(
        field.place,
        in_quotes(field.key) +
            " has no value: inside { } a comma ends the value before it; quote that value, or write a list [a, b]");
    return;
  }
  const auto names = setting_names(section);
  if (const auto other = other_section(section, field.key)) {
    context.error(field.place, what + "; it is a " + std::string(section_name(*other)) + " setting: write it under " +
                                   home_of(*other));
  } else {
    const auto found = nearest(field.key, names);
    context.error(field.place, what + (found ? "; did you mean " + in_quotes(*found) + "?" : ""));
  }
}

/// The value as one text; lists are joined with commas, as in Kafka's own files.
std::optional<std::string> setting_text(Context& context, const Field& field, const KafkaSetting& setting) {
  if (field.value.is_text()) return field.value.text;
  if (field.value.is_list() && setting.type == SettingType::list) {
    std::string joined;
    for (const Node* item : sound_items(context, field.value)) joined += (joined.empty() ? "" : ",") + item->text;
    return joined;
  }
  const std::string found = field.value.kind == Node::Kind::nothing
                                ? " has no value"
                                : " wants a single value, not " + std::string(kind_name(field.value));
  context.error(field.value.kind == Node::Kind::nothing ? field.place : field.value.place,
                in_quotes(field.key) + found);
  return std::nullopt;
}

template <class Config>
void read_setting(Context& context, const Field& field, Section section, Config& config, UserSettings& settings) {
  const KafkaSetting* setting = find_setting(section, field.key);
  if (setting == nullptr && section == Section::consumer) setting = find_setting(Section::group, field.key);
  if (setting == nullptr) {
    unknown_setting(context, field, section);
    return;
  }
  const auto text = setting_text(context, field, *setting);
  if (!text) return;
  const std::string problem = check_setting(*setting, *text);
  if (!problem.empty()) {
    context.error(field.value.place, in_quotes(field.key) + ": " + problem);
    return;
  }
  const std::string unfit = apply_setting(config, field.key, *text);
  if (!unfit.empty()) {
    context.error(field.value.place, unfit);
    return;
  }
  settings.places[field.key] = field.place;
  if (!is_modelled(setting->section, field.key))
    context.warning(field.place,
                    in_quotes(field.key) +
                        " is a real Kafka setting that is not modelled: it changes nothing (see sim/fidelity.md)");
}

}  // namespace

template <class Config>
UserSettings read_config(Context& context, const Node* node, Section section, Config& config) {
  UserSettings settings;
  if (node == nullptr) return settings;
  for (const Field& field : node->fields) read_setting(context, field, section, config, settings);
  return settings;
}

template UserSettings read_config(Context&, const Node*, Section, BrokerConfig&);
template UserSettings read_config(Context&, const Node*, Section, TopicConfig&);
template UserSettings read_config(Context&, const Node*, Section, ProducerConfig&);
template UserSettings read_config(Context&, const Node*, Section, ConsumerConfig&);

}  // namespace kafkasim::sim
