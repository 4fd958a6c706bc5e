// For tests: text through the reader and the decoder, each packet told in one line of words.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/interner.h"
#include "capture/reader.h"
#include "packet/note.h"
#include "packet/packet.h"

namespace whydown::packet::testing {

// What tests compare, in words: "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 A example.com
// (29)".
inline std::string told(const Packet& packet, const base::Interner& names) {
  const base::AddressBook book(names);
  const auto known = [&](Field field) { return packet.known.has(field); };
  const auto number = [](std::uint64_t value) { return std::to_string(value); };
  const auto endpoint = [&](const base::IpAddress& address, std::uint16_t port) {
    return port == 0 ? book.text(address) : book.endpoint(address, port);
  };
  std::string out;
  if (packet.network == Network::arp) {
    out = packet.arp.operation == 1 ? "arp who-has " + book.text(packet.arp.target) + " tell "
                                    : std::string("arp is-at ");
    out += book.text(packet.arp.sender);
    if (packet.arp.operation == 2) out += ' ' + packet.arp.sender_mac.to_string();
    return out;
  }
  out = endpoint(packet.ip.source, packet.source_port);
  out += " > " + endpoint(packet.ip.destination, packet.destination_port);
  static constexpr std::string_view kTransports[] = {" none", " udp",   " tcp",
                                                     " icmp", " icmp6", " other"};
  out += kTransports[static_cast<std::size_t>(packet.transport)];
  if (packet.transport == Transport::tcp) {
    const std::string flags = tcp_flag_words(packet.tcp.flags);
    if (packet.tcp.flags != 0) out += " [" + flags + "]";
    if (known(Field::tcp_sequence)) {
      out += " seq " + number(packet.tcp.sequence);
      if ((packet.tcp.flags & tcp_flag::ack) != 0)
        out += " ack " + number(packet.tcp.acknowledgment);
    }
    if (packet.tcp.mss != 0) out += " mss " + number(packet.tcp.mss);
  }
  if (!packet.said.empty()) out += " says \"" + std::string(packet.said) + '"';
  if (packet.transport == Transport::icmp || packet.transport == Transport::icmp6) {
    const Icmp& icmp = packet.icmp;
    out += ' ' + number(icmp.type) + '/' + number(icmp.code);
    if (icmp.identifier != 0) out += " id " + number(icmp.identifier);
    if (icmp.sequence != 0) out += " seq " + number(icmp.sequence);
    if (icmp.mtu != 0) out += " mtu " + number(icmp.mtu);
    if (icmp.target.is_known()) out += " target " + book.text(icmp.target);
    if (known(Field::quote)) {
      out += " of " + endpoint(icmp.quoted.ip.source, icmp.quoted.source_port);
      out += " > " + endpoint(icmp.quoted.ip.destination, icmp.quoted.destination_port);
      out += kTransports[static_cast<std::size_t>(icmp.quoted.transport)];
      if (known(Field::quote_header)) out += " ttl " + number(icmp.quoted.ip.ttl);
      if (icmp.quoted.has_dns_id) out += " dns " + number(icmp.quoted.dns_id);
    }
  }
  if (packet.application == Application::dns) {
    const dns::Message& dns = packet.dns;
    out += dns.response ? " dns answer" : " dns query";
    if (known(Field::dns_id)) out += ' ' + number(dns.id);
    if (dns.response && dns.rcode != dns::Rcode::no_error) {
      out += " rcode " + number(static_cast<std::uint16_t>(dns.rcode));
    }
    if (dns.question_type != 0) out += " type " + number(dns.question_type);
    if (!dns.question_name.empty()) out += ' ' + std::string(dns.question_name.view());
    if (dns.name_hash != base::hash_bytes(dns.question_name.view())) out += " unhashed";
    if (dns.response) {
      out += ' ' + number(dns.answer_count) + '/' + number(dns.authority_count) + '/' +
             number(dns.additional_count);
    }
    if (dns.authoritative) out += " aa";
    if (dns.truncated) out += " tc";
    for (const dns::Record& record : dns.records) {
      if (record.address.is_known()) out += " = " + book.text(record.address);
    }
    for (const dns::ExtendedError& error : dns.extended_errors) out += " ede " + number(error.code);
  }
  if (packet.application == Application::dhcp) {
    const dhcp::Message& dhcp = packet.dhcp;
    out += dhcp.is_reply ? " dhcp reply" : " dhcp request";
    if (dhcp.type != dhcp::Type::unknown) out += ' ' + std::string(dhcp::type_name(dhcp.type));
    if (dhcp.has_id) out += ' ' + number(dhcp.id);
    if (dhcp.client.is_known()) out += " of " + dhcp.client.to_string();
    if (dhcp.client_ip.is_known()) out += " has " + book.text(dhcp.client_ip);
    if (dhcp.requested.is_known()) out += " wants " + book.text(dhcp.requested);
    if (dhcp.yours.is_known()) out += " gets " + book.text(dhcp.yours);
    if (dhcp.server.is_known()) out += " server " + book.text(dhcp.server);
    if (dhcp.relay.is_known()) out += " relay " + book.text(dhcp.relay);
    if (dhcp.lease_seconds != 0) out += " lease " + number(dhcp.lease_seconds);
    if (dhcp.reason != dhcp::Reason::none)
      out += " reason " + number(static_cast<unsigned>(dhcp.reason));
  }
  if (known(Field::payload_length)) out += " (" + number(packet.payload_length) + ')';
  for (const NoteAt& note : packet.notes) out += " !" + std::string(note_id(note.note));
  return out;
}

struct Reading {
  std::vector<std::string> packets;
  std::vector<base::Place> places;
  base::InputInfo info;
  base::Error error;
};

inline Reading read(std::unique_ptr<capture::Input> input) {
  Reading reading;
  auto reader = capture::make_text_reader(std::move(input), {"test", 0, {}});
  if (!reader) {
    reading.error = reader.error();
    return reading;
  }
  base::Interner names;
  Decoder decoder(names);
  auto packet = std::make_unique<Packet>();
  while (const capture::Frame* frame = (*reader)->next()) {
    decoder.decode(*frame, *packet);
    reading.packets.push_back(told(*packet, names));
    reading.places.push_back(packet->place);
  }
  reading.info = (*reader)->info();
  return reading;
}

inline Reading read(std::string_view text) {
  return read(
      capture::Input::of_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

}  // namespace whydown::packet::testing
