"""Every example gives the report it should: tests/expect/NAME.json says what that is.

An expectation (see expectation.py) names one or more inputs that all hold the same story (the same
capture as pcap, pcapng, text ...), or, with "together", the inputs of one run:

  inputs, together, options   what to run; paths from the top of the source, `*` allowed

Each input is run from its file (twice: the same bytes must come out), through standard input, and
gzipped.
"""

import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

from expectation import (SOURCE, Failure, catalogue_faults, check_claims, check_expectation, parse,
                         run, schema_validator)


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
    wanted = [json.loads(path.read_text()) for path in expectations]
    named = {each.get("fault") for want in wanted
             for each in [want.get("incident", {}), *want.get("further", [])]}
    return [f"catalogue/{file}: no file under tests/expect/ expects {fault}"
            for fault, file in catalogue_faults().items() if fault not in named]


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
