// Every limit of packet/'s byte decoders: what bounds the work one frame can cause. None of them
// costs memory beyond the Packet itself, whose size is sizeof(Packet).
#pragma once

#include <cstddef>
#include <cstdint>

namespace whydown::packet {

// Layers of one frame, VLAN tags and encapsulations included.
inline constexpr std::size_t kMaxLayers = 16;
// A frame above this on Ethernet (1514 bytes and two VLAN tags) never was on a wire as one piece.
inline constexpr std::uint32_t kMaxEthernetFrame = 1522;
// IPv6 extension headers of one packet. RFC 8200 4.1 names seven kinds, each at most once but one.
inline constexpr std::size_t kMaxExtensionHeaders = 8;
// MPLS labels of one stack; networks use two or three.
inline constexpr std::size_t kMaxMplsLabels = 8;
// Compression pointers followed in one name. A name of 255 bytes needs few; a chain is an attack.
inline constexpr std::size_t kMaxNameHops = 32;
// RFC 1035 3.1: bytes of a name on the wire, length bytes and the root included.
inline constexpr std::size_t kMaxNameBytes = 255;
// A DNS message cannot be larger (RFC 1035 4.2.2).
inline constexpr std::size_t kMaxDnsMessage = 65535;

}  // namespace whydown::packet
