#!/usr/bin/env python3
"""What the labels of transfer faults rest on: each sign, and what only looks like it."""

import os
import pathlib
import sys
import unittest

LAB = pathlib.Path(__file__).resolve().parent.parent
SOURCE = pathlib.Path(os.environ.get("WHYDOWN_SOURCE", LAB.parent))
sys.path.insert(0, str(LAB))
from runner import transfer_signs  # noqa: E402
from runner.packets import Packet  # noqa: E402

C, S = "192.0.2.7", "203.0.113.2"
SYN, RST, ACK, PSH, FIN = 0x02, 0x04, 0x10, 0x08, 0x01


def up(time, sequence, size, acked=501, flags=ACK | PSH, window=500):
    return Packet(time, "tcp", C, S, 64, 5000, 80, flags, sequence, acked, window, size)


def down(time, sequence, size, acked=101, flags=ACK | PSH, window=500):
    return Packet(time, "tcp", S, C, 63, 80, 5000, flags, sequence, acked, window, size)


OPENED = [up(0, 100, 0, 0, SYN), down(0.1, 500, 0, 101, SYN | ACK), up(0.2, 101, 0, flags=ACK)]
STUCK = [up(time, 101, 50) for time in (1, 1.2, 1.6, 2.4, 4)]

# fault, packets of an opened connection, whether they show it
SIGNS = [
    ("tcp.reset", [up(1, 101, 50), down(1.1, 501, 0, 151, RST | ACK)], True),
    ("tcp.reset", [up(1, 101, 50), down(1.1, 501, 300, 151), down(1.2, 801, 0, 151, RST)], False),
    ("tcp.reset", [up(1, 101, 50), down(1.1, 501, 0, 151, FIN | ACK),
                   down(1.2, 502, 0, 151, RST)], False),
    ("tcp.reset", [up(1, 101, 50), up(1.1, 151, 0, flags=RST)], False),
    ("tcp.stall", [*STUCK], True),
    ("tcp.stall", [*STUCK, down(4.1, 501, 0, 151, ACK)], False),
    ("tcp.stall", STUCK[:3], False),
    ("tcp.zero_window", [up(1, 101, 900), down(1.1, 501, 0, 1001, ACK, 0), up(2, 1000, 0),
                         down(2, 501, 0, 1001, ACK, 0), down(5, 501, 0, 1001, ACK, 0)], True),
    ("tcp.zero_window", [up(1, 101, 900), down(1.1, 501, 0, 1001, ACK, 0), up(2, 1000, 0),
                         down(2, 501, 0, 1001, ACK, 9), down(5, 501, 0, 1001, ACK, 0)], False),
    ("tcp.loss", [packet for i in range(6) for packet in
                  (up(1 + i, 101 + 50 * i, 50), up(1.5 + i, 101 + 50 * i, 50),
                   down(1.6 + i, 501, 0, 151 + 50 * i, ACK))], True),
    ("tcp.loss", [up(1, 101, 50), up(1.5, 101, 50), down(1.6, 501, 0, 151, ACK)], False),
    ("ip.pmtu_blackhole", [up(1, 101, 50), down(1.1, 501, 0, 151, ACK),
                           down(1.2, 1949, 200, 151), up(1.3, 151, 0), up(9, 151, 0)], True),
    ("ip.pmtu_blackhole", [up(1, 101, 50), down(1.2, 1949, 200, 151), up(1.3, 151, 0),
                           down(1.4, 501, 1448, 151), up(9, 151, 0, 2149)], False),
]


class Signs(unittest.TestCase):
    def test_signs(self):
        for number, (fault, packets, is_shown) in enumerate(SIGNS):
            with self.subTest(fault=fault, number=number):
                seen = [*OPENED, *packets]
                failed = list(transfer_signs.failed(fault, seen, {S}, 80, seen[-1].time))
                self.assertEqual(is_shown, len(failed) == 1)
                if is_shown:
                    self.assertEqual((C, S), failed[0][2:])

    def test_every_sign_is_tested(self):
        self.assertEqual(set(transfer_signs.SIGNS), {row[0] for row in SIGNS})


if __name__ == "__main__":
    unittest.main()
