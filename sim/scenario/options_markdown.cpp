// The option table as tables for people.
#include <algorithm>

#include "sim/scenario/kafka_settings.hpp"
#include "sim/scenario/option_table.hpp"

namespace kafkasim::sim {

namespace {

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string code(std::string_view text) { return text.empty() ? "" : "`" + cell(text) + "`"; }

/// `topics/*/config` as people write it: topics.NAME.config; parameters of a verb stand beside it.
std::string shown_path(std::string_view path) {
  std::string out;
  const bool timeline = path.starts_with("timeline/*/");
  if (timeline) path.remove_prefix(11);
  for (const char c : path)
    out += c == '/' ? std::string(timeline ? " + " : ".") : c == '*' ? std::string("NAME") : std::string(1, c);
  return out;
}

void row(std::string& out, const Option& option) {
  const std::string doc = option.built()
                              ? std::string(option.doc)
                              : "Not built yet (" + std::string(option.letter) + "). " + std::string(option.doc);
  out += "| " + code(shown_path(option.path)) + " | " + cell(doc) + " | " + code(option.fallback) + " |\n";
}

void settings_table(std::string& out, Section section) {
  out += "\n### " + std::string(section_name(section)) + "\n\n| setting | default | effect |\n|---|---|---|\n";
  for (const KafkaSetting& setting : kafka_settings())
    if (setting.section == section && is_modelled(section, setting.name))
      out += "| " + code(setting.name) + " | " + code(setting.fallback) + " | " +
             cell(setting_doc(section, setting.name)) + " |\n";
}

}  // namespace

std::string options_markdown() {
  std::string out = "## Keys of a scenario\n\n| key | meaning | default |\n|---|---|---|\n";
  for (const Option& option : option_table())
    if (option.key() != "*" && !option.path.starts_with("timeline/*/")) row(out, option);
  out +=
      "\n## Keys of a timeline entry\n\nBehind a verb and `+`: what may stand beside it.\n\n| key | meaning | default "
      "|\n|---|---|---|\n";
  for (const Option& option : option_table())
    if (option.path.starts_with("timeline/*/")) row(out, option);
  out += "\n## Kafka's settings that are modelled\n";
  for (const Section section : {Section::broker, Section::topic, Section::producer, Section::consumer})
    settings_table(out, section);
  return out;
}

}  // namespace kafkasim::sim
