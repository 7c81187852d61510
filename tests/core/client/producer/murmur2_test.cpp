#include "core/client/producer/murmur2.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace kafkasim;
using namespace kafkasim::core;

TEST_CASE("murmur2 and the partition of a key (P-51, P-52)") {
  struct Row {
    std::string key;
    std::int64_t hash;
    std::int32_t of_3, of_6, of_12;
  };
  const Row rows[] = {
      {"", 275646681, 0, 3, 9},
      {"a", -1563381124, 1, 4, 4},
      {"ab", 316155434, 2, 2, 2},
      {"abc", 479470107, 0, 3, 3},
      {"abcd", -1323649548, 2, 2, 8},
      {"abcde", 461995741, 1, 1, 1},
      {"21", -973932308, 0, 0, 0},
      {"foobar", -790332482, 0, 0, 6},
      {"a-little-bit-long-string", -985981536, 2, 2, 8},
      {"a-little-bit-longer-string", -1486304829, 2, 5, 11},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971, 2, 5, 5},
      {"kafka", -798503068, 1, 4, 4},
      {"hello", 2132663229, 0, 3, 9},
      {"key", -1079937367, 1, 1, 1},
      {"key-0", 29210041, 1, 1, 1},
      {"key-1", 193331640, 0, 0, 0},
      {"key-2", 852269702, 2, 2, 2},
      {"user-42", 1459644460, 1, 4, 4},
      {"order-1001", 297523878, 0, 0, 6},
      {"\xc3\xa9", 186971271, 0, 3, 3},
      {"0", 971027396, 2, 2, 8},
      {"1", -1993445489, 0, 3, 3},
      {"42", 417700972, 1, 4, 4},
      {"1234567890", 1249327157, 2, 5, 5},
      {"The quick brown fox jumps over the lazy dog", 495243318, 0, 0, 6},
      {"\xff", -311467685, 0, 3, 3},
      {std::string(4, '\0'), 850957120, 1, 4, 4},
      {std::string("\x80\x00\x00\x01", 4), 1571518452, 0, 0, 0},
      {std::string("\x00\x00\x00\x00\x00\x00\x00\x01", 8), 2100486060, 0, 0, 0},
      {std::string(7, '\xff'), -71293549, 1, 1, 7},
      {std::string("\x00\x00\x00\x2a", 4), 1606757304, 0, 0, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.key);
    const std::int32_t hash = murmur2(row.key);
    CHECK(hash == row.hash);
    CHECK(partition_for_hash(hash, 3) == row.of_3);
    CHECK(partition_for_hash(hash, 6) == row.of_6);
    CHECK(partition_for_hash(hash, 12) == row.of_12);
  }
}
