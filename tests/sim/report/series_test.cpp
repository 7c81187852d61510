#include "sim/report/series.hpp"

#include "sim/report/hgrm.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {

TEST_CASE("samples are a round distance apart, about 400 of them", "[report]") {
  CHECK(sampling_interval(1s) == 10ms);
  CHECK(sampling_interval(4s) == 10ms);
  CHECK(sampling_interval(5s) == 20ms);
  CHECK(sampling_interval(30s) == 100ms);
  CHECK(sampling_interval(60s) == 200ms);
  CHECK(sampling_interval(24h) == 500s);
}

TEST_CASE("fields of CSV files are quoted where that is needed", "[report]") {
  CHECK(csv_field("plain") == "plain");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("a\"b") == "\"a\"\"b\"");
}

TEST_CASE("a latency distribution in HdrHistogram's format", "[report]") {
  LatencyHistogram histogram;
  for (int i = 1; i <= 10; ++i) histogram.add(i * 1ms);
  CHECK("\n" + hgrm_text(histogram) == R"(
       Value     Percentile TotalCount 1/(1-Percentile)

       1.000 0.000000000000          1           1.00
       1.000 0.100000000000          1           1.11
       2.001 0.200000000000          2           1.25
       3.000 0.300000000000          3           1.43
       4.002 0.400000000000          4           1.67
       5.001 0.500000000000          5           2.00
       6.001 0.550000000000          6           2.22
       6.001 0.600000000000          6           2.50
       7.000 0.650000000000          7           2.86
       7.000 0.700000000000          7           3.33
       8.004 0.750000000000          8           4.00
       8.004 0.775000000000          8           4.44
       8.004 0.800000000000          8           5.00
       9.003 0.825000000000          9           5.71
       9.003 0.850000000000          9           6.67
       9.003 0.875000000000          9           8.00
       9.003 0.887500000000          9           8.89
       9.003 0.900000000000          9          10.00
      10.000 0.912500000000         10          11.43
      10.000 1.000000000000         10
#[Mean    =        5.500, StdDeviation   =        2.873]
#[Max     =       10.000, Total count    =           10]
#[Buckets =           10, SubBuckets     =         1024]
)");
}

TEST_CASE("an empty distribution has no lines but its summary", "[report]") {
  CHECK(hgrm_text(LatencyHistogram{}).find("Total count    =            0]") != std::string::npos);
}

}  // namespace kafkasim::sim
