"""A scenario file: what is built, what breaks, what the clients do, and what the answer is.

Only data. It is complete or refused: an error names the file, the key, what was found and what was
expected, and there is no value that is silently made up, except the defaults named here.
"""

import fnmatch
import pathlib
import tomllib

from . import words

TIMES = {"before": [3.0, 5.0], "during": [7.0, 10.0], "after": [0.0, 0.0], "tail": [1.0, 2.0]}

TOP = {"id": str, "story": str, "ip": list, "hops": list, "clients": dict, "host": dict,
       "ghost": dict, "service": dict, "load": list, "bend": list, "times": dict,
       "capture": dict, "answer": list, "attack": list, "healthy": bool, "probe_only": bool,
       "also_allowed": list, "background": list}
REQUIRED = {"id", "story", "clients", "host", "service", "load", "capture"}

ANSWER_REQUIRED = {"fault", "step", "service", "cause", "shown"}
ANSWER = ANSWER_REQUIRED | {"accept", "ties", "transport", "text", "recovered", "port", "together",
                            "world", *words.SIDES}
SIDE = {"sees", "fault", "accept", "step", "cause", "ties", "shown", "text", "looking", "transport"}
ATTACK = {"fault", "service", "caused_outage"}
OUTAGE = (True, False, "unknown")
TEXT = {"fault", "ties", "shown", "accept", "cause"}


class Refused(Exception):
    """A scenario file that cannot be used."""


class Checker:
    """Collects where we are, so that every refusal can say it."""

    def __init__(self, path, faults):
        self.path = path
        self.faults = faults

    def refuse(self, key, found, expected):
        raise Refused(f"{self.path}: {key}: found {found!r}, expected {expected}")

    def one_of(self, key, value, allowed):
        if value not in allowed:
            self.refuse(key, value, "one of " + " ".join(str(each) for each in sorted(allowed)))

    def all_of(self, key, values, allowed):
        if not isinstance(values, list):
            self.refuse(key, values, "a list")
        for value in values:
            self.one_of(key, value, allowed)

    def keys(self, key, table, required, allowed):
        if not isinstance(table, dict):
            self.refuse(key, table, "a table")
        for name in sorted(required - set(table)):
            self.refuse(f"{key}.{name}", None, "a value")
        for name in sorted(set(table) - allowed):
            self.refuse(f"{key}.{name}", table[name], "only " + " ".join(sorted(allowed)))

    def span(self, key, value):
        numbers = isinstance(value, list) and len(value) == 2 and all(
            isinstance(each, (int, float)) and not isinstance(each, bool) for each in value)
        if not numbers or not 0 <= value[0] <= value[1]:
            self.refuse(key, value, "a list of two numbers, the smaller first")


def load(path, faults):
    """The scenario in the file `path` as a dictionary with its defaults, or Refused."""
    path = pathlib.Path(path)
    check = Checker(path, faults)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path}: not TOML: {error}") from error
    check_top(check, data)
    check_world(check, data)
    for number, item in enumerate(data["load"]):
        check_load(check, f"load[{number}]", item, data)
    for number, item in enumerate(data.setdefault("bend", [])):
        check_bend(check, f"bend[{number}]", item, data)
    check_capture(check, data)
    check_answers(check, data)
    return data


def check_top(check, data):
    check.keys("scenario", data, REQUIRED, set(TOP))
    for key, value in data.items():
        if not isinstance(value, TOP[key]):
            check.refuse(key, value, TOP[key].__name__)
    if data["id"] != check.path.stem:
        check.refuse("id", data["id"], f"the file's name, {check.path.stem!r}")
    if not data["story"].strip():
        check.refuse("story", data["story"], "a sentence")
    check.all_of("ip", data.setdefault("ip", [4]), {4, 6})
    check.all_of("hops", data.setdefault("hops", [0, 1]), {0, 1, 2})
    check.all_of("background", data.setdefault("background", ["any"]), {"any", "none"})
    data.setdefault("probe_only", False)
    check.all_of("also_allowed", data.setdefault("also_allowed", []), check.faults)
    times = data.setdefault("times", {})
    check.keys("times", times, set(), set(TIMES))
    for key, default in TIMES.items():
        check.span(f"times.{key}", times.setdefault(key, default))
    clients = data["clients"]
    check.keys("clients", clients, {"count"}, {"count", "victims"})
    check.span("clients.count", clients["count"])
    if not 1 <= clients["count"][0] <= clients["count"][1] <= 8:
        check.refuse("clients.count", clients["count"], "1 to 8")
    check.one_of("clients.victims", clients.setdefault("victims", "all"), {"all", "one"})
    if clients["victims"] == "one" and clients["count"][0] < 2:
        check.refuse("clients.count", clients["count"], "2 or more where only one is a victim")


