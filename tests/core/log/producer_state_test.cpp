#include "core/log/producer_state.hpp"

#include "tests/core/log/batches.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim;
using core::ProducerState;
using test::idempotent;

namespace {

// Producer 7, epoch 1: batches of two records with sequences 0-1, 2-3, ..., `count` of them.
ProducerState after(int count) {
  ProducerState state;
  for (int i = 0; i < count; ++i) {
    Batch batch = idempotent(7, 1, 2 * i, 2);
    batch.base_offset = Offset{100 + 2 * i};
    state.update(batch);
  }
  return state;
}

}  // namespace

TEST_CASE("producer checks of a leader (R4.2, R4.3)", "[log]") {
  struct Case {
    const char* what;
    int stored;
    std::int64_t id;
    std::int16_t epoch;
    std::int32_t sequence, records;
    ErrorCode error;
    int duplicate_at;  // -1: none
  };
  constexpr ErrorCode none = ErrorCode::NONE;
  constexpr ErrorCode gap = ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
  const Case cases[] = {
      {"no state: any sequence", 0, 7, 0, 42, 1, none, -1},
      {"another producer", 3, 8, 0, 9, 1, none, -1},
      {"next in sequence", 3, 7, 1, 6, 2, none, -1},
      {"a gap", 3, 7, 1, 7, 1, gap, -1},
      {"the last batch again", 3, 7, 1, 4, 2, none, 104},
      {"an older batch again", 3, 7, 1, 0, 2, none, 100},
      {"overlaps, but is not the same batch", 3, 7, 1, 4, 1, gap, -1},
      {"the fifth last is still known", 6, 7, 1, 2, 2, none, 102},
      {"the sixth last is not", 6, 7, 1, 0, 2, gap, -1},
      {"an older epoch", 3, 7, 0, 6, 2, ErrorCode::INVALID_PRODUCER_EPOCH, -1},
      {"an older epoch, sequences of a known batch", 3, 7, 0, 4, 2, ErrorCode::INVALID_PRODUCER_EPOCH, -1},
      {"a newer epoch begins at 0", 3, 7, 2, 0, 1, none, -1},
      {"a newer epoch elsewhere", 3, 7, 2, 6, 2, gap, -1},
  };
  for (const Case& row : cases) {
    INFO(row.what);
    const auto check = after(row.stored).check(idempotent(row.id, row.epoch, row.sequence, row.records));
    CHECK(check.error == row.error);
    CHECK((check.duplicate ? check.duplicate->first_offset : Offset{}) == Offset{row.duplicate_at});
  }
}

TEST_CASE("sequences wrap to 0 (R1.3)", "[log]") {
  ProducerState state;
  Batch last = idempotent(7, 0, 2147483646, 2);  // 2^31-2 and 2^31-1
  last.base_offset = Offset{0};
  state.update(last);
  CHECK(state.check(idempotent(7, 0, 0)).error == ErrorCode::NONE);
  CHECK(state.check(idempotent(7, 0, 1)).error == ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
}

TEST_CASE("a new epoch forgets the batches of the old one", "[log]") {
  ProducerState state = after(3);
  Batch first = idempotent(7, 2, 0);
  first.base_offset = Offset{200};
  state.update(first);
  CHECK(state.entries().at(ProducerId{7}).batches.size() == 1);
  CHECK(state.check(idempotent(7, 2, 4, 2)).error == ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
}

TEST_CASE("on load producers below the log start are forgotten (R4.6)", "[log]") {
  ProducerState state = after(3);  // last offset 105
  state.forget_below(Offset{105});
  CHECK(state.entries().size() == 1);
  state.forget_below(Offset{106});
  CHECK(state.entries().empty());
}
