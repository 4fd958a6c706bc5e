#!/usr/bin/env python3
"""The same seed draws the same run; other seeds draw others; what the scenario fixes stays."""

import dataclasses
import ipaddress
import os
import pathlib
import sys
import unittest

LAB = pathlib.Path(__file__).resolve().parent.parent
SOURCE = pathlib.Path(os.environ.get("WHYDOWN_SOURCE", LAB.parent))
sys.path.insert(0, str(LAB))
from runner import draw, firewall, scenario  # noqa: E402

FAULTS = scenario.catalogue_faults(SOURCE)
PRIVATE = [ipaddress.ip_network(each) for each in (
    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8", "172.16.0.0/12",
    "192.168.0.0/16", "2001:db8::/32", "fc00::/7")]


def load(name):
    return scenario.load(LAB / "scenarios" / f"{name}.toml", FAULTS)


def plain(plan):
    return dataclasses.asdict(plan)


class Drawing(unittest.TestCase):
    def test_a_seed_draws_the_same_again(self):
        for path in scenario.find(LAB / "scenarios", "*"):
            each = scenario.load(path, FAULTS)
            with self.subTest(path=path.name):
                self.assertEqual(plain(draw.draw(each, 7)), plain(draw.draw(each, 7)))

    def test_seeds_differ(self):
        each = load("dns.port_unreachable.service_down")
        plans = [draw.draw(each, seed) for seed in range(40)]
        for field in ("ip", "hops", "domain", "nft", "kill", "quiet_v6"):
            with self.subTest(field=field):
                self.assertGreater(len({getattr(plan, field) for plan in plans}), 1)
        for field in ("link", "looking", "snaplen", "nano", "form"):
            with self.subTest(field=field):
                self.assertGreater(len({getattr(plan.taps[1], field) for plan in plans}), 1)
        self.assertGreater(len({len(plan.clients) for plan in plans}), 2)
        self.assertGreater(len({plan.services["dns"]["daemon"] for plan in plans}), 2)
        self.assertEqual(40, len({plan.clients[0].mac for plan in plans}))

    def test_addresses_are_apart_and_nobodys(self):
        for path in scenario.find(LAB / "scenarios", "*"):
            each = scenario.load(path, FAULTS)
            for seed in range(5):
                plan = draw.draw(each, seed)
                machines = plan.clients + list(plan.hosts.values())
                found = [machine.address for machine in machines] + list(plan.ghosts.values())
                with self.subTest(path=path.name, seed=seed):
                    self.assertEqual(len(found), len(set(found)))
                    for address in map(ipaddress.ip_address, found):
                        self.assertTrue(any(address in net for net in PRIVATE), address)
                    for machine in machines:
                        self.assertIn(ipaddress.ip_address(machine.address),
                                      ipaddress.ip_network(machine.net))

    def test_what_the_scenario_fixes(self):
        each = load("dns.port_unreachable.firewall_reject_path_netdev")
        for seed in range(30):
            plan = draw.draw(each, seed)
            self.assertEqual(4, plan.ip)
            self.assertEqual(53, plan.services["dns"]["port"])
            self.assertIn(plan.taps[1].looking, ("outside", "inside"))
            self.assertTrue(8.0 > plan.times["before"] >= 3.0)
            self.assertEqual([tap.side for tap in plan.taps], ["client", "router", "server"])

    def test_all_interfaces_are_cooked(self):
        each = load("dns.port_unreachable.service_down")
        for seed in range(60):
            for tap in draw.draw(each, seed).taps:
                if tap.side == "router":
                    self.assertEqual(tap.looking == "any", tap.link.startswith("sll"))
                self.assertEqual(tap.link == "vlan", tap.vlan > 0)

    def test_names(self):
        for seed in range(30):
            names = draw.draw(load("dns.nxdomain.missing_record"), seed).names
            self.assertFalse(set(names["zone"]) & set(names["missing"]))
            self.assertTrue(names["missing"])

    def test_purposes_have_generators_of_their_own(self):
        plan = draw.draw(load("healthy.plain"), 1)
        self.assertEqual(plan.random("a").random(), plan.random("a").random())
        self.assertNotEqual(plan.random("a").random(), plan.random("b").random())


class Rules(unittest.TestCase):
    """The same rule in both tools' words."""

    def test_rules(self):
        reject = {"chain": "forward", "transport": "udp", "ports": [53], "target": "192.0.2.1",
                  "source": ["10.0.0.1", "10.0.0.2"], "verdict": "port-unreachable"}
        rows = [
            (reject, 4, "ip saddr { 10.0.0.1, 10.0.0.2 } ip daddr 192.0.2.1 udp dport { 53 } "
                        "reject with icmp type port-unreachable",
             "-p udp -m multiport --dports 53 -s 10.0.0.1,10.0.0.2 -d 192.0.2.1 -j REJECT "
             "--reject-with icmp-port-unreachable"),
            ({"transport": "tcp", "ports": [80, 81], "answer": True, "target": "2001:db8::1",
              "verdict": "drop"}, 6, "ip6 saddr 2001:db8::1 tcp sport { 80, 81 } drop",
             "-p tcp -m multiport --sports 80,81 -s 2001:db8::1 -j DROP"),
            ({"share": 0.25, "verdict": "drop"}, 4, "numgen random mod 1000 < 250 drop",
             "-m statistic --mode random --probability 0.25 -j DROP"),
            ({"transport": "tcp", "ports": [80], "verdict": "tcp-reset"}, 6,
             "tcp dport { 80 } reject with tcp reset",
             "-p tcp -m multiport --dports 80 -j REJECT --reject-with tcp-reset"),
        ]
        for rule, ip, nft, iptables in rows:
            with self.subTest(nft=nft):
                self.assertEqual(nft, firewall.nft_rule(rule, ip))
                self.assertEqual(iptables.split(), firewall.iptables_rule(rule, ip))


if __name__ == "__main__":
    unittest.main()
