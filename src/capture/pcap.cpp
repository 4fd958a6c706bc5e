#include "capture/pcap.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/prefetch.h"
#include "capture/limits.h"
#include "capture/link_type.h"
#include "capture/reader.h"
#include "capture/tally.h"

namespace whydown::capture {

namespace {

constexpr std::size_t kFileHeaderSize = 24;
constexpr std::size_t kRecordHeaderSize = 16;
constexpr std::size_t kModifiedRecordHeaderSize = 24;
constexpr std::size_t kFetchAhead = 512;  // bytes: some packets
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

struct FileHeader {
  std::uint32_t magic;
  std::uint16_t version_major;
  std::uint16_t version_minor;
  std::uint32_t reserved[2];
  std::uint32_t snaplen;
  std::uint32_t network;  // low 16 bits: link type; above: FCS length and its flag
};
static_assert(sizeof(FileHeader) == kFileHeaderSize);

struct RecordHeader {
  std::uint32_t seconds;
  std::uint32_t fraction;
  std::uint32_t captured;
  std::uint32_t length;
};
static_assert(sizeof(RecordHeader) == kRecordHeaderSize);

class PcapReader final : public Reader {
 public:
  PcapReader(std::unique_ptr<Input> input, const ReaderContext& context, PcapMagic magic,
             const FileHeader& header)
      : input_(std::move(input)),
        tally_(context.index),
        swapped_(magic.swapped),
        modified_(magic.modified),
        lengths_swapped_(header.version_major == 2 && header.version_minor <= 3),
        is_plain_(!swapped_ && !modified_ && !lengths_swapped_),
        version_minor_(header.version_minor),
        header_size_(magic.modified ? kModifiedRecordHeaderSize : kRecordHeaderSize),
        fraction_unit_(magic.nanoseconds ? 1 : 1000),
        fraction_end_(static_cast<std::uint32_t>(kNsPerSecond / fraction_unit_)),
        snaplen_(header.snaplen == 0 || header.snaplen > kMaxRecord ? kMaxRecord : header.snaplen) {
    frame_.place = tally_.last();
    frame_.link_type = link_type_of_file(static_cast<std::uint16_t>(header.network & 0xffffU));
    if (header.version_major != 2 || header.version_minor > 4) {
      tally_.add_damage("capture.damaged",
                        fmt::format("The file header claims format version {}.{}; expected 2.4. "
                                    "The file is read as if it were 2.4.",
                                    header.version_major, header.version_minor));
    }
  }

  const Frame* next() override;
  base::InputInfo info() const override;

 private:
  RecordHeader header_at(const std::uint8_t* bytes) const;
  [[gnu::cold, gnu::noinline]] const Frame* fetch();
  const Frame* pass(std::span<const std::uint8_t> bytes, const RecordHeader& header,
                    std::size_t size);
  [[gnu::cold]] const Frame* end_at_cut(std::size_t have, std::size_t need);
  [[gnu::cold]] const Frame* end_at_damage(const RecordHeader& header);
  [[gnu::cold, gnu::noinline]] const Frame* count_unusual(const RecordHeader& header);
  void read_direction(const std::uint8_t* bytes);

