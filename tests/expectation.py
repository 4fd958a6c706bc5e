"""What one report must say: expectations, as tests/expect/ and tests/lab/ hold them.

An expectation was written from the packets and from what was done to the network, and holds only
what matters:

  verdict                     or a list of verdicts that are all right
  incident                    what the first incident must say, see check_incident()
  further                     the same for incidents that must follow, in any order
  also_allowed                ids of further faults that may be reported beside it
  may_stand_first             those of them that may be reported before it
  quality, not_attempted      ids that data_quality must hold; words that not_attempted must hold

Further keys (inputs, options ...) belong to the test that reads the expectation.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import tomllib

SOURCE = pathlib.Path(os.environ.get("WHYDOWN_SOURCE", pathlib.Path(__file__).parent.parent))
PROGRAM = os.environ.get("WHYDOWN", str(SOURCE / "build/release/whydown"))
SECONDS = 60  # far more than any example needs; sanitizers are slow
TOLERANCE = datetime.timedelta(microseconds=1)
ABSENCE = re.compile(
    r"\b(no|not|none|never|nothing|nobody|neither|without|absent|absence|silent|silence|"
    r"unanswered|missing|cannot|lacks?)\b|n't\b", re.IGNORECASE)


class Failure(Exception):
    """What an expectation or a rule for all reports found wrong."""


def run(arguments, stdin=None):
    """Exit status and standard output of `whydown report -f json ARGUMENTS`."""
    done = subprocess.run([PROGRAM, "report", "-f", "json", *arguments], stdin=stdin,
                          capture_output=True, timeout=SECONDS, check=False)
    if done.returncode < 0:
        raise Failure(f"crashed with signal {-done.returncode}")
    if done.returncode not in (0, 1):
        raise Failure(f"status {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return done.returncode, done.stdout


def parse(output):
    try:
        return json.loads(output)
    except ValueError as error:
        raise Failure(f"the output is not JSON: {error}") from error


def time_of(text):
    # Nine digits are nanoseconds, which datetime does not hold.
    micros = re.sub(r"(\.\d{6})\d+", r"\1", text)
    return datetime.datetime.fromisoformat(micros.replace("Z", "+00:00"))


def catalogue_faults():
    """The ids of the catalogue's faults, each with its file's name, but for those that no capture
    raises."""
    read = {path.name: tomllib.loads(path.read_text())
            for path in sorted((SOURCE / "catalogue").glob("*.toml"))}
    return {fault.get("id"): name for name, fault in read.items()
            if not fault.get("raised_by", {}).get("probe")}


def expect(what, found, wanted):
    if found != wanted:
        raise Failure(f"{what}: found {found!r}, expected {wanted!r}")


def expect_time(what, found, wanted):
    if all(abs(time_of(found) - time_of(time)) > TOLERANCE for time in wanted):
        raise Failure(f"{what}: found {found}, expected {' or '.join(wanted)}")


def journey_line(incident):
    """The journey in short: "name ok, connect silent, secure not reached"."""
    return ", ".join(f"{step['step']} {step['outcome'] if step.get('reached', True) else 'not reached'}"
                     for step in incident.get("journey", []))


# --- What one expectation asks for -------------------------------------------------------------

def check_incident(incident, want, faults):
    for field in ("fault", "step", "protocol", "transport"):
        if field in want:
            expect(field, incident.get(field), want[field])
    service = incident["service"]
    if "port" in want:
        expect("service.port", service.get("port"), want["port"])
    if "servers" in want:
        expect("service.servers", sorted(service.get("servers", [])), sorted(want["servers"]))
    missing = set(want.get("names", [])) - set(service.get("names", []))
    if missing:
        raise Failure(f"service.names lacks {sorted(missing)}: {service.get('names')}")
    if "clients" in want:
        expect("clients.addresses", sorted(incident["clients"]["addresses"]),
               sorted(want["clients"]))
        expect("clients.count", incident["clients"]["count"], len(want["clients"]))
    for end in ("first", "last"):
        if end in want:
            expect_time(f"window.{end}", incident["window"][end], [want[end]])
        if end + "_among" in want:
            expect_time(f"window.{end}", incident["window"][end], want[end + "_among"])
    if "journey" in want:
        expect("journey", journey_line(incident), want["journey"])
    for field, value in want.get("attempts", {}).items():
        expect(f"attempts.{field}", incident["attempts"][field], value)
    check_attack(incident, want)
    check_causes_wanted(incident, want)
    shown = {item["packet"] for item in incident["evidence"]}
    missing = set(want.get("evidence_packets", [])) - shown
    if missing:
        raise Failure(f"evidence lacks packets {sorted(missing)}: it has {sorted(shown)}")
    claimed = set(want.get("not_claimed", [])) & set(faults)
    if claimed:
        raise Failure(f"claims what is not so: {sorted(claimed)}")


def check_attack(incident, want):
    """Whether it took the service from others ("unknown" where that is not to be said), who sent
    it, and which incident explains which."""
    attack = incident.get("attack", {})
    if "caused_outage" in want:
        expect("attack.caused_outage", attack.get("caused_outage", "unknown"),
               want["caused_outage"])
    if "sources" in want:
        expect("attack.sources", [source["address"] for source in attack.get("sources", [])],
               want["sources"])
    for field, value in want.get("others", {}).items():
        expect(f"attack.others.{field}", attack["others"][field], value)
    for field in ("explained_by", "explains", "technique"):
        if field in want:
            expect(field, incident.get(field, attack.get(field)), want[field])


def check_causes_wanted(incident, want):
    wanted = want.get("first_cause_among", [want["first_cause"]] if "first_cause" in want else [])
    ranked = [(cause["id"], round(cause["probability"], 3)) for cause in incident["causes"]]
    if wanted and (not ranked or ranked[0][0] not in wanted):
        raise Failure(f"first cause: found {ranked[:4]}, expected {' or '.join(wanted)}")
    missing = set(want.get("causes", [])) - {cause for cause, _ in ranked}
    if missing:
        raise Failure(f"causes lack {sorted(missing)}: {ranked}")
    pairs = [sorted(pair) for pair in incident.get("inseparable", [])]
    for pair in want.get("inseparable", []):
        if sorted(pair) not in pairs:
            raise Failure(f"{pair} is not among the inseparable: {pairs}")


def check_further(incidents, want, faults):
    left = list(incidents)
    for wanted in want.get("further", []):
        found = next((incident for incident in left if incident["fault"] == wanted["fault"] and
                      incident["service"].get("servers") == wanted["servers"]), None)
        if found is None:
            raise Failure(f"no {wanted['fault']} at {wanted['servers']} among {faults}")
        check_incident(found, wanted, faults)
        left.remove(found)
    extra = [incident["fault"] for incident in left
             if incident["fault"] not in want.get("also_allowed", [])]
    if extra:
        raise Failure(f"further incidents that are none: {extra}")


def check_expectation(report, status, want):
    verdicts = want["verdict"] if isinstance(want["verdict"], list) else [want["verdict"]]
    faults = [incident["fault"] for incident in report["incidents"]]
    if report["verdict"] not in verdicts:
        raise Failure(f"verdict {report['verdict']} {faults}, expected {' or '.join(verdicts)}")
    expect("exit status", status, 1 if report["verdict"] == "incident" else 0)
    if "incident" not in want:
        extra = [fault for fault in faults if fault not in want.get("also_allowed", [])]
        if extra:
            raise Failure(f"incidents that are none: {extra}")
    else:
        wanted, aside = want["incident"]["fault"], want.get("may_stand_first", [])
        first = next((at for at, fault in enumerate(faults)
                      if fault == wanted or fault not in aside), 0)
        expect("the first incident's fault", faults[first:first + 1], [wanted])
        check_incident(report["incidents"][first], want["incident"], faults)
        check_further([incident for at, incident in enumerate(report["incidents"]) if at != first],
                      want, faults)
    missing = set(want.get("quality", [])) - {remark["id"] for remark in report.get("data_quality", [])}
    if missing:
        raise Failure(f"data_quality lacks {sorted(missing)}")
    for word in want.get("not_attempted", []):
        if not any(word in line for line in report.get("not_attempted", [])):
            raise Failure(f"not_attempted lacks {word}: {report.get('not_attempted')}")


# --- What every report must keep ---------------------------------------------------------------

def check_claims(report):
    """Every claim names packets that exist."""
    counts = [entry["packets"] for entry in report["inputs"]]
    for incident in report["incidents"]:
        if not incident["evidence"]:
            raise Failure(f"{incident['fault']}: no evidence")
        for item in incident["evidence"]:
            if not 1 <= item["packet"] <= counts[item["input"]]:
                raise Failure(f"evidence names packet {item['packet']} of {counts[item['input']]}")
        check_causes(incident, max(counts))


def check_causes(incident, packets):
    total = sum(cause["probability"] for cause in incident["causes"])
    if abs(total - 1) > 0.005:
        raise Failure(f"{incident['fault']}: the causes' probabilities add up to {total}")
    for cause in incident["causes"]:
        for argument in cause.get("for", []) + cause.get("against", []):
            said = f"{incident['fault']}/{cause['id']}: {argument['fact']}"
            named = argument.get("packets", [])
            if any(not 1 <= number <= packets for number in named):
                raise Failure(f"{said} names packets {named} of {packets}")
            words = argument.get("because", "") + " " + argument.get("detail", "")
            if not named and not ABSENCE.search(words):
                raise Failure(f"{said} names no packet and speaks of no absence: {words}")


def schema_validator():
    try:
        import jsonschema
    except ImportError:
        print("SKIPPED schema: python3-jsonschema missing")
        return lambda report: None
    schema = json.loads((SOURCE / "docs/report.schema.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)

    def validate(report):
        for error in validator.iter_errors(report):
            raise Failure(f"schema: {'/'.join(map(str, error.absolute_path))}: {error.message}")
    return validate
