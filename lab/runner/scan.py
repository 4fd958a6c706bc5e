"""A scan, bounded in number and time. Run as `scan.py JSON`, in a namespace.

ports, udp_ports: of one machine, in a random order, each once (the system repeats what is not
answered within the second that this one waits); hosts: the addresses beside the target's.
"""

import contextlib
import ipaddress
import json
import random
import socket
import sys
import time

MOST = 400
PATIENCE = 1.2


def targets(order, rng):
    if order["kind"] == "hosts":
        network = ipaddress.ip_network(order["target"] + "/24", strict=False)
        hosts = [str(address) for address in network.hosts()]
        rng.shuffle(hosts)
        return [(host, order["port"]) for host in hosts[:order["count"]]]
    ports = rng.sample(range(1, 9000), min(order["count"], MOST))
    return [(order["target"], port) for port in ports]


def probe(order, target, rng):
    """A socket on its way; a connection, or a datagram that has left."""
    if order["kind"] == "udp_ports":
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with contextlib.suppress(OSError):
            sock.sendto(rng.randbytes(rng.randrange(0, 40)), target)
        return sock
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    with contextlib.suppress(OSError):
        sock.connect(target)
    return sock


def main():
    order = json.loads(sys.argv[1])
    rng = random.Random(order["seed"])
    under_way = []
    for target in targets(order, rng)[:MOST]:
        under_way.append((time.monotonic(), probe(order, target, rng)))
        while under_way and time.monotonic() - under_way[0][0] > PATIENCE:
            under_way.pop(0)[1].close()
        time.sleep(order["pace"] * rng.uniform(0.7, 1.3))
    time.sleep(PATIENCE)


if __name__ == "__main__":
    main()
