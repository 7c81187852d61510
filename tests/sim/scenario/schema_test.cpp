// The JSON Schema and the tables of the documentation.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

#include "sim/scenario/kafka_settings.hpp"
#include "sim/scenario/option_table.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {

namespace {

using Json = nlohmann::json;

/// All `$ref` of a schema, and whether an object with properties allows others.
void visit(const Json& node, std::set<std::string>& references, int& open_objects) {
  if (node.is_object()) {
    if (node.contains("$ref")) references.insert(node["$ref"].get<std::string>());
    if (node.contains("properties") && node.contains("type") && node.value("additionalProperties", true))
      ++open_objects;
  }
  for (const Json& part : node)
    if (part.is_structured()) visit(part, references, open_objects);
}

}  // namespace

TEST_CASE("the schema is JSON, closed, and refers to what it defines", "[scenario]") {
  const Json schema_document = Json::parse(schema());
  CHECK(schema_document["$schema"] == "http://json-schema.org/draft-07/schema#");
  CHECK(schema_document["required"] == Json({"name", "topics"}));
  std::set<std::string> references;
  int open_objects = 0;
  visit(schema_document, references, open_objects);
  CHECK(open_objects == 0);
  for (const std::string& reference : references) {
    INFO(reference);
    CHECK(schema_document.contains(Json::json_pointer(reference.substr(1))));
  }
}

TEST_CASE("the schema knows every key that is there and none that is not", "[scenario]") {
  const Json document = Json::parse(schema());
  for (const Option* option : options_below(""))
    CHECK(document["properties"].contains(std::string(option->key())) == option->built());
  const Json& entry = document["properties"]["timeline"]["items"]["properties"];
  std::set<std::string_view> parameters;
  for (const Option& option : option_table())
    if (option.built() && std::count(option.path.begin(), option.path.end(), '/') == 3) parameters.insert(option.key());
  for (const Option* option : options_below("timeline/*")) {
    INFO(option->key());
    const bool there = option->built() || parameters.contains(option->key());
    CHECK(entry.contains(std::string(option->key())) == there);
  }
  const Json& producer = document["definitions"]["producer_config"]["properties"];
  for (const std::string& name : setting_names(Section::producer)) CHECK(producer.contains(name));
}

TEST_CASE("the documentation lists keys and modelled settings", "[scenario]") {
  const std::string text = options_markdown();
  CHECK(text.find("| `topics.NAME.replication.factor` |") != std::string::npos);
  CHECK(text.find("| `cut + direction` |") != std::string::npos);
  CHECK(text.find("| `linger.ms` | `5` |") != std::string::npos);
  CHECK(text.find("ssl.") == std::string::npos);
}

}  // namespace kafkasim::sim
