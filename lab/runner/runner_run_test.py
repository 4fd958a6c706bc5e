#!/usr/bin/env python3
"""The command line of the runner, as far as it goes without root and namespaces."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

LAB = pathlib.Path(__file__).resolve().parent.parent
NOBODY = 65534


def run(*arguments, as_nobody=False):
    """Exit status, standard output and standard error of lab/run.py."""
    options = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if as_nobody else {}
    done = subprocess.run([sys.executable, "-B", LAB / "run.py", *arguments], text=True,
                          capture_output=True, timeout=60, check=False, **options)
    return done.returncode, done.stdout, done.stderr


class CommandLine(unittest.TestCase):
    def test_list(self):
        status, out, _ = run("--list", "--scenario", "healthy.plain,dns.refused.*")
        self.assertEqual(0, status)
        self.assertIn("healthy.plain: ", out)
        self.assertIn("dns.refused.access_policy: ", out)
        self.assertNotIn("dns.nxdomain", out)

    def test_nothing_matches(self):
        status, _, errors = run("--scenario", "nothing.like.this")
        self.assertEqual(2, status)
        self.assertIn("no scenario matches 'nothing.like.this'", errors)

    def test_an_incomplete_scenario_stops_all(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "x.toml"
            path.write_text('id = "x"\n', encoding="utf-8")
            status, _, errors = run("--scenarios", folder)
        self.assertEqual(2, status)
        self.assertIn(f"{path}: scenario.capture: found None, expected a value", errors)

    def test_without_root_it_says_so(self):
        with tempfile.TemporaryDirectory() as folder:
            if os.geteuid() == 0:
                os.chmod(folder, 0o777)
                try:
                    status, _, errors = run("--out", folder, as_nobody=True)
                except PermissionError:
                    self.skipTest("nobody may not run Python here")
            else:
                status, _, errors = run("--out", folder)
        if "PermissionError" in errors or "Permission denied" in errors:
            self.skipTest("nobody may not read the source here")
        self.assertEqual(2, status)
        self.assertIn("must run as root", errors)


if __name__ == "__main__":
    unittest.main()
