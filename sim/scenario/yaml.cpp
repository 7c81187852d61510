// The only file that knows yaml-cpp.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <exception>
#include <istream>
#include <sstream>
#include <utility>

#include "sim/scenario/tree.hpp"

namespace kafkasim::sim {
namespace {

struct TooMuch : std::exception {
  TooMuch(Place where, std::string what) : place{std::move(where)}, message{std::move(what)} {}
  Place place;
  std::string message;
};

/// Builds the tree from the parser's events. Open maps and lists stand on a stack.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string file, Diagnostics& diagnostics) : file_{std::move(file)}, diagnostics_{diagnostics} {}

  Node take() { return std::move(root_); }
  int documents() const { return documents_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) diagnostics_.error(place(mark), "a scenario is one YAML document; a second one starts here");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    no_anchor(mark, anchor);
    Node node;
    node.place = place(mark);
    put(std::move(node), false);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    diagnostics_.error(place(mark), "YAML aliases (*name) are not part of the scenario language; write the value out");
    Node node;
    node.kind = Node::Kind::text;
    node.quoted = true;
    node.place = place(mark);
    put(std::move(node), true);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    no_anchor(mark, anchor);
    no_tag(mark, tag);
    Node node;
    node.kind = Node::Kind::text;
    node.text = value;
    node.quoted = tag == "!";
    node.place = text_place(mark, node.quoted);
    put(std::move(node), true);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    bool has_key = false;  // of a map: the next value belongs to `key`
    bool skip_value = false;
    std::string key;
    Place key_place;
  };

  Place place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  /// The parser marks a quoted scalar at its quote and a block scalar at its indicator.
  Place text_place(const YAML::Mark& mark, bool quoted) const {
    Place at = place(mark);
    if (!quoted) return at;
    const std::string line = diagnostics_.line(file_, at.line);
    const auto index = static_cast<std::size_t>(at.column - 1);
    const char first = index < line.size() ? line[index] : ' ';
    if (first == '"' || first == '\'') ++at.column;
    if (first != '|' && first != '>') return at;
    for (int next = at.line + 1; next <= at.line + 8; ++next) {
      const std::size_t start = diagnostics_.line(file_, next).find_first_not_of(' ');
      if (start != std::string::npos) return {file_, next, static_cast<int>(start) + 1};
    }
    return at;
  }

  void no_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0)
      diagnostics_.error(place(mark),
                         "YAML anchors (&name) are not part of the scenario language; write the value out");
  }
  void no_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!")
      diagnostics_.error(place(mark), "YAML tags are not part of the scenario language");
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    no_anchor(mark, anchor);
    no_tag(mark, tag);
    if (stack_.size() >= kMaxDepth)
      throw TooMuch{place(mark), "nested deeper than " + std::to_string(kMaxDepth) + " levels"};
    Open entry;
    entry.node.kind = kind;
    entry.node.place = place(mark);
    stack_.push_back(std::move(entry));
  }

  void close() {
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    put(std::move(node), false);
  }

  void put(Node node, bool may_be_key) {
    if (++values_ > kMaxValues) throw TooMuch{node.place, "more than " + std::to_string(kMaxValues) + " values"};
    if (stack_.empty()) {
      if (documents_ <= 1) root_ = std::move(node);
      return;
    }
    Open& top = stack_.back();
    if (top.node.is_list()) {
      top.node.items.push_back(std::move(node));
    } else if (top.has_key) {
      if (!top.skip_value) top.node.fields.push_back({std::move(top.key), top.key_place, std::move(node)});
      top.has_key = false;
    } else {
      take_key(top, node, may_be_key);
    }
  }

  void take_key(Open& top, const Node& node, bool may_be_key) {
    top.has_key = true;
    top.key = node.text;
    top.key_place = node.place;
    top.skip_value = true;
    if (!may_be_key) {
      diagnostics_.error(node.place, "a key must be a plain word, not " + std::string(kind_name(node)));
    } else if (node.text == "<<") {
      diagnostics_.error(node.place,
                         "YAML merge keys (<<) are not part of the scenario language; write the values out");
    } else if (const Field* first = top.node.find_field(node.text)) {
      diagnostics_.error(node.place, "key '" + node.text + "' stands here a second time (first in line " +
                                         std::to_string(first->place.line) + ")");
    } else {
      top.skip_value = false;
    }
  }

  std::string file_;
  Diagnostics& diagnostics_;
  std::vector<Open> stack_;
  Node root_;
  int documents_ = 0;
  int values_ = 0;
};

/// The parser's complaint in words that help.
std::string explain(const std::string& message, const std::string& line) {
  std::string text = "not valid YAML: " + message;
  const bool flow = line.find_first_of("{[") != std::string::npos;
  if (line.find('\t') != std::string::npos)
    text += "; YAML indents with spaces, not tabs";
  else if (message.find("flow") != std::string::npos && flow)
    text += "; inside { } and [ ] a comma or bracket ends the value: quote it, or write one key per line";
  else if (message.find("illegal map value") != std::string::npos)
    text += "; is the indentation right, and does text with ': ' in it stand in quotes?";
  return text;
}

}  // namespace

Node parse_yaml(const std::string& file, std::string_view text, Diagnostics& diagnostics) {
  const Place start{file, 1, 1};
  if (text.size() > kMaxFileBytes) {
    diagnostics.error(start, "the file is larger than 1 MiB");
    return {};
  }
  if (text.find('\0') != std::string_view::npos) {
    diagnostics.error(start, "the file holds a zero byte; a scenario is UTF-8 text");
    return {};
  }
  Builder builder{file, diagnostics};
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser{stream};
    while (builder.documents() < 2 && parser.HandleNextDocument(builder)) {
    }
  } catch (const TooMuch& problem) {
    diagnostics.error(problem.place, problem.message);
  } catch (const YAML::Exception& problem) {
    const Place at{file, std::max(problem.mark.line, 0) + 1, std::max(problem.mark.column, 0) + 1};
    diagnostics.error(at, explain(problem.msg, diagnostics.line(file, at.line)));
  } catch (const std::exception&) {
    diagnostics.error(start, "not valid YAML");
  }
  return builder.take();
}

}  // namespace kafkasim::sim
