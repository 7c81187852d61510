// Kafka's own settings: all real names, and those the simulator models.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/config.hpp"

namespace kafkasim::sim {

/// Whose settings. `group` settings stand in a consumer's config (groups of the new protocols).
enum class Section : std::uint8_t { broker, topic, producer, consumer, group };

enum class SettingType : std::uint8_t { integer16, integer32, integer64, number, boolean, string, list };

/// One real setting of the newest Kafka.
struct KafkaSetting {
  Section section;
  std::string_view name;
  SettingType type;
  std::string_view fallback;  // Kafka's default; "required", "null"
  std::string_view valid;     // as Kafka's validator prints itself; "" = anything
};

std::string_view section_name(Section section);

/// All settings, by section and name.
std::span<const KafkaSetting> kafka_settings();

/// The setting, or nullptr when Kafka has none of that name in that section.
const KafkaSetting* find_setting(Section section, std::string_view name);

std::vector<std::string> setting_names(Section section);

/// Where a name is known besides `section` ("a topic setting"); empty: nowhere.
std::optional<Section> other_section(Section section, std::string_view name);

/// What is wrong with `text` as a value of this setting (type, range, words); empty: nothing.
/// Settings in ms or seconds also take durations.
std::string check_setting(const KafkaSetting& setting, std::string_view text);

/// A sentence on what a modelled setting does; empty for those not modelled.
std::string_view setting_doc(Section section, std::string_view name);

bool is_modelled(Section section, std::string_view name);

/// The one value of a producer's partitioner.class that is modelled: records go to the partitions in turn.
inline constexpr std::string_view kRoundRobinPartitioner = "org.apache.kafka.clients.producer.RoundRobinPartitioner";

/// Set a modelled setting from a text that check_setting accepted. Returns what is wrong with it all the same
/// (a value that is valid in Kafka and not built yet); empty: done.
std::string apply_setting(BrokerConfig& config, std::string_view name, std::string_view text);
std::string apply_setting(TopicConfig& config, std::string_view name, std::string_view text);
std::string apply_setting(ProducerConfig& config, std::string_view name, std::string_view text);
std::string apply_setting(ConsumerConfig& config, std::string_view name, std::string_view text);

/// An integer setting's value from text (a plain number in Kafka's unit, or a duration for `.ms` and `.seconds`).
std::optional<std::int64_t> setting_number(const KafkaSetting& setting, std::string_view text);

}  // namespace kafkasim::sim
