#include "sim/measure/names.hpp"

#include <algorithm>

#include "sim/check/history.hpp"
#include "sim/check/latency_split.hpp"
#include "sim/host/host.hpp"
#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/number_text.hpp"
#include "sim/workload/producer_driver.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::string_view kStatistics[] = {"mean", "mode", "min", "p50", "p90", "p99", "p999", "max"};

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(at);
    std::string_view part = text.substr(0, end);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.push_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

int count_of(const TopicSpec& topic) {
  return topic.assignment.empty() ? topic.partitions : static_cast<int>(topic.assignment.size());
}

// Those at the start, those of a topic that the run creates, and those that are added.
int partitions_ever(const Scenario& scenario, std::string_view name) {
  int count = 0;
  for (const TopicSpec& topic : scenario.topics)
    if (topic.name == name) count = count_of(topic);
  for (const Entry& entry : scenario.timeline) {
    if (entry.topic.name != name) continue;
    if (entry.verb == Verb::create_topic) count = std::max(count, count_of(entry.topic));
    if (entry.verb == Verb::add_partitions) count = std::max(count, entry.topic.partitions);
  }
  return count;
}

// Looks one argument up as the kind its place in a signature wants.
struct Binder {
  const Scenario& scenario;
  Subject subject;

  // Partitions the topic has at some time of the run; 0: there never is such a topic.
  int partitions(std::string_view name) const { return partitions_ever(scenario, name); }
  bool offsets(std::string_view name) const { return name == "__consumer_offsets"; }

  std::vector<std::string> producers(std::string_view name) const {
    std::vector<std::string> found;
    for (const ProducerSpec& producer : scenario.producers)
      if (producer.name == name || producer.name.compare(0, name.size() + 1, std::string{name} + "/") == 0)
        found.push_back(producer.name);
    return found;
  }

  const GroupSpec* group(std::string_view name) const {
    for (const GroupSpec& group : scenario.consumers)
      if (group.name == name) return &group;
    return nullptr;
  }

  bool member(std::string_view name) const {
    const std::size_t slash = name.rfind('/');
    return slash != std::string_view::npos && group(name.substr(0, slash)) != nullptr &&
           name.find_first_not_of("0123456789", slash + 1) == std::string_view::npos && slash + 1 < name.size();
  }

