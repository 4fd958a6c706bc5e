"""Chooses the capture of each scenario and writes its golden."""

import gzip
import json
import pathlib
import re
import shutil
import tempfile

from golden import expected

PACKED = {".gz", ".zst"}


def is_right(judgement):
    """Whether everything that the label says was found, and nothing else."""
    return (judgement.is_right and not judgement.wrong and
            all(attack.is_outage_right for attack in judgement.attacks) and
            all(finding.cause_right or not finding.label.shown for finding in judgement.findings))


def packed(path):
    """The bytes to store and what the name ends in: compressed, as captures shrink to a fifth."""
    data = path.read_bytes()
    suffixes = "".join(path.suffixes[-2:] if path.suffix in PACKED else path.suffixes[-1:])
    if path.suffix in PACKED:
        return data, suffixes
    return gzip.compress(data, mtime=0), suffixes + ".gz"


def _preference(judgement):
    """Captures that show the cause first, binary before text, then the smallest."""
    label = judgement.label
    is_text = ".txt" in label.capture.suffixes
    return (not all(fault.shown for fault in label.faults), is_text,
            len(packed(label.capture)[0]), str(label.capture))


def _as_text(want):
    """JSON with each list of plain values on one line, as people write it."""
    text = json.dumps(want, indent=2)
    return re.sub(r"\[\s+([^][{}]*?)\s+\]",
                  lambda found: "[" + re.sub(r",\s+", ", ", found[1]) + "]", text) + "\n"


def _write(judgement, report, folder, name):
    data, suffixes = packed(judgement.label.capture)
    (folder / (name + suffixes)).write_bytes(data)
    path = folder / (name + ".json")
    want = expected.expectation(judgement, report, name + suffixes)
    path.write_text(_as_text(want), encoding="utf-8")
    return path, len(data)


def _remove_old(into, name):
    old = into / (name + ".json")
    if old.exists():
        (into / json.loads(old.read_text(encoding="utf-8"))["capture"]).unlink(missing_ok=True)
        old.unlink()


def name_of(scenario, side):
    """Of its golden: the scenario's own, or that of a side which is kept beside it."""
    return f"{scenario}.{side}" if side else scenario


def keep_scenario(candidates, into, replay, most_bytes, side=None):
    """Keeps the best of (judgement, report) of one scenario; returns what to say, and if it did.

    `replay` is the golden test's own: what it would refuse is not kept. A side that did not see
    all that was broken does not stand for the scenario."""
    reasons = []
    most = max(len(judgement.label.faults + judgement.label.attacks)
               for judgement, _ in candidates)
    for judgement, report in sorted((each for each in candidates
                                     if len(each[0].label.faults + each[0].label.attacks) == most),
                                    key=lambda each: _preference(each[0])):
        where = judgement.label.capture
        if not is_right(judgement):
            reasons.append(f"{where}: not judged right")
            continue
        with tempfile.TemporaryDirectory() as folder:
            name = name_of(judgement.label.scenario, side)
            path, size = _write(judgement, report, pathlib.Path(folder), name)
            problem = (f"{size} bytes, more than {most_bytes}" if size > most_bytes
                       else replay(path))
            if problem is None:
                _remove_old(into, name)
                for file in pathlib.Path(folder).iterdir():
                    shutil.copyfile(file, into / file.name)
                return f"kept {where} ({size} bytes)", True
        reasons.append(f"{where}: {problem}")
    return "\n    ".join(["no capture is suitable", *reasons]), False
