#include "explain/icmp_meanings.h"

namespace whydown::explain {
namespace {

using packet::Transport;

// RFC 792, RFC 1122 3.2.2, RFC 1812 5.2.7; https://www.iana.org/assignments/icmp-parameters
constexpr IcmpMeaning kMeanings[] = {
    {Transport::icmp, 0, -1, false, "The answer to a ping: the machine is up and can be reached."},
    {Transport::icmp, 3, 0, true, "A router knows no way to the network."},
    {Transport::icmp, 3, 1, true,
     "A router could not hand the packet to the machine: on the last stretch nobody answered for "
     "the address, or a rule says so."},
    {Transport::icmp, 3, 2, true, "The machine does not speak this protocol over IP."},
    {Transport::icmp, 3, 3, true,
     "Nothing accepted the datagram at that port: no program was listening there, or a firewall "
     "turned it away in these words."},
    {Transport::icmp, 3, 4, false,
     "The packet is larger than the next line carries and may not be cut up: the sender has to "
     "send smaller ones."},
    {Transport::icmp, 3, 5, true, "The way the packet itself prescribed cannot be gone."},
    {Transport::icmp, 3, 6, true, "The destination's network is unknown."},
    {Transport::icmp, 3, 7, true, "The destination is unknown."},
    {Transport::icmp, 3, 8, true, "The sender's machine is cut off. An old code, hardly used."},
    {Transport::icmp, 3, 9, true, "A rule forbids traffic to that network."},
    {Transport::icmp, 3, 10, true, "A rule forbids traffic to that machine: a firewall says so."},
    {Transport::icmp, 3, 11, true, "No way to the network for this type of service."},
    {Transport::icmp, 3, 12, true, "No way to the machine for this type of service."},
    {Transport::icmp, 3, 13, true, "A rule forbids this traffic: a firewall or router says so."},
    {Transport::icmp, 3, -1, true, "The packet could not be delivered."},
    {Transport::icmp, 4, -1, false, "Asks the sender to slow down. Long out of use (RFC 6633)."},
    {Transport::icmp, 5, -1, false, "A router says that another one is the better next step."},
    {Transport::icmp, 8, -1, false, "A ping: asks the machine to send the same bytes back."},
    {Transport::icmp, 9, -1, false, "A router makes itself known."},
    {Transport::icmp, 10, -1, false, "Asks for routers nearby."},
    {Transport::icmp, 11, 0, true,
     "The packet's time to live ran out on the way: it passed as many routers as it may. "
     "traceroute does that on purpose; otherwise it went round in a circle."},
    {Transport::icmp, 11, 1, true,
     "The receiver got the beginning of a cut-up packet (a fragmented datagram), and not all of "
     "its other pieces in time: fragments are lost on the way to it."},
    {Transport::icmp, 12, -1, true,
     "A field of the packet's header makes no sense to the receiver."},
    {Transport::icmp, 13, -1, false, "Asks for the time of day."},
    {Transport::icmp, 14, -1, false, "Tells the time of day."},
    // RFC 4443; https://www.iana.org/assignments/icmpv6-parameters
    {Transport::icmp6, 1, 0, true, "A router knows no way to the destination."},
    {Transport::icmp6, 1, 1, true, "A rule forbids this traffic: a firewall or router says so."},
    {Transport::icmp6, 1, 2, true, "The sender's address does not reach that far."},
    {Transport::icmp6, 1, 3, true,
     "The packet could not be handed to the machine: on the last stretch nobody answered for the "
     "address, or a rule says so."},
    {Transport::icmp6, 1, 4, true,
     "Nothing accepted the packet at that port: no program was listening there, or a firewall "
     "turned it away in these words."},
    {Transport::icmp6, 1, 5, true, "A rule forbids traffic from the sender's address."},
    {Transport::icmp6, 1, 6, true, "A route says that this destination is to be refused."},
    {Transport::icmp6, 1, -1, true, "The packet could not be delivered."},
    {Transport::icmp6, 2, -1, false,
     "The packet is larger than the next line carries: the sender has to send smaller ones."},
    {Transport::icmp6, 3, 0, true,
     "The packet's hop limit ran out on the way: it passed as many routers as it may. traceroute "
     "does that on purpose; otherwise it went round in a circle."},
    {Transport::icmp6, 3, 1, true,
     "The receiver got the beginning of a cut-up packet (a fragmented datagram), and not all of "
     "its other pieces in time: fragments are lost on the way to it."},
    {Transport::icmp6, 4, -1, true,
     "A field of the packet's header makes no sense to the receiver."},
    {Transport::icmp6, 128, -1, false, "A ping: asks the machine to send the same bytes back."},
    {Transport::icmp6, 129, -1, false,
     "The answer to a ping: the machine is up and can be reached."},
    {Transport::icmp6, 130, -1, false, "A router asks who listens to which multicast groups."},
    {Transport::icmp6, 131, -1, false, "A machine joins a multicast group."},
    {Transport::icmp6, 132, -1, false, "A machine leaves a multicast group."},
    {Transport::icmp6, 133, -1, false, "A machine asks for the routers of its network."},
    {Transport::icmp6, 134, -1, false,
     "A router makes itself known, with the prefix that addresses here begin with."},
    {Transport::icmp6, 135, -1, false, "Asks which network card an IPv6 address belongs to."},
    {Transport::icmp6, 136, -1, false, "Tells which network card an IPv6 address belongs to."},
    {Transport::icmp6, 137, -1, false, "A router says that another one is the better next step."},
    {Transport::icmp6, 143, -1, false, "A machine tells which multicast groups it listens to."},
};

}  // namespace

const IcmpMeaning* icmp_meaning(Transport family, std::uint8_t type, std::uint8_t code) {
  for (const IcmpMeaning& entry : kMeanings) {
    if (entry.family != family || entry.type != type) continue;
    if (entry.code < 0 || entry.code == code) return &entry;
  }
  return nullptr;
}

}  // namespace whydown::explain
