"""`-f bundle` and `whydown verify`: what is in a bundle, when it is not written, and what verify says
of one that was changed.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import captures
import expectation
from expectation import SOURCE, Failure, expect

CAPTURE = SOURCE / "examples/captures/named-stopped.pcap"
PAIR = [SOURCE / "examples/captures/iptables-drop.pcap",
        SOURCE / "examples/captures/iptables-drop-server.pcap"]
SECONDS = 200  # for PDF and DOCX on a busy machine
LOG = SOURCE / "examples/logs/dns-port-unreachable.log"


# Without the programs that make PDF and DOCX, which take seconds each; one case has them.
WITHOUT_OFFICE = {**os.environ, "PATH": "/nowhere"}


def run(*arguments, **more):
    return subprocess.run([expectation.PROGRAM, *map(str, arguments)], capture_output=True,
                          check=False, timeout=SECONDS, **{"env": WITHOUT_OFFICE, **more})


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bundle(folder, *inputs, **more):
    done = run("report", "-f", "bundle", "-o", folder, *inputs, **more)
    if done.returncode not in (0, 1):
        raise Failure(f"status {done.returncode}: {done.stderr.decode()}")
    return done


def formats_offered():
    """What -f takes, as the program's own message lists it."""
    said = run("report", "-f", "no-such-format", "x").stderr.decode()
    words = said.split("expected ")[1].split(";")[0].replace(" or ", ", ").split(", ")
    return set(words) - {"bundle"}


def check_manifest(folder, inputs):
    manifest = json.loads((folder / "manifest.json").read_text())
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        print("SKIPPED in part: python3-jsonschema is missing, the schema was not compared")
    else:
        jsonschema.validate(manifest, json.loads((SOURCE / "docs/bundle.schema.json").read_text()))
    expect("files", sorted(entry["name"] for entry in manifest["files"]),
           sorted(set(os.listdir(folder)) - {"manifest.json", "SHA256SUMS"}))
    for entry in manifest["files"]:
        expect(entry["name"], (entry["sha256"], entry["bytes"]),
               (sha256(folder / entry["name"]), (folder / entry["name"]).stat().st_size))
    expect("inputs", [(entry["path"], entry["sha256"]) for entry in manifest["inputs"]],
           [(str(path), sha256(path)) for path in inputs])
    held = {entry["format"] for entry in manifest["files"]}
    left_out = {entry["format"] for entry in manifest.get("left_out", [])}
    expect("formats in the bundle or said to be left out", held | left_out, formats_offered())
    sums = "".join(f"{sha256(folder / name)}  {name}\n"
                   for name in sorted(set(os.listdir(folder)) - {"SHA256SUMS"}))
    expect("SHA256SUMS", (folder / "SHA256SUMS").read_text(), sums)
    return manifest


def holds_every_format(folder):
    inputs = [CAPTURE]
    bundle(folder / "b", *inputs)
    manifest = check_manifest(folder / "b", inputs)
    expect("command", manifest["tool"]["command"],
           ["whydown", "report", "-f", "bundle", "-o", str(folder / "b"), str(CAPTURE)])
    comment = captures.read(folder / "b/evidence.pcapng").section_comment
    if f"SHA-256 of the JSON report: {sha256(folder / 'b/report.json')}" not in comment:
        raise Failure("the evidence's section comment does not name the JSON report beside it")
    report = json.loads((folder / "b/report.json").read_text())
    expectation.schema_validator()(report)


def holds_pdf_and_docx(folder):
    """Where their programs are installed; else the manifest says what is missing."""
    done = bundle(folder / "b", CAPTURE, env=dict(os.environ))
    manifest = check_manifest(folder / "b", [CAPTURE])
    for entry in manifest.get("left_out", []):
        if entry["why"] not in done.stderr.decode():
            raise Failure(f"standard error does not say {entry['why']}")
    for name, start in (("report.pdf", b"%PDF-"), ("report.docx", b"PK")):
        path = folder / "b" / name
        if path.exists() and not path.read_bytes().startswith(start):
            raise Failure(f"{name} is none")


def names_the_case_file(folder):
    case = folder / "case.toml"
    case.write_text('reported_by = "Ann"\n')
    bundle(folder / "b", CAPTURE, "--case", case)
    check_manifest(folder / "b", [CAPTURE, case])
    status, out, error = verify(folder / "b", CAPTURE, case)
    if status != 0:
        raise Failure(f"status {status}: {out}{error}")


def of_two_inputs(folder):
    bundle(folder / "b", *PAIR)
    check_manifest(folder / "b", PAIR)


def of_a_text_log(folder):
    said = bundle(folder / "b", LOG).stderr.decode()
    manifest = check_manifest(folder / "b", [LOG])
    expect("left out", [entry["format"] for entry in manifest["left_out"]
                        if entry["format"] == "pcapng"], ["pcapng"])
    if "left out of the bundle: pcapng" not in said:
        raise Failure(f"standard error does not say it: {said}")


def of_standard_input(folder):
    with open(CAPTURE, "rb") as file:
        bundle(folder / "b", "-", stdin=file)
    manifest = json.loads((folder / "b/manifest.json").read_text())
    expect("input", (manifest["inputs"][0]["path"], manifest["inputs"][0]["sha256"]),
           ("-", sha256(CAPTURE)))
    expect("packets", len(captures.read(folder / "b/evidence.pcapng").packets), 8)


