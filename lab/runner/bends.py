"""What breaks. Each kind is one function that bends the network and returns how to undo it.

The fields of each kind are in words.py; the scenario loader has checked them.
"""

import asyncio
import ipaddress
import json
import pathlib

from . import daemons
from .network import DEV
from .world import NETWORKS

HERE = pathlib.Path(__file__).resolve().parent
SPOOFED = "198.18.0.0/15"  # the benchmark range (RFC 2544): no machine of the lab is in it


def nothing():
    """What cannot be undone, or need not be."""


def stop(world, spec):
    service = world.services[spec["service"]]
    service.stop(world.plan.kill)
    return service.start


def hang(world, spec):
    """Stopped by a signal: for good, or as a pause of some seconds."""
    service = world.services[spec["service"]]
    service.hang()
    if "seconds" in spec:
        asyncio.get_running_loop().call_later(spec["seconds"], service.resume)
        return nothing
    return service.resume


def rebind(world, spec):
    service = world.services[spec["service"]]
    service.stop("KILL")
    service.start("::1" if world.plan.ip == 6 else "127.0.0.1")

    def back():
        service.stop("KILL")
        service.start()
    return back


def options(world, spec):
    service = world.services[spec["service"]]
    before = dict(service.options)
    service.reload({**before, **spec["set"]})
    return lambda: service.reload(before)


def chains(world, where, service):
    """(host, chain, target) for a rule about a service at a place."""
    if where == "router":
        return "r", "forward", service["address"]
    return where, "input", None


def rules_of(world, spec, verdict):
    service = world.plan.services[spec["service"]]
    host, chain, target = chains(world, spec["where"], service)
    answer = spec.get("direction") == "out"
    if answer and chain == "input":
        chain = "output"
    source = None
    if spec.get("from") == "victims":
        source = [machine.address for machine in world.victims()]
    ports = spec.get("ports", [service["port"]])
    return host, [{"chain": chain, "transport": transport, "ports": ports, "source": source,
                   "target": target, "answer": answer, "verdict": verdict}
                  for transport in spec["transports"]]


def reject(world, spec):
    host, rules = rules_of(world, spec, spec.get("with", "port-unreachable"))
    if spec.get("hook") != "netdev":
        return world.firewall.add(host, rules)
    device = DEV if host != "r" else world.network.outside()
    return world.firewall.add_ingress(host, device, rules)


def drop(world, spec):
    host, rules = rules_of(world, spec, "drop")
    return world.firewall.add(host, rules)


def drop_fast(world, spec):
    """A policer: what comes faster than the limit is dropped."""
    host, rules = rules_of(world, {**spec, "transports": ["udp"]}, "drop")
    for rule in rules:
        rule.update(per_second=spec["per_second"], burst=spec["burst"])
    return world.firewall.add(host, rules)


def lose(world, spec):
    """Random loss of everything between the service's host and the rest, both ways."""
    service = world.plan.services[spec["service"]]
    host, _, target = chains(world, spec["where"], service)
    pairs = ({"chain": "forward", "answer": False}, {"chain": "forward", "answer": True})
    if host != "r":
        pairs = ({"chain": "input"}, {"chain": "output"})
    rules = [{**pair, "target": target, "share": spec["share"], "verdict": "drop"}
             for pair in pairs]
    return world.firewall.add(host, rules)


def mute(world, spec):
    """A machine that sends no ICMP errors and no resets, as some systems are set up."""
    host = "r" if spec["where"] == "router" else spec["where"]
    kinds = "icmpv6 type { destination-unreachable, time-exceeded }" if world.plan.ip == 6 \
        else "icmp type { destination-unreachable, time-exceeded }"
    return world.firewall.table(
        host, "inet", ["chain output { type filter hook output priority 0;", f"{kinds} drop",
                       "tcp flags & rst == rst drop", "}"])


