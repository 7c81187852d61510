#include "sim/scenario/diagnostics.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace kafkasim::sim {

namespace {

constexpr std::size_t kShownColumns = 160;  // of a source line
constexpr std::size_t kListedCandidates = 12;

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> now(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before = last;
    last = now;
  }
  return last[b.size()];
}

/// The parts of a dotted name in alphabetical order: the right words in the wrong order are a slip, too.
std::vector<std::string> sorted_words(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (c == '.' || c == '_')
      words.emplace_back();
    else
      words.back() += c;
  }
  std::sort(words.begin(), words.end());
  return words;
}

/// The caret under byte `column` of `line`: tabs stay tabs, a multi-byte character counts once.
std::string caret(std::string_view line, int column) {
  std::string under;
  const std::size_t end = std::min(line.size(), static_cast<std::size_t>(std::max(column - 1, 0)));
  for (std::size_t i = 0; i < end; ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte & 0xC0U) == 0x80U) continue;
    under += line[i] == '\t' ? '\t' : ' ';
  }
  return under + "^";
}

void render_one(std::string& out, const Diagnostic& finding, bool coloured) {
  const bool error = finding.severity == Diagnostic::Severity::error;
  const char* off = coloured ? "\x1b[0m" : "";
  const char* bold = coloured ? "\x1b[1m" : "";
  const char* tone = coloured ? (error ? "\x1b[1;31m" : "\x1b[1;35m") : "";
  out += bold + finding.place.file;
  if (finding.place.line > 0)
    out += ":" + std::to_string(finding.place.line) + ":" + std::to_string(finding.place.column);
  out += std::string(": ") + off + tone + (error ? "error: " : "warning: ") + off + finding.message + "\n";
  if (finding.place.line == 0 || finding.source.empty()) return;
  if (finding.source.size() > kShownColumns) return;  // a line nobody can read is no help
  out += "  " + finding.source + "\n  " + tone + caret(finding.source, finding.place.column) + off + "\n";
}

}  // namespace

std::string render(const std::vector<Diagnostic>& findings, bool coloured) {
  std::string out;
  for (const Diagnostic& finding : findings) render_one(out, finding, coloured);
  return out;
}

bool has_errors(const std::vector<Diagnostic>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Diagnostic& f) { return f.severity == Diagnostic::Severity::error; });
}

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > 80) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t allowed = std::max<std::size_t>(1, std::min(name.size(), candidate.size()) / 3);
    const std::size_t distance = edit_distance(name, candidate);
    const bool nothing_in_common = distance >= std::max(name.size(), candidate.size());
    if (distance == 0 || distance > allowed || nothing_in_common) continue;
    if (!best || distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  if (best) return best;
  const auto same_words = std::find_if(candidates.begin(), candidates.end(), [&](const std::string& candidate) {
    return candidate != name && sorted_words(candidate) == sorted_words(name);
  });
  return same_words == candidates.end() ? std::nullopt : std::optional<std::string>(*same_words);
}

std::string hint(std::string_view name, const std::vector<std::string>& candidates) {
  if (const auto found = nearest(name, candidates)) return "; did you mean '" + *found + "'?";
  if (candidates.empty() || candidates.size() > kListedCandidates) return {};
  std::string all;
  for (const std::string& candidate : candidates) all += (all.empty() ? "" : ", ") + candidate;
  return "; known here: " + all;
}

void Diagnostics::add_source(const std::string& file, std::string_view text) {
  std::vector<std::string>& lines = sources_[file];
  lines.clear();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string line{text.substr(0, end)};
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

std::string Diagnostics::line(const std::string& file, int number) const {
  const auto found = sources_.find(file);
  if (found == sources_.end() || number < 1) return {};
  const auto index = static_cast<std::size_t>(number - 1);
  return index < found->second.size() ? found->second[index] : std::string{};
}

void Diagnostics::add(Diagnostic::Severity severity, const Place& place, std::string message) {
  findings_.push_back({severity, place, std::move(message), line(place.file, place.line)});
}

bool Diagnostics::has_errors() const { return sim::has_errors(findings_); }

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> all = findings_;
  const auto key = [](const Diagnostic& f) {
    return std::tuple(f.place.line == 0, f.place.file, f.place.line, f.place.column, f.severity);
  };
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  std::vector<Diagnostic> kept;
  for (Diagnostic& finding : all) {
    bool repeated = false;  // equal places stand together
    for (auto last = kept.rbegin(); last != kept.rend() && last->place == finding.place && !repeated; ++last)
      repeated = *last == finding;
    if (!repeated) kept.push_back(std::move(finding));
  }
  return kept;
}

}  // namespace kafkasim::sim
