// For the tests of capture/ only: capture files built byte by byte.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "capture/reader.h"

namespace whydown::capture::testing {

using Bytes = std::vector<std::uint8_t>;

// Integers in one byte order, whatever the machine's is.
class Writer {
 public:
  explicit Writer(bool big_endian = false) : big_(big_endian) {}

  Writer& u8(std::uint64_t value) { return integer(value, 1); }
  Writer& u16(std::uint64_t value) { return integer(value, 2); }
  Writer& u32(std::uint64_t value) { return integer(value, 4); }
  Writer& u64(std::uint64_t value) { return integer(value, 8); }
  Writer& fill(std::size_t count, std::uint8_t value = 0xab) {
    bytes_.insert(bytes_.end(), count, value);
    return *this;
  }
  Writer& text(std::string_view value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  Writer& add(const Bytes& value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  Writer& pad() { return fill((4 - bytes_.size() % 4) % 4, 0); }
  std::size_t size() const { return bytes_.size(); }
  const Bytes& bytes() const { return bytes_; }
  bool big() const { return big_; }

 private:
  Writer& integer(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t shift = 8 * (big_ ? width - 1 - i : i);
      bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    return *this;
  }
  bool big_;
  Bytes bytes_;
};

inline Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

struct PcapShape {
  bool big = false;
  std::uint32_t magic = 0xa1b2c3d4;
  std::uint16_t major = 2;
  std::uint16_t minor = 4;
  std::uint32_t snaplen = 262144;
  std::uint32_t network = 1;
};

inline Bytes pcap_header(const PcapShape& shape = {}) {
  return Writer(shape.big)
      .u32(shape.magic)
      .u16(shape.major)
      .u16(shape.minor)
      .u64(0)
      .u32(shape.snaplen)
      .u32(shape.network)
      .bytes();
}

// A record of `captured` bytes, each of the value `fill`.
inline Bytes pcap_record(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t captured,
                         std::uint32_t length, bool big = false, std::uint8_t fill = 0xab) {
  return Writer(big)
      .u32(seconds)
      .u32(fraction)
      .u32(captured)
      .u32(length)
      .fill(captured, fill)
      .bytes();
}

inline Bytes block(std::uint32_t type, const Bytes& body, bool big = false) {
  const auto length = static_cast<std::uint32_t>((body.size() + 3) / 4 * 4 + 12);
  return Writer(big).u32(type).u32(length).add(body).pad().u32(length).bytes();
}

inline Bytes section(bool big = false, std::uint16_t major = 1) {
  return block(0x0a0d0d0a,
               Writer(big).u32(0x1a2b3c4d).u16(major).u16(0).u64(~std::uint64_t{0}).bytes(), big);
}

inline Bytes option(std::uint16_t code, const Bytes& value, bool big = false) {
  return Writer(big).u16(code).u16(value.size()).add(value).pad().bytes();
}

inline Bytes interface_block(std::uint16_t link_type, std::uint32_t snaplen = 0,
                             const Bytes& options = {}, bool big = false) {
  return block(1, Writer(big).u16(link_type).u16(0).u32(snaplen).add(options).bytes(), big);
}

inline Bytes enhanced(std::uint32_t interface, std::uint64_t ticks, std::uint32_t captured,
                      std::uint32_t length, const Bytes& options = {}, bool big = false) {
  return block(6,
               Writer(big)
                   .u32(interface)
                   .u32(ticks >> 32U)
                   .u32(ticks & 0xffffffffU)
                   .u32(captured)
                   .u32(length)
                   .fill(captured)
                   .pad()
                   .add(options)
                   .bytes(),
               big);
}

inline Bytes gzipped(const Bytes& plain) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes packed(deflateBound(&stream, plain.size()));
  stream.next_in = const_cast<Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// Without a content size, so that the frame carries the window that is asked for.
inline Bytes zstd_packed(const Bytes& plain, int window_log = 20) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  Bytes packed(ZSTD_compressBound(plain.size()));
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  ZSTD_outBuffer out{packed.data(), packed.size(), 0};
  // In two calls: told everything at once, the library would shrink the window to fit.
  EXPECT_EQ(ZSTD_isError(ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue)), 0U);
  EXPECT_EQ(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end), 0U);
  packed.resize(out.pos);
  ZSTD_freeCCtx(context);
  return packed;
}

// A file of the test's own, gone when the test is.
class TempFile {
 public:
  explicit TempFile(const Bytes& bytes, const std::string& name = "input")
      : path_(std::filesystem::path(::testing::TempDir()) /
              (std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + "." +
               name)) {
    std::ofstream file(path_, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  ~TempFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// What a frame said, kept beyond its life.
struct Seen {
  std::uint64_t number = 0;
  std::int64_t time_ns = 0;
  std::size_t captured = 0;
  std::uint32_t length = 0;
  LinkType link_type{};
  Direction direction{};
  bool has_time = true;
  std::uint16_t input = 0;
};

template <typename From>
std::vector<Seen> all_frames(From& from) {
  std::vector<Seen> seen;
  while (const Frame* frame = from.next()) {
    seen.push_back({frame->place.number, base::ns_of(frame->place.time), frame->bytes.size(),
                    frame->wire_length, frame->link_type, frame->direction, frame->has_time,
                    frame->place.input});
  }
  return seen;
}

inline const base::QualityRemark* remark_of(const base::InputInfo& info, std::string_view id) {
  for (const auto& remark : info.remarks) {
    if (remark.id == id) return &remark;
  }
  return nullptr;
}

inline std::vector<std::string> remark_ids(const base::InputInfo& info) {
  std::vector<std::string> ids;
  for (const auto& remark : info.remarks) ids.push_back(remark.id);
  return ids;
}

}  // namespace whydown::capture::testing
