// The simulation as a value: hashed, printed and compared by the FIELDS of its parts (design wall 2).
#include "sim/kernel/state_hash.hpp"
#include "sim/kernel/state_print.hpp"
#include "sim/simulation.hpp"

namespace kafkasim::sim {

std::string Simulation::state_hash() const { return hash_state(world_).hex(); }

std::string Simulation::print() const { return print_state(world_); }

std::string Simulation::first_difference(const Simulation& a, const Simulation& b) {
  const std::optional<Difference> found = sim::first_difference(a.world_, b.world_);
  return found ? found->path + ": " + found->left + " / " + found->right : "";
}

// Equal when all state is: what FIELDS lists, which is what a run's future depends on.
bool operator==(const Simulation& a, const Simulation& b) { return Simulation::first_difference(a, b).empty(); }

}  // namespace kafkasim::sim
