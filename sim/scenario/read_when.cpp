// When an entry of the timeline happens.
#include <array>

#include "sim/scenario/diagnostics.hpp"
#include "sim/scenario/number_text.hpp"
#include "sim/scenario/timeline_parts.hpp"

namespace kafkasim::sim {

namespace {

/// `20s from 1min until 5min`; both ends may be left out.
void read_every(Context& context, const Node& node, When& when) {
  std::string_view text = trimmed(node.text);
  const auto part = [&](std::string_view word, Duration& out) {
    const std::size_t at = text.find(word);
    if (at == std::string_view::npos) return;
    const auto value = read_duration(text.substr(at + word.size()));
    if (!value.ok()) context.error(node.place, value.problem);
    out = value.value;
    text = trimmed(text.substr(0, at));
  };
  part(" until ", when.until);
  part(" from ", when.from);
  const auto period = read_duration(text);
  when.kind = When::Kind::every;
  when.period = period.value;
  if (!period.ok())
    context.error(node.place, period.problem + " (every: 20s from 1min until 5min)");
  else if (period.value <= Duration{})
    context.error(node.place, "'every' wants a time above 0");
  if (when.until != Duration{} && when.until < when.from) context.error(node.place, "'every' ends before it begins");
}

}  // namespace

void read_when(Context& context, const SectionReader& section, When& when) {
  constexpr std::array<std::string_view, 4> kForms{"at", "when", "every", "after"};
  std::string_view first;
  for (const std::string_view form : kForms) {
    if (!section.has(form)) continue;
    if (!first.empty())
      section.error(form, "an entry starts one way: " + in_quotes(first) + " or " + in_quotes(form) + ", not both");
    else
      first = form;
  }
  if (section.has("lasting") && first != "when") section.error("lasting", "'lasting' goes with 'when'");
  if (section.has("delay") && first != "after") section.error("delay", "'delay' goes with 'after'");
  if (first == "at") {
    when.kind = When::Kind::at;
    section.read("at", when.at);
  } else if (first == "when") {
    when.kind = When::Kind::condition;
    if (const Node* text = section.text("when")) {
      when.condition = std::string(trimmed(text->text));
      when.condition_place = text->place;
    }
    section.read("lasting", when.lasting);
  } else if (first == "every") {
    if (const Node* text = section.text("every")) read_every(context, *text, when);
  } else if (first == "after") {
    when.kind = When::Kind::after;
    section.read("delay", when.at);
    const Node* id = section.text("after");
    if (id == nullptr) return;
    when.id = id->text;
    if (!context.ids.contains(when.id))
      context.error(id->place, "no entry has the id " + in_quotes(when.id) + hint(when.id, keys_of(context.ids)));
  }
}

}  // namespace kafkasim::sim
