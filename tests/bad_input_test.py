"""Input that is no capture, or a broken one.

Nothing readable: status 2 and one line on standard error that names the file, what was found and
what was expected. Something readable: a report of it (status 0 or 1) whose data_quality says what
is missing. Never a crash, never more than ten seconds.
"""

import gzip
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("WHYDOWN_SOURCE", pathlib.Path(__file__).parent.parent))
PROGRAM = os.environ.get("WHYDOWN", str(SOURCE / "build/release/whydown"))
CAPTURES = SOURCE / "examples/captures"
SECONDS = 10
CUT_STEP = 97  # bytes; odd, so that cuts fall everywhere in records


class Failure(Exception):
    pass


def run(*paths, **more):
    done = subprocess.run([PROGRAM, "report", "-f", "json", *map(str, paths)], capture_output=True,
                          timeout=SECONDS, check=False, **more)
    if done.returncode not in (0, 1, 2):
        said = done.stderr[-400:].decode(errors="replace")
        raise Failure(f"ended with {done.returncode}: {said}")
    return done


def refused(done, name):
    lines = done.stderr.decode().splitlines()
    if done.returncode != 2:
        raise Failure(f"status {done.returncode}, expected 2")
    if len(lines) != 1 or str(name) not in lines[0] or "expected" not in lines[0]:
        raise Failure(f"expected one line naming {name}, what was found and expected: {lines}")
    if done.stdout:
        raise Failure("wrote to standard output although there is nothing to report")


def partial(done, *words):
    """A report with remarks; each of `words` (or one of a tuple's) is in one of them."""
    if done.returncode == 2:
        raise Failure(f"refused, expected a partial report: {done.stderr.decode()}")
    report = json.loads(done.stdout)
    remarks = json.dumps(report.get("data_quality", [])).lower()
    if not report.get("data_quality"):
        raise Failure("data_quality is empty, expected it to say what is missing")
    for word in words:
        if not any(choice in remarks for choice in (word if isinstance(word, tuple) else (word,))):
            raise Failure(f"data_quality does not speak of {word}: {remarks[:400]}")
    return report


# --- Making inputs -----------------------------------------------------------------------------

PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)


def record(frame, second=0, claim=None):
    length = len(frame) if claim is None else claim
    return struct.pack("<IIII", 1_800_000_000 + second, 0, length, length) + frame


def dns_frame(question):
    message = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + question + struct.pack(">HH", 1, 1)
    udp = struct.pack(">HHHH", 40000, 53, 8 + len(message), 0) + message
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                     bytes([192, 0, 2, 15]), bytes([203, 0, 113, 2]))
    return bytes(12) + b"\x08\x00" + ip + udp


def record_ends(capture):
    """The offsets at which a little-endian pcap file may end without damage."""
    ends, offset = [24], 24
    while offset + 16 <= len(capture):
        offset += 16 + struct.unpack_from("<I", capture, offset + 8)[0]
        ends.append(offset)
    return ends


def write(folder, name, data):
    path = pathlib.Path(folder) / name
    path.write_bytes(data)
    return path


# --- Cases -------------------------------------------------------------------------------------

def empty_file(folder):
    path = write(folder, "empty.pcap", b"")
    refused(run(path), path)


def folder_as_input(folder):
    refused(run(folder), folder)


def missing_file(folder):
    path = pathlib.Path(folder) / "there-is-none.pcap"
    refused(run(path), path)


def png_image(folder):
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(range(256)) * 4
    path = write(folder, "picture.pcap", data)
    refused(run(path), path)


def png_on_standard_input(folder):
    path = write(folder, "picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    with open(path, "rb") as file:
        done = run("-", stdin=file)
    refused(done, "standard input" if b"standard input" in done.stderr else "-")


def wrong_magic(folder):
    data = bytearray((CAPTURES / "named-stopped.pcap").read_bytes())
    data[:4] = b"\xa1\xb2\x00\xff"
    path = write(folder, "magic.pcap", bytes(data))
    refused(run(path), path)


def random_bytes(folder):
    data = bytes((i * 7919 + (i >> 3) * 104729) >> 4 & 0xFF for i in range(20000))
    path = write(folder, "noise", data)
    refused(run(path), path)


def compressed_nothing(folder):
    path = write(folder, "nothing.gz", gzip.compress(b"", mtime=0))
    refused(run(path), path)


def compressed_picture(folder):
    path = write(folder, "picture.gz", gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(500), mtime=0))
    refused(run(path), path)


