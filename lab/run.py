#!/usr/bin/env python3
"""Runs the lab: real servers, broken in every way that a scenario describes, captured and labelled.

    lab/run.py --out DIR [--seeds 1,2,3] [--scenario GLOB] [--jobs N] [--list]

Needs root (it makes network namespaces) and the packages of `scripts/setup.sh lab`. Each run is a
process of its own with a deadline; a run that could not be set up, or whose captures do not bear
its labels out, is reported as such and leaves no capture behind. Exit status: 0 all runs were made,
1 some were not, 2 the lab cannot run here.
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from runner import lane, namespace, scenario  # noqa: E402 (found beside this file)

TOOLS = ("ip", "tc", "nft", "iptables", "ip6tables", "tcpdump", "editcap", "zstd", "named",
         "unbound", "dnsmasq", "nginx", "openssl", "traceroute")
SET_UP_SECONDS = 60  # set-up and writing, on a busy machine


def main():
    options = arguments()
    faults = scenario.catalogue_faults(HERE.parent)
    try:
        chosen = [scenario.load(path, faults)
                  for path in scenario.find(options.scenarios, options.scenario)]
        chosen = [each for each in chosen if not each["probe_only"]]  # see lab/probe.py
    except scenario.Refused as error:
        return complain(str(error))
    if not chosen:
        return complain(f"no scenario matches {options.scenario!r} in {options.scenarios}")
    if options.list:
        for each in chosen:
            print(f"{each['id']}: {' '.join(each['story'].split())}")
        return 0
    missing = what_is_missing()
    if missing:
        return complain(missing)
    if options.once is not None:
        return lane.once(chosen[0], options.once, options.out, options.prefix)
    namespace.sweep()
    jobs = [(each, seed) for seed in options.seeds for each in chosen]
    return Lab(options, jobs).run()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", default="build/lab", help="folder for captures and labels")
    parser.add_argument("--seeds", default="1,2,3", type=numbers)
    parser.add_argument("--scenario", default="*",
                        help="shell patterns of scenario ids, with commas between")
    parser.add_argument("--scenarios", default=HERE / "scenarios", help="folder of the scenarios")
    parser.add_argument("--jobs", default=6, type=int, help="runs at once")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--once", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--prefix", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def numbers(text):
    return [int(part) for part in text.replace(" ", ",").split(",") if part]


def complain(words):
    print(f"lab: {words}", file=sys.stderr)
    return 2


def what_is_missing():
    """Why the lab cannot run here, or nothing."""
    if os.geteuid() != 0:
        return "must run as root: it creates network namespaces"
    absent = [tool for tool in TOOLS if not shutil.which(tool)]
    if absent:
        return f"missing: {' '.join(absent)}; run scripts/setup.sh lab"
    probe = f"wdprobe{os.getpid()}"
    try:
        namespace.command("ip", "netns", "add", probe)
        try:
            namespace.command("ip", "-n", probe, "link", "set", "lo", "up")  # fails in a chroot
        finally:
            namespace.command("ip", "netns", "del", probe)
    except namespace.Failed as error:
        return f"this machine lets nobody use network namespaces: {error}"
    return ""


def leave(number, _frame):
    raise SystemExit(128 + number)


class Lab:
    """Runs jobs in parallel lanes; most of a run's time is sleeping."""

    def __init__(self, options, jobs, script=__file__, more=(), seconds=0):
        self.options, self.jobs = options, jobs
        self.script, self.more, self.seconds = script, list(more), seconds
        self.running, self.failed, self.done = [], [], 0
        self.logs = pathlib.Path(tempfile.mkdtemp(prefix="whydown-lab-logs."))

    def run(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, leave)
        started, waiting = time.monotonic(), list(enumerate(self.jobs))
        try:
            while waiting or self.running:
                while waiting and len(self.running) < self.options.jobs:
                    self.start(*waiting.pop(0))
                    time.sleep(0.3)  # set-up is what costs processor time: not all at once
                self.reap()
                time.sleep(0.1)
        finally:
            for lane_run in self.running:
                self.end(lane_run)
            shutil.rmtree(self.logs, ignore_errors=True)
        self.say(f"{self.done} runs made, {len(self.failed)} not, "
                 f"in {time.monotonic() - started:.0f} s")
        for line in self.failed:
            self.say(f"NOT MADE {line}")
        return 1 if self.failed else 0

    def start(self, number, job):
        each, seed = job
        prefix = f"wl{os.getpid()}x{number}"
        log = open(self.logs / str(number), "w+", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-B", self.script, *self.more, "--once", str(seed), "--scenario",
             each["id"], "--scenarios", self.options.scenarios, "--out", self.options.out, "--prefix", prefix],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=namespace.dies_with(os.getpid(), signal.SIGTERM))
        seconds = sum(span[1] for span in each["times"].values()) + SET_UP_SECONDS + self.seconds
        self.running.append({"process": process, "log": log, "prefix": prefix, "job": job,
                             "deadline": time.monotonic() + seconds})

    def reap(self):
        for lane_run in list(self.running):
            status = lane_run["process"].poll()
            late = time.monotonic() > lane_run["deadline"]
            if status is None and not late:
                continue
            self.running.remove(lane_run)
            self.end(lane_run)
            self.report(lane_run, "passed its deadline" if late else status)

    def end(self, lane_run):
        """Whatever the run left behind goes: its process, its namespaces."""
        process = lane_run["process"]
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        namespace.remove(lane_run["prefix"])

    def report(self, lane_run, status):
        each, seed = lane_run["job"]
        lane_run["log"].seek(0)
        lines = lane_run["log"].read().strip().splitlines()
        lane_run["log"].close()
        last = lines[-1] if lines else ""
        name = f"{each['id']} seed {seed}"
        if status == 0:
            self.done += 1
        else:
            self.failed.append(f"{name}: {last or status}" if status == 3
                               else f"{name}: status {status}: {' | '.join(lines[-8:])}")
        number = self.done + len(self.failed)
        self.say(f"[{number}/{len(self.jobs)}] {name}: {'' if status == 0 else 'NOT MADE '}{last}")

    def say(self, words):
        print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
