// A TCP connection as its two hosts see it.
#pragma once

#include <cstdint>
#include <deque>
#include <variant>
#include <vector>

#include "core/base/fields.hpp"
#include "core/protocol/effects.hpp"
#include "sim/net/topology.hpp"

namespace kafkasim::sim {

using ConnectionId = std::uint32_t;  // from 1; never used twice in a run

/// What travels on a connection.
struct Envelope {
  enum class Kind : std::uint8_t { syn, syn_ack, refuse, request, response, fin, reset };
  Kind kind = Kind::request;
  bool to_server = true;
  ConnectionId connection = 0;
  Correlation correlation = 0;
  std::int64_t bytes = 60;  // a bare TCP segment
  std::variant<std::monostate, Request, Response> body{};

  friend bool operator==(const Envelope&, const Envelope&) = default;
  FIELDS(kind, to_server, connection, correlation, bytes)
};

/// One direction of a connection: bytes leave one after the other and arrive in order.
struct Lane {
  Instant sent_until{};              // the link is busy with what was written before
  Instant last_arrival{};            // nothing overtakes
  std::vector<std::uint32_t> lost{}; // envelopes waiting for a retransmission, oldest first
  std::uint8_t attempts = 0;         // retransmissions of the oldest so far

  friend bool operator==(const Lane&, const Lane&) = default;
  FIELDS(sent_until, last_arrival, lost, attempts)
};

struct Connection {
  HostIndex client = 0;
  HostIndex server = 0;
  std::uint16_t client_generation = 0;
  std::uint16_t server_generation = 0;
  ChannelId channel = 0;
  bool client_open = true;    // the client's end exists
  bool server_open = false;   // the server's end exists
  Lane to_server;
  Lane to_client;

  // The server's side of it: one request at a time (R6.2).
  std::deque<std::uint32_t> unread{};  // request envelopes in the socket buffer
  bool muted = false;                  // a request is being worked on
  Instant readable_from{};             // the network thread is done with the last response
  std::uint16_t network_thread = 0;
  // The client's side: responses handled one after the other.
  Instant handled_until{};

  friend bool operator==(const Connection&, const Connection&) = default;
  FIELDS(client, server, client_generation, server_generation, channel, client_open, server_open, to_server, to_client,
         unread, muted, readable_from, network_thread, handled_until)
};

}  // namespace kafkasim::sim
