#include "capture/decompressor.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "capture/limits.h"

namespace whydown::capture {

namespace {

constexpr bool is_gzip(std::span<const std::uint8_t> head) {
  return head.size() >= 2 && head[0] == 0x1f && head[1] == 0x8b;
}

// RFC 8878 3.1.1 (frames) and 3.1.2 (skippable frames, which zstd's own tools put first for
// seeking).
constexpr bool is_zstd(std::span<const std::uint8_t> head) {
  if (head.size() < 4) return false;
  const bool frame = head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd;
  const bool skippable =
      (head[0] & 0xf0U) == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18;
  return frame || skippable;
}

class Gzip final : public Decompressor {
 public:
  Gzip() {
    constexpr int gzip_only = 16 + MAX_WBITS;
    ready_ = inflateInit2(&stream_, gzip_only) == Z_OK;
  }
  ~Gzip() override {
    if (ready_) inflateEnd(&stream_);
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  const std::string& name() const override { return name_; }

 protected:
  Step step(std::span<const std::uint8_t>& in, std::span<std::uint8_t>& out) override {
    if (!ready_) return fail("no memory for it");
    stream_.next_in = const_cast<Bytef*>(in.data());  // zlib does not write to it
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    if (result == Z_STREAM_END) return Step::part_ended;
    // Z_BUF_ERROR only says that there was nothing to do with what it had.
    if (result == Z_OK || result == Z_BUF_ERROR) return Step::more;
    return fail(stream_.msg == nullptr ? "unreadable" : stream_.msg);
  }

  bool restart(std::span<const std::uint8_t> in) override {
    return is_gzip(in) && inflateReset(&stream_) == Z_OK;
  }

 private:
  Step fail(const std::string& what) {
    set_damage(what);
    return Step::damaged;
  }

  const std::string name_ = "gzip";
  z_stream stream_{};
  bool ready_ = false;
};

class Zstd final : public Decompressor {
 public:
  Zstd() : stream_(ZSTD_createDStream()) {
    ready_ = stream_ != nullptr &&
             ZSTD_isError(ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax,
                                                 static_cast<int>(kZstdWindowLog))) == 0;
  }
  ~Zstd() override { ZSTD_freeDStream(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  const std::string& name() const override { return name_; }

 protected:
  Step step(std::span<const std::uint8_t>& in, std::span<std::uint8_t>& out) override {
    if (!ready_) {
      set_damage("no memory for it");
      return Step::damaged;
    }
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t result = ZSTD_decompressStream(stream_, &output, &input);
    in = in.subspan(input.pos);
    out = out.subspan(output.pos);
    if (ZSTD_isError(result) == 0) return result == 0 ? Step::part_ended : Step::more;
    if (ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge) {
      set_damage(
          fmt::format("it needs a window of more than {} MiB to be unpacked (made with "
                      "--long or --ultra?); unpack it with 'zstd -d --long=31' first",
                      (std::size_t{1} << kZstdWindowLog) >> 20U));
    } else {
      set_damage(ZSTD_getErrorName(result));
    }
    return Step::damaged;
  }

  bool restart(std::span<const std::uint8_t> in) override { return is_zstd(in); }

 private:
  const std::string name_ = "zstd";
  ZSTD_DStream* stream_;
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> Decompressor::for_magic(std::span<const std::uint8_t> head) {
  std::unique_ptr<Decompressor> found;
  if (is_gzip(head)) found = std::make_unique<Gzip>();
  if (is_zstd(head)) found = std::make_unique<Zstd>();
  if (found) {
    found->buffer_ = std::make_unique_for_overwrite<std::uint8_t[]>(kStoredSize + kMagicSize);
    const std::size_t count = std::min(head.size(), kStoredSize + kMagicSize);
    std::copy_n(head.begin(), count, found->buffer_.get());
    found->in_ = {found->buffer_.get(), count};
  }
  return found;
}

void Decompressor::set_damage(const std::string& what) { damage_ = what; }

// Appends stored bytes to the few that may be left; false at their end.
bool Decompressor::refill(StoredBytes& stored) {
  std::copy(in_.begin(), in_.end(), buffer_.get());
  const std::size_t room = kStoredSize + kMagicSize - in_.size();
  const std::size_t count = room == 0 ? 0 : stored.read({buffer_.get() + in_.size(), room});
  in_ = {buffer_.get(), in_.size() + count};
  return count != 0;
}

// True when a further part follows. Zeros may fill up the file (tapes, tools that write blocks);
// anything else is named.
bool Decompressor::next_part(StoredBytes& stored) {
  while (true) {
    while (in_.size() < kMagicSize && refill(stored)) {
    }
    if (restart(in_)) return true;
    const auto text = std::find_if(in_.begin(), in_.end(), [](std::uint8_t b) { return b != 0; });
    if (text != in_.end()) {
      set_damage(
          fmt::format("what follows its end, at stored byte {}, is no {} data and was not "
                      "read",
                      taken_ + static_cast<std::uint64_t>(text - in_.begin()), name()));
      return false;
    }
    taken_ += in_.size();
    in_ = {};
    if (!refill(stored)) return false;
  }
}

std::size_t Decompressor::read(StoredBytes& stored, std::span<std::uint8_t> room) {
  auto out = room;
  while (!ended_ && out.size() == room.size()) {
    if (between_parts_) {
      between_parts_ = false;
      if (!next_part(stored)) {
        ended_ = true;
        break;
      }
    }
    const std::size_t before = in_.size();
    const Step result = step(in_, out);
    taken_ += before - in_.size();
    if (result == Step::damaged) {
      damage_ = fmt::format("the {} stream is damaged near stored byte {}: {}", name(), taken_,
                            damage_.value_or("unreadable"));
      ended_ = true;
    } else if (result == Step::part_ended) {
      between_parts_ = true;
    } else if (out.size() == room.size() && (in_.empty() || before == in_.size()) &&
               !refill(stored)) {
      damage_ =
          fmt::format("the {} stream ends at stored byte {}, before its own end", name(), taken_);
      ended_ = true;
    }
  }
  return room.size() - out.size();
}

}  // namespace whydown::capture
