"""The figures of a folder of judgements: shares, confusion, Brier score, calibration, false alarms.

Brier score. Scored are the labelled faults whose cause the packets can show and for which the
report holds an incident of a right id. Such an incident lists causes c with probabilities p(c),
`other` among them. The truth y(c) is 1 for the true cause and 0 for the rest; where the label
says that k causes of the list send the same packets as the true one (itself counted), y is 1/k for
each of them; where the list holds none of these, y is 1 for `other`.

    brier      the mean of (p - y)^2 over all scored incidents and all their listed causes
    multiclass the mean over scored incidents of the sum of (p - y)^2 over their causes
    merged     as multiclass, with the causes of a tie added up into one

The first is small for long lists of causes (a wrong certainty costs 2/n), so the others are given
as well: a wrong certainty costs 2 there. The third does not judge how the report splits a tie.

Calibration. Each probability that a scored incident gives to a cause falls into one of ten bins
of equal width; a bin compares the mean of its p with the mean of the y.

False alarms. Incidents that nothing in the label explains: all those of healthy captures, and those
of other captures that ended before anything was broken. The hours are the sum of healthy_seconds.
"""

import collections
import dataclasses
import math

BINS = 10
TIED = " (honest tie)"
ATTACKS_FOUND = 0.98


@dataclasses.dataclass
class Share:
    """So many of so many."""
    right: int = 0
    total: int = 0

    def add(self, is_right):
        self.right += bool(is_right)
        self.total += 1

    @property
    def value(self):
        return self.right / self.total if self.total else None

    @property
    def interval(self):
        """Wilson's 95 % interval: how far the figure may move with other seeds."""
        if not self.total:
            return None
        z, n, p = 1.96, self.total, self.right / self.total
        middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return ((middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n))


@dataclasses.dataclass
class Bin:
    """One bin of the calibration."""
    count: int = 0
    predicted: float = 0.0  # sums
    observed: float = 0.0

    @property
    def means(self):
        return (self.predicted / self.count, self.observed / self.count) if self.count else None


@dataclasses.dataclass
class Part:
    """The shares of one fault, one cause or one scenario."""
    fault: Share = dataclasses.field(default_factory=Share)
    service: Share = dataclasses.field(default_factory=Share)
    both: Share = dataclasses.field(default_factory=Share)
    cause: Share = dataclasses.field(default_factory=Share)  # only where it can be shown
    tied: int = 0
    unnamed: int = 0  # wrong: the report does not name the tie

    def add(self, finding):
        self.fault.add(finding.fault_right)
        self.service.add(finding.service_right)
        self.both.add(finding.is_right)
        if finding.label.shown:
            self.cause.add(finding.cause_right)
            self.tied += finding.is_tie
            self.unnamed += finding.is_unnamed_tie


