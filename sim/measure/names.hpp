// The measured names: ONE table of what can be asked, how it is evaluated, and what may change it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "sim/check/domains.hpp"
#include "sim/measure/expression.hpp"
#include "sim/measure/value.hpp"
#include "sim/net/topology.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/view.hpp"

namespace kafkasim::sim {

struct Verdict;

/// What the arguments of a name stand for, looked up in the scenario once.
struct Subject {
  std::vector<std::string> producers;  // names of the producers meant
  bool by_partition = false;           // narrowed to `partitions`
  std::string topic;                   // "" = none named
  int partition = -1;                  // -1 with a topic: the whole topic
  int broker = 0;                      // `on broker N`, broker N; 0 = none
  std::string group;
  std::string member;   // "billing/2"
  std::string process;  // "broker 1", "checkout", "billing/2"
  std::string word;     // statistic, error, key, anomaly, entry
  std::optional<std::int64_t> number;
  Instant instant{};
};

/// state: has a value at each instant. counter: only grows; within a time span it counts what was added.
/// final: known at the end only (dated by acknowledgement or hand-out). statistic: over the whole run.
enum class Measure : std::uint8_t { state, counter, final, statistic };

struct Asked {
  const View& view;
  const Subject& subject;
  const Verdict* verdict;  // null before the end
};

struct Name {
  std::string_view name;
  /// Allowed arguments, alternatives separated by `|`, e.g. "tp", "P", "P, error?"; see names.cpp.
  std::string_view signature;
  Measure measure;
  Domains domains;
  std::string_view doc;
  Value (*evaluate)(const Asked&);
  /// final: the dates at which it grew.
  void (*dates)(const Asked&, std::map<Instant, std::int64_t>&) = nullptr;
};

std::span<const Name> record_names();
std::span<const Name> client_names();
std::span<const Name> group_names();
std::span<const Name> member_names();
std::span<const Name> cluster_names();

/// Every row of that name (a name may have rows for different kinds of subject).
std::vector<const Name*> find_names(std::string_view name);
std::vector<std::string> all_names();
/// Markdown table of all names, for the documentation.
std::string names_markdown();

/// A name with its arguments looked up: ready to be evaluated.
struct BoundName {
  const Name* name = nullptr;
  Subject subject;
  Value evaluate(const View& view, const Verdict* verdict) const { return name->evaluate({view, subject, verdict}); }
};

/// Looks the arguments up; on failure nothing and an error (column of the argument).
std::optional<BoundName> bind_name(const Expression& call, const Scenario& scenario, ParseError& error);

// --- helpers for the rows ------------------------------------------------------------------------------------------

/// Partitions the subject means: one, a topic's, or (nothing named) all but internal ones.
std::vector<TopicPartition> partitions_of(const Asked& asked);
/// Producer hosts the subject means.
std::vector<HostIndex> producers_of(const Asked& asked);
/// One value for a partition, a list for a topic.
Value per_partition(const Asked& asked, Value (*one)(const Asked&, TopicPartition));
/// The value of a producer's record as it prints: as given ("a"; a tombstone: none), or "checkout#17".
Value value_of(const View& view, HostIndex producer, std::int64_t index);
/// mean mode min p50 p90 p99 p999 max of counted values.
Value statistic_of(const std::map<std::int64_t, std::int64_t>& counts, std::string_view statistic);

}  // namespace kafkasim::sim
