"""When what comes: the limit of ICMP errors, the search for a dead neighbour, repeats of SYNs."""

import collections

from runner import signs

from .runs import seconds
from .table import code, markdown, spread

FEW_REQUESTS = 20        # of one client: fewer say little of a limit
DENSE_PER_SECOND = 3     # and slower ones do not meet it


def services(view):
    """The lab's own account of each labelled service, with its port and transport."""
    packets = [seen.packet for seen in view.seen]
    for fault in view.faults:
        if fault.get("transport") in ("udp", "tcp"):
            yield signs.Service(packets, fault["servers"], fault["port"], fault["transport"])


def limits(runs):
    """How many of a client's failing requests got an ICMP error, by scenario and IP version."""
    groups = collections.defaultdict(list)
    for run in runs:
        view = run.best()
        if not view or not view.label["faults"]:
            continue
        for service in services(view):
            last = max(seconds(fault["last"]) for fault in view.faults)
            for figures in peers(service, view, last):
                groups[run.scenario, run.ip].append((run.seed, *figures))
    rows = []
    for (scenario, ip), found in sorted(groups.items()):
        _, rate, share, burst, after = zip(*found)
        rows.append([code(scenario), ip, len({each[0] for each in found}), len(found),
                     spread(rate, 1), spread([100 * each for each in share], 0, " %"),
                     spread(known(burst)), spread(known(after), 2)])
    return markdown(["scenario", "IP", "runs", "clients", "requests a second and client",
                     "got an error", "errors before the first silence", "then errors a second"],
                    rows)


def known(values):
    return [value for value in values if value is not None]


def peers(service, view, last):
    """(requests a second, share with an error, burst, errors a second after it) of each client
    with many failing requests, some of which got an error."""
    clients = collections.defaultdict(list)
    for request in service.requests:
        if view.first <= request.first <= last and request.client in view.clients \
                and not request.answered and not request.reset:
            clients[request.client].append(request)
    for _, requests in sorted(clients.items()):
        span = requests[-1].first - requests[0].first
        got = [bool(request.icmp) for request in requests]
        if len(requests) < FEW_REQUESTS or len(requests) / span < DENSE_PER_SECOND or not any(got):
            continue
        yield (len(requests) / span, sum(got) / len(got), *burst_and_rate(requests, got))


def burst_and_rate(requests, got):
    if all(got):
        return None, None
    burst = got.index(False)
    rest = requests[-1].first - requests[burst].first
    return burst, sum(got[burst:]) / rest if rest > 1 else None


def search(runs):
    """How a dead neighbour shows: who asks how often, and when the error comes."""
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in runs:
        view = run.best(("router", "client", "server")) if run.faults else None
        if view:
            figures = groups[run.scenario, run.ip, view.side]
            figures["runs"].append(run.seed)
            neighbours(view, figures)
            unreachable(view, figures)
    rows = []
    for (scenario, ip, side), found in sorted(groups.items()):
        if found["asks"] or found["error"]:
            rows.append([code(scenario), ip, side, len(found["runs"]), spread(found["asks"]),
                         spread(found["gap"], 2, " s"), spread(found["pause"], 2, " s"),
                         spread(found["error"], 2, " s"), spread(found["batch"])])
    return markdown(["scenario", "IP", "side", "runs", "asks in a row", "between asks",
                     "pause between rows", "first error after its request", "errors at once"],
                    rows)


ROW_ENDS = 1.5      # seconds without an ask that end a row of them
AT_ONCE = 0.05      # seconds between errors of one batch


def neighbours(view, figures):
    """Unanswered ARP requests and neighbour solicitations since the first failure."""
    asked, told = collections.defaultdict(list), set()
    for seen in view.seen:
        if seen.packet.arp and seen.packet.time >= view.first - 1 \
                and seen.packet.arp[2] in view.servers:
            kind, asker, address = seen.packet.arp
            if kind == "ask":
                asked[asker, address].append(seen.packet.time)
            else:
                told.add(address)
    for (_, address), times in sorted(asked.items()):
        if address in told:
            continue
        row = 1
        for before, after in zip(times, times[1:]):
            if after - before < ROW_ENDS:
                figures["gap"].append(after - before)
                row += 1
            else:
                figures["pause"].append(after - before)
                figures["asks"].append(row)
                row = 1
        figures["asks"].append(row)


def unreachable(view, figures):
    """The first "host unreachable" after the first request that ends so, and how many come at
    once, by the way the lab's own reader pairs them."""
    first_sent, errors = {}, []
    for seen in view.seen:
        packet = seen.packet
        if packet.quote and packet.quote.target in view.servers \
                and packet.quote.source in view.clients:
            kind = signs.ERRORS[6 if ":" in packet.source else 4].get(packet.icmp)
            if kind in ("host", "net"):
                errors.append(packet)
        elif packet.target in view.servers and packet.source in view.clients \
                and packet.time >= view.first and packet.kind in ("udp", "tcp"):
            first_sent.setdefault((packet.kind, packet.source, packet.sport, packet.dport),
                                  packet.time)
    if not errors:
        return
    quote = errors[0].quote
    sent = first_sent.get((quote.kind, quote.source, quote.sport, quote.dport))
    if sent is not None:
        figures["error"].append(errors[0].time - sent)
    batch = 1
    for before, after in zip(errors, errors[1:]):
        if after.time - before.time < AT_ONCE:
            batch += 1
        else:
            figures["batch"].append(batch)
            batch = 1
    figures["batch"].append(batch)


def repeats(runs):
    """When a client sends its SYN again, in its own captures."""
    gaps, counted = collections.defaultdict(list), collections.defaultdict(set)
    for run in runs:
        view = run.views.get("client")
        if not view or not any("tcp.no_response" in fault["fault"] for fault in view.faults):
            continue
        times = collections.defaultdict(list)
        for seen in view.seen:
            packet = seen.packet
            if packet.kind == "tcp" and packet.target in view.servers \
                    and packet.flags & 0x12 == 2:
                times[packet.source, packet.sport, packet.sequence].append(packet.time)
        for each in times.values():
            for number, (before, after) in enumerate(zip(each, each[1:]), 1):
                gaps[run.ip, number].append(after - before)
                counted[run.ip, number].add((run.scenario, run.seed))
    rows = [[ip, number, len(counted[ip, number]), len(found), spread(found, 2, " s")]
            for (ip, number), found in sorted(gaps.items())]
    return markdown(["IP", "repeat", "runs", "SYNs", "after the one before"], rows)
