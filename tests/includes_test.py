#!/usr/bin/env python3
"""Holds the line of stages: a stage includes base/, itself and the stage directly before it.

`explain/` is a branch beside the line: it includes base/, itself and packet/, and report/ includes it.
`pipeline/` sees the whole core, the edge (cli/, probe/) sees the core, nobody includes the edge but
cli/, which includes probe/, and no core stage prints. Run with --self-test to see the checks fail on purpose.
"""
import os
import re
import sys
from pathlib import Path

LINE = ["capture", "packet", "journey", "evidence", "diagnosis", "report"]
BRANCH = "explain"  # beside the line: reads packets, and report/ lays it out
EDGE = {"cli", "probe"}
ASIDE = {"redact"}  # beside the line: sees base/, seen by the edge only
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
PRINTS = re.compile(r"\b(std::cout|std::cerr|std::printf|std::fprintf|fmt::print|std::puts|abort\(\))")


def allowed(stage):
    if stage == "base":
        return {"base"}
    if stage == "pipeline":
        return {"base", "pipeline", BRANCH, *LINE[:-1]}
    if stage in ASIDE:
        return {"base", stage}
    if stage in EDGE:
        return {"base", "pipeline", stage, BRANCH, *LINE, *ASIDE, *(EDGE if stage == "cli" else ())}
    if stage == BRANCH:
        return {"base", BRANCH, "packet"}
    if stage == "report":
        return {"base", stage, BRANCH, "diagnosis"}
    position = LINE.index(stage)
    return {"base", stage, *LINE[max(0, position - 1):position]}


def faults_in(relative, text):
    """Yields one message per broken rule in the file `relative` (a path below src/)."""
    stage = relative.split("/")[0]
    support = "test" in relative.split("/")[-1] or relative.endswith("_fuzz.cpp")
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match and match[1].split("/")[0] not in allowed(stage):
            yield f"src/{relative}:{number}: {stage}/ may not include {match[1]}"
        if stage not in EDGE and not support and PRINTS.search(line.split("//")[0]):
            yield f"src/{relative}:{number}: the core prints nothing and never aborts"


def check_tree(source):
    found, files = [], 0
    for path in sorted((source / "src").rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        files += 1
        relative = path.relative_to(source / "src").as_posix()
        if relative.split("/")[0] not in {"base", "pipeline", BRANCH, *LINE, *EDGE, *ASIDE}:
            found.append(f"src/{relative}: unknown stage")
            continue
        found += faults_in(relative, path.read_text(encoding="utf-8"))
    return found, files


def self_test():
    rows = [
        ("packet/a.cpp", '#include "capture/frame.h"', 0),
        ("packet/a.cpp", '#include "journey/journey.h"', 1),
        ("journey/a.cpp", '#include "capture/frame.h"', 1),
        ("report/a.cpp", '#include "diagnosis/diagnosis.h"', 0),
        ("report/a.cpp", '#include "evidence/evidence.h"', 1),
        ("base/a.cpp", '#include "packet/packet.h"', 1),
        ("pipeline/a.cpp", '#include "report/report.h"', 1),
        ("pipeline/a.cpp", '#include "explain/explain.h"', 0),
        ("explain/a.cpp", '#include "packet/packet.h"', 0),
        ("explain/a.cpp", '#include "journey/journey.h"', 1),
        ("explain/a.cpp", '#include "capture/frame.h"', 1),
        ("journey/a.cpp", '#include "explain/explain.h"', 1),
        ("report/a.cpp", '#include "explain/explain.h"', 0),
        ("diagnosis/a.cpp", '#include "cli/options.h"', 1),
        ("diagnosis/a.cpp", 'std::cout << "x";', 1),
        ("redact/a.cpp", '#include "base/mask.h"', 0),
        ("redact/a.cpp", '#include "packet/packet.h"', 1),
        ("report/a.cpp", '#include "redact/redact.h"', 1),
        ("cli/a.cpp", '#include "redact/redact.h"', 0),
        ("cli/a.cpp", 'std::cout << "x";', 0),
        ("cli/a.cpp", '#include "probe/probe.h"', 0),
        ("probe/a.cpp", '#include "pipeline/pipeline.h"', 0),
        ("probe/a.cpp", '#include "cli/options.h"', 1),
        ("pipeline/a.cpp", '#include "probe/probe.h"', 1),
        ("report/a.cpp", '#include "probe/probe.h"', 1),
    ]
    for relative, text, expected in rows:
        count = len(list(faults_in(relative, text)))
        assert count == expected, (relative, text, count)


def main():
    self_test()
    found, files = check_tree(Path(os.environ.get("WHYDOWN_SOURCE", ".")))
    for message in found:
        print(message)
    print(f"{files} files, {len(found)} broken rules")
    return 1 if found or files < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
