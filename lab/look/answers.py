"""DNS error answers: which fields differ between a rule, a missing record and a wrong server."""

import collections
import struct

from runner import signs

from .runs import seconds
from .table import code, markdown, spread

NAMES = {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 16: "BADVERS"}
OPT, SOA, EDE = 41, 6, 15     # RFC 6891 6.1.1, RFC 1035 3.3.13, RFC 8914 2


def table(runs):
    """One row for each scenario and daemon, from the best side of each run."""
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in runs:
        view = run.best(("client", "router", "server"))
        if not view or not view.label["faults"]:
            continue
        for fault in view.label["faults"]:
            rcodes = set().union(*(signs.RCODE_FAULTS.get(name, ()) for name in fault["fault"]))
            found = list(failing(view, fault, rcodes))
            if found:
                figures = groups[run.scenario, daemon_of(run, fault)]
                figures["runs"].append(run.seed)
                figures["answers"] += found
                figures["first"].append(found[0].wait_ms)
                figures["served"].append(others_served(view, fault))
    rows = []
    for (scenario, daemon), found in sorted(groups.items()):
        answers = found["answers"]
        rows.append([code(scenario), daemon, len(found["runs"]), len(answers),
                     mixed(NAMES.get(each.rcode, each.rcode) for each in answers),
                     *(mixed("yes" if getattr(each, name) else "no" for each in answers)
                       for name in ("aa", "ra", "soa")),
                     mixed(each.ede for each in answers),
                     spread(found["first"], 1),
                     spread([each.wait_ms for each in answers], 1),
                     f"{sum(found['served'])} of {len(found['served'])}"])
    return markdown(["scenario", "daemon", "runs", "answers", "rcode", "AA", "RA", "SOA",
                     "extended error", "first of a run after, ms", "all after, ms",
                     "serves other names meanwhile"], rows)


def mixed(values):
    counts = collections.Counter(map(str, values))
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{value} ({number})" for value, number in sorted(counts.items()))


def daemon_of(run, fault):
    for service in run.drawn.get("services", {}).values():
        if service["address"] in fault["servers"] and service["port"] == fault.get("port"):
            return service["daemon"]
    return "-"


def of_service(view, fault):
    """(query time, answer) of the labelled service."""
    asked = {}
    for seen in view.seen:
        packet = seen.packet
        if packet.kind != "udp" or not packet.dns:
            continue
        if packet.target in fault["servers"] and packet.dport == 53:
            asked.setdefault((packet.source, packet.sport, packet.dns[0]), packet.time)
        elif packet.source in fault["servers"] and packet.sport == 53:
            sent = asked.pop((packet.target, packet.dport, packet.dns[0]), None)
            if sent is not None:
                yield sent, seen


def failing(view, fault, rcodes):
    for sent, seen in of_service(view, fault):
        if seen.packet.dns[1] in rcodes and sent >= seconds(fault["first"]) - 0.001:
            answer = Answer(seen.body, seen.packet.dns[1])
            answer.wait_ms = 1000 * (seen.packet.time - sent)
            yield answer


def others_served(view, fault):
    first, last = seconds(fault["first"]), seconds(fault["last"])
    return any(seen.packet.dns[1] == 0 and first <= sent <= last
               for sent, seen in of_service(view, fault))


class Answer:
    """The fields of one error answer that could tell who decided."""

    def __init__(self, data, rcode):
        self.rcode = rcode
        flags, = struct.unpack_from(">H", data, 2)
        self.aa, self.ra = bool(flags & 0x0400), bool(flags & 0x0080)
        self.soa, self.ede, self.wait_ms = False, "none", 0.0
        try:
            self.read_records(data)
        except (struct.error, IndexError):
            self.ede = "cut"    # by the snap length

    def read_records(self, data):
        questions, *counts = struct.unpack_from(">4H", data, 4)
        at = 12
        for _ in range(questions):
            at = past_name(data, at) + 4
        for section, count in enumerate(counts):
            for _ in range(count):
                at = past_name(data, at)
                kind, _, _, size = struct.unpack_from(">HHIH", data, at)
                self.soa = self.soa or (section == 1 and kind == SOA)
                if kind == OPT:
                    self.read_options(data[at + 10:at + 10 + size])
                at += 10 + size

    def read_options(self, data):
        at = 0
        while at + 4 <= len(data):
            kind, size = struct.unpack_from(">HH", data, at)
            if kind == EDE:
                self.ede = str(struct.unpack_from(">H", data, at + 4)[0])
            at += 4 + size


def past_name(data, at):
    while data[at]:
        if data[at] >= 192:    # a pointer ends a name (RFC 1035 4.1.4)
            return at + 2
        at += data[at] + 1
    return at + 1
