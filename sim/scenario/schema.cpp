// JSON Schema (draft-07) from the option table: for editors, and a second opinion on shipped files.
#include <nlohmann/json.hpp>

#include "sim/scenario/kafka_settings.hpp"
#include "sim/scenario/option_table.hpp"

namespace kafkasim::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNumber = "(0|[1-9][0-9]*)([.][0-9]+)?";

Json pattern(const std::string& text) { return {{"type", "string"}, {"pattern", "^" + text + "$"}}; }

Json reference(const char* name) { return {{"$ref", std::string("#/definitions/") + name}}; }

Json any_of(std::initializer_list<Json> forms) { return {{"anyOf", Json(forms)}}; }

Json one_or_list(const Json& item) { return any_of({item, {{"type", "array"}, {"items", item}, {"minItems", 1}}}); }

Json words(std::string_view text) {
  Json all = Json::array();
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::string word{text.substr(0, blank)};
    all.push_back(word);
    if (word.find_first_not_of("0123456789.") == std::string::npos) all.push_back(Json::parse(word));  // kafka: 4.3
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  return {{"enum", all}};
}

/// Forms that several keys share.
Json definitions() {
  const std::string number = kNumber;
  const std::string duration = number + " ?(ns|us|µs|μs|ms|s|min|h|d)";
  const std::string size = number + " ?([KMGT]i?)?B";
  const std::string rate = number + "/(s|min|h)";
  const Json scalar{{"type", {"string", "number", "boolean"}}};
  Json all;
  all["scalar"] = scalar;
  all["name"] = pattern("[A-Za-z0-9_-]+");
  all["duration"] = any_of({pattern(duration), {{"const", 0}}});
  all["signed_duration"] = any_of({pattern("[+-]?" + duration), {{"const", 0}}});
  all["draw"] = any_of({pattern(duration + "([.][.]" + duration + ")?"), {{"const", 0}}});
  all["size"] = any_of({pattern(size), {{"const", 0}}});
  all["bandwidth"] = pattern(number + " ?([kMGT]?bit|([KMG]i?)?B)/s");
  all["distribution"] = any_of({pattern("[+-]?" + number + " ?[A-Za-zµμ]+"),
                                {{"const", 0}},
                                {{"const", "manual"}},
                                pattern("(exp|uniform|lognormal|pareto|empirical)\\(.+\\)")});
  all["rate_value"] = pattern(rate + "([.][.]" + rate + ")?");
  const Json step{{"type", "object"},
                  {"properties", {{"for", reference("duration")}, {"rate", reference("rate_value")}}},
                  {"required", {"for", "rate"}},
                  {"additionalProperties", false}};
  all["rate"] = any_of({pattern(rate),
                        pattern("(poisson|on_off|await)\\(.+\\)"),
                        {{"const", "max"}},
                        {{"type", "array"}, {"items", step}, {"minItems", 1}}});
  all["key_model"] = any_of({{{"const", "none"}}, pattern("(constant|sequence|uniform|zipf|hot)\\(.+\\)")});
  all["targets"] = one_or_list({{"type", "string"}});
  const Json line = scalar;
  all["line"] = any_of({line,
                        {{"type", "object"}, {"additionalProperties", reference("lines")}},
                        {{"type", "array"}, {"items", reference("line")}}});
  all["lines"] = one_or_list(reference("line"));
  return all;
}

Json setting_schema(const KafkaSetting& setting) {
  Json schema;
  switch (setting.type) {
    case SettingType::integer16:
    case SettingType::integer32:
    case SettingType::integer64:
      schema["type"] = {"integer", "string"};
      break;
    case SettingType::number:
      schema["type"] = {"number", "string"};
      break;
    case SettingType::boolean:
      schema["type"] = "boolean";
      break;
    case SettingType::string:
      schema["type"] = {"string", "number", "boolean"};
      break;
    case SettingType::list:
      schema["type"] = {"string", "array"};
      break;
  }
  const std::string_view doc = setting_doc(setting.section, setting.name);
  schema["description"] = (doc.empty() ? std::string("Not modelled.") : std::string(doc)) +
                          (setting.fallback == "required" ? "" : " Default: " + std::string(setting.fallback) + ".");
  return schema;
}

