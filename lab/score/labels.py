"""Reads label files: NAME.label.json beside a capture, as docs/label.schema.json describes them.

The schema is the one place where keys and types are written down. Only the few words of JSON
Schema that it uses are understood here, so that scoring needs no package; a test holds this reader
and a real validator to the same answers.
"""

import dataclasses
import datetime
import json
import pathlib
import re

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((SOURCE / "docs/label.schema.json").read_text(encoding="utf-8"))
SUFFIX = ".label.json"


class BadLabel(Exception):
    """A label that cannot be used: which file, which key, what was found and expected."""


@dataclasses.dataclass(frozen=True)
class Fault:
    """One thing that was broken. Absent times and lists are None and empty."""
    fault: tuple
    cause: str
    shown: bool
    accept: tuple = ()
    step: str | None = None
    servers: tuple = ()
    port: int | None = None
    transport: str | None = None
    clients: tuple = ()
    ties: tuple = ()
    first: datetime.datetime | None = None
    last: datetime.datetime | None = None
    recovered: bool | None = None

    @property
    def name(self):
        return self.fault[0]


@dataclasses.dataclass(frozen=True)
class Attack:
    """One attack that is in the capture; caused_outage is None where that cannot be told."""
    fault: tuple
    servers: tuple = ()
    port: int | None = None
    caused_outage: bool | None = None


@dataclasses.dataclass(frozen=True)
class Label:
    """What is known about one capture."""
    path: pathlib.Path
    capture: pathlib.Path
    scenario: str
    seed: int
    seconds: float
    healthy: bool
    healthy_seconds: float
    faults: tuple
    side: str | None = None
    attacks: tuple = ()
    also_allowed: tuple = ()
    note: str = ""

    @property
    def run(self):
        """Captures of one run saw the same thing happen."""
        return self.scenario, self.seed


def time_of(text):
    """RFC 3339; of nanoseconds, datetime holds the microseconds."""
    micros = re.sub(r"\.(\d{1,6})\d*", lambda m: "." + m[1].ljust(6, "0"), text)
    return datetime.datetime.fromisoformat(micros.replace("Z", "+00:00"))


# --- The words of JSON Schema that the label's schema uses ---------------------------------------

_TYPES = {"object": (dict, "an object"), "array": (list, "a list"), "string": (str, "a text"),
          "integer": (int, "a whole number"), "number": ((int, float), "a number"),
          "boolean": (bool, "true or false")}


def _shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _is_type(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, float) and not -1e300 < value < 1e300:  # NaN and infinity are no JSON
        return False
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name][0])


def _scalar_problem(value, rule):
    if "const" in rule and value != rule["const"]:
        return _shown(rule["const"])
    if "enum" in rule and value not in rule["enum"]:
        return "one of " + " ".join(map(str, rule["enum"]))
    if "type" in rule and not _is_type(value, rule["type"]):
        return _TYPES[rule["type"]][1]
    if "pattern" in rule and not re.search(rule["pattern"], value):
        return "a text that matches " + rule["pattern"]
    if isinstance(value, str) and len(value) < rule.get("minLength", 0):
        return "a text that is not empty"
    if "minimum" in rule and value < rule["minimum"]:
        return f"{rule['minimum']} or more"
    if "maximum" in rule and value > rule["maximum"]:
        return f"{rule['maximum']} or less"
    return None


def problems(value, rule, key="the label"):
    """Yields (key, what was found, what was expected) for everything that breaks the rule."""
    if "$ref" in rule:
        rule = {**SCHEMA["$defs"][rule["$ref"].rpartition("/")[2]],
                **{word: is_so for word, is_so in rule.items() if word != "$ref"}}
    expected = _scalar_problem(value, rule)
    if expected is not None:
        yield key, _shown(value), expected
    elif isinstance(value, dict):
        yield from _object_problems(value, rule, key)
    elif isinstance(value, list):
        yield from _list_problems(value, rule, key)


def _object_problems(value, rule, key):
    inside = "" if key == "the label" else key + "."
    for name in rule.get("required", []):
        if name not in value:
            yield inside + name, "nothing", "this key"
    for name, item in value.items():
        if name in rule["properties"]:
            yield from problems(item, rule["properties"][name], inside + name)
        else:
            yield inside + name, "this key", "one of " + " ".join(rule["properties"])


def _list_problems(value, rule, key):
    if len(value) < rule.get("minItems", 0):
        yield key, _shown(value), "at least one entry"
    if rule.get("uniqueItems") and len({json.dumps(item) for item in value}) != len(value):
        yield key, _shown(value), "each entry once"
    for index, item in enumerate(value):
        yield from problems(item, rule["items"], f"{key}[{index}]")


