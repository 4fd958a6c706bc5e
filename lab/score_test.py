"""Tests of the scoring: labels, judgements and figures from hand-made reports; whole runs."""

import copy
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from score import figures, judge, labels, page, text

SOURCE = labels.SOURCE
SERVER = "203.0.113.2"

GOOD = {
    "schema": "whydown.label/1", "scenario": "named-stopped", "seed": 1, "capture": "c.pcap",
    "side": "client", "seconds": 20, "healthy": False, "healthy_seconds": 6.5,
    "faults": [{"fault": ["dns.port_unreachable"], "accept": ["dns.no_response"], "step": "name",
                "servers": [SERVER], "port": 53, "transport": "udp", "clients": ["192.0.2.15"],
                "cause": "service_down", "ties": ["firewall_reject_host"], "shown": True,
                "first": "2026-11-23T13:30:00.123456789Z", "last": "2026-11-23T13:31:00+00:00",
                "recovered": False}],
    "also_allowed": ["dns.nxdomain"], "note": "free words"}


def changed(data, path, value):
    """A copy with the value at a path such as "faults.0.cause"; ... removes it."""
    data = copy.deepcopy(data)
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place = data
    for key in way:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


class Labels(unittest.TestCase):
    """Each row: what is changed in a good label, and what the complaint names."""
    BAD = [
        ("schema", "whydown.label/2", "schema"), ("scenario", "Named Stopped", "scenario"),
        ("scenario", ..., "scenario"), ("seed", "1", "seed"), ("seed", -1, "seed"),
        ("seed", True, "seed"), ("seconds", "20", "seconds"), ("healthy", 0, "healthy"),
        ("capture", "../c.pcap", "capture"), ("also_allowed", "dns.nxdomain", "also_allowed"),
        ("also_allowed", ["dns"], "also_allowed[0]"), ("extra", 1, "extra"),
        ("faults", {}, "faults"),
        ("faults.0.cause", "service_dwon", "faults[0].cause"),
        ("faults.0.fault", [], "faults[0].fault"), ("faults.0.fault", ..., "faults[0].fault"),
        ("faults.0.shown", "yes", "faults[0].shown"), ("faults.0.port", 70000, "faults[0].port"),
        ("faults.0.port", 53.5, "faults[0].port"), ("faults.0.ports", [53], "faults[0].ports"),
        ("faults.0.servers", ["a", "a"], "faults[0].servers"),
        ("faults.0.servers", [""], "faults[0].servers[0]"),
        ("faults.0.first", "13:30", "faults[0].first"),
        ("attacks", [], "attacks"), ("attacks", [{}], "attacks[0].fault"),
        ("attacks", [{"fault": ["scan.port"], "caused_outage": "no"}], "attacks[0].caused_outage")]
    CONTRADICTORY = [
        ("healthy", True, "faults"), ("faults", [], "faults"),
        ("healthy_seconds", 21, "healthy_seconds"),
        ("faults", [], "faults"),
        ("faults.0.last", "2026-11-23T13:29:00Z", "faults[0].last"),
        ("faults.0.first", "2026-02-31T13:29:00Z", "faults[0].first"),
        ("capture", "none.pcap", "capture")]

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "c.pcap").write_bytes(b"")

    def complaint(self, content):
        path = self.folder / "c.pcap.label.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        with self.assertRaises(labels.BadLabel) as caught:
            labels.read(path)
        return str(caught.exception)

    def test_a_good_label_is_read(self):
        ties = ["service_down", "firewall_reject_host", "firewall_reject_host"]
        (self.folder / "c.label.json").write_text(
            json.dumps(changed(GOOD, "faults.0.ties", ties)))
        label = labels.read(self.folder / "c.label.json")
        self.assertEqual(label.faults[0].ties, ("firewall_reject_host",))
        self.assertEqual(label.faults[0].first.microsecond, 123456)
        self.assertEqual(label.capture, self.folder / "c.pcap")

    def test_a_bad_label_is_refused_with_file_and_key(self):
        for path, value, key in self.BAD + self.CONTRADICTORY:
            with self.subTest(path=path, value=value):
                complaint = self.complaint(changed(GOOD, path, value))
                self.assertIn(f"c.pcap.label.json: {key}: found ", complaint)
                self.assertIn("; expected ", complaint)

    def test_what_is_no_object_is_refused(self):
        for content in ("", "[]", "{", "null", "[" * 100000, '{"schema": 1, "schema": 2}'):
            with self.subTest(content=content[:20]):
                self.assertIn("c.pcap.label.json", self.complaint(content))

    def test_the_schema_says_the_same(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema missing")
        validator = jsonschema.Draft202012Validator(labels.SCHEMA)
        jsonschema.Draft202012Validator.check_schema(labels.SCHEMA)
        self.assertTrue(validator.is_valid(GOOD))
        for path, value, _ in self.BAD:
            with self.subTest(path=path, value=value):
                self.assertFalse(validator.is_valid(changed(GOOD, path, value)))
        for path, value, _ in self.CONTRADICTORY:
            self.assertTrue(validator.is_valid(changed(GOOD, path, value)), path)

    def test_causes_and_steps_are_those_of_the_report(self):
        report = json.loads((SOURCE / "docs/report.schema.json").read_text())["$defs"]
        label = labels.SCHEMA["$defs"]
        self.assertEqual(label["cause_id"]["enum"], report["cause_id"]["enum"])
        self.assertEqual(label["fault"]["properties"]["step"]["enum"], report["step"]["enum"])

    def test_seeds(self):
        for words, wanted in (("even", [0, 2, 4]), ("odd", [1, 3, 5]), ("1,3-4", [1, 3, 4])):
            self.assertEqual([n for n in range(6) if labels.seed_filter(words)(n)], wanted)
        for words in ("", "all", "1,", "-3", "3-x"):
            with self.assertRaises(ValueError):
                labels.seed_filter(words)


def incident(fault="dns.port_unreachable", servers=(SERVER,), port=53, causes=None, pairs=(),
             step="name", last="2026-11-23T13:30:50.000000Z"):
    causes = causes or {"service_down": 0.6, "firewall_reject_host": 0.3, "other": 0.1}
    return {"fault": fault, "step": step, "transport": "udp",
            "service": {"servers": list(servers), "port": port},
            "clients": {"count": 1, "addresses": ["192.0.2.15"]},
            "window": {"first": "2026-11-23T13:20:00.000000Z", "last": last},
            "causes": [{"id": cause, "probability": p} for cause, p in causes.items()],
            "inseparable": [list(pair) for pair in pairs]}


def judged(*incidents, label=None, has_date=True, **changes):
    data = changed(GOOD, "faults.0", {**GOOD["faults"][0], **changes}) if changes else GOOD
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "c.pcap").write_bytes(b"")
        path = pathlib.Path(folder) / "c.label.json"
        path.write_text(json.dumps(label or data))
        return judge.judge(labels.read(path), {
            "verdict": "incident" if incidents else "healthy", "incidents": list(incidents),
            "inputs": [{"date_known": has_date, "zone_known": True}]})


