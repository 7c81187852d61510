// Where two runs part: their traces side by side.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

#include "sim/cli/command_line.hpp"
#include "sim/kernel/trace.hpp"
#include "sim/report/artefacts.hpp"
#include "sim/report/number_text.hpp"
#include "sim/report/style.hpp"
#include "sim/report/trace_compare.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTrace = "events.ndjson.zst";
// Of a chain of causes so many are told: those next to the event, and those next to the beginning.
constexpr std::size_t kNearest = 8, kFurthest = 2;

// Folders with a trace, relative: "" is the directory itself, else one for each variant, file and seed.
std::vector<fs::path> runs_in(const fs::path& directory) {
  std::vector<fs::path> all;
  if (fs::is_regular_file(directory / kTrace)) all.emplace_back();
  if (all.empty() && fs::is_directory(directory))
    for (const auto& entry : fs::directory_iterator(directory))
      if (fs::is_regular_file(entry.path() / kTrace)) all.push_back(entry.path().filename());
  if (all.empty())
    throw OutputError{directory.string() + ": no result there to compare (write one with kafkasim run FILE --out " +
                      directory.string() + ")"};
  std::sort(all.begin(), all.end());
  return all;
}

void same_runs(const fs::path& left, const std::vector<fs::path>& of_left, const fs::path& right,
               const std::vector<fs::path>& of_right) {
  const auto only = [](const fs::path& here, const std::vector<fs::path>& mine, const fs::path& there,
                       const std::vector<fs::path>& theirs) {
    for (const fs::path& one : mine)
      if (std::find(theirs.begin(), theirs.end(), one) == theirs.end())
        throw OutputError{(here / one).string() + ": there is no such run in " + there.string() +
                          " to compare it with"};
  };
  only(left, of_left, right, of_right);
  only(right, of_right, left, of_left);
}

// What tells one run from another in its result.json, as key and value.
using Facts = std::vector<std::pair<std::string, std::string>>;

// Empty when there is no result.json: traces alone can be compared too.
Facts facts(const fs::path& folder) {
  if (!fs::is_regular_file(folder / "result.json")) return {};
  const auto document = nlohmann::ordered_json::parse(read_file(folder / "result.json"), nullptr, false);
  if (!document.is_object()) throw OutputError{(folder / "result.json").string() + ": no result of one run"};
  Facts all;
  for (const char* key : {"scenario", "variant", "seed", "kafka", "fingerprint"})
    if (const auto found = document.find(key); found != document.end())
      all.emplace_back(key, found->is_string() ? found->get<std::string>() : found->dump());
  return all;
}

class Comparer {
 public:
  explicit Comparer(const Terminal& terminal) : out_{terminal.out}, style_{terminal.out_colours} {}

  // True: the same.
  bool compare(const fs::path& name, const fs::path& left, const fs::path& right) {
    const Facts of_left = facts(left), of_right = facts(right);
    const TraceComparison found = compare_traces(left / kTrace, right / kTrace);
    if (!name.empty()) out_ << style_(Colour::bold, name.string()) << ": ";
    const std::string events =
        grouped(static_cast<std::int64_t>(found.same)) + (found.same == 1 ? " event" : " events");
    const bool alike = of_left == of_right || of_left.empty() || of_right.empty();
    if (!found.parting)
      out_ << "the same " << events << (alike ? "" : ", but not the same run") << "\n";
    else
      out_ << events << (found.same == 1 ? " is" : " are") << " the same, then the runs part\n";
    for (std::size_t i = 0; i < of_left.size() && i < of_right.size(); ++i)
      if (of_left[i] != of_right[i])
        out_ << "  " << of_left[i].first << ": " << of_left[i].second << " | " << of_right[i].second << "\n";
    if (found.parting) {
      out_ << "  A is " << left.string() << ", B is " << right.string() << "\n";
      tell(*found.parting);
    }
    return !found.parting && alike;
  }

 private:
  static std::string number(const std::string& line) {
    return line.substr(6, line.find_first_of(",}", 6) - 6);  // behind {"id":
  }

  void event(std::string_view side, const std::string& line) {
    out_ << side << style_(Colour::bold, pad_left(grouped(std::stoll(number(line))), 12)) << "  " << event_text(line)
         << "\n";
  }

  void side(std::string_view name, const std::optional<std::string>& line) {
    if (line)
      event(name, *line);
    else
      out_ << name << "           -  the run is over\n";
  }

  // The first `end` of a chain; of a long one the middle is only counted.
  void causes(const std::string& title, const std::vector<std::string>& chain, std::size_t end, bool to_the_root) {
    out_ << "\n  " << title << "\n";
    const bool cut = end > kNearest + kFurthest + 1;
    for (std::size_t i = 0; i < end; ++i) {
      if (cut && i == kNearest) {
        const std::size_t left_out = end - kNearest - kFurthest;
        out_ << "    " << pad_left("...", 12) << "  " << grouped(static_cast<std::int64_t>(left_out)) << " more\n";
        i += left_out;
      }
      event("    ", chain[i]);
    }
    if (to_the_root) out_ << "    " << pad_left("0", 12) << "  the beginning\n";
  }

  void tell(const Parting& parting) {
    out_ << "\n";
    side("  A ", parting.left);
    side("  B ", parting.right);
    if (parting.left && parting.right)
      for (const std::string& line : event_differences(*parting.left, *parting.right))
        out_ << "      " << style_(Colour::yellow, line) << "\n";
    // Chains meet at the latest at the beginning: what is behind the meeting point is told once.
    const std::vector<std::string>&a = parting.left_causes, &b = parting.right_causes;
    std::size_t shared = 0;
    while (shared < a.size() && shared < b.size() && a[a.size() - 1 - shared] == b[b.size() - 1 - shared]) ++shared;
    const std::size_t own_a = a.size() - shared, own_b = b.size() - shared;
    const bool together = shared > 0 || (a.empty() && b.empty());
    if (parting.left && (own_a > 0 || !together)) causes("what led to A", a, own_a, !together);
    if (parting.right && (own_b > 0 || !together)) causes("what led to B", b, own_b, !together);
    if (together) causes("what led to both", {a.end() - static_cast<std::ptrdiff_t>(shared), a.end()}, shared, true);
  }

  std::ostream& out_;
  Style style_;
};

}  // namespace

int compare_command(const std::string& left, const std::string& right, const Terminal& terminal) {
  const std::vector<fs::path> runs = runs_in(left);
  same_runs(left, runs, right, runs_in(right));
  Comparer comparer{terminal};
  bool same = true;
  for (const fs::path& run : runs) {
    const auto in = [&run](const std::string& directory) {
      return run.empty() ? fs::path{directory} : directory / run;
    };
    same = comparer.compare(run, in(left), in(right)) && same;
  }
  return same ? exit_code::holds : exit_code::fails;
}

}  // namespace kafkasim::sim
