#!/usr/bin/env python3
"""Holds `whydown explain` to the pages kept in tests/explain/, to its picks, and to bounded memory.

UPDATE=1 writes the pages anew: read them before you keep them.
"""
import os
import resource
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(os.environ.get("WHYDOWN_SOURCE", "."))
WHYDOWN = os.environ.get("WHYDOWN", "build/release/whydown")

# page, input, --packet
PAGES = [
    ("six-lines", "logs/dns-port-unreachable.log", None),
    ("table", "logs/wireshark-incident.txt", None),
    ("web", "captures/named-stopped.pcap", "1-12"),
    ("error", "captures/named-stopped.pcap", "15-16"),
    ("ipv6", "captures/ipv6-port-unreachable.pcap", "7-9"),
]
faults = []


def check(holds, message):
    if not holds:
        faults.append(message)
        print(message)


def explain(*arguments, **options):
    return subprocess.run([WHYDOWN, "explain", *map(str, arguments)], capture_output=True, text=True,
                          timeout=120, check=False, **options)


def check_pages():
    for name, path, pick in PAGES:
        arguments = [SOURCE / "examples" / path] + (["--packet", pick] if pick else [])
        done = explain(*arguments)
        check(done.returncode == 0, f"{name}: status {done.returncode}: {done.stderr}")
        page = SOURCE / "tests" / "explain" / f"{name}.txt"
        if os.environ.get("UPDATE"):
            page.write_text(done.stdout, encoding="utf-8")
        check(page.read_text(encoding="utf-8") == done.stdout, f"{page} is not what is written now")
        check(explain(*arguments).stdout == done.stdout, f"{name}: two runs differ")


def told(text):
    """The relations and verdicts of each packet, which do not depend on what was taught before."""
    out, key, kept = {}, None, False
    for line in text.splitlines():
        if line.startswith(("Packet ", "Line ")):
            key, kept = line.split(",")[0], False
            out[key] = []
        kept = kept or line.startswith(("  Before:", "  Normal?"))
        if key and kept:
            out[key].append(line)
        kept = kept and bool(line)
    return out


def check_picks():
    capture = SOURCE / "examples/captures/named-stopped.pcap"
    whole = told(explain(capture).stdout)
    for number in (4, 8, 16):
        part = told(explain(capture, "--packet", number).stdout)
        check(list(part) == [f"Packet {number}"], f"--packet {number} gave {list(part)}")
        check(part.get(f"Packet {number}") == whole[f"Packet {number}"],
              f"packet {number} is told otherwise when it is picked")
    log = SOURCE / "examples/logs/dns-port-unreachable.log"
    rows = [(("--packet", "5"), 0, "Line 5,"), (("--packet", "1"), 2, "nearest after is line 4"),
            (("--packet", "2:5"), 2, "--packet"), (("--packet", "5-4"), 2, "--packet"),
            (("--packet", "0"), 2, "--packet"), (("-f", "json"), 2, "text or md"),
            (("-f", "md"), 0, "## Line 4, 13:24:32.192571"),
            (("--since", "13:28"), 0, "All in all"), (("--date", "2026-01-02"), 0, "2026-01-02 13:24:32")]
    for arguments, status, words in rows:
        done = explain(log, *arguments)
        check(done.returncode == status, f"{arguments}: status {done.returncode}")
        check(words in done.stdout + done.stderr, f"{arguments}: no \"{words}\" in {done.stderr}")
    check("nearest before is line 9" in explain(log, "--packet", "10").stderr, "no nearest line")
    done = explain(capture, "--since", "13:24")
    check(done.returncode == 2 and not done.stdout and "a date" in done.stderr,
          f"a clock time alone for a capture: {done.stderr}")
    check("There is no packet to explain" in explain(log, "--until", "01:00").stdout, "an empty page")
    part = explain(capture, "--filter", "udp port 53").stdout
    check("All in all" in part and "No TCP packet" not in part, "absent is what was not looked at")
    both = explain(log, log, "--packet", "2:5").stdout
    check(both.startswith("Line 5 of input 2,"), "2:5 is the second input's")


def check_hostile():
    log = "13:24:32.1 IP 192.0.2.1.4000 > 192.0.2.2.53: 7+ A? a\x1b[31mb\u202e.example. (40)\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.log"
        path.write_text(log * 2, encoding="utf-8")
        for form in ("text", "md"):
            text = explain(path, "-f", form).stdout
            check("\x1b" not in text and "\u202e" not in text, f"{form}: the terminal is reached")
            check("example" in text, f"{form}: the name is gone")


def write_syns(path, count):
    """SYNs of as many conversations, a microsecond apart."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for i in range(count):
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, i & 0xFFFF, 0, 64, 6, 0,
                             struct.pack(">I", 0x0A000000 + i), b"\xc0\x00\x02\x01")
            tcp = struct.pack(">HHIIBBHHH", 4000, 80, i, 0, 0x50, 2, 64240, 0, 0)
            out.write(struct.pack("<IIII", 1767360000 + i // 1000000, i % 1000000, 40, 40) + ip + tcp)


def peak_kib(arguments):
    """The peak memory of one run."""
    child = os.fork()
    if child == 0:
        with open(os.devnull, "wb") as nothing:
            subprocess.run([WHYDOWN, "explain", *map(str, arguments)], stdout=nothing, check=True)
        os._exit(min(255, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) * 1024


def check_memory():
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.pcap", Path(folder) / "large.pcap"
        write_syns(small, 60_000)
        write_syns(large, 150_000)
        for more in (["--packet", "60000"], ["--packet", "150000"]):
            path = small if more[1] == "60000" else large
            check(explain(path, *more).returncode == 0, f"{path.name}: not read")
        before = peak_kib([small, "--packet", "60000"])
        after = peak_kib([large, "--packet", "150000"])
        print(f"peak memory: {before} KiB for 60,000 conversations, {after} KiB for 150,000")
        check(after <= before + 4096, "memory grows with the input")
        check(after < 128 * 1024, "more memory than the bill says")
        closing = explain(small).stdout.rsplit("All in all", 1)[1]
        check("were given up, the oldest" in " ".join(closing.split()), "what was forgotten is not said")


def main():
    check_pages()
    check_picks()
    check_hostile()
    check_memory()
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
