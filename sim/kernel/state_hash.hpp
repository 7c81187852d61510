// The 128-bit hash of a state, from its FIELDS: "have we been here?".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/kernel/fingerprint.hpp"
#include "sim/kernel/state_kinds.hpp"

namespace kafkasim::sim {

/// Folds a value into `into`, by content: members in order, containers with their sizes, pointers by what they point
/// to. Equal values absorb equal words; floating point and unordered containers do not compile.
template <class T>
void absorb_state(Fingerprint& into, const T& value) {
  static_assert(!std::is_floating_point_v<T>, "no floating point in state");
  static_assert(!state::Unordered<T>, "no unordered containers in state");
  if constexpr (state::Fielded<T>) {
    value.each_field([&into](std::string_view, const auto& member) { absorb_state(into, member); });
  } else if constexpr (state::Word<T>) {
    into.absorb(static_cast<std::uint64_t>(value));
  } else if constexpr (state::Named<T>) {
    into.absorb(static_cast<std::uint64_t>(value.value()));
  } else if constexpr (state::Span<T>) {
    into.absorb(static_cast<std::uint64_t>(value.count()));
  } else if constexpr (state::TimePoint<T>) {
    into.absorb(static_cast<std::uint64_t>(value.time_since_epoch().count()));
  } else if constexpr (state::Text<T>) {
    into.absorb(std::string_view{value});
  } else if constexpr (state::is_optional<T>) {
    into.absorb(std::uint64_t{value.has_value()});
    if (value.has_value()) absorb_state(into, *value);
  } else if constexpr (state::Pointer<T>) {
    into.absorb(std::uint64_t{value != nullptr});
    if (value != nullptr) absorb_state(into, *value);
  } else if constexpr (state::is_variant<T>) {
    into.absorb(std::uint64_t{value.index()});
    std::visit([&into](const auto& held) { absorb_state(into, held); }, value);
  } else if constexpr (state::TupleLike<T>) {
    std::apply([&into](const auto&... member) { (absorb_state(into, member), ...); }, value);
  } else if constexpr (state::Range<T>) {
    into.absorb(std::uint64_t{value.size()});
    for (const auto& element : value) {
      if constexpr (std::is_same_v<T, std::vector<bool>>)
        absorb_state(into, static_cast<bool>(element));
      else
        absorb_state(into, element);
    }
  } else if constexpr (!std::is_same_v<T, std::monostate>) {
    static_assert(state::unknown_kind<T>, "give the struct FIELDS(...)");
  }
}

template <class T>
Fingerprint hash_state(const T& value) {
  Fingerprint hash;
  absorb_state(hash, value);
  return hash;
}

}  // namespace kafkasim::sim