TIE = [("service_down", "firewall_reject_host")]
REJECT_FIRST = {"firewall_reject_host": 0.6, "service_down": 0.3, "other": 0.1}


class Judging(unittest.TestCase):
    """Each row: incidents, changes of the label, then fault, service and cause right, and how many
    incidents are wrong."""
    ROWS = {
        "all right": ([incident()], {}, (True, True, True, 0)),
        "nothing found": ([], {}, (False, False, False, 0)),
        "another fault": ([incident("dns.refused")], {}, (False, False, False, 1)),
        "a second right id": ([incident("dns.x")], {"fault": ["dns.port_unreachable", "dns.x"]},
                              (True, True, True, 0)),
        "an accepted one follows": ([incident(), incident("dns.no_response")], {},
                                    (True, True, True, 0)),
        "an accepted one stands first": ([incident("dns.no_response"), incident()], {},
                                         (False, True, True, 0)),
        "an accepted one elsewhere": ([incident(), incident("dns.no_response", ["192.0.2.9"])], {},
                                      (True, True, True, 1)),
        "an allowed one stands first": ([incident("dns.nxdomain"), incident()], {},
                                        (True, True, True, 0)),
        "a wrong one stands first": ([incident("tcp.refused", ["192.0.2.9"]), incident()], {},
                                     (False, True, True, 1)),
        "a wrong one follows": ([incident(), incident("tcp.refused", ["192.0.2.9"])], {},
                                (True, True, True, 1)),
        "another server": ([incident(servers=["192.0.2.9"])], {}, (True, False, True, 0)),
        "one server too many": ([incident(servers=[SERVER, "192.0.2.9"])], {},
                                (True, False, True, 0)),
        "another port": ([incident(port=5353)], {}, (True, False, True, 0)),
        "another transport": ([incident()], {"transport": "tcp"}, (True, False, True, 0)),
        "an address has no port": (
            [incident("arp.no_reply", port=None, step="address")],
            {"fault": ["dns.no_response", "arp.no_reply"], "transport": "tcp"},
            (True, True, True, 0)),
        "the same address written otherwise": (
            [incident(servers=["2001:db8::1"])], {"servers": ["2001:DB8:0::1"]},
            (True, True, True, 0)),
        "another cause": ([incident(causes=REJECT_FIRST)], {}, (True, True, False, 0)),
        "an honest tie": ([incident(causes=REJECT_FIRST, pairs=TIE)], {}, (True, True, True, 0)),
        "a tie only the report sees": ([incident(causes=REJECT_FIRST, pairs=TIE)], {"ties": []},
                                       (True, True, False, 0)),
        "two tops": ([incident(causes={"flood": 0.5, "service_down": 0.5})], {},
                     (True, True, True, 0)),
        "the cause is not listed": ([incident()], {"cause": "wrong_bind_address"},
                                    (True, True, False, 0)),
    }

    def test_rows(self):
        for name, (incidents, changes, wanted) in self.ROWS.items():
            with self.subTest(name):
                result = judged(*incidents, **changes)
                found = result.findings[0]
                self.assertEqual((found.fault_right, found.service_right, found.cause_right,
                                  len(result.wrong)), wanted)

    def test_a_tie_is_told_from_a_wrong_cause(self):
        for changes, pairs, wanted in (({}, TIE, (True, False)), ({}, [], (False, True)),
                                       ({"ties": []}, [], (False, False))):
            finding = judged(incident(causes=REJECT_FIRST, pairs=pairs), **changes).findings[0]
            self.assertEqual((finding.is_tie, finding.is_unnamed_tie), wanted)

    def test_two_faults_each_have_their_own(self):
        second = {**GOOD["faults"][0], "fault": ["tcp.refused"], "servers": ["192.0.2.9"],
                  "port": 80, "transport": "udp", "accept": []}
        label = {**GOOD, "faults": [GOOD["faults"][0], second]}
        web = incident("tcp.refused", ["192.0.2.9"], 80)
        for incidents, right in (([incident(), web], [True, True]), ([web, incident()], [True] * 2),
                                 ([web], [False, True]), ([incident()], [True, False])):
            result = judged(*incidents, label=label)
            self.assertEqual([finding.is_right for finding in result.findings], right)

    def test_attacks(self):
        """An attack stands beside the faults; whether it caused the outage is judged apart."""
        attack = {"fault": ["dos.syn_flood"], "servers": [SERVER], "port": 80}
        rows = ((True, True, True), (False, False, True), (True, False, False), (None, True, False),
                (None, None, True))
        for wanted, said, right in rows:
            flood = {**incident("dos.syn_flood", port=80), "kind": "attack", "attack": {}}
            if said is not None:
                flood["attack"]["caused_outage"] = said
            label = {**GOOD, "attacks": [dict(attack)]}
            if wanted is not None:
                label["attacks"][0]["caused_outage"] = wanted
            result = judged(flood, incident(), label=label)
            self.assertTrue(result.findings[0].is_right)
            self.assertEqual((result.attacks[0].is_outage_right, result.wrong), (right, []))
        alone = {**GOOD, "faults": [], "attacks": [attack]}
        found = figures.Figures([judged(label=alone), judged(flood, label=alone)])
        self.assertEqual((found.attacks.right, found.attacks.total), (1, 2))
        self.assertEqual(found.runs.total, 0)
        elsewhere = {**flood, "service": {"servers": ["192.0.2.9"], "port": 80}}
        self.assertEqual(len(judged(elsewhere, label=alone).wrong), 1)
        self.assertIn("attack: not found", "".join(text.complaints(judged(label=alone))))

    def test_false_alarms(self):
        healthy = {**GOOD, "healthy": True, "faults": []}
        early = incident("tcp.refused", ["192.0.2.9"], last="2026-11-23T13:29:00.5Z")
        self.assertEqual(len(judged(incident(), label=healthy).false_alarms), 1)
        self.assertEqual(len(judged(incident("dns.nxdomain"), label=healthy).false_alarms), 0)
        self.assertEqual(len(judged(incident(), early).false_alarms), 1)
        self.assertEqual(len(judged(incident(), early, has_date=False).false_alarms), 0)
        self.assertEqual(
            len(judged(incident(), incident("tcp.refused", ["192.0.2.9"])).false_alarms), 0)


