"""Tests of the fit: planted weights come back, signs and zeros stay, files change in place only."""

import contextlib
import difflib
import io
import json
import os
import importlib.util
import pathlib
import random
import re
import shutil
import sys
import tempfile
import unittest

try:
    import numpy as np
except ImportError:
    np = None
if np is None or importlib.util.find_spec("scipy") is None:
    print("SKIPPED: numpy and scipy are missing; scripts/setup.sh lab-fit")
    sys.exit(77)

from fit import catalogue, examples, model
from score import labels, program

CATALOGUE = labels.SOURCE / "catalogue"
CAUSES = ("service_down", "host_down", "flood")


def fault(weights, priors=(0, -2, -4), pairs=()):
    """A fault of three causes; weights are (cause's index, fact, is, db, group)."""
    causes = [catalogue.Cause(name, prior, tuple(
        catalogue.Weight(fact, is_true, db, db, group)
        for at, fact, is_true, db, group in weights if at == index))
        for index, (name, prior) in enumerate(zip(CAUSES, priors))]
    return catalogue.Fault(pathlib.Path("x.toml"), "dns.x", False, tuple(causes), tuple(pairs))


def example(facts, right, run=("s", 1), share=1.0):
    return examples.Example("dns.x", tuple(sorted(facts.items())), tuple(right), run, share,
                            "c.pcap", ())


def sampled(planted, count, seed, ties=()):
    """Runs whose facts are drawn at random and whose cause follows the planted weights."""
    draw = random.Random(seed)
    one = model.Model(planted)
    facts = sorted({weight.fact for cause in planted.causes for weight in cause.weights})
    out = []
    for number in range(count):
        known = {fact: draw.random() < 0.5 for fact in facts if draw.random() < 0.7}
        probe = example(known, ["other"])
        score = one.prior_db + (one.design([probe], one.now) @ one.now)[0]
        true = draw.choices(one.causes, 10 ** (score / 10))[0]
        right = {true, *ties} if true in ties else {true}
        out.append(example(known, right, ("s", number)))
    return out


def fitted_values(start, found, sigma_db=50, frequencies="catalogue"):
    """{(cause, fact, is): db} after the fit, rounded as it is written."""
    one = model.Model(start)
    prior_db = model.lab_prior(one, found) if frequencies == "lab" else None
    values = model.rounded(one, model.fitted(one, found, sigma_db, prior_db), found)
    return {(CAUSES[place[0]], one.weight(place).fact, one.weight(place).is_true): values[index]
            for place, index in one.parameter_of.items()}


PLANTED = [(0, "a", True, 8, ""), (0, "b", True, -6, ""), (1, "a", True, -5, ""),
           (1, "c", True, 9, ""), (1, "c", False, -4, ""), (2, "b", True, 7, ""),
           (2, "d", False, 3, "")]
START = [(at, fact, is_true, 3 if db > 0 else -3, group)
         for at, fact, is_true, db, group in PLANTED]


