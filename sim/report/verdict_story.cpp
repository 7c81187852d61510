#include <algorithm>

#include "sim/report/number_text.hpp"
#include "sim/report/style.hpp"
#include "sim/report/verdict_text.hpp"

namespace kafkasim::sim {
namespace {

constexpr std::size_t kLines = 15;

bool told(const std::vector<StoryLine>& story, const StoryLine& line) {
  return std::any_of(story.begin(), story.end(), [&](const StoryLine& other) { return other.key == line.key; });
}

// The first variant's lines, and what happened in others only.
std::vector<StoryLine> merged(const std::vector<Result>& variants) {
  std::vector<StoryLine> lines = variants.front().story;
  for (std::size_t v = 1; v < variants.size(); ++v)
    for (StoryLine line : variants[v].story) {
      if (told(variants.front().story, line)) continue;
      // Another variant may have told it already: then both are named.
      const auto same = std::find_if(lines.begin(), lines.end(), [&](const StoryLine& other) {
        return other.key == line.key && other.text.find(line.text) != std::string::npos;
      });
      if (same != lines.end()) {
        same->text.insert(same->text.find(": "), ", " + variants[v].variant);
        continue;
      }
      line.text = variants[v].variant + ": " + line.text;
      line.weight -= 3;
      lines.push_back(std::move(line));
    }
  std::stable_sort(lines.begin(), lines.end(), [](const StoryLine& a, const StoryLine& b) { return a.at < b.at; });
  return lines;
}

}  // namespace

std::string story_text(const std::vector<Result>& variants, const TextOptions& options) {
  const Style style{options.coloured};
  std::size_t left_out = 0;
  const std::vector<StoryLine> lines = shortened(merged(variants), kLines, left_out);
  if (lines.empty()) return "";
  std::size_t clock = 8;
  for (const StoryLine& line : lines) clock = std::max(clock, clock_text(line.at).size());

  std::string text;
  const std::size_t indent = 2 + clock + 2;
  const std::size_t room = options.columns > indent + 30 ? options.columns - indent : 30;
  for (const StoryLine& line : lines) {
    std::string tail = line.aside.empty() ? "" : "(" + line.aside + ")";
    const std::string mark = line.entry.empty() ? "" : "<- " + line.entry;
    const std::size_t extra = (tail.empty() ? 0 : width(tail) + 2) + (mark.empty() ? 0 : width(mark) + 2);
    std::vector<std::string> parts = wrap(line.text, room);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      text += i == 0 ? "  " + style(Colour::dim, pad_left(clock_text(line.at), clock)) + "  "
                     : std::string(indent + 2, ' ');
      text += style(line.act ? Colour::bold : Colour::plain, parts[i]);
      if (i + 1 < parts.size()) text += '\n';
    }
    if (extra > 0 && width(parts.back()) + extra > room) text += "\n" + std::string(indent, ' ');
    if (!tail.empty()) text += "  " + style(Colour::dim, tail);
    if (!mark.empty()) text += "  " + style(Colour::yellow, mark);
    text += '\n';
  }
  if (left_out > 0)
    text += std::string(indent, ' ') +
            style(Colour::dim, "and " + grouped(static_cast<std::int64_t>(left_out)) +
                                   (left_out == 1 ? " lesser event" : " lesser events")) +
            "\n";
  return text;
}

}  // namespace kafkasim::sim
