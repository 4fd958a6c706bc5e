"""What a capture shows of packets that go round (link.loop), without the program's help.

The same packet came by with a lower TTL, or unchanged in quick succession where it was for
everybody.
"""

import ipaddress

EVERYBODY = "ff:ff:ff:ff:ff:ff"
ROUNDS = 6           # sightings with falling TTLs
COPIES = 31          # of an unchanged frame
WITHIN = 0.2         # seconds between two sightings
AT_ONCE = 0.02
FAULTS = {"link.loop"}


def is_group(packet):
    if packet.kind == "arp":
        return packet.arp[0] == "ask"
    target = ipaddress.ip_address(packet.target)
    return target.is_multicast or packet.target == "255.255.255.255"


def identity(packet):
    return (packet.kind, packet.source, packet.target, packet.sport, packet.dport, packet.sequence,
            packet.acknowledgment, packet.flags, packet.size, packet.said, packet.icmp, packet.dns,
            packet.arp, packet.mac)


def failed(packets, servers, port):
    """(first, last, client, server) of each packet that goes round, as often as it was sent."""
    sightings = {}
    for packet in packets:
        known = sightings.setdefault(identity(packet), [])
        runs = known or known.append([]) or known
        if runs[-1] and (packet.time - runs[-1][-1].time > WITHIN or
                         packet.ttl > runs[-1][-1].ttl):
            runs.append([])
        runs[-1].append(packet)
    for runs in sightings.values():
        for run in runs:
            one = run[0]
            first, last = one.time, run[-1].time
            if len({each.ttl for each in run}) >= ROUNDS and one.target in servers \
                    and one.dport in (port, None):
                yield first, last, one.source, one.target
            close = sum(after.time - before.time <= AT_ONCE for before, after in zip(run, run[1:]))
            if close >= COPIES and is_group(one) and len({each.ttl for each in run}) == 1:
                yield first, last, one.mac or one.source, EVERYBODY
