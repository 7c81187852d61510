#include "sim/scenario/kafka_settings.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/number_text.hpp"

namespace kafkasim::sim {

namespace {

constexpr KafkaSetting kSettings[] = {
#include "sim/scenario/kafka_settings.inc"
};

bool is_integer(SettingType type) {
  return type == SettingType::integer16 || type == SettingType::integer32 || type == SettingType::integer64;
}

std::int64_t type_limit(SettingType type) {
  if (type == SettingType::integer16) return std::numeric_limits<std::int16_t>::max();
  if (type == SettingType::integer32) return std::numeric_limits<std::int32_t>::max();
  return std::numeric_limits<std::int64_t>::max();
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

/// `[1,...]` and `[1,...,9]` as numbers.
std::string check_range(const KafkaSetting& setting, std::int64_t value) {
  std::string_view valid = setting.valid;
  const std::size_t dots = valid.find(",...");
  if (!valid.starts_with('[') || dots == std::string_view::npos || !valid.ends_with(']')) return {};
  const auto low = read_integer(valid.substr(1, dots - 1));
  const std::string_view rest = valid.substr(dots + 4, valid.size() - dots - 5);
  const auto high = rest.empty() ? unreadable<std::int64_t>("none") : read_integer(rest.substr(1));
  if (low.ok() && value < low.value)
    return std::to_string(value) + " is below the smallest value " + std::to_string(low.value);
  if (high.ok() && value > high.value)
    return std::to_string(value) + " is above the largest value " + std::to_string(high.value);
  return {};
}

/// `[a, b, c]`, perhaps with `(case insensitive) ` before it.
std::string check_words(const KafkaSetting& setting, std::string_view text) {
  std::string_view valid = setting.valid;
  const bool folded = valid.starts_with("(case insensitive) ");
  if (folded) valid.remove_prefix(19);
  if (!valid.starts_with('[') || !valid.ends_with(']') || valid.find("...") != std::string_view::npos) return {};
  if (valid.find("]:[") != std::string_view::npos || valid.find("by_duration") != std::string_view::npos) return {};
  std::vector<std::string> words;
  for (valid = valid.substr(1, valid.size() - 2); !valid.empty();) {
    const std::size_t comma = valid.find(',');
    words.emplace_back(trimmed(valid.substr(0, comma)));
    valid.remove_prefix(comma == std::string_view::npos ? valid.size() : comma + 1);
  }
  const auto same = [&](const std::string& word) { return folded ? lower(word) == lower(text) : word == text; };
  if (std::any_of(words.begin(), words.end(), same)) return {};
  return in_quotes(text) + " is not one of the values of this setting" + hint(text, words);
}

std::string size_hint(std::string_view text) {
  const auto bytes = read_size(text);
  if (!bytes.ok()) return {};
  return "; Kafka's unit is the byte: write " + std::to_string(bytes.value);
}

}  // namespace

std::string_view section_name(Section section) {
  constexpr std::array<std::string_view, 5> kNames{"broker", "topic", "producer", "consumer", "group"};
  return kNames[static_cast<std::size_t>(section)];
}

std::span<const KafkaSetting> kafka_settings() { return kSettings; }

const KafkaSetting* find_setting(Section section, std::string_view name) {
  static const auto kByName = [] {
    std::map<std::pair<Section, std::string_view>, const KafkaSetting*> by_name;
    for (const KafkaSetting& setting : kSettings) by_name.emplace(std::pair(setting.section, setting.name), &setting);
    return by_name;
  }();
  const auto found = kByName.find(std::pair(section, name));
  return found == kByName.end() ? nullptr : found->second;
}

std::vector<std::string> setting_names(Section section) {
  std::vector<std::string> names;
  for (const KafkaSetting& setting : kSettings)
    if (setting.section == section) names.emplace_back(setting.name);
  return names;
}

std::optional<Section> other_section(Section section, std::string_view name) {
  for (const KafkaSetting& setting : kSettings)
    if (setting.section != section && setting.name == name) return setting.section;
  return std::nullopt;
}

std::optional<std::int64_t> setting_number(const KafkaSetting& setting, std::string_view text) {
  const auto plain = read_integer(text);
  if (plain.ok()) return plain.value;
  const std::int64_t unit = setting.name.ends_with(".ms")        ? 1'000'000
                            : setting.name.ends_with(".seconds") ? 1'000'000'000
                                                                 : 0;
  if (unit == 0) return std::nullopt;
  const auto duration = read_duration(text);
  if (!duration.ok() || duration.value.count() % unit != 0) return std::nullopt;
  return duration.value.count() / unit;
}

std::string check_setting(const KafkaSetting& setting, std::string_view text) {
  if (is_integer(setting.type)) {
    const auto value = setting_number(setting, text);
    if (!value) {
      const auto plain = read_integer(text);
      if (plain.problem.find("leading zero") != std::string::npos) return plain.problem;
      if (setting.name.ends_with(".ms"))
        return in_quotes(text) + " is neither a number of milliseconds nor a duration of whole ones";
      if (setting.name.ends_with(".seconds"))
        return in_quotes(text) + " is neither a number of seconds nor a duration of whole ones";
      return in_quotes(text) + " is not a whole number" + size_hint(text);
    }
    if (*value > type_limit(setting.type) || *value < -type_limit(setting.type) - 1)
      return in_quotes(text) + " does not fit: the largest value is " + std::to_string(type_limit(setting.type));
    return check_range(setting, *value);
  }
  if (setting.type == SettingType::boolean) return read_boolean(lower(text)).problem;
  if (setting.type == SettingType::number) return read_decimal(text).problem;
  if (setting.type == SettingType::string) return check_words(setting, text);
  return {};
}

}  // namespace kafkasim::sim
