"""DNS messages, as far as the lab's own clients and servers need them (RFC 1035 4)."""

import ipaddress
import struct

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "NULL": 10, "PTR": 12, "MX": 15, "TXT": 16,
         "AAAA": 28, "ANY": 255}
RCODES = {"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5}


def name_bytes(name):
    out = b""
    for label in name.rstrip(".").split("."):
        out += bytes([len(label)]) + label.encode("ascii")
    return out + b"\0"


def query(ident, name, kind, edns=True, version=0, rd=True, size=1232):
    flags = 0x0100 if rd else 0
    out = struct.pack(">HHHHHH", ident, flags, 1, 0, 0, int(edns))
    out += name_bytes(name) + struct.pack(">HH", TYPES[kind], 1)
    if edns:  # RFC 6891 6.1.2: root, OPT, the size, extended rcode and version, no options
        out += b"\0" + struct.pack(">HHBBHH", 41, size, 0, version, 0, 0)
    return out


def text_data(text):
    """RDATA of a TXT record (RFC 1035 3.3.14)."""
    parts = [text[at:at + 250] for at in range(0, len(text), 250)] or [""]
    return b"".join(bytes([len(part)]) + part.encode("ascii") for part in parts)


def read_name(data, at):
    """The name at `at` (no compression: of questions) and where it ends."""
    labels = []
    while True:
        size = data[at]
        at += 1
        if size == 0:
            return ".".join(labels).lower(), at
        if size > 63:
            raise ValueError("a pointer in a question")
        labels.append(data[at:at + size].decode("ascii", "replace"))
        at += size


def read_question(data):
    """(id, flags, name, type number) of a message with one question, or ValueError."""
    try:
        ident, flags, questions = struct.unpack_from(">HHH", data)
        if not questions:
            return ident, flags, "", 0
        name, at = read_name(data, 12)
        return ident, flags, name, struct.unpack_from(">H", data, at)[0]
    except (struct.error, IndexError) as error:
        raise ValueError("cut short") from error


def answer(request, rcode=0, addresses=(), ttl=300, authoritative=True, truncated=False,
           recursion=False, data=None):
    """The answer to a request with the addresses of its name and type, or with one record of the
    type that was asked for and this data; cut off, it holds none."""
    ident, flags, name, kind = read_question(request)
    at = 12 + len(name_bytes(name)) + 4 if name else 12
    records = []
    if truncated:
        addresses = ()
    for text in addresses:
        address = ipaddress.ip_address(text)
        if (address.version == 4 and kind == 1) or (address.version == 6 and kind == 28):
            records.append(struct.pack(">HHHIH", 0xc00c, kind, 1, ttl, len(address.packed))
                           + address.packed)
    if data is not None:
        records.append(struct.pack(">HHHIH", 0xc00c, kind, 1, ttl, len(data)) + data)
    out_flags = 0x8000 | (flags & 0x0100) | (0x0400 if authoritative else 0) | rcode
    out_flags |= (0x0200 if truncated else 0) | (0x0080 if recursion else 0)
    head = struct.pack(">HHHHHH", ident, out_flags, 1 if name else 0, len(records), 0, 0)
    return head + request[12:at] + b"".join(records)
