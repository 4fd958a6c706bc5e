"""Runs the program on captures."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess

from score import labels

SECONDS = 120  # for one capture; far more than any of the lab's needs


def default_program():
    return os.environ.get("WHYDOWN", str(labels.SOURCE / "build/release/whydown"))


def add_options(parser):
    """The options of every program that runs the program."""
    parser.add_argument("--whydown", metavar="PROGRAM", default=default_program())
    parser.add_argument("--jobs", type=_count, metavar="N", help="captures at a time")


def _count(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found \"{text}\"; expected a number of 1 or more")
    return int(text)


def seeds(text):
    """labels.seed_filter as the type of an option."""
    try:
        return labels.seed_filter(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def report_of(program, capture, options=()):
    """The program's report of one capture and None, or None and why there is no report."""
    command = [program, "report", "-f", "json", *options, str(capture)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, f"no report within {SECONDS} s"
    if done.returncode < 0:
        return None, f"crashed with signal {-done.returncode}"
    if done.returncode not in (0, 1):
        return None, done.stderr.decode(errors="replace").strip() or f"status {done.returncode}"
    try:
        return json.loads(done.stdout), None
    except ValueError as error:
        return None, f"the report is not JSON: {error}"


def reports_of(program, captures, jobs=None, options=()):
    """report_of() for each capture, in their order."""
    program = str(pathlib.Path(program))
    with concurrent.futures.ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        return list(pool.map(lambda capture: report_of(program, capture, options), captures))


def check(program):
    """Raises OSError where there is no program to run."""
    try:
        subprocess.run([program, "--version"], stdin=subprocess.DEVNULL, capture_output=True,
                       timeout=SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise OSError(f"{program}: found {error}; expected the program (build it first)") from error
