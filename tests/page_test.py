#!/usr/bin/env python3
"""The reports that people hand over, as other programs see them: HTML by a validator and by axe-core
in headless Chromium, PDF and DOCX by programs that open them. What this machine lacks is skipped and
said; `scripts/setup.sh page` installs it.
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

SOURCE = Path(os.environ.get("WHYDOWN_SOURCE", ".")).resolve()
WHYDOWN = os.environ.get("WHYDOWN", str(SOURCE / "build/release/whydown"))
CASE = str(SOURCE / "examples/cases/recipes.toml")
AXE = SOURCE / "build/page/node_modules/axe-core/axe.min.js"

# One of each kind: refused, silent, TCP, with a flood, two incidents, healthy, inconclusive.
INPUTS = {
    "seed": "examples/logs/dns-port-unreachable.log",
    "tcp-refused": "examples/logs/tcp-refused.log",
    "silent": "tests/lab/dns.no_response.firewall_drop.pcap.gz",
    "flood": "tests/lab/dns.no_response.flood.pcap.gz",
    "two": "tests/lab/two.nxdomain_web_silent.pcap.gz",
    "healthy": "tests/lab/healthy.plain.pcap.zst",
    "one-sided": "tests/lab/healthy.one_sided.pcapng.gz",
}
FORMS = {"incident": [], "worksheet": ["--template", "worksheet"],
         "supervisor": ["--for", "supervisor"], "student": ["--for", "student"]}


def report(name, folder, extension, form="incident", options=()):
    path = Path(folder) / f"{name}-{form}.{extension}"
    arguments = [WHYDOWN, "report", str(SOURCE / INPUTS[name]), "-o", str(path), *FORMS[form],
                 *options]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode not in (0, 1):
        raise AssertionError(f"{' '.join(arguments)}: status {done.returncode}: {done.stderr}")
    return path


def need(*programs):
    """Skips the test where one of them is missing, and says what to install."""
    for program in programs:
        if not shutil.which(program):
            raise unittest.SkipTest(f"{program} is not on this machine; scripts/setup.sh page")


class WithFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def pages(self, options=()):
        return [report(name, self.folder, "html", form, options)
                for name in INPUTS for form in FORMS]


class Html(WithFolder):
    def test_every_form_of_every_kind_is_valid(self):
        need("tidy")
        for page in self.pages(["--case", CASE]):
            done = subprocess.run(["tidy", "-errors", "-quiet", "--show-info", "no", str(page)],
                                  capture_output=True, text=True, timeout=60, check=False)
            # Tidy 5.6 does not know that a section may be named by its heading's id, and says so of
            # nothing else: every word of it counts.
            self.assertEqual(done.stderr, "", page.name)

    def test_accessible_on_desktop_and_telephone_light_and_dark(self):
        need("node", os.environ.get("CHROMIUM", "chromium"))
        if not AXE.exists():
            raise unittest.SkipTest(f"{AXE} is missing; scripts/setup.sh page fetches it by npm")
        pages = self.pages(["--case", CASE])
        few = [page for page in pages if page.name.startswith(("seed-", "two-"))]
        for width, scheme, pages in (("1280", "light", pages), ("390", "dark", few)):
            done = subprocess.run(["node", str(SOURCE / "tests/page/axe.js"), str(AXE), width, scheme,
                                   *map(str, pages)],
                                  capture_output=True, text=True, timeout=240, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            results = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual(len(results), len(pages))
            for result in results:
                name = f"{Path(result['page']).name} at {width}, {scheme}"
                self.assertEqual(result["violations"], [], name)
                self.assertGreater(result["passes"], 20, name)
                self.assertLessEqual(result["wide"], int(width), f"{name}: the page scrolls sideways")


class Pdf(WithFolder):
    def test_opens_with_its_words(self):
        need("weasyprint", "pdftotext")
        for form in ("incident", "supervisor"):
            path = report("seed", self.folder, "pdf", form, ["--case", CASE])
            self.assertEqual(path.read_bytes()[:5], b"%PDF-")
            done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True,
                                  text=True, timeout=60, check=True)
            words = " ".join(done.stdout.split())
            self.assertIn("203.0.113.2", words)
            self.assertIn("The DNS service is not running", words)
            self.assertNotIn("Skip to the report", words)
            pages = done.stdout.count("\f")
            if form == "supervisor":
                self.assertEqual(pages, 1, "a supervisor gets one page")
            self.assertLess(pages, 12)

    def test_is_the_same_again(self):
        need("weasyprint")
        first = report("seed", self.folder, "pdf").read_bytes()
        self.assertEqual(first, report("seed", self.folder, "pdf").read_bytes())


class Docx(WithFolder):
    def test_holds_pictures_and_opens_in_libreoffice(self):
        need("pandoc", "rsvg-convert")
        for form in FORMS:
            path = report("seed", self.folder, "docx", form, ["--case", CASE])
            with zipfile.ZipFile(path) as archive:
                self.assertIsNone(archive.testzip())
                pictures = [name for name in archive.namelist() if name.endswith(".png")]
                text = archive.read("word/document.xml").decode()
            self.assertEqual(bool(pictures), form != "supervisor")
            self.assertIn("The DNS service is not running", re.sub("<[^>]*>", "", text))
            self.assertEqual(text.count("Skip to the report"), 0)
        again = report("seed", self.folder, "docx").read_bytes()
        self.assertEqual(again, report("seed", self.folder, "docx").read_bytes())
        if not shutil.which("soffice"):
            self.skipTest("pandoc's part passed; soffice is not on this machine to open it")
        subprocess.run(["soffice", f"-env:UserInstallation=file://{self.folder}/profile",
                        "--headless", "--convert-to", "txt:Text", "--outdir", self.folder,
                        str(path)], capture_output=True, timeout=120, check=True)
        words = path.with_suffix(".txt").read_text(encoding="utf-8", errors="replace")
        self.assertIn("The DNS service is not running", words)


def ip(source, destination, protocol, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, source,
                       destination)
    return head + payload


def write_refused_queries(path, count):
    """A raw-IP capture in which `count` DNS queries each meet an ICMP port unreachable."""
    server = bytes([203, 0, 113, 2])
    question = b"\1\0\0\1\0\0\0\0\0\0\3www\7example\3org\0\0\1\0\1"
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        for i in range(count):
            client = bytes([192, 0, 2, 1 + i % 200])
            query = struct.pack("!H", i & 0xFFFF) + question
            packet = ip(client, server, 17,
                        struct.pack("!HHHH", 1024 + i % 60000, 53, 8 + len(query), 0) + query)
            error = ip(server, client, 1, struct.pack("!BBHI", 3, 3, 0, 0) + packet)
            second, microsecond = divmod(1767360272_000000 + i * 1000, 1000000)
            for data in (packet, error):
                file.write(struct.pack("<IIII", second, microsecond, len(data), len(data)) + data)


class Size(WithFolder):
    def test_very_many_failing_packets_are_still_a_page(self):
        capture = Path(self.folder) / "many.pcap"
        write_refused_queries(capture, 50000)
        for extension in ("html", "md", "json", "txt"):
            page = Path(self.folder) / f"many.{extension}"
            done = subprocess.run([WHYDOWN, "report", str(capture), "-o", str(page)], check=False,
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertLess(page.stat().st_size, 200_000, "it does not grow with the capture")
            if extension == "html":
                words = page.read_text()
                self.assertIn("50,000 of 50,000 attempts failed", words)
                self.assertRegex(words, r"These are 24 of [0-9,]+ packets of the same kinds")


class Missing(WithFolder):
    def test_a_missing_program_is_one_line_with_its_package(self):
        for extension, program in (("pdf", "weasyprint"), ("docx", "pandoc")):
            done = subprocess.run(
                [WHYDOWN, "report", str(SOURCE / INPUTS["seed"]), "-f", extension], check=False,
                capture_output=True, text=True, timeout=60, env={**os.environ, "PATH": self.folder})
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stdout, "")
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            package = "librsvg2-bin" if program == "pandoc" else program
            self.assertIn(f"install the package {package}", done.stderr)


class Cases(WithFolder):
    def test_a_new_case_is_never_written_over(self):
        path = Path(self.folder) / "case.toml"
        for status in (0, 2):
            done = subprocess.run([WHYDOWN, "case", "new", "-o", str(path)], capture_output=True,
                                  text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
        report("seed", self.folder, "md", options=["--case", str(path)])

    def test_the_case_dates_a_log(self):
        path = report("seed", self.folder, "json", options=["--case", CASE])
        found = json.loads(path.read_text())
        self.assertEqual(found["incidents"][0]["window"]["first"], "2026-01-02T13:24:32.192571Z")
        self.assertEqual([c["finding"] for c in found["complaints"]],
                         ["explained", "before", "not_explained"])
        self.assertEqual(found["case"]["actions"][0]["who"], "A. Analyst")
        later = report("seed", self.folder, "json",
                       options=["--case", CASE, "--date", "2026-03-04"])
        first = json.loads(later.read_text())["incidents"][0]["window"]["first"]
        self.assertTrue(first.startswith("2026-03-04"), "the command line goes before the file")


def main():
    outcome = unittest.main(verbosity=2, argv=sys.argv[:1], exit=False).result
    # ctest keeps a test's words to itself: `make test` shows this file at its end.
    lines = [f"skipped: {test.id().removeprefix('__main__.')}: {why}\n"
             for test, why in outcome.skipped]
    build = os.environ.get("WHYDOWN_BUILD")
    if build:
        Path(build, "page_test.skipped").write_text("".join(lines), encoding="utf-8")
    if not outcome.wasSuccessful():
        return 1
    return 77 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
