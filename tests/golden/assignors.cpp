// assignors.jsonl: one assignment on given members, by Kafka's own assignors.
#include "core/group/assignor.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "tests/golden/adapter.hpp"

namespace kafkasim::golden {
namespace {

bool is(const Json& golden_case, std::string_view name) { return golden_case.at("assignor") == name; }

Verdict judge(const Json& golden_case) {
  std::vector<core::AssignorTopic> topics;
  std::map<std::string, TopicId> ids;
  const auto topic_id = [&ids](const std::string& name) {
    return ids.try_emplace(name, TopicId{static_cast<std::int32_t>(ids.size())}).first->second;
  };
  for (const auto& [name, partitions] : golden_case.at("topics").items())
    topics.push_back({topic_id(name), name, partitions.get<std::int32_t>()});

  std::vector<core::AssignorMember> members;
  for (const Json& one : golden_case.at("members")) {
    core::AssignorMember member{one.at("id").get<std::string>(), one.value("instance", std::string{}), {}};
    for (const Json& name : one.at("subscribed")) member.subscription.push_back(topic_id(name.get<std::string>()));
    members.push_back(std::move(member));
  }

  const std::string name = golden_case.at("assignor").get<std::string>();
  const core::Assignor* const assignor = core::find_assignor(name);
  if (assignor == nullptr) return {golden_case.at("expected").dump(), "no assignor \"" + name + "\""};

  std::map<TopicId, std::string> names;
  for (const auto& [text, id] : ids) names[id] = text;
  Json seen = Json::object();
  for (const auto& [member, assignment] : assignor->assign(members, topics)) {
    Json list = Json::array();
    for (const TopicPartition& tp : assignment) list.push_back(names.at(tp.topic) + "-" + std::to_string(tp.partition));
    seen[member] = std::move(list);
  }
  return {golden_case.at("expected").dump(), seen.dump()};
}

}  // namespace

Adapter assignors_adapter() {
  constexpr std::string_view kLater = "not built yet: issue C";
  return {"assignors",
          judge,
          {{[](const Json& one) { return is(one, "sticky"); }, kLater},
           {[](const Json& one) { return is(one, "cooperative-sticky"); }, kLater},
           {[](const Json& one) { return is(one, "uniform"); }, kLater},
           {[](const Json& one) { return is(one, "server-range"); }, kLater}}};
}

}  // namespace kafkasim::golden