def host_down(world, spec):
    """No power (the link stays up and nobody answers) or no cable (the link is down)."""
    machine = world.plan.hosts[spec["host"]]
    how = spec.get("how") or ("cable" if world.rng.random() < 0.3 else "power")
    if how == "cable" and world.plan.times["after"] == 0:
        world.network.batch(machine.name, f"link set {DEV} down")
    else:
        world.network.batch(machine.name, f"address flush dev {DEV} scope global")
    if spec.get("neighbours") != "keep":
        world.flush_neighbours(machine.name)

    def back():
        world.network.address(machine.name, DEV, machine.address, machine.net)
        world.network.batch(machine.name, f"route replace default via {machine.gateway}")
    return back


def route(world, spec):
    """The last router has no way (`none`), or a route that says no."""
    service = world.plan.services[spec["to"]]
    if spec["kind"] == "none":
        machine = world.plan.hosts[service["host"]]
        _, dev = world.network.ports[machine.name]
        world.network.batch("r", f"route del {machine.net} dev {dev}")
        return lambda: world.network.batch("r", f"route add {machine.net} dev {dev}")
    line = f"route %s {spec['kind']} {service['address']}"
    world.network.batch("r", line % "add")
    return lambda: world.network.batch("r", line % "del")


def uplink(world, spec):
    """The clients' gateway loses its way to everything else."""
    gateway = world.network.routers[0]
    way = ipaddress.ip_network(world.plan.transits[0])[2]
    world.network.batch(gateway, f"route del default via {way}")
    return lambda: world.network.batch(gateway, f"route add default via {way}")


def loop(world, spec):
    """The last router sends the packets back to the one before it."""
    service = world.plan.services[spec["to"]]
    near = world.network.nearest_transit()
    world.spaces.sysctl("r", "net.ipv4.conf.all.send_redirects", 0)
    world.spaces.sysctl("r", "net.ipv4.conf.north.send_redirects", 0)
    if spec.get("how") == "line":
        _, dev = world.network.ports[service["host"]]
        world.network.batch("r", f"link set {dev} down", f"route add default via {near}")
        return nothing
    line = f"route %s {service['address']} via {near}"
    world.network.batch("r", line % "add")
    return lambda: world.network.batch("r", line % "del")


def ring(world, spec):
    """A second switch, joined to the clients' one by two cables, for a moment; clients ask for
    their gateway meanwhile. The cables are thin, so that the ring does not take the machine."""
    first = world.network.routers[0]
    ends = [("ring1a", "ring1b"), ("ring2a", "ring2b")]
    world.network.batch(first, "link add ring type bridge", "link set ring up")
    for one, two in ends:
        world.network.batch(first, f"link add {one} type veth peer name {two}",
                            f"link set {one} master lan", f"link set {two} master ring")
        for dev in (one, two):
            world.spaces.run(first, "tc", "qdisc", "add", "dev", dev, "root", "tbf", "rate",
                             f"{spec['kbit']}kbit", "burst", "2000", "latency", "20ms")
    world.network.batch(first, *(f"link set {dev} up" for pair in ends for dev in pair))
    for client in world.victims():
        world.spaces.start(client.name, ["arping", "-q", "-c", "1", "-w", "1", "-i", DEV,
                                         client.gateway])

    def pull():
        world.network.batch(first, *(f"link set {one} down" for one, _ in ends))
    asyncio.get_running_loop().call_later(spec["seconds"], pull)
    return nothing


def chatter(world, spec):
    """A machine that asks for one address again and again, as a program gone wrong does."""
    host = world.plan.hosts[spec["host"]]
    order = {"mac": host.mac, "address": host.address, "target": host.gateway, "device": DEV,
             "per_second": spec["per_second"], "seconds": spec["seconds"]}
    process = world.spaces.start(host.name, ["python3", "-B", str(HERE / "chatter.py"),
                                             json.dumps(order)])
    return process.kill


