#include "core/base/invariant.hpp"

namespace kafkasim {

void fail_invariant(std::string_view condition, std::string_view reason, std::string_view file, int line) {
  // Only the path inside the project: artefacts hold no machine paths.
  for (const std::string_view root : {"/core/", "/sim/", "/tests/"})
    if (const auto at = file.rfind(root); at != std::string_view::npos) {
      file.remove_prefix(at + 1);
      break;
    }
  std::string text{file};
  text += ':' + std::to_string(line) + ": ";
  text += reason;
  text += " (";
  text += condition;
  text += ')';
  throw InvariantViolation{text};
}

}  // namespace kafkasim
