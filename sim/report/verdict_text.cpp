#include "sim/report/verdict_text.hpp"

#include <algorithm>
#include <map>

#include "sim/report/number_text.hpp"
#include "sim/report/style.hpp"

namespace kafkasim::sim {
namespace {

std::string heading(const Result& first, const TextOptions& options) {
  const Style style{options.coloured};
  const std::string right = "seed " + std::to_string(first.seed) + ", kafka " + first.kafka;
  std::string text;
  const std::vector<std::string> title =
      wrap(first.scenario, options.columns > width(right) + 40 ? options.columns - width(right) - 2 : 38);
  for (std::size_t i = 0; i < title.size(); ++i) {
    text += style(Colour::bold, title[i]);
    if (i == 0) {
      const std::size_t used = width(title[i]) + width(right);
      text += std::string(options.columns > used + 2 ? options.columns - used : 2, ' ') + style(Colour::dim, right);
    }
    text += '\n';
  }
  for (const std::string& line : wrap(first.about, options.columns - 2)) text += "  " + line + "\n";
  return text;
}

// The same line in several variants stands once, with the values side by side.
struct Line {
  int number = 0;  // in the file
  std::vector<const ExpectationResult*> by_variant;
};

std::vector<std::pair<std::string, Line>> lines_of(const std::vector<Result>& variants) {
  std::vector<std::pair<std::string, Line>> lines;
  for (std::size_t v = 0; v < variants.size(); ++v) {
    std::map<std::string, int> seen;
    for (const ExpectationResult& one : variants[v].expectations) {
      const std::string key = one.place + "\n" + one.text + "\n" + std::to_string(seen[one.place + one.text]++);
      auto at = std::find_if(lines.begin(), lines.end(), [&](const auto& line) { return line.first == key; });
      if (at == lines.end())
        at = lines.insert(lines.end(),
                          {key, {one.line, std::vector<const ExpectationResult*>(variants.size(), nullptr)}});
      at->second.by_variant[v] = &one;
    }
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.second.number < b.second.number; });
  return lines;
}

std::string expectations(const std::vector<Result>& variants, const TextOptions& options) {
  const Style style{options.coloured};
  const auto lines = lines_of(variants);
  std::size_t left = 0;
  const std::size_t most = options.columns > 60 ? options.columns - 36 : 24;
  const auto shown = [&](const Line& line) {
    const ExpectationResult* first = nullptr;
    std::string which;
    std::size_t present = 0;
    for (std::size_t v = 0; v < variants.size(); ++v)
      if (line.by_variant[v] != nullptr) {
        if (first == nullptr) first = line.by_variant[v];
        which += (which.empty() ? "" : ", ") + variants[v].variant;
        ++present;
      }
    return (present < variants.size() ? which + ": " : "") + first->text;
  };
  for (const auto& [key, line] : lines)
    if (const std::size_t columns = width(shown(line)); columns <= most) left = std::max(left, columns);
  std::string text;
  for (const auto& [key, line] : lines) {
    bool holds = true;
    std::vector<std::string> values;
    std::string place;
    for (const ExpectationResult* one : line.by_variant) {
      if (one == nullptr) continue;
      holds = holds && one->holds;
      values.push_back(one->holds ? one->value : style(Colour::red, one->value));
      place = one->place;
    }
    // Equal values of all variants stand once.
    if (std::all_of(values.begin(), values.end(), [&](const std::string& value) { return value == values.front(); }))
      values.resize(1);
    text += "  " + (holds ? style(Colour::green, "ok  ") : style(Colour::red, "FAIL")) + "  " +
            pad_right(shown(line), left) + "  ";
    for (std::size_t i = 0; i < values.size(); ++i) text += (i > 0 ? style(Colour::dim, " | ") : "  ") + values[i];
    if (!holds && !place.empty()) text += style(Colour::dim, "   " + place);
    text += '\n';
  }
  return text;
}

std::string pending(const std::vector<Result>& variants, const TextOptions& options) {
  const Style style{options.coloured};
  std::string text;
  for (const Result& result : variants) {
    if (result.pending.empty()) continue;
    std::vector<std::string> some(result.pending.begin(),
                                  result.pending.begin() + std::min<std::ptrdiff_t>(3, std::ssize(result.pending)));
    std::string line = (variants.size() > 1 ? result.variant + ": " : "") + "still pending at the end: ";
    for (std::size_t i = 0; i < some.size(); ++i) line += (i > 0 ? "; " : "") + some[i];
    if (result.pending.size() > some.size())
      line += "; and " + std::to_string(result.pending.size() - some.size()) + " more";
    for (const std::string& part : wrap(line, options.columns - 2)) text += "  " + style(Colour::yellow, part) + "\n";
  }
  return text;
}

std::string closing(const std::vector<Result>& variants, const TextOptions& options) {
  const Style style{options.coloured};
  std::size_t held = 0, failed = 0;
  for (const auto& [key, line] : lines_of(variants)) {
    const bool holds = std::all_of(line.by_variant.begin(), line.by_variant.end(),
                                   [](const ExpectationResult* one) { return one == nullptr || one->holds; });
    ++(holds ? held : failed);
  }
  std::string verdict;
  if (held + failed == 0)
    verdict = "no expectations";
  else if (failed == 0)
    verdict = style(Colour::green, held == 1 ? "1 expectation holds" : std::to_string(held) + " expectations hold");
  else
    verdict = style(Colour::red, std::to_string(failed) + " of " + std::to_string(held + failed) + " expectations " +
                                     (failed == 1 ? "fails" : "fail"));
  std::string prints, text;
  std::uint64_t events = 0;
  Duration simulated{};
  for (const Result& result : variants) {
    prints += " " + result.fingerprint.substr(0, 8);
    events += result.events;
    simulated = std::max(simulated, result.simulated);
  }
  const std::string times = variants.size() > 1 ? std::to_string(variants.size()) + " x " : "";
  text = "  " + verdict + "   " +
         style(Colour::dim, (variants.size() > 1 ? "fingerprints" : "fingerprint") + prints + "   " + times +
                                short_duration(simulated) + " simulated, " +
                                grouped(static_cast<std::int64_t>(events)) + " events") +
         "\n";
  for (std::size_t i = 0; i < options.next.size(); ++i)
    text += "  " + style(Colour::dim, (i == 0 ? "next: " : "      ") + options.next[i]) + "\n";
  return text;
}

// Least, median and most of the figures that matter, over all seeds; those that are always 0 are left out.
std::string spread(const std::vector<Result>& results) {
  struct Figure {
    const char* label;
    std::int64_t (*of)(const Result&);
    std::string (*shown)(std::int64_t);
  };
  static constexpr auto time = [](std::int64_t ns) { return short_duration(Duration{ns}); };
  static constexpr Figure kFigures[] = {
      {"failed", [](const Result& at) { return at.total.failed; }, grouped},
      {"lost after acknowledgement", [](const Result& at) { return at.total.lost; }, grouped},
      {"duplicated", [](const Result& at) { return at.total.duplicated; }, grouped},
      {"stored out of order", [](const Result& at) { return at.total.reordered; }, grouped},
      {"longest time without acknowledgement", [](const Result& at) -> std::int64_t { return at.total.gap.count(); },
       time},
      {"most lag of a group",
       [](const Result& at) {
         std::int64_t most = 0;
         for (const auto& [name, lag] : at.lag) most = std::max(most, lag.max);
         return most;
       },
       grouped},
  };
  std::string text =
      "  " + pad_right("", 36) + pad_left("least", 12) + pad_left("median", 12) + pad_left("most", 12) + "\n";
  for (const Figure& figure : kFigures) {
    std::vector<std::int64_t> values;
    for (const Result& result : results) values.push_back(figure.of(result));
    std::sort(values.begin(), values.end());
    if (values.back() == 0) continue;
    text += "  " + pad_right(figure.label, 36);
    for (const std::int64_t value : {values.front(), values[(values.size() - 1) / 2], values.back()})
      text += pad_left(figure.shown(value), 12);
    text += '\n';
  }
  return text;
}

std::string paragraph(std::string text) { return text.empty() ? text : "\n" + std::move(text); }

}  // namespace