class Fit(unittest.TestCase):
    def assert_near(self, values, planted, within):
        for at, fact, is_true, db, _ in planted:
            self.assertAlmostEqual(values[CAUSES[at], fact, is_true], db, delta=within,
                                   msg=f"{CAUSES[at]} {fact}")

    def test_planted_weights_come_back(self):
        found = sampled(fault(PLANTED), 6000, seed=1)
        self.assert_near(fitted_values(fault(START), found), PLANTED, within=1.0)

    def test_of_a_group_only_the_strongest_counts(self):
        planted = [(0, "a", True, 12, "g"), (0, "b", True, 5, "g"), (1, "a", True, -3, "g"),
                   (1, "c", True, -8, "g")]
        start = [(at, fact, True, {12: 9, 5: 3, -3: -4, -8: -6}[db], group)
                 for at, fact, _, db, group in planted]
        found = sampled(fault(planted), 6000, seed=2)
        self.assert_near(fitted_values(fault(start), found), planted, within=1.5)

    def test_signs_are_kept_and_zeros_stay(self):
        found = sampled(fault([(0, "a", True, 8, ""), (1, "b", True, -8, ""),
                               (2, "c", True, 10, "")]), 2000, seed=3)
        start = fault([(0, "a", True, -5, ""), (1, "b", True, 5, ""), (2, "c", True, 0, "")])
        values = fitted_values(start, found)
        self.assertEqual(values, {("service_down", "a", True): -0.5,
                                  ("host_down", "b", True): 0.5})

    def test_inseparable_causes_stay_alike(self):
        weights = [(0, "a", True, 7, ""), (1, "a", True, 7, ""), (0, "b", True, 5, ""),
                   (1, "b", True, 3, ""), (2, "a", True, 7, "")]
        start = fault(weights, pairs=[("service_down", "host_down")])
        found = sampled(fault(weights, priors=(0, -9, -4)), 1500, seed=4,
                        ties=("service_down", "host_down"))
        values = fitted_values(start, found)
        self.assertEqual(values["service_down", "a", True], values["host_down", "a", True])
        self.assertNotEqual(values["service_down", "a", True], values["flood", "a", True])

    def test_what_parts_an_inseparable_pair_weakly_may_only_shrink(self):
        weights = [(0, "a", True, 3, ""), (0, "b", True, 5, ""), (2, "a", True, 3, "")]
        start = fault(weights, priors=(0, 0, -1), pairs=[("service_down", "host_down")])
        found = [example({"a": True, "b": True}, ["service_down", "host_down"], ("s", n))
                 for n in range(50)]
        values = fitted_values(start, found)
        self.assertEqual(values["service_down", "a", True], 3)
        self.assertGreater(values["service_down", "b", True], 5)
        found = [example({"a": True}, ["flood"], ("s", n)) for n in range(50)]
        values = fitted_values(start, found)
        self.assertLess(values["service_down", "a", True], 3)
        self.assertGreater(values["flood", "a", True], 3)

    def test_a_named_tie_is_not_torn_by_two_weights(self):
        """Each may grow by itself, being above weak; together they would part the pair."""
        weights = [(0, "a", True, 7, ""), (0, "b", True, -7, ""), (1, "c", True, 5, ""),
                   (2, "a", True, -3, "")]
        start = fault(weights, priors=(0, -1, -1), pairs=[("service_down", "host_down")])
        facts = {"a": True, "b": True, "c": False}
        found = [example({**facts, "c": True}, ["service_down", "host_down"], ("t", n))
                 for n in range(9)]  # 5 dB apart: no tie that the report names
        found += [example(facts, ["service_down", "host_down"], ("s", n)) for n in range(60)]
        values = fitted_values(start, found)
        self.assertLessEqual(abs(values["service_down", "a", True] +
                                 values["service_down", "b", True]), 0.5)
        self.assertLess(values["flood", "a", True], -3)
        self.assertGreater(values["host_down", "c", True], 5)
        loose = fitted_values(fault(weights, priors=(0, -1, -1)), found)
        self.assertGreater(loose["service_down", "a", True] + loose["service_down", "b", True], 3)

    def test_rounding_does_not_tear_a_tie(self):
        weights = [(0, fact, True, 3, "") for fact in "abcdef"]
        weights += [(1, fact, True, 3, "") for fact in "ghijk"]
        one = model.Model(fault(weights, pairs=[("service_down", "host_down")]))
        found = [example({fact: True for fact in "abcdefghijk"}, ["service_down", "host_down"])]
        near = one.start - np.array([0.2] * 6 + [0.3] * 5)  # 3.3 apart, rounded 5.5
        values = model.rounded(one, near, found)
        self.assertLessEqual(abs(values[:6].sum() - values[6:].sum()), model.WEAK_DB)

    def test_a_tie_is_right_for_any_of_its_members(self):
        start = fault([(0, "a", True, 5, ""), (1, "a", True, 5, "")], priors=(0, -1, -60))
        found = [example({"a": True}, ["service_down", "host_down"], ("s", n)) for n in range(95)]
        found += [example({"a": True}, ["other"], ("t", n)) for n in range(5)]
        one = model.Model(start)
        values = model.fitted(one, found, 100)
        scores = 10 ** ((one.prior_db + one.design(found[:1], values)[0] @ values) / 10)
        self.assertAlmostEqual(scores[:2].sum() / scores.sum(), 0.95, places=2)

    def test_the_prior_holds_weights_that_few_runs_speak_of(self):
        found = sampled(fault(PLANTED), 3, seed=5)
        values = fitted_values(fault(START), found, sigma_db=0.5)
        self.assert_near(values, START, within=0.5)

    def test_captures_of_one_run_count_as_one(self):
        start = fault([(0, "a", True, 3, "")])
        once = [example({"a": True}, ["service_down"], ("s", n)) for n in range(5)]
        thrice = [example({"a": True}, ["service_down"], ("s", n), 1 / 3)
                  for n in range(5) for _ in range(3)]
        one = model.Model(start)
        self.assertAlmostEqual(model.fitted(one, once, 4)[0], model.fitted(one, thrice, 4)[0],
                               places=3)
        self.assertEqual(one.runs(thrice, one.now), {(0, 0): 5})

    def test_the_labs_frequencies_need_not_enter(self):
        """Both causes are made equally often, though the catalogue calls one rare: what a fact
        says about them does not depend on that."""
        draw = random.Random(6)
        found = [example({"f": draw.random() < (0.8 if cause == "service_down" else 0.1)},
                         [cause], ("s", n))
                 for n in range(4000) for cause in ("service_down", "host_down")]
        start = fault([(0, "f", True, 3, ""), (0, "f", False, -3, "")], priors=(0, -10, -20))
        values = fitted_values(start, found, frequencies="lab")
        self.assertAlmostEqual(values["service_down", "f", True], 9.0, delta=0.6)
        self.assertAlmostEqual(values["service_down", "f", False], -6.5, delta=0.6)
        self.assertLess(fitted_values(start, found)["service_down", "f", True], 6)

    def test_the_gradient_is_the_loss_s(self):
        one = model.Model(fault(PLANTED))
        found = sampled(fault(PLANTED), 40, seed=7)
        rest = (one.design(found, one.now), one.right(found), np.full(40, 0.5), one.prior_db,
                one.start - 1, 4.0)
        gradient = model.loss(one.now, *rest)[1]
        for at in range(len(gradient)):
            step = np.zeros(len(gradient))
            step[at] = 1e-5
            slope = (model.loss(one.now + step, *rest)[0] -
                     model.loss(one.now - step, *rest)[0]) / 2e-5
            self.assertAlmostEqual(gradient[at], slope, places=5)


