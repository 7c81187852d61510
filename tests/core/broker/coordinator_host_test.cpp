// Producer ids, coordinators and the offsets topic in a broker (R4.1, R5.1-R5.4, S-3).
#include "tests/core/broker/cluster.hpp"
#include "tests/core/broker/requests.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::test {

namespace {

OffsetCommitRequest commit(std::int64_t offset) {
  return {GroupId{0}, Generation{}, "", {{kOrders, Offset{offset}, LeaderEpoch{0}}}};
}

Offset committed(const Cluster& cluster, int number) {
  return cluster.answer<OffsetFetchResponse>(number).partitions.at(0).offset;
}

const OffsetFetchRequest kFetch{GroupId{0}, {kOrders}};

}  // namespace

TEST_CASE("the first producer id waits for a block; blocks follow each other (R4.1)", "[broker][ids]") {
  Cluster cluster{1};
  cluster.start();
  cluster.run_until(ms(1000));
  const auto ask = [&] { return cluster.answer<InitProducerIdResponse>(cluster.send(1, InitProducerIdRequest{})); };
  CHECK(ask().error == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
  cluster.run_for(5ms);
  for (std::int64_t expected = 0; expected < 2100; ++expected) {
    const auto got = ask();
    REQUIRE(got.error == ErrorCode::NONE);
    REQUIRE(got.producer_id == ProducerId{expected});
    REQUIRE(got.producer_epoch == ProducerEpoch{0});
    if (expected % 100 == 0) cluster.run_for(5ms);  // the next block is fetched when 900 are gone
  }
}

TEST_CASE("a block of producer ids that is refused is asked for again (R4.1)", "[broker][ids]") {
  Cluster cluster{1};
  cluster.controller().id_errors = {ErrorCode::STALE_BROKER_EPOCH};
  cluster.start();
  cluster.run_until(ms(1000));
  const auto ask = [&] { return cluster.answer<InitProducerIdResponse>(cluster.send(1, InitProducerIdRequest{})); };
  CHECK(name(ask().error) == "COORDINATOR_LOAD_IN_PROGRESS");
  cluster.run_for(5ms);
  CHECK(name(ask().error) == "COORDINATOR_LOAD_IN_PROGRESS");
  cluster.run_for(100ms);
  ask();
  cluster.run_for(5ms);
  CHECK(name(ask().error) == "NONE");
}

TEST_CASE("the coordinator is the leader of the group's offsets partition (R5.1)", "[broker][group]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1500));
  const auto found = cluster.answer<FindCoordinatorResponse>(cluster.send(2, FindCoordinatorRequest{GroupId{0}}));
  CHECK(found == FindCoordinatorResponse{ErrorCode::NONE, BrokerId{1}});
  cluster.commit(BrokerRegistrationChangeRecord{BrokerId{1}, BrokerEpoch{1}, true, false});
  cluster.run_for(5ms);
  const auto gone = cluster.answer<FindCoordinatorResponse>(cluster.send(2, FindCoordinatorRequest{GroupId{0}}));
  CHECK(gone.error == ErrorCode::COORDINATOR_NOT_AVAILABLE);
  const auto elsewhere = cluster.answer<OffsetFetchResponse>(cluster.send(2, kFetch));
  CHECK(elsewhere.error == ErrorCode::NOT_COORDINATOR);
}

TEST_CASE("an offset commit is answered when its record is committed (R5.4, R5.17)", "[broker][group]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  const int quick = cluster.send(1, commit(5));
  CHECK_FALSE(cluster.reply(quick));
  cluster.run_for(5ms);
  REQUIRE(cluster.reply(quick));
  CHECK(cluster.answer<OffsetCommitResponse>(quick).error == ErrorCode::NONE);
  CHECK(committed(cluster, cluster.send(1, kFetch)) == Offset{5});

  cluster.freeze(2);
  const int slow = cluster.send(1, commit(9));
  cluster.run_for(4900ms);
  CHECK_FALSE(cluster.reply(slow));
  cluster.run_for(200ms);  // offsets.commit.timeout.ms is 5 s
  REQUIRE(cluster.reply(slow));
  CHECK(cluster.answer<OffsetCommitResponse>(slow).error == ErrorCode::COORDINATOR_NOT_AVAILABLE);
}

TEST_CASE("a new coordinator loads what the old one wrote (R5.2, R5.3)", "[broker][group]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.send(1, commit(5));
  cluster.run_for(600ms);  // follower's high watermark included
  cluster.crash(1);
  cluster.elect(kOffsets, 2, {2});
  const Instant elected = cluster.now();
  while (!cluster.broker(2).coordinator().leads(0)) cluster.run_for(1us);
  CHECK(cluster.broker(2).coordinator().loading(0));
  CHECK(cluster.answer<OffsetFetchResponse>(cluster.send(2, kFetch)).error == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
  cluster.run_until(elected + kHop + 1ms);
  CHECK(committed(cluster, cluster.send(2, kFetch)) == Offset{5});
  const std::int64_t bytes = cluster.broker(2).partition(kOffsets)->log().size_bytes();
  CHECK(bytes > 0);
}

TEST_CASE("a broker that loses the offsets partition is no coordinator any more (R5.2)", "[broker][group]") {
  Cluster cluster{2};
  cluster.start();
  cluster.run_until(ms(1000));
  cluster.freeze(2);
  const int parked = cluster.send(1, commit(5));
  cluster.elect(kOffsets, 2, {1, 2});
  cluster.run_for(5ms);
  REQUIRE(cluster.reply(parked));
  CHECK(cluster.answer<OffsetCommitResponse>(parked).error == ErrorCode::NOT_COORDINATOR);
  CHECK_FALSE(cluster.broker(1).coordinator().leads(0));
}

}  // namespace kafkasim::core::test