def shape(world, spec):
    """A thin link: a token bucket on the way out of a machine or of the router to the clients."""
    host = "r" if spec["where"] == "router" else spec["where"]
    dev = world.network.outside() if host == "r" else DEV
    tc = ("tc", "qdisc", "%s", "dev", dev, "root")
    limit = ("tbf", "rate", f"{spec['kbit']}kbit", "burst", "3000", "latency", "400ms")
    world.spaces.run(host, *(word.replace("%s", "add") for word in tc), *limit)
    return lambda: world.spaces.run(host, *(word.replace("%s", "del") for word in tc))


def flood(world, spec):
    """Many packets from one machine, under its own or under invented addresses."""
    service = world.plan.services[spec["service"]]
    attacker = world.plan.hosts[spec.get("from", "bad")]
    invented = world.rng.random() < 0.5 and "as" not in spec
    world.network.batch("r", f"route add {SPOOFED} via {attacker.address}")
    world.firewall.table(attacker.name, "inet",
                         ["chain input { type filter hook input priority 0;",
                          "meta l4proto { tcp, udp, icmp } drop", "}"])
    order = {"kind": spec["kind"], "target": service["address"], "port": service["port"],
             "source": world.plan.hosts[spec["as"]].address if "as" in spec else attacker.address,
             "invented": invented, "seed": world.plan.seed,
             "per_second": spec["per_second"], "seconds": spec["seconds"],
             "bytes": spec.get("bytes", 0),
             "name": world.plan.names["zone"][0], "domain": world.plan.domain}
    world.note(f"flood from {'invented addresses' if invented else attacker.address}")
    world.spaces.start(attacker.name, ["python3", "-B", str(HERE / "flood.py"), json.dumps(order)])
    return nothing


def scan(world, spec):
    """One machine looks for open ports of a service's machine, or for machines beside it."""
    service = world.plan.services[spec["service"]]
    attacker = world.plan.hosts[spec.get("from", "bad")]
    order = {"kind": spec["kind"], "target": service["address"], "port": service["port"],
             "count": spec["count"], "pace": spec["pace"], "seed": world.plan.seed}
    world.note(f"scan from {attacker.address}")
    world.spaces.start(attacker.name, ["python3", "-B", str(HERE / "scan.py"), json.dumps(order)])
    return nothing


def order_for(world, spec, **more):
    service = world.plan.services[spec["service"]]
    return {"target": service["address"], "port": service["port"], "seed": world.plan.seed,
            "name": world.plan.names["zone"][0], "per_second": spec["per_second"],
            "seconds": spec["seconds"], **more}


def guess(world, spec):
    """One machine tries one password after the other."""
    service = world.plan.services[spec["service"]]
    attacker = world.plan.hosts[spec.get("from", "bad")]
    dialect = {"nginx": "http", "sshd": "ssh"}.get(service["daemon"]) or \
        service["options"].get("dialect", "smtp")
    order = order_for(world, spec, dialect=dialect, right=spec.get("right", False),
                      spray=spec.get("spray", False))
    world.note(f"logins are guessed from {attacker.address}")
    world.spaces.start(attacker.name, ["python3", "-B", str(HERE / "guess.py"), json.dumps(order)])
    return nothing


def storm(world, spec):
    """One machine asks a web server for more than all others, or takes its connections."""
    attacker = world.plan.hosts[spec.get("from", "bad")]
    order = order_for(world, spec, kind=spec["kind"])
    world.note(f"requests without end from {attacker.address}")
    process = world.spaces.start(attacker.name, ["python3", "-B", str(HERE / "storm.py"),
                                                 json.dumps(order)])
    return process.kill


def sysctl(world, spec):
    for key, value in spec["set"].items():
        world.spaces.sysctl(spec["host"], key, value)
    return nothing


