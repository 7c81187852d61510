// A TCP connection as its two hosts see it.
#pragma once

#include <boost/container/deque.hpp>
#include <cstdint>
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
  std::int64_t bytes = 60;     // a bare TCP segment
  std::uint32_t sequence = 0;  // position in its lane, from 1; 0: a reset, which keeps no order
  std::int32_t missing = -1;   // segments that must be sent again; 0: all have arrived; -1: none has been looked at
  bool admitted = false;       // through the receiver's link
  bool released = false;       // was held back; now nothing stops it
  std::variant<std::monostate, Request, Response> body{};
  // Of a request, for the judge: when it came to the server's machine, and when an io thread took it.
  Instant arrived = kNever, began = kNever;

  friend bool operator==(const Envelope&, const Envelope&) = default;
  FIELDS(kind, to_server, connection, correlation, bytes, sequence, missing, admitted, released, arrived, began)
};

/// One direction of a connection: bytes leave one after the other and arrive in order.
struct Lane {
  std::uint32_t written = 0;             // envelopes so far
  std::uint32_t received = 0;            // of them, in order
  Instant last_arrival{};                // nothing overtakes
  std::vector<std::uint32_t> lost{};     // envelopes that wait for a retransmission, oldest first
  std::vector<std::uint32_t> waiting{};  // envelopes that are there, behind one that is not, oldest first
  std::uint8_t attempts = 0;             // retransmissions of the oldest lost one so far
  bool abandoned = false;                // the sender gave up: nothing more is received

  friend bool operator==(const Lane&, const Lane&) = default;
  FIELDS(written, received, last_arrival, lost, waiting, attempts, abandoned)
};

struct Connection {
  HostIndex client = 0;
  HostIndex server = 0;
  std::uint16_t client_generation = 0;
  std::uint16_t server_generation = 0;
  ChannelId channel = 0;
  bool client_open = true;   // the client's end exists
  bool server_open = false;  // the server's end exists
  bool established = false;  // the client's machine has seen the SYN-ACK
  bool severed = false;      // reset by a `drop`: whatever else is on it vanishes
  Lane to_server;
  Lane to_client;

  // The server's side of it: one request at a time (R6.2).
  boost::container::deque<std::uint32_t> unread{};  // request envelopes in the socket buffer
  bool muted = false;                               // a request is being worked on
  Instant readable_from{};                          // the network thread is done with the last response
  std::uint16_t network_thread = 0;
  // The client's side: responses handled one after the other, in the order of their requests.
  Instant handled_until{};
  std::vector<Correlation> overtaken{};  // requests whose answer a `hold` delays, ascending
  std::vector<std::uint32_t> parked{};   // responses to later requests, in order

  friend bool operator==(const Connection&, const Connection&) = default;
  FIELDS(client, server, client_generation, server_generation, channel, client_open, server_open, established, severed,
         to_server, to_client, unread, muted, readable_from, network_thread, handled_until, overtaken, parked)
};

}  // namespace kafkasim::sim
