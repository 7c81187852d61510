#include "tests/sim/report/result_sample.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {

TEST_CASE("the result document, whole", "[report]") {
  CHECK(result_document({sample_result()}) == R"({
  "schema_version": 1,
  "scenario": "the leader dies",
  "variant": null,
  "kafka": "4.3",
  "seed": 7,
  "fingerprint": "0123456789abcdef0123456789abcdef",
  "verdict": "fails",
  "expectations": [
    {"text": "lost(checkout) == 0", "holds": false, "value": "4004", "at_s": 41.000000000},
    {"text": "leader(orders-0) == 2", "holds": true, "value": "2", "at_s": 12.000000000},
    {"text": "acked(checkout) > 0", "holds": true, "value": "60000", "at_s": 41.000000000}
  ],
  "timeline": [
    {"id": "kill", "at_s": 10.000000000, "verb": "crash", "struck": ["broker 1"], "got": null},
    {"id": null, "at_s": null, "verb": "start", "struck": [], "got": null}
  ],
  "records": {
    "checkout": {
      "sent": 60000,
      "acked": 60000,
      "failed": 0,
      "failed_in_log": 0,
      "indeterminate": 0,
      "in_log": 55996,
      "lost": 4004,
      "lost_unacked": 0,
      "removed": 0,
      "duplicated": 0,
      "reordered": 0,
      "reordered_by_key": 0,
      "split_keys": 0,
      "errors": {"NETWORK_EXCEPTION": 5},
      "exceptions": {}
    },
    "total": {
      "sent": 60000,
      "acked": 60000,
      "failed": 0,
      "failed_in_log": 0,
      "indeterminate": 0,
      "in_log": 55996,
      "lost": 4004,
      "lost_unacked": 0,
      "removed": 0,
      "duplicated": 0,
      "reordered": 0,
      "reordered_by_key": 0,
      "split_keys": 0,
      "errors": {"NETWORK_EXCEPTION": 5},
      "exceptions": {}
    }
  },
  "delivery": {
    "billing": {"delivered": 55996, "processed": 55996, "redelivered": 0, "skipped": 0, "out_of_order": 0, "unread": 0}
  },
  "latency": {
    "produce": {
      "checkout": {"count": 60000, "mean_ms": 1.000000, "p50_ms": 0.800000, "p90_ms": 2.000000, "p99_ms": 8300.000000, "p999_ms": 8500.000000, "max_ms": 8600.000000}
    },
    "end_to_end": {
      "billing": {"count": 55996, "mean_ms": 3.000000, "p50_ms": 2.000000, "p90_ms": 4.000000, "p99_ms": 9000.000000, "p999_ms": 9000.000000, "max_ms": 9100.000000}
    },
    "split": {
      "checkout": {
        "client_queue": {"count": 60000, "mean_ms": 0.980000, "p50_ms": 0.780000, "p90_ms": 1.980000, "p99_ms": 8299.000000, "p999_ms": 8499.000000, "max_ms": 8599.000000},
        "retries": {"count": 60000, "mean_ms": 0.000000, "p50_ms": 0.000000, "p90_ms": 0.000000, "p99_ms": 0.000000, "p999_ms": 0.000000, "max_ms": 0.000000},
        "network": {"count": 60000, "mean_ms": 0.020000, "p50_ms": 0.020000, "p90_ms": 0.020000, "p99_ms": 0.020000, "p999_ms": 0.020000, "max_ms": 0.020000},
        "broker_queue": {"count": 60000, "mean_ms": 0.000000, "p50_ms": 0.000000, "p90_ms": 0.000000, "p99_ms": 0.000000, "p999_ms": 0.000000, "max_ms": 0.000000},
        "append": {"count": 60000, "mean_ms": 0.000000, "p50_ms": 0.000000, "p90_ms": 0.000000, "p99_ms": 0.000000, "p999_ms": 0.000000, "max_ms": 0.000000},
        "replication": {"count": 60000, "mean_ms": 0.000000, "p50_ms": 0.000000, "p90_ms": 0.000000, "p99_ms": 0.000000, "p999_ms": 0.000000, "max_ms": 0.000000},
        "purgatory": {"count": 60000, "mean_ms": 0.000000, "p50_ms": 0.000000, "p90_ms": 0.000000, "p99_ms": 0.000000, "p999_ms": 0.000000, "max_ms": 0.000000}
      }
    }
  },
  "lag": {
    "billing": {"max": 17180, "at_end": 0, "max_partition": 17180, "drained_s": 40.000000000}
  },
  "groups": {
    "billing": {
      "state": "Stable",
      "generation": 2,
      "assignment": {
        "billing/1": ["orders-0"]
      },
      "rebalances": [
        {
          "start_s": 0.000000000,
          "end_s": 3.000000000,
          "reason": "join",
          "generation": 1,
          "members": 2,
          "pauses": []
        },
        {
          "start_s": 20.000000000,
          "end_s": 21.000000000,
          "reason": "expired",
          "generation": 2,
          "members": 1,
          "pauses": [
            {"partition": "orders-0", "start_s": 18.000000000, "end_s": 21.000000000}
          ]
        }
      ]
    }
  },
  "partitions": {
    "orders-0": {
      "leader": 2,
      "leader_epoch": 1,
      "isr": [2, 3],
      "elr": [1],
      "log_start": 0,
      "high_watermark": 55996,
      "log_end": 55996,
      "replicas": {
        "1": {"log_start": 0, "high_watermark": null, "log_end": 16007, "epochs": [[0, 0]]},
        "2": {"log_start": 0, "high_watermark": 55996, "log_end": 55996, "epochs": [[0, 0], [1, 16007]]}
      },
      "elections": {"clean": 1, "unclean": 0},
      "isr_shrinks": 1,
      "isr_expands": 0,
      "unavailable_s": 8.600000000,
      "windows": [
        {"start_s": 10.000000000, "end_s": 18.600000000}
      ],
      "under_replicated_s": 0.000000000,
      "under_min_isr_s": 0.000000000,
      "offline_s": 8.400000000
    }
  },
  "anomalies": [
    {"id": "lost-write", "count": 4004, "first": "checkout#16007"}
  ],
  "pending": [
    "broker 1 is down"
  ],
  "events": 123456,
  "simulated_s": 41.000000000
}
)");
}

TEST_CASE("several results are an array", "[report]") {
  const std::string two = result_document({sample_result(), sample_result()});
  CHECK(two.substr(0, 8) == "[\n  {\n  ");
  CHECK(two.substr(two.size() - 7) == "\n  }\n]\n");
}

TEST_CASE("a rebalance that never ended has no end in the document", "[report]") {
  Result result = sample_result();
  result.groups.front().second.rebalances.back().span.end = kNever;
  CHECK(result_document({result}).find("\"end_s\": null") != std::string::npos);
}

TEST_CASE("the total adds up", "[report]") {
  RecordFigures total;
  total.add(sample_result().total);
  total.add(sample_result().total);
  CHECK(total.lost == 8008);
  CHECK(total.errors.at("NETWORK_EXCEPTION") == 10);
  CHECK(total.gap == 8600ms);
}

}  // namespace kafkasim::sim
