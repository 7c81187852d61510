// The result directory: whole or not there.
#pragma once

#include <filesystem>
#include <string_view>

namespace kafkasim::sim {

/// Writes a file in one go. Throws OutputError with path and reason.
void write_file(const std::filesystem::path& path, std::string_view text);
/// Throws OutputError when it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// Files are written beside DIR under a temporary name; publish() puts them in place. An object destroyed before leaves
/// nothing behind, and an older DIR as it was.
class ResultDirectory {
 public:
  /// Throws OutputError when DIR exists and is no earlier result of ours, or when the temporary one cannot be made.
  explicit ResultDirectory(std::filesystem::path directory);
  ResultDirectory(const ResultDirectory&) = delete;
  ResultDirectory& operator=(const ResultDirectory&) = delete;
  ~ResultDirectory();

  /// Where to write until publish().
  const std::filesystem::path& path() const { return partial_; }
  /// Makes a folder below (also several levels) and returns it.
  std::filesystem::path folder(const std::filesystem::path& relative) const;
  void publish();

 private:
  std::filesystem::path directory_, partial_;
  bool published_ = false;
};

}  // namespace kafkasim::sim
