#include "sim/report/json_writer.hpp"

#include "core/base/invariant.hpp"
#include "tests/support/catch.hpp"

namespace kafkasim::sim {
namespace {

void document(JsonWriter& json) {
  json.begin_object();
  json.key("a").integer(-1);
  json.key("b").begin_array(true);
  json.integer(1);
  json.raw("2.500000000");
  json.end_array();
  json.key("c").begin_object();
  json.key("d").null();
  json.key("e").boolean(true);
  json.end_object();
  json.key("f").begin_array();
  json.end_array();
  json.end_object();
}

}  // namespace

TEST_CASE("an indented document, with flat parts on one line", "[report]") {
  JsonWriter json;
  document(json);
  CHECK(json.take() == R"({
  "a": -1,
  "b": [1, 2.500000000],
  "c": {
    "d": null,
    "e": true
  },
  "f": []
}
)");
}

TEST_CASE("a document on one line has no blanks", "[report]") {
  JsonWriter json{JsonWriter::Style::one_line};
  document(json);
  CHECK(json.take() == R"({"a":-1,"b":[1,2.500000000],"c":{"d":null,"e":true},"f":[]})");
}

TEST_CASE("a writer is empty after its document was taken", "[report]") {
  JsonWriter json{JsonWriter::Style::one_line};
  for (int i = 0; i < 2; ++i) {
    json.begin_array();
    json.integer(i);
    json.end_array();
    CHECK(json.take() == "[" + std::to_string(i) + "]");
  }
}

TEST_CASE("strings are escaped", "[report]") {
  CHECK(json_string("plain") == R"("plain")");
  CHECK(json_string("a\"b\\c\n\t") == R"("a\"b\\c\n\t")");
  CHECK(json_string(std::string_view{"\x01\x1f", 2}) == R"("\u0001\u001f")");
  CHECK(json_string("Zürich") == "\"Zürich\"");
}

TEST_CASE("an unfinished document cannot be taken", "[report]") {
  JsonWriter json;
  json.begin_object();
  CHECK_THROWS_AS(json.take(), InvariantViolation);
  CHECK_THROWS_AS(JsonWriter{}.key("a"), InvariantViolation);
}

}  // namespace kafkasim::sim