# --- What no schema says --------------------------------------------------------------------------

def _contradictions(data):
    if data["healthy"] and data["faults"]:
        yield "faults", f"{len(data['faults'])} of them", "none, as the capture is healthy"
    if data["healthy"] and data.get("attacks"):
        yield "attacks", f"{len(data['attacks'])} of them", "none, as the capture is healthy"
    if not data["healthy"] and not data["faults"] and not data.get("attacks"):
        yield "faults", "none", "what was broken, as the capture is not healthy"
    if data.get("healthy_seconds", 0) > data["seconds"]:
        yield "healthy_seconds", _shown(data["healthy_seconds"]), "no more than seconds"
    for index, fault in enumerate(data["faults"]):
        yield from _fault_contradictions(fault, f"faults[{index}]")


def _fault_contradictions(fault, key):
    for end in ("first", "last"):
        try:
            time_of(fault.get(end, "2000-01-01T00:00:00Z"))
        except ValueError:
            yield f"{key}.{end}", fault[end], "a time that exists"
            return
    if "first" in fault and "last" in fault and time_of(fault["last"]) < time_of(fault["first"]):
        yield f"{key}.last", fault["last"], "a time not before first"


# --- Files ----------------------------------------------------------------------------------------

def _no_twins(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"the key \"{key}\" twice")
    return dict(pairs)


def _fault_of(data):
    values = {key: tuple(value) if isinstance(value, list) else value
              for key, value in data.items()}
    for end in ("first", "last"):
        if end in values:
            values[end] = time_of(values[end])
    # The others that send the same packets, each once.
    values["ties"] = tuple(cause for cause in dict.fromkeys(values.get("ties", ()))
                           if cause != values["cause"])
    return Fault(**values)


def _attack_of(data):
    return Attack(**{key: tuple(value) if isinstance(value, list) else value
                     for key, value in data.items()})


def read(path):
    """The label in a file; raises BadLabel with everything wrong in it, one line each."""
    path = pathlib.Path(path)
    try:
        data = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_twins)
    except (OSError, ValueError, RecursionError) as error:
        raise BadLabel(f"{path}: found {error}; expected a JSON object") from error
    wrong = list(problems(data, SCHEMA)) or list(_contradictions(data))
    if not wrong and not (path.parent / data["capture"]).is_file():
        wrong = [("capture", data["capture"], f"a file of this name in {path.parent}")]
    if wrong:
        raise BadLabel("\n".join(f"{path}: {key}: found {found}; expected {expected}"
                                 for key, found, expected in wrong))
    seconds = data["seconds"]
    return Label(path=path, capture=path.parent / data["capture"], scenario=data["scenario"],
                 seed=int(data["seed"]), seconds=seconds, healthy=data["healthy"],
                 healthy_seconds=data.get("healthy_seconds", seconds if data["healthy"] else 0),
                 faults=tuple(_fault_of(fault) for fault in data["faults"]),
                 attacks=tuple(_attack_of(attack) for attack in data.get("attacks", [])),
                 side=data.get("side"), also_allowed=tuple(data.get("also_allowed", [])),
                 note=data.get("note", ""))


def read_folder(folder, seeds=lambda seed: True):
    """All labels below a folder whose seed is wanted, sorted by path. One bad label spoils all."""
    if not pathlib.Path(folder).is_dir():
        raise BadLabel(f"{folder}: found no such folder; expected a folder of labelled captures")
    labels, wrong = [], []
    for path in sorted(pathlib.Path(folder).rglob("*" + SUFFIX)):
        try:
            labels.append(read(path))
        except BadLabel as error:
            wrong.append(str(error))
    if wrong:
        raise BadLabel("\n".join(wrong))
    chosen = [label for label in labels if seeds(label.seed)]
    if not chosen:
        raise BadLabel(f"{folder}: found {len(labels)} labels, none of a wanted seed; expected "
                       f"captures with NAME{SUFFIX} beside them")
    return chosen


def seed_filter(text):
    """even, odd, or a list such as 1,3,10-19, as a function of the seed."""
    if text in ("even", "odd"):
        return lambda seed: seed % 2 == (text == "odd")
    ranges = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip())
        if not match:
            raise ValueError(f"found \"{part}\"; expected even, odd or a list such as 1,3,10-19")
        ranges.append((int(match[1]), int(match[2] or match[1])))
    return lambda seed: any(low <= seed <= high for low, high in ranges)
