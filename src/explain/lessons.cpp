#include "explain/lessons.h"

#include <iterator>

namespace whydown::explain {
namespace {

struct Entry {
  Lesson lesson;
  std::string_view text;
};

constexpr Entry kLessons[] = {
    {Lesson::time,
     "It is the capturing machine's clock when the packet passed, on 24 hours, with fractions of a "
     "second behind the dot."},
    {Lesson::arrow, "The > points from the sender to the receiver."},
    {Lesson::frame_length, "With all headers, from the network card's on."},
    {Lesson::mac,
     "MAC addresses name network cards and hold for this stretch of the way only: the next router "
     "writes its own."},
    {Lesson::vlan, "A tag that keeps several networks apart on one cable."},
    {Lesson::client_port,
     "The side that asks takes any free high port, so that the answer finds its way back."},
    {Lesson::server_port, "A service waits at a fixed port, so that everybody finds it."},
    {Lesson::ttl,
     "Time to live: each router on the way takes one off, and at 0 the packet is thrown away, so "
     "that none goes round for ever. Systems begin with 64 (Linux, macOS), 128 (Windows) or 255."},
    {Lesson::tos, "Type of service: how routers should treat the packet when the line is full."},
    {Lesson::ip_id, "A number that ties the pieces together if the packet has to be cut up."},
    {Lesson::dont_fragment,
     "DF: routers may not cut it up; one whose next line is too narrow sends back an ICMP error "
     "instead."},
    {Lesson::fragment, "Only the first piece shows ports; the receiver puts the pieces together."},
    {Lesson::ip_length, "The whole IP packet, its header included."},
    {Lesson::udp_length, "What the datagram carries, without the 8 bytes of the UDP header."},
    {Lesson::syn,
     "A connection begins with SYN, is agreed to with SYN and ACK, and stands with the "
     "ACK that follows."},
    {Lesson::ack_flag, "Every packet of a connection but the first has it."},
    {Lesson::fin, "Each side ends its own direction."},
    {Lesson::rst, "Nothing more will be said or heard on this connection."},
    {Lesson::psh, "Set where a message ends, so that it is not held back for more."},
    {Lesson::urg, "Hardly used today."},
    {Lesson::ece, "Part of explicit congestion notification (ECN), RFC 3168."},
    {Lesson::cwr, "Part of explicit congestion notification (ECN), RFC 3168."},
    {Lesson::sequence,
     "TCP numbers every byte, so that what is lost is noticed and what comes twice is not used "
     "twice."},
    {Lesson::acknowledgment, "It always names the next byte that is wanted."},
    {Lesson::window,
     "How many more bytes the sender of this packet can take in at the moment: the other side may "
     "not send more."},
    {Lesson::mss, "What fits the network card's packets, usually 1460 on Ethernet (IPv4)."},
    {Lesson::window_scale, "The field of the window is too small for today's lines."},
    {Lesson::sack,
     "Selective acknowledgment: gaps can be named, so that only what is missing is sent again."},
    {Lesson::timestamps, "Both sides measure the round trip with them."},
    {Lesson::tcp_length, "Headers do not count: a bare acknowledgment has length 0."},
    {Lesson::dns_id, "A number chosen by the client; the answer must carry the same."},
    {Lesson::recursion_desired,
     "RD, recursion desired: the server is to find the answer for the client, asking other servers "
     "if need be. A flag of the DNS message."},
    {Lesson::no_recursion,
     "RA is not set. Servers that only hold zones of their own are like that."},
    {Lesson::checking_disabled, "CD: the client checks signatures (DNSSEC) itself."},
    {Lesson::authoritative, "AA: not from a cache, but from a server responsible for the name."},
    {Lesson::truncated, "TC: the client should ask again over TCP, where there is room."},
    {Lesson::authentic, "AD: the server has checked the signatures (DNSSEC)."},
    {Lesson::question, "Every question names the type of record that is wanted."},
    {Lesson::question_mark, "The question mark says that it is asked for."},
    {Lesson::dns_name, "The dot at its end stands for the root of all names."},
    {Lesson::dns_counts,
     "Answers, then pointers to the servers responsible, then what is sent along."},
    {Lesson::record_ttl, "TTL: how long the answer may be kept and used again."},
    {Lesson::edns,
     "EDNS (RFC 6891): an extra record that is no data but tells what the sender can do."},
    {Lesson::dnssec_ok, "DO: signatures may be sent along (DNSSEC)."},
    {Lesson::extended_error, "The server's own word on why (RFC 8914)."},
    {Lesson::dns_length, "The length of the DNS message in bytes, without headers of UDP and IP."},
    {Lesson::icmp_type,
     "ICMP is how machines and routers report on other packets; it has types and codes, not "
     "ports."},
    {Lesson::icmp_quote,
     "An error carries the beginning of the packet it is about, so that its sender knows which one "
     "failed."},
    {Lesson::icmp_length, "The ICMP message in bytes: 8 of header and what it quotes or carries."},
    {Lesson::mtu, "The sender should make its packets no larger than this."},
    {Lesson::echo_id, "Tells one ping program from another on the same machine."},
    {Lesson::echo_sequence, "Counts up with every ping, so that lost ones are noticed."},
    {Lesson::arp,
     "ARP finds the network card (MAC address) behind an IPv4 address, within one network."},
    {Lesson::neighbour,
     "Neighbour discovery does for IPv6 what ARP does for IPv4: it finds the network card behind "
     "an address."},
};

constexpr bool lessons_in_order() {
  for (std::size_t i = 0; i < std::size(kLessons); ++i) {
    if (static_cast<std::size_t>(kLessons[i].lesson) != i) return false;
  }
  return std::size(kLessons) == static_cast<std::size_t>(Lesson::count_);
}
static_assert(lessons_in_order(), "one text per lesson, in the enumeration's order");

}  // namespace

std::string_view lesson_text(Lesson lesson) {
  const auto index = static_cast<std::size_t>(lesson);
  return index < std::size(kLessons) ? kLessons[index].text : std::string_view{};
}

}  // namespace whydown::explain
