// An operator's requests go on to the controller, one at a time (KIP-590).
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

}  // namespace

TEST_CASE("a controller that does not answer: each forwarded request ends after a minute, in turn",
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
  CHECK(seconds == "60 120 180 240 ");
}

TEST_CASE("an operator who is gone is not answered; the request is made all the same", "[broker][forward]") {
  Cluster cluster{1};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.freeze(kController.value());
  const int number = cluster.send(1, kForwarded[0]);
  cluster.run_for(10ms);
  cluster.close_clients();
  cluster.run_for(120s);
  CHECK_FALSE(cluster.reply(number));
}

}  // namespace kafkasim::core::test
