#include <algorithm>
#include <charconv>
#include <ostream>

#include "core/group/assignor.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/style.hpp"

namespace kafkasim::sim {
namespace {

using core::AssignorMember;
using core::AssignorTopic;

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

struct Input {
  std::vector<AssignorTopic> topics;
  std::vector<AssignorMember> members;
  std::string error;

  // NAME:PARTITIONS
  bool topic(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    AssignorTopic topic;
    topic.name = text.substr(0, colon);
    const std::string count = colon == std::string::npos ? "" : text.substr(colon + 1);
    const auto [end, code] = std::from_chars(count.data(), count.data() + count.size(), topic.partitions);
    if (topic.name.empty() || code != std::errc{} || end != count.data() + count.size() || topic.partitions < 1 ||
        topic.partitions > 100'000)
      return fail("--topic " + text + ": it is NAME:PARTITIONS, such as orders:6");
    if (find(topic.name) != nullptr) return fail("--topic " + text + ": that topic was given before");
    topic.id = TopicId{static_cast<std::int32_t>(topics.size())};
    topics.push_back(std::move(topic));
    return true;
  }

  // NAME or NAME:TOPIC+TOPIC
  bool member(const std::string& text) {
    const std::size_t colon = text.find(':');
    AssignorMember member;
    member.member_id = text.substr(0, colon);
    if (member.member_id.empty()) return fail("--member " + text + ": it is NAME or NAME:TOPIC+TOPIC");
    for (const AssignorMember& other : members)
      if (other.member_id == member.member_id) return fail("--member " + text + ": that member was given before");
    if (colon == std::string::npos) {
      for (const AssignorTopic& topic : topics) member.subscription.push_back(topic.id);
    } else {
      for (const std::string& name : split(text.substr(colon + 1), '+')) {
        const AssignorTopic* topic = find(name);
        if (topic == nullptr) return fail("--member " + text + ": there is no --topic '" + name + "'");
        member.subscription.push_back(topic->id);
      }
    }
    members.push_back(std::move(member));
    return true;
  }

  const AssignorTopic* find(const std::string& name) const {
    for (const AssignorTopic& topic : topics)
      if (topic.name == name) return &topic;
    return nullptr;
  }

  bool fail(std::string text) {
    error = std::move(text);
    return false;
  }
};

std::string known() {
  std::vector<std::string> names;
  for (const core::Assignor& one : core::assignors()) names.emplace_back(one.name);
  return joined(names);
}

}  // namespace

int assign_command(const AssignOptions& options, const Terminal& terminal) {
  const core::Assignor* assignor = core::find_assignor(options.assignor);
  Input input;
  bool good = assignor != nullptr;
  if (!good) input.fail("there is no assignor '" + options.assignor + "'; modelled are " + known());
  for (std::size_t i = 0; good && i < options.topics.size(); ++i) good = input.topic(options.topics[i]);
  for (std::size_t i = 0; good && i < options.members.size(); ++i) good = input.member(options.members[i]);
  if (!good) {
    terminal.err << "kafkasim: error: " << input.error << "\n";
    return exit_code::usage;
  }
  const Style style{terminal.out_colours};
  std::size_t name_width = 6, most = 0;
  for (const AssignorMember& member : input.members) name_width = std::max(name_width, width(member.member_id));
  std::size_t least = static_cast<std::size_t>(-1);
  terminal.out << style(Colour::bold, pad_right("member", name_width) + "  count  partitions") << "\n";
  for (const auto& [member, assignment] : assignor->assign(input.members, input.topics)) {
    std::size_t count = 0;
    std::string text;
    for (const TopicPartition tp : assignment) {
      text += (count++ > 0 ? " " : "") + input.topics[static_cast<std::size_t>(tp.topic.value())].name + "-" +
              std::to_string(tp.partition);
    }
    most = std::max(most, count);
    least = std::min(least, count);
    terminal.out << pad_right(member, name_width) << "  " << pad_left(std::to_string(count), 5) << "  " << text << "\n";
  }
  terminal.out << "from " << least << " to " << most << " partitions a member\n";
  return exit_code::holds;
}

}  // namespace kafkasim::sim