def inject_reset(world, spec):
    """A box at the router that answers SYNs with resets in the server's name."""
    service = world.plan.services[spec["service"]]
    undo = world.firewall.table("r", "inet", [
        "chain forward { type filter hook forward priority 0;",
        f"ip daddr {service['address']} tcp dport {service['port']} tcp flags syn drop", "}"])
    order = {"target": service["address"], "port": service["port"],
             "device": world.network.outside(), "seed": world.plan.seed}
    process = world.spaces.start("r", ["python3", "-B", str(HERE / "injector.py"),
                                       json.dumps(order)])

    def back():
        process.kill()
        undo()
    return back


def forge(world, spec):
    """A box at the router that answers DNS queries in the server's name; the server answers too."""
    service = world.plan.services[spec["service"]]
    order = {"target": service["address"], "port": service["port"],
             "device": world.network.outside(), "seed": world.plan.seed}
    process = world.spaces.start("r", ["python3", "-B", str(HERE / "injector.py"),
                                       json.dumps(order)])
    return process.kill


def mask(world, spec):
    """Victims believe that a far server is on their own network, and ask for it by ARP."""
    address = world.plan.services[spec["service"]]["address"]
    for victim in world.victims():
        world.network.batch(victim.name, f"route add {address} dev {DEV}")

    def back():
        for victim in world.victims():
            world.network.batch(victim.name, f"route del {address} dev {DEV}")
    return back


def reset_hello(world, spec):
    """A box at the router that resets connections when it sees their ClientHello."""
    service = world.plan.services[spec["service"]]
    order = {"target": service["address"], "port": service["port"],
             "device": world.network.outside(), "seed": world.plan.seed}
    process = world.spaces.start("r", ["python3", "-B", str(HERE / "secure_injector.py"),
                                       json.dumps(order)])
    return process.kill


def cut(world, spec):
    """A box at the router that resets a share of the requests on open connections, both ways."""
    service = world.plan.services[spec["service"]]
    order = {"target": service["address"], "port": service["port"], "share": spec["share"],
             "device": world.network.outside(), "seed": world.plan.seed}
    process = world.spaces.start("r", ["python3", "-B", str(HERE / "injector.py"),
                                       json.dumps(order)])
    return process.kill


def drop_hello(world, spec):
    """A filter at the router that swallows ClientHellos, and lets handshakes of TCP pass."""
    service = world.plan.services[spec["service"]]
    family = "ip6" if world.plan.ip == 6 else "ip"
    return world.firewall.table("r", "inet", [
        "chain forward { type filter hook forward priority 0;",
        f"{family} daddr {service['address']} tcp dport {service['port']} @ih,0,16 0x1603 drop",
        "}"])


def forget(world, spec):
    """A router that tracks connections, forgets those that are quiet for some seconds, and resets
    or drops what belongs to none that it knows."""
    service = world.plan.services[spec["service"]]
    family = "ip6" if world.plan.ip == 6 else "ip"
    answer = "reject with tcp reset" if spec["with"] == "reset" else "drop"
    undo = world.firewall.table("r", "inet", [
        "chain forward { type filter hook forward priority 0;",
        f"{family} daddr {service['address']} tcp dport {service['port']} ct state invalid {answer}",
        f"{family} saddr {service['address']} tcp sport {service['port']} ct state invalid drop",
        "}"])
    world.spaces.sysctl("r", "net.netfilter.nf_conntrack_tcp_loose", 0)
    world.spaces.sysctl("r", "net.netfilter.nf_conntrack_tcp_timeout_established", spec["seconds"])
    for state in ("unacknowledged", "max_retrans"):
        world.spaces.sysctl("r", f"net.netfilter.nf_conntrack_tcp_timeout_{state}", spec["seconds"])
    return undo


def drop_fragments(world, spec):
    """A filter that lets no later fragment through: they show no ports. It stands before the
    router's connection tracking, which would put them together first."""
    service = world.plan.services[spec["service"]]
    match = "ip6 saddr %s frag frag-off != 0 drop" if world.plan.ip == 6 \
        else "ip saddr %s ip frag-off & 0x1fff != 0 drop"
    return world.firewall.table("r", "ip6" if world.plan.ip == 6 else "ip", [
        "chain early { type filter hook prerouting priority -450;",
        match % service["address"], "}"])


