#include "tests/core/broker/cluster.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace kafkasim::core::test {

namespace {

std::string seconds(Instant at) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", static_cast<double>(nanoseconds(at)) / 1e9);
  return text;
}

}  // namespace

Cluster::Cluster(std::int32_t brokers, const TopicConfig& orders, const BrokerConfig& config, std::size_t dirs)
    : config_{config} {
  auto names = std::make_shared<Catalogue>();
  names->topics = {"orders", "__consumer_offsets"};
  names->groups = {"billing", "audit"};
  names->offsets_topic = TopicId{1};
  catalogue = names;
  config_.offsets_topic_num_partitions = 1;
  PartitionRegistration registration;
  registration.leader = BrokerId{1};
  for (std::int32_t id = 1; id <= brokers; ++id) {
    registration.replicas.push_back(BrokerId{id});
    controller_.append(RegisterBrokerRecord{BrokerId{id}, {BrokerEpoch{id}, 7, "", false, false}});
  }
  registration.isr = registration.replicas;
  controller_.append(TopicRecord{TopicId{0}, orders});
  controller_.append(TopicRecord{TopicId{1}, TopicConfig{}});
  controller_.append(PartitionRecord{{TopicId{0}, 0}, registration});
  controller_.append(PartitionRecord{{TopicId{1}, 0}, registration});
  controller_.base = controller_.image.end;
  controller_.log.clear();
  for (std::int32_t id = 1; id <= brokers; ++id) {
    LogDir disk;
    disk.metadata = controller_.image;
    disk.dirs.resize(dirs);
    for (const TopicId topic : {TopicId{0}, TopicId{1}})
      disk.replicas[{topic, 0}].dir = static_cast<std::int32_t>(dirs) - 1;
    brokers_.emplace(BrokerId{id}, Broker{BrokerId{id}, config_, catalogue, kController, disk, 7, "", true});
  }
}

void Cluster::start() {
  std::vector<BrokerId> ids;
  for (const auto& [id, broker] : brokers_) ids.push_back(id);
  for (const BrokerId id : ids) call(id, [](Broker& b, Turn& turn) { b.on_start(turn); });
}

void Cluster::at(Instant when, BrokerId target, Step step) {
  events_.emplace(std::pair{when, sequence_++}, std::pair{target, std::move(step)});
}

void Cluster::run_until(Instant until) {
  while (!events_.empty() && events_.begin()->first.first <= until) {
    auto node = events_.extract(events_.begin());
    now_ = std::max(now_, node.key().first);
    auto& [target, step] = node.mapped();
    if (frozen_.contains(target)) {
      held_[target].push_back(std::move(step));
    } else {
      step();
    }
  }
  now_ = until;
}

void Cluster::thaw(std::int32_t id) {
  frozen_.erase(BrokerId{id});
  for (Step& step : std::exchange(held_[BrokerId{id}], {})) at(now_, BrokerId{id}, std::move(step));
}

void Cluster::call(BrokerId id, const std::function<void(Broker&, Turn&)>& step) {
  const auto found = brokers_.find(id);
  if (found == brokers_.end()) return;
  Outbox out;
  Turn turn{now_, now_, choices_, out};
  step(found->second, turn);
  perform(id, std::move(out.effects()));
}

void Cluster::perform(BrokerId id, std::vector<Effect>&& effects) {
  for (Effect& effect : effects) {
    if (auto* note = std::get_if<Note>(&effect)) notes[id].push_back({now_, std::move(*note)});
    if (const auto* opened = std::get_if<OpenChannel>(&effect)) open(id, *opened);
    if (auto* sent = std::get_if<SendRequest>(&effect)) request(id, std::move(*sent));
    if (auto* reply = std::get_if<SendReply>(&effect)) respond(reply->to, std::move(reply->response));
    if (const auto* none = std::get_if<NoReply>(&effect))
      replies_[clients_.at(none->to.connection)] = Reply{now_, {}, false};
    if (const auto* drop = std::get_if<DropConnection>(&effect)) close(drop->of.connection, id);
    if (const auto* gone = std::get_if<CloseChannel>(&effect)) close(channels_.at({id, gone->channel}), id);
    if (const auto* timer = std::get_if<SetTimer>(&effect)) {
      const auto key = std::pair{id, timer->key};
      timers_[key] = timer->at;
      if (timer->at == kNever) continue;
      at(std::max(timer->at, now_), id, [this, key, when = timer->at] {
        if (timers_[key] != when) return;
        timers_.erase(key);
        call(key.first, [&](Broker& b, Turn& turn) { b.on_timer(key.second, turn); });
      });
    }
    if (std::holds_alternative<Terminate>(effect) || std::holds_alternative<Halt>(effect)) crash(id.value());
  }
}

