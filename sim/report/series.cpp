#include "sim/report/series.hpp"

#include <algorithm>

#include "sim/fault/timeline.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/story.hpp"
#include "sim/view.hpp"
#include "sim/world.hpp"

namespace kafkasim::sim {
namespace {

int partition_count(const TopicSpec& topic) {
  return topic.assignment.empty() ? topic.partitions : static_cast<int>(topic.assignment.size());
}

const TopicSpec* find_topic(const Scenario& scenario, std::string_view name) {
  for (const TopicSpec& topic : scenario.topics)
    if (topic.name == name) return &topic;
  return nullptr;
}

Subject of_group(const std::string& group) {
  Subject subject;
  subject.group = group;
  return subject;
}

Subject of_partition(const std::string& group, const std::string& topic, int partition) {
  Subject subject = of_group(group);
  subject.by_partition = true;
  subject.topic = topic;
  subject.partition = partition;
  return subject;
}

void field(std::string& row, std::string_view text) { row.append(",").append(text); }
void field(std::string& row, std::int64_t value) { row.append(",").append(std::to_string(value)); }

bool is_fault(Verb verb) {
  switch (verb) {
    case Verb::crash:
    case Verb::power_loss:
    case Verb::shutdown:
    case Verb::restart:
    case Verb::freeze:
    case Verb::isolate:
    case Verb::cut:
    case Verb::partition:
    case Verb::degrade:
    case Verb::hold:
    case Verb::drop:
    case Verb::slow:
    case Verb::sleep:
    case Verb::lose_data:
    case Verb::slow_disk:
    case Verb::fill_disk:
    case Verb::fail_disk:
    case Verb::clock:
      return true;
    default:
      return false;
  }
}

}  // namespace

Duration sampling_interval(Duration length) {
  const std::int64_t wanted = std::max<std::int64_t>(length.count() / 400, 1);
  std::int64_t unit = 10'000'000;
  while (true) {
    for (const std::int64_t factor : {1, 2, 5})
      if (unit * factor >= wanted) return Duration{unit * factor};
    unit *= 10;
  }
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\n") == std::string_view::npos) return std::string{text};
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

SeriesRecorder::SeriesRecorder(const World& world)
    : interval_{sampling_interval(world.scenario().duration.value_or(40s))}, next_{kStart + interval_} {
  const Scenario& scenario = world.scenario();
  lag_ = throughput_head_ = latency_ = availability_ = "time_s";
  for (const Host& host : world.hosts)
    if (host.role == Role::producer) {
      producers_.push_back({.host = host.index, .sent = {}, .latencies = {}});
      for (const char* what : {" sent", " acked"}) field(throughput_head_, csv_field(host.name + what));
      for (const char* what : {" p50_ms", " p99_ms", " max_ms"}) field(latency_, csv_field(host.name + what));
    }
  for (const GroupSpec& spec : scenario.consumers) {
    Group group{spec.name, 0, {of_group(spec.name)}};
    field(lag_, csv_field(spec.name));
    const auto add = [&](const std::string& topic, int partition) {
      group.lags.push_back(of_partition(spec.name, topic, partition));
      field(lag_, csv_field(spec.name + " " + topic + "-" + std::to_string(partition)));
    };
    for (const std::string& name : spec.topics)
      if (const TopicSpec* topic = find_topic(scenario, name))
        for (int p = 0; p < partition_count(*topic); ++p) add(name, p);
    for (const AssignedPartition& one : spec.assign) add(one.topic, one.partition);
    field(throughput_head_, csv_field(spec.name + " delivered"));
    groups_.push_back(std::move(group));
  }
  const View view{world};
  for (const TopicSpec& topic : scenario.topics)
    for (int p = 0; p < partition_count(topic); ++p) {
      partitions_.push_back({view.topic(topic.name), p});
      const std::string name = topic.name + "-" + std::to_string(p);
      for (const char* what : {" state", " leader", " isr"}) field(availability_, csv_field(name + what));
    }
  for (std::string* header : {&lag_, &throughput_head_, &latency_, &availability_}) *header += '\n';
}

void SeriesRecorder::executing(const World& world, std::uint64_t, const Event& event) {
  // The event is not executed yet: the state is that of every instant up to it.
  for (; next_ < event.at; next_ += interval_) sample(world, next_);
}

void SeriesRecorder::noted(const World& world, HostIndex who, const Note& note) {
  const auto producer =
      std::find_if(producers_.begin(), producers_.end(), [who](const Producer& one) { return one.host == who; });
  if (producer == producers_.end()) return;
  if (const auto* closed = std::get_if<BatchClosed>(&note)) {
    for (const RecordRun& run : closed->runs) sent(*producer, run);
  } else if (const auto* rejected = std::get_if<RecordsRejected>(&note)) {
    sent(*producer, rejected->run);
  } else if (const auto* acked = std::get_if<BatchAcked>(&note)) {
    const Payload* payload = world.history.payload(acked->payload);
    if (payload == nullptr) return;
    for (const RecordRun& run : payload->runs)
      for (std::int32_t i = 0; i < run.count; ++i)
        producer->latencies.push_back(nanoseconds(world.now() - run.timestamp(i)));
  }
}

void SeriesRecorder::sent(Producer& producer, const RecordRun& run) const {
  for (std::int32_t i = 0; i < run.count; ++i) {
    // Row k speaks of (k * interval, (k + 1) * interval].
    const std::int64_t at = std::max<std::int64_t>(1, nanoseconds(run.timestamp(i)));
    const auto row = static_cast<std::size_t>((at - 1) / interval_.count());
    if (row >= producer.sent.size()) producer.sent.resize(row + 1, 0);
    ++producer.sent[row];
  }
}

void SeriesRecorder::finish(const World& world) {
  if (world.now() > last_) sample(world, world.now());
}

void SeriesRecorder::sample(const World& world, Instant at) {
  const View view{world};
  const std::string time = seconds_text(at - kStart);
  for (std::string* series : {&lag_, &latency_, &availability_}) *series += time;
  sample_lag(view);
  sample_traffic(view, at);
  sample_latency();
  sample_availability(view);
  for (std::string* series : {&lag_, &latency_, &availability_}) *series += '\n';
  last_ = at;
}

void SeriesRecorder::sample_lag(const View& view) {
  static const Name& kLag = *find_names("lag").front();
  for (const Group& group : groups_)
    for (const Subject& subject : group.lags) field(lag_, kLag.evaluate({view, subject, nullptr}).number);
}

void SeriesRecorder::sample_traffic(const View& view, Instant at) {
  Traffic row{at, {}, {}};
  for (Producer& producer : producers_) {
    const std::int64_t acked = view.history().producer(producer.host)->counts.acked;
    row.acked.push_back(acked - std::exchange(producer.acked, acked));
  }
  for (Group& group : groups_) {
    const std::int64_t delivered = view.history().group(group.name)->delivered;
    row.delivered.push_back(delivered - std::exchange(group.delivered, delivered));
  }
  traffic_.push_back(std::move(row));
}

void SeriesRecorder::sample_latency() {
  for (Producer& producer : producers_) {
    std::vector<std::int64_t>& all = producer.latencies;
    std::sort(all.begin(), all.end());
    for (const std::size_t per_cent : {50, 99, 100}) {
      if (all.empty())
        field(latency_, "NaN");
      else
        field(latency_, millis_text(Duration{all[(all.size() * per_cent + 99) / 100 - 1]}));
    }
    all.clear();
  }
}

// Written at the end: what was handed over is known when its batch leaves, which may be much later.
std::string SeriesRecorder::throughput() const {
  std::string text = throughput_head_;
  Instant before = kStart;
  for (std::size_t row = 0; row < traffic_.size(); ++row) {
    const Traffic& traffic = traffic_[row];
    const Duration span = traffic.at - before;
    before = traffic.at;
    const auto per_second = [span](std::int64_t count) { return count * 1'000'000'000 / span.count(); };
    text += seconds_text(traffic.at - kStart);
    for (std::size_t p = 0; p < producers_.size(); ++p) {
      const std::vector<std::int64_t>& sent = producers_[p].sent;
      field(text, per_second(row < sent.size() ? sent[row] : 0));
      field(text, per_second(traffic.acked[p]));
    }
    for (const std::int64_t delivered : traffic.delivered) field(text, per_second(delivered));
    text += '\n';
  }
  return text;
}

// state: 3 every replica in sync, 2 some missing, 1 fewer than min.insync.replicas, 0 no leader.
void SeriesRecorder::sample_availability(const View& view) {
  for (const TopicPartition tp : partitions_) {
    const PartitionRegistration* of = view.metadata().partition(tp);
    if (of == nullptr) {
      availability_ += ",,,";
      continue;
    }
    const auto in_sync = static_cast<std::int32_t>(of->isr.size());
    int state = 3;
    if (of->isr.size() < of->replicas.size()) state = 2;
    if (in_sync < view.metadata().effective_min_isr(tp.topic)) state = 1;
    if (!of->leader.known()) state = 0;
    field(availability_, state);
    field(availability_, of->leader.known() ? std::to_string(of->leader.value()) : "");
    field(availability_, in_sync);
  }
}

std::vector<std::pair<std::string, std::string>> SeriesRecorder::files() const {
  return {{"lag.csv", lag_},
          {"throughput.csv", throughput()},
          {"latency.csv", latency_},
          {"availability.csv", availability_}};
}

std::string faults_csv(const View& view) {
  std::string text = "id,verb,struck,start_s,end_s,fault,label\n";
  const auto& entries = view.scenario().timeline;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    const EntryState& state = view.timeline().entries[i];
    if (state.struck == kNever || entry.verb == Verb::wait || entry.verb == Verb::expect) continue;
    std::string struck;
    for (const HostIndex host : state.hosts) struck += (struck.empty() ? "" : " + ") + view.host(host).name;
    std::string label = entry.verb == Verb::note
                            ? entry.text
                            : hosts_text(view, state.hosts) + " " + verb_word(entry, state.hosts.size() != 1);
    if (state.hosts.size() > 3) label = std::to_string(state.hosts.size()) + " machines " + verb_word(entry, true);
    text += csv_field(entry.id) + "," + verb_name(entry) + "," + csv_field(struck) + "," +
            seconds_text(state.struck - kStart) + "," +
            (state.ended == kNever ? "" : seconds_text(state.ended - kStart)) + "," +
            (is_fault(entry.verb) ? "1" : "0") + "," + csv_field(label) + "\n";
  }
  return text;
}

}  // namespace kafkasim::sim
