// Other event kernels behind the interface of sim::Scheduler, so that PHOLD executes the same events on each.
#pragma once

#include "core/base/time.hpp"
#include "sim/kernel/event.hpp"
#include "sim/kernel/fingerprint.hpp"

#ifdef KAFKASIM_NS3
#include <ns3/event-impl.h>
#include <ns3/priority-queue-scheduler.h>
#endif

namespace kafkasim::bench {

/// What every kernel of PHOLD does besides ordering: clock, event number, fingerprint.
class Bookkeeping {
 public:
  Instant now() const { return now_; }
  const sim::Fingerprint& fingerprint() const { return fingerprint_; }

 protected:
  void executing(const sim::Event& event) {
    now_ = event.at;
    ++executed_;
    fingerprint_.absorb(executed_, static_cast<std::uint64_t>(nanoseconds(event.at)),
                        std::uint64_t{event.target} << 48 | std::uint64_t{event.kind} << 32 | event.payload,
                        event.cause);
  }

  Instant now_ = kStart;
  std::uint64_t executed_ = 0;
  sim::Fingerprint fingerprint_;
};

/// The kernel's duties over any queue: what sim::Scheduler does, less timers.
template <class Queue>
class PlainScheduler : public Bookkeeping {
 public:
  void schedule(Instant at, std::uint16_t target, std::uint16_t kind, std::uint32_t payload) {
    queue_.push({at, target, kind, payload, executed_});
  }
  bool next(sim::Event& event) {
    if (queue_.empty()) return false;
    event = queue_.front();
    queue_.pop();
    executing(event);
    return true;
  }

 private:
  Queue queue_;
};

#ifdef KAFKASIM_NS3
/// ns-3's best scheduler and its events, as DefaultSimulatorImpl drives them.
class Ns3Kernel : public Bookkeeping {
 public:
  Ns3Kernel() : queue_{ns3::CreateObject<ns3::PriorityQueueScheduler>()} {}
  ~Ns3Kernel() {
    while (!queue_->IsEmpty()) queue_->RemoveNext().impl->Unref();
  }
  Ns3Kernel(const Ns3Kernel&) = delete;
  Ns3Kernel& operator=(const Ns3Kernel&) = delete;

  void schedule(Instant at, std::uint16_t target, std::uint16_t kind, std::uint32_t payload) {
    ns3::Scheduler::Event event;
    event.impl = new Call{*this, {at, target, kind, payload, executed_}};
    event.key = {static_cast<std::uint64_t>(nanoseconds(at)), uid_++, target};
    queue_->Insert(event);
  }
  bool next(sim::Event& event) {
    if (queue_->IsEmpty()) return false;
    const ns3::Scheduler::Event first = queue_->RemoveNext();
    first.impl->Invoke();
    first.impl->Unref();
    event = called_;
    executing(event);
    return true;
  }

 private:
  struct Call : ns3::EventImpl {
    Call(Ns3Kernel& kernel, const sim::Event& what) : of{kernel}, event{what} {}
    void Notify() override { of.called_ = event; }
    Ns3Kernel& of;
    sim::Event event;
  };

  ns3::Ptr<ns3::PriorityQueueScheduler> queue_;
  std::uint32_t uid_ = 4;  // the first ones are reserved there
  sim::Event called_{};
};
#endif

}  // namespace kafkasim::bench
