// Runs tests/interaction/replication/*.txt: exhibits of the failure museum, replica by replica.
#include "tests/interaction/replica_set.hpp"
#include "tests/support/catch.hpp"

using namespace kafkasim::test;

TEST_CASE("replication scripts", "[interaction]") {
  const std::vector<std::string> paths = scripts_in("replication");
  REQUIRE(paths.size() >= 8);
  for (const std::string& path : paths) {
    INFO(path);
    const std::string script = read_text(path);
    ReplicaSet replicas;
    const std::string seen = replay(script, [&](const Command& command) { return replicas.run(command); });
    if (rewriting())
      write_text(path, seen);
    else
      CHECK(seen == script);
  }
}

TEST_CASE("a script whose expectation is wrong differs", "[interaction]") {
  const std::string script =
      "new brokers=1\n----\nok\n\nelect 1 epoch=0 isr=1\n----\nb1: leads in epoch 7 from offset 0\n";
  ReplicaSet replicas;
  const std::string seen = replay(script, [&](const Command& command) { return replicas.run(command); });
  CHECK(seen == "new brokers=1\n----\nok\n\nelect 1 epoch=0 isr=1\n----\nb1: leads in epoch 0 from offset 0\n");
}
