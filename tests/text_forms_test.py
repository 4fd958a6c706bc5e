"""What people paste of a capture tells what the capture tells, as far as its words go.

Every golden of tests/lab/ whose protocol shows words is listed by tshark and by tcpdump, and the
list is diagnosed: the same fault, or one that is true as well (ALSO_TRUE), or none, but of TOLD, of
which every form shows all there is; and of the healthy ones none (of these the first form is looked
at). Skipped where the tools are missing.

    text_forms_test.py [--table] [PATTERN ...]    --table shows every answer, and all forms
"""

import collections
import concurrent.futures
import fnmatch
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import expectation
from expectation import SOURCE

SKIPPED = 77
FOLDER = SOURCE / "tests/lab"
FORMS = {"tshark": ["tshark", "-r"], "-n": ["tcpdump", "-nr"], "-nv": ["tcpdump", "-nvr"],
         "-nvv": ["tcpdump", "-nvvr"], "-ntttt": ["tcpdump", "-nttttr"]}
TESTED = ("tshark", "-nv")
PATTERNS = ("tls.*", "http.*", "app.error.*", "dhcp.*", "bruteforce.*", "tcp.*", "ip.*", "healthy.*")
TOLD = ("tcp.*", "ip.pmtu_blackhole.*")
# Of a fault whose own words a form does not show: what it shows of it.
ALSO_TRUE = {
    "tls.certificate_expired": {"tls.alert"},
    "tls.certificate_name": {"tls.alert"},
    "tls.certificate_untrusted": {"tls.alert"},
    "tls.alert": {"tcp.reset"},
    "tls.no_handshake": {"tcp.reset", "tcp.stall", "ip.pmtu_blackhole"},
}


def unpacked(capture, folder):
    """The capture as a file that tcpdump reads, or None where it is text already."""
    data = capture.read_bytes()
    if capture.suffix == ".gz":
        data = gzip.decompress(data)
    elif capture.suffix == ".zst":
        data = subprocess.run(["zstd", "-dcq", str(capture)], capture_output=True,
                              check=True).stdout
    if not data.startswith((b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1", b"\x0a\x0d\x0d\x0a",
                            b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d")):
        return None
    path = folder / capture.name
    path.write_bytes(data)
    return path


def faults_of(text):
    done = subprocess.run([expectation.PROGRAM, "report", "-f", "json", str(text)],
                          capture_output=True, timeout=expectation.SECONDS, check=False)
    if done.returncode not in (0, 1):
        return None
    return [(each["fault"], each["causes"][0]["id"] if each["causes"] else "")
            for each in json.loads(done.stdout)["incidents"]]


def listed(capture, form, folder):
    path = folder / f"{capture.name}.{form}.txt"
    with open(path, "wb") as file:
        subprocess.run([*FORMS[form], str(capture)], stdout=file, stderr=subprocess.DEVNULL,
                       env={**os.environ, "TZ": "UTC"}, check=False)
    return path


def judged(want, faults):
    """same, also (true as well), silent, or wrong."""
    expected = {each["fault"] for each in (want.get("incident", {}), *want.get("further", []))
                if each}
    also = set(want.get("also_allowed", [])).union(*(ALSO_TRUE.get(each, set())
                                                     for each in expected))
    if faults is None:
        return "unread"
    found = {fault for fault, _ in faults}
    if not found:
        return "silent" if expected else "same"
    if not found <= expected | also:
        return "wrong"
    return "same" if found & expected else "also"


def is_told(stem):
    return any(fnmatch.fnmatch(stem, pattern) for pattern in TOLD)


def check(path, forms, folder):
    want = json.loads(path.read_text(encoding="utf-8"))
    capture = unpacked(path.parent / want["capture"], folder)
    if capture is None:
        return path.stem, {}
    answers = {}
    # Where nothing is to be found, the form with the most words says most.
    for form in forms if "incident" in want else forms[:1]:
        faults = faults_of(listed(capture, form, folder))
        answers[form] = (judged(want, faults), faults)
    return path.stem, answers


def main(arguments):
    if not shutil.which("tshark") or not shutil.which("tcpdump") or not shutil.which("zstd"):
        print("SKIPPED: tshark, tcpdump or zstd is missing")
        return SKIPPED
    shows_all = "--table" in arguments
    patterns = [each for each in arguments if each != "--table"] or PATTERNS
    goldens = [path for path in sorted(FOLDER.glob("*.json"))
               if any(fnmatch.fnmatch(path.stem, pattern) for pattern in patterns)]
    forms = tuple(FORMS) if shows_all else TESTED
    totals = {form: collections.Counter() for form in forms}
    failed = 0
    with tempfile.TemporaryDirectory() as name, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = pathlib.Path(name)
        for stem, answers in pool.map(lambda path: check(path, forms, folder), goldens):
            for form, (verdict, faults) in answers.items():
                totals[form][verdict] += 1
                is_bad = verdict in ("wrong", "unread") or (verdict == "silent" and is_told(stem))
                failed += is_bad
                if is_bad or shows_all:
                    said = ", ".join("/".join(each) for each in faults or []) or "-"
                    print(f"{'FAIL' if is_bad else 'ok  '} {stem} {form}: {verdict} {said}")
    for form, counts in totals.items():
        print(f"{form:8}", ", ".join(f"{count} {verdict}" for verdict, count in
                                     sorted(counts.items())))
    print(f"{len(goldens)} goldens, {failed} wrong")
    return 1 if failed or not goldens else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
