// A line of the expect language with every name looked up.
#pragma once

#include <string>
#include <vector>

#include "sim/measure/expression.hpp"
#include "sim/measure/names.hpp"
#include "sim/scenario/values.hpp"

namespace kafkasim::sim {

struct Test;

/// `ID` or `ID.end`: when a timeline entry took effect, or when it was undone.
struct EntryInstant {
  std::size_t entry = 0;
  bool end = false;
};

struct Term {
  Expression::Kind kind = Expression::Kind::literal;
  Value value{};
  BoundName name{};
  std::string key{};  // of a name: "leader(t-0)", its series
  std::string function{};
  EntryInstant entry{};  // of elapsed
  std::int64_t numerator = 1, denominator = 1;
  std::vector<Term> children;
  std::vector<Test> condition;  // none or one
};

struct Test {
  Term left{};
  Operator op = Operator::truth;
  bool negated = false;
  Term right{};
  Term upper{};
};

struct CompiledLine {
  std::string text;
  Place place;
  Test test;
  TimeScope scope;
  EntryInstant entry;  // of the scope
  EntryInstant to;
  Domains domains = 0;
  bool final = false;  // holds a name that is known at the end only
};

/// Every name below, with what it needs: `over_time` when its past matters.
template <class Visit>
void each_name(const Test& test, bool over_time, Visit&& visit);
template <class Visit>
void each_name(const Term& node, bool over_time, Visit&& visit) {
  if (node.kind == Expression::Kind::name) visit(node, over_time);
  const bool past = over_time || (node.kind == Expression::Kind::function && node.function != "count");
  for (const Term& child : node.children) each_name(child, past, visit);
  for (const Test& inner : node.condition) each_name(inner, past, visit);
}
template <class Visit>
void each_name(const Test& test, bool over_time, Visit&& visit) {
  each_name(test.left, over_time, visit);
  each_name(test.right, over_time, visit);
  each_name(test.upper, over_time, visit);
}

}  // namespace kafkasim::sim
