#!/usr/bin/env python3
"""Scenario files are complete or refused, and there is one for everything the catalogue knows."""

import os
import pathlib
import sys
import tempfile
import tomllib
import unittest

LAB = pathlib.Path(__file__).resolve().parent.parent
SOURCE = pathlib.Path(os.environ.get("WHYDOWN_SOURCE", LAB.parent))
sys.path.insert(0, str(LAB))
from runner import bends, daemons, label, load, scenario, signs, words  # noqa: E402

FAULTS = scenario.catalogue_faults(SOURCE)
GOOD = (LAB / "scenarios/dns.port_unreachable.service_down.toml").read_text(encoding="utf-8")

# What is changed in the good file -> what the refusal must say: key, found, expected.
REFUSED = [
    ('id = "dns', 'id = "dxs', "id: found 'dxs.port_unreachable.service_down'", "the file's name"),
    ("[clients]\ncount = [1, 5]", "", "scenario.clients: found None", "a value"),
    ("count = [1, 5]", "count = [0, 5]", "clients.count: found [0, 5]", "1 to 8"),
    ("count = [1, 5]", "count = [5, 1]", "clients.count: found [5, 1]", "the smaller first"),
    ("count = [1, 5]", 'count = [1, 5]\nvictims = "one"', "clients.count: found [1, 5]",
     "2 or more"),
    ("ip = [4, 6]", "ip = [5]", "ip: found 5", "one of 4 6"),
    ("ip = [4, 6]", "speed = 3", "scenario.speed: found 3", "only"),
    ('place = "far"', 'place = "moon"', "host.dns.place: found 'moon'", "one of far lan"),
    ('daemon = ["named", "unbound", "dnsmasq"]', 'daemon = ["bind"]',
     "service.dns.daemon: found 'bind'", "named"),
    ("port = 53", "port = 53\noptions = { slow = 1 }", "service.dns.options: found 'slow'",
     "delay"),
    ("port = 53", "port = 0", "service.dns.port: found 0", "ports of 1 to 65535"),
    ('host = "dns"', 'host = "dsn"', "service.dns.host: found 'dsn'", "one of dns web"),
    ('do = "lookup"', 'do = "looks"', "load[0].do: found 'looks'", "one of"),
    ('do = "lookup"\nto = "dns"', 'do = "lookup"', "load[0].to: found None", "a value"),
    ('do = "lookup"', 'do = "lookup"\nsped = 1', "load[0].sped: found 1", "only"),
    ('do = "lookup"', 'do = "lookup"\nphases = ["late"]', "load[0].phases: found 'late'", "one of"),
    ('do = "stop"', 'do = "halt"', "bend[0].do: found 'halt'", "one of"),
    ('do = "stop"', 'do = "route"\nto = "dns"\nkind = "east"\n[[bend]]\ndo = "stop"',
     "bend[0].kind: found 'east'", "blackhole"),
    ('do = "stop"', 'do = "reject"\nwhere = "dns"\ntransports = ["icmp"]',
     "bend[0].transports: found 'icmp'", "one of tcp udp"),
    ('do = "stop"', 'do = "stop"\nafter = "soon"', "bend[0].after: found 'soon'", "a number"),
    ('do = "stop"\nservice = "dns"', 'do = "stop"', "bend[0].service: found None", "a value"),
    ('do = "stop"', 'do = "stop"\nat = "noon"', "bend[0].at: found 'noon'", "during"),
    ('sides = ["client"', 'sides = ["cloud"', "capture.sides: found 'cloud'", "one of"),
    ('\nserver = "dns"', "", "capture.server: found None", "one of"),
    ('fault = ["dns.port_unreachable"]', 'fault = ["dns.gone"]',
     "answer[0].fault: found 'dns.gone'", "one of"),
    ('fault = ["dns.port_unreachable"]', "fault = []", "answer[0].fault: found []",
     "one id or more"),
    ('cause = "service_down"', 'cause = "magic"', "answer[0].cause: found 'magic'", "one of"),
    ('cause = "service_down"\n', "", "answer[0].cause: found None", "a value"),
    ("shown = true", "shown = 1", "answer[0].shown: found 1", "true or false"),
    ("shown = true", 'shown = true\n[answer.moon]\nsees = false', "answer[0].moon", "only"),
    ("shown = true", 'shown = true\n[answer.client]\nsaw = false', "answer[0].client.saw", "only"),
    ("ip = [4, 6]", "ip = [4, 6]\nhealthy = true", "answer: found 1", "healthy = true and none"),
    ("id =", "id", "not TOML", ""),
]