  bool set_partition(std::string_view word, bool whole_topic) {
    if (whole_topic && (partitions(word) > 0 || offsets(word))) {
      subject.topic = word;
      subject.by_partition = true;
      return true;
    }
    const std::size_t dash = word.rfind('-');
    if (dash == std::string_view::npos || dash + 1 == word.size()) return false;
    const std::string_view name = word.substr(0, dash), digits = word.substr(dash + 1);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos || digits.size() > 6) return false;
    const int count = partitions(name);
    const int number = std::stoi(std::string{digits});
    if (count == 0 && !offsets(name)) return false;
    if (count > 0 && number >= count) return false;
    subject.topic = name;
    subject.partition = number;
    subject.by_partition = true;
    return true;
  }

  bool set_broker(const std::vector<std::string>& words) {
    if (words.size() != 2 || words[0] != "broker" || words[1].find_first_not_of("0123456789") != std::string::npos)
      return false;
    const int id = std::stoi(words[1]);
    if (id < 1 || id > scenario.cluster.brokers) return false;
    subject.broker = id;
    subject.process = "broker " + words[1];
    return true;
  }

  bool set_process(const std::vector<std::string>& words) {
    if (set_broker(words)) return true;
    if (words.size() == 2 && words[0] == "controller") {
      subject.process = words[0] + " " + words[1];
      return true;
    }
    if (words.size() != 1) return false;
    if (!producers(words[0]).empty() || member(words[0]) || group(words[0]) != nullptr) {
      subject.process = words[0];
      return true;
    }
    return false;
  }

  bool accept(std::string_view kind, const Argument& argument) {
    const auto& words = argument.words;
    const std::string only = words.size() == 1 ? words[0] : "";
    if (kind == "P") return !(subject.producers = producers(only)).empty();
    if (kind == "R") {  // records: a producer, a topic or a partition
      if (!(subject.producers = producers(only)).empty()) return true;
      return set_partition(only, true);
    }
    if (kind == "G") return group(only) != nullptr && (subject.group = only, true);
    if (kind == "M")
      return member(only) && (subject.member = only, subject.group = only.substr(0, only.rfind('/')), true);
    if (kind == "tp") return words.size() == 1 && set_partition(only, true);
    if (kind == "replica") {
      return words.size() == 4 && words[1] == "on" && set_partition(words[0], true) && set_broker({words[2], words[3]});
    }
    if (kind == "broker") return set_broker(words);
    if (kind == "X") return set_process(words);
    if (kind == "leader") {
      return argument.call.size() == 1 && argument.call[0].text == "leader" && argument.call[0].arguments.size() == 1 &&
             argument.call[0].arguments[0].words.size() == 1 &&
             set_partition(argument.call[0].arguments[0].words[0], false);
    }
    if (kind == "statistic") {
      subject.word = only;
      return std::find(std::begin(kStatistics), std::end(kStatistics), only) != std::end(kStatistics);
    }
    if (kind == "part") {  // of produce latency
      for (std::size_t i = 0; i < kLatencyParts; ++i)
        if (only == name(static_cast<LatencyPart>(i))) return subject.number = static_cast<std::int64_t>(i), true;
      return false;
    }
    if (kind == "error") {
      ErrorCode code{};
      subject.word = only;
      return parse_error_code(only, code);
    }
    if (kind == "hold") {
      for (std::size_t i = 0; i < scenario.timeline.size(); ++i)
        if (scenario.timeline[i].verb == Verb::hold && scenario.timeline[i].id == only && !only.empty())
          return subject.number = static_cast<std::int64_t>(i), true;
      return false;
    }
    if (kind == "key") return only == "key" && (subject.word = only, true);
    if (kind == "callback") {
      subject.word = only;
      return only == "assigned" || only == "revoked" || only == "lost";
    }
    if (kind == "time") {
      const auto time = words.size() == 1 ? read_duration(only) : unreadable<Duration>("none");
      subject.instant = kStart + time.value;
      return time.ok();
    }
    if (kind == "word") return words.size() == 1 && (subject.word = only, true);
    if (kind == "number") {
      if (words.size() != 1 || only.find_first_not_of("0123456789") != std::string::npos) return false;
      subject.number = std::stoll(only);
      return true;
    }
    return false;
  }
};

bool fits(const Expression& call, std::string_view signature, const Scenario& scenario, Subject& subject,
          std::size_t& bad) {
  Binder binder{scenario, {}};
  std::size_t given = 0;
  for (std::string_view kind : split(signature, ',')) {
    const bool optional = kind.back() == '?';
    if (optional) kind.remove_suffix(1);
    if (given == call.arguments.size()) {
      if (!optional) return bad = given, false;
      continue;
    }
    if (binder.accept(kind, call.arguments[given])) {
      ++given;
    } else if (!optional) {
      return bad = given, false;
    }
  }
  if (given < call.arguments.size()) return bad = given, false;
  subject = std::move(binder.subject);
  return true;
}

std::vector<std::string> known_words(const Scenario& scenario) {
  std::vector<std::string> words;
  for (const ProducerSpec& producer : scenario.producers) words.push_back(producer.name);
  for (const GroupSpec& group : scenario.consumers) words.push_back(group.name);
  const auto add = [&](const TopicSpec& topic) {
    words.push_back(topic.name);
    const int count = partitions_ever(scenario, topic.name);
    for (int p = 0; p < std::min(count, 50); ++p) words.push_back(topic.name + "-" + std::to_string(p));
  };
  for (const TopicSpec& topic : scenario.topics) add(topic);
  for (const Entry& entry : scenario.timeline)
    if (entry.verb == Verb::create_topic) add(entry.topic);
  return words;
}

}  // namespace

