#include "core/base/rules.hpp"

#include "core/base/invariant.hpp"

namespace kafkasim {

Rules rules_for(std::string_view version) {
  INVARIANT(known_rules(version), "the scenario reader lets only known versions through");
  return Rules{};
}

}  // namespace kafkasim
