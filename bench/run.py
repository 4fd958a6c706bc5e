"""Times the whole program against an empty libpcap loop over the same generated captures.

    python3 bench/run.py [--build build/bench] [--packets N] [--pairs N]

Both read from the page cache, in turns, and the medians are compared. What is timed is the plain
`whydown CAPTURE` (or --format json, which also hashes the file). The answer is checked once per
capture through the JSON report: a benchmark that does not look at the answer measures nothing.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent
SEED = 1
GOAL_RATIO = 3.0
GOAL_RSS_MIB = 256
# What is true of each kind of traffic (generate.cpp made it so): the verdict, and for an incident
# the faults that name it rightly, the server it is about and the cause.
TRUTH = {
    "web": ("healthy", set(), None, None),
    "dns": ("healthy", set(), None, None),
    "synflood": ("incident", {"dos.syn_flood"}, "198.19.0.1", "attack"),
}


def generate(generator, kind, packets, folder):
    """The capture's path and its number of packets; made only once."""
    path = folder / f"{kind}-{packets}-{SEED}.pcap"
    count = path.with_suffix(".count")
    if not count.exists() or not path.exists():
        print(f"generating {path} ...", file=sys.stderr)
        made = subprocess.run([generator, kind, str(packets), str(SEED), path], check=True,
                              capture_output=True, text=True)
        count.write_text(made.stdout)
    return path, int(count.read_text())


def warm(path):
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 22):
            pass


def timed(command):
    """Wall seconds, peak resident memory in MiB, exit status and standard output."""
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return seconds, usage.ru_maxrss / 1024, process.returncode, output.read()


def check_report(kind, packets, status, output):
    """What is wrong with the report, or None."""
    verdict, faults, server, cause = TRUTH[kind]
    if status not in (0, 1):
        return f"{kind}: whydown ended with {status}"
    report = json.loads(output)
    found = [incident["fault"] for incident in report["incidents"]]
    if report["inputs"][0]["packets"] != packets:
        return f"{kind}: whydown read {report['inputs'][0]['packets']} packets of {packets}"
    if report["verdict"] != verdict:
        return f"{kind}: verdict {report['verdict']} {found}, expected {verdict}"
    if faults and (found[0] not in faults or
                   server not in report["incidents"][0]["service"]["servers"]):
        return f"{kind}: found {found}, expected one of {sorted(faults)} at {server}"
    if cause and report["incidents"][0]["causes"][0]["id"] != cause:
        return f"{kind}: cause {report['incidents'][0]['causes'][0]['id']}, expected {cause}"
    return None


def check_loop(packets, status, output):
    if status != 0 or int(output.split()[0]) != packets:
        sys.exit(f"the empty loop read {output!r}, expected {packets} packets")


def measure(path, packets, expected_status, chosen):
    """Median seconds of the program and of the loop, and the program's peak memory."""
    command = [chosen.whydown, "report", "-f", chosen.format, path]
    ours, theirs, memory = [], [], []
    for _ in range(chosen.pairs):
        seconds, rss, status, output = timed(command)
        if status != expected_status or not output:
            sys.exit(f"{command} ended with {status}, expected {expected_status}")
        ours.append(seconds)
        memory.append(rss)
        seconds, _, status, output = timed([chosen.tools / "bench_empty_loop", path])
        check_loop(packets, status, output)
        theirs.append(seconds)
    return statistics.median(ours), statistics.median(theirs), max(memory)


def check_answer(kind, path, packets, whydown):
    """Exit status of the JSON report, and what is wrong with it, or None."""
    _, _, status, output = timed([whydown, "report", "-f", "json", path])
    return status, check_report(kind, packets, status, output)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=SOURCE / "build/bench")
    parser.add_argument("--data", type=pathlib.Path, help="(BUILD/bench/data)")
    parser.add_argument("--packets", type=int, default=2_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--whydown", type=pathlib.Path, help="(BUILD/whydown)")
    parser.add_argument("--tools", type=pathlib.Path, help="(BUILD/bench)")
    parser.add_argument("--format", default="text", help="the report that is timed (text)")
    parser.add_argument("--enforce", action="store_true", help="fail when a goal is missed")
    chosen = parser.parse_args()
    chosen.data = chosen.data or chosen.build / "bench/data"
    chosen.whydown = chosen.whydown or chosen.build / "whydown"
    chosen.tools = chosen.tools or chosen.build / "bench"
    return chosen


def main():
    chosen = arguments()
    chosen.data.mkdir(parents=True, exist_ok=True)
    print(f"{'capture':<10}{'packets':>10}{'MiB':>8}{'whydown s':>11}{'loop s':>9}{'ratio':>8}"
          f"{'peak MiB':>10}")
    problems, missed = 0, 0
    for kind in TRUTH:
        path, packets = generate(chosen.tools / "bench_generate", kind, chosen.packets, chosen.data)
        size = path.stat().st_size / (1 << 20)
        warm(path)
        status, wrong = check_answer(kind, path, packets, chosen.whydown)
        ours, theirs, rss = measure(path, packets, status, chosen)
        print(f"{kind:<10}{packets:>10}{size:>8.0f}{ours:>11.3f}{theirs:>9.3f}{ours / theirs:>8.2f}"
              f"{rss:>10.1f}", flush=True)
        if wrong:
            print(f"WRONG {wrong}")
            problems += 1
        missed += ours / theirs > GOAL_RATIO or rss > GOAL_RSS_MIB
    print(f"medians of {chosen.pairs} pairs, from the page cache; goals: ratio {GOAL_RATIO}, peak "
          f"{GOAL_RSS_MIB} MiB: {'kept' if not missed and not problems else 'NOT kept'}")
    return 1 if problems or (chosen.enforce and missed) else 0


if __name__ == "__main__":
    sys.exit(main())
