"""Every example gives the report it should: tests/expect/NAME.json says what that is.

An expectation names one or more inputs that all hold the same story (the same capture as pcap,
pcapng, text ...), or, with "together", the inputs of one run. It was written from the packets and
from what was done to the network, and holds only what matters:

  inputs, together, options   what to run; paths from the top of the source, `*` allowed
  verdict                     or a list of verdicts that are all right
  incident                    what the first incident must say, see check_incident()
  also_allowed                ids of further faults that may be reported beside it
  quality, not_attempted      ids that data_quality must hold; words that not_attempted must hold

Each input is run from its file (twice: the same bytes must come out), through standard input, and
gzipped.
"""

import datetime
import glob
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
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


def expect(what, found, wanted):
    if found != wanted:
        raise Failure(f"{what}: found {found!r}, expected {wanted!r}")


def expect_time(what, found, wanted):
    if all(abs(time_of(found) - time_of(time)) > TOLERANCE for time in wanted):
        raise Failure(f"{what}: found {found}, expected {' or '.join(wanted)}")


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
    for field, value in want.get("attempts", {}).items():
        expect(f"attempts.{field}", incident["attempts"][field], value)
    check_causes_wanted(incident, want)
    shown = {item["packet"] for item in incident["evidence"]}
    missing = set(want.get("evidence_packets", [])) - shown
    if missing:
        raise Failure(f"evidence lacks packets {sorted(missing)}: it has {sorted(shown)}")
    claimed = set(want.get("not_claimed", [])) & set(faults)
    if claimed:
        raise Failure(f"claims what is not so: {sorted(claimed)}")


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


def check_expectation(report, status, want):
    verdicts = want["verdict"] if isinstance(want["verdict"], list) else [want["verdict"]]
    faults = [incident["fault"] for incident in report["incidents"]]
    if report["verdict"] not in verdicts:
        raise Failure(f"verdict {report['verdict']} {faults}, expected {' or '.join(verdicts)}")
    expect("exit status", status, 1 if report["verdict"] == "incident" else 0)
    if "incident" not in want:
        expect("incidents", faults, [])
    else:
        expect("the first incident's fault", faults[:1], [want["incident"]["fault"]])
        extra = [fault for fault in faults[1:] if fault not in want.get("also_allowed", [])]
        if extra:
            raise Failure(f"further incidents that are none: {extra}")
        check_incident(report["incidents"][0], want["incident"], faults)
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


# --- Running -----------------------------------------------------------------------------------

def input_groups(want):
    paths = []
    for pattern in want["inputs"]:
        found = sorted(glob.glob(str(SOURCE / pattern)))
        if not found:
            raise Failure(f"no such input: {pattern}")
        paths += found
    return [paths] if want.get("together") else [[path] for path in paths]


def ways(paths, options, folder):
    """Each way to hand over the input: its name, the arguments, and what goes to standard input."""
    yield "file", [*options, *paths], None
    if len(paths) > 1:
        return
    yield "standard input", [*options, "-"], paths[0]
    with open(paths[0], "rb") as plain:
        head = plain.read()
    if head[:2] != b"\x1f\x8b" and head[:4] != b"\x28\xb5\x2f\xfd":
        packed = os.path.join(folder, "input.gz")
        with open(packed, "wb") as file:
            file.write(gzip.compress(head, mtime=0))
        yield "gzip", [*options, packed], None


def run_way(arguments, stdin):
    if stdin is None:
        return run(arguments)
    with open(stdin, "rb") as file:
        return run(arguments, stdin=file)


def check_input(paths, want, validate, folder):
    problems = []
    for way, arguments, stdin in ways(paths, want.get("options", []), folder):
        try:
            status, output = run_way(arguments, stdin)
            report = parse(output)
            validate(report)
            check_expectation(report, status, want)
            check_claims(report)
            if way == "file" and run_way(arguments, stdin) != (status, output):
                raise Failure("a second run gave another report")
        except (Failure, subprocess.TimeoutExpired, KeyError, IndexError, TypeError) as error:
            name = " + ".join(os.path.relpath(path, SOURCE) for path in paths)
            kind = "" if isinstance(error, Failure) else type(error).__name__ + " "
            problems.append(f"{name} ({way}): {kind}{error}")
    return problems


def check_file(path, validate, folder):
    want = json.loads(path.read_text())
    try:
        groups = input_groups(want)
    except Failure as error:
        return 0, [str(error)]
    return len(groups), [p for group in groups for p in check_input(group, want, validate, folder)]


def faults_without_expectation(expectations):
    named = {json.loads(path.read_text()).get("incident", {}).get("fault") for path in expectations}
    problems = []
    for path in sorted((SOURCE / "catalogue").glob("*.toml")):
        fault = tomllib.loads(path.read_text()).get("id")
        if fault not in named:
            problems.append(f"catalogue/{path.name}: no file under tests/expect/ expects {fault}")
    return problems


def unused_examples(expectations):
    used = set()
    for path in expectations:
        for pattern in json.loads(path.read_text())["inputs"]:
            used.update(glob.glob(str(SOURCE / pattern)))
    held = [*(SOURCE / "examples/captures").glob("*"), *(SOURCE / "examples/logs").glob("*")]
    return [f"{path.relative_to(SOURCE)}: no file under tests/expect/ uses it"
            for path in sorted(held)
            if path.is_file() and path.suffix not in (".md", ".py") and str(path) not in used]


def main():
    only = set(sys.argv[1:])
    expectations = sorted((SOURCE / "tests/expect").glob("*.json"))
    validate = schema_validator()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in expectations:
            if only and path.stem not in only:
                continue
            inputs, problems = check_file(path, validate, folder)
            print(f"{'FAIL' if problems else 'ok  '} {path.stem} ({inputs} runs)", flush=True)
            for problem in problems:
                print(f"       {problem}")
            failed += bool(problems)
    general = []
    if not only:
        general = faults_without_expectation(expectations) + unused_examples(expectations)
    for problem in general:
        print(f"FAIL {problem}")
    print(f"{len(expectations)} expectations, {failed} failed, {len(general)} other problems")
    return 1 if failed or general else 0


if __name__ == "__main__":
    sys.exit(main())