void Cluster::open(BrokerId id, const OpenChannel& effect) {
  const std::uint32_t connection = next_connection_++;
  links_[connection] = {id, effect.channel, effect.peer, true, false};
  channels_[{id, effect.channel}] = connection;
  at(now_ + kHop, id, [this, connection, id] {
    Link& link = links_.at(connection);
    if (!link.open) return;
    const bool up =
        link.peer == kController || (brokers_.contains(link.peer) && brokers_.at(link.peer).accepts_brokers());
    link.open = up;
    const ChannelId channel = link.channel;
    call(id,
         [&](Broker& b, Turn& turn) { up ? b.on_connected(channel, turn) : b.on_disconnected(channel, true, turn); });
  });
}

void Cluster::request(BrokerId id, SendRequest&& effect) {
  const std::uint32_t connection = channels_.at({id, effect.channel});
  const NodeId peer = links_.at(connection).peer;
  if (peer == kController) {
    if (!std::holds_alternative<MetadataFetchRequest>(effect.request)) {
      to_controller.push_back(seconds(now_) + " " + std::to_string(id.value()) + " " +
                              std::string{api_name(effect.request)});
    }
  } else if (std::holds_alternative<FetchRequest>(effect.request)) {
    fetches.push_back(seconds(now_) + " " + std::to_string(id.value()) + "->" + std::to_string(peer.value()));
  }
  at(now_ + kHop, peer,
     [this, connection, correlation = effect.correlation, asked = std::move(effect.request)]() mutable {
       to_peer(connection, correlation, std::move(asked));
     });
}

void Cluster::to_peer(std::uint32_t connection, Correlation correlation, Request&& request) {
  const Link& link = links_.at(connection);
  if (!link.open) return;
  const RequestToken token{connection, correlation};
  if (link.peer == kController) return controller_request(token, request);
  call(link.peer, [&](Broker& b, Turn& turn) { b.on_request(token, std::move(request), turn); });
}

void Cluster::respond(RequestToken to, Response response) {
  const Link link = links_.at(to.connection);
  if (!link.open) {
    if (!link.opener.known()) ++replies_to_nobody;
    return;
  }
  if (!link.opener.known()) {
    replies_[clients_.at(to.connection)] = Reply{now_, std::move(response), false};
    return;
  }
  at(now_ + kHop, link.opener, [this, to, answer = std::move(response)]() mutable {
    const Link& back = links_.at(to.connection);
    if (!back.open) return;
    call(back.opener,
         [&](Broker& b, Turn& turn) { b.on_response(back.channel, to.correlation, std::move(answer), turn); });
  });
}

void Cluster::close(std::uint32_t connection, BrokerId by) {
  Link& link = links_.at(connection);
  if (link.opener == by) link.forgotten = true;
  if (!std::exchange(link.open, false)) return;
  if (!link.opener.known()) {
    replies_[clients_.at(connection)] = Reply{now_, {}, true};
  } else if (link.opener == by) {
    const BrokerId peer = link.peer;
    call(peer, [&](Broker& b, Turn& turn) { b.on_connection_closed(connection, turn); });
  } else {
    at(now_ + kHop, link.opener, [this, connection] {
      const Link& lost = links_.at(connection);
      if (lost.forgotten) return;
      call(lost.opener, [&](Broker& b, Turn& turn) { b.on_disconnected(lost.channel, false, turn); });
    });
  }
}

void Cluster::crash(std::int32_t id) {
  const BrokerId dead{id};
  for (const auto& [connection, link] : std::map{links_}) {
    if (link.open && (link.opener == dead || link.peer == dead)) close(connection, dead);
  }
  const auto found = brokers_.find(dead);
  disks[dead] = std::move(found->second).take_disk();
  brokers_.erase(found);
  std::erase_if(timers_, [&](const auto& timer) { return timer.first.first == dead; });
  held_.erase(dead);
  frozen_.erase(dead);
}

void Cluster::restart(std::int32_t id) {
  const BrokerId up{id};
  brokers_.emplace(up, Broker{up, config_, catalogue, kController, std::move(disks.at(up)), 8, "", false});
  call(up, [](Broker& b, Turn& turn) { b.on_start(turn); });
}

void Cluster::sigterm(std::int32_t id) {
  call(BrokerId{id}, [](Broker& b, Turn& turn) { b.on_shutdown(turn); });
}

void Cluster::hang_up_controller() {
  for (const auto& [connection, link] : std::map{links_})
    if (link.open && link.peer == kController) close(connection, BrokerId{kController.value()});
}

int Cluster::send(std::int32_t broker, Request request) {
  const std::uint32_t connection = next_connection_++;
  links_[connection] = {BrokerId{}, 0, BrokerId{broker}, true, false};
  clients_[connection] = next_client_;
  at(now_, BrokerId{broker},
     [this, connection, asked = std::move(request)]() mutable { to_peer(connection, 0, std::move(asked)); });
  run_until(now_);
  return next_client_++;
}

void Cluster::close_clients() {
  for (auto& [connection, link] : links_) {
    if (link.opener.known() || !std::exchange(link.open, false)) continue;
    call(link.peer, [number = connection](Broker& b, Turn& turn) { b.on_connection_closed(number, turn); });
  }
}

std::optional<Reply> Cluster::reply(int number) const {
  const auto found = replies_.find(number);
  return found == replies_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace kafkasim::core::test