def check_world(check, data):
    for name, host in data["host"].items():
        check.keys(f"host.{name}", host, {"place"}, {"place"})
        check.one_of(f"host.{name}.place", host["place"], {"lan", "far"})
    for name, ghost in data.setdefault("ghost", {}).items():
        check.keys(f"ghost.{name}", ghost, {"beside"}, {"beside"})
        check.one_of(f"ghost.{name}.beside", ghost["beside"], {"lan", "nowhere", *data["host"]})
    for name, service in data["service"].items():
        key = f"service.{name}"
        check.keys(key, service, {"host", "daemon", "port"},
                   {"host", "daemon", "port", "options"})
        check.one_of(f"{key}.host", service["host"], {*data["host"], *data["ghost"]})
        check.all_of(f"{key}.daemon", service["daemon"], words.DAEMONS)
        ports = service["port"] if isinstance(service["port"], list) else [service["port"]]
        for port in ports:
            if not isinstance(port, int) or not 0 < port < 65536:
                check.refuse(f"{key}.port", service["port"], "ports of 1 to 65535")
        service["port"] = ports
        check.all_of(f"{key}.options", list(service.get("options", {})), words.OPTIONS)
        if service["host"] in data["ghost"] and service["daemon"]:
            check.refuse(f"{key}.daemon", service["daemon"], "none, as no machine is there")


def check_load(check, key, item, data):
    check.keys(key, item, {"do"}, set(item))
    check.one_of(f"{key}.do", item["do"], words.LOADS)
    required, optional = words.LOADS[item["do"]]
    check.keys(key, item, required | {"do", "every"}, required | optional | words.COMMON_LOAD)
    check.one_of(f"{key}.by", item.setdefault("by", "all"), {"all", "victims", "others", "first"})
    check.span(f"{key}.every", item["every"])
    check.all_of(f"{key}.phases", item.setdefault("phases", list(words.PHASES)), words.PHASES)
    check.one_of(f"{key}.names", item.setdefault("names", "zone"), words.NAMES)
    check_values(check, key, item)
    for field in {"to", "then", "also_to"} & set(item):
        check.one_of(f"{key}.{field}", item[field], {*data["service"], *data["host"]})


def check_bend(check, key, item, data):
    check.keys(key, item, {"do"}, set(item))
    check.one_of(f"{key}.do", item["do"], words.BENDS)
    required, optional = words.BENDS[item["do"]]
    check.keys(key, item, required | {"do"}, required | optional | {"do", "at", "after"})
    check.one_of(f"{key}.at", item.setdefault("at", "during"), {"start", "during"})
    check_values(check, key, item)
    if "to" in item:
        check.one_of(f"{key}.to", item["to"], data["service"])
    if "service" in item:
        check.one_of(f"{key}.service", item["service"], data["service"])
    if "host" in item:
        check.one_of(f"{key}.host", item["host"], data["host"])
    if "where" in item:
        check.one_of(f"{key}.where", item["where"], {"router", *data["host"]})
    if "of" in item:
        check.one_of(f"{key}.of", item["of"], data["host"])
    if "from" in item:
        check.one_of(f"{key}.from", item["from"], {"victims", *data["host"]})


def check_values(check, key, item):
    """The fields of a load or a bend that are no names of the scenario."""
    for field, value in item.items():
        allowed = words.VALUES.get((item["do"], field))
        if allowed:
            check.one_of(f"{key}.{field}", value, allowed)
        if field in words.LISTS:
            check.all_of(f"{key}.{field}", value, words.LISTS[field])
        if field in words.NUMBERS and (isinstance(value, bool)
                                       or not isinstance(value, (int, float)) or value < 0):
            check.refuse(f"{key}.{field}", value, "a number")


