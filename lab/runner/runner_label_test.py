#!/usr/bin/env python3
"""A label says what the scenario's answer is for that side and form, as the packets bear it out."""

import json
import os
import pathlib
import struct
import sys
import tempfile
import unittest

LAB = pathlib.Path(__file__).resolve().parent.parent
SOURCE = pathlib.Path(os.environ.get("WHYDOWN_SOURCE", LAB.parent))
sys.path.insert(0, str(LAB))
from runner import capture, dnswire, draw, flood, label, namespace, packets, scenario  # noqa: E402
from runner import signs, transfer_signs  # noqa: E402
from score import labels  # noqa: E402
from runner.packets import Packet  # noqa: E402

FAULTS = scenario.catalogue_faults(SOURCE)
C, S, R = "192.0.2.7", "203.0.113.2", "192.0.2.1"
S6 = "2001:db8::2"


def udp(time, ident, reply=None, client=C, port=4000, server=S, name="a.example", cut=False,
        data=b""):
    """A query, or with an rcode its answer."""
    if reply is None:
        return Packet(time, "udp", client, server, 64, port, 53, dns=(ident, 0, name, False, b""))
    return Packet(time, "udp", server, client, 63, 53, port, dns=(ident, reply, name, cut, data))


def sent(time, back=False, port=6000):
    """A datagram of another service."""
    if back:
        return Packet(time, "udp", S, C, 63, 1194, port)
    return Packet(time, "udp", C, S, 64, port, 1194)


def error(time, kind, code, client=C, port=4000, server=S, by=S, transport="udp", dport=53,
          ident=None):
    quote = Packet(0, transport, client, server, 63, port, dport)
    quote.dns = ident and (ident, 0, "a.example", False, b"")
    return Packet(time, "icmp", by, client, 63, icmp=(kind, code), quote=quote)


def tcp(time, flags, back=False, port=5000, client=C):
    if back:
        return Packet(time, "tcp", S, client, 63, 80, port, flags)
    return Packet(time, "tcp", client, S, 64, port, 80, flags)


def tls(time, said=b"", back=False, flags=0x18):
    """A segment with records of TLS on the connection of tcp()."""
    packet = tcp(time, flags, back)
    packet.said, packet.size, packet.sequence = said, len(said), int(time * 1000)
    return packet


HELLO = b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4"
FLIGHT = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76"
DATA, SEALED = b"\x17\x03\x03\x00\x45" + bytes(20), b"\x17\x03\x03\x00\x13" + bytes(19)
ALERT, GOODBYE = b"\x15\x03\x03\x00\x02\x02\x46", b"\x15\x03\x03\x00\x02\x01\x00"


def arp(time, kind, asker=C, address=S):
    return Packet(time, "arp", asker, address, arp=(kind, asker, address))


def said(time, text, back=False, flags=0x18, port=5000):
    packet = tcp(time, flags, back, port)
    packet.said = text
    return packet


def told(time, first, stratum):
    """An answer of a time server, and the request before it."""
    asked, answer = Packet(time, "udp", C, S, 64, 5000, 80), Packet(time, "udp", S, C, 63, 80, 5000)
    answer.said = bytes((first, stratum))
    return [asked, answer]


GET = b"GET / HTTP/1.1\r\n"
MOVED = b"HTTP/1.1 302 Found\r\n"
ROUND = [each for turn in range(4) for each in (said(1 + turn * 0.1, GET),
                                                said(1.05 + turn * 0.1, MOVED, True))]


PROBE = b"GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com"