  std::unique_ptr<Input> input_;
  Frame frame_;
  Tally tally_;
  bool swapped_;
  bool modified_;
  bool lengths_swapped_;  // files older than 2.4
  bool is_plain_;         // none of these, as nearly every file; false at its end
  std::uint16_t version_minor_;
  bool ended_ = false;
  std::size_t header_size_;
  std::int64_t fraction_unit_;  // ns
  std::uint32_t fraction_end_;  // first impossible fraction
  std::uint32_t snaplen_;
};

RecordHeader PcapReader::header_at(const std::uint8_t* bytes) const {
  RecordHeader header;
  std::memcpy(&header, bytes, sizeof header);
  if (swapped_) {
    header.seconds = __builtin_bswap32(header.seconds);
    header.fraction = __builtin_bswap32(header.fraction);
    header.captured = __builtin_bswap32(header.captured);
    header.length = __builtin_bswap32(header.length);
  }
  // As libpcap: before 2.3 the two lengths stood the other way round, in 2.3 either way.
  if (lengths_swapped_ && (version_minor_ < 3 || header.captured > header.length)) {
    std::swap(header.captured, header.length);
  }
  return header;
}

const Frame* PcapReader::next() {
  const auto held = input_->held();
  if (!is_plain_ || held.size() < kRecordHeaderSize) [[unlikely]]
    return fetch();
  RecordHeader header;
  std::memcpy(&header, held.data(), sizeof header);
  const std::size_t size = kRecordHeaderSize + header.captured;
  if (header.captured > kMaxRecord || held.size() < size) [[unlikely]]
    return fetch();
  base::prefetch(held.data() + size + kFetchAhead);
  return pass(held.subspan(kRecordHeaderSize, header.captured), header, size);
}

// Records that are not whole in the buffer, and those of the rarer kinds of file.
const Frame* PcapReader::fetch() {
  if (ended_) return nullptr;
  auto window = input_->window(header_size_);
  if (window.size() < header_size_) return end_at_cut(window.size(), header_size_);
  const RecordHeader header = header_at(window.data());
  if (header.captured > kMaxRecord) return end_at_damage(header);
  const std::size_t size = header_size_ + header.captured;
  window = input_->window(size);
  if (window.size() < size) return end_at_cut(window.size(), size);
  if (modified_) read_direction(window.data());
  return pass(window.subspan(header_size_, header.captured), header, size);
}

inline const Frame* PcapReader::pass(std::span<const std::uint8_t> bytes,
                                     const RecordHeader& header, std::size_t size) {
  const std::int64_t seconds = header.seconds;
  const std::int64_t fraction = header.fraction;
  const auto time = base::time_from_ns(seconds * kNsPerSecond + fraction * fraction_unit_);
  tally_.next_place(time, frame_.place);
  frame_.bytes = bytes;
  frame_.wire_length = std::max(header.length, header.captured);
  input_->consume_held(size);
  if (header.fraction >= fraction_end_ || header.captured > snaplen_ ||
      header.captured < header.length || !tally_.is_usual(time)) [[unlikely]] {
    return count_unusual(header);
  }
  tally_.count_usual(time);
  return &frame_;
}

const Frame* PcapReader::count_unusual(const RecordHeader& header) {
  if (header.fraction >= fraction_end_) tally_.count_bad_time(frame_.place);
  if (header.captured > snaplen_) tally_.count_beyond_snaplen(frame_.place);
  tally_.count_timed(frame_);
  return &frame_;
}

// The modified format keeps the kernel's packet type (linux/if_packet.h) after the interface's
// number and the protocol: 0 to 2 came in for this host, 3 was for another one, 4 went out.
void PcapReader::read_direction(const std::uint8_t* bytes) {
  const std::uint8_t type = bytes[kRecordHeaderSize + 6];
  frame_.direction = type == 4  ? Direction::outbound
                     : type < 3 ? Direction::inbound
                                : Direction::unknown;
}

const Frame* PcapReader::end_at_cut(std::size_t have, std::size_t need) {
  is_plain_ = false;
  ended_ = true;
  // A damaged compressed stream ends early as well; then that is the news, not the cut.
  if (have != 0 && !input_->damage()) {
    const auto number = tally_.last().number + 1;
    tally_.add_damage(
        "capture.truncated_file",
        fmt::format("The file ends within packet {}, whose record begins at byte {}: {} of the {} "
                    "bytes of its {} are missing. It may have been copied while it was written.",
                    number, input_->position(), need - have, need,
                    need == header_size_ ? "header" : "record"));
  }
  return nullptr;
}

const Frame* PcapReader::end_at_damage(const RecordHeader& header) {
  is_plain_ = false;
  ended_ = true;
  tally_.add_damage(
      "capture.damaged",
      fmt::format("Packet {} (at byte {}) claims a length of {} bytes; expected at "
                  "most {}. The file is damaged there and was not read further.",
                  tally_.last().number + 1, input_->position(), header.captured, kMaxRecord));
  return nullptr;
}

base::InputInfo PcapReader::info() const {
  base::InputInfo info;
  info.format = "pcap";
  info.link_type = link_type_name(frame_.link_type);
  if (snaplen_ < kMaxRecord) info.snaplen = snaplen_;
  tally_.fill(info);
  return info;
}

}  // namespace

std::optional<PcapMagic> pcap_magic(std::span<const std::uint8_t> head) {
  if (head.size() < sizeof(std::uint32_t)) return std::nullopt;
  std::uint32_t magic = 0;
  std::memcpy(&magic, head.data(), sizeof magic);
  for (const bool swapped : {false, true}) {
    switch (swapped ? __builtin_bswap32(magic) : magic) {
      case 0xa1b2c3d4:
        return PcapMagic{swapped, false, false};
      case 0xa1b23c4d:
        return PcapMagic{swapped, true, false};
      case 0xa1b2cd34:
        return PcapMagic{swapped, false, true};
      default:
        break;
    }
  }
  return std::nullopt;
}

std::expected<std::unique_ptr<Reader>, base::Error> make_pcap_reader(std::unique_ptr<Input> input,
                                                                     const ReaderContext& context) {
  const auto window = input->window(kFileHeaderSize);
  const auto magic = pcap_magic(window);
  if (!magic) {
    return std::unexpected(base::Error{context.path, "no pcap magic", "a pcap capture", ""});
  }
  if (window.size() < kFileHeaderSize) {
    return std::unexpected(base::Error{
        context.path,
        fmt::format("a pcap capture cut within its file header, after {} bytes", window.size()),
        fmt::format("at least {} bytes", kFileHeaderSize), "capture or copy it again"});
  }
  FileHeader header;
  std::memcpy(&header, window.data(), sizeof header);
  if (magic->swapped) {
    header.version_major = __builtin_bswap16(header.version_major);
    header.version_minor = __builtin_bswap16(header.version_minor);
    header.snaplen = __builtin_bswap32(header.snaplen);
    header.network = __builtin_bswap32(header.network);
  }
  input->consume(kFileHeaderSize);
  return std::make_unique<PcapReader>(std::move(input), context, *magic, header);
}

}  // namespace whydown::capture
