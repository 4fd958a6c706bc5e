"""`--redact` over every example: nothing that identifies is left in any output, the diagnosis is the
same apart from it, and one original has one stand-in everywhere.

What identifies is found by this test itself: addresses and hardware addresses in the captures'
headers, names and addresses in the words of the plain report and of the logs.
"""

import ipaddress
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import captures
import expectation
from expectation import SOURCE, Failure, expect

KEY = "".join(f"{byte:02x}" for byte in range(32)) + "\n"
TEXT_FILES = ("report.txt", "report.json", "report.md", "report.html", "worksheet.md",
              "supervisor.md", "events.ndjson", "manifest.json", "SHA256SUMS")
# Of the tool's own words and of the catalogue, not of a capture.
OWN_ADDRESSES = {"9.9.9.9", "3.2.2.1", "5.2.7.1", "127.0.0.1", "0.0.0.0", "::1", "::",
                 "255.255.255.255"}
NAME = re.compile(r"\b(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*\b", re.IGNORECASE)
MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
V4 = re.compile(r"(?<![\w.])\d+\.\d+\.\d+\.\d+(?![\w.]*\d)")


# Without the programs that make PDF and DOCX of the page: they would take minutes for all of this.
WITHOUT_OFFICE = {**os.environ, "PATH": "/nowhere"}


def run(*arguments, **more):
    return subprocess.run([expectation.PROGRAM, *map(str, arguments)], capture_output=True,
                          check=False, timeout=expectation.SECONDS,
                          **{"env": WITHOUT_OFFICE, **more})


def bundle(folder, paths, *options):
    done = run("report", "-f", "bundle", "-o", folder, *options, *paths)
    if done.returncode not in (0, 1):
        raise Failure(f"status {done.returncode}: {done.stderr.decode()}")
    return done.returncode


# --- What identifies ---------------------------------------------------------------------------

def is_special(address):
    """Of addresses that stand for themselves."""
    if address.is_loopback or address.is_unspecified or address == ipaddress.ip_address("255.255.255.255"):
        return True
    if address.version == 4:
        return address in ipaddress.ip_network("224.0.0.0/24")
    return address.is_multicast and int(address) & ((1 << 112) - 1) < 0x20000


def network_at(packet):
    """Where the IP or ARP header of a packet begins, and its ethertype."""
    data = packet.bytes
    if packet.link_type == 1:
        return 14, int.from_bytes(data[12:14], "big")
    if packet.link_type == 113:
        return 16, int.from_bytes(data[14:16], "big")
    if packet.link_type == 276:
        return 20, int.from_bytes(data[0:2], "big")
    return 0, {4: 0x800, 6: 0x86dd}.get(data[0] >> 4 if data else 0, 0)


def secrets_of_packet(packet):
    """Addresses and MACs in the headers, as bytes."""
    data = packet.bytes
    if packet.link_type == 1:
        yield from (data[0:6], data[6:12])
    if packet.link_type == 113:
        yield data[6:12]
    at, ethertype = network_at(packet)
    ends = {0x800: ((12, 4), (16, 4)), 0x86dd: ((8, 16), (24, 16)),
            0x806: ((8, 6), (14, 4), (18, 6), (24, 4))}.get(ethertype, ())
    for offset, size in ends:
        yield data[at + offset:at + offset + size]


def keep_secret(raw):
    if len(raw) == 6:
        well_known = (bytes(6), b"\xff" * 6)
        return raw not in well_known and not raw.startswith((b"\x33\x33\x00\x00", b"\x01\x80\xc2",
                                                             b"\x01\x00\x5e\x00\x00"))
    return len(raw) in (4, 16) and not is_special(ipaddress.ip_address(raw))


def binary_secrets(paths):
    found = set()
    for path in paths:
        for packet in captures.read(path).packets:
            found.update(filter(keep_secret, secrets_of_packet(packet)))
    return found


def words_of(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from words_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from words_of(item)
    elif isinstance(value, str):
        yield value


def names_in(report):
    """DNS names and host names that the plain report speaks of."""
    found = set()
    for incident in report["incidents"]:
        found.update(incident["service"].get("names", []))
        found.update(incident["service"].get("servers", []))
        found.update(incident["clients"].get("addresses", []))
        found.update(entry["address"] for entry in incident.get("impact", []))
        for item in incident.get("evidence", []):
            found.update(re.findall(r"DNS (?:query|answer)(?: over TCP)? [A-Z0-9]+ ([^ :]+)",
                                    item["text"]))
    listed = re.search(r"\(names: (.*?)\)", report.get("verdict_text", ""))
    if listed:
        found.update(re.split(r", | and ", listed[1]))
    return {name for name in found if NAME.fullmatch(name) and not is_address(name)}


def is_address(text):
    try:
        ipaddress.ip_address(text)
        return True
    except ValueError:
        return False


def wire(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))


