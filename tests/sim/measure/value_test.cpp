// Values: the language's == and <, texts, and values over time.
#include "sim/measure/value.hpp"
#include "sim/measure/series.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim::value_test {
namespace {

Value number(std::int64_t value) { return Value::integer(value); }

bool comparable(const Value& left, const Value& right) {
  bool yes = false;
  less(left, right, yes);
  return yes;
}

bool below(const Value& left, const Value& right) {
  bool yes = false;
  return less(left, right, yes);
}

}  // namespace

TEST_CASE("the language's equality", "[measure][value]") {
  const Value ascending = Value::list({number(1), number(2)});
  const Value descending = Value::list({number(2), number(1)});
  const Value set = Value::set({number(2), number(1), number(2)});
  CHECK(set.items.size() == 2);
  CHECK(equal(set, ascending));
  CHECK(equal(descending, set));
  CHECK(equal(set, Value::set({number(1), number(2)})));
  CHECK_FALSE(equal(ascending, descending));
  CHECK_FALSE(equal(set, Value::list({number(1)})));
  CHECK_FALSE(equal(set, Value::list({number(1), number(1)})));
  CHECK_FALSE(equal(set, Value::list({number(1), number(2), number(3)})));

  CHECK(equal(Value::list({number(5), Value::anything()}), Value::list({number(5), Value::none()})));
  CHECK(equal(set, Value::list({Value::anything(), number(2)})));
  CHECK_FALSE(equal(set, Value::list({Value::anything(), number(3)})));
  CHECK(equal(Value::list({set, number(3)}), Value::list({descending, number(3)})));

  CHECK(equal(Value::none(), Value::none()));
  CHECK_FALSE(equal(Value::none(), number(0)));
  CHECK_FALSE(equal(Value::none(), Value::list({})));
  CHECK(equal(number(0), Value::duration(0s)));
  CHECK_FALSE(equal(number(1), Value::duration(1ns)));
  CHECK(equal(Value::word("Stable"), Value::word("Stable")));
  CHECK_FALSE(equal(Value::word("Stable"), Value::word("Empty")));
  CHECK_FALSE(equal(Value::boolean(true), number(1)));
}

TEST_CASE("the language's order: numbers of one kind, and zero", "[measure][value]") {
  CHECK(below(number(-3), number(2)));
  CHECK_FALSE(below(number(2), number(2)));
  CHECK(below(Value::duration(999ms), Value::duration(1s)));
  CHECK(below(number(0), Value::duration(1ns)));
  CHECK(comparable(Value::duration(5s), number(0)));
  CHECK_FALSE(comparable(Value::duration(5s), number(4)));
  CHECK_FALSE(comparable(Value::none(), number(4)));
  CHECK_FALSE(comparable(number(4), Value::none()));
  CHECK_FALSE(comparable(Value::word("a"), Value::word("b")));
  CHECK_FALSE(comparable(Value::anything(), number(1)));
}

TEST_CASE("differences and products", "[measure][value]") {
  CHECK(difference(number(3), number(5)) == number(-2));
  CHECK(difference(Value::duration(3s), Value::duration(1s)) == Value::duration(2s));
  CHECK(difference(number(3), Value::none()).is_none());
  CHECK(product(1, 2, number(7)) == number(3));
  CHECK(product(3, 2, Value::duration(10s)) == Value::duration(15s));
  CHECK(product(3, 2, Value::word("x")).is_none());
}

TEST_CASE("values as people read them", "[measure][value]") {
  CHECK(to_text(Value::none()) == "none");
  CHECK(to_text(Value::boolean(true)) == "true");
  CHECK(to_text(number(-12)) == "-12");
  CHECK(to_text(Value::set({number(3), number(1)})) == "[1, 3]");
  CHECK(to_text(Value::list({Value::word("a"), Value::list({}), Value::anything()})) == "[a, [], _]");
  CHECK(duration_text(0s) == "0 s");
  CHECK(duration_text(250us) == "250 us");
  CHECK(duration_text(1'500ns) == "1.5 us");
  CHECK(duration_text(12'340us) == "12.34 ms");
  CHECK(duration_text(8'541'234us) == "8.541 s");
  CHECK(duration_text(119s) == "119 s");
  CHECK(duration_text(125s) == "2 min 5 s");
  CHECK(duration_text(-150ms) == "-150 ms");
}

TEST_CASE("a series is a step function; the last word of an instant counts", "[measure][series]") {
  const auto at = [](std::int64_t seconds) { return kStart + Duration{seconds * 1'000'000'000}; };
  Series series;
  CHECK(series.at(at(5)).is_none());
  series.set(at(1), number(10));
  series.set(at(2), number(10));  // nothing new
  series.set(at(3), number(20));
  series.set(at(5), number(30));
  series.set(at(5), number(40));
  CHECK(series.steps().size() == 3);
  CHECK(series.at(at(0)).is_none());
  CHECK(series.before(at(1)).is_none());
  CHECK(series.at(at(1)) == number(10));
  CHECK(series.at(at(2)) == number(10));
  CHECK(series.before(at(3)) == number(10));
  CHECK(series.at(at(3)) == number(20));
  CHECK(series.before(at(5)) == number(20));
  CHECK(series.at(at(5)) == number(40));
  CHECK(series.at(kNever) == number(40));
  series.set(at(7), number(1));
  series.set(at(7), number(40));  // there and back within an instant: no step
  CHECK(series.steps().size() == 3);
  CHECK(series.at(at(8)) == number(40));
}

}  // namespace kafkasim::sim::value_test
