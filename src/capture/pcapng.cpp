#include "capture/pcapng.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "capture/limits.h"
#include "capture/link_type.h"
#include "capture/pcapng_blocks.h"
#include "capture/reader.h"
#include "capture/tally.h"

namespace whydown::capture {

namespace {

using Bytes = std::span<const std::uint8_t>;
using Block = PcapngBlocks::Block;

constexpr std::size_t kHeaderSize = PcapngBlocks::kHeaderSize;
constexpr std::size_t kTrailerSize = PcapngBlocks::kTrailerSize;

std::string printable(Bytes text, std::size_t limit) {
  std::string result;
  for (const std::uint8_t byte : text.first(std::min(text.size(), limit))) {
    const bool plain = byte >= 0x20 && byte < 0x7f;
    result += plain ? static_cast<char>(byte) : '?';
  }
  return result;
}

// Adds without ever passing the largest value: drop counters are whatever a file claims.
std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  return __builtin_add_overflow(a, b, &result) ? ~std::uint64_t{0} : result;
}

struct Interface {
  LinkType link_type = LinkType::ethernet;
  std::uint32_t snaplen = kMaxRecord;
  TimeScale scale;
  // Both count the same losses where a writer gives both, so the larger one counts.
  std::optional<std::uint64_t> drops_stated;  // by the latest statistics block
  std::optional<std::uint64_t> drops_summed;  // over the packets' own counts
};
static_assert(sizeof(Interface) <= kInterfaceBytes);

class PcapngReader final : public Reader {
 public:
  PcapngReader(std::unique_ptr<Input> input, std::uint16_t index)
      : tally_(index), blocks_(std::move(input), tally_) {}

  // Reads the first section header; false when there is none that can be read.
  bool start();
  const std::string& why_stopped() const { return blocks_.why_stopped(); }
  const Frame* next() override;
  base::InputInfo info() const override;

 private:
  const Frame* read_block(const Block& block);
  bool read_section(Bytes block);
  void read_interface(Bytes block);
  void read_interface_options(Bytes options, Interface& interface);
  void read_statistics(Bytes block);
  const Frame* read_packet(Bytes block, bool obsolete);
  const Frame* read_simple_packet(Bytes block);
  void read_packet_options(Bytes options, Interface& interface);
  void add_drops(Interface& interface, std::uint64_t count);
  void add_filter(Bytes text);
  std::optional<std::uint64_t> drops() const;
  const Frame* lose_packet();
  template <typename Visit>
  void for_each_option(Bytes options, const Visit& visit);

