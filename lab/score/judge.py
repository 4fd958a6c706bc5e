"""Holds one report against one label.

The main finding about a service is the first incident of the report that concerns it and is no
other labelled fault's. It is right when its id is one of the label's `fault` and nothing wrong
stands before it in the report; a second incident of an id in `accept` may follow. The service is
right when servers, port and transport are those of the label, as far as the label names them; an
incident of the step `address` is about machines, which have no port.

The cause is right when the true one has the top probability, or when it is honestly tied: the
label says that the top cause sends the same packets here, and the report itself names the two as
inseparable.
"""

import dataclasses
import ipaddress

from score import labels


@dataclasses.dataclass
class Finding:
    """One labelled fault and what the report says about it."""
    label: labels.Fault
    found: str = "nothing"        # the main finding's id
    incident: dict | None = None  # the incident of a right id, if there is one
    fault_right: bool = False
    service_right: bool = False
    cause_right: bool = False
    is_tie: bool = False          # right by an honest tie only
    is_unnamed_tie: bool = False  # wrong, for the report does not name the tie that the label knows
    clients_right: bool | None = None
    ranked: list = dataclasses.field(default_factory=list)  # (cause, probability, truth)

    @property
    def is_right(self):
        return self.fault_right and self.service_right

    @property
    def top(self):
        return self.ranked[0][0] if self.ranked else "no cause"


@dataclasses.dataclass
class AttackFinding:
    """One labelled attack and what the report says about it."""
    label: labels.Attack
    incident: dict | None = None  # nothing: it was not found

    @property
    def caused_outage(self):
        return self.incident.get("attack", {}).get("caused_outage") if self.incident else None

    @property
    def is_outage_right(self):
        return self.incident is not None and self.caused_outage == self.label.caused_outage


@dataclasses.dataclass
class Judgement:
    """One labelled capture, judged."""
    label: labels.Label
    failure: str | None = None  # why there is no report
    verdict: str | None = None
    findings: list = dataclasses.field(default_factory=list)
    attacks: list = dataclasses.field(default_factory=list)
    wrong: list = dataclasses.field(default_factory=list)         # incidents nothing explains
    false_alarms: list = dataclasses.field(default_factory=list)  # of those, the ones in health

    @property
    def is_right(self):
        return self.failure is None and all(finding.is_right for finding in self.findings)


def _address(text):
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text


def _addresses(texts):
    return {_address(text) for text in texts}


def _concerns(incident, fault):
    service = incident["service"]
    servers = _addresses(service.get("servers", []))
    if fault.servers and not servers & _addresses(fault.servers):
        return False
    return None in (fault.port, service.get("port")) or fault.port == service["port"]


def _is_service(incident, fault):
    service = incident["service"]
    if fault.servers and _addresses(service.get("servers", [])) != _addresses(fault.servers):
        return False
    if incident["step"] == "address":
        return True
    return (fault.port in (None, service.get("port")) and
            fault.transport in (None, incident["transport"]))


class _Matching:
    """Which incident answers which labelled fault, and which incidents nothing explains."""

    def __init__(self, incidents, label):
        self.incidents = incidents
        self.taken = {}  # index of the fault -> index of the incident
        self.attacks = self._attacks(label)  # one index of an incident, or None, for each
        for is_near in (_concerns, lambda incident, fault: True):
            for index, fault in enumerate(label.faults):
                if index not in self.taken:
                    self._take(index, fault, is_near)
        self.unexplained = [at for at in range(len(incidents)) if not self._is_explained(at, label)]

    def _attacks(self, label):
        found = []
        for attack in label.attacks:
            found.append(next((at for at, incident in enumerate(self.incidents)
                               if incident.get("kind") == "attack" and at not in found and
                               incident["fault"] in attack.fault and
                               _concerns(incident, attack)), None))
        return found

    def _take(self, index, fault, is_near):
        for at, incident in enumerate(self.incidents):
            if at in self.attacks:
                continue
            if (at not in self.taken.values() and incident["fault"] in fault.fault and
                    is_near(incident, fault)):
                self.taken[index] = at
                return

    def _is_explained(self, at, label):
        incident = self.incidents[at]
        return (at in self.taken.values() or at in self.attacks or incident["fault"] in label.also_allowed or
                any(incident["fault"] in fault.fault + fault.accept and _concerns(incident, fault)
                    for fault in label.faults))

    def main(self, index, fault, label):
        """Index of the main finding about the fault's service, or None."""
        own = self.taken.get(index)
        aside = set(self.taken.values()) - {own} | set(self.attacks)
        at_service = [at for at, incident in enumerate(self.incidents)
                      if at == own or (at not in aside and _concerns(incident, fault) and
                                       incident["fault"] not in label.also_allowed)]
        if own is None:
            return min(at_service or self.unexplained, default=None)
        return min(at_service + [at for at in self.unexplained if at < own])