NASTY = '''# db = 1
id = "dns.x"
meaning = """
[[cause.weight]]
db = 3 is no key here"""
[raised_by]
symptoms = ["no_response"]
[[cause]]  # the first
id = "service_down"
prior_db = 0
  [[cause.weight]] # indented
  fact = "a"
  db = 7  # strong: "why"
  because = "db = 5"
[[cause]]
id = "flood"
prior_db = -3
[[cause.weight]]
because = \'\'\'
db = 9\'\'\'
group = "g"
runs = 3
db=-2.5
start_db = -3
fact = "b"
'''


class WritingBack(unittest.TestCase):
    def changed_lines(self, before, after):
        return [line for line in difflib.ndiff(before.splitlines(), after.splitlines())
                if line[0] in "+-"]

    def test_a_nasty_file(self):
        after = catalogue.rewritten(NASTY, {(0, 0): (6.5, 12, 7.0), (1, 0): (-4.0, 20, -3.0)})
        self.assertEqual(self.changed_lines(NASTY, after), [
            '-   db = 7  # strong: "why"', '+   db = 6.5  # strong: "why"', "+   runs = 12",
            "+   start_db = 7", "- runs = 3", "+ runs = 20", "- db=-2.5", "+ db=-4"])

    def test_every_file_of_the_catalogue(self):
        for path in sorted(CATALOGUE.glob("*.toml")):
            with self.subTest(path.name):
                before = path.read_text(encoding="utf-8")
                places = [(c, w) for c, cause in enumerate(catalogue.read_fault(path).causes)
                          for w in range(len(cause.weights))]
                once = catalogue.rewritten(before, {place: (1.5, 9, 13.0) for place in places})
                for line in self.changed_lines(before, once):
                    self.assertRegex(line, r"^[+-] (db|runs|start_db) = ")
                self.assertEqual(once.count("\ndb = 1.5\nruns = 9\n"), len(places))
                twice = catalogue.rewritten(once, {place: (2.0, 10, 13.0) for place in places})
                self.assertEqual(twice.count("\ndb = 2\nruns = 10\nstart_db = 13\n"), len(places))

    def test_what_cannot_be_changed_in_place_is_refused(self):
        inline = ('[[cause]]\nid = "x"\nprior_db = 0\n[[cause.weight]]\n'
                  'fact = "a"\n"db" = 7\n')
        with self.assertRaises((catalogue.BadCatalogue, KeyError)):
            catalogue.rewritten(inline, {(0, 0): (1.0, 1, 7.0)})


