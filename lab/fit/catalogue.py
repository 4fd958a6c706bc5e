"""Reads the weights of catalogue/*.toml and writes fitted ones back in place.

A fitted weight keeps the value it was first set to: every later fit starts from there again, so
that fitting twice on the same runs does not count them twice.

    db = 6.5        the fitted value
    runs = 34       the lab's runs in which the weight counted
    start_db = 7    as first set, before any fit
"""

import dataclasses
import pathlib
import re
import tomllib


class BadCatalogue(Exception):
    """A catalogue file that cannot be read or written back."""


@dataclasses.dataclass(frozen=True)
class Weight:
    fact: str
    is_true: bool
    db: float
    start_db: float
    group: str


@dataclasses.dataclass(frozen=True)
class Cause:
    id: str
    prior_db: float
    weights: tuple


@dataclasses.dataclass(frozen=True)
class Fault:
    path: pathlib.Path
    id: str
    is_silence: bool  # raised by what did not come, which leaves more room for `other`
    causes: tuple
    inseparable: tuple  # pairs of causes' ids


def _weight(table):
    return Weight(table["fact"], table.get("is", True), float(table["db"]),
                  float(table.get("start_db", table["db"])), table.get("group", ""))


def read_fault(path):
    """One file. The program itself judges whether a file is a good one; here it is only read."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        causes = tuple(Cause(each["id"], float(each["prior_db"]),
                             tuple(_weight(weight) for weight in each.get("weight", [])))
                       for each in table["cause"])
        return Fault(path, table["id"], table["raised_by"].get("symptoms", []) == ["no_response"], causes,
                     tuple((pair["first"], pair["second"])
                           for pair in table.get("inseparable", [])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadCatalogue(f"{path}: found {type(error).__name__} {error}; expected a catalogue "
                           "file that `whydown faults --catalogue` accepts") from error


def read(folder):
    """All faults of a folder by id."""
    faults = [read_fault(path) for path in sorted(pathlib.Path(folder).glob("*.toml"))]
    if not faults:
        raise BadCatalogue(f"{folder}: found no *.toml; expected the catalogue's folder")
    return {fault.id: fault for fault in faults}


# --- Writing back ---------------------------------------------------------------------------------

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z_.]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"(\s*)(db|runs|start_db)(\s*=\s*)([^\s#]+)(.*)$", re.DOTALL)


def _number(value):
    return f"{value:g}"


def _lines_outside_texts(lines):
    """(index, line) of the lines that begin outside a text of several lines."""
    quotes = None
    for at, line in enumerate(lines):
        if quotes is None:
            yield at, line
        rest = line
        while True:
            found = re.search(r'"""|\'\'\'' if quotes is None else quotes, rest)
            if not found:
                break
            quotes = found[0] if quotes is None else None
            rest = rest[found.end():]


def _sections(lines):
    """For each weight, in order: the lines of its keys db, runs and start_db, as {key: index}."""
    causes, keys = [], None
    for at, line in _lines_outside_texts(lines):
        header = _HEADER.match(line)
        if header:
            keys = None
            if header[1] == "cause":
                causes.append([])
            elif header[1] == "cause.weight":
                keys = {}
                causes[-1].append(keys)
        elif keys is not None and (found := _KEY.match(line)):
            keys[found[2]] = at
    return causes


def _with(line, value):
    found = _KEY.match(line)
    return f"{found[1]}{found[2]}{found[3]}{value}{found[5]}"


def rewritten(text, changes):
    """The text with new values: {(index of cause, index of weight): (db, runs, start_db)}.

    Comments, order and all other lines stay as they are."""
    lines = text.splitlines(keepends=True)
    causes = _sections(lines)
    for (cause, weight), (db, runs, start_db) in changes.items():
        keys = causes[cause][weight]
        at = keys["db"]
        indent = _KEY.match(lines[at])[1]
        added = ""
        for key, value in (("runs", str(runs)), ("start_db", _number(start_db))):
            if key in keys:
                lines[keys[key]] = _with(lines[keys[key]], value)
            else:
                added += f"{indent}{key} = {value}\n"
        lines[at] = _with(lines[at], _number(db)) + added
    out = "".join(lines)
    _check_nothing_else_changed(text, out, changes)
    return out


def _weights_apart(text):
    """The table without its fitted values, and the fitted values."""
    table = tomllib.loads(text)
    values = {}
    for at, cause in enumerate(table["cause"]):
        for index, weight in enumerate(cause.get("weight", [])):
            values[at, index] = (weight.pop("db"), weight.pop("runs", None),
                                 weight.pop("start_db", None))
    return table, values


def _check_nothing_else_changed(before, after, changes):
    (old, old_values), (new, new_values) = _weights_apart(before), _weights_apart(after)
    if old != new or new_values != {**old_values, **changes}:
        raise BadCatalogue("found a layout that cannot be changed in place; expected db = VALUE on "
                           "a line of its own in each [[cause.weight]]")
