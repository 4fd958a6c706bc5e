"""Tests of the goldens: what is kept of a run, and whether one that does not hold is noticed."""

import contextlib
import io
import json
import os
import pathlib
import shutil
import tempfile
import unittest

import keep_golden
from score import labels, program

import lab_test  # from tests/, which keep_golden has put on the path

CAPTURES = labels.SOURCE / "examples/captures"
SERVER = "203.0.113.2"


def label(fault, cause, **more):
    return {"faults": [{"fault": [fault], "cause": cause, "shown": True, "servers": [SERVER],
                        "port": 53, "clients": ["192.0.2.15"], **more}], "healthy": False}


STOPPED = label("dns.port_unreachable", "service_down", ties=["firewall_reject_host"],
                accept=["dns.no_response"])
REFUSED = label("dns.refused", "access_policy")
HEALTHY = {"faults": [], "healthy": True}


class Goldens(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.run_folder, self.into = self.folder / "run", self.folder / "goldens"
        self.run_folder.mkdir()
        os.environ.setdefault("WHYDOWN", program.default_program())

    def add(self, scenario, capture, content, seed=1, folder=CAPTURES):
        name = f"{scenario}-{seed}-{capture}"
        shutil.copy(folder / capture, self.run_folder / name)
        (self.run_folder / (name + ".label.json")).write_text(json.dumps({
            "schema": "whydown.label/1", "scenario": scenario, "seed": seed, "capture": name,
            "side": "client", "seconds": 20, **content}))

    def keep(self, *arguments):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = keep_golden.main([str(self.run_folder), "--into", str(self.into), *arguments])
        return status, said.getvalue()

    def golden(self, scenario):
        return json.loads((self.into / (scenario + ".json")).read_text())

    def replay(self, name, /, **changes):
        path = self.into / (name + ".json")
        path.write_text(json.dumps({**self.golden(name), **changes}))
        return lab_test.replay(path, lambda report: None)

    def test_what_is_right_is_kept_and_holds(self):
        self.add("dns.stopped", "named-stopped.pcap", STOPPED)
        self.add("dns.stopped", "named-stopped-vvettttX.txt", STOPPED, 2)
        self.add("healthy", "healthy-odd.pcap", HEALTHY)
        status, said = self.keep()
        self.assertEqual(status, 0, said)
        golden = self.golden("dns.stopped")
        self.assertEqual((golden["seed"], golden["capture"]), (1, "dns.stopped.pcap.gz"))
        self.assertEqual(golden["incident"]["first_cause"], "service_down")
        self.assertEqual(golden["incident"]["inseparable"],
                         [["service_down", "firewall_reject_host"]])
        self.assertEqual(golden["incident"]["evidence_packets"], [19, 21, 23])
        self.assertEqual(golden["also_allowed"], ["dns.no_response"])
        self.assertEqual(self.golden("healthy")["verdict"], "healthy")
        self.assertEqual([self.replay("dns.stopped"), self.replay("healthy")], [None, None])

    def test_of_causes_that_are_as_likely_either_may_stand_first(self):
        known = json.loads((lab_test.FOLDER / "tcp.no_response.backlog_full.json").read_text())
        incident = known["incident"]
        self.add("queue", known["capture"],
                 label("tcp.no_response", "backlog_full", ties=["service_hung"],
                       servers=incident["servers"], port=incident["port"],
                       clients=incident["clients"]), folder=lab_test.FOLDER)
        status, said = self.keep()
        self.assertEqual(status, 0, said)
        self.assertEqual(self.golden("queue")["incident"]["first_cause_among"],
                         ["backlog_full", "service_hung"])

    def test_what_is_wrong_is_not_kept(self):
        self.add("wrong-fault", "refused.pcap", STOPPED)
        self.add("wrong-cause", "refused.pcap", label("dns.refused", "upstream_down"))
        self.add("wrong-service", "refused.pcap", label("dns.refused", "access_policy", port=54))
        self.add("alarm", "refused.pcap", HEALTHY)
        status, said = self.keep()
        self.assertEqual((status, said.count("not judged right")), (1, 4), said)
        self.assertEqual(list(self.into.iterdir()), [])

    def test_a_side_that_saw_nothing_does_not_stand_for_the_scenario(self):
        self.add("dns.refused", "healthy-late-answer.pcap", HEALTHY)
        self.add("dns.refused", "refused.pcap", REFUSED, 2)
        self.assertEqual(self.keep()[0], 0)
        self.assertEqual(self.golden("dns.refused")["verdict"], "incident")

    def test_a_side_that_shows_it_in_another_way_is_kept_beside_it(self):
        self.add("dns.refused", "refused.pcap", {**REFUSED, "side": "server"})
        self.assertEqual(self.keep()[0], 0)
        self.assertEqual(self.keep("--side", "client")[0], 0)  # none of the client's
        self.assertFalse((self.into / "dns.refused.client.json").exists())
        self.add("dns.refused", "refused.pcap", REFUSED, 2)
        self.assertEqual(self.keep("--side", "client")[0], 0)
        self.assertEqual(self.golden("dns.refused")["side"], "server")
        golden = self.golden("dns.refused.client")
        self.assertEqual((golden["side"], golden["capture"]),
                         ("client", "dns.refused.client.pcap.gz"))
        self.assertIsNone(self.replay("dns.refused.client"))
        self.assertIn("in a file named", self.replay("dns.refused.client", side="router"))

    def test_what_is_too_long_is_not_kept(self):
        self.add("dns.refused", "refused.pcap", REFUSED)
        self.assertEqual(self.keep("--most-bytes", "100")[0], 1)
        self.assertEqual(self.keep()[0], 0)

    def test_an_old_golden_stays_unless_replaced(self):
        self.add("dns.refused", "refused.pcap", REFUSED)
        self.assertEqual(self.keep()[0], 0)
        before = self.golden("dns.refused")
        (self.run_folder / "dns.refused-1-refused.pcap.label.json").unlink()
        self.add("dns.refused", "refused.pcap", REFUSED, 5)
        self.assertEqual(self.keep()[0], 0)
        self.assertEqual(self.golden("dns.refused"), before)
        self.assertEqual(self.keep("--replace")[0], 0)
        self.assertEqual(self.golden("dns.refused")["seed"], 5)

    def test_a_golden_that_does_not_hold_is_noticed(self):
        self.add("dns.stopped", "named-stopped.pcap", STOPPED)
        self.keep()
        incident = self.golden("dns.stopped")["incident"]
        rows = [({"verdict": "healthy"}, "verdict incident"),
                ({"incident": {**incident, "fault": "dns.refused"}}, "first incident's fault"),
                ({"incident": {**incident, "servers": ["192.0.2.1"]}}, "service.servers"),
                ({"incident": {**incident, "first_cause": "flood"}}, "first cause"),
                ({"incident": {**incident, "inseparable": [["flood", "overload"]]}},
                 "not among the inseparable"),
                ({"incident": {**incident, "evidence_packets": [1]}}, "evidence lacks packets [1]"),
                ({"incident": incident, "further": [incident]}, "no dns.port_unreachable at"),
                ({"incident": {**incident, "fault": "dns.refused"}, "further": [incident],
                  "may_stand_first": ["dns.port_unreachable"]}, "first incident's fault"),
                ({"further": [], "expected": 1}, "unknown ['expected']"),
                ({"capture": "none.pcap"}, "no such capture"),
                ({"scenario": "x"}, "in a file named")]
        golden = self.golden("dns.stopped")
        for changes, problem in rows:
            (self.into / "dns.stopped.json").write_text(json.dumps(golden))
            with self.subTest(problem):
                self.assertIn(problem, self.replay("dns.stopped", **changes) or "")

    def test_faults_without_a_golden_and_stray_files_are_named(self):
        self.add("dns.stopped", "named-stopped.pcap", STOPPED)
        self.keep()
        (self.into / "stray.pcap").write_bytes(b"")
        problems = list(lab_test.general_problems(self.into, [self.into / "dns.stopped.json"]))
        self.assertIn("stray.pcap: no golden uses it", problems)
        self.assertTrue(any(problem.startswith("catalogue/dns.refused.toml: no golden")
                            for problem in problems))
        self.assertFalse(any("dns.port_unreachable" in problem for problem in problems))

    def test_bad_input(self):
        self.assertEqual(self.keep()[0], 2)
        self.add("x", "refused.pcap", REFUSED)
        status, said = self.keep("--whydown", "/nonexistent")
        self.assertEqual(status, 2)
        self.assertNotIn("Traceback", said)


if __name__ == "__main__":
    unittest.main()
