#!/usr/bin/env python3
"""Scores the program on a folder of labelled captures and prints the table.

A label stands beside its capture as NAME.label.json (docs/label.schema.json). Exit status: 0 the
goals hold, 1 they do not, 2 the folder or the command line could not be used.
"""

import argparse
import json
import pathlib
import sys

from score import figures, judge, labels, page, program, record, text


def options_of(arguments):
    parser = argparse.ArgumentParser(prog="score.py", description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", help="searched for *.label.json, also below")
    program.add_options(parser)
    parser.add_argument("--catalogue", metavar="DIR", help="handed to the program")
    parser.add_argument("--seeds", type=program.seeds, default=lambda seed: True,
                        metavar="even|odd|LIST", help="such as 1,3,10-19")
    parser.add_argument("--html", metavar="PAGE.html", help="write a page with plots")
    parser.add_argument("--json", metavar="OUT", help="write all figures and judgements")
    for name, bound, what in (("fault", 0.98, "share with fault and service right, at least"),
                              ("cause", 0.95, "share with the cause right, at least"),
                              ("brier", 0.10, "Brier score of the causes, at most"),
                              ("false-alarms", 0, "false alarms, at most")):
        parser.add_argument(f"--goal-{name}", type=float, default=bound, metavar="X",
                            help=f"{what} (default %(default)s)")
    return parser.parse_args(arguments)


def judgements_of(wanted, options):
    """Runs the program on every labelled capture."""
    extra = ["--catalogue", options.catalogue] if options.catalogue else []
    reports = program.reports_of(options.whydown, [label.capture for label in wanted],
                                 options.jobs, extra)
    return [judge.judge(label, report, failure)
            for label, (report, failure) in zip(wanted, reports)]


def main(arguments):
    options = options_of(arguments)
    try:
        wanted = labels.read_folder(options.folder, options.seeds)
        program.check(options.whydown)
    except (labels.BadLabel, OSError) as error:
        print(f"score.py: {error}", file=sys.stderr)
        return 2
    found = figures.Figures(judgements_of(wanted, options))
    goals = figures.goals(found, options.goal_fault, options.goal_cause, options.goal_brier,
                          options.goal_false_alarms)
    try:
        if options.json:
            pathlib.Path(options.json).write_text(
                json.dumps(record.record(found, goals), indent=2) + "\n", encoding="utf-8")
        if options.html:
            pathlib.Path(options.html).write_text(page.render(found, goals), encoding="utf-8")
    except OSError as error:
        print(f"score.py: {error}", file=sys.stderr)
        return 2
    print(text.render(found, goals, options.whydown), end="")
    return 0 if all(goal.holds for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
