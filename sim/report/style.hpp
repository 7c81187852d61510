// Colours for terminals; plain text everywhere else.
#pragma once

#include <string>
#include <string_view>

namespace kafkasim::sim {

enum class Colour { plain, bold, dim, red, green, yellow, cyan };

class Style {
 public:
  explicit Style(bool coloured) : coloured_{coloured} {}
  std::string operator()(Colour colour, std::string_view text) const {
    static constexpr std::string_view kCodes[] = {"", "1", "2", "31", "32", "33", "36"};
    const std::string_view code = kCodes[static_cast<std::size_t>(colour)];
    if (!coloured_ || code.empty() || text.empty()) return std::string{text};
    return std::string{"\x1b["}.append(code).append("m").append(text).append("\x1b[0m");
  }

 private:
  bool coloured_;
};

}  // namespace kafkasim::sim
