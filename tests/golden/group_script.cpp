#include "tests/golden/group_script.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace kafkasim::golden {
namespace {

constexpr std::size_t kTexts = 200;  // different metadata and assignments in one script

Duration ms(const Json& value) { return std::chrono::milliseconds{value.get<std::int64_t>()}; }
std::int64_t to_ms(Instant at) { return nanoseconds(at) / 1'000'000; }

// Member ids begin with it and so sort in join order.
std::string client_of(std::size_t step) { return "s" + std::to_string(1000 + step); }

std::vector<std::string> group_names(const Json& golden_case) {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Json& step : golden_case.at("steps")) {
    if (step.contains("groups"))
      for (const Json& group : step.at("groups")) add(group.at("group").get<std::string>());
    if (step.contains("group")) add(step.at("group").get<std::string>());
  }
  if (names.empty()) names.push_back("group-id");
  return names;
}

BrokerConfig config_of(const Json& golden_case) {
  const Json& given = golden_case.at("config");
  BrokerConfig config;
  config.offsets_topic_num_partitions = 1;
  config.group_initial_rebalance_delay = ms(given.at("initial_rebalance_delay_ms"));
  // The recorded classes stand behind the place where session.timeout.ms is checked.
  config.group_min_session_timeout = Duration{};
  config.group_max_session_timeout = Duration::max();
  if (const Json& size = given.at("classic_group_max_size"); !size.is_null()) config.group_max_size = size.get<int>();
  config.offsets_commit_timeout = Duration::max();  // these cases end writes themselves
  return config;
}

}  // namespace

std::uint64_t LeaderChoices::below(Choice what, std::uint64_t bound) {
  if (what != Choice::group_leader) throw std::logic_error{"a coordinator chooses nothing else"};
  if (asked_ == answers_.size()) answers_.emplace_back(0, bound);
  return answers_[asked_++].first;
}

bool LeaderChoices::next() {
  asked_ = 0;
  while (!answers_.empty() && answers_.back().first + 1 == answers_.back().second) answers_.pop_back();
  if (answers_.empty()) return false;
  ++answers_.back().first;
  return true;
}

GroupScript::GroupScript(const Json& golden_case)
    : names_{group_names(golden_case)},
      catalogue_{std::make_shared<const Catalogue>(Catalogue{std::vector<std::string>(kTexts, "t"), names_, {}})},
      coordinator_{catalogue_, config_of(golden_case)} {
  LeaderChoices choices;
  Turn turn{now_, now_, choices, out_};
  // Groups that a script puts there Empty at its start were in the log.
  std::vector<GroupRecord> log;
  for (const Json& step : golden_case.at("steps")) {
    if (step.at("op") != "set_state") break;
    for (const Json& group : step.at("groups"))
      log.push_back(
          {GroupMetadataRecord{group_id(group), Generation{group.at("generation").get<std::int32_t>()}, {}, {}, {}}});
  }
  coordinator_.on_elected(0, LeaderEpoch{0}, turn);
  coordinator_.load(0, LeaderEpoch{0}, {GroupRecordsPtr{std::move(log)}}, turn);
}

void GroupScript::perform(std::size_t index, const Json& step, Choices& choices) {
  step_ = index;
  const std::string op = step.at("op").get<std::string>();
  if (op == "advance") return advance(ms(step.at("ms")), choices);
  Turn turn{now_, now_, choices, out_};
  const RequestToken token{static_cast<std::uint32_t>(index), 0};
  const MemberId member = our_id(step.value("member", std::string{}));
  const auto generation = [&step] { return Generation{step.at("generation").get<std::int32_t>()}; };
  if (op == "join") {
    join(step, turn);
  } else if (op == "sync") {
    sync(step, turn);
  } else if (op == "heartbeat") {
    coordinator_.on_heartbeat(token, {group_id(step), generation(), member}, turn);
  } else if (op == "leave") {
    const std::string who = step.at("members").at(0).value("member", std::string{});
    coordinator_.on_leave(token, {group_id(step), our_id(who)}, turn);
  } else if (op == "commit") {
    coordinator_.on_offset_commit(token, {group_id(step), generation(), member, {}}, turn);
  } else if (op == "log_append_result") {
    ErrorCode error = ErrorCode::NONE;
    if (!parse_error_code(step.at("error").get<std::string>(), error)) throw std::runtime_error{"unknown error"};
    if (writes_.empty()) return;  // told of an operation that wrote nothing
    const std::uint64_t oldest = writes_.front();
    writes_.erase(writes_.begin());
    coordinator_.on_write_done(oldest, error, turn);
  } else if (op == "coordinator_unloaded") {
    coordinator_.on_resigned(0, turn);
  } else if (op != "set_state") {
    throw std::runtime_error{"unknown op " + op};
  }
  collect();
}