class Figures(unittest.TestCase):
    def test_brier_scores(self):
        rows = [  # probabilities, changes of the label, mean, sum, sum with ties as one
            ({"service_down": 1.0, "other": 0.0}, {"ties": []}, 0, 0, 0),
            ({"service_down": 0.0, "other": 1.0}, {"ties": []}, 1, 2, 2),
            ({"service_down": 0.6, "flood": 0.4}, {"ties": []}, 0.16, 0.32, 0.32),
            ({"service_down": 0.75, "firewall_reject_host": 0.25}, {}, 0.0625, 0.125, 0),
            ({"service_down": 0.5, "firewall_reject_host": 0.3, "other": 0.2}, {},
             0.08 / 3, 0.08, 0.08),
            ({"flood": 0.5, "other": 0.5}, {}, 0.25, 0.5, 0.5)]
        for causes, changes, mean, total, merged in rows:
            with self.subTest(causes=causes):
                found = figures.Figures([judged(incident(causes=causes), **changes)])
                for value, wanted in ((found.brier, mean), (found.multiclass, total),
                                      (found.merged, merged)):
                    self.assertAlmostEqual(value, wanted)

    def test_calibration_and_its_edges(self):
        causes = {"service_down": 1.0, "flood": 0.0, "overload": 0.1, "other": 0.0999}
        found = figures.Figures([judged(incident(causes=causes), ties=[])])
        self.assertEqual([part.count for part in found.calibration],
                         [2, 1, 0, 0, 0, 0, 0, 0, 0, 1])
        self.assertEqual(found.calibration[9].means, (1.0, 1.0))

    def test_what_cannot_be_shown_counts_for_no_cause(self):
        found = figures.Figures([judged(incident(causes=REJECT_FIRST), shown=False)])
        self.assertEqual((found.all.cause.total, found.scored, found.runs.value), (0, 0, 1.0))
        self.assertTrue(all(goal.holds for goal in figures.goals(found, 1, 1, 0, 0)))

    def test_goals(self):
        alarm = judged(incident(), label={**GOOD, "healthy": True, "faults": []})
        missed = figures.Figures([judged(incident()), judged(), alarm])
        holds = [goal.holds for goal in figures.goals(missed, 0.5, 0.5, 0.1, 1)]
        self.assertEqual(holds, [True] * 7)
        holds = [goal.holds for goal in figures.goals(missed, 0.98, 0.95, 0.01, 0)]
        self.assertEqual(holds, [False] * 4 + [True] * 3)
        failed = judge.judge(alarm.label, None, "crashed")
        self.assertFalse(figures.goals(figures.Figures([failed]), 0, 0, 1, 9)[-1].holds)
        self.assertAlmostEqual(missed.healthy_hours, 3 * 6.5 / 3600)

    def test_an_interval_holds_its_share(self):
        for right, total in ((0, 1), (1, 1), (49, 50), (3, 7)):
            low, high = figures.Share(right, total).interval
            self.assertTrue(-1e-9 <= low <= right / total <= high <= 1 + 1e-9)

    def test_text_and_page_show_every_miss_and_escape_it(self):
        nasty = incident('dns.<script>alert("x")</script>', ["192.0.2.9"])
        found = figures.Figures([judged(incident(), nasty), judged()])
        goals = figures.goals(found, 0.98, 0.95, 0.1, 0)
        self.assertIn("wrong incident: dns.<script>", text.render(found, goals, "whydown"))
        html = page.render(found, goals)
        self.assertNotIn("<script", html)
        self.assertNotIn(" style=", html)
        self.assertIn("fault: found nothing, expected dns.port_unreachable at", html)
        self.assertEqual(html.count('role="img"'), html.count("<desc"))