def refusal(text):
    """What is said about this text as a file, or None where it is accepted."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "dns.port_unreachable.service_down.toml"
        path.write_text(text, encoding="utf-8")
        try:
            scenario.load(path, FAULTS)
        except scenario.Refused as error:
            return str(error)
    return None


class Files(unittest.TestCase):
    def test_the_good_one_is_accepted(self):
        self.assertIsNone(refusal(GOOD))

    def test_incomplete_ones_are_refused(self):
        for before, after, found, expected in REFUSED:
            with self.subTest(after=after or f"without {before}"):
                self.assertIn(before, GOOD)
                said = refusal(GOOD.replace(before, after, 1))
                self.assertIsNotNone(said, "accepted")
                self.assertIn("dns.port_unreachable.service_down.toml: ", said)
                self.assertIn(found, said)
                self.assertIn(expected, said)

    def test_every_file_is_complete(self):
        paths = scenario.find(LAB / "scenarios", "*")
        self.assertGreater(len(paths), 100)
        for path in paths:
            with self.subTest(path=path.name):
                scenario.load(path, FAULTS)

    def test_patterns(self):
        every = scenario.find(LAB / "scenarios", "*")
        healthy = scenario.find(LAB / "scenarios", "healthy.*")
        self.assertGreaterEqual(len(healthy), 15)
        self.assertLess(len(healthy), len(every))
        self.assertEqual([], scenario.find(LAB / "scenarios", "dns"))
        both = scenario.find(LAB / "scenarios", "healthy.*,dns.nxdomain.*")
        self.assertGreater(len(both), len(healthy))


class Coverage(unittest.TestCase):
    """What the catalogue knows is in the lab: faults, and the causes that can be made."""

    def test_every_fault_has_a_scenario(self):
        shown = set()
        for path in scenario.find(LAB / "scenarios", "*"):
            data = scenario.load(path, FAULTS)
            for answer in data["answer"] + data["attack"]:
                shown |= set(answer["fault"])
        self.assertEqual(set(), FAULTS - shown)

    def test_every_fault_of_a_scenario_has_its_sign(self):
        for path in scenario.find(LAB / "scenarios", "*"):
            data = scenario.load(path, FAULTS)
            if data["probe_only"]:
                continue  # no capture shows it
            for answer in data["answer"]:
                self.assertLessEqual(set(answer["fault"]), signs.KNOWN, path.name)

    def test_ties_are_causes_of_that_fault(self):
        """A tie that the fault does not know could never be named; only the true cause may be."""
        known = {}
        for path in (SOURCE / "catalogue").glob("*.toml"):
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            known[data["id"]] = {cause["id"] for cause in data["cause"]}
        for path in scenario.find(LAB / "scenarios", "*"):
            for answer in scenario.load(path, FAULTS)["answer"]:
                named = {answer["cause"], *answer.get("ties", [])}
                causes = set().union(*(known[fault] for fault in answer["fault"]))
                with self.subTest(path=path.name):
                    self.assertTrue(named & causes, f"none of {named} is among {causes}")

    def test_every_word_has_its_function(self):
        self.assertEqual(set(words.BENDS), set(bends.BENDS))
        self.assertEqual(set(words.LOADS), set(load.ACTIONS))
        self.assertEqual(set(words.DAEMONS), set(daemons.BUILD))
        self.assertEqual(set(words.CAUSES) & {"service_down", "other"}, {"service_down", "other"})
        self.assertEqual(label.SCHEMA, "whydown.label/1")


if __name__ == "__main__":
    unittest.main()
