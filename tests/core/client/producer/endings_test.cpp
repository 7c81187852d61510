// How batches and calls end: delivery time-out, errors, splitting, epochs, blocking, close (P-2, P-3, P-11, P-23, P-30,
// P-38..P-42; README-crash fact 14).
#include "tests/core/client/producer/bench.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;
using namespace kafkasim::core::bench;

namespace {
ProducerConfig quick(bool idempotent = false) {
  ProducerConfig config;
  config.enable_idempotence = idempotent;
  config.linger = 0ms;
  config.delivery_timeout = 2s;
  return config;
}

/// One record is stored; then broker 1 keeps its requests. The story starts at 100 ms.
void settle(Bench& bench) {
  bench.send(1);
  bench.run_to(100);
  bench.story();
  bench.mode(1, Mode::hold);
}
}  // namespace

TEST_CASE("a batch that expires in flight fails once; its late success is not reported (P-30)") {
  Bench bench{quick()};
  settle(bench);
  bench.send(1);
  bench.run_to(3'000);
  CHECK(bench.producer.available_memory() == bench.producer.config().buffer_memory - 16384);
  bench.answer(1, ErrorCode::NONE);
  bench.run_to(3'010);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "2100 failed #2 REQUEST_TIMED_OUT\n");
  CHECK(bench.log() == std::vector<std::int64_t>{0, 1});  // failed, and yet in the log
  CHECK(bench.producer.available_memory() == bench.producer.config().buffer_memory);
}

TEST_CASE("a batch that expires in the queue was never sent") {
  Bench bench{quick()};
  settle(bench);
  bench.crash(1);
  bench.run_to(110);
  bench.send(1);
  bench.run_to(3'000);
  CHECK(bench.count("2110 failed #2 REQUEST_TIMED_OUT") == 1);
  CHECK(bench.count("sent #2") == 0);
  CHECK(bench.producer.quiescent());
}

TEST_CASE("a batch that expires after a retry leaves its sequence unresolved: the epoch is raised (P-41)") {
  Bench bench{quick(true)};
  settle(bench);
  bench.send(1);
  bench.run_to(110);
  bench.answer(1, ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.run_to(3'000);
  bench.answer(1, ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.run_to(3'001);
  bench.start(1);
  bench.send(1);
  bench.run_to(3'100);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "110 error #2 NOT_ENOUGH_REPLICAS retried\n"
        "210 sent #2 t-0 to 1 try 1\n"
        "2100 failed #2 REQUEST_TIMED_OUT\n"
        "3000 error #2 NOT_ENOUGH_REPLICAS\n"
        "3000 identity 7 epoch 1\n"
        "3001 sent #3 t-0 to 1 try 0\n"
        "3002 acked #3 at 1\n");
}

TEST_CASE("what waits behind an expired retry goes out with the new epoch (P-40, P-41)") {
  Bench bench{quick(true)};
  settle(bench);
  bench.send(1);
  bench.run_to(110);
  bench.answer(1, ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.run_to(1'990);
  bench.answer(1, ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.start(1);
  bench.run_to(2'000);
  bench.send(1);
  bench.run_to(2'200);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "110 error #2 NOT_ENOUGH_REPLICAS retried\n"
        "210 sent #2 t-0 to 1 try 1\n"
        "1990 error #2 NOT_ENOUGH_REPLICAS retried\n"
        "2100 failed #2 REQUEST_TIMED_OUT\n"
        "2100 identity 7 epoch 1\n"
        "2100 sent #3 t-0 to 1 try 0\n"
        "2101 acked #3 at 1\n");
}

TEST_CASE(
    "a gap right after the last acknowledged sequence raises the epoch and renumbers what is in flight (P-39, P-40)") {
  Bench bench{quick(true)};
  settle(bench);
  bench.send(1);
  bench.run_to(101);
  bench.send(1);
  bench.run_to(110);
  bench.answer(1, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  bench.run_to(111);
  bench.answer(1, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  bench.start(1);
  bench.run_to(500);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "101 sent #3 t-0 to 1 try 0\n"
        "110 error #2 OUT_OF_ORDER_SEQUENCE_NUMBER retried\n"
        "110 identity 7 epoch 1\n"
        "111 error #3 OUT_OF_ORDER_SEQUENCE_NUMBER retried\n"
        "210 sent #2 t-0 to 1 try 1\n"
        "211 acked #2 at 1\n"
        "211 sent #3 t-0 to 1 try 1\n"
        "212 acked #3 at 2\n");
  CHECK(bench.producer.sequences().next_sequence({TopicId{0}, 0}) == 2);
}

TEST_CASE("a batch that is not the next one is only retried on OUT_OF_ORDER_SEQUENCE_NUMBER (P-39)") {
  Bench bench{quick(true)};
  settle(bench);
  bench.send(1);
  bench.send(1);
  bench.run_to(110);
  bench.answer(1, ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.answer(1, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  bench.start(1);
  bench.run_to(500);
  CHECK(bench.producer.producer_epoch() == ProducerEpoch{0});
  CHECK(bench.log() == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("retries used up: the error reaches the application (P-24)") {
  ProducerConfig config = quick();
  config.retries = 0;
  Bench bench{config};
  settle(bench);
  bench.send(1);
  bench.answer(1, ErrorCode::NOT_ENOUGH_REPLICAS);
  bench.run_to(200);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "100 error #2 NOT_ENOUGH_REPLICAS\n"
        "100 failed #2 NOT_ENOUGH_REPLICAS\n");
}

TEST_CASE("a batch too large for the broker is split until it fits; one record cannot be (P-23)") {
  for (const bool idempotent : {false, true}) {
    CAPTURE(idempotent);
    Bench bench{quick(idempotent)};
    settle(bench);
    bench.start(1);
    bench.max_message_bytes = 1'000;
    bench.send(20);
    bench.run_to(200);
    bench.send(1, PartitionChoice::partition(0), 2'000);
    bench.run_to(300);
    // 2061 bytes come back whole (batch.size is larger), then in halves of at most 1030.
    CHECK(bench.story() ==
          "100 sent #2 t-0 to 1 try 0\n"
          "101 error #2 MESSAGE_TOO_LARGE retried\n"
          "101 sent #3 t-0 to 1 try 0\n"
          "102 error #3 MESSAGE_TOO_LARGE retried\n" +
              std::string(idempotent ? "102 sent #4 t-0 to 1 try 0\n"
                                       "103 acked #4 at 1\n"
                                       "103 sent #5 t-0 to 1 try 0\n"
                                       "104 acked #5 at 10\n"
                                       "104 sent #6 t-0 to 1 try 0\n"
                                       "105 acked #6 at 19\n"
                                     : "102 sent #4 t-0 to 1 try 0\n"
                                       "102 sent #5 t-0 to 1 try 0\n"
                                       "102 sent #6 t-0 to 1 try 0\n"
                                       "103 acked #4 at 1\n"
                                       "103 acked #5 at 10\n"
                                       "103 acked #6 at 19\n") +
              "200 sent #7 t-0 to 1 try 0\n"
              "201 error #7 MESSAGE_TOO_LARGE\n"
              "201 failed #7 MESSAGE_TOO_LARGE\n" +
              (idempotent ? "201 identity 7 epoch 1\n" : ""));
    CHECK(bench.producer.available_memory() == bench.producer.config().buffer_memory);
  }
}

TEST_CASE("send() blocks for metadata until max.block.ms (P-2)") {
  ProducerConfig config = quick();
  config.max_block = 1s;
  Bench bench{config};
  bench.topic_exists = false;
  bench.run_to(10);
  bench.send(3);
  CHECK(bench.producer.blocked());
  bench.run_to(2'000);
  CHECK_FALSE(bench.producer.blocked());
  CHECK(bench.story() ==
        "1010 rejected 0 x1 REQUEST_TIMED_OUT\n"
        "1010 unblocked\n");
}

TEST_CASE("send() blocks for memory until a batch completes; too large records fail alone (P-3, P-11)") {
  ProducerConfig config = quick();
  config.buffer_memory = 2 * 16384;
  Bench bench{config};
  settle(bench);
  bench.send(400);  // 163 fit into a batch
  CHECK(bench.producer.blocked());
  CHECK(bench.held(1) == 2);
  CHECK(bench.producer.available_memory() == 0);
  bench.answer(1, ErrorCode::NONE);
  bench.run_to(200);
  CHECK_FALSE(bench.producer.blocked());
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "100 sent #3 t-0 to 1 try 0\n"
        "100 acked #2 at 1\n"
        "100 unblocked\n"
        "100 sent #4 t-0 to 1 try 0\n");
  bench.send(2, PartitionChoice::partition(0), 40'000);
  CHECK(bench.story() == "200 rejected 328 x2 MESSAGE_TOO_LARGE\n");
}

TEST_CASE("close() sends what lingers, waits for the replies, then ends") {
  ProducerConfig config = quick();
  config.linger = 10s;
  Bench bench{config};
  bench.send(1);
  bench.run_to(100);
  bench.story();
  bench.close();
  bench.run_to(200);
  CHECK(bench.story() ==
        "101 sent #1 t-0 to 1 try 0\n"
        "102 acked #1 at 0\n"
        "102 client closed\n");
}

TEST_CASE("an expired request is noticed when the thread wakes, request.timeout.ms after its last turn (S-42)") {
  ProducerConfig config = quick();
  config.client.request_timeout = 1s;
  config.delivery_timeout = 10s;
  Bench bench{config};
  settle(bench);
  bench.send(1);
  bench.run_to(600);
  bench.send(1);
  bench.run_to(1'599);
  CHECK(bench.count("timed out") == 0);
  bench.run_to(1'600);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "600 sent #3 t-0 to 1 try 0\n"
        "1600 lost 1 in flight 2 timed out\n"
        "1600 error #2 REQUEST_TIMED_OUT retried\n"
        "1600 error #3 REQUEST_TIMED_OUT retried\n");
}

TEST_CASE("a record too large for max.request.size is refused once metadata is known (P-3)") {
  Bench bench{quick()};
  bench.send(1, PartitionChoice::partition(0), 2'000'000);
  CHECK(bench.producer.blocked());
  bench.run_to(100);
  CHECK_FALSE(bench.producer.blocked());
  CHECK(bench.count("rejected 0 x1 MESSAGE_TOO_LARGE") == 1);
}

TEST_CASE("close() ends a send() that waits for metadata") {
  Bench bench{quick()};
  bench.topic_exists = false;
  bench.send(2);
  bench.run_to(10);
  CHECK(bench.producer.blocked());
  bench.story();
  bench.close();
  CHECK_FALSE(bench.producer.blocked());
  CHECK(bench.count("rejected 0 x1 OPERATION_NOT_ATTEMPTED") == 1);
}

TEST_CASE("the request for a producer id is made again when its connection breaks (P-37)") {
  Bench bench{quick(true)};
  bench.send(1);
  bench.run_to(1);  // metadata and a producer id are asked for over the first connection, to a bootstrap server
  bench.crash(5001);
  bench.run_to(20);
  CHECK(bench.count("identity") == 0);
  bench.run_to(1'000);
  CHECK(bench.count("identity 7 epoch 0") == 1);
  CHECK(bench.count("acked #1") == 1);
}

TEST_CASE("UNKNOWN_PRODUCER_ID raises the epoch, and the batch is sent again (P-39)") {
  Bench bench{quick(true)};
  settle(bench);
  bench.send(1);
  bench.run_to(110);
  bench.answer(1, ErrorCode::UNKNOWN_PRODUCER_ID);
  bench.mode(1, Mode::up);
  bench.run_to(1'000);
  CHECK(bench.story() ==
        "100 sent #2 t-0 to 1 try 0\n"
        "110 error #2 UNKNOWN_PRODUCER_ID retried\n"
        "110 identity 7 epoch 1\n"
        "210 sent #2 t-0 to 1 try 1\n"
        "211 acked #2 at 1\n");
}

TEST_CASE("an epoch that cannot grow asks for another producer id (P-40)") {
  Sequences sequences;
  sequences.set_identity(ProducerId{7}, ProducerEpoch{32767});
  ProducerBatch batch;
  batch.partition = {TopicId{0}, 0};
  batch.record_count = 1;
  sequences.stamp(batch);
  ProduceResponse::Partition reply;
  reply.error = ErrorCode::UNKNOWN_PRODUCER_ID;
  reply.log_start_offset = Offset{5};
  CHECK(sequences.can_retry(batch, reply));
  REQUIRE(sequences.bump_due());
  sequences.bump();
  CHECK_FALSE(sequences.has_producer_id());
}
