// Boundary of capture/: one captured frame, and the source that yields them in order.
//
// A text log yields frames too. Their bytes are one record in the reader's normal form (text, not
// packets), under a link type of our own; packet/ reads the words as it reads any other link layer.
// So capture/ owns how inputs are cut into records, and packet/ owns what a record means.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/input_info.h"
#include "base/place.h"

namespace whydown::capture {

// LINKTYPE_ values of https://www.tcpdump.org/linktypes.html; unknown values pass through.
enum class LinkType : std::uint16_t {
  null = 0,
  ethernet = 1,
  ppp = 9,
  raw = 101,
  ieee802_11 = 105,
  loop = 108,
  linux_sll = 113,
  radiotap = 127,
  ipv4 = 228,
  ipv6 = 229,
  linux_sll2 = 276,
  // Ours, outside the registry's range:
  tcpdump_text = 0xff00,   // one tcpdump record as one line of words, without its time
  wireshark_row = 0xff01,  // source \t destination \t protocol \t length \t info
};

// Whose frame it was at the capture point, where the format tells (SLL, pcapng flags, `-i any`).
enum class Direction : std::uint8_t { unknown, inbound, outbound };

struct Frame {
  // Valid until the source's next call; who wants them longer, see OpenOptions::before_reuse.
  std::span<const std::uint8_t> bytes;
  base::Place place;
  std::uint32_t wire_length = 0;  // original length in bytes; of text 0 unless the text names it
  LinkType link_type = LinkType::ethernet;
  Direction direction = Direction::unknown;
  bool has_time = true;  // false for `tcpdump -t`: place.time then only keeps the order
};

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  // The next frame, or nullptr at the end. Damage ends the input early and becomes a remark.
  virtual const Frame* next() = 0;
  // Complete once next() has returned nullptr. One entry per input, in command-line order.
  virtual std::vector<base::InputInfo> inputs() const = 0;
};

struct OpenOptions {
  bool hash = false;   // compute InputInfo::sha256
  std::string filter;  // of captures, in libpcap's words; empty: all frames
  // Called by Source::next() before the bytes of earlier frames are overwritten or moved: until
  // then they stay where they are. Rarely, of captures; for every frame, of text.
  std::function<void()> before_reuse;
  // For text without them: midnight of the date (local to `zone_offset`), and the zone's offset
  // from UTC. Ignored for captures.
  std::optional<base::Time> date;
  std::optional<base::Duration> zone_offset;
};

// Opens every input ("-" is standard input), finds out what each holds by looking at it, and
// merges them by time; frames of equal time keep command-line order. Fails with the first input
// that holds nothing readable.
std::expected<std::unique_ptr<Source>, base::Error> open(const std::vector<std::string>& paths,
                                                         const OpenOptions& options);

}  // namespace whydown::capture