# --- Checks ------------------------------------------------------------------------------------

def text_secrets(paths, report):
    secrets = set(names_in(report))
    for raw in binary_secrets([path for path in paths if is_capture(path)]):
        secrets.add(str(ipaddress.ip_address(raw)) if len(raw) != 6 else raw.hex(":"))
    for path in paths:
        secrets |= {str(path), path.name}
        if not is_capture(path):
            secrets |= {text for text in V4.findall(path.read_text(errors="replace"))
                        if is_address(text)}
    return {text for text in secrets - OWN_ADDRESSES
            if not (is_address(text) and is_special(ipaddress.ip_address(text)))}


def is_capture(path):
    return ".pcap" in path.name and path.suffix != ".zst"


def find_none(secrets, name, text):
    text = text.lower()
    for secret in secrets:
        if re.search(r"(?<![\w.-])" + re.escape(secret.lower()) + r"(?![\w-]|\.\w)", text):
            raise Failure(f"{name} holds {secret!r}")


def check_explained(key, paths, report):
    """`explain --redact` holds no original, and as many packets as without."""
    plain, masked = run("explain", *paths), run("explain", "--redact-key", key, *paths)
    expect("status of explain", (plain.returncode, masked.returncode), (0, 0))
    secrets = text_secrets(paths, report) - {str(path) for path in paths}
    # Ports written behind an address with a dot.
    text = re.sub(r"(\d)\.(\d+|[a-z-]+)(?=[:,\s])", r"\1 \2", masked.stdout.decode())
    find_none(secrets, "explain", text)
    find_none(secrets, "explain", masked.stdout.decode())
    heads = [re.findall(r"(?m)^(?:Line|Packet) \d+", done.stdout.decode()) for done in (plain, masked)]
    expect("packets explained", len(heads[1]), len(heads[0]))


def check_no_secret(folder, paths, report):
    secrets = text_secrets(paths, report)
    if not secrets:
        raise Failure("found nothing to look for")
    for name in TEXT_FILES:
        find_none(secrets, name, (folder / name).read_text())
    evidence = folder / "evidence.pcapng"
    if not evidence.exists():
        return
    data = evidence.read_bytes()
    forms = {text.encode() for text in secrets} | {wire(name) for name in names_in(report)}
    for secret in forms | {secret for path in paths if is_capture(path)
                           for secret in binary_secrets([path])}:
        if secret in data:
            raise Failure(f"evidence.pcapng holds {secret!r}")


TOKEN = re.compile(r"[0-9A-Za-z_.:-]+|[^0-9A-Za-z_.:-]")


def paired_words(plain, masked, where=""):
    """Words of both reports side by side; fails where anything else differs."""
    if isinstance(plain, dict) and isinstance(masked, dict):
        expect(f"{where}: fields", sorted(masked), sorted(plain))
        for key, value in plain.items():
            yield from paired_words(value, masked[key], f"{where}/{key}")
    elif isinstance(plain, list) and isinstance(masked, list):
        expect(f"{where}: length", len(masked), len(plain))
        for number, value in enumerate(plain):
            yield from paired_words(value, masked[number], f"{where}/{number}")
    elif isinstance(plain, str) and isinstance(masked, str):
        one, other = TOKEN.findall(plain), TOKEN.findall(masked)
        if len(one) != len(other):
            raise Failure(f"{where}: {plain!r} and {masked!r}")
        yield from zip(one, other)
    else:
        expect(where, masked, plain)


def strip(report):
    """What a redaction changes by design."""
    report["tool"].pop("command", None)
    for entry in report["inputs"]:
        for field in ("path", "sha256", "hmac_sha256", "filter"):
            entry.pop(field, None)
    for remark in report.get("data_quality", []):
        if '"' in remark["text"] or "[withheld]" in remark["text"]:
            remark["text"] = ""
    report["data_quality"] = [remark for remark in report.get("data_quality", [])
                              if remark["id"] != "report.redacted"]
    return report


def endpoint(token):
    """ "192.0.2.1:53" and "2001:db8::1" without port and full stop."""
    token = token.strip(".:")
    match = re.fullmatch(r"([^:]+):\d+", token)
    return match[1] if match else token


def without_port(original, stand_in):
    """The catalogue's "{server}:{port}" of IPv6: an address itself, with the same end in both."""
    one, _, port = original.rpartition(":")
    other, _, same = stand_in.rpartition(":")
    if port == same and is_address(one) and is_address(other):
        return one, other
    return original, stand_in


