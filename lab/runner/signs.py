"""What a capture shows of a fault: the requests that failed in that way, for each fault of the
catalogue. A label is written only where these bear it out.

A request is one UDP datagram or DNS query with its repeats, one TCP connection attempt, or one
search for a neighbour.
"""

import dataclasses

# Seconds of capture after the first packet of a request that make a missing answer a silence: what
# stubs wait by default, or less where the client itself had given up waiting and asked again.
SILENCE_ONE_TRY = 5.0
SILENCE_RETRIED = 2.0
RETRY = 0.5  # a second packet later than this is a repeat, and not the same one seen twice

# Of IPv4 (RFC 792, 1812) and of IPv6 (RFC 4443), by the length of the address.
ERRORS = {4: {(3, 3): "port", (3, 9): "prohibited", (3, 10): "prohibited", (3, 13): "prohibited",
              (3, 1): "host", (3, 7): "host", (3, 0): "net", (3, 6): "net", (11, 0): "ttl"},
          6: {(1, 4): "port", (1, 1): "prohibited", (1, 5): "prohibited", (1, 3): "host",
              (1, 0): "net", (3, 0): "ttl"}}
ICMP_FAULTS = {"icmp.admin_prohibited": "prohibited", "icmp.host_unreachable": "host",
               "icmp.net_unreachable": "net", "icmp.ttl_exceeded": "ttl",
               "dns.port_unreachable": "port", "udp.port_unreachable": "port"}
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
        self.asked = {}          # (asker, address) -> times of unanswered neighbour requests
        self.end = 0.0
        for packet in packets:
            self.end = packet.time
            self.see(packet)

    def see(self, packet):
        if packet.arp:
            self.see_neighbour(packet)
        elif packet.quote:
            self.see_error(packet)
        elif packet.kind == self.transport and packet.dport == self.port \
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
        request.answered = True
        if packet.dns:
            request.rcode = packet.dns[1]

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
        if fault == "arp.no_reply":
            return [(times[0], times[-1], asker, address)
                    for (asker, address), times in self.asked.items()
                    if len(times) >= 3 and ":" not in address]
        return [(request.first, request.last, request.client, request.server)
                for request in self.requests if fails(request, fault, self.end)]


def fails(request, fault, end):
    if fault in ICMP_FAULTS:
        return request.icmp == ICMP_FAULTS[fault] and not request.answered
    if fault in RCODE_FAULTS:
        return request.rcode in RCODE_FAULTS[fault]
    if fault == "tcp.refused":
        return request.reset or (request.icmp == "port" and not request.answered)
    if fault in ("dns.no_response", "tcp.no_response"):
        return request.silent(end)
    raise KeyError(f"no sign is known for the fault {fault}")


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
         "arp.no_reply"}
