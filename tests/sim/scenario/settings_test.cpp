// Kafka's settings: the table of real names against the members they set.
#include "sim/scenario/kafka_settings.hpp"
#include "sim/scenario/option_table.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {

namespace {

/// Sets every modelled setting of a section to Kafka's default.
template <class Config>
Config with_all_defaults(Section section, Config config) {
  for (const KafkaSetting& setting : kafka_settings()) {
    if (setting.section != section || !is_modelled(section, setting.name)) continue;
    if (setting.fallback == "null") continue;  // another setting stands in for it
    INFO(setting.name);
    CHECK(check_setting(setting, setting.fallback).empty());
    CHECK(apply_setting(config, setting.name, setting.fallback).empty());
  }
  return config;
}

}  // namespace

TEST_CASE("the defaults of the configuration structs are those of Kafka 4.3", "[scenario]") {
  CHECK(with_all_defaults(Section::broker, BrokerConfig{}) == BrokerConfig{});
  CHECK(with_all_defaults(Section::topic, TopicConfig{}) == TopicConfig{});
  CHECK(with_all_defaults(Section::producer, ProducerConfig{}) == ProducerConfig{});
  CHECK(with_all_defaults(Section::consumer, ConsumerConfig{}) == ConsumerConfig{});
}

TEST_CASE("every setting reaches its own member", "[scenario]") {
  for (const KafkaSetting& setting : kafka_settings()) {
    const bool number = setting.type != SettingType::boolean && setting.type != SettingType::string &&
                        setting.type != SettingType::list && setting.type != SettingType::number;
    if (!number || !is_modelled(setting.section, setting.name)) continue;
    if (setting.fallback == "null") continue;  // another setting stands in for it
    INFO(setting.name);
    BrokerConfig broker;
    TopicConfig topic;
    ProducerConfig producer;
    ConsumerConfig consumer;
    const std::string_view other = "17";
    apply_setting(broker, setting.name, other);
    apply_setting(topic, setting.name, other);
    apply_setting(producer, setting.name, other);
    apply_setting(consumer, setting.name, other);
    if (setting.section == Section::broker) CHECK_FALSE(broker == BrokerConfig{});
    if (setting.section == Section::topic) CHECK_FALSE(topic == TopicConfig{});
    if (setting.section == Section::producer) CHECK_FALSE(producer == ProducerConfig{});
    if (setting.section == Section::consumer) CHECK_FALSE(consumer == ConsumerConfig{});
  }
}

TEST_CASE("numbers and durations", "[scenario]") {
  const KafkaSetting& linger = *find_setting(Section::producer, "linger.ms");
  CHECK(setting_number(linger, "5") == 5);
  CHECK(setting_number(linger, "2s") == 2000);
  CHECK_FALSE(setting_number(linger, "1us"));
  const KafkaSetting& check = *find_setting(Section::broker, "leader.imbalance.check.interval.seconds");
  CHECK(setting_number(check, "5min") == 300);
  CHECK_FALSE(check_setting(check, "0.5s").empty());
  CHECK_FALSE(check_setting(*find_setting(Section::producer, "acks"), "2").empty());
  CHECK_FALSE(check_setting(*find_setting(Section::broker, "num.io.threads"), "0").empty());
  CHECK_FALSE(check_setting(*find_setting(Section::producer, "batch.size"), "016384").empty());
  CHECK(check_setting(*find_setting(Section::consumer, "group.protocol"), "Classic").empty());
  CHECK(find_setting(Section::producer, "session.timeout.ms") == nullptr);
  CHECK(other_section(Section::producer, "session.timeout.ms") == Section::consumer);
}

TEST_CASE("the table of settings is complete and has no name twice", "[scenario]") {
  CHECK(kafka_settings().size() == 642);  // Kafka 4.3.0's 640 and two of its authorizer
  std::vector<std::pair<Section, std::string_view>> seen;
  for (const KafkaSetting& setting : kafka_settings()) seen.emplace_back(setting.section, setting.name);
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

TEST_CASE("the option table has no path twice and a parent for every path", "[scenario]") {
  std::vector<std::string_view> paths;
  for (const Option& option : option_table()) {
    INFO(option.path);
    paths.push_back(option.path);
    if (option.built() && option.path.starts_with("timeline/*/") == false) CHECK_FALSE(option.doc.empty());
    const std::size_t slash = option.path.rfind('/');
    const std::string parent{slash == std::string_view::npos ? std::string_view{} : option.path.substr(0, slash)};
    const bool list_item = parent.ends_with("/*") || parent == "timeline/*";
    if (!parent.empty() && !list_item) CHECK(find_option(parent) != nullptr);
  }
  std::sort(paths.begin(), paths.end());
  CHECK(std::adjacent_find(paths.begin(), paths.end()) == paths.end());
}

}  // namespace kafkasim::sim