def is_the_same_twice(folder):
    (folder / "one").mkdir()
    (folder / "two").mkdir()
    for name in ("one", "two"):
        bundle("b", CAPTURE, cwd=folder / name)
    for path in sorted((folder / "one/b").iterdir()):
        expect(path.name, path.read_bytes(), (folder / "two/b" / path.name).read_bytes())


def takes_an_empty_folder(folder):
    (folder / "b").mkdir()
    bundle(f"{folder / 'b'}/", CAPTURE)
    check_manifest(folder / "b", [CAPTURE])


def refused(folder, target, word):
    before = sorted(folder.rglob("*"))
    done = run("report", "-f", "bundle", "-o", target, CAPTURE)
    said = done.stderr.decode()
    if done.returncode != 2 or word not in said or len(said.splitlines()) != 1:
        raise Failure(f"status {done.returncode}: {said}")
    expect("what lies there", sorted(folder.rglob("*")), before)


def overwrites_nothing(folder):
    (folder / "b").mkdir()
    (folder / "b/mine.txt").write_text("mine")
    refused(folder, folder / "b", "not empty")
    refused(folder, folder / "b/mine.txt", "a file")
    refused(folder, folder / "no/such/parent", "no/such: found No such file")
    shutil.copy(CAPTURE, folder / "c.pcap")
    done = run("report", "-f", "bundle", "-o", folder / "d", folder / "c.pcap", folder / "none")
    expect("status", done.returncode, 2)
    expect("after a bad input", (folder / "d").exists(), False)


def verify(folder, *inputs):
    done = run("verify", folder, *inputs)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def edit(path, old, new):
    path.write_text(path.read_text().replace(old, new, 1))


def swap_for_link(path):
    os.rename(path, path.parent.parent / "elsewhere")
    os.symlink(path.parent.parent / "elsewhere", path)


# What is done to a bundle, and what verify says then.
CHANGES = [
    ("nothing", lambda b: None, 0, "as it was written ("),
    ("a file changed", lambda b: edit(b / "report.txt", "incident", "accident"), 1,
     "changed  report.txt: SHA-256"),
    ("a file gone", lambda b: os.remove(b / "evidence.pcapng"), 1, "missing  evidence.pcapng"),
    ("a file more", lambda b: (b / "more.txt").write_text("x"), 1, "extra    more.txt"),
    ("a hidden file more", lambda b: (b / ".more").write_text("x"), 1, "extra    .more"),
    ("a folder more", lambda b: (b / "more").mkdir(), 1, "extra    more"),
    ("a file that became a link", lambda b: swap_for_link(b / "report.md"), 1,
     "changed  report.md: no plain file"),
    ("a name with terminal escapes", lambda b: (b / "\x1b[2J").write_text("x"), 1, r"\x1b[2J"),
    ("the manifest's command changed", lambda b: edit(b / "manifest.json", "bundle\"", "b\""), 1,
     "changed  SHA256SUMS"),
    ("the sums gone", lambda b: os.remove(b / "SHA256SUMS"), 1, "missing  SHA256SUMS"),
    ("the manifest gone", lambda b: os.remove(b / "manifest.json"), 2, "no manifest.json"),
    ("a manifest that leads out", lambda b: edit(b / "manifest.json", "report.txt", "../x"), 2,
     "a plain file name"),
    ("a manifest of another kind", lambda b: (b / "manifest.json").write_text("{}"), 2,
     "another kind of file"),
]


def verify_sees_changes(folder):
    bundle(folder / "whole", CAPTURE)
    for name, change, status, words in CHANGES:
        with tempfile.TemporaryDirectory() as place:
            copy = pathlib.Path(place) / "b"
            shutil.copytree(folder / "whole", copy)
            change(copy)
            found, out, error = verify(copy)
            if found != status or words not in (error if status == 2 else out):
                raise Failure(f"{name}: status {found}, {out}{error}")
            if status == 2 and (out or len(error.splitlines()) != 1):
                raise Failure(f"{name}: expected one line on standard error: {out}{error}")


def verify_compares_inputs(folder):
    bundle(folder / "b", *PAIR)
    rows = [(PAIR, 0, "2 inputs"), (PAIR[:1], 0, "1 input"), ([CAPTURE], 1, "none of the manifest"),
            ([folder / "none"], 2, "No such file"), ([folder], 2, "a folder")]
    for inputs, status, words in rows:
        found, out, error = verify(folder / "b", *inputs)
        if found != status or words not in out + error:
            raise Failure(f"{inputs}: status {found}, {out}{error}")


CASES = [holds_every_format, holds_pdf_and_docx, names_the_case_file, of_two_inputs, of_a_text_log, of_standard_input, is_the_same_twice,
         takes_an_empty_folder, overwrites_nothing, verify_sees_changes, verify_compares_inputs]


def main():
    failed = 0
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                case(pathlib.Path(folder))
                print(f"ok   {case.__name__}")
            except (Failure, subprocess.TimeoutExpired, KeyError, IndexError, OSError) as error:
                failed += 1
                print(f"FAIL {case.__name__}: {type(error).__name__}: {error}")
    print(f"{len(CASES)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
