// What a fetcher thread does with answers (R2.5-R2.7, R2.36).
#include <algorithm>
#include <utility>

#include "core/base/invariant.hpp"
#include "core/broker/fetcher_thread.hpp"

namespace kafkasim::core {

void FetcherThread::on_fetch_response(FetchResponse&& response, FetcherTurn& in) {
  const std::vector<FetchRequest::Partition> requested = std::exchange(requested_, {});
  std::vector<TopicPartition> to_the_end;
  auto asked = requested.begin();
  for (const FetchResponse::Partition& answer : response.partitions) {
    const TopicPartition tp = answer.partition;
    asked = std::find_if(asked, requested.end(), [tp](const auto& part) { return part.partition == tp; });
    INVARIANT(asked != requested.end(), "a leader answers in the order of the request");
    if (!has(tp)) continue;  // R2.6
    const FollowerStep step = in.replicas.follow(answer, *asked, in.turn);
    if (step.appended_bytes > 0) to_the_end.push_back(tp);
    settle(tp, step, *asked, in.turn);
  }
  for (const TopicPartition tp : to_the_end) {
    const auto at = std::find(partitions_.begin(), partitions_.end(), tp);
    INVARIANT(at != partitions_.end(), "what brought data is still copied");
    std::rotate(at, at + 1, partitions_.end());
  }
  if (out_of_range_.empty()) {
    run(in);
  } else {
    ask_offsets(in);
  }
}

void FetcherThread::settle(TopicPartition tp, const FollowerStep& step, const FetchRequest::Partition& requested,
                           Turn& turn) {
  switch (step.outcome) {
    case FollowerStep::Outcome::ignored:
    case FollowerStep::Outcome::appended:
    case FollowerStep::Outcome::truncated:
      return;
    case FollowerStep::Outcome::out_of_range:
      out_of_range_.push_back(requested);
      return;
    case FollowerStep::Outcome::back_off:
      delay(tp, turn);
      return;
    case FollowerStep::Outcome::failed:
      remove(tp);
      return;
  }
}

void FetcherThread::ask_offsets(FetcherTurn& in) {
  ListOffsetsRequest request;
  request.replica_id = self_;
  for (const FetchRequest::Partition& part : out_of_range_) {
    request.partitions.push_back({part.partition, part.current_leader_epoch, OffsetSpec::earliest});
    request.partitions.push_back({part.partition, part.current_leader_epoch, OffsetSpec::latest});
  }
  state_ = State::asking_offsets;
  client_.send(leader_, std::move(request), config_.replica_socket_timeout, 0, in.turn);
  arm(in.turn);
}

void FetcherThread::on_offsets_response(const ListOffsetsResponse& response, FetcherTurn& in) {
  const std::vector<FetchRequest::Partition> asked = std::exchange(out_of_range_, {});
  INVARIANT(response.partitions.size() == 2 * asked.size(), "a leader answers for every partition asked for");
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const TopicPartition tp = asked[i].partition;
    const auto& earliest = response.partitions[2 * i];
    const auto& latest = response.partitions[2 * i + 1];
    if (!has(tp)) continue;
    if (earliest.error != ErrorCode::NONE || latest.error != ErrorCode::NONE) {
      delay(tp, in.turn);
      continue;
    }
    const FollowerStep step =
        in.replicas.follow_leader_offsets(tp, earliest.offset, latest.offset, asked[i].current_leader_epoch, in.turn);
    settle(tp, step, asked[i], in.turn);
  }
  run(in);
}

}  // namespace kafkasim::core
