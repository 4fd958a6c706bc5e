"""What a capture shows of a fault: the requests that failed in that way, for each fault of the
catalogue. A label is written only where these bear it out.

A request is one UDP datagram or DNS query with its repeats, one TCP connection attempt, or one
search for a neighbour.
"""

import dataclasses

from . import dhcp
from . import loop_signs
from . import portal_signs
from . import secure_signs
from . import talks
from . import transfer_signs

# Seconds of capture after the first packet of a request that make a missing answer a silence: what
# stubs wait by default, or less where the client itself had given up waiting and asked again.
SILENCE_ONE_TRY = 5.0
SILENCE_RETRIED = 2.0
LATE = 1.0         # seconds to an answer that a user notices
RETRY = 0.5  # a second packet later than this is a repeat, and not the same one seen twice

# Of IPv4 (RFC 792, 1812) and of IPv6 (RFC 4443), by the length of the address.
ERRORS = {4: {(3, 3): "port", (3, 9): "prohibited", (3, 10): "prohibited", (3, 13): "prohibited",
              (3, 1): "host", (3, 7): "host", (3, 0): "net", (3, 6): "net", (11, 0): "ttl"},
          6: {(1, 4): "port", (1, 1): "prohibited", (1, 5): "prohibited", (1, 3): "host",
              (1, 0): "net", (3, 0): "ttl"}}
ICMP_FAULTS = {"icmp.admin_prohibited": "prohibited", "icmp.host_unreachable": "host",
               "icmp.net_unreachable": "net", "icmp.ttl_exceeded": "ttl",
               "dns.port_unreachable": "port", "udp.port_unreachable": "port"}
NEIGHBOURS = {"arp.no_reply", "nd.no_reply"}
CONTESTS = {"arp.conflict", "arp.spoofing"}
CONTEST = 30.0      # two that speak for one address within this time of each other take turns
# Whom the fault is about, where it is not the service's own address: requests for an address are
# calls to everybody.
SERVERS = {"dhcp.no_offer": "255.255.255.255"}
LATER = 15.0        # a DHCP request this long after the last one is another attempt
DHCP_SILENCE = 6.0
DHCP_HEALED = 30.0
RCODE_FAULTS = {"dns.servfail": {2}, "dns.refused": {5}, "dns.nxdomain": {3},
                "dns.format_error": {1, 4, 16}}


@dataclasses.dataclass
class Request:
    """One thing a client wanted from the service."""
    client: str
    server: str
    first: float
    last: float
    key: tuple
    rcode: int | None = None
    icmp: str = ""           # a value of ERRORS
    answered: bool = False
    took: float = 0.0        # seconds from the first packet to the answer
    cut: bool = False        # the answer is truncated (TC)
    name: str = ""
    given: set = dataclasses.field(default_factory=set)  # first records of all answers
    reset: bool = False

    def silent(self, end):
        """Whether it got nothing at all, and the capture went on long enough to say so."""
        needed = SILENCE_RETRIED if self.last - self.first > RETRY else SILENCE_ONE_TRY
        return end - self.first >= needed and not (self.answered or self.icmp or self.reset)


