"""One run from the first namespace to the last label, in a process of its own."""

import asyncio
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

from . import bends, daemons, draw, firewall, label, load, namespace, network, packets
from .capture import Capture


class World:
    """Everything that a run holds; the other modules are given this."""

    def __init__(self, scenario, plan, prefix, work):
        self.scenario, self.plan, self.work = scenario, plan, work
        self.spaces = namespace.Namespaces(prefix)
        self.network = network.Network(plan, self.spaces)
        self.firewall = firewall.Firewall(self.spaces, plan.ip, plan.nft)
        self.services = {}
        self.phase = "before"
        self.rng = plan.random("bends")
        self.notes = []

    def note(self, words):
        self.notes.append(words)

    def victims(self):
        return self.plan.victims(self.scenario["clients"]["victims"])

    def bystanders(self):
        return [each.address for each in self.plan.clients if each not in self.victims()]

    def web_address(self):
        for name in ("web", "site", "tls"):
            if name in self.plan.services:
                return self.plan.services[name]["address"]
        return next(iter(self.plan.hosts.values())).address

    def flush_neighbours(self, host):
        """What a few minutes do: nobody remembers the host's hardware address."""
        router, port = self.network.ports[host]
        if self.plan.hosts[host].place == "far":
            self.network.batch(router, f"neigh flush dev {port}")
            return
        for machine in self.plan.clients:
            self.network.batch(machine.name, f"neigh flush dev {network.DEV}")
        self.network.batch(router, "neigh flush dev lan")


class Run:
    """The phases of one run."""

    def __init__(self, world):
        self.world = world
        self.captures = [Capture(world, tap) for tap in world.plan.taps]
        self.undo, self.late_failure = [], None

    def set_up(self):
        world = self.world
        world.network.build()
        for name, spec in world.plan.services.items():
            if spec["daemon"]:
                world.services[name] = daemons.Service(name, world)
                world.services[name].start()
        for service in world.services.values():
            service.wait_ready()
        self.bend("start")

    def listen(self):
        for capture in self.captures:
            capture.start()
        for capture in self.captures:
            capture.wait_listening()

    def bend(self, moment):
        for spec in self.world.scenario["bend"]:
            if spec["at"] == moment and "after" in spec:
                asyncio.get_running_loop().call_later(spec["after"], self.bend_late, spec)
            elif spec["at"] == moment:
                self.bend_one(spec)

    def bend_late(self, spec):
        try:
            self.bend_one(spec)
        except namespace.Failed as error:
            self.late_failure = error

    def bend_one(self, spec):
        self.undo.append(bends.BENDS[spec["do"]](self.world, spec))

    async def phases(self):
        world, times = self.world, self.world.plan.times
        clients = load.Load(world)
        late = world.scenario["capture"].get("late", 0)
        if not late:
            self.listen()
        clients.start()
        if late:
            await asyncio.sleep(late)
            self.listen()
        await asyncio.sleep(times["before"])
        self.bend("during")
        world.phase = "during"
        await asyncio.sleep(times["during"])
        if times["after"] > 0:
            for undo in reversed(self.undo):
                undo()
            world.phase = "after"
            await asyncio.sleep(times["after"])
        world.phase = "tail"
        await asyncio.sleep(times["tail"])
        for capture in self.captures:
            capture.stop()
        await clients.stop()
        if self.late_failure:
            raise self.late_failure
        for service in world.services.values():
            service.check_alive()

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        world = self.world
        labeller = label.Labeller(world.scenario, world.plan)
        for capture in self.captures:
            name = capture.write(folder)
            seen = list(packets.read(capture.raw))
            story = " ".join(world.scenario["story"].split())
            note = "; ".join([story, f"captured on {capture.where}", *world.notes])
            if capture.dropped():
                note += f"; tcpdump dropped {capture.dropped()} packets"
                self.refuse_gaps(capture)
            made = labeller.label(capture.tap, name, seen, note)
            path = folder / f"{capture.tap.side}.label.json"
            path.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        drawn = {**dataclasses.asdict(world.plan), "kernel": os.uname().release}
        (folder / "run.json").write_text(json.dumps(drawn, indent=1) + "\n", encoding="utf-8")

    def refuse_gaps(self, capture):
        """What tcpdump dropped may be just what the label says. In a flood a few of many are lost
        on any machine, and those are the flood's; so in a loop."""
        if not any(bend["do"] in ("flood", "loop", "ring", "storm") for bend in self.world.scenario["bend"]):
            raise namespace.Failed(f"tcpdump at {capture.tap.side} dropped "
                                   f"{capture.dropped()} packets")


def set_aside(folder, work):
    """A run that was not made leaves no capture, but what it had goes where one can look at it."""
    shutil.rmtree(folder, ignore_errors=True)
    aside = folder.with_name(folder.name + ".not-made")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for path in work.glob("*.raw.pcap"):
        shutil.copy(path, aside)


def once(scenario, seed, out, prefix):
    """Runs one scenario with one seed into out/SCENARIO/SEED. Returns the process's status."""
    def leave(number, _frame):
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    folder = pathlib.Path(out) / scenario["id"] / str(seed)
    for old in (folder, folder.with_name(folder.name + ".not-made")):
        shutil.rmtree(old, ignore_errors=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="whydown-lab."))
    work.chmod(0o755)
    world = World(scenario, draw.draw(scenario, seed), prefix, work)
    started = time.monotonic()
    try:
        run = Run(world)
        run.set_up()
        asyncio.run(run.phases())
        run.write(folder)
    except namespace.Failed as error:
        set_aside(folder, work)
        print(f"set-up failed: {error}", file=sys.stderr)
        return 3
    except BaseException:  # stopped, or a mistake of ours: no half of a run stays
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        world.spaces.close()
        shutil.rmtree(work, ignore_errors=True)
    print(f"{time.monotonic() - started:.1f} s", file=sys.stderr)
    return 0
