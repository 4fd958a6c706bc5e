#!/usr/bin/env python3
"""The figures of lab/lookalikes.py, from small captures whose figures are known: of examples/
(read off with tshark) and made here, packet by packet."""

import contextlib
import gzip
import importlib.util
import io
import json
import os
import pathlib
import re
import shutil
import struct
import sys
import tempfile
import unittest

LAB = pathlib.Path(__file__).resolve().parent
SOURCE = pathlib.Path(os.environ.get("WHYDOWN_SOURCE", LAB.parent))
CAPTURES, PAGE = SOURCE / "examples/captures", SOURCE / "docs/look-alikes.md"
sys.path[:0] = [str(LAB), str(LAB / "runner")]  # flood.py runs alone, beside its modules
from look import acts, answers, frames, load, runs, silence, times  # noqa: E402
from runner import flood, label  # noqa: E402

CLIENT, DNS, WEB, OTHER = "192.0.2.15", "203.0.113.2", "198.51.100.80", "192.0.2.16"
SYN, ACK, RST, PUSH = 2, 16, 4, 8


def program():
    spec = importlib.util.spec_from_file_location("lookalikes_program", LAB / "lookalikes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cells(text):
    """The rows of a Markdown table as dictionaries."""
    lines = [[cell.strip() for cell in line.strip("| \n").split(" | ")]
             for line in text.splitlines() if line.startswith("|")]
    return [dict(zip(lines[0], line)) for line in lines[2:]]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def add(self, capture, fault, scenario="a.scenario", seed=1, side="client", servers=(DNS,),
            port=53, transport="udp", since=0.5, clients=(CLIENT,), **drawn):
        """A run with one capture; the fault begins some seconds after its first packet."""
        folder = self.folder / scenario / str(seed)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(capture, folder / capture.name)
        seen = frames.read(capture)
        first, last = seen[0].packet.time + since, seen[-1].packet.time
        (folder / f"{side}.label.json").write_text(json.dumps({
            "capture": capture.name, "side": side, "healthy": False, "faults": [{
                "fault": [fault], "servers": list(servers), "port": port, "transport": transport,
                "clients": list(clients), "cause": drawn.pop("cause", "service_down"),
                "first": label.rfc3339(first), "last": label.rfc3339(last)}]}))
        (folder / "run.json").write_text(json.dumps({
            "ip": 4, "hops": 0, "clients": [{"address": CLIENT}, {"address": OTHER}],
            "hosts": {"dns": {"address": DNS, "place": "far"},
                      "web": {"address": WEB, "place": "far"}}, "services": {}, **drawn}))

    def table(self, make):
        return cells(make(runs.load([self.folder])))

    def one(self, make, **expected):
        rows = self.table(make)
        self.assertEqual(len(rows), 1, rows)
        self.assertEqual({key: rows[0][key] for key in expected}, expected)


class Examples(Case):
    def test_a_stopped_daemon_is_the_same_in_every_form(self):
        for seed, form in enumerate(("pcap", "pcap.gz", "pcapng", "pcapng.gz"), 1):
            self.add(CAPTURES / f"named-stopped.{form}", "dns.port_unreachable", seed=seed)
        self.one(acts.errors, **{
            "type/code": "3/3", "from": "the server", "TTL against the server's answers": "same",
            "TOS": "0xc0", "DF": "0", "IP id": "not 0", "quotes": "all",
            "routers short of the server": "0", "routers to it less routers from it": "0",
            "runs": "4", "seen in": "`a.scenario` c4"})

    def test_a_router_that_rejects(self):
        self.add(CAPTURES / "iptables-reject-router.pcap", "dns.port_unreachable", hops=0)
        rows = [row for row in self.table(acts.errors) if row["about"] == "udp"]
        self.assertEqual([(row["from"], row["routers to it less routers from it"])
                          for row in rows], [("another device", "1")])

    def test_a_closed_tcp_port(self):
        self.add(CAPTURES / "closed-web-port.pcap", "tcp.refused", servers=[WEB, DNS], port=80,
                 transport="tcp")
        self.one(acts.resets, **{"flags": "RST+ACK", "TOS": "0x00 as the SYN", "DF": "1",
                                 "IP id": "0", "window": "0", "options": "none",
                                 "TTL against the server's answers": "no answer seen"})

    def test_the_limit_of_errors(self):
        self.add(CAPTURES / "icmp-rate-limit.pcap", "dns.port_unreachable", since=0.02)
        rows = self.table(times.limits)
        self.assertEqual(rows[0]["errors before the first silence"], "6")
        self.assertAlmostEqual(float(rows[0]["then errors a second"]), 1.0, delta=0.2)

    def test_the_search_for_a_dead_neighbour(self):
        lan = "192.0.2.53"
        self.add(CAPTURES / "dead-host-lan.pcap", "arp.no_reply", servers=[lan], since=1.02)
        self.one(times.search, **{"asks in a row": "3", "between asks": "1.01 / 1.02 / 1.02 s"})

    def test_the_error_behind_a_dead_neighbour(self):
        self.add(CAPTURES / "dead-host-routed.pcap", "icmp.host_unreachable")
        self.one(times.search, **{"first error after its request": "3.08 s"})

    def test_dns_errors(self):
        self.add(CAPTURES / "refused.pcap", "dns.refused", since=0)
        rows = self.table(answers.table)
        self.assertEqual((rows[0]["rcode"], rows[0]["AA"]), ("REFUSED", "no"))


class Made(Case):
    """Captures made here of raw IPv4 packets, in Ethernet frames."""

    def write(self, packets, name="made.pcap"):
        out = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
        for time, packet in sorted(packets, key=lambda pair: pair[0]):
            frame = bytes(12) + b"\x08\x00" + packet
            out += struct.pack("<IIII", 1700000000 + int(time), round(time % 1 * 1e6),
                               len(frame), len(frame)) + frame
        path = self.folder / name
        path.write_bytes(out)
        return path

    def tcp(self, source, target, sport, dport, flags, ident=0, ttl=64, size=0, sequence=9):
        segment = struct.pack(">HHIIBBHHH", sport, dport, sequence, 0, 0x50, flags, 0, 0, 0)
        segment = flood.transport(source, target, 6, segment + bytes(size), 16)
        return flood.ip_header(source, target, 6, len(segment), ident, ttl) + segment

    def query(self, client, port, ident, rcode=None):
        body = struct.pack(">HHHHHH", ident, 0x8000 | rcode if rcode is not None else 0, 1, 0, 0,
                           0) + b"\1a\0\0\1\0\1"
        ends = (client, DNS, port, 53) if rcode is None else (DNS, client, 53, port)
        segment = struct.pack(">HHHH", *ends[2:], 8 + len(body), 0) + body
        segment = flood.transport(*ends[:2], 17, segment, 6)
        return flood.ip_header(*ends[:2], 17, len(segment), 7) + segment

    def connection(self, at, port, steps, client=CLIENT):
        """SYN, SYN-ACK, ACK, data: the first `steps` of them."""
        every = [self.tcp(client, WEB, port, 80, SYN), self.tcp(WEB, client, 80, port, SYN | ACK),
                 self.tcp(client, WEB, port, 80, ACK),
                 self.tcp(WEB, client, 80, port, ACK | PUSH, size=5)]
        return [(at + number / 1000, packet) for number, packet in enumerate(every[:steps])]

    def test_injected_resets_differ(self):
        packets = self.connection(0, 4000, 4)
        for number in range(5):
            packets += [(1 + number, self.tcp(CLIENT, WEB, 5000 + number, 80, SYN)),
                        (1.01 + number, self.tcp(WEB, CLIENT, 80, 5000 + number, RST | ACK,
                                                 ident=(20000 * number + 1) & 0xffff, ttl=255))]
        self.add(self.write(packets), "tcp.refused", servers=[WEB], port=80, transport="tcp")
        self.one(acts.resets, **{"TTL against the server's answers": "+191", "DF": "0",
                                 "IP id": "not 0, jumps"})

    def test_a_full_queue_completes_handshakes(self):
        packets = [packet for number in range(3)
                   for packet in self.connection(number, 4000 + number, 3)]
        packets += [packet for number in range(4)
                    for packet in self.connection(5 + number, 5000 + number, 1)]
        packets += [(6.5, self.tcp(CLIENT, WEB, 5000, 80, SYN))]    # the same SYN again
        self.add(self.write(packets), "tcp.no_response", servers=[WEB], port=80, transport="tcp",
                 since=5)
        self.one(load.handshakes, **{
            "clients' connections": "7", "third step": "3", "served": "0",
            "completed and not served": "3", "completed after the first silent one": "0"})
        self.one(times.repeats, **{"SYNs": "1", "after the one before": "1.50 s"})

    def test_a_policer(self):
        packets = [(number / 20, self.query(CLIENT, 6000 + number, number))
                   for number in range(240)]
        packets += [(number / 20 + 0.0002, self.query(CLIENT, 6000 + number, number, 0))
                    for number in range(240) if number < 60 or number % 5 == 0]
        self.add(self.write(packets), "dns.no_response", since=3, cause="rate_limit")
        self.one(load.table, **{
            "asked a second": "20", "served a second": "4", "least in a second": "4",
            "most in a second": "4", "not served": "80 %", "latency during, ms": "0.2"})

    def test_who_else_answers(self):
        packets = [(number, self.query(CLIENT, 6000 + number, number)) for number in range(6)]
        packets += [(2.5, self.query(OTHER, 6100, 77)), (2.6, self.query(OTHER, 6100, 77, 0)),
                    (3.5, self.tcp(CLIENT, DNS, 7000, 53, SYN)),
                    (3.6, self.tcp(DNS, CLIENT, 53, 7000, SYN | ACK)),
                    (4.5, self.tcp(CLIENT, DNS, 7001, 22, SYN)),
                    (4.6, self.tcp(DNS, CLIENT, 22, 7001, RST | ACK))]
        self.add(self.write(packets), "dns.no_response")
        self.one(silence.table, **{
            "echo": "-", "the port, others": "yes", "the port, the same clients": "no",
            "other transport, same port": "accepts only", "other ports serve": "no",
            "other ports refuse": "yes"})

    def test_what_cannot_be_read_is_named(self):
        path = self.folder / "bad.pcap"
        path.write_bytes(b"no capture, but long enough for its header")
        with self.assertRaises(frames.Unreadable):
            frames.read(path)
        self.assertEqual(frames.contents(self.gzipped(path)), path.read_bytes())

    def gzipped(self, path):
        packed = path.with_name("bad.pcap.gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        return packed


class Page(Case):
    def run_program(self, *words):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = program().main([str(word) for word in words])
        return status, said.getvalue()

    def test_the_same_folder_gives_the_same_page(self):
        self.add(CAPTURES / "named-stopped.pcap", "dns.port_unreachable")
        page = self.folder / "page.md"
        shutil.copy(PAGE, page)
        self.assertEqual(self.run_program(self.folder, "--write", page), (0, ""))
        once = page.read_text(encoding="utf-8")
        self.assertIn("1 runs of 1 scenarios (1 to 1 of each), seeds 1", once)
        self.assertEqual(self.run_program(self.folder, "--write", page), (0, ""))
        self.assertEqual(page.read_text(encoding="utf-8"), once)
        outside = program().MARKER.sub("", PAGE.read_text(encoding="utf-8"))
        self.assertEqual(program().MARKER.sub("", once), outside)
        self.assertEqual(self.run_program(self.folder), self.run_program(self.folder))

    def test_every_block_of_the_page_is_there_and_filled(self):
        blocks = dict(program().MARKER.findall(PAGE.read_text(encoding="utf-8")))
        self.assertEqual(set(blocks), {"runs", *program().TABLES})
        for name, text in blocks.items():
            self.assertGreater(len(text.splitlines()), 0, name)
            self.assertNotIn("No run of this folder", text, name)

    def test_facts_of_the_page_exist(self):
        facts = (SOURCE / "docs/facts.md").read_text(encoding="utf-8")
        prose = program().MARKER.sub("", PAGE.read_text(encoding="utf-8"))
        words = set(re.findall(r"`((?:icmp|reset|host|arp|service|request|dns|capture|traffic|"
                               r"latency)\.[a-z_]+)`", prose))
        self.assertGreater(len(words), 10)
        for word in sorted(words):
            self.assertIn(f"| `{word}` |", facts, word)

    def test_kernels_stand_apart(self):
        for seed, kernel in ((1, "6.1.0"), (2, "6.12.0")):
            self.add(CAPTURES / "named-stopped.pcap", "dns.port_unreachable", seed=seed,
                     kernel=kernel)
        said = self.run_program(self.folder)[1]
        self.assertIn("- Linux `6.1.0`: 1 runs", said)
        self.assertIn("Linux 6.12.0:", said)
        self.assertNotIn("taken for this machine's", said)

    def test_refusals(self):
        self.assertEqual(self.run_program(self.folder)[0], 2)
        self.add(CAPTURES / "named-stopped.pcap", "dns.port_unreachable")
        self.assertEqual(self.run_program(self.folder, self.folder)[0], 2)
        page = self.folder / "page.md"
        page.write_text("<!-- lookalikes: icmp -->\n<!-- end -->\n")
        status, said = self.run_program(self.folder, "--write", page)
        self.assertEqual(status, 2)
        self.assertIn("blocks found: icmp", said)


if __name__ == "__main__":
    unittest.main()