class WholeProgram(unittest.TestCase):
    """lab/score.py itself, over captures of examples/."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        timeless = {key: value for key, value in GOOD["faults"][0].items()
                    if key not in ("first", "last")}
        self.add("named-stopped.pcap", {**GOOD, "faults": [timeless]})
        self.add("healthy-web.pcap", {**GOOD, "seed": 2, "healthy": True, "faults": []})

    def add(self, name, label):
        shutil.copy(SOURCE / "examples/captures" / name, self.folder)
        (self.folder / (name + ".label.json")).write_text(json.dumps({**label, "capture": name}))

    def score(self, *arguments):
        done = subprocess.run([sys.executable, "-B", str(SOURCE / "lab/score.py"), *arguments],
                              capture_output=True, text=True, env=os.environ, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_goals_hold(self):
        record, html = self.folder / "out.json", self.folder / "out.html"
        status, out, err = self.score(str(self.folder), "--json", str(record), "--html", str(html))
        self.assertEqual((status, err), (0, ""), out)
        self.assertEqual(json.loads(record.read_text())["captures"]["incident"]["right"], 1)
        self.assertIn("Content-Security-Policy", html.read_text())
        self.assertEqual(self.score(str(self.folder)), (0, out, ""))

    def test_goals_missed(self):
        self.add("refused.pcap", {**GOOD, "seed": 3})
        status, out, _ = self.score(str(self.folder))
        self.assertEqual(status, 1, out)
        self.assertIn("refused.pcap  (named-stopped, seed 3, client)", out)
        self.assertEqual(self.score(str(self.folder), "--seeds", "1-2")[0], 0)

    def test_bad_input(self):
        for arguments in ([str(self.folder / "none")], [str(self.folder), "--seeds", "7"],
                          [str(self.folder), "--seeds", "x"], [],
                          [str(self.folder), "--jobs", "0"],
                          [str(self.folder), "--goal-fault", "x"],
                          [str(self.folder), "--whydown", "/nonexistent"]):
            status, out, err = self.score(*arguments)
            self.assertEqual((status, out), (2, ""), arguments)
            self.assertNotIn("Traceback", err)
        self.add("refused.pcap", {**GOOD, "sede": 3})
        status, _, err = self.score(str(self.folder))
        self.assertEqual(status, 2)
        self.assertIn("refused.pcap.label.json: sede: found this key; expected one of", err)


if __name__ == "__main__":
    unittest.main()