std::vector<const Name*> find_names(std::string_view name) {
  std::vector<const Name*> found;
  for (const auto table : {record_names(), client_names(), group_names(), member_names(), cluster_names()})
    for (const Name& row : table)
      if (row.name == name) found.push_back(&row);
  return found;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto table : {record_names(), client_names(), group_names(), member_names(), cluster_names()})
    for (const Name& row : table) names.emplace_back(row.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string names_markdown() {
  std::string text = "| name | arguments | kind | meaning |\n|---|---|---|---|\n";
  static constexpr std::string_view kKinds[] = {"state", "counter", "at the end", "statistic"};
  for (const auto table : {record_names(), client_names(), group_names(), member_names(), cluster_names()})
    for (const Name& row : table)
      text.append("| `")
          .append(row.name)
          .append("` | ")
          .append(row.signature.empty() ? "none" : row.signature)
          .append(" | ")
          .append(kKinds[static_cast<std::size_t>(row.measure)])
          .append(" | ")
          .append(row.doc)
          .append(" |\n");
  return text;
}

std::optional<BoundName> bind_name(const Expression& call, const Scenario& scenario, ParseError& error) {
  const std::vector<const Name*> rows = find_names(call.text);
  if (rows.empty()) {
    error = {call.column, "there is no measured name '" + call.text + "'" + hint(call.text, all_names())};
    return std::nullopt;
  }
  std::size_t furthest = 0;
  std::string wanted;
  for (const Name* row : rows)
    for (const std::string_view signature :
         row->signature.empty() ? std::vector<std::string_view>{""} : split(row->signature, '|')) {
      Subject subject;
      std::size_t bad = 0;
      if (fits(call, signature, scenario, subject, bad)) return BoundName{row, std::move(subject)};
      furthest = std::max(furthest, bad);
      wanted += (wanted.empty() ? "" : " or ") + call.text + "(" + std::string{signature} + ")";
    }
  const bool given = furthest < call.arguments.size();
  std::string what = given && !call.arguments[furthest].words.empty() ? call.arguments[furthest].words.front() : "";
  error = {given ? call.arguments[furthest].column : call.column,
           (what.empty() ? "the arguments of '" + call.text + "' do not fit" : "'" + what + "' does not fit here") +
               "; it is " + wanted + (what.empty() ? "" : hint(what, known_words(scenario)))};
  return std::nullopt;
}

std::vector<TopicPartition> partitions_of(const Asked& asked) {
  const View& view = asked.view;
  const Subject& subject = asked.subject;
  if (!subject.topic.empty()) {
    const TopicId topic = view.topic(subject.topic);
    if (subject.partition >= 0) return {{topic, subject.partition}};
    return view.partitions(topic);
  }
  std::vector<TopicPartition> all;
  for (const TopicId topic : view.topics_of_interest())
    for (const TopicPartition tp : view.partitions(topic)) all.push_back(tp);
  return all;
}

std::vector<HostIndex> producers_of(const Asked& asked) {
  std::vector<HostIndex> hosts;
  for (const Host& host : asked.view.hosts()) {
    if (host.role != Role::producer) continue;
    const auto& named = asked.subject.producers;
    if (named.empty() || std::find(named.begin(), named.end(), host.name) != named.end()) hosts.push_back(host.index);
  }
  return hosts;
}

Value per_partition(const Asked& asked, Value (*one)(const Asked&, TopicPartition)) {
  if (asked.subject.partition >= 0) return one(asked, partitions_of(asked).front());
  std::vector<Value> list;
  for (const TopicPartition tp : partitions_of(asked)) list.push_back(one(asked, tp));
  return Value::list(std::move(list));
}

Value value_of(const View& view, HostIndex producer, std::int64_t index) {
  const auto& given = view.producer_driver(producer)->given;
  const auto found = given.find(index);
  if (found == given.end()) return Value::word(view.history().host_name(producer) + "#" + std::to_string(index));
  return found->second.value ? Value::word(*found->second.value) : Value::none();
}

Value statistic_of(const std::map<std::int64_t, std::int64_t>& counts, std::string_view statistic) {
  std::int64_t total = 0, sum = 0, mode = 0, most = 0;
  for (const auto& [value, count] : counts) {
    total += count;
    sum += value * count;
    if (count > most) most = count, mode = value;
  }
  if (total == 0) return Value::none();
  if (statistic == "mean") return Value::integer(sum / total);
  if (statistic == "mode") return Value::integer(mode);
  if (statistic == "min") return Value::integer(counts.begin()->first);
  if (statistic == "max") return Value::integer(counts.rbegin()->first);
  const std::int64_t per_thousand = statistic == "p50"   ? 500
                                    : statistic == "p90" ? 900
                                    : statistic == "p99" ? 990
                                                         : 999;
  const std::int64_t rank = (total * per_thousand + 999) / 1000;
  std::int64_t seen = 0;
  for (const auto& [value, count] : counts)
    if ((seen += count) >= rank) return Value::integer(value);
  return Value::none();
}

}  // namespace kafkasim::sim
