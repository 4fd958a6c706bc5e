#!/usr/bin/env python3
"""Keeps one small capture of each scenario of a run of the lab, with its expectation.

Of the captures below RUN_FOLDER that have a label and are diagnosed rightly, the smallest suitable
one of each scenario goes to tests/lab/, where tests/lab_test.py replays it. Exit status: 0 every
scenario has a golden, 1 some have none, 2 the folder or the command line could not be used.
"""

import argparse
import collections
import pathlib
import sys

from golden import keep
from score import judge, labels, program

sys.path.insert(1, str(labels.SOURCE / "tests"))
import expectation  # noqa: E402  (found by the line before)
import lab_test  # noqa: E402


def options_of(arguments):
    parser = argparse.ArgumentParser(prog="keep_golden.py", description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", metavar="RUN_FOLDER")
    program.add_options(parser)
    parser.add_argument("--into", type=pathlib.Path, default=lab_test.FOLDER, metavar="FOLDER")
    parser.add_argument("--scenario", action="append", metavar="NAME", help="only these")
    parser.add_argument("--side", metavar="SIDE",
                        help="only captures of it, kept as SCENARIO.SIDE beside the scenario's own")
    parser.add_argument("--replace", action="store_true", help="also where there is a golden")
    parser.add_argument("--most-bytes", type=int, default=lab_test.MOST_BYTES, metavar="N")
    return parser.parse_args(arguments)


def wanted_labels(options):
    """Labels by scenario, without the scenarios that are to be left alone."""
    scenarios = collections.defaultdict(list)
    for label in labels.read_folder(options.folder):
        if options.scenario and label.scenario not in options.scenario:
            continue
        if options.side and label.side != options.side:
            continue
        name = keep.name_of(label.scenario, options.side)
        if options.replace or not (options.into / (name + ".json")).exists():
            scenarios[label.scenario].append(label)
    return scenarios


def main(arguments):
    options = options_of(arguments)
    expectation.PROGRAM = options.whydown
    try:
        scenarios = wanted_labels(options)
        program.check(options.whydown)
        options.into.mkdir(parents=True, exist_ok=True)
    except (labels.BadLabel, OSError) as error:
        print(f"keep_golden.py: {error}", file=sys.stderr)
        return 2
    validate = expectation.schema_validator()
    lacking = 0
    for scenario, found in sorted(scenarios.items()):
        reports = program.reports_of(options.whydown, [label.capture for label in found],
                                     options.jobs)
        candidates = [(judge.judge(label, report, failure), report)
                      for label, (report, failure) in zip(found, reports)]
        words, is_kept = keep.keep_scenario(candidates, options.into,
                                            lambda path: lab_test.replay(path, validate),
                                            options.most_bytes, options.side)
        print(f"{scenario}: {words}")
        lacking += not is_kept
    print(f"{len(scenarios)} scenarios, {lacking} without a golden")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
