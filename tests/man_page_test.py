#!/usr/bin/env python3
"""The man page documents every option of every command, and no option that does not exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

PROGRAM = os.environ["WHYDOWN"]
PAGE = Path(os.environ.get("WHYDOWN_SOURCE", ".")) / "docs/whydown.1"
COMMANDS = ["report", "explain", "probe", "faults", "verify", "case"]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def options_of(command):
    """Those that the help lists, each at the beginning of a line."""
    text = subprocess.run([PROGRAM, command, "--help"], check=True, capture_output=True, text=True,
                          timeout=20).stdout
    lines = [line.split("  ")[1] if line.startswith("  -") else "" for line in text.splitlines()]
    return {option for line in lines for option in OPTION.findall(line)}


def documented(text):
    """The options that are tags of paragraphs (the line after .TP or .TQ)."""
    found, is_tag = set(), False
    for line in text.splitlines():
        if is_tag:
            found |= set(OPTION.findall(line))
        is_tag = line in (".TP", ".TQ")
    return found


def main():
    text = PAGE.read_text(encoding="utf-8").replace("\\-", "-")
    general, _, rest = text.partition(".SS Options of probe")
    of_probe = rest.partition(".SH ")[0]
    problems = []
    for command in COMMANDS:
        page = of_probe if command == "probe" else general
        listed = options_of(command) - {"--help"}
        if command == "probe":
            listed -= {"--catalogue"}  # as above it says; see there
            if "--catalogue" not in documented(general):
                problems.append("--catalogue is not documented")
        problems += [f"{command} {option} is not documented"
                     for option in sorted(listed - documented(page))]
    known = set().union(*map(options_of, COMMANDS)) | {"--memory", "--version", "--help"}
    problems += [f"{option} is documented, and no command has it"
                 for option in sorted(documented(text) - known)]
    for problem in problems:
        print(f"FAILED  {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
