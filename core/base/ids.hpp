// A type for each kind of number: an offset is not a count, an epoch is not a broker.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <functional>

#include "core/base/fields.hpp"

namespace kafkasim {

/// A number that is only a name: no arithmetic, no implicit conversion.
template <class Tag, class Rep>
class Id {
 public:
  using rep = Rep;
  constexpr Id() = default;  // -1: none / unknown, as in Kafka's protocol
  constexpr explicit Id(Rep value) : value_{value} {}
  constexpr Rep value() const { return value_; }
  constexpr bool known() const { return value_ >= 0; }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  Rep value_ = Rep{-1};
};

/// Broker, controller or client node as Kafka numbers it (brokers 1.., controllers 101..).
using BrokerId = Id<struct BrokerIdTag, std::int32_t>;
/// A topic; names are in the Catalogue.
using TopicId = Id<struct TopicIdTag, std::int32_t>;
/// Bumped whenever the leader field of a partition is written (R3.31).
using LeaderEpoch = Id<struct LeaderEpochTag, std::int32_t>;
/// Bumped with every change of a partition's state (R3.31).
using PartitionEpoch = Id<struct PartitionEpochTag, std::int32_t>;
/// Offset of the RegisterBroker record (R3.11).
using BrokerEpoch = Id<struct BrokerEpochTag, std::int64_t>;
using ProducerId = Id<struct ProducerIdTag, std::int64_t>;
using ProducerEpoch = Id<struct ProducerEpochTag, std::int16_t>;
/// Classic group generation (R5.10).
using Generation = Id<struct GenerationTag, std::int32_t>;
/// A consumer group; names are in the Catalogue.
using GroupId = Id<struct GroupIdTag, std::int32_t>;

/// A position in a partition's log. Offsets differ by counts; two offsets are never added.
class Offset {
 public:
  constexpr Offset() = default;  // -1: unknown
  constexpr explicit Offset(std::int64_t value) : value_{value} {}
  constexpr std::int64_t value() const { return value_; }
  constexpr bool known() const { return value_ >= 0; }
  friend constexpr auto operator<=>(Offset, Offset) = default;
  friend constexpr Offset operator+(Offset at, std::int64_t count) { return Offset{at.value_ + count}; }
  friend constexpr Offset operator-(Offset at, std::int64_t count) { return Offset{at.value_ - count}; }
  friend constexpr std::int64_t operator-(Offset end, Offset begin) { return end.value_ - begin.value_; }

 private:
  std::int64_t value_ = -1;
};

struct TopicPartition {
  TopicId topic;
  std::int32_t partition = -1;
  FIELDS(topic, partition)
  /// Both parts in one comparison, as this is what most look-ups are made of.
  friend constexpr bool operator==(const TopicPartition& a, const TopicPartition& b) { return a.bits() == b.bits(); }
  /// By topic, then by number.
  friend constexpr auto operator<=>(const TopicPartition& a, const TopicPartition& b) { return a.rank() <=> b.rank(); }

 private:
  constexpr std::uint64_t bits() const { return std::bit_cast<std::uint64_t>(*this); }
  constexpr std::int64_t rank() const { return std::int64_t{topic.value()} * (std::int64_t{1} << 32) + partition; }
};

}  // namespace kafkasim
