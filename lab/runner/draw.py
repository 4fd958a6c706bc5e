"""Everything that does not matter to a scenario, drawn from its name and a seed.

`draw(scenario, seed)` gives the same plan for the same two, on every machine: addresses, names,
ports, times, rates, tools, and how each side captures. Nothing can be tuned to one run, and a run
can be repeated. What happens while the run goes on is drawn from generators of the same seed
(`Plan.random`), so it differs only by the machine's own timing.
"""

import dataclasses
import ipaddress
import random

DOCUMENTATION = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
DOMAINS = ("example.com", "example.net", "example.org", "corp.example", "lab.example",
           "office.example", "cooking.example.com")
LABELS = ("www", "mail", "shop", "files", "intranet", "wiki", "api", "cdn", "git", "db", "print",
          "login", "static", "images", "chat", "calendar")
WORLD = ("news.example", "bank.example", "mail-host.example", "maps.test", "weather.test",
         "video.invalid", "forum.invalid", "travel.example", "school.test", "radio.example")
SNAPLENS = (262144, 262144, 262144, 65535, 1514, 256, 160)
TEXT_STYLES = ([], ["-tttt"], ["-v"], ["-tttt", "-v"], ["-e"], ["-tttt", "-e"], ["-vv", "-tttt"])
OUIS = ("00:1b:21", "3c:fd:fe", "a4:bb:6d", "52:54:00", "00:50:56", "dc:a6:32", "f0:18:98")


@dataclasses.dataclass
class Machine:
    """One namespace: where it is and what it is called."""
    name: str
    place: str       # lan, far
    address: str
    gateway: str
    net: str         # its network, with the prefix length
    mac: str


@dataclasses.dataclass
class Tap:
    """How one side captures."""
    side: str
    link: str        # ethernet, vlan, sll2, sll
    looking: str     # of the router: outside, inside, any
    snaplen: int
    nano: bool
    form: str
    text: list
    vlan: int        # the tag, 0 for none


@dataclasses.dataclass
class Plan:
    scenario: str
    seed: int
    ip: int
    hops: int
    clients: list
    hosts: dict
    ghosts: dict
    transits: list   # networks between the routers
    services: dict   # name -> {host, address, daemon, port}
    domain: str
    names: dict      # token -> names without the final dot
    times: dict
    taps: list
    stubs: list      # one per client: its habits
    nft: bool
    kill: str
    quiet_v6: bool
    background: list

    def random(self, purpose):
        return random.Random(f"{self.scenario}:{self.seed}:{purpose}")

    def victims(self, which):
        return self.clients if which == "all" else self.clients[:1]


class Addresses:
    """Networks that do not overlap, and addresses in them."""

    def __init__(self, rng, ip):
        self.rng, self.ip, self.used = rng, ip, set()

    def network(self):
        while True:
            text = self.network6() if self.ip == 6 else self.network4()
            if text not in self.used:
                self.used.add(text)
                return ipaddress.ip_network(text)

    def network4(self):
        kind = self.rng.randrange(6)
        if kind < 3:
            return DOCUMENTATION[kind]
        if kind == 3:
            return f"10.{self.rng.randrange(256)}.{self.rng.randrange(256)}.0/24"
        if kind == 4:
            return f"172.{self.rng.randrange(16, 32)}.{self.rng.randrange(256)}.0/24"
        return f"192.168.{self.rng.randrange(256)}.0/24"

    def network6(self):
        if self.rng.random() < 0.7:
            return f"2001:db8:{self.rng.randrange(1, 65536):x}:{self.rng.randrange(65536):x}::/64"
        return f"fd{self.rng.randrange(256):02x}:{self.rng.randrange(1, 65536):x}:0:1::/64"

    def host(self, net, taken):
        top = 250 if self.ip == 4 else 65000
        while True:
            address = str(net[self.rng.randrange(2, top)])
            if address not in taken:
                taken.add(address)
                return address


def mac(rng):
    return ":".join([rng.choice(OUIS), *(f"{rng.randrange(256):02x}" for _ in range(3))])


def between(rng, span):
    return rng.uniform(*span)