void GroupScript::join(const Json& step, Turn& turn) {
  JoinGroupRequest request;
  request.group = group_id(step);
  request.member_id = our_id(step.at("member").get<std::string>());
  request.client_id = client_of(step_);
  request.session_timeout = ms(step.at("session_ms"));
  request.rebalance_timeout = ms(step.at("rebalance_ms"));
  request.known_member_id_required = step.at("version").get<int>() >= 4;
  for (const Json& protocol : step.at("protocols")) {
    const std::string text = protocol.get<std::string>();
    const std::size_t equals = text.find('=');
    request.protocols.push_back(text.substr(0, equals));
    request.subscription.push_back(metadata(text.substr(equals + 1)));
  }
  coordinator_.on_join({static_cast<std::uint32_t>(step_), 0}, std::move(request), turn);
}

void GroupScript::sync(const Json& step, Turn& turn) {
  SyncGroupRequest request{group_id(step),
                           Generation{step.at("generation").get<std::int32_t>()},
                           our_id(step.at("member").get<std::string>()),
                           {}};
  if (step.contains("assignments"))
    for (const auto& [member, text] : step.at("assignments").items()) {
      Assignment assignment;
      if (!text.get<std::string>().empty()) assignment.push_back({metadata(text.get<std::string>()), 0});
      request.assignments.emplace_back(our_id(member), std::move(assignment));
    }
  coordinator_.on_sync({static_cast<std::uint32_t>(step_), 0}, std::move(request), turn);
}

void GroupScript::advance(Duration by, Choices& choices) {
  const Instant end = now_ + by;
  while (timer_ <= end) {
    now_ = std::max(now_, timer_);
    timer_ = kNever;
    Turn turn{now_, now_, choices, out_};
    coordinator_.on_timer(turn);
    collect();
  }
  now_ = end;
}

void GroupScript::finish_writes() {
  LeaderChoices choices;
  Turn turn{now_, now_, choices, out_};
  for (const std::uint64_t token : std::exchange(writes_, {})) coordinator_.on_write_done(token, ErrorCode::NONE, turn);
  collect();
}

void GroupScript::collect() {
  for (const core::PendingWrite& write : coordinator_.take_writes()) writes_.push_back(write.token);
  for (const Effect& effect : out_.effects()) {
    if (const auto* timer = std::get_if<SetTimer>(&effect)) timer_ = timer->at;
    const auto* reply = std::get_if<SendReply>(&effect);
    if (reply == nullptr) continue;
    Json seen = std::visit(
        [](const auto& response) -> Json {
          if constexpr (requires { response.error; })
            return {{"error", std::string{name(response.error)}}};
          else
            return nullptr;
        },
        reply->response);
    if (const auto* join = std::get_if<JoinGroupResponse>(&reply->response)) seen = join_reply(*join);
    if (const auto* sync = std::get_if<SyncGroupResponse>(&reply->response))
      seen["assignment"] = assignment_text(sync->assignment);
    replies_[reply->to.connection] = std::move(seen);
  }
  out_.clear();
}

