"""Captures read by a few plain lines, as a second opinion on what the program writes and reads.

`packets(path)` gives the packets of a pcap or pcapng file (also gzipped) in their order; enough for
the files of this repository and for what the program writes, not for every file there is.
"""

import collections
import gzip
import struct

Packet = collections.namedtuple("Packet", "bytes wire_length time_ns link_type comments interface")
Capture = collections.namedtuple("Capture", "packets section_comment interfaces")


def content(path):
    with open(path, "rb") as file:
        data = file.read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def read_pcap(data):
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    magic = struct.unpack_from(order + "I", data)[0]
    unit = 1 if magic == 0xA1B23C4D else 1000
    link_type = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    packets, at = [], 24
    while at + 16 <= len(data):
        seconds, fraction, size, wire = struct.unpack_from(order + "IIII", data, at)
        if at + 16 + size > len(data):
            break  # cut short
        packets.append(Packet(data[at + 16:at + 16 + size], wire,
                              seconds * 1_000_000_000 + fraction * unit, link_type, [], None))
        at += 16 + size
    return Capture(packets, None, [])


def options(order, data):
    found, at = [], 0
    while at + 4 <= len(data):
        code, size = struct.unpack_from(order + "HH", data, at)
        if code == 0:
            break
        found.append((code, data[at + 4:at + 4 + size]))
        at += 4 + (size + 3) // 4 * 4
    return found


def texts(found, code):
    return [value.decode() for known, value in found if known == code]


def read_pcapng(data):
    order, at = "<", 0
    packets, interfaces, comment = [], [], None
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, length = struct.unpack_from(order + "II", data, at)
        if at + length > len(data):
            break  # cut short
        assert struct.unpack_from(order + "I", data, at + length - 4)[0] == length
        body = data[at + 8:at + length - 4]
        at += length
        if kind == 0x0A0D0D0A:
            comment = "".join(texts(options(order, body[16:]), 1)) or comment
        elif kind == 1:
            known = options(order, body[8:])
            power = dict(known).get(9, b"\x06")[0]
            interfaces.append((struct.unpack_from(order + "H", body)[0],
                               "".join(texts(known, 2)), power))
        elif kind == 6:
            number, high, low, size, wire = struct.unpack_from(order + "IIIII", body)
            link_type, _, power = interfaces[number]
            known = options(order, body[20 + (size + 3) // 4 * 4:])
            packets.append(Packet(body[20:20 + size], wire,
                                  (high << 32 | low) * 10 ** (9 - power), link_type,
                                  texts(known, 1), number))
    return Capture(packets, comment, interfaces)


def read(path):
    data = content(path)
    return read_pcapng(data) if data[:4] == b"\x0a\x0d\x0d\x0a" else read_pcap(data)
