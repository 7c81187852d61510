// Drives a GroupCoordinator through one script of classic-group.jsonl and tells in JSON what it did.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/group/coordinator.hpp"
#include "tests/golden/adapter.hpp"

namespace kafkasim::golden {

/// A coordinator asks only who leads when the leader is gone (Kafka: hash order of random ids). All answers in turn.
class LeaderChoices : public Choices {
 public:
  std::uint64_t below(Choice what, std::uint64_t bound) override;
  /// Next combination; false when all were tried. The first is the smallest id everywhere.
  bool next();

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> answers_;  // with their bounds
  std::size_t asked_ = 0;
};

class GroupScript {
 public:
  explicit GroupScript(const Json& golden_case);

  /// What the step made visible: replies by step index, as far as they were sent.
  void perform(std::size_t index, const Json& step, Choices& choices);
  /// Lets the log take everything; replies held back for it come out.
  void finish_writes();
  /// Replies since the last call, by the index of the step that asked.
  std::map<std::size_t, Json> take_replies();
  /// The group as the cases print it; null when it does not exist. Ids are ours.
  Json group(const std::string& name) const;
  /// Armed timers in ms; ids are ours.
  Json timers() const;
  /// The id made up by the step just performed; "" = none.
  std::string new_member() const;
  const std::vector<std::string>& groups() const { return names_; }

  /// "#1" of the case is `ours`.
  void bind(const std::string& theirs, const std::string& ours);
  bool bound(const std::string& theirs) const { return ours_.contains(theirs); }
  /// Our ids in a text replaced by the case's.
  std::string translated(const std::string& ours) const;

 private:
  void join(const Json& step, Turn& turn);
  void sync(const Json& step, Turn& turn);
  void advance(Duration by, Choices& choices);
  void collect();
  GroupId group_id(const Json& step) const;
  std::string our_id(const std::string& theirs) const;
  TopicId metadata(const std::string& text);
  std::string assignment_text(const Assignment& assignment) const;
  Json join_reply(const JoinGroupResponse& reply) const;

  std::vector<std::string> names_;
  CataloguePtr catalogue_;
  core::GroupCoordinator coordinator_;
  Outbox out_;
  Instant now_{};
  Instant timer_ = kNever;
  std::vector<std::uint64_t> writes_;
  std::map<std::size_t, Json> replies_;
  std::map<std::string, std::string> ours_;
  std::map<std::string, std::string> theirs_;
  std::vector<std::string> texts_;  // metadata and assignments, by index
  std::size_t step_ = 0;
};

}  // namespace kafkasim::golden
