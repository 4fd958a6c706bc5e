"""What a capture shows of a TLS fault: connections on which a ClientHello was sent, and never data.

A client that is content sends data of its own behind the handshake (in TLS 1.3 already its last
message counts as such): a record of type 23. One that is not sends none, or an alert, or gets one.
"""

FAULTS = ("tls.alert", "tls.no_handshake", "tls.certificate_expired", "tls.certificate_name",
          "tls.certificate_untrusted")
HELLO = b"\x16\x03"
SEALED_ALERT = 19     # bytes of an alert in TLS 1.3, with its tag
LONG = 5.0            # seconds that make a missing answer a silence
AGAIN = 2.0           # ... where the ClientHello was sent again


class Talk:
    """One connection."""

    def __init__(self, packet):
        self.client, self.server = packet.source, packet.target
        self.first = self.last = packet.time
        self.data = self.alert = self.left = self.ended = self.repeated = False
        self.heard = self.answered = False
        self.said = {packet.sequence}


def records(said):
    """(type, length, first bytes) of the records at the beginning of a segment."""
    at = 0
    while at + 5 <= len(said) and said[at] in range(20, 25) and said[at + 1] == 3:
        length = int.from_bytes(said[at + 3:at + 5], "big")
        yield said[at], length, said[at + 5:at + 5 + length]
        at += 5 + length


def listen(talk, packet, by_client):
    if by_client and packet.size and packet.sequence in talk.said:
        talk.repeated = True
    if by_client:
        talk.said.add(packet.sequence)
    for kind, length, content in records(packet.said):
        fatal = kind == 21 and length == 2 and content[:1] == b"\x02"
        sealed = kind == 23 and length == SEALED_ALERT
        if fatal:
            talk.alert = True
        elif kind == 23 and by_client and not sealed:
            talk.data = True
        elif sealed and not by_client and talk.data and not talk.answered:
            talk.alert = True
        elif sealed and by_client and not talk.data:
            talk.alert = True
        if not by_client and kind == 23 and talk.data:
            talk.answered = True
    if not by_client and packet.size:
        talk.heard = True
    if packet.flags & 0x05 and not talk.ended:
        # Who leaves before the server has said a word wanted nothing.
        talk.ended = True
        talk.left = by_client and not talk.heard


def talk_of(packet, servers, port):
    """(client, its port, server), and whether the client sent it; (None, False) of no server's."""
    if packet.dport == port and packet.target in servers:
        return (packet.source, packet.sport, packet.target), True
    if packet.sport == port and packet.source in servers:
        return (packet.target, packet.dport, packet.source), False
    return None, False


def talks(packets, servers, port):
    known, out = {}, []
    for packet in packets:
        if packet.kind != "tcp":
            continue
        key, by_client = talk_of(packet, servers, port)
        if key is None:
            continue
        if by_client and packet.flags & 0x12 == 0x02:
            known.pop(key, None)
        if key not in known:
            if by_client and packet.said[:2] == HELLO and packet.said[5:6] == b"\x01":
                known[key] = Talk(packet)
                out.append(known[key])
            continue
        talk = known[key]
        if not talk.ended:
            talk.last = max(talk.last, packet.time)
        listen(talk, packet, by_client)
    return out


def quic_failed(packets, servers, port):
    """The same over QUIC: answered, and the client never got as far as short headers."""
    known = {}  # client, port, server -> first packet's time, answered, short
    for packet in packets:
        if packet.kind != "udp" or packet.quote or not packet.said:
            continue
        key, by_client = talk_of(packet, servers, port)
        if key is None:
            continue
        if by_client and key not in known and packet.said[0] & 0xc0 == 0xc0 and packet.size >= 1200:
            known[key] = [packet.time, False, False]
        elif key in known:
            is_short = packet.said[0] & 0x80 == 0  # the other bits are greased
            known[key][1] |= not by_client
            known[key][2] |= is_short and by_client
    for (client, _, server), (first, is_answered, is_short) in known.items():
        if is_answered and not is_short:
            yield first, first, client, server


def failed(packets, servers, port):
    """(first, last, client, server) of the handshakes that failed."""
    yield from quic_failed(packets, servers, port)
    end = packets[-1].time if packets else 0.0
    for talk in talks(packets, servers, port):
        until = talk.last if talk.ended else end
        waited = until - talk.first >= (AGAIN if talk.repeated else LONG)
        if talk.alert or (not talk.data and ((talk.ended and not talk.left) or waited)):
            yield talk.first, talk.first, talk.client, talk.server
