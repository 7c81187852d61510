#include "sim/host/costs.hpp"

namespace kafkasim::sim {
namespace {

Duration draw(const Distribution& distribution, Choices& choices) {
  if (distribution.is_constant()) return distribution.draw_duration(0);
  return distribution.draw_duration(choices.below(Choice::service_time, ~std::uint64_t{0}));
}

std::int64_t batches_in(const Response& response) {
  std::int64_t count = 0;
  if (const auto* fetch = std::get_if<FetchResponse>(&response))
    for (const auto& part : fetch->partitions) count += static_cast<std::int64_t>(part.records.size());
  return count;
}

}  // namespace

Duration HostCosts::serve(const Request& message, Choices& choices) const {
  Duration cost = draw(request, choices);
  if (const auto* produce = std::get_if<ProduceRequest>(&message))
    for (std::size_t i = 0; i < produce->partitions.size(); ++i) cost += draw(append, choices);
  return cost + Duration{wire_size(message) * 1'000'000'000 / copy_bytes_per_second};
}

Duration HostCosts::handle(const Response& response, Choices& choices) const {
  if (const auto* metadata = std::get_if<MetadataFetchResponse>(&response))
    return metadata->records.empty() ? Duration{} : draw(publish, choices);
  Duration cost{};
  for (std::int64_t i = batches_in(response); i > 0; --i) cost += draw(append, choices);
  return cost + Duration{wire_size(response) * 1'000'000'000 / copy_bytes_per_second};
}

}  // namespace kafkasim::sim
