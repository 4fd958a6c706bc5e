"""`-f pcapng` over every example capture: the packets that the JSON report cites, no others, byte for
byte as they are in the capture, each with comments; and tshark, where it is installed, shows them.
"""

import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import captures
import expectation
from expectation import SOURCE, Failure

FOLDER = SOURCE / "examples/captures"
TSHARK_EVERY = 6  # it takes half a second to start
TEXT = {".txt", ".log", ".md"}


def write_evidence(arguments, output, stdin=None):
    done = subprocess.run([expectation.PROGRAM, "report", "-f", "pcapng", "-o", str(output),
                           *map(str, arguments)], stdin=stdin, capture_output=True, check=False,
                          timeout=expectation.SECONDS)
    if done.returncode not in (0, 1):
        raise Failure(f"status {done.returncode}: {done.stderr.decode()}")
    return done.returncode


def cited(report):
    """(input, packet) of all that the incidents cite."""
    found = set()
    for incident in report["incidents"]:
        for item in incident.get("evidence", []):
            found.add((item["input"], item["packet"]))
        arguments = [argument for cause in incident["causes"]
                     for argument in cause["for"] + cause["against"]]
        for item in arguments + incident.get("facts", []):
            places = item.get("places") or [{"input": 0, "packet": number}
                                            for number in item.get("packets", [])]
            found |= {(place["input"], place["packet"]) for place in places}
    return found


def where(packet):
    match = re.match(r"Packet (\d+) of input (\d+)\. ", packet.comments[0])
    if not match:
        raise Failure(f"no number in {packet.comments[0]!r}")
    return int(match[2]) - 1, int(match[1])


def check(paths, folder, stdin=None):
    output = pathlib.Path(folder) / "evidence.pcapng"
    handle = open(stdin, "rb") if stdin else None
    status = write_evidence(["-"] if stdin else paths, output, stdin=handle)
    want_status, report = expectation.run([str(path) for path in paths])
    report = expectation.parse(report)
    written = captures.read(output)
    originals = [captures.read(path).packets for path in paths]
    if status != want_status:
        raise Failure(f"status {status}, with JSON {want_status}")
    found = {where(packet): packet for packet in written.packets}
    if set(found) != cited(report) or len(found) != len(written.packets):
        raise Failure(f"has {sorted(found)}, the report cites {sorted(cited(report))}")
    for (index, number), packet in found.items():
        original = originals[index][number - 1]
        for field in ("bytes", "wire_length", "time_ns", "link_type"):
            if getattr(packet, field) != getattr(original, field):
                raise Failure(f"packet {number} of input {index + 1}: another {field}")
        if not all(1 <= len(comment) <= 8192 for comment in packet.comments):
            raise Failure(f"packet {number}: a comment without words, or without end")
    for path in paths:
        digest = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
        if digest not in written.section_comment:
            raise Failure(f"the section comment lacks the hash of {path}")
    return written


def check_tshark(path, written):
    """What tshark makes of the file: the same number of packets, and their comments."""
    done = subprocess.run(["tshark", "-r", str(path), "-T", "fields", "-e", "frame.number", "-e",
                           "frame.comment"], capture_output=True, check=False, timeout=60)
    lines = done.stdout.decode().splitlines()
    if done.returncode != 0 or len(lines) != len(written.packets):
        raise Failure(f"tshark: status {done.returncode}, {len(lines)} packets of "
                      f"{len(written.packets)}: {done.stderr.decode()[:300]}")
    for line, packet in zip(lines, written.packets):
        if not all(comment[:60] in line for comment in packet.comments):
            raise Failure(f"tshark does not show the comments: {line[:200]}")


def expect_refused(arguments, *words, **more):
    done = subprocess.run([expectation.PROGRAM, "report", *map(str, arguments)],
                          capture_output=True, check=False, timeout=60, **more)
    said = done.stderr.decode()
    if done.returncode != 2 or len(said.splitlines()) != 1:
        raise Failure(f"{arguments}: status {done.returncode}, {said!r}")
    for word in words:
        if word not in said:
            raise Failure(f"{arguments}: {said!r} does not say {word!r}")


def cases(folder):
    """Each case: its name, and what to call."""
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TEXT or path.suffix == ".zst":
            continue
        yield path.name, lambda path=path: check([path], folder)
    one = FOLDER / "named-stopped.pcap"
    pair = [FOLDER / "iptables-drop.pcap", FOLDER / "iptables-drop-server.pcap"]
    log = SOURCE / "examples/logs/dns-port-unreachable.log"
    output = pathlib.Path(folder) / "no.pcapng"
    yield "two inputs", lambda: check(pair, folder)
    yield "standard input", lambda: check([one], folder, stdin=one)
    yield "a text log", lambda: expect_refused(["-f", "pcapng", "-o", output, log], str(log),
                                               "holds words", "tcpdump -w")
    yield "a missing file", lambda: expect_refused(["-f", "pcapng", "-o", output, "none.pcap"],
                                                   "none.pcap", "no such file")
    yield "its own input", lambda: expect_refused(["-f", "pcapng", "-o", one, one],
                                                  "one of the inputs")


def main():
    tshark = shutil.which("tshark")
    failed = count = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, case in cases(folder):
            count += 1
            try:
                written = case()
                if tshark and written and count % TSHARK_EVERY == 1:
                    check_tshark(pathlib.Path(folder) / "evidence.pcapng", written)
            except (Failure, subprocess.TimeoutExpired, AssertionError, KeyError) as error:
                failed += 1
                print(f"FAIL {name}: {type(error).__name__}: {error}")
    if not tshark:
        print("SKIPPED in part: tshark is not installed, so nobody but this test read the files")
    print(f"{count} cases, {failed} failed")
    return 1 if failed or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
