#include "sim/report/artefacts.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "sim/kernel/trace.hpp"

namespace kafkasim::sim {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& what, const std::string& why) {
  throw OutputError{path.string() + ": " + what + ": " + why};
}

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

bool is_ours(const fs::path& directory) {
  std::error_code error;
  if (fs::is_empty(directory, error) && !error) return true;
  if (!fs::is_regular_file(directory / "result.json", error)) return false;
  const std::string text = read_file(directory / "result.json");
  return text.find("\"schema_version\":") != std::string::npos && text.find("\"fingerprint\":") != std::string::npos;
}

}  // namespace

void write_file(const fs::path& path, std::string_view text) {
  std::unique_ptr<std::FILE, Close> file{std::fopen(path.c_str(), "wb")};
  if (!file) refuse(path, "cannot create it", std::strerror(errno));
  const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
  // The close may be the first to notice a full disk.
  if (!written || std::fflush(file.get()) != 0 || std::fclose(file.release()) != 0)
    refuse(path, "cannot write it", std::strerror(errno));
}

std::string read_file(const fs::path& path) {
  const std::unique_ptr<std::FILE, Close> file{std::fopen(path.c_str(), "rb")};
  if (!file) refuse(path, "cannot read it", std::strerror(errno));
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, file.get())) text.append(buffer, got);
  if (std::ferror(file.get()) != 0) refuse(path, "cannot read it", std::strerror(errno));
  return text;
}

ResultDirectory::ResultDirectory(fs::path directory) : directory_{std::move(directory)} {
  while (!directory_.has_filename() && directory_.has_parent_path()) directory_ = directory_.parent_path();
  std::error_code error;
  const fs::file_status status = fs::status(directory_, error);
  if (fs::exists(status)) {
    if (!fs::is_directory(status)) refuse(directory_, "cannot write results there", "it is a file");
    if (!is_ours(directory_))
      refuse(directory_, "cannot write results there", "it holds something else (no result.json of an earlier run)");
  }
  error.clear();  // it is no mistake that nothing is there yet
  partial_ = directory_;
  partial_ += ".partial";
  if (directory_.has_parent_path()) fs::create_directories(directory_.parent_path(), error);
  if (error) refuse(directory_, "cannot make the directory", error.message());
  fs::remove_all(partial_, error);
  if (error) refuse(partial_, "cannot remove what an interrupted run left", error.message());
  fs::create_directory(partial_, error);
  if (error) refuse(directory_, "cannot make the directory", error.message());
}

ResultDirectory::~ResultDirectory() {
  std::error_code ignored;
  if (!published_) fs::remove_all(partial_, ignored);
}

fs::path ResultDirectory::folder(const fs::path& relative) const {
  std::error_code error;
  const fs::path path = relative.empty() ? partial_ : partial_ / relative;
  fs::create_directories(path, error);
  if (error) refuse(path, "cannot make the directory", error.message());
  return path;
}

void ResultDirectory::publish() {
  // The earlier result goes only when the new one stands in its place.
  fs::path earlier = directory_;
  earlier += ".earlier";
  std::error_code error;
  fs::remove_all(earlier, error);
  const bool replaces = fs::exists(fs::symlink_status(directory_, error));
  if (replaces) {
    fs::rename(directory_, earlier, error);
    if (error) refuse(directory_, "cannot replace the earlier result", error.message());
  }
  fs::rename(partial_, directory_, error);
  if (error) {
    std::error_code ignored;
    if (replaces) fs::rename(earlier, directory_, ignored);
    refuse(directory_, "cannot put the result in place", error.message());
  }
  published_ = true;
  fs::remove_all(earlier, error);
}

}  // namespace kafkasim::sim
