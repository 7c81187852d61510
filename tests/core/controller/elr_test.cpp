// Stories of the ISR, the ELR and the last known leader: who may lead after which deaths.
#include "tests/core/controller/host.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::core::testing {
namespace {

/// One partition, told by what happens to its brokers.
class Story {
 public:
  Story(MetadataImage image, bool elr) : image_{std::move(image)}, rules_{.elr_enabled = elr} {}

  std::string fence(std::int32_t id) {
    return apply([&](Write& write) { add_fencing(image_, b(id), rules_, write); });
  }
  /// A fenced broker's new incarnation registers and is then unfenced.
  std::string restart(std::int32_t id, bool clean_shutdown) {
    apply([&](Write& write) { add_previous_incarnation_end(image_, b(id), clean_shutdown, rules_, write); });
    return unfence(id);
  }
  std::string registers(std::int32_t id, bool clean_shutdown) {
    return apply([&](Write& write) { add_previous_incarnation_end(image_, b(id), clean_shutdown, rules_, write); });
  }
  std::string unfence(std::int32_t id) {
    return apply([&](Write& write) { add_unfencing(image_, b(id), rules_, write); });
  }

 private:
  template <class Change>
  std::string apply(Change&& change) {
    Write write;
    change(write);
    for (const PendingRecord& next : write) image_.replay(next.record);
    return show(image_.partitions.at({TopicId{0}, 0}));
  }

  MetadataImage image_;
  ElectionRules rules_;
};

TEST_CASE("S5: deaths one at a time with ELR; the first to leave is not eligible, the others are") {
  Story story{image_of(3, {bs({1, 2, 3})}, 2), true};
  CHECK(story.fence(2) == "leader 1 epoch 0 isr 1,3");  // still min ISR: nothing to keep
  CHECK(story.fence(3) == "leader 1 epoch 0 isr 1 elr 3");
  CHECK(story.fence(1) == "leader -1 epoch 1 elr 1,3 known 1");
  SECTION("the first of the ELR to come back leads") { CHECK(story.unfence(3) == "leader 3 epoch 2 isr 3 elr 1"); }
  SECTION("the one outside does not") { CHECK(story.unfence(2) == "leader -1 epoch 1 elr 1,3 known 1"); }
  SECTION("who lost power is struck out of the ELR") {
    CHECK(story.restart(3, false) == "leader -1 epoch 1 elr 1 known 1");
    CHECK(story.restart(1, false) == "leader 1 epoch 2 isr 1 recovering");  // the last known leader, unclean
  }
}

TEST_CASE("R09: last replica standing, without and with ELR") {
  SECTION("without: only the last member may lead, whatever it lost") {
    Story story{image_of(3, {bs({1, 2, 3})}, 2), false};
    CHECK(story.fence(1) == "leader 2 epoch 1 isr 2,3");
    CHECK(story.fence(2) == "leader 3 epoch 2 isr 3");
    CHECK(story.fence(3) == "leader -1 epoch 3 isr 3");
    CHECK(story.unfence(1) == "leader -1 epoch 3 isr 3");
    CHECK(story.unfence(2) == "leader -1 epoch 3 isr 3");
    CHECK(story.restart(3, false) == "leader 3 epoch 4 isr 3");
  }
  SECTION("with: the ELR member leads, the one that lost power leaves the ELR") {
    Story story{image_of(3, {bs({1, 2, 3})}, 2), true};
    CHECK(story.fence(1) == "leader 2 epoch 1 isr 2,3");
    CHECK(story.fence(2) == "leader 3 epoch 2 isr 3 elr 2");
    CHECK(story.fence(3) == "leader -1 epoch 3 elr 2,3 known 3");
    CHECK(story.unfence(1) == "leader -1 epoch 3 elr 2,3 known 3");
    CHECK(story.unfence(2) == "leader 2 epoch 4 isr 2 elr 3");
    CHECK(story.restart(3, false) == "leader 2 epoch 4 isr 2");
  }
}

TEST_CASE("README-crash 17: RF 1 with ELR, the killed broker comes back as last known leader") {
  Story story{image_of(1, {bs({1})}), true};
  CHECK(story.fence(1) == "leader -1 epoch 1 elr 1 known 1");
  CHECK(story.registers(1, false) == "leader -1 epoch 1 known 1");
  CHECK(story.unfence(1) == "leader 1 epoch 2 isr 1 recovering");
}

TEST_CASE("unclean election: in the event that takes the last ISR member (R3.29)") {
  for (const bool elr : {false, true}) {
    Story story{image_of(2, {bs({1, 2})}, 1, true), elr};
    CHECK(story.fence(2) == "leader 1 epoch 0 isr 1");
    CHECK(story.unfence(2) == "leader 1 epoch 0 isr 1");
    CHECK(story.fence(1) == "leader 2 epoch 1 isr 2 recovering");
  }
}

TEST_CASE("without ELR a clean restart and an unclean one are fencings alike (R3.27)") {
  for (const bool clean : {false, true}) {
    Story story{image_of(3, {bs({1, 2, 3})}, 2), false};
    CHECK(story.registers(1, clean) == "leader 2 epoch 1 isr 2,3");
  }
}

TEST_CASE("with ELR an unclean restart inside the ISR costs the place in it; a clean one goes to the ELR") {
  Story unclean{image_of(2, {bs({1, 2})}, 2), true};
  CHECK(unclean.registers(1, false) == "leader 2 epoch 1 isr 2");
  Story clean{image_of(2, {bs({1, 2})}, 2), true};
  CHECK(clean.registers(1, true) == "leader 2 epoch 1 isr 2 elr 1");
}

}  // namespace
}  // namespace kafkasim::core::testing