def drop_large(world, spec):
    """A link that takes small packets only, behind a filter that says so to nobody."""
    service = world.plan.services[spec["service"]]
    family = "ip6" if world.plan.ip == 6 else "ip"
    side = "daddr" if spec.get("direction") == "in" else "saddr"
    return world.firewall.table("r", "inet", [
        "chain forward { type filter hook forward priority 0;",
        f"{family} {side} {service['address']} meta length > {spec['bytes']} drop", "}"])


def small_link(world, spec):
    """A link that takes small packets only; the router says so, as it should."""
    dev = world.network.outside()
    world.network.batch("r", f"link set {dev} mtu {spec['bytes']}")
    return lambda: world.network.batch("r", f"link set {dev} mtu 1500")


def deafen(world, spec):
    """The switch drops the answers of a DHCP server at its port, as one does that does not trust
    it."""
    service = world.plan.services[spec["service"]]
    router, port = world.network.ports[service["host"]]
    return world.firewall.add_ingress(router, port, [
        {"transport": "udp", "ports": [service["port"]], "answer": True, "verdict": "drop"}])


def internet(world, spec):
    """All the addresses of the world lead to one web server, and for https to another service or,
    in the default of one, to a closed port."""
    service = world.plan.services[spec["service"]]
    family = "ip6" if world.plan.ip == 6 else "ip"
    whole = f"{family} daddr {NETWORKS[world.plan.ip]}"
    rules = [f"{whole} tcp dport 80 dnat to {daemons.host_port(service['address'], service['port'])}"]
    secure = world.plan.services[spec["tls"]] if "tls" in spec else None
    rules.append(f"{whole} tcp dport 443 dnat to "
                 f"{daemons.host_port(secure['address'], secure['port'])}" if secure else
                 f"{whole} tcp dport 443 redirect to :9")
    world.firewall.table("r", family, [
        "chain pre { type nat hook prerouting priority -100;", *rules, "}"])
    return nothing


def twin(world, spec):
    """A second machine on the network takes the address that another one has."""
    host, of = world.plan.hosts[spec["host"]], world.plan.hosts[spec["of"]]
    world.network.address(host.name, DEV, of.address, of.net)
    world.spaces.start(host.name, ["arping", "-q", "-U", "-c", "2", "-i", DEV, of.address])
    length = ipaddress.ip_network(of.net).prefixlen
    return lambda: world.network.batch(host.name, f"address del {of.address}/{length} dev {DEV}")


def poison(world, spec):
    """A machine poses as another one towards the first client, and the other way round."""
    host, of, victim = world.plan.hosts[spec["host"]], world.plan.hosts[spec["of"]], \
        world.victims()[0]
    world.spaces.sysctl(host.name, "net.ipv4.ip_forward", 1)
    world.spaces.sysctl(host.name, "net.ipv4.conf.all.send_redirects", 0)
    world.spaces.sysctl(host.name, f"net.ipv4.conf.{DEV}.send_redirects", 0)
    for machine in (of, victim):  # it finds out where they are
        world.spaces.run(host.name, "ping", "-c", "1", "-W", "1", machine.address)
    order = {"mac": host.mac, "device": DEV, "every": world.rng.uniform(1.0, 2.5),
             "seconds": spec["seconds"],
             "pair": [{"address": each.address, "mac": each.mac} for each in (of, victim)]}
    process = world.spaces.start(host.name, ["python3", "-B", str(HERE / "poison.py"),
                                             json.dumps(order)])
    return process.kill


BENDS = {each.__name__: each for each in (
    stop, hang, rebind, options, reject, drop, drop_fast, lose, mute, host_down, route, loop,
    shape, flood, scan, sysctl, inject_reset, forge, mask, uplink, reset_hello, drop_hello, cut,
    forget, drop_fragments, drop_large, small_link, twin, poison, deafen, ring, chatter, guess,
    storm, internet)}
