// One list of members per state struct serves hashing, printing and comparing (design: the simulation is a value).
#pragma once

#define KAFKASIM_PARENS ()
#define KAFKASIM_EXPAND(...) KAFKASIM_EXPAND3(KAFKASIM_EXPAND3(KAFKASIM_EXPAND3(__VA_ARGS__)))
#define KAFKASIM_EXPAND3(...) KAFKASIM_EXPAND2(KAFKASIM_EXPAND2(KAFKASIM_EXPAND2(__VA_ARGS__)))
#define KAFKASIM_EXPAND2(...) KAFKASIM_EXPAND1(KAFKASIM_EXPAND1(KAFKASIM_EXPAND1(__VA_ARGS__)))
#define KAFKASIM_EXPAND1(...) __VA_ARGS__
#define KAFKASIM_EACH(member, ...) \
  visit(#member, member);          \
  __VA_OPT__(KAFKASIM_AGAIN KAFKASIM_PARENS(__VA_ARGS__))
#define KAFKASIM_AGAIN() KAFKASIM_EACH

/// `FIELDS(a, b, c)` inside a struct: every member that is state, in order. Nothing that is state may be left out:
/// what is not listed is neither hashed nor printed. Equality comes from `friend bool operator==(..) = default`.
#define FIELDS(...)                             \
  template <class Visitor>                      \
  void each_field(Visitor&& visit) const {      \
    KAFKASIM_EXPAND(KAFKASIM_EACH(__VA_ARGS__)) \
  }
