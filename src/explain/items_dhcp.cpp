// DHCP (RFC 2131; of IPv6, RFC 8415), field by field.
#include <fmt/format.h>

#include "explain/sheet.h"
#include "packet/dhcp6/dhcp6.h"

namespace whydown::explain {

using packet::dhcp::Message;
using packet::dhcp::Reason;
using packet::dhcp::Type;

namespace {

std::string type_meaning(Type type) {
  switch (type) {
    case Type::discover:
      return "The first of four steps: is there a DHCP server?";
    case Type::offer:
      return "The second of four steps: a server offers an address. Nothing is settled yet.";
    case Type::request:
      return "The third of four steps: the client takes one offer; or, without an offer before, it "
             "asks to keep an address that it had.";
    case Type::ack:
      return "The last of four steps: from here on the address is the client's.";
    case Type::nak:
      return "A refusal: the client must not use that address, and begins anew with DISCOVER.";
    case Type::decline:
      return "The client found by ARP that somebody else has the address.";
    case Type::release:
      return "The client leaves; the server may give the address to others.";
    case Type::inform:
      return "The client has an address and wants the other settings only.";
    case Type::unknown:
      break;
  }
  return "A message type that this program does not know.";
}

void add_address(const View& view, Sheet& sheet, std::string_view name,
                 const base::IpAddress& address, std::string means) {
  if (!address.is_known()) return;
  sheet.add(fmt::format("{} {}", name, view.book.text(address)), std::move(means));
}

void add_portal(const Message& message, Sheet& sheet) {
  if (!message.names_portal) return;
  sheet.add("captive portal",
            "The server names a login page (RFC 8910): until somebody logs in there, the network "
            "lets the client reach little else.");
}

}  // namespace

namespace {

std::string_view type6_meaning(std::uint8_t type) {
  switch (type) {
    case 1:
      return "The first of four steps: is there a DHCP server?";
    case 2:
      return "The second of four steps: a server says what it would give. Nothing is settled yet.";
    case 3:
      return "The third of four steps: the client takes up what one server offers.";
    case 4:
      return "The client has moved or woken up: does its address still fit this link?";
    case 5:
      return "The client asks the server that gave its address to prolong it.";
    case 6:
      return "The client asks any server to prolong its address: the one that gave it is silent.";
    case 7:
      return "The server's last word: what the client is given, or a status that refuses.";
    case 8:
      return "The client leaves; the server may give the address to others.";
    case 9:
      return "The client found that somebody else has the address.";
    case 11:
      return "The client has an address and wants the other settings only.";
    default:
      return "A message between relays and servers.";
  }
}

std::string_view status_meaning(std::uint16_t status) {
  namespace code = packet::dhcp6::status;
  switch (status) {
    case code::no_addresses:
      return "The server has no address to give: its pool is used up, or it has none for this "
             "link.";
    case code::no_binding:
      return "The server does not know the address as this client's: it has to begin anew.";
    case code::not_on_link:
      return "The address belongs to another link.";
    case code::use_multicast:
      return "The client must ask by multicast.";
    case code::no_prefixes:
      return "The server has no prefix to give.";
    default:
      return "The server gives no reason.";
  }
}

void dhcp6_items(const View& view, Sheet& sheet) {
  const Message& message = view.packet.dhcp;
  sheet.add(fmt::format("DHCPv6 {}", packet::dhcp6::type_name(message.type6)),
            std::string(type6_meaning(message.type6)));
  sheet.add(fmt::format("xid {:#x}", message.id), "Drawn by the client; the answer repeats it.");
  if (message.client.is_known()) {
    sheet.add(view.book.text(base::IpAddress::mac(message.client)),
              "The client's hardware address, from its identifier (DUID) or from the frame.");
  }
  add_address(view, sheet, "relay", message.relay,
              "A relay passed the message on: the client is on another link than the server.");
  add_address(view, sheet, "asked for", message.requested,
              "The address or prefix that the client speaks of.");
  add_address(view, sheet, "given", message.yours, "The address or prefix for the client.");
  add_portal(message, sheet);
  if (message.status != 0) {
    const std::string_view name = packet::dhcp6::status_name(message.status);
    sheet.add(
        fmt::format("status {}", name.empty() ? std::to_string(message.status) : std::string(name)),
        std::string(status_meaning(message.status)));
  }
}

}  // namespace

void dhcp_items(const View& view, Sheet& sheet) {
  const Message& message = view.packet.dhcp;
  if (message.is_v6) {
    dhcp6_items(view, sheet);
    return;
  }
  if (const std::string_view type = packet::dhcp::type_name(message.type); !type.empty()) {
    sheet.add(fmt::format("DHCP {}", type), type_meaning(message.type));
  } else if (message.type == Type::unknown) {
    sheet.add(message.is_reply ? "reply" : "request",
              "From the DHCP server or from the client; which message it is, is not shown.");
  }
  if (message.has_id) {
    sheet.add(fmt::format("xid {:#x}", message.id),
              "Drawn by the client; the answer repeats it, and so do the client's next steps.");
  }
  if (message.client.is_known()) {
    sheet.add(view.book.text(base::IpAddress::mac(message.client)),
              "The client's hardware address: by it the server knows who asks.");
  }
  if (message.seconds != 0) {
    sheet.add(fmt::format("secs {}", message.seconds),
              "For so many seconds the client has been asking.");
  }
  add_address(view, sheet, "ciaddr", message.client_ip, "The address that the client has.");
  add_address(view, sheet, "yiaddr", message.yours, "The address that the client is given.");
  add_address(view, sheet, "giaddr", message.relay,
              "A relay passed the message on: the client is in another network than the server.");
  add_address(view, sheet, "requested", message.requested,
              "The address that the client would like to have.");
  add_address(view, sheet, "server", message.server, "The server that is meant, or that answers.");
  add_portal(message, sheet);
  if (message.lease_seconds != 0) {
    sheet.add(fmt::format("lease {} s", message.lease_seconds),
              "So long the address is the client's; at half of it the client asks to renew it.");
  }
  if (message.reason == Reason::other_network) {
    sheet.add("message", "The server says why: the address belongs to another network.");
  } else if (message.reason == Reason::not_available) {
    sheet.add("message", "The server says why: the address is not to be had.");
  }
}

}  // namespace whydown::explain
