// An operator's requests go on to the controller, one at a time (KIP-590).
#include <algorithm>

#include "tests/core/broker/cluster.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {
namespace {

const Request kForwarded[] = {ElectLeadersRequest{false, {{TopicId{0}, 0}}},
                              CreateTopicsRequest{TopicId{5}, {}, 1, 1, {}}, CreatePartitionsRequest{TopicId{0}, 2, {}},
                              IncrementalAlterConfigsRequest{}};

ErrorCode forwarded_error(const Response& response) {
  if (const auto* elected = std::get_if<ElectLeadersResponse>(&response)) return elected->error;
  if (const auto* created = std::get_if<CreateTopicsResponse>(&response)) return created->error;
  if (const auto* grown = std::get_if<CreatePartitionsResponse>(&response)) return grown->error;
  return std::get<IncrementalAlterConfigsResponse>(response).error;
}

/// Requests to create a topic that the broker has sent on.
std::ptrdiff_t created_topics(const Cluster& cluster) {
  return std::count_if(cluster.to_controller.begin(), cluster.to_controller.end(),
                       [](const std::string& line) { return line.find("CreateTopics") != std::string::npos; });
}

}  // namespace

TEST_CASE("a controller that does not answer: each forwarded request ends a minute after it came",
          "[broker][forward]") {
  Cluster cluster{1};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.freeze(kController.value());
  std::vector<int> numbers;
  for (const Request& request : kForwarded) numbers.push_back(cluster.send(1, request));
  std::string seconds;
  for (const int number : numbers) {
    while (!cluster.reply(number)) cluster.run_for(1s);
    CHECK(name(forwarded_error(cluster.reply(number)->response.value())) == "REQUEST_TIMED_OUT");
    seconds += std::to_string((cluster.reply(number)->at - ms(1000)) / 1s) + ' ';
  }
  CHECK(seconds == "60 60 60 60 ");
}

TEST_CASE("an operator who is gone is not answered; the request is made all the same", "[broker][forward]") {
  Cluster cluster{1};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.freeze(kController.value());
  cluster.to_controller.clear();
  const int gone = cluster.send(1, kForwarded[1]);
  cluster.run_for(10ms);
  cluster.close_clients();
  const int next = cluster.send(1, kForwarded[1]);
  cluster.thaw(kController.value());
  cluster.run_for(10ms);
  CHECK(created_topics(cluster) == 2);
  CHECK_FALSE(cluster.reply(gone));
  CHECK(cluster.reply(next));
  CHECK(cluster.replies_to_nobody == 0);
}

TEST_CASE("a connection to the controller that breaks: the forwarded request is sent again", "[broker][forward]") {
  Cluster cluster{1};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.to_controller.clear();
  const int number = cluster.send(1, kForwarded[1]);
  cluster.run_for(2 * kHop + 1us);  // connected, and the request is out
  cluster.hang_up_controller();
  cluster.run_for(1s);
  REQUIRE(cluster.reply(number));
  CHECK(name(forwarded_error(cluster.reply(number)->response.value())) == "NONE");
  CHECK(created_topics(cluster) == 2);
}

}  // namespace kafkasim::core::test
