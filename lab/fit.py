#!/usr/bin/env python3
"""Fits the catalogue's weights on one half of the labelled captures and reports on the other.

Each weight is moved as far as the runs of --seeds ask for against a Gaussian prior around the value
it was first set to; signs are kept, zeros stay zero, priors of causes are not touched. Before and
after are measured with the program itself. A fault whose captures of the other half got worse keeps
its weights. Exit status: 0 done, 1 no fault is the better for it (then --write writes nothing), 2
the folder, the catalogue or the command line could not be used.
"""

import argparse
import pathlib
import shutil
import sys
import tempfile

from score import figures, judge, labels, program

try:
    from fit import catalogue, changes, words
except ImportError as error:
    print(f"fit.py: {error}; `scripts/setup.sh lab-fit` installs numpy and scipy for Debian's own "
          "/usr/bin/python3", file=sys.stderr)
    sys.exit(2)


def options_of(arguments):
    parser = argparse.ArgumentParser(prog="fit.py", description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", help="searched for *.label.json, also below")
    program.add_options(parser)
    parser.add_argument("--seeds", required=True, type=program.seeds, metavar="even|odd|LIST",
                        help="the half to fit on; the other seeds are for the report")
    parser.add_argument("--catalogue", type=pathlib.Path, default=labels.SOURCE / "catalogue",
                        metavar="DIR")
    parser.add_argument("--sigma", type=float, default=4.0, metavar="DB",
                        help="how far a weight may be off at first (default %(default)s)")
    parser.add_argument("--frequencies", choices=("catalogue", "lab"), default="catalogue",
                        help="what causes weigh before any evidence while fitting: the catalogue's "
                        "priors, or how often the lab made each (default %(default)s)")
    parser.add_argument("--fault", action="append", metavar="ID", help="fit only these")
    parser.add_argument("--write", action="store_true", help="write the new values into DIR")
    options = parser.parse_args(arguments)
    if not options.sigma > 0:
        parser.error("--sigma: expected a number of decibans above 0")
    return options


def judgements_of(wanted, options, folder):
    reports = program.reports_of(options.whydown, [label.capture for label in wanted],
                                 options.jobs, ["--catalogue", str(folder)])
    return [judge.judge(label, report, failure)
            for label, (report, failure) in zip(wanted, reports)]


def halves_of(options):
    """The labels to fit on and the others."""
    wanted = labels.read_folder(options.folder)
    halves = ([label for label in wanted if options.seeds(label.seed)],
              [label for label in wanted if not options.seeds(label.seed)])
    if not halves[0]:
        raise labels.BadLabel(f"{options.folder}: found no label of the seeds to fit on")
    return halves


def judged_with(fitted, options, halves):
    """The halves judged with the fitted weights of these faults and the others' own."""
    with tempfile.TemporaryDirectory() as folder:
        for path in options.catalogue.glob("*.toml"):
            shutil.copy(path, folder)
        changes.write(fitted, folder)
        return [judgements_of(half, options, folder) for half in halves]


def fit(options, halves):
    """The fitted faults, those that are worse for it, what was not used, and (name, before, after)
    of each half, after being without what is worse."""
    faults = catalogue.read(options.catalogue)
    before = [judgements_of(half, options, options.catalogue) for half in halves]
    if options.fault:
        faults = {fault: faults[fault] for fault in options.fault if fault in faults}
    fitted, left_out = changes.fit(faults, before[0], options.sigma, options.frequencies)
    after = judged_with(fitted, options, halves)
    for judgement in [each for half in before + after for each in half if each.failure]:
        raise OSError(f"{judgement.label.capture}: found no report ({judgement.failure})")
    worse = changes.worse(before[1], after[1])
    kept = [one for one in fitted if one.fault.id not in worse]
    if len(kept) < len(fitted):
        after = judged_with(kept, options, halves)
    names = ("fitted on", "the other half")
    return kept, worse, left_out, [(name, figures.Figures(old), figures.Figures(new))
                                   for name, old, new in zip(names, before, after) if old]


def main(arguments):
    options = options_of(arguments)
    try:
        program.check(options.whydown)
        fitted, worse, left_out, halves = fit(options, halves_of(options))
    except (labels.BadLabel, catalogue.BadCatalogue, changes.Differing, OSError) as error:
        print(f"fit.py: {error}", file=sys.stderr)
        return 2
    print("\n\n".join([*map(words.fitted_table, fitted), *words.left_out_lines(left_out),
                       *map(words.worse_line, sorted(worse.items())), words.before_after(halves)]))
    if len(halves) < 2:
        print("\nAll captures were fitted on: nothing shows what the fit is worth.")
    if not fitted:
        print("\nNo fault is the better for it" + (": nothing is written." if options.write else "."))
        return 1
    if options.write:
        changes.write(fitted)
        print(f"\nWritten to {options.catalogue}. Build, then `make docs` for the pages.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
