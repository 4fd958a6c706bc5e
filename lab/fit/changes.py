"""From labelled captures to new values of the catalogue's files."""

import dataclasses
import pathlib

from fit import catalogue, examples, model
from score import figures


@dataclasses.dataclass(frozen=True)
class Change:
    """One weight after the fit."""
    cause: str
    weight: catalogue.Weight
    db: float
    runs: int


@dataclasses.dataclass
class FittedFault:
    fault: catalogue.Fault
    runs: int
    changes: dict  # (index of cause, index of weight) -> Change

    def text(self):
        """The catalogue file with the new values."""
        values = {place: (change.db, change.runs, change.weight.start_db)
                  for place, change in self.changes.items()}
        return catalogue.rewritten(self.fault.path.read_text(encoding="utf-8"), values)


class Differing(Exception):
    """The reports were made with other weights than those of the catalogue's files."""


def _fit_fault(fault, found, sigma_db, frequencies):
    one = model.Model(fault)
    differing = list(one.differing(found))
    if differing:
        raise Differing(f"{differing[0]} (and {len(differing) - 1} more): the program weighed "
                        f"{fault.id} otherwise than {fault.path} says; build the program with this "
                        "catalogue, or check that lab/fit/model.py does what weigh.cpp does")
    prior_db = model.lab_prior(one, found) if frequencies == "lab" else None
    values = model.rounded(one, model.fitted(one, found, sigma_db, prior_db), found)
    runs = one.runs(found, values)
    changes = {place: Change(fault.causes[place[0]].id, one.weight(place),
                             float(values[one.parameter_of[place]]), runs[place])
               for place in one.places if place in one.parameter_of and place in runs}
    return FittedFault(fault, len({example.run for example in found}), changes)


def fit(faults, judgements, sigma_db, frequencies="catalogue"):
    """The fitted faults, and what could not be used, in words with counts."""
    found, left_out = examples.examples_of(judgements)
    by_fault = examples.by_fault(found)
    for fault in by_fault.keys() - faults.keys():
        left_out[f"{fault} is not in the catalogue's folder"] += len(by_fault[fault])
    return [_fit_fault(faults[fault], some, sigma_db, frequencies)
            for fault, some in by_fault.items() if fault in faults], left_out


def worse(before, after):
    """{fault: figures in words} of what lost by a fit: by the score that does not judge how ties are
    split, or by the causes named rightly."""
    lost = {}
    old, new = (figures.by_reported_fault(each) for each in (before, after))
    for fault in old:
        (right, score), (right_after, score_after) = old[fault], new[fault]
        if score_after > score + 1e-9 or right_after < right:
            lost[fault] = (f"{right} causes right, then {right_after}; ties as one {score:.3f}, "
                           f"then {score_after:.3f}")
    return lost


def write(fitted, folder=None):
    """Writes the fitted files, in place or into another folder."""
    texts = [(one.fault.path, one.text()) for one in fitted]  # all good before the first is written
    for path, text in texts:
        target = path if folder is None else pathlib.Path(folder) / path.name
        target.write_text(text, encoding="utf-8")
