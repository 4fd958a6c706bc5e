"""A fault's causes as a conditional logit over the facts known, as src/diagnosis/weigh.cpp has it.

    score(cause) = prior + sum of the weights that count       in decibans
    p(cause)     = 10^(score/10), over the sum for all causes and `other`

A weight applies when its fact is known to be what it asks for; of the weights of one group only the
strongest that applies counts. Left out are the rules that follow the softmax (the floor of `other`,
the cap of a lone silence): they have no weights. What the fit is worth is measured with the program
itself, which has them.

Not every weight is free:
- weights of zero stay zero, for they say that the packets cannot tell;
- a weight keeps its sign and at least half a deciban of it;
- weights that two inseparable causes have alike stay alike: else the lab's frequencies would tell
  apart what packets cannot;
- a weak weight that only one of two inseparable causes has may shrink but not grow: a run that is
  right for either would else push the one that has it, until the report no longer names the pair;
- where a label ties two inseparable causes and the report names the pair, what the facts of that
  capture put between the two may shrink but not grow, for the same reason.
"""

import re

import numpy as np
from scipy import optimize

from score import labels

LARGEST_DB = 40.0   # as the catalogue allows
SMALLEST_DB = 0.5   # what is left of a sign
WEAK_DB = 3.0       # up to this, evidence leaves a pair inseparable (kWeakDb in src/diagnosis/)
STEP_DB = 0.5       # what is written back is a multiple of it
ROUNDS = 20         # of choosing which weight of a group counts
NATURAL = np.log(10) / 10  # decibans to natural logarithms


def other_priors():
    """The prior of `other` for an act and for a silence, from the program's own table."""
    text = (labels.SOURCE / "src/diagnosis/limits.h").read_text(encoding="utf-8")
    return tuple(float(re.search(rf"{name} = (-?[\d.]+);", text)[1])
                 for name in ("kOtherPriorDb", "kOtherPriorOfSilenceDb"))


class Model:
    """The weights of one fault, and which of them are one parameter."""

    def __init__(self, fault):
        self.fault = fault
        self.causes = [cause.id for cause in fault.causes] + ["other"]
        act, silence = other_priors()
        self.prior_db = np.array([cause.prior_db for cause in fault.causes] +
                                 [silence if fault.is_silence else act])
        self.places = [(c, w) for c, cause in enumerate(fault.causes)
                       for w in range(len(cause.weights))]
        self.parameter_of = self._parameters()  # place -> index, for weights that are free
        count = 1 + max(self.parameter_of.values(), default=-1)
        self.now, self.start = np.zeros(count), np.zeros(count)
        for place, index in self.parameter_of.items():
            self.now[index] = self.weight(place).db
            self.start[index] = self.weight(place).start_db
        largest = np.full(count, LARGEST_DB)
        for place, index in self.parameter_of.items():
            if self._parts_a_pair_weakly(place):
                largest[index] = abs(self.start[index])
        smallest = np.minimum(SMALLEST_DB, np.abs(self.start))
        self.low = np.where(self.start > 0, smallest, -largest)
        self.high = np.where(self.start > 0, largest, -smallest)

    def weight(self, place):
        return self.fault.causes[place[0]].weights[place[1]]

    def _parameters(self):
        free = [place for place in self.places if self.weight(place).db != 0]
        ids = [cause.id for cause in self.fault.causes]
        parameters = {}
        for place in free:
            twin = next((other for other in free if other in parameters and
                         self._are_alike(ids, place, other)), None)
            parameters[place] = (parameters[twin] if twin is not None
                                 else len(set(parameters.values())))
        return parameters

    def _are_alike(self, ids, one, other):
        a, b = self.weight(one), self.weight(other)
        pair = {ids[one[0]], ids[other[0]]}
        return (any(pair == set(known) for known in self.fault.inseparable) and
                (a.fact, a.is_true, a.db, a.start_db) == (b.fact, b.is_true, b.db, b.start_db))

    def _parts_a_pair_weakly(self, place):
        weight, cause = self.weight(place), self.fault.causes[place[0]]
        if abs(weight.start_db) > WEAK_DB:
            return False
        partners = {one for pair in self.fault.inseparable if cause.id in pair for one in pair}
        return any(other.id in partners - {cause.id} and
                   not any((each.fact, each.is_true) == (weight.fact, weight.is_true) and each.db
                           for each in other.weights)
                   for other in self.fault.causes)

    def counted(self, facts, values):
        """The places of the weights that count under these facts, as weigh.cpp chooses them."""
        known = dict(facts)
        for c, cause in enumerate(self.fault.causes):
            strongest = {}
            for w, weight in enumerate(cause.weights):
                if known.get(weight.fact) is not weight.is_true:
                    continue
                group = weight.group or (w,)
                if group not in strongest or (abs(self._db((c, w), values)) >
                                              abs(self._db((c, strongest[group]), values))):
                    strongest[group] = w
            yield from ((c, w) for w in strongest.values())

    def _db(self, place, values):
        index = self.parameter_of.get(place)
        return 0.0 if index is None else values[index]

    def design(self, examples, values):
        """How often each parameter counts: examples x causes x parameters."""
        out = np.zeros((len(examples), len(self.causes), len(values)))
        for e, example in enumerate(examples):
            for place in self.counted(example.facts, values):
                if place in self.parameter_of:
                    out[e, place[0], self.parameter_of[place]] += 1
        return out

    def right(self, examples):
        return np.array([[cause in example.right for cause in self.causes]
                         for example in examples], dtype=bool)

    def ties(self, examples, values):
        """What holds a pair together that a label ties and the report names: rows of coefficients,
        each giving what the facts put between two causes under `values`, and how much it may be."""
        at = {cause: c for c, cause in enumerate(self.causes)}
        rows, limits = [], []
        for example, design, first in zip(examples, self.design(examples, values),
                                          self.design(examples, self.start)):
            for pair in self.fault.inseparable:
                if not set(pair) <= set(example.right):
                    continue
                one, other = at[pair[0]], at[pair[1]]
                apart = abs((first[one] - first[other]) @ self.start)
                if apart <= WEAK_DB and (design[one] != design[other]).any():
                    rows.append(design[one] - design[other])
                    limits.append(max(apart, STEP_DB / 2))  # within the step nothing moves
        if not rows:
            return np.zeros((0, len(values))), np.zeros(0)
        alike = np.unique(np.column_stack([rows, limits]), axis=0)
        return alike[:, :-1], alike[:, -1]

    def differing(self, examples):
        """Captures for which the program weighed otherwise than this model: then the catalogue is
        not the one that the reports were made with."""
        at = {cause: c for c, cause in enumerate(self.causes)}
        sums = self.design(examples, self.now) @ self.now
        for e, example in enumerate(examples):
            if ({cause for cause, _ in example.weighed} != set(at) or
                    any(abs(sums[e, at[cause]] - db) > 0.02 for cause, db in example.weighed)):
                yield example.capture

    def runs(self, examples, values):
        """For each place the number of runs in which its weight counted."""
        seen = {}
        for example in examples:
            for place in self.counted(example.facts, values):
                seen.setdefault(place, set()).add(example.run)
        return {place: len(runs) for place, runs in seen.items()}