def visits(*hosts):
    """Pages of these hosts, each of which sends its visitor on."""
    out = []
    for time, host in enumerate(hosts):
        out += [said(1 + time, b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n"),
                said(1.1 + time, MOVED, True)]
    return out


def claimed(time, mac):
    """Somebody says that it has the server's address."""
    return Packet(time, "arp", S, C, arp=("tell", C, S), mac=mac)


def dhcp(time, kind, back=False, server="", mac=C):
    """A DHCP message; the client's hardware address is called C here."""
    ends = (67, 68) if back else (68, 67)
    return Packet(time, "udp", "", "", 64, *ends, mac=mac, dhcp=(kind, server))


# fault, transport, port, packets -> how many requests failed so, and the client of the first
def turned(at, ttl):
    packet = tcp(at, 2)
    packet.ttl = ttl
    return packet


SIGNS = [
    ("dns.port_unreachable", "udp", 53, [udp(1, 1), error(1.1, 3, 3)], 1),
    ("dns.port_unreachable", "udp", 53, [udp(1, 1), udp(1.01, 1, 0)], 0),
    ("dns.port_unreachable", "udp", 53, [udp(1, 1), error(1.1, 3, 1)], 0),
    ("dns.port_unreachable", "udp", 53,  # the port is used again, for a query that fails
     [udp(0.5, 9), udp(0.6, 9, 0), udp(1, 1), error(1.1, 3, 3)], 1),
    ("dns.port_unreachable", "udp", 53, [udp(1, 1), error(1.1, 3, 3, ident=2)], 0),
    ("dns.port_unreachable", "udp", 53, [udp(1, 1), error(1.1, 3, 3, server=R)], 0),
    ("dns.no_response", "udp", 53, [udp(1, 1), udp(6, 2), udp(6.1, 2, 0)], 1),
    ("dns.no_response", "udp", 53, [udp(1, 1), udp(5, 2), udp(5.1, 2, 0)], 0),
    ("dns.no_response", "udp", 53, [udp(1, 1), udp(2, 1), udp(3, 2), udp(3.1, 2, 0)], 1),
    ("dns.no_response", "udp", 53, [udp(1, 1), udp(1.001, 1), udp(3, 2), udp(3.1, 2, 0)], 0),
    ("dns.no_response", "udp", 53, [udp(1, 1), error(4, 3, 1)], 0),
    ("dns.slow", "udp", 53, [udp(1, 1), udp(2.5, 1, 0)], 1),
    ("dns.slow", "udp", 53, [udp(1, 1), udp(1.5, 1, 0)], 0),
    ("dns.slow", "udp", 53, [udp(1, 1), udp(6, 2), udp(6.1, 2, 0)], 1),
    ("dns.truncated", "udp", 53, [udp(1, 1), udp(1.1, 1, 0, cut=True)], 1),
    ("dns.truncated", "udp", 53, [udp(1, 1), udp(1.1, 1, 0)], 0),
    ("dns.wrong_answer", "udp", 53,
     [udp(1, 1), udp(1.1, 1, 0, data=b"good"), udp(1.2, 1, 0, data=b"evil")], 1),
    ("dns.wrong_answer", "udp", 53,
     [udp(1, 1), udp(1.1, 1, 0, data=b"good"), udp(1.2, 1, 0, data=b"good")], 0),
    ("dns.wrong_answer", "udp", 53,
     [packet for at in (1, 2, 3, 4) for packet in (
         udp(at, at, name=f"www{at}.a.example"),
         udp(at + .1, at, 0, name=f"www{at}.a.example", data=b"same"))], 0),
    ("dns.wrong_answer", "udp", 53,
     [packet for at in (1, 2, 3, 4) for packet in (
         udp(at, at, name=f"www.shop{at}.example"),
         udp(at + .1, at, 0, name=f"www.shop{at}.example", data=b"same"))], 4),
    ("udp.no_response", "udp", 1194, [sent(1), sent(2), sent(3), sent(9, port=7)], 1),
    ("udp.no_response", "udp", 1194, [sent(1), sent(9, port=7)], 0),
    ("udp.no_response", "udp", 1194, [sent(1), sent(2), sent(2.1, True), sent(9, port=7)], 0),
    ("dns.servfail", "udp", 53, [udp(1, 1), udp(1.1, 1, 2)], 1),
    ("dns.servfail", "udp", 53, [udp(1, 1), udp(1.1, 1, 3)], 0),
    ("dns.nxdomain", "udp", 53, [udp(1, 1), udp(1.1, 1, 3)], 1),
    ("dns.refused", "udp", 53, [udp(1, 1), udp(1.1, 1, 5)], 1),
    ("dns.format_error", "udp", 53, [udp(1, 1), udp(1.1, 1, 16)], 1),
    ("icmp.host_unreachable", "udp", 53, [udp(1, 1), error(4, 3, 1, by=R)], 1),
    ("icmp.net_unreachable", "udp", 53, [udp(1, 1), error(1, 3, 0, by=R)], 1),
    ("icmp.admin_prohibited", "udp", 53, [udp(1, 1), error(1, 3, 13, by=R)], 1),
    ("icmp.ttl_exceeded", "udp", 53, [udp(1, 1), error(1, 11, 0, by=R)], 1),
    ("link.loop", "tcp", 80, [turned(1 + i / 1000, 60 - 2 * i) for i in range(8)], 1),
    ("link.loop", "tcp", 80, [turned(1 + i / 1000, 60) for i in range(40)], 0),
    ("link.loop", "tcp", 80, [turned(1 + i, 60 - i) for i in range(8)], 0),
    ("tcp.refused", "tcp", 80, [tcp(1, 2), tcp(1.1, 0x14, True)], 1),
    ("tcp.refused", "tcp", 80, [tcp(1, 2), error(1.1, 3, 3, port=5000, transport="tcp", dport=80)],
     1),
    ("tcp.refused", "tcp", 80, [tcp(1, 2), tcp(1.1, 0x12, True), tcp(2, 0x14, True)], 0),
    ("tcp.no_response", "tcp", 80, [tcp(1, 2), tcp(2, 2), tcp(4, 2)], 1),
    ("tcp.no_response", "tcp", 80, [tcp(1, 2), tcp(1.1, 0x12, True), tcp(1.2, 0x10)], 0),
    ("http.error_status", "tcp", 80, [said(1, GET), said(1.1, b"HTTP/1.1 502 Bad", True)], 1),
    ("http.error_status", "tcp", 80, [said(1, GET), said(1.1, b"HTTP/1.1 200 OK", True)], 0),
    ("http.slow", "tcp", 80, [said(1, GET), said(3.1, b"HTTP/1.1 200 OK", True)], 1),
    ("http.slow", "tcp", 80, [said(1, GET), said(2.1, b"HTTP/1.1 200 OK", True)], 0),
    ("http.redirect_loop", "tcp", 80, ROUND[:6], 0),
    ("http.diverted", "tcp", 80, [said(1, PROBE), said(1.1, MOVED, True)], 1),
    ("http.diverted", "tcp", 80, [said(1, PROBE), said(1.1, b"HTTP/1.1 200 OK", True)], 1),
    ("http.diverted", "tcp", 80, [said(1, PROBE), said(1.1, b"HTTP/1.1 204 No Content", True)], 0),
    ("http.diverted", "tcp", 80, visits(b"a.com", b"b.org", b"www.a.com"), 0),
    ("http.no_response", "tcp", 80, [said(1, GET), said(1.1, b"", True, 0x11)], 1),
    ("http.no_response", "tcp", 80, [said(1, GET), tcp(11.1, 2, port=5001)], 1),
    ("http.no_response", "tcp", 80, [said(1, GET), tcp(9, 2, port=5001)], 0),
    ("http.no_response", "tcp", 80, [said(1, GET), said(2, b"", flags=0x11)], 0),
    ("http.no_response", "tcp", 80, [said(1, GET), said(7, b"", flags=0x14)], 1),
    ("app.error", "tcp", 80, [tcp(1, 2), said(1.1, b"220 hi", True), said(2, b"550 no", True)], 1),
    ("app.error", "tcp", 80, [tcp(1, 2), said(1.1, b"220 hi", True), said(2, b"250 ok", True)], 0),
    ("app.error", "tcp", 80, [tcp(1, 2), said(1.1, b"", True, 0x11)], 1),
    ("app.error", "udp", 80, told(1, 0xe4, 16), 1),
    ("app.error", "udp", 80, told(1, 0x24, 2), 0),
    ("arp.no_reply", "udp", 53, [arp(1, "ask"), arp(2, "ask"), arp(3, "ask")], 1),
    ("arp.no_reply", "udp", 53, [arp(1, "ask"), arp(2, "ask")], 0),
    ("icmp.host_unreachable", "udp", 53, [udp(1, 1), error(4, 3, 1), udp(5, 1), udp(5.1, 1, 0)], 0),
    ("nd.no_reply", "udp", 53, [arp(1, "ask"), arp(2, "ask"), arp(3, "ask")], 0),
    ("nd.no_reply", "udp", 53, [arp(1, "ask", C, S6)] * 3, 1),
    ("arp.conflict", "udp", 53, [claimed(0, C), claimed(0, "b"), claimed(1, C), claimed(2, "b")], 1),
    ("arp.conflict", "udp", 53, [claimed(0, C), claimed(0, "b"), claimed(1, "b"), claimed(2, "b")], 0),
    ("arp.conflict", "udp", 53, [claimed(0, C), claimed(0, "b"), claimed(50, C), claimed(99, "b")], 0),
    ("arp.spoofing", "udp", 53, [claimed(0, "b"), claimed(0, C), claimed(1, "b"), claimed(1, C)], 1),
    ("dhcp.no_offer", "udp", 67, [dhcp(1, 1), dhcp(5, 1), udp(9, 1)], 1),
    ("dhcp.no_offer", "udp", 67, [dhcp(1, 1), dhcp(5, 1), udp(6, 1)], 0),
    ("dhcp.no_offer", "udp", 67, [dhcp(1, 1), dhcp(2, 3, server=S), udp(30, 1)], 0),
    ("dhcp.no_offer", "udp", 67, [dhcp(1, 1), dhcp(5, 1), dhcp(5.1, 5, True), udp(30, 1)], 0),
    ("dhcp.no_offer", "udp", 67,
     [dhcp(1, 1), dhcp(2, 2, True), dhcp(5, 1), dhcp(6, 2, True), udp(30, 1)], 1),
    ("dhcp.nak", "udp", 67, [dhcp(0.9, 3), dhcp(1, 6, True, S), udp(30, 1)], 1),
    ("dhcp.nak", "udp", 67, [dhcp(1, 6, True, S), dhcp(2, 1), dhcp(3, 5, True, S)], 0),
    ("arp.no_reply", "udp", 53, [arp(1, "ask"), arp(2, "ask"), arp(3, "ask"), arp(3.1, "tell")], 0),
    ("tls.alert", "tcp", 80, [tls(1, HELLO), tls(1.1, ALERT, True)], 1),
    ("tls.alert", "tcp", 80, [tls(1, HELLO), tls(1.1, FLIGHT, True), tls(1.2, DATA),
                              tls(1.3, SEALED, True)], 1),
    ("tls.alert", "tcp", 80, [tls(1, HELLO), tls(1.1, FLIGHT, True), tls(1.2, DATA),
                              tls(1.3, DATA, True), tls(1.4, SEALED, True)], 0),
    ("tls.certificate_expired", "tcp", 80, [tls(1, HELLO), tls(1.1, FLIGHT, True), tls(1.2, ALERT)],
     1),
    ("tls.certificate_untrusted", "tcp", 80, [tls(1, HELLO), tls(1.1, FLIGHT, True),
                                              tls(1.2, SEALED)], 1),
    ("tls.certificate_name", "tcp", 80, [tls(1, HELLO), tls(1.1, FLIGHT, True),
                                         tls(1.2, GOODBYE, flags=0x19)], 1),
    ("tls.no_handshake", "tcp", 80, [tls(1, HELLO), tls(1.1, back=True, flags=0x14)], 1),
    ("tls.no_handshake", "tcp", 80, [tls(1, HELLO), tls(6, flags=0x11)], 1),
    ("tls.no_handshake", "tcp", 80, [tls(1, HELLO), tls(2, flags=0x11)], 0),
    ("tls.no_handshake", "tcp", 80, [tls(1, b"GET /"), tls(6, flags=0x11)], 0),
]


class Signs(unittest.TestCase):
    def test_signs(self):
        for fault, transport, port, seen, count in SIGNS:
            with self.subTest(fault=fault, seen=len(seen), count=count):
                failed = signs.Service(seen, [S, S6], port, transport).failed(fault)
                self.assertEqual(count, len(failed))
                if count and fault not in signs.CONTESTS:
                    where = {"nd.no_reply": S6, **signs.SERVERS}.get(fault, S)
                    self.assertEqual((1, C, where), (failed[0][0], failed[0][2], failed[0][3]))

    def test_a_first_fragment_alone_is_no_answer(self):
        first, second = udp(0.01, 7, 0), Packet(0.01)
        first.piece, second.piece = ((S, C, 99), True), ((S, C, 99), False)
        other = Packet(0.01, piece=((S, C, 98), False))
        later = [udp(5.0, 7), udp(20.0, 8)]
        for pieces, failed in (([first], 1), ([first, other], 1), ([first, second], 0)):
            found = signs.Service([udp(0.0, 7), *pieces, *later], [S], 53, "udp")
            silent = [each for each in found.failed("dns.no_response") if each[0] == 0.0]
            self.assertEqual(len(silent), failed)

    def test_a_storm_is_about_everybody(self):
        service = signs.Service([arp(1 + i / 1000, "ask") for i in range(40)], [S], 80, "tcp")
        self.assertEqual(["ff:ff:ff:ff:ff:ff"], [each[3] for each in service.failed("link.loop")])
        slow = signs.Service([arp(1 + i, "ask") for i in range(40)], [S], 80, "tcp")
        self.assertEqual([], service.failed("link.loop")[1:] + slow.failed("link.loop"))

    def test_three_sites_in_a_row_are_diverted(self):
        for hosts, times in (((b"a.com", b"b.org", b"c.net", b"a.com"), [3, 4]),
                             ((b"a.com", b"b.org", b"login.hotel.example"), [])):
            service = signs.Service(visits(*hosts), [S], 80, "tcp")
            self.assertEqual(times, [each[0] for each in service.failed("http.diverted")])

    def test_a_loop_counts_from_its_fourth_turn(self):
        service = signs.Service(ROUND, [S], 80, "tcp")
        self.assertEqual([1 + 3 * 0.1], [each[0] for each in service.failed("http.redirect_loop")])

    def test_every_fault_with_a_sign_is_tested(self):
        elsewhere = {"udp.port_unreachable", *transfer_signs.SIGNS}  # runner_transfer_test.py
        self.assertEqual(signs.KNOWN - elsewhere, {row[0] for row in SIGNS})


class Labels(unittest.TestCase):
    def setUp(self):
        path = LAB / "scenarios/dns.port_unreachable.firewall_reject_path_netdev.toml"
        self.scenario = scenario.load(path, FAULTS)
        self.plan = draw.draw(self.scenario, 1)
        self.client = self.plan.clients[0].address
        self.server = self.plan.services["dns"]["address"]
        self.labeller = label.Labeller(self.scenario, self.plan)

    def tap(self, side="client", form="pcap", text=(), looking="outside"):
        return draw.Tap(side, "ethernet", looking, 65535, False, form, list(text), 0)

    def failing(self, client=None):
        mine = {"client": client or self.client, "server": self.server}
        return [packet for number in range(3) for packet in (
            udp(1010 + number, number, port=4000 + number, **mine),
            error(1010.1 + number, 3, 3, port=4000 + number, **mine))]

    def label(self, tap, seen):
        edges = [Packet(1000.0, "udp"), Packet(1020.0, "udp")]
        return self.labeller.label(tap, "x", [edges[0], *seen, edges[1]], "words")

    def test_an_empty_capture_has_no_label(self):
        with self.assertRaises(namespace.Failed):
            self.labeller.label(self.tap(), "x", [], "words")

    def test_the_whole_label(self):
        made = self.label(self.tap(), self.failing())
        self.assertEqual("whydown.label/1", made["schema"])
        self.assertEqual((False, 20.0, 10.0),
                         (made["healthy"], made["seconds"], made["healthy_seconds"]))
        fault = made["faults"][0]
        self.assertEqual(["dns.port_unreachable"], fault["fault"])
        self.assertEqual(([self.server], 53, "udp", "name"), (
            fault["servers"], fault["port"], fault["transport"], fault["step"]))
        self.assertEqual([self.client], fault["clients"])
        self.assertEqual("1970-01-01T00:16:50.000000Z", fault["first"])
        self.assertEqual("1970-01-01T00:16:52.000000Z", fault["last"])
        self.assertEqual(("firewall_reject_path", [], True, False), (
            fault["cause"], fault["ties"], fault["shown"], fault["recovered"]))

    def test_the_scoring_program_accepts_it(self):
        for tap, seen in ((self.tap(), self.failing()),
                          (self.tap("server"), [udp(1001, 1), udp(1001.1, 1, 0)])):
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "x.label.json"
                path.write_text(json.dumps(self.label(tap, seen)), encoding="utf-8")
                (path.parent / "x").write_bytes(b"")
                read = labels.read(path)
                self.assertEqual("dns.port_unreachable.firewall_reject_path_netdev", read.scenario)

    def test_one_fault_of_two_services(self):
        self.scenario["answer"][0]["together"] = ["web"]
        web = self.plan.services["web"]
        syn = {"client": self.client, "server": web["address"], "port": 5000,
               "dport": web["port"], "transport": "tcp"}
        first = Packet(1005.0, "tcp", self.client, web["address"], 64, 5000, web["port"], 2)
        made = self.label(self.tap(), [first, error(1005.1, 3, 3, **syn), *self.failing()])
        fault = made["faults"][0]
        self.assertEqual(sorted([self.server, web["address"]]), fault["servers"])
        self.assertNotIn("port", fault)
        self.assertEqual("1970-01-01T00:16:45.000000Z", made["faults"][0]["first"])

    def test_a_machine_that_is_gone_has_no_port(self):
        each = scenario.load(LAB / "scenarios/icmp.host_unreachable.host_down.toml", FAULTS)
        plan = draw.draw(each, 1)
        mine = {"client": plan.clients[0].address, "server": plan.services["dns"]["address"]}
        seen = [packet for number in range(3) for packet in (
            udp(1 + number, number, port=4000 + number, **mine),
            error(4 + number, 3, 1, port=4000 + number, by=R, **mine))]
        seen.sort(key=lambda packet: packet.time)
        fault = label.Labeller(each, plan).label(self.tap(), "x", seen, "")["faults"][0]
        self.assertEqual(["icmp.host_unreachable", "arp.no_reply", "nd.no_reply"], fault["fault"])
        self.assertFalse({"port", "transport"} & set(fault))

    def test_text_without_headers_has_more_ties(self):
        for text, ties in ((["-tttt"], 3), (["-tttt", "-v"], 0), (["-vv"], 0), (["-e"], 3)):
            with self.subTest(text=text):
                made = self.label(self.tap(form="txt", text=text), self.failing())
                self.assertEqual(ties, len(made["faults"][0]["ties"]))

    def test_a_side_that_cannot_see_is_healthy(self):
        for tap in (self.tap("server"), self.tap("router", looking="inside")):
            made = self.label(tap, [udp(1001, 1), udp(1001.1, 1, 0)])
            self.assertEqual((True, [], 20.0),
                             (made["healthy"], made["faults"], made["healthy_seconds"]))

    def test_an_attack_is_labelled_where_it_is_seen(self):
        each = scenario.load(LAB / "scenarios/dos.syn_flood.small.toml", FAULTS)
        plan = draw.draw(each, 1)
        web, bad = plan.services["web"], plan.hosts["bad"].address
        syns = [Packet(1000 + number / 50, "tcp", bad, web["address"], 64, 5000 + number,
                       web["port"], 2) for number in range(60)]
        answers = [Packet(syn.time, "tcp", syn.target, syn.source, 64, syn.dport, syn.sport, 0x12)
                   for syn in syns]
        labeller = label.Labeller(each, plan)
        made = labeller.label(self.tap("server"), "x", syns, "")
        self.assertEqual([{"fault": ["dos.syn_flood"], "servers": [web["address"]],
                           "port": web["port"], "caused_outage": False}], made["attacks"])
        self.assertEqual((False, []), (made["healthy"], made["faults"]))
        made = labeller.label(self.tap("client"), "x", answers, "")
        self.assertEqual((True, False), (made["healthy"], "attacks" in made))
        for side, seen in (("client", syns), ("server", answers)):
            with self.assertRaises(namespace.Failed):
                labeller.label(self.tap(side), "x", seen, "")

    def test_what_the_packets_do_not_bear_out_fails(self):
        for tap, seen in ((self.tap(), []), (self.tap(), self.failing()[:2]),
                          (self.tap(), self.failing("192.0.2.250")),
                          (self.tap("server"), self.failing())):
            with self.subTest(side=tap.side, seen=len(seen)):
                with self.assertRaises(namespace.Failed):
                    self.label(tap, seen)


class Reading(unittest.TestCase):
    """The reader against packets that the lab's own makers wrote, with and without a tag."""

    def pcap(self, frames, folder):
        path = pathlib.Path(folder) / "x.pcap"
        head = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 200, 1)
        path.write_bytes(head + b"".join(
            struct.pack("<IIII", 5, 250000, len(frame), len(frame)) + frame for frame in frames))
        return path

    def query(self):
        body = dnswire.query(77, "www.example.com", "A")
        segment = struct.pack(">HHHH", 4000, 53, 8 + len(body), 0) + body
        segment = flood.transport(C, S, 17, segment, 6)
        return bytes(12) + b"\x08\x00" + flood.ip_header(C, S, 17, len(segment), 9) + segment

    def test_query_with_and_without_a_tag(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.pcap([self.query()], folder)
            for tagged in (False, True):
                if tagged:
                    capture.add_tags(path, 12)
                    self.assertIn(b"\x81\x00\x00\x0c\x08\x00", path.read_bytes())
                found = list(packets.read(path))
                with self.subTest(tagged=tagged):
                    self.assertEqual(1, len(found))
                    one = found[0]
                    self.assertEqual((5.25, "udp", C, S, 4000, 53), (
                        one.time, one.kind, one.source, one.target, one.sport, one.dport))
                    self.assertEqual((77, 0, "www.example.com"), one.dns[:3])

    def test_cut_frames_are_left_out(self):
        with tempfile.TemporaryDirectory() as folder:
            for size in range(len(self.query())):
                list(packets.read(self.pcap([self.query()[:size]], folder)))

    def test_answers(self):
        asked = dnswire.query(9, "www.example.com", "A", edns=False)
        for rcode, addresses, count in ((0, ["192.0.2.1"], 1), (0, ["2001:db8::1"], 0), (3, [], 0)):
            reply = dnswire.answer(asked, rcode, addresses)
            with self.subTest(rcode=rcode, count=count):
                self.assertEqual((9, rcode, "www.example.com"), packets.dns(reply)[:3])
                self.assertEqual(count, struct.unpack_from(">H", reply, 6)[0])

    def test_checksums(self):
        head = flood.ip_header(C, S, 6, 20, 1)
        self.assertEqual(0, flood.checksum(head))


if __name__ == "__main__":
    unittest.main()
