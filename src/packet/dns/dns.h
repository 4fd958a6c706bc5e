// DNS messages (RFC 1035), EDNS (RFC 6891) and extended errors (RFC 8914), over UDP and TCP.
//
// One pass over the bytes, each visited once: owner names are stepped over, and only the first
// question's name is spelt out. read_name() spells others, for whoever needs them.
//
// Over TCP a packet shows the message that begins with it, as far as it goes there (decode_tcp);
// journey/dns_stream.h puts together what spans segments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bounded.h"
#include "packet/dns/message.h"
#include "packet/layer.h"

namespace whydown::packet::dns {

inline constexpr std::uint16_t kPort = 53;
inline constexpr std::uint16_t kMulticastPort = 5353;  // RFC 6762
inline constexpr std::uint16_t kLinkLocalPort = 5355;  // RFC 4795
inline constexpr std::size_t kHeader = 12;

Next decode_udp(Layer& layer);
Next decode_tcp(Layer& layer);
// mDNS and LLMNR: the message is read into Packet::dns, but the application is not DNS: nobody
// asked a server, so silence there means nothing.
Next decode_local(Layer& layer);

void reset(Message& message);

// How reading a message went, beside Message::completeness.
struct Parsed {
  enum Oddity : std::uint8_t { name_loop = 1, name_too_long = 2, too_many_records = 4 };
  bool has_header = false;    // without it nothing in Message means anything
  std::uint8_t oddities = 0;  // bits of Oddity
  std::uint32_t length = 0;   // bytes read: of a whole message, its own length

  bool has(Oddity oddity) const { return (oddities & oddity) != 0; }
};

// `claimed` is the message's length as the transport has it; `bytes` may hold less.
Parsed parse(std::span<const std::uint8_t> bytes, std::size_t claimed, Message& message);

// Whether a message with its two bytes of length begins here and makes sense, as far as the bytes
// go. For who reads a connection from its middle.
bool begins_message(std::span<const std::uint8_t> bytes);
// Does the first question look like one that somebody asked? Bytes from the middle of a stream
// hardly ever do.
bool question_is_sane(const Message& message);

// The bytes of packet.dns, as captured: what its records' offsets count in.
std::span<const std::uint8_t> message_bytes(const Packet& packet);

// The name at `offset` of a message, as Message::question_name is written. False when it is cut,
// malformed or turns in a circle; `name` is empty then.
bool read_name(std::span<const std::uint8_t> message, std::size_t offset, base::ShortText& name);

}  // namespace whydown::packet::dns
