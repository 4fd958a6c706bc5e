// DHCP as tcpdump prints it: one line without -v, and with it the options, one to a line:
//   BOOTP/DHCP, Request from 02:00:5e:10:00:01, length 300, xid 0x3d1d, secs 4, Flags [none]
//     Your-IP 192.0.2.9 Client-Ethernet-Address 02:00:5e:10:00:01
//     DHCP-Message (53), length 1: Discover        before 4.99 "DHCP-Message Option 53, length 1:"
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "capture/text/scan.h"
#include "packet/dhcp6/dhcp6.h"
#include "packet/tcpdump_text/parts.h"

namespace whydown::packet::text {

namespace {

namespace scan = capture::text;

// The word behind a key, without the punctuation that ends it.
std::string_view word_after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == npos) return {};
  std::string_view rest = text.substr(at + key.size());
  scan::skip_blanks(rest);
  std::string_view word = rest.substr(0, rest.find(' '));
  while (word.ends_with(',')) word.remove_suffix(1);
  return word;
}

// What stands behind "Name (53), length 1:" or "Name Option 53, length 1:".
std::string_view option(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == npos) return {};
  std::string_view rest = text.substr(at + name.size());
  const std::size_t colon = rest.find(": ");
  constexpr std::size_t kLongest = 24;  // " Option 53, length 255"
  if (colon > kLongest) return {};      // npos as well
  rest.remove_prefix(colon + 2);
  scan::skip_blanks(rest);
  return rest;
}

base::IpAddress address_in(std::string_view word) {
  const auto address = base::IpAddress::parse(word.substr(0, word.find(' ')));
  return address.value_or(base::IpAddress{});
}

dhcp::Type type_in(std::string_view words) {
  using dhcp::Type;
  constexpr std::array<std::pair<std::string_view, Type>, 8> kTypes{{{"Discover", Type::discover},
                                                                     {"Offer", Type::offer},
                                                                     {"Request", Type::request},
                                                                     {"Decline", Type::decline},
                                                                     {"ACK", Type::ack},
                                                                     {"NACK", Type::nak},
                                                                     {"Release", Type::release},
                                                                     {"Inform", Type::inform}}};
  const std::string_view word = words.substr(0, words.find(' '));
  const auto found = std::ranges::find(kTypes, word, &std::pair<std::string_view, Type>::first);
  return found == kTypes.end() ? Type::unknown : found->second;
}

void read_options(std::string_view text, dhcp::Message& message) {
  message.type = type_in(option(text, "DHCP-Message"));
  message.requested = address_in(option(text, "Requested-IP"));
  message.server = address_in(option(text, "Server-ID"));
  std::string_view lease = option(text, "Lease-Time");
  const auto seconds = scan::take_number(lease, UINT32_MAX);
  message.lease_seconds = static_cast<std::uint32_t>(seconds.value_or(0));
  const std::string_view words = option(text, "MSG (56)");
  const std::string_view old_words = option(text, "MSG Option 56");
  const std::string_view why = words.empty() ? old_words : words;
  if (why.starts_with('"')) message.reason = dhcp::reason_of(why.substr(0, why.find('"', 1)));
}

}  // namespace

void read_dhcp_words(std::string_view text, Packet& packet) {
  dhcp::Message& message = packet.dhcp;
  const bool is_request = text.starts_with("Request");
  if (!is_request && !text.starts_with("Reply")) return;
  packet.application = Application::dhcp;
  message.is_reply = !is_request;
  for (const std::string_view key : {"Request from ", "Client-Ethernet-Address "}) {
    if (const auto mac = base::MacAddress::parse(word_after(text, key))) message.client = *mac;
  }
  std::string_view id = word_after(text, " xid 0x");
  if (const auto value = scan::take_hex(id)) {
    message.has_id = true;
    message.id = static_cast<std::uint32_t>(*value);
  }
  message.client_ip = address_in(word_after(text, "Client-IP "));
  message.yours = address_in(word_after(text, "Your-IP "));
  message.relay = address_in(word_after(text, "Gateway-IP "));
  read_options(text, message);
}

void read_dhcp6_words(std::string_view text, Packet& packet) {
  dhcp6::Told told;
  const std::string_view name = text.substr(0, text.find(' '));
  told.number = dhcp6::number_of(name);
  // What relays carry inside is not read.
  if (told.number == 0 || name.starts_with("relay")) return;
  std::string_view id = word_after(text, "(xid=");
  if (const auto value = scan::take_hex(id)) {
    told.has_id = true;
    told.id = static_cast<std::uint32_t>(*value);
    told.is_whole = text.find("[|dhcp6]") == npos;
  }
  // The hardware address stands last: "(client-ID hwaddr type 1 020000000001)".
  const std::size_t client = text.find("(client-ID hwaddr");
  if (client != npos) {
    const std::string_view duid = text.substr(client, text.find(')', client) - client);
    const std::string_view hex = duid.substr(duid.rfind(' ') + 1);
    std::array<char, 20> whole{'0', '0', '0', '3', '0', '0', '0', '1'};
    if (hex.size() == 12) {
      std::ranges::copy(hex, whole.begin() + 8);
      told.client = dhcp6::mac_of_duid({whole.data(), whole.size()});
    }
  }
  for (const std::string_view key : {"(IA_ADDR ", "(IA_PD-prefix "}) {
    const std::string_view word = word_after(text, key);
    const auto address = base::IpAddress::parse(word.substr(0, word.find('/')));
    if (address && !told.address.is_known()) told.address = *address;
  }
  constexpr std::string_view kStatus = "(status-code ";
  for (std::size_t at = text.find(kStatus); at != npos && told.status == dhcp6::status::success;
       at = text.find(kStatus, at + 1)) {
    const std::string_view rest = text.substr(at + kStatus.size());
    told.status = dhcp6::status_of(rest.substr(0, rest.find_first_of(") ")));
  }
  dhcp6::set_told(told, packet);
}

}  // namespace whydown::packet::text