class Service:
    """The requests to one service that a capture holds."""

    def __init__(self, packets, servers, port, transport):
        self.servers, self.port, self.transport = set(servers), port, transport
        self.requests = []
        self.latest = {}         # key -> the latest request; ports are used again
        self.by_port = {}        # client, server, port -> its requests
        self.machines = {}       # hardware address -> (time, from the client, kind, server)
        self.claims = {}         # address -> (time, hardware address) of who says to have it
        self.asked = {}          # (asker, address) -> times of unanswered neighbour requests
        self.pieces = {}         # first fragments that wait for the others
        self.talks = talks.Talks(self.servers, port)
        self.end = 0.0
        self.packets = packets
        for packet in packets:
            self.end = packet.time
            self.see(packet)

    def see(self, packet):
        if packet.arp:
            self.see_neighbour(packet)
            if packet.mac and packet.source != "0.0.0.0":
                self.claims.setdefault(packet.source, []).append((packet.time, packet.mac))
        elif packet.dhcp:
            self.machines.setdefault(packet.mac, []).append(
                (packet.time, packet.dport == 67, *packet.dhcp))
        elif packet.quote:
            self.see_error(packet)
        elif packet.piece:
            self.see_piece(packet)
        else:
            self.talks.see(packet)
            self.see_ports(packet)

    def see_piece(self, packet):
        """The first fragment counts when another one of its datagram comes."""
        datagram, is_first = packet.piece
        if is_first:
            self.pieces[datagram] = packet
        elif datagram in self.pieces:
            self.see_ports(self.pieces.pop(datagram))

    def see_ports(self, packet):
        if packet.kind == self.transport and packet.dport == self.port \
                and packet.target in self.servers:
            self.see_request(packet)
        elif packet.kind == self.transport and packet.sport == self.port \
                and packet.source in self.servers:
            self.see_answer(packet)

    def key(self, client, server, port, packet):
        if self.transport == "udp" and packet.dns:
            return client, server, port, packet.dns[0]
        return client, server, port

    def see_request(self, packet):
        if packet.kind == "tcp" and packet.flags & 0x12 != 0x02:
            return
        key = self.key(packet.source, packet.target, packet.sport, packet)
        known = self.latest.get(key)
        if known and not (known.answered or known.reset):
            known.last = packet.time
            return
        request = Request(packet.source, packet.target, packet.time, packet.time, key)
        self.requests.append(request)
        self.latest[key] = request
        self.by_port.setdefault(key[:3], []).append(request)

    def see_answer(self, packet):
        request = self.latest.get(self.key(packet.target, packet.source, packet.dport, packet))
        if not request:
            return
        if packet.kind == "tcp":
            if packet.flags & 0x04:
                request.reset = request.reset or not request.answered
            elif packet.flags & 0x12 == 0x12:
                request.answered = True
            return
        if not request.answered:
            request.took = packet.time - request.first
        request.answered = True
        if packet.dns:
            request.rcode, request.name, request.cut = packet.dns[1:4]
            request.given |= {packet.dns[4]} - {b""}

    def see_error(self, packet):
        quote = packet.quote
        if quote.kind != self.transport or quote.dport != self.port \
                or quote.target not in self.servers:
            return
        kind = ERRORS[6 if ":" in packet.source else 4].get(packet.icmp, "")
        for request in self.by_port.get((quote.source, quote.target, quote.sport), ()):
            same = not quote.dns or request.key[3:] in ((), (quote.dns[0],))
            if same and not request.answered:
                request.icmp = request.icmp or kind

    def see_neighbour(self, packet):
        kind, asker, address = packet.arp
        if address not in self.servers:
            return
        if kind == "ask":
            self.asked.setdefault((asker, address), []).append(packet.time)
        else:
            for pair in [pair for pair in self.asked if pair[1] == address]:
                self.asked.pop(pair)

    def failed(self, fault):
        """The requests that failed as the fault says, as (first, last, client, server)."""
        if fault in NEIGHBOURS:
            return [(times[0], times[-1], asker, address)
                    for (asker, address), times in self.asked.items()
                    if len(times) >= 3 and (":" in address) == (fault == "nd.no_reply")]
        if fault in CONTESTS:
            return [turn for address in self.servers for turn in self.turns(address)]
        if fault == "dhcp.nak":
            return [each for mac in self.machines for each in self.refused(mac)]
        if fault == "dhcp.no_offer":
            return [each for mac in self.machines for each in self.unserved(mac)]
        if fault in loop_signs.FAULTS:
            return list(loop_signs.failed(self.packets, self.servers, self.port))
        if fault in portal_signs.FAULTS:
            return list(portal_signs.failed(self.packets, self.servers, self.port))
        if fault in secure_signs.FAULTS:
            return list(secure_signs.failed(self.packets, self.servers, self.port))
        if fault == "dns.wrong_answer":
            return [(request.first, request.last, request.client, request.server)
                    for request in self.requests
                    if len(request.given) > 1 or request.given & self.given_for_all()]
        if fault in talks.KNOWN:
            return self.talks.failed(fault, self.end)
        if fault in transfer_signs.SIGNS:
            return list(transfer_signs.failed(fault, self.packets, self.servers, self.port,
                                              self.end))
        return [(request.first, request.last, request.client, request.server)
                for request in self.requests if fails(request, fault, self.end)]

    def given_for_all(self):
        """Data given out for names of four domains or more."""
        domains = {}
        for request in self.requests:
            for data in request.given:
                domain = ".".join(request.name.split(".")[-2:])
                domains.setdefault(data, set()).add(domain)
        return {data for data, names in domains.items() if len(names) >= 4}


    def turns(self, address):
        """Where two machines speak for one address, from the third change on."""
        out, count = [], 0
        said = self.claims.get(address, [])
        for (before, one), (time, other) in zip(said, said[1:]):
            if time - before > CONTEST:
                count = 0
            elif one != other:
                count += 1
                if count >= 3:
                    out.append((before, time, other, address))
        return out

    def refused(self, mac):
        events, out = self.machines[mac], []
        for time, from_client, kind, server in events:
            given = any(kind == dhcp.ACK and not asks and 0 <= later - time <= DHCP_HEALED
                        for later, asks, kind, _ in events)
            if not from_client and kind == dhcp.NAK and not given:
                out.append((time, time, mac, server))
        return out

    def unserved(self, mac):
        """Requests that went on and led to no address."""
        out, times, taken = [], [], False

        def end():
            if len(times) >= 2 and self.end - times[0] >= DHCP_SILENCE and not taken:
                out.append((times[0], times[-1], mac, SERVERS["dhcp.no_offer"]))
            times.clear()

        for time, from_client, kind, server in self.machines[mac]:
            if from_client and kind in (0, dhcp.DISCOVER, dhcp.REQUEST):
                if times and time - times[-1] > LATER:
                    end()
                if not times or time - times[-1] > RETRY or kind == dhcp.REQUEST:
                    taken = bool(server) and kind == dhcp.REQUEST
                    times.append(time)
            elif not from_client and kind in (dhcp.ACK, dhcp.NAK):
                times.clear()
        end()
        return out


