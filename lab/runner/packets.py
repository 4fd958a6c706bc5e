"""A small reader of the lab's own captures, to check each label against what was captured.

It knows only what the lab makes, reads the pcap file before it is turned into another form, and
shares no code with the program that is judged by the labels.
"""

import dataclasses
import ipaddress
import struct

from . import dnswire

SAID = 64  # bytes of a payload that are kept
LINK_ETHERNET, LINK_SLL, LINK_SLL2 = 1, 113, 276


@dataclasses.dataclass(slots=True)
class Packet:
    """What the lab's checks need of one packet; None where it was not there or was cut."""
    time: float = 0.0
    kind: str = ""          # udp tcp icmp arp
    source: str = ""
    target: str = ""
    ttl: int = 0
    sport: int | None = None
    dport: int | None = None
    flags: int = 0
    sequence: int = 0
    acknowledgment: int = 0
    window: int = 0
    size: int = 0           # payload of TCP and UDP
    said: bytes = b""       # its first bytes, as far as captured
    dns: tuple | None = None        # id, rcode with its extension, name, cut off (TC), data
    icmp: tuple | None = None       # type, code
    quote: object = None            # the packet that an ICMP error quotes
    arp: tuple | None = None        # "ask" or "tell", who asks, whose address
    mac: str = ""                   # of the sender of ARP, of the client of DHCP
    dhcp: tuple | None = None       # kind (0: not shown), the server it names
    piece: tuple | None = None      # of a fragment: source, target, id; and whether it is the first


def read(path):
    """Yields the packets of a pcap file; other frames are left out."""
    data = path.read_bytes()
    if len(data) < 24:
        return
    nano = struct.unpack_from("<I", data)[0] == 0xa1b23c4d
    link = struct.unpack_from("<I", data, 20)[0] & 0xffff
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, size, _ = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + size]
        at += 16 + size
        try:
            packet = decode(frame, link)
        except (struct.error, IndexError, ValueError):
            continue
        if packet:
            packet.time = seconds + fraction / (1e9 if nano else 1e6)
            yield packet


def network_layer(frame, link):
    """(EtherType, what it carries) of a frame."""
    if link == LINK_SLL2:
        protocol, at = struct.unpack_from(">H", frame)[0], 20
    elif link == LINK_SLL:
        protocol, at = struct.unpack_from(">H", frame, 14)[0], 16
    else:
        protocol, at = struct.unpack_from(">H", frame, 12)[0], 14
    if protocol == 0x8100:
        protocol, at = struct.unpack_from(">H", frame, at + 2)[0], at + 4
    return protocol, frame[at:]


def decode(frame, link):
    protocol, data = network_layer(frame, link)
    if protocol == 0x0800:
        return decode4(data)
    if protocol == 0x86dd:
        return decode6(data)
    if protocol == 0x0806:
        kind, mac, asker, target = struct.unpack_from(">H6s4s6x4s", data, 6)
        asker, target = (str(ipaddress.ip_address(each)) for each in (asker, target))
        told = ("ask", asker, target) if kind == 1 else ("tell", target, asker)
        return Packet(kind="arp", source=asker, target=target, arp=told, mac=mac.hex(":"))
    return None


def decode4(data, quoted=False):
    head = (data[0] & 15) * 4
    packet = Packet(source=str(ipaddress.ip_address(data[12:16])),
                    target=str(ipaddress.ip_address(data[16:20])), ttl=data[8])
    ident, place = struct.unpack_from(">HH", data, 4)
    if place & 0x3fff and not quoted:
        packet.piece = (packet.source, packet.target, ident), not place & 0x1fff
    if place & 0x1fff:
        return packet
    total = struct.unpack_from(">H", data, 2)[0]
    return decode_rest(packet, data[9], data[head:], total - head, quoted)


def decode6(data, quoted=False):
    packet = Packet(source=str(ipaddress.ip_address(data[8:24])),
                    target=str(ipaddress.ip_address(data[24:40])), ttl=data[7])
    if data[6] == 44:  # a fragment header (RFC 8200 4.5)
        kind, place, ident = struct.unpack_from(">BxHI", data, 40)
        packet.piece = (packet.source, packet.target, ident), place < 8
        if place >= 8:
            return packet
        return decode_rest(packet, kind, data[48:], struct.unpack_from(">H", data, 4)[0], quoted)
    return decode_rest(packet, data[6], data[40:], struct.unpack_from(">H", data, 4)[0], quoted)


def decode_rest(packet, protocol, data, size, quoted):
    if protocol == 17:
        packet.kind, packet.size = "udp", size - 8
        packet.sport, packet.dport = struct.unpack_from(">HH", data)
        packet.said = bytes(data[8:8 + SAID])
        if 53 in (packet.sport, packet.dport):
            packet.dns = dns(data[8:])
        if 67 in (packet.sport, packet.dport):
            dhcp(packet, data[8:])
    elif protocol == 6:
        packet.kind = "tcp"
        packet.sport, packet.dport, packet.sequence = struct.unpack_from(">HHI", data)
        if not quoted:
            packet.flags = data[13]
            head = (data[12] >> 4) * 4
            packet.acknowledgment, packet.window = struct.unpack_from(">I2xH", data, 8)
            packet.size = size - head
            packet.said = bytes(data[head:head + min(SAID, packet.size)])
    elif protocol in (1, 58):
        packet.kind, packet.icmp = "icmp", (data[0], data[1])
        if quoted:
            return packet
        if protocol == 1 and data[0] in (3, 11):
            packet.quote = quote(decode4, data[8:])
        if protocol == 58 and data[0] in (1, 3):
            packet.quote = quote(decode6, data[8:])
        if protocol == 58 and data[0] in (135, 136):
            neighbour(packet, data)
    return packet


def dhcp(packet, data):
    """Who asks, and what (RFC 2131 2, RFC 2132 9.6)."""
    packet.mac = data[28:34].hex(":")
    kind, server, at = 0, "", 240
    while at + 1 < len(data) and data[at] != 255:
        size = 0 if data[at] == 0 else 1 + data[at + 1]
        value = data[at + 2:at + 1 + size]
        kind = value[0] if data[at] == 53 and value else kind
        server = str(ipaddress.ip_address(value)) if data[at] == 54 and len(value) == 4 else server
        at += 1 + size
    packet.dhcp = kind, server


def neighbour(packet, data):
    """Neighbour discovery (RFC 4861 4.3, 4.4) in the words of ARP."""
    target = str(ipaddress.ip_address(data[8:24]))
    packet.kind = "arp"
    if data[0] == 135:
        packet.arp = ("ask", packet.source, target)
    else:
        packet.arp = ("tell", packet.target, target)


def quote(decoder, data):
    try:
        return decoder(data, quoted=True)
    except (struct.error, IndexError, ValueError):
        return None


def dns(data):
    """(id, rcode, name, cut off, the first record's data): the rcode with the upper bits of an OPT
    record that comes first."""
    try:
        ident, flags, name, _ = dnswire.read_question(data)
    except ValueError:
        return None if len(data) < 4 else (*struct.unpack_from(">H", data), data[3] & 15, "",
                                            bool(data[2] & 2), b"")
    rcode, at = flags & 15, 12 + len(dnswire.name_bytes(name)) + 4 if name else 12
    if data[6:10] == bytes(4) and data[at:at + 3] == b"\0\0\x29" and len(data) >= at + 6:
        rcode |= data[at + 5] << 4
    first = data[at + 12:at + 12 + data[at + 11]] if data[at:at + 1] == b"\xc0" \
        and len(data) > at + 11 else b""
    return ident, rcode, name, bool(flags & 0x0200), first
