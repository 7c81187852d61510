// What the world calls on the applications above clients; hosts without one are left alone.
#pragma once

#include "sim/world.hpp"

namespace kafkasim::sim {

/// Records due by now are handed over. Called before anything else happens to a producer's process, so that a producer
/// is woken once a batch, not once a record, with the same outcome.
void catch_up(World& world, Host& host);
/// After anything happened to a producer's process: when the next record matters may have changed.
void after_step(World& world, Host& host);
/// An event_kind::application of that host.
void on_application(World& world, Host& host, std::uint32_t payload);

void on_process_started(World& world, Host& host);
void on_process_ended(World& world, Host& host);
/// A client is about to close.
void on_shutdown_begun(World& world, Host& host);

void on_send_unblocked(World& world, Host& host);
void on_producer_note(World& world, Host& host, const Note& note);
void on_poll_returned(World& world, Host& host, PollReturned&& polled);
void on_call_returned(World& world, Host& host, const CallReturned& returned);
void on_thawed(World& world, Host& host);

// --- the timeline's hands on applications ---------------------------------------------------------------------------

ProducerDriver* producer_driver(World& world, HostIndex host);
ConsumerDriver* consumer_driver(World& world, HostIndex host);
/// Traffic ends (duration over): nothing more is handed over.
void stop_traffic(World& world);
void set_rate(World& world, ProducerDriver& driver, const RateSpec& rate);
/// `send`: new records, answered one by one to `entry`.
void send_records(World& world, ProducerDriver& driver, const SendSpec& send, std::size_t entry);
/// How many records that is.
std::int64_t records_of(const SendSpec& send);
/// Every record that is to be sent again was sent before.
bool has_sent(const ProducerDriver& driver, const SendSpec& send);
/// `flush`: answered to `entry`.
void flush_records(World& world, ProducerDriver& driver, std::size_t entry);
void on_flushed(World& world, Host& host, std::size_t entry);
/// poll, commit, seek: when the member's current step is over; answered to `entry`.
void call_member(World& world, ConsumerDriver& driver, std::size_t entry);
void set_process(ConsumerDriver& driver, const Distribution& process);
/// One processing step of that length between two polls.
void sleep_between_polls(World& world, ConsumerDriver& driver, Duration span);
/// `leave`: closes the member once its current step ends.
void leave_group(World& world, Host& host);

}  // namespace kafkasim::sim
