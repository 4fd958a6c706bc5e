#include "packet/ip/ip.h"

#include "base/cursor.h"
#include "packet/ip/ipv4.h"
#include "packet/limits.h"

namespace whydown::packet::ip {
namespace {

using base::load_be16;
using base::load_be32;

constexpr std::size_t kHeader6 = 40;

bool is_extension(std::uint8_t number) {
  switch (number) {
    case protocol::hop_by_hop:
    case protocol::routing:
    case protocol::fragment:
    case protocol::authentication:
    case protocol::destination_options:
    case protocol::mobility:
    case protocol::hip:
    case protocol::shim6:
      return true;
    default:
      return false;
  }
}

std::size_t extension_size(std::uint8_t number, std::uint8_t length) {
  if (number == protocol::fragment) return 8;
  if (number == protocol::authentication) return (length + std::size_t{2}) * 4;  // RFC 4302 2.2
  return (length + std::size_t{1}) * 8;
}

}  // namespace

Next fault(Layer& layer, Fault fault) {
  switch (fault) {
    case Fault::cut:
      return layer.stop_short(Note::truncated_network);
    case Fault::bad_version:
      layer.note(Note::bad_ip_version);
      break;
    case Fault::bad_header_length:
      layer.note(Note::bad_ip_header_length);
      break;
    case Fault::chain_too_long:
      layer.note(Note::extension_chain_too_long);
      break;
    case Fault::none:
      break;
  }
  return kStop;
}

Header read_ipv4(std::span<const std::uint8_t> bytes, Ip& ip) {
  if (!bytes.empty() && bytes[0] >> 4U != 4) return {.fault = Fault::bad_version};
  if (bytes.size() < kHeader4) return {.fault = Fault::cut};
  read_fixed(bytes.data(), ip);
  const std::uint32_t length = (bytes[0] & 0x0fU) * 4U;
  Fault found = Fault::none;
  if (length < kHeader4) {
    found = Fault::bad_header_length;
  } else if (length > bytes.size()) {
    found = Fault::cut;
  }
  return {.length = length, .fault = found, .has_fields = true};
}

Next with_options(Layer& layer) {
  const Header header = read_ipv4(layer.rest, layer.packet.ip);
  if (header.fault != Fault::none) return fault(layer, header.fault);
  return pass_header(layer, header.length, checksum_good(layer.rest.data(), header.length));
}

base::IpAddress address6(const std::uint8_t* bytes) {
  // 100::/64 is discard-only (RFC 6666). A packet that carries it must not pass for a name.
  if (base::load_be64(bytes) == base::IpAddress::host(0).high()) return {};
  return base::IpAddress::v6(std::span<const std::uint8_t, 16>(bytes, 16));
}

Header read_ipv6(std::span<const std::uint8_t> bytes, Ip& ip) {
  if (!bytes.empty() && bytes[0] >> 4U != 6) return {.fault = Fault::bad_version};
  if (bytes.size() < kHeader6) return {.fault = Fault::cut};
  const std::uint8_t* p = bytes.data();
  ip.tos = static_cast<std::uint8_t>(load_be16(p) >> 4U);
  ip.total_length = static_cast<std::uint32_t>(load_be16(p + 4) + kHeader6);
  ip.protocol = p[6];
  ip.ttl = p[7];
  ip.source = address6(p + 8);
  ip.destination = address6(p + 24);
  ip.dont_fragment = false;
  ip.more_fragments = false;
  ip.fragment_offset = 0;
  ip.id = 0;
  return {.length = kHeader6, .has_fields = true};
}

Header read_extensions(std::span<const std::uint8_t> bytes, Ip& ip) {
  Header header{.has_fields = true};
  std::size_t at = 0;
  for (std::size_t count = 0; is_extension(ip.protocol); ++count) {
    const std::uint8_t* p = bytes.data() + at;
    const std::size_t left = bytes.size() - at;
    header.length = static_cast<std::uint32_t>(at);
    if (count == kMaxExtensionHeaders) {
      header.fault = Fault::chain_too_long;
      return header;
    }
    if (left < 8 || left < extension_size(ip.protocol, p[1])) {
      header.fault = Fault::cut;
      return header;
    }
    at += extension_size(ip.protocol, p[1]);
    if (ip.protocol == protocol::fragment) {
      const std::uint16_t field = load_be16(p + 2);
      ip.fragment_offset = field & 0xfff8U;
      ip.more_fragments = (field & 1U) != 0;
      ip.id = load_be32(p + 4);
      header.has_fragment = true;
    }
    ip.protocol = p[0];
    if (ip.fragment_offset != 0) break;
  }
  header.length = static_cast<std::uint32_t>(at);
  return header;
}

Next ipv6(Layer& layer) {
  Packet& packet = layer.packet;
  const Header fixed = read_ipv6(layer.rest, packet.ip);
  if (!fixed.has_fields) return fault(layer, fixed.fault);
  packet.network = Network::ipv6;
  packet.known.set(Field::ttl);
  packet.known.set(Field::tos);
  // RFC 2675 jumbograms and offload claim 0; a packet without a payload says so otherwise.
  const bool claims_nothing =
      packet.ip.total_length == kHeader6 && packet.ip.protocol != protocol::no_next_header;
  clip(layer, claims_nothing ? 0 : packet.ip.total_length);
  layer.advance(fixed.length);
  const Header chain = read_extensions(layer.rest, packet.ip);
  if (chain.has_fragment) packet.known.set(Field::ip_id);
  layer.advance(chain.length);
  if (chain.fault != Fault::none) return fault(layer, chain.fault);
  return follow(layer);
}

}  // namespace whydown::packet::ip