Json GroupScript::join_reply(const JoinGroupResponse& reply) const {
  Json seen = {{"error", std::string{name(reply.error)}}, {"member", reply.member_id}};
  if (reply.error != ErrorCode::NONE) return seen;
  seen["generation"] = reply.generation.value();
  seen["leader"] = reply.leader;
  seen["protocol"] = reply.protocol;
  Json members = Json::array();
  for (const JoinGroupResponse::Member& one : reply.members) members.push_back(one.member_id);
  seen["members"] = std::move(members);
  return seen;
}

std::map<std::size_t, Json> GroupScript::take_replies() { return std::exchange(replies_, {}); }

Json GroupScript::group(const std::string& name) const {
  const auto id = std::find(names_.begin(), names_.end(), name) - names_.begin();
  const core::ClassicGroup* const group = coordinator_.group(GroupId{static_cast<std::int32_t>(id)});
  if (group == nullptr) return nullptr;
  static constexpr const char* kStates[] = {"Empty", "PreparingRebalance", "CompletingRebalance", "Stable", "Dead"};
  Json seen = {{"state", kStates[static_cast<std::size_t>(group->state())]},
               {"generation", group->generation().value()},
               {"protocol", group->protocol()},
               {"leader", group->leader()}};
  for (const char* const list : {"members", "awaiting_join", "awaiting_sync", "pending_join", "pending_sync"})
    seen[list] = Json::array();
  for (const auto& [member_id, member] : group->members()) {
    seen["members"].push_back(member_id);
    if (member.join.waiting) seen["awaiting_join"].push_back(member_id);
    if (member.sync.waiting) seen["awaiting_sync"].push_back(member_id);
  }
  for (const MemberId& one : group->pending_members()) seen["pending_join"].push_back(one);
  for (const MemberId& one : group->pending_sync()) seen["pending_sync"].push_back(one);
  return seen;
}

Json GroupScript::timers() const {
  Json seen = Json::object();
  for (const auto& [key, at] : coordinator_.deadlines().of(GroupId{0})) {
    using Kind = core::DeadlineKey::Kind;
    if (key.kind == Kind::join) seen["join"] = to_ms(at);
    if (key.kind == Kind::sync) seen["sync"] = to_ms(at);
    if (key.kind == Kind::session) seen["session:" + translated(key.member)] = to_ms(at);
  }
  return seen;
}

std::string GroupScript::new_member() const {
  const std::string prefix = client_of(step_) + "-";
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const core::ClassicGroup* const group = coordinator_.group(GroupId{static_cast<std::int32_t>(i)});
    if (group == nullptr) continue;
    for (const MemberId& one : group->pending_members())
      if (one.starts_with(prefix)) return one;
    for (const auto& [id, member] : group->members())
      if (id.starts_with(prefix)) return id;
  }
  return {};
}

void GroupScript::bind(const std::string& theirs, const std::string& ours) {
  ours_[theirs] = ours;
  theirs_[ours] = theirs;
}

std::string GroupScript::our_id(const std::string& theirs) const {
  const auto found = ours_.find(theirs);
  return found == ours_.end() ? theirs : found->second;
}

std::string GroupScript::translated(const std::string& ours) const {
  const auto found = theirs_.find(ours);
  return found == theirs_.end() ? ours : found->second;
}

GroupId GroupScript::group_id(const Json& step) const {
  const std::string name = step.value("group", names_.front());
  return GroupId{static_cast<std::int32_t>(std::find(names_.begin(), names_.end(), name) - names_.begin())};
}

TopicId GroupScript::metadata(const std::string& text) {
  const auto found = std::find(texts_.begin(), texts_.end(), text);
  const auto index = static_cast<std::int32_t>(found - texts_.begin());
  if (found == texts_.end()) texts_.push_back(text);
  if (texts_.size() > kTexts) throw std::runtime_error{"more texts than topics stand for"};
  return TopicId{index};
}

std::string GroupScript::assignment_text(const Assignment& assignment) const {
  return assignment.empty() ? "" : texts_.at(static_cast<std::size_t>(assignment.front().topic.value()));
}

}  // namespace kafkasim::golden
