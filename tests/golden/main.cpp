// kafkasim_golden [FILE...] [--skipped]: judges recorded cases. Exit 0 all pass, 1 some fail, 2 bad usage or input.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/golden/adapter.hpp"

namespace kafkasim::golden {
namespace {

namespace fs = std::filesystem;

struct Tally {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
};

std::vector<std::string> committed_files() {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator{fs::path{KAFKASIM_SOURCE_DIR} / "tests" / "golden"})
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

const Adapter* adapter_for(const std::string& file) {
  const std::string stem = fs::path{file}.stem().string();
  for (const Adapter& adapter : adapters())
    if (adapter.stem == stem) return &adapter;
  std::cerr << file << ": error: no adapter for \"" << stem << "\"; there are:";
  for (const Adapter& adapter : adapters()) std::cerr << ' ' << adapter.stem;
  std::cerr << '\n';
  return nullptr;
}

// "assignors.jsonl:17 CG0008 SomeTest.testX"
std::string case_id(const std::string& file, int line, const Json& golden_case) {
  std::string id = fs::path{file}.filename().string() + ":" + std::to_string(line);
  for (const char* const key : {"id", "source"}) {
    const auto found = golden_case.find(key);
    if (found != golden_case.end()) id += " " + (found->is_string() ? found->get<std::string>() : found->dump());
  }
  return id;
}

void judge(const Adapter& adapter, const std::string& id, const Json& golden_case, bool list_skipped, Tally& tally) {
  for (const SkipRule& rule : adapter.skips) {
    if (!rule.applies(golden_case)) continue;
    ++tally.skipped;
    if (list_skipped) std::cout << id << ": skipped: " << rule.reason << '\n';
    return;
  }
  Verdict verdict;
  try {
    verdict = adapter.judge(golden_case);
  } catch (const std::exception& error) {
    verdict = {"an answer", std::string{"exception: "} + error.what()};
  }
  if (verdict.passed()) {
    ++tally.passed;
    return;
  }
  ++tally.failed;
  std::cout << id << "\n  expected " << verdict.expected << "\n  seen     " << verdict.seen << '\n';
}

// False: the file cannot be judged at all.
bool judge_file(const std::string& file, bool list_skipped, Tally& tally) {
  const Adapter* const adapter = adapter_for(file);
  if (adapter == nullptr) return false;
  std::ifstream in{file};
  if (!in) {
    std::cerr << file << ": error: cannot be read\n";
    return false;
  }
  std::string text;
  for (int line = 1; std::getline(in, text); ++line) {
    if (text.empty()) continue;
    const Json golden_case = Json::parse(text, nullptr, false);
    if (!golden_case.is_object()) {
      std::cerr << file << ':' << line << ": error: not a JSON object\n";
      return false;
    }
    judge(*adapter, case_id(file, line, golden_case), golden_case, list_skipped, tally);
  }
  return true;
}

int run(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  bool list_skipped = false;
  for (const std::string& argument : arguments) {
    if (argument == "--skipped") {
      list_skipped = true;
    } else if (argument.starts_with("-")) {
      std::cerr << "usage: kafkasim_golden [FILE...] [--skipped]\n";
      return 2;
    } else {
      files.push_back(argument);
    }
  }
  if (files.empty()) files = committed_files();
  Tally tally;
  bool usable = true;
  for (const std::string& file : files) usable = judge_file(file, list_skipped, tally) && usable;
  std::cout << tally.passed << " passed, " << tally.failed << " failed, " << tally.skipped << " skipped\n";
  if (!usable) return 2;
  return tally.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace kafkasim::golden

int main(int argc, char** argv) {
  try {
    return kafkasim::golden::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 2;
  }
}
