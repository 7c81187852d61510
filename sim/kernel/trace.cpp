#include "sim/kernel/trace.hpp"

#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

constexpr std::size_t kBuffer = std::size_t{1} << 17;
constexpr int kCompressionLevel = 3;

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what, std::string_view why) {
  std::string text = path.string();
  text.append(": ").append(what).append(": ").append(why);
  throw OutputError{text};
}

[[noreturn]] void fail_errno(const std::filesystem::path& path, std::string_view what) {
  fail(path, what, std::strerror(errno));
}

}  // namespace

struct TraceWriter::State {
  explicit State(std::filesystem::path where) : path{std::move(where)}, partial{path} {
    partial += ".partial";
    file.reset(std::fopen(partial.c_str(), "wb"));
    if (!file) fail_errno(path, "cannot create the trace");
    context.reset(ZSTD_createCCtx());
    INVARIANT(context != nullptr, "zstd has memory for a compressor");
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kCompressionLevel);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    plain.reserve(kBuffer);
    packed.resize(ZSTD_CStreamOutSize());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { discard(); }

  void discard() {
    if (closed) return;
    closed = true;
    file.reset();
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
  }

  void compress(ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{plain.data(), plain.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{packed.data(), packed.size(), 0};
      left = ZSTD_compressStream2(context.get(), &out, &in, directive);
      INVARIANT(ZSTD_isError(left) == 0, "zstd compresses any bytes");
      if (std::fwrite(packed.data(), 1, out.pos, file.get()) != out.pos) fail_errno(path, "cannot write the trace");
    } while (directive == ZSTD_e_end ? left != 0 : in.pos < in.size);
    plain.clear();
  }

  std::filesystem::path path;
  std::filesystem::path partial;
  File file;
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> context;
  std::string plain;
  std::vector<char> packed;
  std::uint64_t lines = 0;
  bool closed = false;
};

TraceWriter::TraceWriter(std::filesystem::path path) : state_{std::make_unique<State>(std::move(path))} {}
TraceWriter::~TraceWriter() = default;
TraceWriter::TraceWriter(TraceWriter&&) noexcept = default;
TraceWriter& TraceWriter::operator=(TraceWriter&&) noexcept = default;

void TraceWriter::line(std::string_view json) {
  INVARIANT(!state_->closed, "a closed trace takes no more lines");
  INVARIANT(json.find('\n') == std::string_view::npos, "a trace line is one line");
  state_->plain.append(json).push_back('\n');
  ++state_->lines;
  if (state_->plain.size() >= kBuffer) state_->compress(ZSTD_e_continue);
}

void TraceWriter::close() {
  State& state = *state_;
  if (state.closed) return;
  try {
    state.compress(ZSTD_e_end);
    if (std::fflush(state.file.get()) != 0) fail_errno(state.path, "cannot write the trace");
    // The stream's own close may still fail (quota, network file systems), so it is asked.
    if (std::fclose(state.file.release()) != 0) fail_errno(state.path, "cannot write the trace");
    std::error_code error;
    std::filesystem::rename(state.partial, state.path, error);
    if (error) fail(state.path, "cannot put the trace in place", error.message());
    state.closed = true;
  } catch (...) {
    state.discard();
    throw;
  }
}

std::uint64_t TraceWriter::lines() const { return state_->lines; }

struct TraceReader::State {
  explicit State(std::filesystem::path where) : path{std::move(where)}, file{std::fopen(path.c_str(), "rb")} {
    if (!file) fail_errno(path, "cannot read the trace");
    context.reset(ZSTD_createDCtx());
    INVARIANT(context != nullptr, "zstd has memory for a decompressor");
    packed.resize(ZSTD_DStreamInSize());
    plain.resize(ZSTD_DStreamOutSize());
  }

  // More text behind what is there; false at the end of the file.
  bool read() {
    const std::size_t got = std::fread(packed.data(), 1, packed.size(), file.get());
    if (std::ferror(file.get()) != 0) fail_errno(path, "cannot read the trace");
    if (got == 0) {
      if (expected != 0) fail(path, "the trace is damaged", "it ends early");
      return false;
    }
    text.erase(0, begin);
    begin = 0;
    ZSTD_inBuffer in{packed.data(), got, 0};
    bool more = true;  // input unread, or output that did not fit
    while (more) {
      ZSTD_outBuffer out{plain.data(), plain.size(), 0};
      expected = ZSTD_decompressStream(context.get(), &out, &in);
      if (ZSTD_isError(expected) != 0) fail(path, "the trace is damaged", ZSTD_getErrorName(expected));
      text.append(plain.data(), out.pos);
      more = in.pos < in.size || out.pos == out.size;
    }
    return true;
  }

  std::filesystem::path path;
  File file;
  std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context;
  std::vector<char> packed;
  std::vector<char> plain;
  std::string text;  // uncompressed; from `begin` on it is still to be told
  std::size_t begin = 0;
  std::size_t expected = 1;  // 0 = the last frame is complete
};

TraceReader::TraceReader(std::filesystem::path path) : state_{std::make_unique<State>(std::move(path))} {}
TraceReader::~TraceReader() = default;
TraceReader::TraceReader(TraceReader&&) noexcept = default;
TraceReader& TraceReader::operator=(TraceReader&&) noexcept = default;

bool TraceReader::line(std::string& json) {
  State& state = *state_;
  std::size_t end = state.text.find('\n', state.begin);
  while (end == std::string::npos) {
    const std::size_t looked_at = state.text.size() - state.begin;
    if (!state.read()) {
      if (state.begin < state.text.size()) fail(state.path, "the trace is damaged", "its last line is cut");
      return false;
    }
    end = state.text.find('\n', state.begin + looked_at);
  }
  json.assign(state.text, state.begin, end - state.begin);
  state.begin = end + 1;
  return true;
}

std::vector<std::string> read_trace(const std::filesystem::path& path) {
  TraceReader reader{path};
  std::vector<std::string> lines;
  for (std::string line; reader.line(line);) lines.push_back(line);
  return lines;
}

}  // namespace kafkasim::sim
