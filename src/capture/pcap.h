// The pcap format (draft-ietf-opsawg-pcap): a file header, then records of one link type.
//
// Read are both byte orders, micro- and nanoseconds, and the "modified" format of Alexey
// Kuznetzov's libpcap (0xa1b2cd34), whose records carry 8 more bytes. make_pcap_reader() is
// declared in capture/reader.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace whydown::capture {

struct PcapMagic {
  bool swapped = false;      // the file's byte order is not this machine's
  bool nanoseconds = false;  // else microseconds
  bool modified = false;     // records with 8 more bytes
};

// Of the first four bytes; absent when they are no pcap magic.
std::optional<PcapMagic> pcap_magic(std::span<const std::uint8_t> head);

}  // namespace whydown::capture
