#include <array>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "packet/icmp/icmp.h"
#include "packet/note.h"
#include "packet/packet.h"

namespace whydown::packet {
namespace {

struct NoteWords {
  Note note;
  std::string_view id;
  std::string_view text;
};

constexpr NoteWords kNotes[] = {
    {Note::truncated_capture, "truncated_capture",
     "The capture's snapshot length cut the packet before its headers ended."},
    {Note::truncated_link, "truncated_link", "The frame ends inside its link header."},
    {Note::truncated_network, "truncated_network", "The frame ends inside its IP or ARP header."},
    {Note::truncated_transport, "truncated_transport",
     "The packet ends inside its transport header."},
    {Note::unknown_link_type, "unknown_link_type",
     "The capture's link type is not understood, so the frame was not read."},
    {Note::unknown_ethertype, "unknown_ethertype", "The frame carries neither IP nor ARP."},
    {Note::too_many_vlans, "too_many_vlans", "The frame has more than two VLAN tags."},
    {Note::bad_ip_version, "bad_ip_version", "The IP header's version does not fit its place."},
    {Note::bad_ip_header_length, "bad_ip_header_length",
     "The IP header's length cannot be: too short, or longer than the packet."},
    {Note::ip_length_mismatch, "ip_length_mismatch",
     "The IP header claims more bytes than the frame carried."},
    {Note::bad_ip_checksum, "bad_ip_checksum",
     "The IPv4 header's checksum is wrong; on the sending machine, offload does that."},
    {Note::extension_chain_too_long, "extension_chain_too_long",
     "The packet has more IPv6 extension headers than are read."},
    {Note::fragment, "fragment", "The packet is a fragment of a datagram."},
    {Note::bad_tcp_header_length, "bad_tcp_header_length",
     "The TCP header's length cannot be: too short, or longer than the packet."},
    {Note::bad_udp_length, "bad_udp_length", "The UDP length does not fit the packet."},
    {Note::bad_transport_checksum, "bad_transport_checksum",
     "The transport checksum is wrong; on the sending machine, offload does that."},
    {Note::segment_above_mtu, "segment_above_mtu",
     "The packet is larger than Ethernet carries: captured before segmentation offload split it."},
    {Note::icmp_quote_truncated, "icmp_quote_truncated",
     "The ICMP error quotes too little of the packet it complains about."},
    {Note::dns_malformed, "dns_malformed", "The DNS message breaks the format's rules."},
    {Note::dns_truncated, "dns_truncated",
     "The capture or the fragment ends inside the DNS message."},
    {Note::dns_name_loop, "dns_name_loop", "A compressed DNS name points at itself or forward."},
    {Note::dns_name_too_long, "dns_name_too_long", "A DNS name is longer than names may be."},
    {Note::dns_too_many_records, "dns_too_many_records",
     "The DNS message has more records than are kept."},
    {Note::dhcp_malformed, "dhcp_malformed", "The DHCP message breaks the format's rules."},
    {Note::wireless_protected, "wireless_protected",
     "The frame is encrypted (802.11): nothing above the link can be read."},
    {Note::wireless_retry, "wireless_retry",
     "The frame was sent again because its first try was not acknowledged (802.11)."},
    {Note::wireless_leave, "wireless_leave",
     "The frame ends a wireless connection: deauthentication or disassociation (802.11)."},
    {Note::text_unreadable, "text_unreadable",
     "The record's words were not understood beyond its addresses."},
    {Note::text_length_impossible, "text_length_impossible",
     "The DNS length in the text cannot be: the name in the same line rules it out."},
    {Note::text_repaired, "text_repaired", "The record was mangled, and was repaired to be read."},
    {Note::fragments_overlap, "fragments_overlap",
     "Pieces of one datagram overlap or contradict each other."},
    {Note::fragments_without_first, "fragments_without_first",
     "Pieces of a datagram came without its first one."},
    {Note::text_terse, "text_terse",
     "The text shows the packet's size only, not what the DNS message or TCP segment says."},
};

constexpr bool notes_in_order() {
  for (std::size_t i = 0; i < std::size(kNotes); ++i) {
    if (static_cast<std::size_t>(kNotes[i].note) != i) return false;
  }
  return std::size(kNotes) == static_cast<std::size_t>(Note::count_);
}
static_assert(notes_in_order(), "one line per note, in the enumeration's order");

struct IcmpWords {
  std::uint8_t type;
  int code;  // -1: whatever the code
  std::string_view words;
};

// https://www.iana.org/assignments/icmp-parameters
constexpr IcmpWords kIcmp4[] = {
    {icmp::type4::echo_reply, -1, "echo reply"},
    {icmp::type4::unreachable, 0, "net unreachable"},
    {icmp::type4::unreachable, 1, "host unreachable"},
    {icmp::type4::unreachable, 2, "protocol unreachable"},
    {icmp::type4::unreachable, 3, "port unreachable"},
    {icmp::type4::unreachable, 4, "fragmentation needed"},
    {icmp::type4::unreachable, 5, "source route failed"},
    {icmp::type4::unreachable, 6, "destination network unknown"},
    {icmp::type4::unreachable, 7, "destination host unknown"},
    {icmp::type4::unreachable, 8, "source host isolated"},
    {icmp::type4::unreachable, 9, "network administratively prohibited"},
    {icmp::type4::unreachable, 10, "host administratively prohibited"},
    {icmp::type4::unreachable, 11, "net unreachable for this type of service"},
    {icmp::type4::unreachable, 12, "host unreachable for this type of service"},
    {icmp::type4::unreachable, 13, "communication administratively prohibited"},
    {icmp::type4::unreachable, 14, "host precedence violation"},
    {icmp::type4::unreachable, 15, "precedence cutoff in effect"},
    {icmp::type4::source_quench, -1, "source quench"},
    {icmp::type4::redirect, -1, "redirect"},
    {icmp::type4::echo_request, -1, "echo request"},
    {9, -1, "router advertisement"},
    {10, -1, "router solicitation"},
    {icmp::type4::time_exceeded, 0, "time to live exceeded in transit"},
    {icmp::type4::time_exceeded, 1, "fragment reassembly time exceeded"},
    {icmp::type4::parameter_problem, -1, "parameter problem"},
    {13, -1, "timestamp request"},
    {14, -1, "timestamp reply"},
};

// https://www.iana.org/assignments/icmpv6-parameters
constexpr IcmpWords kIcmp6[] = {
    {icmp::type6::unreachable, 0, "no route to destination"},
    {icmp::type6::unreachable, 1, "communication administratively prohibited"},
    {icmp::type6::unreachable, 2, "beyond scope of source address"},
    {icmp::type6::unreachable, 3, "address unreachable"},
    {icmp::type6::unreachable, 4, "port unreachable"},
    {icmp::type6::unreachable, 5, "source address failed policy"},
    {icmp::type6::unreachable, 6, "reject route to destination"},
    {icmp::type6::packet_too_big, -1, "packet too big"},
    {icmp::type6::time_exceeded, 0, "hop limit exceeded in transit"},
    {icmp::type6::time_exceeded, 1, "fragment reassembly time exceeded"},
    {icmp::type6::parameter_problem, -1, "parameter problem"},
    {icmp::type6::echo_request, -1, "echo request"},
    {icmp::type6::echo_reply, -1, "echo reply"},
    {130, -1, "multicast listener query"},
    {131, -1, "multicast listener report"},
    {132, -1, "multicast listener done"},
    {133, -1, "router solicitation"},
    {134, -1, "router advertisement"},
    {icmp::type6::neighbour_solicitation, -1, "neighbour solicitation"},
    {icmp::type6::neighbour_advertisement, -1, "neighbour advertisement"},
    {137, -1, "redirect"},
    {143, -1, "multicast listener report"},
};

struct FlagWords {
  std::uint8_t flag;
  std::string_view words;
};

// In the order in which people say them.
constexpr FlagWords kFlags[] = {
    {tcp_flag::syn, "SYN"}, {tcp_flag::fin, "FIN"}, {tcp_flag::rst, "RST"}, {tcp_flag::psh, "PSH"},
    {tcp_flag::ack, "ACK"}, {tcp_flag::urg, "URG"}, {tcp_flag::ece, "ECE"}, {tcp_flag::cwr, "CWR"},
};

}  // namespace

bool is_malformation(Note note) {
  switch (note) {
    case Note::truncated_link:
    case Note::truncated_network:
    case Note::truncated_transport:
    case Note::too_many_vlans:
    case Note::bad_ip_version:
    case Note::bad_ip_header_length:
    case Note::ip_length_mismatch:
    case Note::bad_ip_checksum:
    case Note::extension_chain_too_long:
    case Note::bad_tcp_header_length:
    case Note::bad_udp_length:
    case Note::dns_malformed:
    case Note::dns_name_loop:
    case Note::dns_name_too_long:
    case Note::dhcp_malformed:
      return true;
    default:
      return false;
  }
}

std::string_view note_id(Note note) {
  const auto index = static_cast<std::size_t>(note);
  return index < std::size(kNotes) ? kNotes[index].id : std::string_view{"unknown"};
}

std::string_view note_text(Note note) {
  const auto index = static_cast<std::size_t>(note);
  return index < std::size(kNotes) ? kNotes[index].text : std::string_view{};
}

// "type 3 code 99" for what no registry names.
std::string icmp_words(Transport family, std::uint8_t type, std::uint8_t code) {
  const auto table = family == Transport::icmp6 ? std::span<const IcmpWords>(kIcmp6)
                                                : std::span<const IcmpWords>(kIcmp4);
  for (const IcmpWords& row : table) {
    if (row.type == type && (row.code < 0 || row.code == code)) return std::string(row.words);
  }
  return fmt::format("type {} code {}", type, code);
}

std::string tcp_flag_words(std::uint8_t flags) {
  std::string words;
  for (const FlagWords& row : kFlags) {
    if ((flags & row.flag) == 0) continue;
    if (!words.empty()) words += ", ";
    words += row.words;
  }
  return words.empty() ? "none" : words;
}

}  // namespace whydown::packet
