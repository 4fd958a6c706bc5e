#include "packet/arp/arp.h"

#include <cstring>

#include "base/cursor.h"

namespace whydown::packet::arp {
namespace {

base::IpAddress protocol_address(const std::uint8_t* p, bool is_ipv4) {
  return is_ipv4 ? base::IpAddress::v4(base::load_be32(p)) : base::IpAddress{};
}

base::MacAddress hardware_address(const std::uint8_t* p, std::size_t size) {
  base::MacAddress mac;
  if (size == mac.bytes.size()) std::memcpy(mac.bytes.data(), p, size);
  return mac;
}

}  // namespace

Next decode(Layer& layer) {
  constexpr std::size_t fixed = 8;
  if (layer.rest.size() < fixed) return layer.stop_short(Note::truncated_network);
  const std::uint8_t* p = layer.rest.data();
  const std::size_t hardware = p[4];
  const std::size_t protocol = p[5];
  if (layer.rest.size() < fixed + 2 * (hardware + protocol)) {
    return layer.stop_short(Note::truncated_network);
  }
  const bool is_ipv4 = base::load_be16(p + 2) == 0x0800 && protocol == 4;
  Arp& arp = layer.packet.arp;
  arp.operation = base::load_be16(p + 6);
  p += fixed;
  arp.sender_mac = hardware_address(p, hardware);
  p += hardware;
  arp.sender = protocol_address(p, is_ipv4);
  p += protocol;
  arp.target_mac = hardware_address(p, hardware);
  p += hardware;
  arp.target = protocol_address(p, is_ipv4);
  layer.packet.network = Network::arp;
  return kStop;
}

}  // namespace whydown::packet::arp
