"""What load looks like from outside: answered rate and latency under a policer, at a server that
is too slow, on a path that loses, under a flood; handshakes of a full queue."""

import collections

from .runs import seconds
from .table import code, high, markdown, middle, spread

SETTLED = 1.0          # seconds after the first failure from which whole seconds are counted
LOADED = {"overload", "rate_limit", "flood", "path_loss"}   # the causes of the load table
BUSY_PER_SECOND = 3    # requests in view: below it there is no load to speak of


class Asked:
    """A request of the load table: when it was first and last sent, and when the answer came."""

    def __init__(self, time, known):
        self.time, self.latest, self.known = time, time, known
        self.answered, self.refused = None, False

    def wait_ms(self):
        return 1000 * (self.answered - self.latest)


def requests(view, fault):
    """The DNS queries to a labelled service over UDP, from clients and from others."""
    latest, out = {}, []
    for seen in view.seen:
        packet = seen.packet
        if packet.kind != "udp" or not packet.dns:
            continue
        ident = packet.dns[0]
        if packet.target in fault["servers"] and packet.dport == fault["port"]:
            key = packet.source, packet.sport, ident
            known = latest.get(key)
            if known and known.answered is None:
                known.latest = packet.time
            else:
                latest[key] = Asked(packet.time, packet.source in view.clients)
                out.append(latest[key])
        elif packet.source in fault["servers"] and packet.sport == fault["port"]:
            request = latest.get((packet.target, packet.dport, ident))
            if request and request.answered is None:
                request.answered = packet.time
                request.refused = packet.dns[1] == 5
    return out


def table(runs):
    """Rates and latencies of queries that are served in part, where clients ask often."""
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in runs:
        view = run.best()
        if not view or not view.label["faults"]:
            continue
        fault = view.label["faults"][0]
        if fault.get("transport") != "udp" or fault["cause"] not in LOADED:
            continue
        figures = rates(view, fault)
        if figures:
            for name, value in figures.items():
                groups[run.scenario, view.side][name] += [value] if value is not None else []
    rows = [[code(scenario), side, len(found["asked"]), spread(found["asked"], 0),
             spread(found["answered"], 0), spread(found["least"]), spread(found["most"]),
             spread(found["lost"], 0, " %"), spread(found["before_ms"], 1),
             spread(found["during_ms"], 1), spread(found["high_ms"], 1)]
            for (scenario, side), found in sorted(groups.items())]
    return markdown(["scenario", "side", "runs", "asked a second", "served a second",
                     "least in a second", "most in a second", "not served",
                     "latency before, ms", "latency during, ms", "95 % of them within, ms"], rows)


def rates(view, fault):
    first, last = seconds(fault["first"]) + SETTLED, seconds(fault["last"])
    every = [request for request in requests(view, fault) if request.known]
    during = [request for request in every if first <= request.time <= last]
    if last - first < 2 or len(during) / (last - first) < BUSY_PER_SECOND:
        return None
    served = [request for request in during if request.answered and not request.refused]
    if not served:
        return None
    whole = collections.Counter(int(request.time - first) for request in served)
    each = [whole[second] for second in range(int(last - first))]
    before = [request.wait_ms() for request in every
              if request.answered and request.time < first - SETTLED]
    waits = [request.wait_ms() for request in served]
    return {"asked": len(during) / (last - first), "answered": len(served) / (last - first),
            "least": min(each), "most": max(each),
            "lost": 100 * (1 - len(served) / len(during)),
            "before_ms": middle(before),
            "during_ms": middle(waits), "high_ms": high(waits)}


def handshakes(runs):
    """How far connections get, where they get no answer: of the clients, and of a flood."""
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in runs:
        flooded = run.scenario in ("healthy.syn_flood_cookies", "tcp.refused.flood")
        silent = any("tcp.no_response" in fault["fault"] for fault in run.faults)
        view = run.best()
        if not view or not (silent or flooded):
            continue
        figures = groups[run.scenario, view.side]
        figures["runs"].append(run.seed)
        for name, value in steps(view, run).items():
            figures[name].append(value)
    rows = [[code(scenario), side, len(found["runs"]),
             *(spread(found[name]) for name in
               ("tried", "answered", "completed", "served", "unserved", "again",
                "after_silence",
                "floods", "floods_answered"))]
            for (scenario, side), found in sorted(groups.items())]
    return markdown(["scenario", "side", "runs", "clients' connections", "SYN-ACK", "third step",
                     "served", "completed and not served", "SYN-ACKs sent again",
                     "completed after the first silent one",
                     "SYNs of a flood", "SYN-ACKs to it"], rows)


def steps(view, run):
    """Counts over the whole capture, of the services that speak TCP and fail (or are flooded)."""
    targets = {(server, fault["port"]) for fault in view.faults if "port" in fault
               for server in fault["servers"]}
    targets = targets or {(each["address"], each["port"])
                          for name, each in run.drawn["services"].items() if name == "web"}
    flows, flood, told = {}, 0, 0
    for seen in view.seen:
        packet = seen.packet
        if packet.kind != "tcp":
            continue
        if (packet.target, packet.dport) in targets:
            flood += packet.source not in view.clients and packet.flags & 0x12 == 2
            follow(flows, packet, (packet.source, packet.sport), True)
        elif (packet.source, packet.sport) in targets:
            told += packet.target not in view.clients and packet.flags & 0x12 == 0x12
            follow(flows, packet, (packet.target, packet.dport), False)
    ours = [flow for (client, _), flow in flows.items() if client in view.clients]
    silent = min((flow["time"] for flow in ours if not flow["synack"]), default=None)
    late = [flow for flow in ours if flow["third"] and silent and flow["time"] > silent]
    return {"tried": len(ours), "answered": sum(1 for flow in ours if flow["synack"]),
            "completed": sum(flow["third"] for flow in ours),
            "served": sum(flow["served"] for flow in ours),
            "unserved": sum(flow["third"] and not flow["served"] for flow in ours),
            "again": sum(max(flow["synack"] - 1, 0) for flow in ours),
            "after_silence": len(late), "floods": flood, "floods_answered": told}


def follow(flows, packet, key, to_server):
    opens = packet.flags & 0x12 == 2
    if to_server and opens:
        known = flows.get(key)
        if known and known["sequence"] == packet.sequence:
            return
        flows[key] = {"time": packet.time, "sequence": packet.sequence, "synack": 0,
                      "third": False, "served": False}
    flow = flows.get(key)
    if not flow:
        return
    if to_server and packet.flags & 0x16 == 0x10 and flow["synack"]:
        flow["third"] = True
    elif not to_server and packet.flags & 0x12 == 0x12:
        flow["synack"] += 1
    elif not to_server and not packet.flags & 4 and (packet.size > 0 or packet.flags & 1):
        flow["served"] = True