def check_capture(check, data):
    capture = data["capture"]
    check.keys("capture", capture, {"sides"},
               {"sides", "server", "looking", "filter", "forms", "links", "direction", "snaplen",
                "late"})
    check.all_of("capture.sides", capture["sides"], words.SIDES)
    if "server" in capture["sides"]:
        check.one_of("capture.server", capture.get("server"), data["host"])
    if "router" in capture["sides"]:
        check.one_of("capture.server", capture.get("server"), data["host"])
    check.all_of("capture.looking", capture.setdefault("looking", ["outside", "inside", "any"]),
                 {"outside", "inside", "any"})
    check.all_of("capture.forms", capture.setdefault("forms", list(words.FORMS)), words.FORMS)
    check.all_of("capture.links", capture.setdefault("links", list(words.LINKS)), words.LINKS)
    check.one_of("capture.direction", capture.setdefault("direction", "both"),
                 {"both", "in", "out"})


def check_answers(check, data):
    healthy = data.setdefault("healthy", False)
    answers = data.setdefault("answer", [])
    check_attacks(check, data)
    if healthy == bool(answers or data["attack"]):
        check.refuse("answer", len(answers), "answers or attacks, or healthy = true and none")
    for number, answer in enumerate(answers):
        key = f"answer[{number}]"
        check.keys(key, answer, ANSWER_REQUIRED, ANSWER)
        if not answer["fault"]:
            check.refuse(f"{key}.fault", answer["fault"], "one id or more")
        check_answer_fields(check, key, answer)
        check.one_of(f"{key}.service", answer["service"], data["service"])
        check.all_of(f"{key}.together", answer.get("together", []), data["service"])
        for side in words.SIDES:
            if side not in answer:
                continue
            check.keys(f"{key}.{side}", answer[side], set(), SIDE)
            check_answer_fields(check, f"{key}.{side}", answer[side])
            if side not in data["capture"]["sides"]:
                check.refuse(f"{key}.{side}", side, "a side that is captured")


def check_attacks(check, data):
    """An attack: which fault it is, at which service, and whether it caused the outage."""
    for number, attack in enumerate(data.setdefault("attack", [])):
        key = f"attack[{number}]"
        check.keys(key, attack, {"fault", "service"}, ATTACK | set(words.SIDES))
        check.all_of(f"{key}.fault", attack["fault"], check.faults)
        check.one_of(f"{key}.service", attack["service"], {*data["service"], *data["host"], "lan"})
        for side in words.SIDES:
            fields = attack.get(side, {})
            check.keys(f"{key}.{side}", fields, set(), {"sees", "caused_outage"})
            for field, value in fields.items():
                check.one_of(f"{key}.{side}.{field}", value, OUTAGE)
        check.one_of(f"{key}.caused_outage", attack.setdefault("caused_outage", "unknown"), OUTAGE)


def check_answer_fields(check, key, fields):
    for field in {"fault", "accept"} & set(fields):
        check.all_of(f"{key}.{field}", fields[field], check.faults)
    if "ties" in fields:
        check.all_of(f"{key}.ties", fields["ties"], words.CAUSES)
    if "cause" in fields:
        check.one_of(f"{key}.cause", fields["cause"], words.CAUSES)
    if "step" in fields:
        check.one_of(f"{key}.step", fields["step"], words.STEPS)
    if "transport" in fields:
        check.one_of(f"{key}.transport", fields["transport"], words.TRANSPORTS)
    for field in {"shown", "sees", "recovered"} & set(fields):
        if not isinstance(fields[field], bool):
            check.refuse(f"{key}.{field}", fields[field], "true or false")
    if "looking" in fields:
        check.all_of(f"{key}.looking", fields["looking"], {"outside", "inside", "any"})
    if "text" in fields:
        check.keys(f"{key}.text", fields["text"], set(), TEXT)
        check_answer_fields(check, f"{key}.text", fields["text"])


def catalogue_faults(source):
    """The ids of the faults that the catalogue holds now."""
    return {path.stem for path in (pathlib.Path(source) / "catalogue").glob("*.toml")}


def find(folder, patterns):
    """The scenario files whose id matches one of the shell patterns (with commas between)."""
    return [path for path in sorted(pathlib.Path(folder).glob("*.toml"))
            if any(fnmatch.fnmatchcase(path.stem, each) for each in patterns.split(","))]
