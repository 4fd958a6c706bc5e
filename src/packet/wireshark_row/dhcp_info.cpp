#include <algorithm>
#include <array>

#include "capture/text/scan.h"
#include "packet/dhcp6/dhcp6.h"
#include "packet/wireshark_row/info.h"

namespace whydown::packet::row {

namespace scan = capture::text;

bool read_dhcp_info(std::string_view info, Packet& packet) {
  using dhcp::Type;
  struct Word {
    std::string_view word;
    Type type;
    bool is_reply;
  };
  // "Boot" is BOOTP without a type: "Boot Request from 02:00:5e:10:00:01".
  constexpr std::array<Word, 10> kWords{{{"DHCP Discover", Type::discover, false},
                                         {"DHCP Offer", Type::offer, true},
                                         {"DHCP Request", Type::request, false},
                                         {"DHCP Decline", Type::decline, false},
                                         {"DHCP ACK", Type::ack, true},
                                         {"DHCP NAK", Type::nak, true},
                                         {"DHCP Release", Type::release, false},
                                         {"DHCP Inform", Type::inform, false},
                                         {"Boot Request", Type::unknown, false},
                                         {"Boot Reply", Type::unknown, true}}};
  const auto* found = std::ranges::find_if(
      kWords, [&](const Word& row) { return scan::starts_ignoring_case(info, row.word); });
  if (found == kWords.end()) return false;
  packet.application = Application::dhcp;
  dhcp::Message& message = packet.dhcp;
  message.type = found->type;
  message.is_reply = found->is_reply;
  constexpr std::string_view kId = "Transaction ID 0x";
  if (const std::size_t at = info.find(kId); at != std::string_view::npos) {
    std::string_view rest = info.substr(at + kId.size());
    if (const auto id = scan::take_hex(rest)) {
      message.has_id = true;
      message.id = static_cast<std::uint32_t>(*id);
    }
  }
  constexpr std::string_view kFrom = "Boot Request from ";
  if (scan::starts_ignoring_case(info, kFrom)) {
    const std::string_view word = info.substr(kFrom.size());
    if (const auto mac = base::MacAddress::parse(word.substr(0, word.find(' ')))) {
      message.client = *mac;
    }
  }
  return true;
}

// Wireshark shows the addresses of an identity, but no status and no prefix.
bool read_dhcp6_info(std::string_view info, Packet& packet) {
  const std::size_t head = info.find(" XID: 0x");
  dhcp6::Told told;
  told.number = dhcp6::number_of(info.substr(0, head));
  if (head == std::string_view::npos || told.number == 0) return false;
  const auto after = [&](std::string_view key) {
    const std::size_t at = info.find(key);
    const std::string_view rest =
        at == std::string_view::npos ? std::string_view{} : info.substr(at + key.size());
    return rest.substr(0, rest.find(' '));
  };
  std::string_view id = after(" XID: 0x");
  if (const auto value = scan::take_hex(id)) {
    told.has_id = true;
    told.id = static_cast<std::uint32_t>(*value);
  }
  told.client = dhcp6::mac_of_duid(after(" CID: "));
  told.address = base::IpAddress::parse(after(" IAA: ")).value_or(base::IpAddress{});
  dhcp6::set_told(told, packet);
  return true;
}

}  // namespace whydown::packet::row
