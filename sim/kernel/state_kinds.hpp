// What a value is made of: the cases that hashing and printing of state tell apart.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace kafkasim::sim {

namespace state {

struct AnyVisitor {
  void operator()(std::string_view, const auto&) {}
};

/// A struct with FIELDS, or one that offers each_field by hand.
template <class T>
concept Fielded = requires(const T& value) {
  value.each_field(AnyVisitor{});
};

template <class T>
concept Word = std::integral<T> || std::is_enum_v<T>;

template <class T>
concept Span = requires(const T& value) {
  typename T::rep;
  { value.count() } -> std::integral;
};

template <class T>
concept TimePoint = requires(const T& value) {
  { value.time_since_epoch() } -> Span;
};

template <class T>
concept Text = std::convertible_to<const T&, std::string_view>;

template <class T>
concept Pointer = requires(const T& value) {
  typename T::element_type;
  *value;
  { value == nullptr } -> std::convertible_to<bool>;
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;

/// Offsets, ids: one number under a name.
template <class T>
concept Named = !is_optional<T> && requires(const T& value) {
  { value.value() } -> Word;
};

template <class T>
concept Range = requires(const T& value) {
  value.begin();
  value.end();
  { value.size() } -> std::convertible_to<std::size_t>;
};

/// Ranges whose order is not part of their value have no place in state.
template <class T>
concept Unordered = Range<T> && requires {
  typename T::hasher;
};

template <class T>
concept Map = Range<T> && requires {
  typename T::key_type;
  typename T::mapped_type;
};

template <class T>
concept TupleLike = !Range<T> && requires {
  std::tuple_size<T>::value;
};

template <class T>
inline constexpr bool unknown_kind = false;

}  // namespace state

}  // namespace kafkasim::sim
