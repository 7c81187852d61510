// What it cost: one row per figure, one column per variant.
#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "sim/report/number_text.hpp"
#include "sim/report/style.hpp"
#include "sim/report/verdict_text.hpp"

namespace kafkasim::sim {
namespace {

// A part of a latency is shown when it is a twentieth of the whole.
constexpr std::int64_t kShown = 20;

struct Row {
  std::string label;
  std::vector<std::string> cells;
  std::string comment;  // behind the row, when something is wrong
  bool bad = false;
};

template <class Figures>
const Figures* find(const Named<Figures>& all, const std::string& name) {
  for (const auto& [key, figures] : all)
    if (key == name) return &figures;
  return nullptr;
}

template <class Figures>
std::vector<std::string> names(const std::vector<Result>& variants, const Named<Figures> Result::*member) {
  std::vector<std::string> all;
  for (const Result& result : variants)
    for (const auto& [name, figures] : result.*member)
      if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  return all;
}

class Table {
 public:
  explicit Table(const std::vector<Result>& variants) : variants_{variants} {}

  void records() {
    const auto all = names(variants_, &Result::records);
    for (const std::string& name : all) {
      const std::string of = all.size() > 1 ? name + ": " : "";
      const auto row = [&](const std::string& label, std::int64_t RecordFigures::*member, bool always,
                           const char* comment) {
        number(of + label, &Result::records, name, always, comment,
               [member](const RecordFigures& at) { return at.*member; });
      };
      row("acknowledged", &RecordFigures::acked, true, nullptr);
      row("failed", &RecordFigures::failed, false, "");
      row("failed, yet stored", &RecordFigures::failed_in_log, false, "reported as failed");
      row("without an answer", &RecordFigures::indeterminate, false, "");
      row("lost after acknowledgement", &RecordFigures::lost, true, "promised, yet in no log");
      row("duplicated", &RecordFigures::duplicated, false, "stored more than once");
      row("stored out of order", &RecordFigures::reordered, false, "behind a later record");
      row("of these behind a later one of their key", &RecordFigures::reordered_by_key, false, "");
      row("keys in several partitions", &RecordFigures::split_keys, false, "no order between those");
      text(of + "longest time without acknowledgement", &Result::records, name,
           [](const RecordFigures& at) { return short_duration(at.gap); });
      latencies(of + "produce latency", &Result::produce_latency, name);
      split(of, name);
    }
  }

  void groups() {
    const auto all = names(variants_, &Result::delivery);
    for (const std::string& name : all) {
      const auto row = [&](const std::string& label, std::int64_t DeliveryFigures::*member, bool always,
                           const char* comment) {
        number(name + ": " + label, &Result::delivery, name, always, comment,
               [member](const DeliveryFigures& at) { return at.*member; });
      };
      row("delivered", &DeliveryFigures::delivered, true, nullptr);
      row("delivered again", &DeliveryFigures::redelivered, false, "after a rebalance or crash");
      row("skipped", &DeliveryFigures::skipped, false, "never handed out");
      row("out of order", &DeliveryFigures::out_of_order, false, "handed out after a later one");
      row("unread at the end", &DeliveryFigures::unread, false, "");
      latencies(name + ": end-to-end", &Result::end_to_end_latency, name);
      text(name + ": lag, most / at end", &Result::lag, name, [](const LagFigures& at) {
        return at.max == 0 && at.at_end == 0 ? std::string{} : grouped(at.max) + " / " + grouped(at.at_end);
      });
      text(name + ": rebalances, longest pause", &Result::groups, name, [](const GroupFigures& at) {
        if (at.rebalances.size() < 2) return std::string{};
        return grouped(static_cast<std::int64_t>(at.rebalances.size()) - 1) + ", " + short_duration(at.longest_pause());
      });
    }
  }

  void partitions() {
    // The worst partition speaks for all: what happened to whom is in the story.
    const auto worst = [&](const std::string& label, Duration PartitionFigures::*member) {
      Row row{label, {}, "", false};
      bool any = false;
      for (const Result& result : variants_) {
        Duration longest{};
        for (const auto& [name, figures] : result.partitions) longest = std::max(longest, figures.*member);
        any = any || longest > Duration{};
        row.cells.push_back(short_duration(longest));
      }
      if (any) rows_.push_back(std::move(row));
    };
    worst("without a leader", &PartitionFigures::offline);
    worst("under min.insync.replicas", &PartitionFigures::under_min_isr);
  }

  const std::vector<Row>& rows() const { return rows_; }

