// In the place of sim/scenario/yaml.cpp: reads the tree of a scenario that another program took out of the YAML.
//   a node: [line, column, null | {"text": T, "quoted": Q} | {"list": [node...]} | {"map": [[key, line, column,
//   node]...]}]
#include <nlohmann/json.hpp>

#include "sim/scenario/tree.hpp"

namespace kafkasim::sim {
namespace {

using Json = nlohmann::json;

Node node_of(const std::string& file, const Json& json) {
  Node node;
  node.place = {file, json.at(0).get<int>(), json.at(1).get<int>()};
  const Json& value = json.at(2);
  if (value.is_null()) return node;
  if (value.contains("text")) {
    node.kind = Node::Kind::text;
    node.text = value["text"].get<std::string>();
    node.quoted = value["quoted"].get<bool>();
  } else if (value.contains("list")) {
    node.kind = Node::Kind::list;
    for (const Json& item : value["list"]) node.items.push_back(node_of(file, item));
  } else {
    node.kind = Node::Kind::map;
    for (const Json& field : value.at("map"))
      node.fields.push_back({field.at(0).get<std::string>(),
                             {file, field.at(1).get<int>(), field.at(2).get<int>()},
                             node_of(file, field.at(3))});
  }
  return node;
}

}  // namespace

Node parse_yaml(const std::string& file, std::string_view text, Diagnostics& diagnostics) {
  try {
    return node_of(file, Json::parse(text));
  } catch (const Json::exception& problem) {
    diagnostics.error({file, 1, 1}, problem.what());
    return {};
  }
}

}  // namespace kafkasim::sim
