// Kinds of events in the queue: what target and payload mean for each.
#pragma once

#include <cstdint>

namespace kafkasim::sim::event_kind {

// target: host index, unless said otherwise.
inline constexpr std::uint16_t packet = 1;      // payload: envelope handle; target unused
inline constexpr std::uint16_t retransmit = 2;  // payload: connection; target: 1 = towards the server
inline constexpr std::uint16_t read = 3;        // payload: connection; the network thread may read its next request
inline constexpr std::uint16_t served = 4;    // payload: envelope handle; an io thread is done: the process handles it
inline constexpr std::uint16_t handled = 5;   // payload: envelope handle; a response is handled by its process
inline constexpr std::uint16_t timer = 6;     // payload: generation << 16 | timer slot
inline constexpr std::uint16_t teardown = 7;  // payload: generation that died; its sockets are reset
inline constexpr std::uint16_t started = 8;   // payload: generation; the start-up time is over
inline constexpr std::uint16_t stopped = 9;   // payload: generation; the process of a clean stop is gone
inline constexpr std::uint16_t application = 10;  // payload: generation << 16 | what (a driver's own)
inline constexpr std::uint16_t writeback = 11;    // the operating system's flusher looks for old dirty pages
inline constexpr std::uint16_t entry = 12;        // payload: timeline entry; target: what is to be done with it
inline constexpr std::uint16_t end =
    13;  // target 0: the duration is over; 1: look whether all has settled; 2: the bound

inline constexpr std::uint16_t stop_client = 14;  // payload: generation; `stop:` of a consumer: it closes

inline constexpr std::uint16_t count = 15;

}  // namespace kafkasim::sim::event_kind