def stand_ins(plain, masked):
    """Original to stand-in, for all that differs; one to one."""
    pairs = {}
    for original, stand_in in paired_words(plain, masked):
        original, stand_in = without_port(endpoint(original), endpoint(stand_in))
        if original == stand_in:
            continue
        if not (is_address(original) or NAME.fullmatch(original) or
                re.fullmatch(r"[\w.-]+", original) or MAC.fullmatch(original) and MAC.fullmatch(stand_in)):
            raise Failure(f"{original!r} became {stand_in!r}")
        if pairs.setdefault(original, stand_in) != stand_in:
            raise Failure(f"{original!r} became {stand_in!r} and {pairs[original]!r}")
        if is_address(original) != is_address(stand_in):
            raise Failure(f"{original!r} became {stand_in!r}")
    if len(set(pairs.values())) != len(pairs):
        raise Failure(f"two originals became one: {pairs}")
    return pairs


def check_frames(plain, masked, pairs):
    """In the evidence, an original's place holds its stand-in, or zeros."""
    one = captures.read(plain / "evidence.pcapng").packets
    other = captures.read(masked / "evidence.pcapng").packets
    expect("evidence packets", len(other), len(one))
    forms = {}
    for original, stand_in in pairs.items():
        if is_address(original):
            forms[ipaddress.ip_address(original).packed] = ipaddress.ip_address(stand_in).packed
        elif "." in original:
            forms[wire(original)] = wire(stand_in)
    seen = 0
    for before, after in zip(one, other):
        expect("size", (len(after.bytes), after.wire_length, after.time_ns),
               (len(before.bytes), before.wire_length, before.time_ns))
        for original, stand_in in forms.items():
            at = before.bytes.find(original)
            while at >= 0:
                found = after.bytes[at:at + len(original)]
                if found != stand_in and any(found):
                    raise Failure(f"{original!r} became {found!r}, not {stand_in!r}")
                seen += found == stand_in
                at = before.bytes.find(original, at + 1)
    if one and not seen:
        raise Failure("no stand-in seen in the evidence")


def check(paths, place):
    folder = pathlib.Path(place)
    key = folder / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    status = bundle(folder / "plain", paths)
    expect("status", bundle(folder / "masked", paths, "--redact-key", key), status)
    plain = json.loads((folder / "plain/report.json").read_text())
    masked = json.loads((folder / "masked/report.json").read_text())
    expectation.schema_validator()(masked)
    check_no_secret(folder / "masked", paths, plain)
    check_explained(key, paths, plain)
    pairs = stand_ins(strip(plain), strip(masked))
    if (folder / "plain/evidence.pcapng").exists():
        check_frames(folder / "plain", folder / "masked", pairs)
    done = run("verify", folder / "masked", "--redact-key", key, *paths)
    expect("verify", done.returncode, 0)


# --- The key -----------------------------------------------------------------------------------

CAPTURE = SOURCE / "examples/captures/named-stopped.pcap"


def report(*arguments, **more):
    return run("report", "-f", "json", *arguments, CAPTURE, **more)


def key_is_made_for_the_owner_alone(place):
    folder = pathlib.Path(place)
    first = report("--redact-key", folder / "key")
    expect("mode", (folder / "key").stat().st_mode & 0o777, 0o600)
    if b"made a new key" not in first.stderr:
        raise Failure(f"did not say that it made a key: {first.stderr}")
    second = report("--redact-key", folder / "key")
    expect("with the same key", second.stdout, first.stdout)
    expect("says nothing", second.stderr, b"")
    third = report("--redact-key", folder / "other")
    if third.stdout == first.stdout:
        raise Failure("another key gave the same stand-ins")


def key_has_a_usual_place(place):
    state = {**os.environ, "XDG_STATE_HOME": place + "/state"}
    expect("status", report("--redact", env=state).returncode, 1)
    path = pathlib.Path(place) / "state/whydown/redact.key"
    expect("modes", (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777),
           (0o600, 0o700))


def bad_keys_are_refused(place):
    folder = pathlib.Path(place)
    (folder / "open").write_text(KEY)
    (folder / "open").chmod(0o640)
    (folder / "other").write_text("something else\n")
    (folder / "other").chmod(0o600)
    copy = folder / "copy.pcap"
    shutil.copy(CAPTURE, copy)
    nowhere = {name: value for name, value in os.environ.items()
               if name not in ("HOME", "XDG_STATE_HOME")}
    nowhere["PATH"] = "/nowhere"
    rows = [(["--redact-key", folder / "open"], "others may read", None),
            (["--redact-key", folder / "other"], "something else than a key", None),
            (["--redact-key", folder], "no plain file", None),
            (["--redact-key", folder / "no/such"], "No such file", None),
            (["--redact-key", copy, copy], "an input or the output", None),
            (["--redact-key", folder / "out", "-o", folder / "out"], "an input or the output",
             None),
            (["-f", "bundle", "-o", folder / "b", "--redact-key", folder / "b/key"],
             "own folder", None),
            (["--redact"], "neither HOME nor", nowhere)]
    for arguments, words, env in rows:
        more = {"env": env} if env else {}
        if "bundle" in arguments:
            done = run("report", *arguments, CAPTURE, **more)
        else:
            done = report(*arguments, **more)
        said = done.stderr.decode()
        if done.returncode != 2 or words not in said or done.stdout:
            raise Failure(f"{arguments}: status {done.returncode}, {said}")
    expect("other", (folder / "other").read_text(), "something else\n")
    expect("copy", copy.read_bytes(), CAPTURE.read_bytes())


