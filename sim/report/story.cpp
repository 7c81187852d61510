#include "sim/report/story.hpp"

#include <algorithm>

#include "sim/host/host.hpp"
#include "sim/report/number_text.hpp"
#include "sim/view.hpp"

namespace kafkasim::sim {

namespace {

// A condition that came true with a line of its own needs none: that line takes its id.
void mark_what_was_awaited(std::vector<StoryLine>& lines) {
  const auto awaited = [](const StoryLine& line) { return line.key.rfind(kWaitKey, 0) == 0; };
  for (std::size_t i = 0; i < lines.size();) {
    const auto cause = std::find_if(lines.begin(), lines.end(), [&](const StoryLine& other) {
      return awaited(lines[i]) && !awaited(other) && other.at == lines[i].at && other.entry.empty();
    });
    if (cause == lines.end()) {
      ++i;
      continue;
    }
    cause->entry = lines[i].entry;
    cause->weight += 5;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace

std::vector<StoryLine> tell(const View& view) {
  std::vector<StoryLine> lines;
  tell_entries(view, lines);
  tell_cluster(view, lines);
  tell_clients(view, lines);
  std::stable_sort(lines.begin(), lines.end(), [](const StoryLine& a, const StoryLine& b) { return a.at < b.at; });
  mark_what_was_awaited(lines);
  return lines;
}

std::vector<StoryLine> shortened(std::vector<StoryLine> lines, std::size_t most, std::size_t& left_out) {
  left_out = 0;
  if (lines.size() <= most) return lines;
  std::vector<std::size_t> order(lines.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // Of equal weight the earlier ones stay: they explain the later ones.
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lines[a].weight > lines[b].weight; });
  order.resize(most);
  std::sort(order.begin(), order.end());
  std::vector<StoryLine> kept;
  for (const std::size_t i : order) kept.push_back(std::move(lines[i]));
  left_out = lines.size() - kept.size();
  return kept;
}

std::string hosts_text(const View& view, const std::vector<std::uint16_t>& hosts) {
  // "brokers 2 and 3": names of one kind share their first word.
  std::vector<std::string> kinds, words;
  std::vector<std::vector<std::string>> numbers;
  for (const HostIndex index : hosts) {
    const std::string& name = view.host(index).name;
    const std::size_t blank = name.find(' ');
    const std::string kind = blank == std::string::npos ? "" : name.substr(0, blank);
    auto at = static_cast<std::size_t>(std::find(kinds.begin(), kinds.end(), kind) - kinds.begin());
    if (at == kinds.size()) {
      kinds.push_back(kind);
      numbers.emplace_back();
    }
    numbers[at].push_back(blank == std::string::npos ? name : name.substr(blank + 1));
  }
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i].empty())
      words.insert(words.end(), numbers[i].begin(), numbers[i].end());
    else
      words.push_back(kinds[i] + (numbers[i].size() > 1 ? "s " : " ") + joined(numbers[i]));
  }
  return joined(words);
}

}  // namespace kafkasim::sim
