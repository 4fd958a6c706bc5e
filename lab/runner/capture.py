"""The captures of a run: tcpdump on each side, and the file in the form the seed asks for."""

import gzip
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import time

from . import namespace
from .network import DEV

START_SECONDS = 15


class Capture:
    """One tcpdump. `start` returns when it listens, `stop` when everything is in the file."""

    def __init__(self, world, tap):
        self.world, self.tap = world, tap
        self.raw = world.work / f"{tap.side}.raw.pcap"
        self.log = world.work / f"{tap.side}.tcpdump"
        self.process = None

    def place(self):
        """(namespace, interface) of this side."""
        network, capture = self.world.network, self.world.scenario["capture"]
        if self.tap.side == "client":
            host = self.world.plan.clients[0].name
        elif self.tap.side == "server":
            host = capture["server"]
        else:
            return self.router_place(network, capture["server"])
        return host, "any" if self.tap.link in ("sll", "sll2") else DEV

    def router_place(self, network, server):
        router, port = network.ports[server]
        if self.tap.looking == "any":
            return router, "any"
        if self.tap.looking == "inside":
            return router, port
        return router, network.outside() if router == "r" else "lan"

    def start(self):
        host, interface = self.place()
        self.host = host
        arguments = ["tcpdump", "-i", interface, "-n", "-U", "--immediate-mode", "-Z", "root",
                     "-B", "8192", "-s", str(self.tap.snaplen), "-w", str(self.raw)]
        if self.tap.nano:
            arguments.append("--time-stamp-precision=nano")
        if interface == "any":
            arguments += ["-y", "LINUX_SLL" if self.tap.link == "sll" else "LINUX_SLL2"]
        capture = self.world.scenario["capture"]
        if capture["direction"] != "both":
            arguments += ["-Q", capture["direction"]]
        arguments += [capture["filter"]] if "filter" in capture else []
        with open(self.log, "wb") as log:
            self.process = self.world.spaces.start(host, arguments, stdout=log, stderr=log)
        self.where = f"{interface} of {host}"

    def wait_listening(self):
        deadline = time.monotonic() + START_SECONDS
        while b"listening on" not in self.log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise namespace.Failed(f"tcpdump at {self.tap.side}: "
                                       f"{self.log.read_text(errors='replace').strip()}")
            time.sleep(0.03)

    def stop(self):
        if self.process.poll() is not None:
            raise namespace.Failed(f"tcpdump at {self.tap.side} ended by itself: "
                                   f"{self.log.read_text(errors='replace').strip()}")
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=10)

        if self.tap.vlan:
            add_tags(self.raw, self.tap.vlan)

    def dropped(self):
        """Packets that the kernel had to drop, as tcpdump counted them."""
        found = re.search(r"(\d+) packets? dropped by kernel", self.log.read_text(errors="replace"))
        return int(found.group(1)) if found else 0

    def write(self, folder):
        """The capture in its final form; returns the file's name."""
        name = f"{self.tap.side}.{self.tap.form}"
        path = pathlib.Path(folder) / name
        if self.tap.form == "txt":
            path.write_text(self.text(), encoding="utf-8")
            return name
        source = self.raw
        if self.tap.form.startswith("pcapng"):
            source = self.raw.with_suffix(".pcapng")
            namespace.command("editcap", "-F", "pcapng", str(self.raw), str(source))
        if self.tap.form.endswith(".gz"):
            path.write_bytes(gzip.compress(source.read_bytes(), mtime=0))
        elif self.tap.form.endswith(".zst"):
            namespace.command("zstd", "-q", "-f", str(source), "-o", str(path))
        else:
            shutil.copyfile(source, path)
        return name

    def text(self):
        with self.world.spaces.inside(self.host):  # where the interfaces have their names
            done = self.print()
        if done.returncode != 0:
            raise namespace.Failed(f"tcpdump -r: {done.stderr.strip()}")
        return done.stdout

    def print(self):
        return subprocess.run(["tcpdump", "-r", str(self.raw), *self.tap.text],
                              env={**os.environ, "TZ": "UTC"}, capture_output=True, text=True,
                              errors="replace", timeout=60, check=False)


def add_tags(path, tag):
    """Rewrites a pcap file of Ethernet as a trunk port would show it: an 802.1Q tag in each frame.

    The kernels that the lab runs on do not all have VLAN devices, so the tag is added afterwards.
    """
    data = path.read_bytes()
    out, at = [data[:24]], 24
    snaplen = struct.unpack_from("<I", data, 16)[0]
    while at + 16 <= len(data):
        seconds, fraction, size, full = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + size]
        at += 16 + size
        frame = (frame[:12] + struct.pack(">HH", 0x8100, tag) + frame[12:])[:snaplen]
        out.append(struct.pack("<IIII", seconds, fraction, len(frame), full + 4) + frame)
    path.write_bytes(b"".join(out))
