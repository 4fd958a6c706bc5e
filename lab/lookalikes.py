#!/usr/bin/env python3
"""Measures, in the captures of a lab run, what separates causes that look alike and what does not.

    lab/lookalikes.py FOLDER... [--scenario GLOB] [--write docs/look-alikes.md]

Prints one Markdown table for each question; with --write it renews the tables between the markers
of a page instead. It speaks of the packets and the labels only, not of the program's reports. The
same folders give the same tables. Exit status: 0 done, 2 a folder or the page could not be used.
"""

import argparse
import collections
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from look import acts, answers, frames, load, runs, silence, times  # noqa: E402
from look.table import code  # noqa: E402 (found beside this file)

TABLES = {
    "icmp": ("ICMP errors about the server", acts.errors),
    "resets": ("Resets that answer a SYN", acts.resets),
    "silence": ("Who else of a silent server answers", silence.table),
    "limits": ("The limit of ICMP errors", times.limits),
    "search": ("The search for a dead neighbour", times.search),
    "repeats": ("Repeats of a SYN", times.repeats),
    "load": ("Rates and latencies under load", load.table),
    "handshakes": ("How far connections get", load.handshakes),
    "answers": ("DNS error answers", answers.table),
}
MARKER = re.compile(r"<!-- lookalikes: ([a-z]+) -->\n(.*?)<!-- end -->\n", re.DOTALL)


def main(words=None):
    options = arguments(words)
    try:
        made = generated(runs.load(options.folders, options.scenario))
        if options.write:
            options.write.write_text(renewed(options.write, made), encoding="utf-8")
        else:
            for name, text in made.items():
                title = TABLES[name][0] if name in TABLES else "Runs"
                print(f"## {title}\n\n{text}")
    except (runs.Bad, frames.Unreadable, OSError) as error:
        print(f"lookalikes: {error}", file=sys.stderr)
        return 2
    return 0


def arguments(words):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", type=pathlib.Path, nargs="+", metavar="FOLDER",
                        help="what lab/run.py --out wrote")
    parser.add_argument("--scenario", default="*", help="shell pattern of scenario ids")
    parser.add_argument("--write", type=pathlib.Path, metavar="PAGE",
                        help="renew the tables of this page")
    return parser.parse_args(words)


def generated(every):
    """{name: text}: the runs first, then each table, of each kernel apart."""
    kernels, guessed = runs.kernels(every)
    out = {"runs": about(kernels, guessed)}
    for name, (_, make) in TABLES.items():
        parts = []
        for kernel, found in kernels.items():
            head = f"Linux {kernel}:\n\n" if len(kernels) > 1 else ""
            parts.append(head + make(found))
        out[name] = "\n".join(parts)
    return out


def about(kernels, guessed):
    lines = []
    for kernel, found in kernels.items():
        views = [view for run in found for view in run.views.values()]
        seeds = ranges({run.seed for run in found})
        each = collections.Counter(run.scenario for run in found).values()
        lines.append(f"- Linux {code(kernel)}: {len(found)} runs of {len(each)} scenarios "
                     f"({min(each)} to {max(each)} of each), seeds {seeds}; {len(views)} captures read, {sum(r.left_out for r in found)} left "
                     "out (text, or a router's `any`, where each packet is there twice).")
    if guessed:
        lines.append("- Runs without a kernel in their `run.json` are taken for this machine's.")
    return "\n".join(lines) + "\n"


def ranges(numbers):
    """1, 2, 3, 5 as "1-3, 5"."""
    spans = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{low}-{high}" if low < high else str(low) for low, high in spans)


def renewed(path, made):
    """The page with its blocks replaced; Bad where a block is missing or unknown."""
    page = path.read_text(encoding="utf-8")
    there = [match.group(1) for match in MARKER.finditer(page)]
    if sorted(there) != sorted(made):
        raise runs.Bad(f"{path}: blocks found: {', '.join(there) or 'none'}; "
                       f"expected each of {', '.join(made)} once")
    return MARKER.sub(lambda match: f"<!-- lookalikes: {match.group(1)} -->\n"
                                    f"{made[match.group(1)]}<!-- end -->\n", page)


if __name__ == "__main__":
    sys.exit(main())