def text_without_packet(folder):
    text = "Dear team,\n\nthe web page does not load since 13:24. Port 53 > all others.\n" * 20
    path = write(folder, "letter.txt", text.encode())
    refused(run(path), path)


def one_good_one_bad(folder):
    path = write(folder, "empty.pcap", b"")
    refused(run(CAPTURES / "healthy-web.pcap", path), path)


def header_only(folder):
    path = write(folder, "no-packets.pcap", PCAP_HEADER)
    done = run(path)
    if done.returncode == 2:
        refused(done, path)
    elif json.loads(done.stdout)["verdict"] == "incident":
        raise Failure("an incident in a capture without packets")


def cut_pcap(folder):
    data = (CAPTURES / "named-stopped.pcap").read_bytes()
    whole = set(record_ends(data))
    first_packet = record_ends(data)[1]
    for length in range(CUT_STEP, len(data), CUT_STEP):
        path = write(folder, "cut.pcap", data[:length])
        done = run(path)
        try:
            if length < first_packet:
                if done.returncode == 2:
                    refused(done, path)
                else:
                    partial(done)
            elif length not in whole:
                partial(done, ("cut", "trunc", "end", "middle", "incomplete"))
        except Failure as error:
            raise Failure(f"cut at byte {length}: {error}") from error


def cut_elsewhere(name):
    def case(folder):
        data = (CAPTURES / name).read_bytes()
        readable = False
        for length in range(1, len(data), CUT_STEP):
            path = write(folder, "cut-" + name, data[:length])
            done = run(path)
            try:
                if done.returncode == 2:
                    refused(done, path)
                    if readable:
                        raise Failure("refused, although a shorter piece of it was read")
                else:
                    # A block or line may end just here, which nobody can tell.
                    readable = json.loads(done.stdout)["inputs"][0]["packets"] > 0
            except Failure as error:
                raise Failure(f"cut at byte {length}: {error}") from error
        whole = json.loads(run(CAPTURES / name).stdout)["inputs"][0]["packets"]
        # zstd gives nothing of a block that is not whole, and a small file is one block.
        if not readable and not name.endswith(".zst"):
            raise Failure("no piece of it could be read")
        if whole == 0:
            raise Failure("the whole of it could not be read")
    return case


def huge_record(folder):
    good = record(dns_frame(b"\x03www\x07example\x03com\x00"))
    path = write(folder, "huge.pcap", PCAP_HEADER + good + record(bytes(60), 1, claim=0xFFFFFFF0))
    partial(run(path))


def huge_first_record(folder):
    path = write(folder, "huge-first.pcap", PCAP_HEADER + record(bytes(60), 0, claim=0xFFFFFFFF))
    done = run(path)
    if done.returncode == 2:
        refused(done, path)
    else:
        partial(done)


def huge_block(folder):
    data = (CAPTURES / "named-stopped.pcapng").read_bytes()
    block = struct.pack("<IIIIIII", 6, 0xFFFFFFF0, 0, 0, 0, 0xFFFFFF00, 0xFFFFFF00) + bytes(40)
    partial(run(write(folder, "huge.pcapng", data + block)))


def names_that_loop(folder):
    loops = [b"\xc0\x0c", b"\x01a\xc0\x0c", b"\xc0\x0e\xc0\x0c", b"\xc0\xff", b"\x3f" + b"a" * 20]
    frames = [dns_frame(question) for question in loops] * 20
    data = PCAP_HEADER + b"".join(record(frame, i) for i, frame in enumerate(frames))
    report = partial(run(write(folder, "loops.pcap", data)), ("dns", "malformed"))
    if report["inputs"][0]["packets"] != len(frames):
        raise Failure(f"read {report['inputs'][0]['packets']} packets of {len(frames)}")
    for remark in report["data_quality"]:
        if remark.get("count", 0) > len(frames):
            raise Failure(f"speaks of more packets than there are: {remark['text']}")