std::string verdict_text(const std::vector<Result>& variants, const TextOptions& options) {
  return heading(variants.front(), options) + paragraph(story_text(variants, options)) +
         paragraph(table_text(variants, options)) + paragraph(expectations(variants, options)) +
         pending(variants, options) + closing(variants, options);
}

std::string quiet_text(const Result& result, const TextOptions& options) {
  const Style style{options.coloured};
  std::string text = (result.holds() ? style(Colour::green, "ok  ") : style(Colour::red, "FAIL")) + "  " + result.file +
                     (result.variant.empty() ? "" : " [" + result.variant + "]") + "  seed " +
                     std::to_string(result.seed) + "  " + result.fingerprint.substr(0, 8) + "\n";
  for (const ExpectationResult& one : result.expectations)
    if (!one.holds) text += "      " + one.place + ": " + one.text + "   " + style(Colour::red, one.value) + "\n";
  return text;
}

std::string seeds_text(const std::vector<Result>& results, const TextOptions& options) {
  const Style style{options.coloured};
  std::size_t failed = 0;
  const Result* first_failed = nullptr;
  for (const Result& result : results)
    if (!result.holds()) {
      if (first_failed == nullptr) first_failed = &result;
      ++failed;
    }
  std::string text = style(Colour::bold, results.front().scenario) +
                     (results.front().variant.empty() ? "" : " [" + results.front().variant + "]") + "\n";
  text += spread(results);
  const std::string seeds = std::to_string(results.front().seed) + ".." + std::to_string(results.back().seed);
  if (failed == 0)
    return text + "  " + style(Colour::green, "seeds " + seeds + ": every expectation holds for every seed") + "\n";
  std::string list;
  for (const Result& result : results)
    if (!result.holds() && width(list) < 60) list += (list.empty() ? "" : ", ") + std::to_string(result.seed);
  text += "  " + style(Colour::red, std::to_string(failed) + " of the seeds " + seeds + " fail") + ": " + list + "\n";
  text += "  the first: seed " + std::to_string(first_failed->seed) + "\n";
  for (const ExpectationResult& one : first_failed->expectations)
    if (!one.holds)
      text += "    " + style(Colour::red, "FAIL") + "  " + one.text + "   " + one.value +
              style(Colour::dim, "   " + one.place) + "\n";
  return text;
}

}  // namespace kafkasim::sim
