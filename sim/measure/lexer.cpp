#include "sim/measure/lexer.hpp"

#include <array>
#include <cctype>
#include <string_view>

namespace kafkasim::sim {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
  bool duration;
};
constexpr std::array<Unit, 15> kUnits = {{{"us", 1'000, true},
                                          {"ms", 1'000'000, true},
                                          {"s", 1'000'000'000, true},
                                          {"min", 60'000'000'000, true},
                                          {"h", 3'600'000'000'000, true},
                                          {"d", 86'400'000'000'000, true},
                                          {"B", 1, false},
                                          {"KB", 1'000, false},
                                          {"MB", 1'000'000, false},
                                          {"GB", 1'000'000'000, false},
                                          {"KiB", 1 << 10, false},
                                          {"MiB", 1 << 20, false},
                                          {"GiB", 1 << 30, false},
                                          {"records", 1, false},
                                          {"record", 1, false}}};

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool starts_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool in_word(char c) { return starts_word(c) || is_digit(c) || c == '.' || c == '/' || c == '-' || c == '#'; }

class Lexer {
 public:
  explicit Lexer(const std::string& text) : text_{text} {}

  std::vector<Token> run(std::optional<std::pair<std::size_t, std::string>>& error) {
    while (skip_space(), at_ < text_.size() && !error_) next();
    add(Token::Kind::end, at_, "");
    error = error_;
    return std::move(tokens_);
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  Token& add(Token::Kind kind, std::size_t column, std::string text) {
    Token token;
    token.kind = kind;
    token.column = column;
    token.text = std::move(text);
    tokens_.push_back(std::move(token));
    return tokens_.back();
  }

  // After an operand a minus is an operator, elsewhere it may begin a number.
  bool operand_before() const {
    if (tokens_.empty()) return false;
    const Token& last = tokens_.back();
    if (last.kind == Token::Kind::word) return last.text != "between" && last.text != "and" && last.text != "in";
    return last.kind == Token::Kind::number || last.text == ")" || last.text == "]";
  }

  void next() {
    const char c = text_[at_];
    const bool sign = c == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]) && !operand_before();
    if (is_digit(c) || sign) return number();
    if (starts_word(c)) return word();
    if (c == '"' || c == '\'') return quoted(c);
    return symbol();
  }

  void word() {
    const std::size_t from = at_;
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    add(Token::Kind::word, from, text_.substr(from, at_ - from));
  }

  void quoted(char quote) {
    const std::size_t from = at_++;
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string::npos) {
      error_ = {from, "the quotation mark is not closed"};
      return;
    }
    add(Token::Kind::text, from, text_.substr(at_, end - at_));
    at_ = end + 1;
  }

  void number() {
    const std::size_t from = at_;
    const bool negative = text_[at_] == '-';
    if (negative) ++at_;
    std::int64_t numerator = 0, denominator = 1;
    bool point = false;
    int digits = 0;
    for (; at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '_' ||
                                  (text_[at_] == '.' && !point && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])));
         ++at_) {
      if (text_[at_] == '_') continue;
      if (text_[at_] == '.') {
        point = true;
        continue;
      }
      if (++digits > 15) {
        error_ = {from, "the number has too many digits"};
        return;
      }
      numerator = numerator * 10 + (text_[at_] - '0');
      if (point) denominator *= 10;
    }
    if (negative) numerator = -numerator;
    const std::size_t unit_at = at_;
    while (at_ < text_.size() && (in_word(text_[at_]) || text_[at_] == '%')) ++at_;
    finish_number(from, numerator, denominator, text_.substr(unit_at, at_ - unit_at));
  }

  void finish_number(std::size_t from, std::int64_t numerator, std::int64_t denominator, const std::string& unit) {
    Token& token = add(Token::Kind::number, from, text_.substr(from, at_ - from));
    token.numerator = numerator;
    token.denominator = denominator;
    if (unit.empty()) {
      if (numerator % denominator == 0) token.value = Value::integer(numerator / denominator);
      return;
    }
    token.unit = true;
    for (const Unit& known : kUnits) {
      if (known.name != unit) continue;
      __extension__ using Wide = __int128;
      const Wide scaled = static_cast<Wide>(numerator) * known.factor;
      if (scaled % denominator != 0 || scaled > (Wide{1} << 62) || scaled < -(Wide{1} << 62)) break;
      const auto value = static_cast<std::int64_t>(scaled / denominator);
      token.value = known.duration ? Value::duration(Duration{value}) : Value::integer(value);
      return;
    }
    error_ = {from, "'" + token.text + "' is no number with a unit (us ms s min h d, B KB MB GB KiB MiB GiB)"};
  }

  void symbol() {
    for (const std::string_view two : {"==", "!=", "<=", ">="})
      if (text_.compare(at_, 2, two) == 0) {
        add(Token::Kind::symbol, at_, std::string{two});
        at_ += 2;
        return;
      }
    if (std::string_view{"()[],-*<>"}.find(text_[at_]) == std::string_view::npos) {
      error_ = {at_, std::string{"unexpected '"} + text_[at_] + "'"};
      return;
    }
    add(Token::Kind::symbol, at_, std::string(1, text_[at_]));
    ++at_;
  }

  const std::string& text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  std::optional<std::pair<std::size_t, std::string>> error_;
};

}  // namespace

std::vector<Token> tokenize(const std::string& text, std::optional<std::pair<std::size_t, std::string>>& error) {
  return Lexer{text}.run(error);
}

}  // namespace kafkasim::sim
