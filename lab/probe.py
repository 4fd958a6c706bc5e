#!/usr/bin/env python3
"""Runs `whydown probe` from a client of the lab against each fault, and scores what it says.

    lab/probe.py --whydown build/release/whydown [--seeds 1,2,3] [--scenario GLOB] [--jobs N]
                 [--out DIR] [--score-only]

Needs root and what the lab needs. Each run builds a scenario's network, breaks it, and lets the
probe loose in the first victim's namespace, once as root and once as a user without rights. What it
leaves behind counts too. Exit status: 0 the goals hold, 1 they do not, 2 it cannot run here.
"""

import argparse
import asyncio
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import run as lab_run  # noqa: E402 (found beside this file)
from runner import bends, daemons, draw, lane, namespace, probing, scenario  # noqa: E402

NOBODY = "65534"
PROBE_SECONDS = 75  # with its deadline of 30, on a busy machine
GOALS = {"fault": 0.98, "cause": 0.90, "user": 0.80, "healthy": 1.0, "clean": 1.0}


def main():
    options = arguments()
    options.out = pathlib.Path(options.out or tempfile.mkdtemp(prefix="whydown-lab-probe."))
    if not options.score_only:
        status = make_runs(options)
        if status is not None:
            return status
    return score(options.out)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--whydown", type=pathlib.Path, required=True)
    parser.add_argument("--out", help="folder of the reports; by default a new one")
    parser.add_argument("--seeds", default=[1, 2, 3], type=lab_run.numbers)
    parser.add_argument("--scenario", default="*", help="shell patterns of scenario ids")
    parser.add_argument("--scenarios", default=HERE / "scenarios", help=argparse.SUPPRESS)
    parser.add_argument("--jobs", default=3, type=int, help="runs at once")
    parser.add_argument("--score-only", action="store_true", help="of what --out holds already")
    parser.add_argument("--once", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--prefix", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def make_runs(options):
    """A status where there is nothing to score, else None."""
    faults = scenario.catalogue_faults(HERE.parent)
    chosen = [scenario.load(path, faults)
              for path in scenario.find(options.scenarios, options.scenario)]
    chosen = [each for each in chosen if each["id"] in probing.SCENARIOS]
    missing = lab_run.what_is_missing()
    if missing or not chosen or not options.whydown.exists():
        return lab_run.complain(missing or f"no scenario or no program: {options.scenario}")
    if options.once is not None:
        return once(chosen[0], options)
    more = ["--whydown", str(options.whydown.resolve())]
    jobs = [(each, seed) for seed in options.seeds for each in chosen]
    lab = lab_run.Lab(options, jobs, script=__file__, more=more, seconds=3 * PROBE_SECONDS)
    return 2 if lab.run() != 0 and lab.done == 0 else None


class ProbeRun:
    """One broken network, and the probes in it."""

    def __init__(self, world, program):
        self.world, self.program = world, program
        self.client = world.plan.clients[0].name

    def set_up(self):
        world = self.world
        world.network.build()
        for name, spec in world.plan.services.items():
            if spec["daemon"]:
                world.services[name] = daemons.Service(name, world)
                world.services[name].start()
        for service in world.services.values():
            service.wait_ready()
        asyncio.run(self.bend())

    async def bend(self):
        """In a loop: some daemons hand over to their successors after a while."""
        for moment in ("start", "during"):
            for spec in self.world.scenario["bend"]:
                if spec["at"] == moment:
                    bends.BENDS[spec["do"]](self.world, spec)
        await asyncio.sleep(probing.SETTLE)

    def probe(self, folder, name, user=None):
        """One probe; its report, and how it ended."""
        command = [str(self.program), "probe", *probing.target_of(self.world), "-f", "json"]
        if user:
            command = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", *command]
        home = self.world.work / f"home-{name}"
        home.mkdir()
        home.chmod(0o777)
        began = time.monotonic()
        process = self.world.spaces.start(self.client, command, stdout=subprocess.PIPE,
                                          stderr=subprocess.PIPE, cwd=home, text=True)
        try:
            out, errors = process.communicate(timeout=PROBE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, errors = process.communicate()
        left = [f"file {path.name}" for path in home.iterdir()] + self.sockets()
        (folder / f"{name}.json").write_text(out, encoding="utf-8")
        return {"status": process.returncode, "seconds": round(time.monotonic() - began, 1),
                "errors": errors[-600:], "left": left}

    def sockets(self):
        """Of the client's namespace; closed connections that wait to be forgotten are the kernel's."""
        with self.world.spaces.inside(self.client):
            lines = namespace.command("ss", "-aHntuw").splitlines()
        return [f"socket {' '.join(line.split())}" for line in lines
                if "TIME-WAIT" not in line and "FIN-WAIT" not in line]


def truth_of(world):
    if not world.scenario["answer"]:
        return {"fault": None}
    answer = dict(world.scenario["answer"][0])
    answer.update(answer.get("client") or {})
    answer.update(probing.KNOWN_BETTER.get(world.scenario["id"]) or {})
    return {key: answer.get(key) for key in ("fault", "accept", "cause", "ties", "shown")}


def once(each, options):
    folder = options.out / each["id"] / str(options.once)
    shutil.rmtree(folder, ignore_errors=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="whydown-lab."))
    work.chmod(0o755)
    world = lane.World(each, draw.draw(each, options.once), options.prefix, work)
    try:
        run = ProbeRun(world, options.whydown)
        run.set_up()
        folder.mkdir(parents=True)
        notes = {"scenario": each["id"], "seed": options.once, "truth": truth_of(world),
                 "target": probing.target_of(world), "root": run.probe(folder, "root")}
        notes["user"] = run.probe(folder, "user", NOBODY)
        (folder / "run.json").write_text(json.dumps(notes, indent=1) + "\n", encoding="utf-8")
    except namespace.Failed as error:
        print(f"set-up failed: {error}", file=sys.stderr)
        return 3
    finally:
        world.spaces.close()
        shutil.rmtree(work, ignore_errors=True)
    return 0


# --- scoring ---

def read_report(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def found_fault(report):
    if report is None:
        return "no report"
    return report["incidents"][0]["fault"] if report["incidents"] else report["verdict"]


def is_fault_right(report, truth):
    if truth["fault"] is None:
        return report is not None and report["verdict"] == "healthy"
    return found_fault(report) in truth["fault"]


def judge_cause(report, truth):
    """right, tied (the label and the report both say so), or what stands first instead."""
    causes = report["incidents"][0].get("causes", [])
    if not causes:
        return "none ranked"
    top = causes[0]["id"]
    if top == truth["cause"]:
        return "right"
    pairs = [set(pair) for pair in report["incidents"][0].get("inseparable", [])]
    is_tied = top in truth["ties"] and {top, truth["cause"]} in pairs
    return "tied" if is_tied else top


class Score:
    """Counts of each goal, and the runs that missed one."""

    def __init__(self):
        self.counts = {goal: [0, 0] for goal in GOALS}
        self.misses, self.ties, self.seconds = [], 0, []

    def count(self, goal, is_right, words):
        self.counts[goal][0] += bool(is_right)
        self.counts[goal][1] += 1
        if not is_right:
            self.misses.append(f"{goal:8} {words}")

    def add(self, folder):
        notes = read_report(folder / "run.json")
        if notes is None:
            return
        truth, name = notes["truth"], f"{notes['scenario']} seed {notes['seed']}"
        root, user = (read_report(folder / f"{each}.json") for each in ("root", "user"))
        goal = "healthy" if truth["fault"] is None else "fault"
        self.seconds.append(notes["root"]["seconds"])
        self.count(goal, is_fault_right(root, truth), f"{name}: {found_fault(root)}")
        self.count("user" if goal == "fault" else goal, is_fault_right(user, truth),
                   f"{name}: without rights {found_fault(user)}")
        left = notes["root"]["left"] + notes["user"]["left"]
        self.count("clean", not left, f"{name}: left {left}")
        if goal == "fault" and is_fault_right(root, truth):
            cause = judge_cause(root, truth)
            self.ties += cause == "tied"
            self.count("cause", cause in ("right", "tied"), f"{name}: {truth['cause']} is {cause}")


def score(out):
    total = Score()
    for path in sorted(out.glob("*/*/run.json")):
        total.add(path.parent)
    is_good = bool(total.seconds)
    for line in total.misses:
        print(f"miss {line}")
    for goal, (right, of) in total.counts.items():
        share = right / of if of else 0
        is_good = is_good and (of == 0 or share >= GOALS[goal])
        print(f"{goal:8} {right:4} of {of:4}  {100 * share:5.1f} %  (goal {100 * GOALS[goal]:.0f} %)")
    print(f"causes honestly tied: {total.ties}; a probe took {max(total.seconds, default=0):.0f} s "
          f"at most; {out}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