def lab_prior(model, examples):
    """How often each cause was the true one in the runs, in decibans; never is -infinity."""
    right = model.right(examples)
    share = np.array([example.share for example in examples])
    counts = (right / right.sum(axis=1, keepdims=True) * share[:, None]).sum(axis=0)
    with np.errstate(divide="ignore"):
        return 10 * np.log10(counts / counts.sum())


def loss(values, design, right, share, prior_db, start, sigma_db):
    """Minus the log posterior, and its gradient: tie sets count for any of their members."""
    scores = NATURAL * (prior_db + design @ values)
    scores -= scores.max(axis=1, keepdims=True)
    odds = np.exp(scores)
    total, good = odds.sum(axis=1), np.where(right, odds, 0).sum(axis=1)
    pull = np.where(right, odds, 0) / good[:, None] - odds / total[:, None]
    gradient = -NATURAL * np.einsum("e,ec,ecp->p", share, pull, design)
    away = (values - start) / sigma_db
    return (share @ (np.log(total) - np.log(good)) + 0.5 * away @ away,
            gradient + away / sigma_db)


def minimum(model, values, rest, rows, limits):
    """Where the loss is least within the bounds, with the ties held."""
    held = ()
    if len(rows):
        both, most = np.vstack([rows, -rows]), np.concatenate([limits, limits])
        held = ({"type": "ineq", "fun": lambda v: most - both @ v, "jac": lambda v: -both},)
    return optimize.minimize(loss, values, rest, jac=True, constraints=held,
                             method="SLSQP" if held else "L-BFGS-B",
                             options={"maxiter": 1000},
                             bounds=list(zip(model.low, model.high))).x


def fitted(model, examples, sigma_db, prior_db=None):
    """The parameters of greatest posterior within their bounds.

    Which weight of a group counts depends on the values, so the two are found in turn; of all
    rounds the best is kept."""
    right = model.right(examples)
    share = np.array([example.share for example in examples])
    prior_db = model.prior_db if prior_db is None else prior_db
    values = np.clip(model.start, model.low, model.high)
    rest = (right, share, prior_db, model.start, sigma_db)
    design = model.design(examples, values)
    best, best_loss = values, loss(values, design, *rest)[0]
    for _ in range(ROUNDS):
        rows, limits = model.ties(examples, values)
        values = minimum(model, values, (design, *rest), rows, limits)
        last, design = design, model.design(examples, values)
        now = loss(values, design, *rest)[0]
        if now < best_loss:
            best, best_loss = values, now
        if np.array_equal(last, design):
            break
    return best


def rounded(model, values, examples):
    """To half decibans, within the bounds. Where rounding takes a tie out of the report, the weight
    of it that moved furthest goes back towards where it was first set."""
    halves = np.round(values / STEP_DB) * STEP_DB
    halves = np.where(model.start > 0, np.maximum(halves, SMALLEST_DB),
                      np.minimum(halves, -SMALLEST_DB))
    while True:
        rows, _ = model.ties(examples, halves)
        broken = rows[np.abs(rows @ halves) > WEAK_DB]
        moved = np.where((broken != 0).any(axis=0), np.abs(halves - model.start), 0)
        at = int(np.argmax(moved)) if len(moved) else 0
        if not len(broken) or moved[at] == 0:
            return halves
        halves[at] += np.clip(model.start[at] - halves[at], -STEP_DB, STEP_DB)