 private:
  // The parts of the mean that count: a row for each, in the order of a record's way.
  void split(const std::string& of, const std::string& name) {
    const auto total = [&](const Result& result) {
      const LatencyFigures* all = find(result.produce_latency, name);
      return all == nullptr ? Duration{} : all->mean;
    };
    std::vector<Row> parts;
    for (std::size_t i = 0; i < kLatencyParts; ++i) {
      Row row{of + "  " + std::string{label(static_cast<LatencyPart>(i))}, {}, "", false};
      bool counts = false;
      for (const Result& result : variants_) {
        const SplitFigures* figures = find(result.latency_split, name);
        const Duration mean = figures == nullptr ? Duration{} : (*figures)[i].mean;
        counts = counts || (mean > Duration{} && mean * kShown >= total(result));
        row.cells.push_back(mean > Duration{} ? short_duration(mean) : "-");
      }
      if (counts) parts.push_back(std::move(row));
    }
    if (parts.empty()) return;
    text(of + "produce latency, mean", &Result::produce_latency, name,
         [](const LatencyFigures& at) { return at.count == 0 ? std::string{} : short_duration(at.mean); });
    rows_.insert(rows_.end(), std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
  }

  static std::string_view label(LatencyPart part) {
    static constexpr std::string_view kLabels[kLatencyParts] = {"waiting in the client",
                                                                "retries and back-off",
                                                                "network",
                                                                "broker's queue",
                                                                "append",
                                                                "replication",
                                                                "purgatory"};
    return kLabels[static_cast<std::size_t>(part)];
  }

  // One row; side by side one for each percentile, so that columns stay narrow.
  void latencies(const std::string& label, const Named<LatencyFigures> Result::*member, const std::string& name) {
    if (variants_.size() == 1) {
      text(label + " p50 / p99 / max", member, name, [](const LatencyFigures& at) {
        return at.count == 0 ? std::string{}
                             : short_duration(at.p50) + " / " + short_duration(at.p99) + " / " + short_duration(at.max);
      });
      return;
    }
    const auto row = [&](const char* percentile, Duration LatencyFigures::*value) {
      text(label + percentile, member, name,
           [value](const LatencyFigures& at) { return at.count == 0 ? std::string{} : short_duration(at.*value); });
    };
    row(" p50", &LatencyFigures::p50);
    row(" p99", &LatencyFigures::p99);
    row(" max", &LatencyFigures::max);
  }

  template <class Figures, class Get>
  void number(const std::string& label, const Named<Figures> Result::*member, const std::string& name, bool always,
              const char* comment, Get&& get) {
    Row row{label, {}, "", false};
    bool any = false;
    for (const Result& result : variants_) {
      const Figures* figures = find(result.*member, name);
      const std::int64_t value = figures == nullptr ? 0 : get(*figures);
      any = any || value != 0;
      row.cells.push_back(figures == nullptr ? "-" : grouped(value));
    }
    if (!any && !always) return;
    if (any && comment != nullptr && *comment != '\0') {
      row.comment = comment;
      row.bad = true;
    }
    rows_.push_back(std::move(row));
  }

  template <class Figures, class Get>
  void text(const std::string& label, const Named<Figures> Result::*member, const std::string& name, Get&& get) {
    Row row{label, {}, "", false};
    bool any = false;
    for (const Result& result : variants_) {
      const Figures* figures = find(result.*member, name);
      const std::string value = figures == nullptr ? "" : get(*figures);
      any = any || !value.empty();
      row.cells.push_back(value.empty() ? "-" : value);
    }
    if (any) rows_.push_back(std::move(row));
  }

  const std::vector<Result>& variants_;
  std::vector<Row> rows_;
};

}  // namespace

std::string table_text(const std::vector<Result>& variants, const TextOptions& options) {
  const Style style{options.coloured};
  Table table{variants};
  table.records();
  table.groups();
  table.partitions();

  std::size_t label = 0;
  std::vector<std::size_t> columns;
  for (const Result& result : variants) columns.push_back(variants.size() > 1 ? width(result.variant) : 0);
  for (const Row& row : table.rows()) {
    label = std::max(label, width(row.label));
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = std::max(columns[i], width(row.cells[i]));
  }
  std::string text;
  if (variants.size() > 1) {
    std::string line = "  " + std::string(label, ' ');
    for (std::size_t i = 0; i < columns.size(); ++i) line += "   " + pad_left(variants[i].variant, columns[i]);
    text += style(Colour::bold, line) + "\n";
  }
  for (const Row& row : table.rows()) {
    text += "  " + pad_right(row.label, label);
    // A figure that differs from the first variant's stands out; a loss does so in red.
    std::size_t used = 2 + label;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const bool differs = row.cells[i] != row.cells[0];
      const bool wrong = row.bad && row.cells[i] != "0" && row.cells[i] != "-";
      text += "   " + style(wrong     ? Colour::red
                            : differs ? Colour::cyan
                                      : Colour::plain,
                            pad_left(row.cells[i], columns[i]));
      used += 3 + columns[i];
    }
    if (!row.comment.empty() && used + 6 + width(row.comment) <= options.columns)
      text += style(Colour::red, "   <- " + row.comment);
    text += '\n';
  }
  return text;
}

}  // namespace kafkasim::sim