def _truth(causes, fault):
    """The share of each listed cause in the truth; see lab/score/figures.py, Brier score."""
    true = {fault.cause, *fault.ties} & set(causes)
    if not true:
        return {"other": 1.0}
    return {cause: 1 / len(true) for cause in true}


def _judge_cause(finding):
    fault, incident = finding.label, finding.incident
    probability = {cause["id"]: cause["probability"] for cause in incident["causes"]}
    if not probability:
        return
    truth = _truth(probability, fault)
    finding.ranked = [(cause, p, truth.get(cause, 0.0)) for cause, p in probability.items()]
    if probability.get(fault.cause) == max(probability.values()):
        finding.ranked.sort(key=lambda entry: entry[0] != fault.cause)
        finding.cause_right = True
        return
    pairs = [set(pair) for pair in incident.get("inseparable", [])]
    is_named = {finding.top, fault.cause} in pairs
    finding.is_tie = finding.cause_right = finding.top in fault.ties and is_named
    finding.is_unnamed_tie = finding.top in fault.ties and not is_named


def _judge_fault(index, label, matching):
    fault = label.faults[index]
    finding = Finding(fault)
    main = matching.main(index, fault, label)
    own = matching.taken.get(index)
    if main is not None:
        finding.found = matching.incidents[main]["fault"]
    if own is None:
        return finding
    finding.incident = matching.incidents[own]
    finding.fault_right = own == main
    finding.service_right = _is_service(finding.incident, fault)
    if fault.clients:
        named = _addresses(finding.incident["clients"].get("addresses", []))
        finding.clients_right = named == _addresses(fault.clients)
    _judge_cause(finding)
    return finding


def _lies_in_health(incident, label, has_calendar):
    """Whether it ended before anything was broken. A text log may have no calendar to tell by."""
    if not label.faults:  # healthy, or attacked without harm
        return True
    begins = [fault.first for fault in label.faults if fault.first]
    last = incident["window"].get("last")
    if label.healthy or len(begins) < len(label.faults) or last is None or not has_calendar:
        return label.healthy
    return labels.time_of(last) < min(begins)


def judge(label, report, failure=None):
    """The judgement of one capture from the program's report, or from why there is none."""
    if report is None:
        return Judgement(label, failure=failure,
                         findings=[Finding(fault) for fault in label.faults],
                         attacks=[AttackFinding(attack) for attack in label.attacks])
    matching = _Matching(report["incidents"], label)
    wrong = [matching.incidents[at] for at in matching.unexplained]
    has_calendar = all(each["date_known"] and each["zone_known"] for each in report["inputs"])
    return Judgement(
        label, verdict=report["verdict"], wrong=wrong,
        findings=[_judge_fault(index, label, matching) for index in range(len(label.faults))],
        attacks=[AttackFinding(attack, None if at is None else matching.incidents[at])
                 for attack, at in zip(label.attacks, matching.attacks)],
        false_alarms=[incident for incident in wrong
                      if _lies_in_health(incident, label, has_calendar)])
