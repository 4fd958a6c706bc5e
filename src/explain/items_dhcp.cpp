// DHCP (RFC 2131), field by field.
#include <fmt/format.h>

#include "explain/sheet.h"

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

}  // namespace

void dhcp_items(const View& view, Sheet& sheet) {
  const Message& message = view.packet.dhcp;
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
