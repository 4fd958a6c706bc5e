"""Captures in the forms that the lab writes (all but text), with the header fields that tell one
sender from another. Addresses, ports and quotes come from the lab's own reader (runner/packets.py).
"""

import dataclasses
import gzip
import shutil
import struct
import subprocess

from runner import packets

ECHO_ASK, ECHO_TELL = ((8, 0), (128, 0)), ((0, 0), (129, 0))
SECTION, INTERFACE, ENHANCED = 0x0a0d0d0a, 1, 6   # block types, draft-ietf-opsawg-pcapng 4
TSRESOL = 9                                       # option of an interface: the unit of its times


class Unreadable(Exception):
    """A capture in a form that this reader does not know, or that is damaged."""


@dataclasses.dataclass(slots=True)
class Seen:
    """A packet and what its headers hold. Of IPv6 there is no identification and no DF."""
    packet: packets.Packet
    tos: int                   # DSCP and ECN: the TOS byte of IPv4, the traffic class of IPv6
    length: int                # of the whole IP packet, as its header says
    ident: int | None = None
    df: bool | None = None
    window: int | None = None
    ack: int | None = None
    options: bytes = b""       # of TCP
    body: bytes = b""          # of a DNS answer


def read(path):
    """The packets of a capture file, in its order; other frames are left out."""
    data = contents(path)
    blocks = pcapng_frames if data[:4] == struct.pack("<I", SECTION) else pcap_frames
    out = []
    try:
        for time, frame, link in blocks(data):
            seen = look(frame, link)
            if seen:
                seen.packet.time = time
                out.append(seen)
    except struct.error as error:
        raise Unreadable(f"{path}: cut short") from error
    return out


def contents(path):
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".zst":
        if not shutil.which("zstd"):
            raise Unreadable(f"{path}: the program zstd is missing")
        done = subprocess.run(["zstd", "-dcq", str(path)], capture_output=True, check=False)
        if done.returncode:
            raise Unreadable(f"{path}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout
    if path.suffix in (".pcap", ".pcapng"):
        return path.read_bytes()
    raise Unreadable(f"{path}: text holds no whole headers")


def pcap_frames(data):
    """(seconds, frame, link type); little-endian, as tcpdump writes them where the lab runs."""
    magic = struct.unpack_from("<I", data)[0]
    if magic not in (0xa1b2c3d4, 0xa1b23c4d):
        raise Unreadable("no pcap or pcapng file")
    unit = 1e9 if magic == 0xa1b23c4d else 1e6
    link = struct.unpack_from("<I", data, 20)[0] & 0xffff
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, size, _ = struct.unpack_from("<IIII", data, at)
        yield seconds + fraction / unit, data[at + 16:at + 16 + size], link
        at += 16 + size


def pcapng_frames(data):
    links, units, at = [], [], 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if size < 12:
            raise Unreadable("a pcapng block without a length")
        if kind == INTERFACE:
            links.append(struct.unpack_from("<H", data, at + 8)[0])
            units.append(time_unit(data[at + 16:at + size - 4]))
        elif kind == ENHANCED:
            number, high, low, kept = struct.unpack_from("<IIII", data, at + 8)
            yield ((high << 32 | low) / units[number], data[at + 28:at + 28 + kept],
                   links[number])
        at += size


def time_unit(options):
    """Ticks a second."""
    at = 0
    while at + 4 <= len(options):
        code, size = struct.unpack_from("<HH", options, at)
        if code == TSRESOL:
            return 10 ** options[at + 4]
        at += 4 + (size + 3) // 4 * 4
    return 10 ** 6


def look(frame, link):
    """A frame's packet, or None where it is of no interest or cut too early."""
    try:
        packet = packets.decode(frame, link)
        protocol, data = packets.network_layer(frame, link)
        if packet and protocol in (0x0800, 0x86dd):
            return ip_fields(packet, protocol, data)
        return Seen(packet, 0, 0) if packet else None
    except (struct.error, IndexError, ValueError):
        return None


def ip_fields(packet, protocol, data):
    if protocol == 0x0800:
        length, ident, fragment = struct.unpack_from(">HHH", data, 2)
        seen = Seen(packet, data[1], length, ident, bool(fragment & 0x4000))
        inner = data[(data[0] & 15) * 4:]
    else:
        first, payload = struct.unpack_from(">IH", data)
        seen = Seen(packet, first >> 20 & 255, payload + 40)
        inner = data[40:]
    if packet.kind == "tcp":
        seen.ack, = struct.unpack_from(">I", inner, 8)
        seen.window, = struct.unpack_from(">H", inner, 14)
        seen.options = inner[20:(inner[12] >> 4) * 4]
    elif packet.kind == "udp" and packet.sport == 53:
        seen.body = inner[8:]
    return seen
