"""What was said on connections: requests of HTTP, sessions of protocols with reply codes, NTP.

Part of signs.py, which says what a capture shows of a fault. Reads first lines only.
"""

import dataclasses
import re

SLOW = 2.0           # seconds to the first byte of an answer
SILENT = 10.0        # seconds of capture after an unanswered request
GIVEN_UP = 5.0       # ... or until the client closed
HOP = 5.0            # seconds between two redirects of one loop
METHOD = re.compile(rb"(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) (\S*) ?")
STATUS = re.compile(rb"HTTP/1\.[01] (\d\d\d)")
REFUSES = re.compile(rb"([45]\d\d[ -]|-ERR|\* BYE|\S+ (NO|BAD) )")
GOES_ON = re.compile(rb"([123]\d\d[ -]|\+|\* |SSH-)")

KNOWN = {"http.error_status", "http.slow", "http.redirect_loop", "http.no_response", "app.error"}


@dataclasses.dataclass
class Asked:
    """One request of HTTP, or one refusal of another protocol."""
    client: str
    server: str
    first: float
    path: bytes = b""
    status: int = 0
    last: float = 0.0
    closed: bool = False      # by the server, unanswered
    left: bool = False        # by the client, unanswered
    is_loop: bool = False


class Talks:
    """The requests to one service that a capture holds, and the refusals."""

    def __init__(self, servers, port):
        self.servers, self.port = servers, port
        self.requests, self.refusals = [], []
        self.open = {}        # client, port -> what waits for an answer
        self.hops = {}        # client, path -> times of redirects
        self.first = {}       # client, port -> when the connection began
        self.spoken = {}      # client, port -> whether the server has spoken

    def see(self, packet):
        if packet.target in self.servers and packet.dport == self.port:
            self.see_client(packet, (packet.source, packet.sport))
        elif packet.source in self.servers and packet.sport == self.port:
            self.see_server(packet, (packet.target, packet.dport))

    def see_client(self, packet, ends):
        if packet.kind == "udp":
            self.first[ends] = packet.time
            return
        if packet.flags & 0x02:
            self.first[ends] = packet.time
            self.spoken[ends] = False
            self.open.pop(ends, None)
        found = METHOD.match(packet.said)
        if found:
            waiting = self.open.get(ends)
            if waiting and waiting.path == found[2] and not waiting.status:
                return        # sent again
            asked = Asked(packet.source, packet.target, packet.time, found[2], last=packet.time)
            self.requests.append(asked)
            self.open[ends] = asked
        elif packet.flags & 0x05 and ends in self.open and not self.open[ends].status:
            asked = self.open.pop(ends)
            asked.left, asked.last = True, packet.time

    def see_server(self, packet, ends):
        if packet.kind == "udp":
            self.see_time(packet, ends)
            return
        found = STATUS.match(packet.said)
        asked = self.open.get(ends)
        if found and asked:
            asked.status, asked.last = int(found[1]), packet.time
            self.open.pop(ends)
            if 300 <= asked.status < 400 and asked.status != 304:
                self.see_hop(asked)
        elif asked and packet.flags & 0x05 and not packet.said:
            asked.closed, asked.last = True, packet.time
            self.open.pop(ends)
        self.see_reply(packet, ends)

    def see_hop(self, asked):
        times = self.hops.setdefault((asked.client, asked.path), [])
        times[:] = [time for time in times if asked.last - time < HOP]
        times.append(asked.last)
        asked.is_loop = len(times) >= 4

    def see_reply(self, packet, ends):
        refuses = REFUSES.match(packet.said)
        if not refuses and packet.said:
            self.spoken[ends] = self.spoken.get(ends) or bool(GOES_ON.match(packet.said))
        hung_up = packet.flags & 0x05 and not packet.said and self.spoken.get(ends) is False
        if refuses or hung_up:
            self.spoken[ends] = True
            self.refusals.append(Asked(ends[0], packet.source, self.first.get(ends, packet.time),
                                       last=packet.time))

    def see_time(self, packet, ends):
        if len(packet.said) < 2 or packet.said[0] & 7 != 4:
            return
        if packet.said[1] in (0, 16) or packet.said[0] >> 6 == 3:
            self.refusals.append(Asked(ends[0], packet.source, self.first.get(ends, packet.time),
                                       last=packet.time))

    def failed(self, fault, end):
        """The requests that failed as the fault says, as (first, last, client, server)."""
        chosen = self.refusals if fault == "app.error" else \
            [asked for asked in self.requests if fails(asked, fault, end)]
        return [(asked.first, asked.last, asked.client, asked.server) for asked in chosen]


def fails(asked, fault, end):
    if fault == "http.error_status":
        return asked.status >= 400
    if fault == "http.slow":
        return 200 <= asked.status < 400 and asked.last - asked.first >= SLOW
    if fault == "http.redirect_loop":
        return asked.is_loop
    if asked.status:
        return False
    if asked.left:
        return asked.last - asked.first >= GIVEN_UP
    return asked.closed or end - asked.first >= SILENT