class WholeProgram(unittest.TestCase):
    """lab/fit.py itself, over captures of examples/ and a catalogue of its own."""
    TRUE = {"named-stopped": ("service_down", ["firewall_reject_host"]),
            "iptables-reject-host": ("firewall_reject_host", []),
            "iptables-reject-router": ("firewall_reject_path", []),
            "icmp-rate-limit": ("service_down", ["firewall_reject_host"])}

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.files = self.folder / "catalogue"
        shutil.copytree(CATALOGUE, self.files)
        for seed in range(1, 5):
            for name, (cause, ties) in self.TRUE.items():
                self.add(name, seed, cause, ties)

    def add(self, name, seed, cause, ties):
        capture = f"{name}-{seed}.pcap"
        shutil.copy(labels.SOURCE / f"examples/captures/{name}.pcap", self.folder / capture)
        (self.folder / (capture + ".label.json")).write_text(json.dumps({
            "schema": "whydown.label/1", "scenario": name, "seed": seed, "capture": capture,
            "seconds": 20, "healthy": False,
            "faults": [{"fault": ["dns.port_unreachable"], "cause": cause, "ties": ties,
                        "shown": True}]}))

    def fit(self, *arguments):
        said = io.StringIO()
        command = [str(self.folder), "--catalogue", str(self.files), *arguments]
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                status = fit_program().main(command)
            except SystemExit as stop:
                status = stop.code
        return status, said.getvalue()

    def text(self):
        return (self.files / "dns.port_unreachable.toml").read_text()

    def test_fitting_and_writing(self):
        before = self.text()
        status, said = self.fit("--seeds", "odd")
        self.assertEqual((status, self.text()), (0, before), said)
        self.assertIn("dns.port_unreachable, 8 runs", said)
        self.assertIn("the other half, after", said)
        status, said = self.fit("--seeds", "odd", "--write")
        self.assertEqual(status, 0, said)
        after = self.text()
        self.assertRegex(after, r'fact = "icmp.source_is_server"\n'
                                r'db = [\d.]+\nruns = 6\nstart_db = 7\n')
        self.assertIn('fact = "icmp.kernel_header"\ndb = 0\nbecause', after)
        # Again on the same runs: the same result, for it starts from start_db.
        self.assertEqual(self.fit("--seeds", "odd", "--write")[0], 0)
        self.assertEqual(self.text(), after)

    def test_a_fault_that_got_worse_keeps_its_weights(self):
        """The other half says the opposite of what was fitted on."""
        for path in self.folder.rglob("*.label.json"):
            label = json.loads(path.read_text())
            if label["seed"] % 2 == 0:
                label["faults"][0].update(cause="flood", ties=[])
                path.write_text(json.dumps(label))
        before = self.text()
        status, said = self.fit("--seeds", "odd", "--write")
        self.assertEqual((status, self.text()), (1, before), said)
        self.assertIn("dns.port_unreachable is left as it was", said)
        self.assertIn("nothing is written", said)

    def test_groups_and_truths_are_weighed_as_the_program_does(self):
        """The fit refuses reports that were weighed otherwise than its own model."""
        path = self.files / "dns.port_unreachable.toml"
        mixed = re.sub(r'group = "\w+"', 'group = "one"', self.text())
        mixed = mixed.replace('fact = "host.other_ports_refuse"',
                              'fact = "service.answered_after"\nis = false')
        path.write_text(mixed)
        status, said = self.fit("--seeds", "odd")
        self.assertEqual(status, 0, said)

    def test_the_softmax_is_the_programs(self):
        """Acts and silences whose probabilities neither floor nor cap has changed."""
        faults = catalogue.read(CATALOGUE)
        for name in ("named-stopped", "servfail", "iptables-drop", "web-dropped"):
            report, failure = program.report_of(
                program.default_program(), labels.SOURCE / f"examples/captures/{name}.pcap",
                ["--catalogue", str(CATALOGUE)])
            self.assertIsNone(failure)
            incident = report["incidents"][0]
            one = model.Model(faults[incident["fault"]])
            found = example({fact["fact"]: fact["is"] for fact in incident["facts"]}, [])
            odds = 10 ** ((one.prior_db + one.design([found], one.now)[0] @ one.now) / 10)
            for cause in incident["causes"]:
                p = odds[one.causes.index(cause["id"])] / odds.sum()
                self.assertAlmostEqual(cause["probability"], p, delta=0.00011, msg=cause["id"])

    def test_reports_of_other_weights_are_refused(self):
        faults = catalogue.read(self.files)
        weighed = [(cause.id, 99.0) for cause in faults["dns.port_unreachable"].causes]
        found = examples.Example("dns.port_unreachable", (), ("service_down",), ("s", 1), 1.0,
                                 "c.pcap", (*weighed, ("other", 0.0)))
        one = model.Model(faults["dns.port_unreachable"])
        self.assertEqual(list(one.differing([found])), ["c.pcap"])

    def test_bad_input(self):
        for arguments in (["--seeds", "99"], ["--seeds", "x"], [],
                          ["--seeds", "odd", "--sigma", "0"],
                          ["--seeds", "odd", "--whydown", "/nonexistent"],
                          ["--seeds", "odd", "--catalogue", str(self.folder / "none")]):
            status, said = self.fit(*arguments)
            self.assertEqual(status, 2, arguments)
        (self.files / "bad.toml").write_text("id = ")
        status, said = self.fit("--seeds", "odd")
        self.assertEqual(status, 2)
        self.assertIn("bad.toml", said)


def fit_program():
    """lab/fit.py as a module; `import fit` gives the package of the same name."""
    import importlib.util
    spec = importlib.util.spec_from_file_location("fit_program", labels.SOURCE / "lab/fit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    os.environ.setdefault("WHYDOWN", program.default_program())
    unittest.main()