  Tally tally_;
  PcapngBlocks blocks_;
  Frame frame_;
  std::vector<Interface> interfaces_;  // of the current section
  LinkTypes declared_;
  LinkTypes used_;
  std::optional<std::uint32_t> snaplen_;
  std::string filter_;
  std::optional<std::uint64_t> closed_drops_;  // of the sections before
  Sightings dropped_before_;
  Sightings lost_;
  Sightings clipped_;
  Sightings bad_options_;
  std::uint64_t interfaces_refused_ = 0;
};

// The packet counts, as Wireshark's numbers would, but there is no frame to show for it.
const Frame* PcapngReader::lose_packet() {
  lost_.add(tally_.next_place(tally_.last_time()));
  return nullptr;
}

template <typename Visit>
void PcapngReader::for_each_option(Bytes options, const Visit& visit) {
  constexpr std::size_t head = 4;
  while (options.size() >= head) {
    const std::uint16_t code = blocks_.u16(options.data());
    const std::size_t length = blocks_.u16(options.data() + 2);
    if (code == 0) return;  // opt_endofopt
    options = options.subspan(head);
    const std::size_t padded = (length + 3) / 4 * 4;
    if (padded > options.size()) {
      bad_options_.add(tally_.last());
      return;
    }
    visit(code, options.first(length));
    options = options.subspan(padded);
  }
}

bool PcapngReader::read_section(Bytes block) {
  constexpr std::size_t smallest = 28;
  closed_drops_ = drops();
  interfaces_.clear();
  if (block.size() < smallest) {
    blocks_.stop(
        fmt::format("After packet {} a section header is {} bytes long; expected at least "
                    "{}. The file was not read further.",
                    tally_.last().number, block.size(), smallest));
    return false;
  }
  const std::uint16_t major = blocks_.u16(block.data() + 12);
  if (major == 1) return true;
  blocks_.stop(
      fmt::format("After packet {} a section is of pcapng version {}.{}; expected version "
                  "1. The file was not read further.",
                  tally_.last().number, major, blocks_.u16(block.data() + 14)));
  return false;
}

std::optional<std::uint64_t> PcapngReader::drops() const {
  auto total = closed_drops_;
  for (const auto& interface : interfaces_) {
    if (!interface.drops_stated && !interface.drops_summed) continue;
    total = sum(total.value_or(0),
                std::max(interface.drops_stated.value_or(0), interface.drops_summed.value_or(0)));
  }
  return total;
}

void PcapngReader::add_filter(Bytes text) {
  // The first byte says which kind of filter; only 0, libpcap's words, is text.
  if (text.empty() || text[0] != 0) return;
  const std::string words = printable(text.subspan(1), kMaxFilterText);
  if (words.empty() || filter_.find(words) != std::string::npos) return;
  if (filter_.size() + words.size() > kMaxFilterText) return;
  if (!filter_.empty()) filter_ += "; ";
  filter_ += words;
}

void PcapngReader::read_interface(Bytes block) {
  constexpr std::size_t options_at = 16;
  if (interfaces_.size() == kMaxInterfaces) {
    ++interfaces_refused_;
    return;
  }
  // One that is too short counts all the same: packets name interfaces by their order.
  Interface& interface = interfaces_.emplace_back();
  if (block.size() < options_at + kTrailerSize) {
    bad_options_.add(tally_.last());
    return;
  }
  interface.link_type = link_type_of_file(blocks_.u16(block.data() + 8));
  const std::uint32_t snaplen = blocks_.u32(block.data() + 12);
  if (snaplen != 0 && snaplen < kMaxRecord) {
    interface.snaplen = snaplen;
    snaplen_ = std::min(snaplen_.value_or(snaplen), snaplen);
  }
  declared_.add(interface.link_type);
  read_interface_options(block.subspan(options_at, block.size() - options_at - kTrailerSize),
                         interface);
}

void PcapngReader::read_interface_options(Bytes options, Interface& interface) {
  std::int64_t offset = 0;
  for_each_option(options, [&](std::uint16_t code, Bytes value) {
    constexpr std::uint16_t if_tsresol = 9;
    constexpr std::uint16_t if_filter = 11;
    constexpr std::uint16_t if_tsoffset = 14;
    if (code == if_tsresol && value.size() == 1) {
      interface.scale = TimeScale(value[0]);
    } else if (code == if_filter) {
      add_filter(value);
    } else if (code == if_tsoffset && value.size() == sizeof offset) {
      offset = static_cast<std::int64_t>(blocks_.u64(value.data()));
    }
  });
  interface.scale.set_offset(offset);
}

void PcapngReader::read_statistics(Bytes block) {
  constexpr std::size_t options_at = 20;
  if (block.size() < options_at + kTrailerSize) {
    bad_options_.add(tally_.last());
    return;
  }
  const std::uint32_t id = blocks_.u32(block.data() + kHeaderSize);
  if (id >= interfaces_.size()) return;
  std::optional<std::uint64_t> drops;
  for_each_option(block.subspan(options_at, block.size() - options_at - kTrailerSize),
                  [&](std::uint16_t code, Bytes value) {
                    constexpr std::uint16_t isb_ifdrop = 5;
                    constexpr std::uint16_t isb_osdrop = 7;
                    if ((code == isb_ifdrop || code == isb_osdrop) && value.size() == 8) {
                      drops = sum(drops.value_or(0), blocks_.u64(value.data()));
                    }
                  });
  if (drops) interfaces_[id].drops_stated = drops;
}

void PcapngReader::add_drops(Interface& interface, std::uint64_t count) {
  interface.drops_summed = sum(interface.drops_summed.value_or(0), count);
  if (count != 0) dropped_before_.add(frame_.place);
}

void PcapngReader::read_packet_options(Bytes options, Interface& interface) {
  for_each_option(options, [&](std::uint16_t code, Bytes value) {
    constexpr std::uint16_t flags = 2;
    constexpr std::uint16_t dropcount = 4;
    if (code == flags && value.size() == 4) {
      constexpr std::uint32_t inbound = 1;
      constexpr std::uint32_t outbound = 2;
      const std::uint32_t direction = blocks_.u32(value.data()) & 3U;
      if (direction == inbound) frame_.direction = Direction::inbound;
      if (direction == outbound) frame_.direction = Direction::outbound;
    } else if (code == dropcount && value.size() == 8) {
      add_drops(interface, blocks_.u64(value.data()));
    }
  });
}

// Enhanced packet blocks, and the obsolete ones, which differ in one word: two bytes of interface
// and two of drops. Null when the packet cannot be read.
const Frame* PcapngReader::read_packet(Bytes block, bool obsolete) {
  constexpr std::size_t data_at = 28;
  if (block.size() < data_at + kTrailerSize) {
    return lose_packet();
  }
  const std::uint8_t* const head = block.data() + kHeaderSize;
  const std::uint32_t id = obsolete ? blocks_.u16(head) : blocks_.u32(head);
  std::uint32_t captured = blocks_.u32(head + 12);
  const std::size_t room = block.size() - data_at - kTrailerSize;
  const bool clipped = captured > room;
  if (clipped) captured = static_cast<std::uint32_t>(room);
  if (id >= interfaces_.size() || captured > kMaxRecord) {
    return lose_packet();
  }
  Interface& interface = interfaces_[id];
  const std::uint64_t ticks =
      static_cast<std::uint64_t>(blocks_.u32(head + 4)) << 32U | blocks_.u32(head + 8);
  const auto time = interface.scale.time(ticks);
  frame_.has_time = time.has_value();
  frame_.place = tally_.next_place(time.value_or(tally_.last_time()));
  frame_.bytes = block.subspan(data_at, captured);
  frame_.wire_length = std::max(blocks_.u32(head + 16), captured);
  frame_.link_type = interface.link_type;
  frame_.direction = Direction::unknown;
  used_.add(interface.link_type);
  if (time) {
    tally_.count_timed(frame_);
  } else {
    tally_.count_bad_time(frame_.place);
    tally_.count_length(frame_);
  }
  if (clipped) clipped_.add(frame_.place);
  if (captured > interface.snaplen) tally_.count_beyond_snaplen(frame_.place);
  constexpr std::uint16_t drops_unknown = 0xffff;
  if (obsolete && blocks_.u16(head + 2) != drops_unknown)
    add_drops(interface, blocks_.u16(head + 2));
  const std::size_t options_at = data_at + (std::size_t{captured} + 3) / 4 * 4;
  if (options_at + kTrailerSize < block.size()) {
    read_packet_options(block.subspan(options_at, block.size() - options_at - kTrailerSize),
                        interface);
  }
  return &frame_;
}

// A simple packet block has no time and no captured length: both follow from interface 0.
const Frame* PcapngReader::read_simple_packet(Bytes block) {
  constexpr std::size_t data_at = 12;
  if (block.size() < data_at + kTrailerSize || interfaces_.empty()) {
    return lose_packet();
  }
  const Interface& interface = interfaces_[0];
  const std::uint32_t length = blocks_.u32(block.data() + kHeaderSize);
  const std::size_t room = block.size() - data_at - kTrailerSize;
  const std::size_t wanted = std::min(length, interface.snaplen);
  frame_.has_time = false;
  frame_.place = tally_.next_place(tally_.last_time());
  frame_.bytes = block.subspan(data_at, std::min(wanted, room));
  frame_.wire_length = length;
  frame_.link_type = interface.link_type;
  frame_.direction = Direction::unknown;
  used_.add(interface.link_type);
  tally_.count_length(frame_);
  if (wanted > room) clipped_.add(frame_.place);
  return &frame_;
}

const Frame* PcapngReader::read_block(const Block& block) {
  const bool held = !block.bytes.empty();
  switch (block.type) {
    case BlockType::enhanced_packet:
      return held ? read_packet(block.bytes, false) : lose_packet();
    case BlockType::packet:
      return held ? read_packet(block.bytes, true) : lose_packet();
    case BlockType::simple_packet:
      return held ? read_simple_packet(block.bytes) : lose_packet();
    case BlockType::interface_description:
      read_interface(block.bytes);
      return nullptr;
    case BlockType::interface_statistics:
      if (held) read_statistics(block.bytes);
      return nullptr;
    case BlockType::section_header:
      read_section(block.bytes);
      return nullptr;
    default:
      return nullptr;
  }
}

const Frame* PcapngReader::next() {
  Block block;
  while (blocks_.next(block)) {
    if (const Frame* frame = read_block(block)) return frame;
  }
  return nullptr;
}

bool PcapngReader::start() {
  Block block;
  return blocks_.next(block) && read_section(block.bytes);
}

base::InputInfo PcapngReader::info() const {
  base::InputInfo info;
  info.format = "pcapng";
  info.link_type = used_.empty() ? declared_.name() : used_.name();
  info.snaplen = snaplen_;
  info.filter = filter_;
  info.capture_drops = drops();
  tally_.fill(info);
  const auto add = [&info](const Sightings& seen, const char* id, const std::string& text) {
    if (seen.count() != 0) {
      info.remarks.push_back(seen.remark(id, base::Severity::warning, text));
    }
  };
  if (info.capture_drops.value_or(0) != 0) {
    auto remark = dropped_before_.remark(
        "capture.drops", base::Severity::warning,
        fmt::format("The capturing side says that it lost {}: what is missing here may have been "
                    "on the wire.",
                    packets_in_words(*info.capture_drops)));
    remark.count = *info.capture_drops;
    info.remarks.push_back(std::move(remark));
  }
  add(blocks_.lengths_differ(), "capture.damaged",
      fmt::format("{} blocks give two different lengths (the packets before them are named). The "
                  "first length led to the next block and was believed.",
                  blocks_.lengths_differ().count()));
  add(lost_, "capture.damaged",
      fmt::format("{} could not be read: the block is too short or too large, or names an "
                  "interface that the file does not describe.",
                  packets_in_words(lost_.count())));
  add(clipped_, "capture.damaged",
      fmt::format("{} shorter in the file than its captured length says; read as far as it goes.",
                  packets_in_words(clipped_.count())));
  add(bad_options_, "capture.damaged",
      fmt::format("{} blocks hold options, or an interface, that run past the block's end; those "
                  "were not read (the packets before them are named).",
                  bad_options_.count()));
  if (interfaces_refused_ != 0) {
    info.remarks.push_back({"capture.damaged",
                            base::Severity::warning,
                            fmt::format("{} interfaces beyond the first {} of a section were not "
                                        "read.",
                                        interfaces_refused_, kMaxInterfaces),
                            {},
                            interfaces_refused_});
  }
  return info;
}

}  // namespace

std::expected<std::unique_ptr<Reader>, base::Error> make_pcapng_reader(
    std::unique_ptr<Input> input, const ReaderContext& context) {
  auto reader = std::make_unique<PcapngReader>(std::move(input), context.index);
  if (!reader->start()) {
    return std::unexpected(base::Error{
        context.path, "a pcapng capture whose first block cannot be read: " + reader->why_stopped(),
        "a pcapng section header", "capture or copy it again"});
  }
  return reader;
}

}  // namespace whydown::capture
