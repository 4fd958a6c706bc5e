// What was odd about a packet: a closed list of named, counted facts.
#pragma once

#include <cstdint>
#include <string_view>

namespace whydown::packet {

enum class Note : std::uint8_t {
  truncated_capture,    // the snaplen cut the frame before the layer's end
  truncated_link,       // the frame ends inside the link header
  truncated_network,    // ... inside the IP or ARP header, although not cut by the snaplen
  truncated_transport,  // ...
  unknown_link_type,    // nothing below IP is understood
  unknown_ethertype,    // neither IP nor ARP
  too_many_vlans,       // more than two tags
  bad_ip_version,
  bad_ip_header_length,
  ip_length_mismatch,  // the header claims more than the frame carried
  bad_ip_checksum,
  extension_chain_too_long,
  fragment,  // not the whole datagram
  bad_tcp_header_length,
  bad_udp_length,
  bad_transport_checksum,
  segment_above_mtu,  // offload: one "packet" larger than 1514 bytes on Ethernet
  icmp_quote_truncated,
  dns_malformed,
  dns_truncated,  // the capture or the fragment ends inside the message
  dns_name_loop,
  dns_name_too_long,
  dns_too_many_records,
  dhcp_malformed,
  wireless_protected,      // 802.11: encrypted, so that nothing above can be read
  wireless_retry,          // 802.11: sent again, as the first time was not acknowledged
  wireless_leave,          // 802.11: deauthentication or disassociation
  text_unreadable,         // a record's words were not understood beyond addresses
  text_length_impossible,  // a DNS length in a text log that its own name rules out
  text_repaired,
  // Of datagrams rather than packets; journey/ counts them.
  fragments_overlap,        // pieces of one datagram overlap: it cannot be put together
  fragments_without_first,  // pieces came, and not the one that shows the ports
  text_terse,  // of a DNS message or a TCP segment only the size is printed (tcpdump -q)
  count_,
};

// Whether the packet contradicts itself, as opposed to being cut, unusual or not understood.
bool is_malformation(Note note);

struct NoteAt {
  Note note;
  std::uint16_t offset;  // bytes from the frame's start; 0 for text
};

// "truncated_capture"
std::string_view note_id(Note note);
// One line of prose.
std::string_view note_text(Note note);

}  // namespace whydown::packet
