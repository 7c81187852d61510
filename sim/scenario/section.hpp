// Reads one map of the file against the option table.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/context.hpp"
#include "sim/scenario/kafka_settings.hpp"
#include "sim/scenario/model_text.hpp"
#include "sim/scenario/option_table.hpp"

namespace kafkasim::sim {

/// Reports keys that are unknown, not built yet or damaged by a comma when made; then hands out the values by key.
/// `read` leaves its target alone and returns false when the key is absent or its value wrong (already reported).
class SectionReader {
 public:
  /// The keys below `pattern` of the option table are allowed. `shown` names the section in messages ("topics.orders").
  SectionReader(Context& context, const Node& node, std::string_view pattern, std::string shown);
  SectionReader(Context& context, const Node& node, std::vector<const Option*> allowed, std::string shown);

  /// The field, or nullptr when it is absent, damaged or not built.
  const Field* field(std::string_view key) const;
  bool has(std::string_view key) const { return field(key) != nullptr; }
  /// The key stands there, whatever became of it.
  bool wrote(std::string_view key) const { return node_.is_map() && node_.find(key) != nullptr; }
  /// The value of a key as text; reports a map or list.
  const Node* text(std::string_view key) const;
  /// The section below a key; nullptr when absent; reports what is not a map.
  const Node* map(std::string_view key) const;

  bool read(std::string_view key, std::string& out) const;
  bool read(std::string_view key, bool& out) const;
  bool read(std::string_view key, int& out) const;
  bool read(std::string_view key, std::int64_t& out) const;  // count, size, bandwidth, throughput by the option's kind
  bool read(std::string_view key, Duration& out) const;
  bool read(std::string_view key, DurationRange& out) const;
  bool read(std::string_view key, DistributionSpec& out) const;
  bool read(std::string_view key, Ratio& out) const;
  bool read(std::string_view key, RateSpec& out) const;
  bool read(std::string_view key, KeySpec& out) const;
  bool read(std::string_view key, PartitionChoice& out) const;
  /// One text or a list of them, with places.
  bool read(std::string_view key, std::vector<const Node*>& out) const;
  template <class T>
  bool read(std::string_view key, std::optional<T>& out) const {
    T value{};
    if (!read(key, value)) return false;
    out = value;
    return true;
  }

  /// Reports at the key (or, if absent, at the section).
  void error(std::string_view key, std::string message) const;
  const Option* option(std::string_view key) const;
  const std::string& shown() const { return shown_; }
  const Place& place() const { return node_.place; }

 private:
  void check_keys();
  void unknown_key(const Field& field) const;
  bool in_range(const Node& node, const Option& option, std::int64_t value) const;

  Context& context_;
  const Node& node_;
  std::vector<const Option*> allowed_;
  std::string shown_;
  std::set<std::string> unusable_;
};

/// Items of a list; one that a comma cut short is reported, and the pieces are left out.
std::vector<const Node*> sound_items(Context& context, const Node& list);

/// True (and reported) when a bracket of `node` is not closed.
bool cut_by_comma(Context& context, const Node& node);

/// A user setting that was read: for the rules between settings.
struct UserSettings {
  std::map<std::string, Place, std::less<>> places;
  bool has(std::string_view name) const { return places.contains(name); }
  Place place(std::string_view name, const Place& otherwise) const {
    const auto found = places.find(name);
    return found == places.end() ? otherwise : found->second;
  }
};

/// Reads a `config:` map: sets what is modelled, warns of what is not, reports what does not exist.
template <class Config>
UserSettings read_config(Context& context, const Node* node, Section section, Config& config);

}  // namespace kafkasim::sim