Json config_schema(std::string_view section) {
  Json properties = Json::object();
  for (const KafkaSetting& setting : kafka_settings()) {
    const bool group = section == "consumer" && setting.section == Section::group;
    if (section_name(setting.section) == section || group)
      properties[std::string(setting.name)] = setting_schema(setting);
  }
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

Json section_schema(const std::string& path);

/// What stands behind the names of a map: sections, or settings.
Json named_schema(const std::string& path) {
  const Option* inner = find_option(path + "/*");
  Json value = inner == nullptr                   ? Json{{"type", "object"}}
               : inner->kind == ValueKind::config ? reference((std::string(inner->words) + "_config").c_str())
                                                  : section_schema(path + "/*");
  return {{"type", "object"}, {"additionalProperties", value}};
}

Json value_schema(const Option& option) {
  const std::string path{option.path};
  switch (option.kind) {
    case ValueKind::boolean:
      return {{"type", "boolean"}};
    case ValueKind::count: {
      Json count{{"type", "integer"}, {"minimum", option.low}};
      if (option.high != std::numeric_limits<std::int64_t>::max()) count["maximum"] = option.high;
      return count;
    }
    case ValueKind::duration:
      return reference("duration");
    case ValueKind::added_duration:
      return reference("signed_duration");
    case ValueKind::draw:
      return reference("draw");
    case ValueKind::size:
      return reference("size");
    case ValueKind::bandwidth:
    case ValueKind::throughput:
      return reference("bandwidth");
    case ValueKind::duration_distribution:
    case ValueKind::offset_distribution:
    case ValueKind::size_distribution:
      return reference("distribution");
    case ValueKind::rate:
      return reference("rate");
    case ValueKind::key_model:
      return reference("key_model");
    case ValueKind::share:
      return {{"type", Json::array({"string", "number"})}};
    case ValueKind::partition_choice:
      return any_of({{{"type", "integer"}, {"minimum", 0}}, {{"const", "round_robin"}}});
    case ValueKind::words:
      return words(option.words);
    case ValueKind::name:
      return reference("name");
    case ValueKind::names:
      return one_or_list(reference("scalar"));
    case ValueKind::targets:
      return reference("targets");
    case ValueKind::condition:
      return {{"type", "string"}};
    case ValueKind::lines:
      return reference("lines");
    case ValueKind::section:
      return section_schema(path);
    case ValueKind::named:
      return named_schema(path);
    case ValueKind::entries:
      return {{"type", "array"}, {"items", section_schema(path + "/*")}};
    case ValueKind::config:
      return reference((std::string(option.words) + "_config").c_str());
    case ValueKind::text:
      return reference("scalar");
    case ValueKind::free_form:
      return Json::object();
  }
  return Json::object();
}

Json described(const Option& option) {
  Json schema = value_schema(option);
  std::string doc{option.doc};
  if (!option.fallback.empty())
    doc += (doc.empty() ? "" : " ") + std::string("Default: ") + std::string(option.fallback) + ".";
  if (option.kind == ValueKind::free_form && !option.words.empty() && option.words != "common")
    doc += (doc.empty() ? "" : " ") + std::string("Such as ") + std::string(option.words) + ".";
  if (doc.empty()) return schema;
  if (schema.contains("$ref"))
    return {{"allOf", Json::array({schema})}, {"description", doc}};  // draft-07 ignores what is beside $ref
  schema["description"] = doc;
  return schema;
}

void add_property(Json& properties, const Option& option) {
  const std::string key{option.key()};
  if (!option.built()) return;
  if (!properties.contains(key)) {
    properties[key] = described(option);
    return;
  }
  const Json other = described(option);  // a parameter of several verbs, or a verb's name elsewhere
  if (properties[key] == other) return;
  if (!properties[key].contains("anyOf") || properties[key].contains("description"))
    properties[key] = Json{{"anyOf", Json::array({properties[key]})}};
  properties[key]["anyOf"].push_back(other);
}

/// An entry of the timeline: one verb at least, and every verb's parameters.
void add_verbs(Json& schema) {
  Json required = Json::array();
  for (const Option* verb : options_below("timeline/*")) {
    if (!verb->built() || !is_verb(*verb)) continue;
    required.push_back({{"required", {std::string(verb->key())}}});
    for (const Option* parameter : options_below(verb->path)) add_property(schema["properties"], *parameter);
  }
  schema["anyOf"] = required;
}

Json section_schema(const std::string& path) {
  Json schema{{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}};
  for (const Option* option : options_below(path)) add_property(schema["properties"], *option);
  if (path == "timeline/*") add_verbs(schema);
  return schema;
}

}  // namespace

std::string schema() {
  Json root{{"$schema", "http://json-schema.org/draft-07/schema#"},
            {"title", "kafkasim scenario"},
            {"description", "A cluster, its traffic, what happens to it, what must be true."}};
  root.update(section_schema(""));
  root["required"] = {"name", "topics"};
  root["definitions"] = definitions();
  for (const char* section : {"broker", "topic", "producer", "consumer"})
    root["definitions"][std::string(section) + "_config"] = config_schema(section);
  return root.dump(1) + "\n";
}

}  // namespace kafkasim::sim
