#include "capture/link_type.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace whydown::capture {

namespace {

struct Name {
  std::uint16_t number;
  const char* text;
};

// https://www.tcpdump.org/linktypes.html, less its DLT_ prefix.
constexpr std::array kNames{
    Name{0, "NULL"},
    Name{1, "EN10MB"},
    Name{3, "AX25"},
    Name{6, "IEEE802"},
    Name{7, "ARCNET"},
    Name{8, "SLIP"},
    Name{9, "PPP"},
    Name{10, "FDDI"},
    Name{50, "PPP_SERIAL"},
    Name{51, "PPP_ETHER"},
    Name{101, "RAW"},
    Name{104, "C_HDLC"},
    Name{105, "IEEE802_11"},
    Name{107, "FRELAY"},
    Name{108, "LOOP"},
    Name{113, "LINUX_SLL"},
    Name{117, "PFLOG"},
    Name{119, "PRISM_HEADER"},
    Name{127, "IEEE802_11_RADIO"},
    Name{163, "IEEE802_11_RADIO_AVS"},
    Name{166, "PPP_PPPD"},
    Name{187, "BLUETOOTH_HCI_H4"},
    Name{189, "USB_LINUX"},
    Name{192, "PPI"},
    Name{195, "IEEE802_15_4"},
    Name{201, "BLUETOOTH_HCI_H4_WITH_PHDR"},
    Name{220, "USB_LINUX_MMAPPED"},
    Name{228, "IPV4"},
    Name{229, "IPV6"},
    Name{239, "NFLOG"},
    Name{249, "USBPCAP"},
    Name{253, "NETLINK"},
    Name{276, "LINUX_SLL2"},
};

}  // namespace

LinkType link_type_of_file(std::uint16_t number) {
  constexpr std::uint16_t ours = 0xff00;
  constexpr std::uint16_t unread = 0xfeff;
  constexpr std::uint16_t dlt_raw_most = 12;
  constexpr std::uint16_t dlt_raw_openbsd = 14;
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): unknown values pass through
  if (number >= ours) return static_cast<LinkType>(unread);
  if (number == dlt_raw_most || number == dlt_raw_openbsd) return LinkType::raw;
  return static_cast<LinkType>(number);
}

std::string link_type_name(LinkType type) {
  if (type == LinkType::tcpdump_text || type == LinkType::wireshark_row) return "text";
  const auto number = static_cast<std::uint16_t>(type);
  const auto* const found = std::find_if(kNames.begin(), kNames.end(),
                                         [number](const Name& n) { return n.number == number; });
  return found == kNames.end() ? fmt::format("LINKTYPE_{}", number) : std::string{found->text};
}

std::string LinkTypes::name() const {
  if (mixed_) return "mixed";
  return last_ ? link_type_name(*last_) : std::string{};
}

}  // namespace whydown::capture
