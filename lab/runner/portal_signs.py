"""What a capture shows of a login page that stands before the internet: requests for three sites in a
row that were all sent elsewhere for now (302, 303, 307), and probes that got anything but what is
at their URL. Part of signs.py. Reads the first 64 bytes of a message only."""

import re

from . import world

FAULTS = ("http.diverted",)
REQUEST = re.compile(rb"(?:GET|HEAD) (\S+) HTTP/1\.1\r\nHost: ([\w.:\[\]-]+)")
STATUS = re.compile(rb"HTTP/1\.[01] (\d\d\d)")
ELSEWHERE = (302, 303, 307)
SITES = 3
PROBES = {(path.encode(), host.encode()) for host, path in world.PROBES}


def site(host):
    """The domain of a site, or nothing for login pages and bare addresses."""
    if host.startswith((b"login.", b"[")) or host.replace(b".", b"").isdigit():
        return b""
    return b".".join(host.split(b".")[-2:])


def failed(packets, servers, port):
    """(first, last, client, server) of the requests that were diverted."""
    asked, sites = {}, {}
    for packet in packets:
        if packet.kind != "tcp":
            continue
        if packet.target in servers and packet.dport == port:
            found = REQUEST.match(packet.said)
            if found:
                asked[packet.source, packet.sport] = (packet.time, found[1], found[2])
            continue
        status = STATUS.match(packet.said)
        if not status or packet.source not in servers or packet.sport != port:
            continue
        known = asked.pop((packet.target, packet.dport), None)
        if not known:
            continue
        time, path, host = known
        number, client = int(status[1]), packet.target
        seen = sites.setdefault(client, set())
        is_probe = (path, host) in PROBES
        if number in ELSEWHERE and site(host):
            seen.add(site(host))
        elif site(host):
            seen.clear()
        is_barred = is_probe and (number in ELSEWHERE or
                                  (path == world.EMPTY.encode() and number == 200))
        if is_barred or (number in ELSEWHERE and site(host) and len(seen) >= SITES):
            yield time, packet.time, client, packet.source