def half_unreadable(folder):
    good = (CAPTURES / "named-stopped-n.txt").read_text().splitlines()
    lines = [text for i, line in enumerate(good) for text in (line, f"%% {i} \u2588\u2588 ?? \x01")]
    report = partial(run(write(folder, "half.txt", "\n".join(lines).encode())))
    if [incident["fault"] for incident in report["incidents"]] != ["dns.port_unreachable"]:
        raise Failure(f"the readable half holds one incident: {report['incidents']}")


def half_unreadable_example(folder):
    del folder
    path = SOURCE / "examples/logs/half-unreadable.log"
    if not path.exists():
        return f"skipped: there is no {path.relative_to(SOURCE)}"
    partial(run(path))
    return None


def no_permission(folder):
    if os.geteuid() == 0:
        return "skipped: root may read everything"
    path = write(folder, "secret.pcap", PCAP_HEADER)
    path.chmod(0)
    refused(run(path), path)
    return None


def inputs_in_reverse(folder):
    data = (CAPTURES / "named-stopped.pcap").read_bytes()
    middle = record_ends(data)[19]
    early = write(folder, "early.pcap", data[:middle])
    late = write(folder, "late.pcap", data[:24] + data[middle:])
    told = []
    for paths in ((early, late), (late, early)):
        report = json.loads(run(*paths).stdout)
        if len(report["incidents"]) != 1:
            raise Failure(f"{len(report['incidents'])} incidents, expected 1")
        incident = report["incidents"][0]
        for item in incident["evidence"]:
            item["input"] = os.path.basename(paths[item["input"]])
        told.append([incident[field] for field in ("fault", "window", "attempts", "evidence")] +
                    [[(c["id"], c["probability"]) for c in incident["causes"]]])
    if told[0] != told[1]:
        raise Failure("the order of the inputs changes the report")


def closed_pipe(folder):
    del folder
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([PROGRAM, "report", "-f", "json", CAPTURES / "named-stopped.pcap"],
                          stdout=writer, stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    os.close(writer)
    # Ending by SIGPIPE is what `head` expects of a filter; everything else is a status of ours.
    if done.returncode not in (0, 1, 2, -signal.SIGPIPE):
        raise Failure(f"ended with {done.returncode}")
    if len(done.stderr.splitlines()) > 1:
        raise Failure(f"more than one line: {done.stderr.decode(errors='replace')}")


CASES = {
    "empty file": empty_file,
    "folder": folder_as_input,
    "missing file": missing_file,
    "PNG image": png_image,
    "PNG image on standard input": png_on_standard_input,
    "wrong magic": wrong_magic,
    "random bytes": random_bytes,
    "gzip of nothing": compressed_nothing,
    "gzip of an image": compressed_picture,
    "text without a packet": text_without_packet,
    "one input good, one bad": one_good_one_bad,
    "header without packets": header_only,
    "pcap cut anywhere": cut_pcap,
    "pcapng cut anywhere": cut_elsewhere("named-stopped.pcapng"),
    "gzip cut anywhere": cut_elsewhere("named-stopped.pcap.gz"),
    "zstd cut anywhere": cut_elsewhere("named-stopped.pcap.zst"),
    "text cut anywhere": cut_elsewhere("named-stopped-v.txt"),
    "record of 4 GB": huge_record,
    "first record of 4 GB": huge_first_record,
    "pcapng block of 4 GB": huge_block,
    "DNS names that point at themselves": names_that_loop,
    "half of the lines unreadable": half_unreadable,
    "half of the lines unreadable, example": half_unreadable_example,
    "no permission": no_permission,
    "two inputs in reverse order": inputs_in_reverse,
    "closed standard output": closed_pipe,
}


def main():
    failed = 0
    for name, case in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                said = case(folder) or "ok"
            except subprocess.TimeoutExpired:
                said = f"FAIL took more than {SECONDS} s"
            except (Failure, ValueError, KeyError, IndexError) as error:
                said = f"FAIL {type(error).__name__}: {error}"
        failed += said.startswith("FAIL")
        print(f"{name}: {said}", flush=True)
    print(f"{len(CASES)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
