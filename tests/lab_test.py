"""The lab's scenarios, replayed: every golden below tests/lab/ still gives its diagnosis.

A golden is one small capture of a scenario's run, NAME.pcap.gz or the like, and NAME.json: what was
done (scenario, seed, side), the capture's name, and an expectation as expectation.py describes it.
NAME is the scenario's, or SCENARIO.SIDE of a side that shows the fault in another way.
lab/keep_golden.py makes them. Needs neither root nor network. Every fault of the catalogue has a
golden, once there are any.

    lab_test.py [NAME ...]
"""

import concurrent.futures
import json
import os
import subprocess
import sys

import expectation
from expectation import SOURCE, Failure

FOLDER = SOURCE / "tests/lab"
SKIPPED = 77
MOST_BYTES = 30_000  # of a capture as stored
OWN_KEYS = {"scenario", "seed", "side", "capture"}
KEYS = OWN_KEYS | {"verdict", "incident", "further", "also_allowed",
                   "may_stand_first"}


def check_golden(path, want):
    """Raises Failure where the golden itself is no good."""
    lacking = (OWN_KEYS | {"verdict"}) - set(want)
    if lacking or set(want) - KEYS:
        raise Failure(f"keys: lacks {sorted(lacking)}, has unknown {sorted(set(want) - KEYS)}")
    if path.stem not in (want["scenario"], f"{want['scenario']}.{want['side']}"):
        raise Failure(f"scenario {want['scenario']} in a file named {path.name}")
    capture = path.parent / want["capture"]
    if not capture.is_file():
        raise Failure(f"no such capture: {want['capture']}")
    if capture.stat().st_size > MOST_BYTES:
        raise Failure(f"{want['capture']} has {capture.stat().st_size} bytes, more than "
                      f"{MOST_BYTES}")


def replay(path, validate):
    """What is wrong about one golden, or None."""
    try:
        want = json.loads(path.read_text(encoding="utf-8"))
        check_golden(path, want)
        status, output = expectation.run([str(path.parent / want["capture"])])
        report = expectation.parse(output)
        validate(report)
        expectation.check_expectation(report, status, want)
        expectation.check_claims(report)
    except Failure as error:
        return str(error)
    except (subprocess.TimeoutExpired, ValueError, KeyError, IndexError, TypeError) as error:
        return f"{type(error).__name__} {error}"
    return None


def expected_faults(want):
    return {incident.get("fault")
            for incident in [want.get("incident", {}), *want.get("further", [])]}


def general_problems(folder, goldens):
    """What is wrong about the folder as a whole."""
    used, faults = set(), set()
    for path in goldens:
        try:
            want = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue  # replay() complains
        used |= {path.name, want.get("capture")}
        faults |= expected_faults(want)
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in used and path.suffix != ".md":
            yield f"{path.name}: no golden uses it"
    for fault, file in expectation.catalogue_faults().items():
        if fault not in faults:
            yield (f"catalogue/{file}: no golden shows {fault}; run its scenario in the lab, then "
                   "lab/keep_golden.py")


def main(only, folder=FOLDER):
    goldens = sorted(folder.glob("*.json"))
    if not goldens:
        print(f"SKIPPED: there is no golden in {folder} yet")
        return SKIPPED
    chosen = [path for path in goldens if not only or path.stem in only]
    validate = expectation.schema_validator()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = list(pool.map(lambda path: replay(path, validate), chosen))
    for path, problem in zip(chosen, problems):
        print(f"ok   {path.stem}" if problem is None else f"FAIL {path.stem}\n       {problem}")
    general = [] if only else list(general_problems(folder, goldens))
    for problem in general:
        print(f"FAIL {problem}")
    failed = sum(problem is not None for problem in problems)
    print(f"{len(chosen)} goldens, {failed} failed, {len(general)} other problems")
    return 1 if failed or general or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
