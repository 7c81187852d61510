// The trace on disk: one JSON document a line, compressed with zstd while it is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kafkasim::sim {

/// Output that could not be written or read (disk full, no permission, ...): for the user, with the path and the
/// reason.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writes beside the final path under a temporary name and renames at close(): what stands there is always whole.
/// A writer destroyed without close() leaves nothing behind. The bytes depend on the lines alone.
class TraceWriter {
 public:
  /// Throws OutputError when the file cannot be created.
  explicit TraceWriter(std::filesystem::path path);
  ~TraceWriter();
  TraceWriter(TraceWriter&&) noexcept;
  TraceWriter& operator=(TraceWriter&&) noexcept;

  /// Appends one line; `json` holds no line break. Throws OutputError when writing fails.
  void line(std::string_view json);
  /// Completes and publishes the file. Throws OutputError when that fails; then nothing is left. A second call does
  /// nothing.
  void close();
  std::uint64_t lines() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads a trace line by line: long ones need not fit into memory. Throws OutputError when it cannot be read or is
/// damaged.
class TraceReader {
 public:
  explicit TraceReader(std::filesystem::path path);
  ~TraceReader();
  TraceReader(TraceReader&&) noexcept;
  TraceReader& operator=(TraceReader&&) noexcept;

  /// The next line; false behind the last one.
  bool line(std::string& json);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// All lines of a trace. Throws as above.
std::vector<std::string> read_trace(const std::filesystem::path& path);

}  // namespace kafkasim::sim