def draw(scenario, seed):
    """The plan of one run."""
    rng = random.Random(f"{scenario['id']}:{seed}")
    ip = rng.choice(scenario["ip"])
    hops = rng.choice(scenario["hops"])
    nets = Addresses(rng, ip)
    lan = nets.network()
    gateway, taken = str(lan[1]), set()
    count = rng.randint(*map(int, scenario["clients"]["count"]))
    place = {"lan": lan}
    clients = [Machine(f"c{number + 1}", "lan", nets.host(lan, taken), gateway, str(lan), mac(rng))
               for number in range(count)]
    hosts = {}
    for name, host in scenario["host"].items():
        net = lan if host["place"] == "lan" else nets.network()
        place[name] = net
        hosts[name] = Machine(name, host["place"], nets.host(net, taken), str(net[1]), str(net),
                              mac(rng))
    ghosts = {}
    for name, ghost in scenario["ghost"].items():
        net = place[ghost["beside"]] if ghost["beside"] in place else nets.network()
        ghosts[name] = nets.host(net, taken)
    services = draw_services(rng, scenario, hosts, ghosts)
    domain = rng.choice(DOMAINS)
    plan = Plan(
        scenario=scenario["id"], seed=seed, ip=ip, hops=hops, clients=clients, hosts=hosts,
        ghosts=ghosts, transits=[str(nets.network()) for _ in range(hops)], services=services,
        domain=domain, names=draw_names(rng, domain),
        times={key: between(rng, span) for key, span in scenario["times"].items()},
        taps=draw_taps(rng, scenario["capture"]),
        stubs=[draw_stub(rng, ip) for _ in range(count)], nft=rng.random() < 0.5,
        kill=rng.choice(("TERM", "KILL")), quiet_v6=rng.random() < 0.7,
        background=draw_background(rng, scenario["background"]))
    return plan


def draw_services(rng, scenario, hosts, ghosts):
    drawn = {}
    for name, service in scenario["service"].items():
        host = service["host"]
        address = hosts[host].address if host in hosts else ghosts[host]
        drawn[name] = {"host": host, "address": address, "port": rng.choice(service["port"]),
                       "daemon": rng.choice(service["daemon"]) if service["daemon"] else "",
                       "options": dict(service.get("options", {}))}
    return drawn


def draw_names(rng, domain):
    labels = rng.sample(LABELS, 9)
    return {"zone": [f"{label}.{domain}" for label in labels[:rng.randint(2, 5)]],
            "missing": [f"{label}.{domain}" for label in labels[5:rng.randint(6, 7)]],
            "blocked": [f"{labels[7]}.{domain}"],
            "foreign": [f"{label}.{rng.choice(('example.edu', 'other.example', 'far.example'))}"
                        for label in labels[:2]],
            "single": [labels[8]],
            "reverse": [f"{rng.randrange(1, 255)}.{rng.randrange(256)}.168.192.in-addr.arpa"
                        for _ in range(3)],
            "domains": [f"www.{each}" for each in WORLD],
            "big": [f"big.{domain}"], "large": [f"large.{domain}"], "bare": [f"bare.{domain}"]}


def draw_taps(rng, capture):
    taps = []
    for side in capture["sides"]:
        form = rng.choice(capture["forms"])
        looking, link = draw_view(rng, capture, side)
        snaplen = rng.choice(capture.get("snaplen", SNAPLENS))
        taps.append(Tap(side=side, link=link, looking=looking,
                        snaplen=snaplen, nano=rng.random() < 0.3, form=form,
                        text=list(rng.choice(TEXT_STYLES)) + [rng.choice(("-n", "-nn"))],
                        vlan=rng.randrange(2, 4000) if link == "vlan" else 0))
    return taps


def draw_view(rng, capture, side):
    """What a side looks at, and the link type: all interfaces together come as Linux cooked."""
    looking, links = rng.choice(capture["looking"]), capture["links"]
    cooked = [link for link in links if link.startswith("sll")] or ["sll2"]
    plain = [link for link in links if not link.startswith("sll")] or ["ethernet"]
    if side != "router":
        return looking, rng.choice(links)
    return looking, rng.choice(cooked if looking == "any" else plain)


def draw_stub(rng, ip):
    """A client's habits: glibc and its like repeat after seconds, browsers ask for both types."""
    return {"timeout": rng.choice((1.0, 1.5, 2.0, 3.0, 5.0)), "tries": rng.choice((1, 2, 2, 3)),
            "types": rng.choice((["AAAA" if ip == 6 else "A"], ["A", "AAAA"], ["A", "AAAA"])),
            "edns": rng.random() < 0.6, "patience": rng.uniform(2.5, 5.0),
            "pace": rng.uniform(0.0, 1.0), "ttl": rng.choice((64, 64, 64, 128)),
            "same_socket": rng.random() < 0.7}


def draw_background(rng, wanted):
    if wanted == ["none"]:
        return []
    drawn = [kind for kind in ("ping_gateway", "mdns", "llmnr", "ssdp")
             if rng.random() < 0.35]
    return drawn
