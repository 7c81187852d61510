#include "core/group/assignor.hpp"

#include <map>
#include <sstream>

#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;

namespace {

struct Case {
  const char* topics;   // "t0:3 t1:3"
  const char* members;  // "C0(t0,t1) Z9/i0(t0)": member/instance(topics)
  const char* result;   // "C0=t0-0,t0-1 C1="
};

// Topics in the order given get ids in descending order: ids must not decide anything.
std::string assigned(const Assignor& assignor, const Case& given) {
  std::map<std::string, TopicId> ids;
  std::map<TopicId, std::string> names;
  std::vector<AssignorTopic> topics;
  std::istringstream topic_words{given.topics};
  for (std::string word; topic_words >> word;) {
    const std::string topic = word.substr(0, word.find(':'));
    ids[topic] = TopicId{100 - static_cast<std::int32_t>(ids.size())};
    names[ids[topic]] = topic;
    topics.push_back({ids[topic], topic, std::stoi(word.substr(word.find(':') + 1))});
  }
  std::vector<AssignorMember> members;
  std::istringstream member_words{given.members};
  for (std::string word; member_words >> word;) {
    const std::size_t open = word.find('(');
    const std::size_t slash = word.substr(0, open).find('/');
    AssignorMember member{word.substr(0, std::min(slash, open)), "", {}};
    if (slash != std::string::npos) member.instance_id = word.substr(slash + 1, open - slash - 1);
    std::istringstream list{word.substr(open + 1, word.size() - open - 2)};
    for (std::string topic; std::getline(list, topic, ',');)
      member.subscription.push_back(ids.contains(topic) ? ids.at(topic) : TopicId{7});
    members.push_back(member);
  }
  std::string text;
  for (const auto& [member, assignment] : assignor.assign(members, topics)) {
    text += (text.empty() ? "" : " ") + member + "=";
    for (std::size_t i = 0; i < assignment.size(); ++i)
      text += (i == 0 ? "" : ",") + names.at(assignment[i].topic) + "-" + std::to_string(assignment[i].partition);
  }
  return text;
}

}  // namespace

TEST_CASE("range: contiguous runs per topic in member order (A-1, A-2)") {
  const Case cases[] = {
      {"t0:3 t1:3", "C0(t0,t1) C1(t0,t1)", "C0=t0-0,t0-1,t1-0,t1-1 C1=t0-2,t1-2"},
      {"t0:7", "C0(t0) C1(t0) C2(t0)", "C0=t0-0,t0-1,t0-2 C1=t0-3,t0-4 C2=t0-5,t0-6"},
      {"t0:2", "C0(t0) C1(t0) C2(t0)", "C0=t0-0 C1=t0-1 C2="},
      {"t0:3 t1:3", "C0(t0) C1(t0,t1) C2(t0)", "C0=t0-0 C1=t0-1,t1-0,t1-1,t1-2 C2=t0-2"},
      {"t0:3 t1:2", "C0(t0) C1(t0,t1) C2(t0)", "C0=t0-0 C1=t0-1,t1-0,t1-1 C2=t0-2"},
      {"t0:1 t1:1 t2:1 t3:1", "C0(t0,t1,t2,t3) C1(t0,t1,t2,t3)", "C0=t0-0,t1-0,t2-0,t3-0 C1="},
      {"t0:3 t1:3", "Z9/i0(t0,t1) A1/i1(t0,t1)", "Z9=t0-0,t0-1,t1-0,t1-1 A1=t0-2,t1-2"},
      {"t0:4", "A(t0) B(t0) Z/i9(t0)", "A=t0-2 B=t0-3 Z=t0-0,t0-1"},
      {"t0:10", "C0(t0) C1(t0) C2(t0) C10(t0)", "C0=t0-0,t0-1,t0-2 C1=t0-3,t0-4,t0-5 C2=t0-8,t0-9 C10=t0-6,t0-7"},
      {"t0:2", "C0(t0,missing) C1(missing)", "C0=t0-0,t0-1 C1="},
      {"t0:0 t1:1", "C0(t0,t1)", "C0=t1-0"},
  };
  for (const Case& one : cases) CHECK(assigned(*find_assignor("range"), one) == one.result);
}

TEST_CASE("roundrobin: all partitions dealt to a ring of members (A-4)") {
  const Case cases[] = {
      {"t0:3 t1:3", "C0(t0,t1) C1(t0,t1)", "C0=t0-0,t0-2,t1-1 C1=t0-1,t1-0,t1-2"},
      {"t0:1 t1:2 t2:3", "C0(t0) C1(t0,t1) C2(t0,t1,t2)", "C0=t0-0 C1=t1-0 C2=t1-1,t2-0,t2-1,t2-2"},
      {"t0:3 t1:2", "C0(t0) C1(t0,t1) C2(t0)", "C0=t0-0 C1=t0-1,t1-0,t1-1 C2=t0-2"},
      {"t0:2", "C0(t0) C1(t0) C2(t0)", "C0=t0-0 C1=t0-1 C2="},
      {"t0:7", "C0(t0) C1(t0) C2(t0)", "C0=t0-0,t0-3,t0-6 C1=t0-1,t0-4 C2=t0-2,t0-5"},
      {"t0:3 t1:3", "c2/i0(t0,t1) c1/i1(t0,t1) c0(t0,t1)", "c2=t0-0,t1-0 c1=t0-1,t1-1 c0=t0-2,t1-2"},
      {"a:2 b:3 c:1", "C0(a,b,c) C1(b) C2(a,c)", "C0=a-0,b-0,b-2 C1=b-1 C2=a-1,c-0"},
  };
  for (const Case& one : cases) CHECK(assigned(*find_assignor("roundrobin"), one) == one.result);
}

TEST_CASE("an assignor that is not modelled is not there") {
  CHECK(find_assignor("sticky") == nullptr);
  CHECK(find_assignor("cooperative-sticky") == nullptr);
  CHECK(find_assignor("Range") == nullptr);
}
