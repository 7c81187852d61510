// An operator's client: one call after the other, retried until default.api.timeout.ms.
#include "core/client/admin.hpp"

#include "tests/core/network/steady.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core {
namespace {

/// The calls that returned in the last turn: "3 NONE".
std::string returned(const Steps& steps) {
  std::string text;
  for (const CallReturned& call : steps.all<CallReturned>())
    text += std::to_string(call.call) + " " + std::string{name(call.error)};
  return text;
}

/// An operator that is connected to broker 1 and has sent call 3.
struct Calling {
  Steps steps;
  Admin admin{NodeId{2001}, {NodeId{1}}};
  Correlation correlation = 0;

  Calling() {
    call(3, 0);
    Turn turn = steps.at(1);
    admin.on_connected(channel, turn);
    sent();
  }
  void call(std::int32_t number, std::int64_t ms) {
    Turn turn = steps.at(ms);
    admin.call(number, CreateTopicsRequest{TopicId{5}, {}, 1, 1, {}}, turn);
    for (const OpenChannel& open : steps.all<OpenChannel>()) channel = open.channel;
  }
  bool sent() {
    const auto requests = steps.all<SendRequest>();
    if (!requests.empty()) correlation = requests.front().correlation;
    return requests.size() == 1;
  }
  std::string answer(ErrorCode error, std::int64_t ms) {
    Turn turn = steps.at(ms);
    admin.on_response(channel, correlation, CreateTopicsResponse{error}, turn);
    return returned(steps);
  }
  bool sent_at(std::int64_t ms) {
    Turn turn = steps.at(ms);
    admin.on_timer({}, turn);
    return sent();
  }
  ChannelId channel = 0;
};

}  // namespace

TEST_CASE("an answer ends the call; a retriable error starts it again after retry.backoff.ms", "[client][admin]") {
  Calling it;
  CHECK(it.answer(ErrorCode::REQUEST_TIMED_OUT, 2).empty());
  CHECK_FALSE(it.sent_at(101));
  CHECK(it.sent_at(102));
  CHECK(it.answer(ErrorCode::TOPIC_ALREADY_EXISTS, 103) == "3 TOPIC_ALREADY_EXISTS");
}

TEST_CASE("a topic that does not exist is reported, not waited for", "[client][admin]") {
  Calling it;
  CHECK(it.answer(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, 2) == "3 UNKNOWN_TOPIC_OR_PARTITION");
}

TEST_CASE("a call whose connection breaks is made again, and ends after a minute", "[client][admin]") {
  Calling it;
  Turn turn = it.steps.at(2);
  it.admin.on_disconnected(it.channel, false, turn);
  CHECK(returned(it.steps).empty());
  Turn last = it.steps.at(60'000);
  it.admin.on_timer({}, last);
  CHECK(returned(it.steps) == "3 REQUEST_TIMED_OUT");
}

TEST_CASE("an answer that stays away for request.timeout.ms breaks the connection", "[client][admin]") {
  Calling it;
  Turn turn = it.steps.at(30'001);
  it.admin.on_timer({}, turn);
  CHECK(it.steps.all<CloseChannel>().size() == 1);
  CHECK(returned(it.steps).empty());
}

TEST_CASE("an operator who leaves closes its connections", "[client][admin]") {
  Calling it;
  Turn turn = it.steps.at(5);
  it.admin.on_shutdown(turn);
  CHECK(it.steps.all<CloseChannel>().size() == 1);
  CHECK(it.steps.all<ClientClosed>().size() == 1);
}

}  // namespace kafkasim::core