def command_lines_are_cleaned(place):
    folder = pathlib.Path(place)
    (folder / "acme").mkdir()
    secret = folder / "acme/secret-name.pcap"
    shutil.copy(CAPTURE, secret)
    catalogue = folder / "acme/catalogue"
    catalogue.mkdir()
    shutil.copy(SOURCE / "catalogue/dns.port_unreachable.toml", catalogue)
    rows = [["-f", "json", "--redact-key", folder / "acme/key", secret],
            [f"--redact-key={folder / 'acme/key'}", "-fjson", f"--catalogue={catalogue}",
             "--since", "2026-11-23T00:00", secret],
            ["--format=json", "--catalogue", catalogue, "--redact-key", folder / "acme/key",
             "--", secret]]
    for arguments in rows:
        done = run("report", *arguments)
        expect("status", done.returncode, 1)
        text = done.stdout.decode()
        if "acme" in text or "secret-name" in text or str(folder) in text:
            raise Failure(f"{arguments}: the report names the path")
        command = json.loads(text)["tool"]["command"]
        if "input-1" not in command or "json" not in command:
            raise Failure(f"{arguments}: {command}")


CASE = """
organisation = "Acme Rockets"
prepared_by = "Ann Smith"
reported_by = "Bob Jones"
aware = "A ticket about www.example.com (203.0.113.2:53), from router db17.acme.example."
systems = "Machine 00:1b:21:aa:bb:cc in the office."
[[action]]
who = "Carl Miller"
what = "Restarted 203.0.113.2 and 2001:db8::77."
[[contact]]
role = "operations"
name = "Dora Brown"
reach = "dora@acme.example"
[[complaint]]
who = "Eve Black"
saw = "www.example.com never loads"
address = "192.0.2.15"
"""
CASE_SECRETS = ["acme", "ann smith", "bob jones", "carl miller", "dora", "eve black",
                "www.example.com", "203.0.113.2", "192.0.2.15", "db17", "00:1b:21:aa:bb:cc",
                "2001:db8::77"]


def case_files_are_cleaned(place):
    folder = pathlib.Path(place)
    (folder / "case.toml").write_text(CASE)
    done = run("report", "-f", "bundle", "-o", folder / "b", "--case", folder / "case.toml",
               "--redact-key", folder / "key", CAPTURE)
    expect("status", done.returncode, 1)
    for name in TEXT_FILES:
        text = (folder / "b" / name).read_text().lower()
        for secret in CASE_SECRETS:
            if secret in text:
                raise Failure(f"{name} holds {secret!r}")
    text = (folder / "b/report.md").read_text()
    for word in ("never loads", "Restarted", "in the office"):
        if word not in text:
            raise Failure(f"report.md lost {word!r}")


KEY_CASES = [case_files_are_cleaned, key_is_made_for_the_owner_alone, key_has_a_usual_place, bad_keys_are_refused,
             command_lines_are_cleaned]


def cases():
    examples = [*sorted((SOURCE / "examples/captures").iterdir()),
                *sorted((SOURCE / "examples/logs").iterdir())]
    for path in examples:
        if path.suffix not in (".md", ".py") or path.parent.name == "logs" and path.name != "README.md":
            yield path.name, lambda place, path=path: check([path], place)
    pair = [SOURCE / "examples/captures/iptables-drop.pcap",
            SOURCE / "examples/captures/iptables-drop-server.pcap"]
    yield "two inputs", lambda place: check(pair, place)
    for path in sorted((SOURCE / "tests/lab").iterdir())[::4]:
        if is_capture(path):
            yield path.name, lambda place, path=path: check([path], place)
    for case in KEY_CASES:
        yield case.__name__, case


def main(only):
    failed = count = 0
    for name, case in cases():
        if only and name not in only:
            continue
        count += 1
        with tempfile.TemporaryDirectory() as place:
            try:
                case(place)
            except (Failure, subprocess.TimeoutExpired, KeyError, IndexError, ValueError,
                    OSError) as error:
                failed += 1
                print(f"FAIL {name}: {type(error).__name__}: {error}")
    print(f"{count} cases, {failed} failed")
    return 1 if failed or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