class Figures:
    """Everything that the table, the page and the goals are made from."""

    def __init__(self, judgements):
        self.judgements = judgements
        self.runs = Share()         # incident captures with every fault and service right
        self.healthy = Share()      # healthy captures without an incident
        self.clients = Share()      # incidents that name the clients rightly
        self.attacks = Share()      # labelled attacks that were found
        self.outages = Share()      # of these, whether it caused the outage told rightly
        self.all = Part()
        self.by_fault = collections.defaultdict(Part)
        self.by_cause = collections.defaultdict(Part)
        self.by_scenario = collections.defaultdict(Part)
        self.fault_confusion = collections.Counter()  # (true, found)
        self.cause_confusion = collections.defaultdict(collections.Counter)  # of each fault
        self.calibration = [Bin() for _ in range(BINS)]
        self.failures = [judgement for judgement in judgements if judgement.failure]
        self.wrong = [(judgement, incident) for judgement in judgements
                      for incident in judgement.wrong if not judgement.label.healthy]
        self.false_alarms = [(judgement, incident) for judgement in judgements
                             for incident in judgement.false_alarms]
        self.healthy_hours = sum(j.label.healthy_seconds for j in judgements) / 3600
        self.inconclusive = sum(j.verdict == "inconclusive" for j in judgements)
        self._scored = []
        for judgement in judgements:
            self._add(judgement)

    def _add(self, judgement):
        if judgement.label.healthy:
            self.healthy.add(not judgement.failure and not judgement.wrong)
            return
        for attack in judgement.attacks:
            self.attacks.add(attack.incident is not None)
            self.outages.add(attack.is_outage_right)
        if not judgement.label.faults:
            return
        self.runs.add(judgement.is_right)
        for finding in judgement.findings:
            fault = finding.label
            for part in (self.all, self.by_fault[fault.name], self.by_cause[fault.cause],
                         self.by_scenario[judgement.label.scenario]):
                part.add(finding)
            true = finding.found if finding.found in fault.fault else fault.name
            self.fault_confusion[true, finding.found] += 1
            if finding.clients_right is not None:
                self.clients.add(finding.clients_right)
            if fault.shown:
                found = finding.top + (TIED if finding.is_tie else "")
                self.cause_confusion[fault.name][fault.cause, found] += 1
            if fault.shown and finding.ranked:
                self._score(finding)

    def _score(self, finding):
        self._scored.append(finding)
        for _, p, y in finding.ranked:
            at = self.calibration[min(int(p * BINS), BINS - 1)]
            at.count += 1
            at.predicted += p
            at.observed += y

    @property
    def scored(self):
        return len(self._scored)

    @property
    def brier(self):
        squares = [(p - y) ** 2 for finding in self._scored for _, p, y in finding.ranked]
        return sum(squares) / len(squares) if squares else None

    @property
    def multiclass(self):
        return _mean([sum((p - y) ** 2 for _, p, y in f.ranked) for f in self._scored])

    @property
    def merged(self):
        return _mean([_merged(finding) for finding in self._scored])

    @property
    def calibration_error(self):
        """The mean distance of predicted and observed, each bin weighed by its count."""
        total = sum(at.count for at in self.calibration)
        apart = sum(abs(at.predicted - at.observed) for at in self.calibration)
        return apart / total if total else None

    @property
    def alarms_per_hour(self):
        return len(self.false_alarms) / self.healthy_hours if self.healthy_hours else None

    @property
    def misses(self):
        """The judgements that a person should look at."""
        return [judgement for judgement in self.judgements
                if judgement.failure or judgement.wrong or
                any(not attack.is_outage_right for attack in judgement.attacks) or
                any(not f.is_right or (f.label.shown and not f.cause_right)
                    for f in judgement.findings)]


def _mean(values):
    return sum(values) / len(values) if values else None


def _merged(finding):
    tie = [(p, y) for _, p, y in finding.ranked if y > 0]
    rest = sum(p * p for _, p, y in finding.ranked if y == 0)
    return (sum(p for p, _ in tie) - 1) ** 2 + rest


def by_reported_fault(judgements):
    """{fault as reported: (causes right, mean score with ties as one)} where one can be scored."""
    found = collections.defaultdict(list)
    for judgement in judgements:
        for finding in judgement.findings:
            if finding.label.shown and finding.ranked:
                found[finding.incident["fault"]].append(finding)
    return {fault: (sum(each.cause_right for each in some), _mean([_merged(f) for f in some]))
            for fault, some in found.items()}


@dataclasses.dataclass(frozen=True)
class Goal:
    """One goal: what it is, the figure, the bound, and whether it holds."""
    what: str
    value: float | None
    bound: float
    is_minimum: bool

    @property
    def holds(self):
        if self.value is None:  # nothing to measure it by
            return True
        return self.value >= self.bound if self.is_minimum else self.value <= self.bound


def goals(figures, fault, cause, brier, false_alarms):
    """The goals, with the bounds given; a program that fails on an input never passes."""
    return [Goal("fault and service right, of incident captures", figures.runs.value, fault, True),
            Goal("cause first or honestly tied, where shown", figures.all.cause.value, cause, True),
            Goal("Brier score of the causes", figures.brier, brier, False),
            Goal("false alarms", len(figures.false_alarms), false_alarms, False),
            Goal("attacks found", figures.attacks.value, ATTACKS_FOUND, True),
            Goal("whether an attack caused the outage, rightly", figures.outages.value,
                 ATTACKS_FOUND, True),
            Goal("captures without a report", len(figures.failures), 0, False)]