def fails(request, fault, end):
    if fault in ICMP_FAULTS:
        return request.icmp == ICMP_FAULTS[fault] and not request.answered
    if fault in RCODE_FAULTS:
        return request.rcode in RCODE_FAULTS[fault]
    if fault == "tcp.refused":
        return request.reset or (request.icmp == "port" and not request.answered)
    if fault == "dns.slow":  # late, or left to another server
        return request.took >= LATE or request.silent(end) or request.icmp == "host"
    if fault == "dns.truncated":
        return request.rcode == 0 and request.cut
    if fault == "udp.no_response":
        return request.silent(end) and request.last - request.first > RETRY
    if fault in ("dns.no_response", "tcp.no_response"):
        return request.silent(end)
    raise KeyError(f"no sign is known for the fault {fault}")


def tunnelled(packets, address):
    """Questions for names as long as only data makes them."""
    return sum(1 for packet in packets
               if packet.target == address and packet.dport == 53 and packet.dns
               and len(packet.dns[2]) >= 40)


def uninvited(packets, clients, address, attacker):
    """Requests at an address by machines that are no client; anywhere: those of the attacker."""
    count = 0
    for packet in packets:
        is_meant = packet.source == attacker if address is None else (
            packet.target == address and packet.source not in clients)
        is_asking = packet.kind in ("udp", "icmp") or (packet.kind == "tcp" and
                                                       packet.flags & 0x12 == 0x02)
        count += bool(is_meant and is_asking and not packet.quote)
    return count


KNOWN = {*ICMP_FAULTS, *RCODE_FAULTS, "tcp.refused", "dns.no_response", "tcp.no_response",
         *NEIGHBOURS, *CONTESTS, "dhcp.nak", *SERVERS,
         "dns.slow", "dns.truncated", "dns.wrong_answer", "udp.no_response",
         *loop_signs.FAULTS, *portal_signs.FAULTS, *secure_signs.FAULTS, *talks.KNOWN, *transfer_signs.SIGNS}
