"""What a capture shows of a connection whose data met trouble, for the labels of these faults.

Each sign is read off one connection's packets: who sent what again, what was acknowledged, whose
window was shut, who reset it. Slow and plain; it shares no code with the program under judgement.
"""

import dataclasses

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
STUCK_TRIES = 3       # sent again so often, and never acknowledged,
STUCK_SECONDS = 2.0   # over so long
LARGE = 512           # bytes of a segment that may be too large for a path
SHUT_SECONDS = 3.0    # a window of zero, asked about all the while
LOSSY_AGAIN = 5       # segments sent again, after pauses
WHOLE = 2 ** 32


def later(one, other):
    """How far a sequence number lies behind another; negative when it lies before it."""
    return (one - other + WHOLE // 2) % WHOLE - WHOLE // 2


@dataclasses.dataclass
class Way:
    """One direction's data."""
    next: int | None = None      # behind the highest byte seen
    acked: int | None = None
    last: float = 0.0            # time of the last data
    first_sent: dict = dataclasses.field(default_factory=dict)   # sequence -> time
    again: list = dataclasses.field(default_factory=list)        # (time, sequence, size)
    filled: int = 0
    hole: tuple | None = None    # (begin, end, time)
    waited: float = 0.0
    largest: int = 0
    shut: float | None = None
    shut_longest: tuple = (0.0, 0.0, 0.0)    # seconds, from, to
    probes: int = 0


class Connection:
    """One TCP connection from its handshake on."""

    def __init__(self, syn):
        self.client, self.server = syn.source, syn.target
        self.up, self.down = Way(), Way()
        self.open, self.over = False, False
        self.reset = None            # (time, server had the last word to say)
        self.last_sender, self.last_time = "", syn.time
        self.pushed = False

    def see(self, packet):
        from_client = packet.source == self.client
        way, other = (self.up, self.down) if from_client else (self.down, self.up)
        if packet.flags & SYN:
            way.next = (packet.sequence + 1) % WHOLE
            self.open = self.open or not from_client
            if packet.flags & ACK:
                other.acked = packet.acknowledgment
            return
        if packet.flags & RST:
            self.see_reset(packet, from_client)
            return
        if packet.size == 0 and packet.flags & FIN and way.next is not None \
                and later(packet.sequence, way.next) > 0 and not way.hole:
            way.hole = (way.next, packet.sequence, packet.time)
        if packet.size > 1 and way.next is not None:
            self.see_data(packet, way)
            self.last_sender, self.pushed = packet.source, bool(packet.flags & 0x08)
        elif way.next is not None and later(packet.sequence, way.next) == -1:
            way.probes += 1
        self.over = self.over or bool(packet.flags & FIN)
        if packet.flags & ACK and (other.acked is None
                                   or later(packet.acknowledgment, other.acked) > 0):
            other.acked = packet.acknowledgment
        self.see_window(packet, other)
        self.last_time = packet.time

    def see_reset(self, packet, from_client):
        if self.reset or self.over or from_client or not self.open:
            return
        waits = self.last_sender == self.client
        speaks = self.last_sender == self.server and not self.pushed
        if waits or speaks:
            self.reset = packet.time
        self.over = True

    @staticmethod
    def see_data(packet, way):
        ahead = later(packet.sequence, way.next)
        if ahead > 0 and not way.hole:
            way.hole = (way.next, packet.sequence, packet.time)
        elif ahead < 0:
            paused = packet.time - way.last
            if paused >= 0.15:
                way.waited += paused
            if way.hole and later(packet.sequence, way.hole[0]) >= 0 \
                    and later(packet.sequence, way.hole[1]) < 0:
                way.hole = None
                way.filled += 1
            else:
                way.again.append((packet.time, packet.sequence, packet.size, way.last))
        end = (packet.sequence + packet.size) % WHOLE
        way.largest = max(way.largest, packet.size)
        if later(end, way.next) > 0:
            way.next = end
        way.last = packet.time

    @staticmethod
    def see_window(packet, other):
        if packet.window == 0 and other.shut is None:
            other.shut = packet.time
        if packet.window == 0 and other.shut is not None:
            spell = packet.time - other.shut
            other.shut_longest = max(other.shut_longest, (spell, other.shut, packet.time))
        elif packet.window:
            other.shut = None

    # --- signs: (first, last) or None ---

    def cut(self):
        return (self.reset, self.reset) if self.reset else None

    def stuck(self, way):
        """What is sent again and never acknowledged: (first, last, size)."""
        at = [each for each in way.again if way.acked is not None and each[1] == way.acked]
        if len(at) < STUCK_TRIES or at[-1][0] - at[0][3] < STUCK_SECONDS:
            return None
        return at[0][0], at[-1][0], at[-1][2]

    def stalled(self):
        for way in (self.up, self.down):
            found = self.stuck(way)
            if found:
                return found[:2]
        return None

    def too_big(self, end):
        for way in (self.up, self.down):
            found = self.stuck(way)
            if found and found[2] >= LARGE:
                return found[:2]
            if way.hole and later(way.hole[1], way.hole[0]) >= LARGE and way.largest < 1200 \
                    and end - way.hole[2] >= STUCK_SECONDS and way.acked == way.hole[0]:
                return way.hole[2], way.hole[2]
        return None

    def shut(self):
        for way in (self.up, self.down):
            if way.shut_longest[0] >= SHUT_SECONDS and way.probes:
                return way.shut_longest[1:]
        return None

    def lossy(self):
        for way in (self.up, self.down):
            if len(way.again) + way.filled >= LOSSY_AGAIN and way.waited >= 1.0:
                return self.last_time - way.waited, self.last_time
        return None


def connections(packets, servers, port):
    """The connections to a service, in order of their beginning."""
    found, latest = [], {}
    for packet in packets:
        if packet.kind != "tcp" or packet.quote:
            continue
        if packet.target in servers and packet.dport == port:
            key = packet.source, packet.target, packet.sport
        elif packet.source in servers and packet.sport == port:
            key = packet.target, packet.source, packet.dport
        else:
            continue
        if packet.flags & (SYN | ACK) == SYN and (key not in latest or latest[key].open):
            latest[key] = Connection(packet)
            found.append(latest[key])
        if key in latest:
            latest[key].see(packet)
    return found


SIGNS = {"tcp.reset": lambda each, end: each.cut(),
         "tcp.stall": lambda each, end: each.stalled(),
         "tcp.zero_window": lambda each, end: each.shut(),
         "tcp.loss": lambda each, end: each.lossy(),
         "ip.pmtu_blackhole": lambda each, end: each.too_big(end)}


def failed(fault, packets, servers, port, end):
    """The connections that failed as the fault says, as (first, last, client, server)."""
    for each in connections(packets, servers, port):
        found = SIGNS[fault](each, end)
        if found:
            yield (*found, each.client, each.server)
