"""The runs of a lab folder: each with what was drawn, its labels and its captures."""

import collections
import datetime
import functools
import json
import os

from . import frames

SIDES = ("client", "router", "server")
ROUNDED = 1e-5                             # seconds
NEARER = ("server", "router", "client")    # the order in which sides see most of a server


class Bad(Exception):
    """A folder that is no lab run."""


class View:
    """One capture of a run and its label."""

    def __init__(self, run, side, path, label):
        self.run, self.side, self.path, self.label = run, side, path, label
        self.faults = label["faults"] or run.faults

    @functools.cached_property
    def seen(self):
        return frames.read(self.path)

    @functools.cached_property
    def servers(self):
        return {address for fault in self.faults for address in fault["servers"]}

    @functools.cached_property
    def clients(self):
        return {each["address"] for each in self.run.drawn.get("clients", ())}

    @functools.cached_property
    def usual_ttl(self):
        """{server: the TTL that most of its answers arrive with}: UDP and TCP, but no resets."""
        counts = collections.defaultdict(collections.Counter)
        for seen in self.seen:
            packet = seen.packet
            if packet.source in self.servers and packet.kind in ("udp", "tcp") \
                    and not packet.flags & 4:
                counts[packet.source][packet.ttl] += 1
        return {server: min(found, key=lambda ttl: (-found[ttl], ttl))
                for server, found in counts.items()}

    def routers_left(self, server):
        """How many routers lie between this side and a server, or None where that is not known.

        A router decrements as it forwards: what it sends itself is not decremented by it.
        """
        drawn = self.run.drawn
        place = {each["address"]: each["place"] for each in drawn.get("hosts", {}).values()}
        if place.get(server) != "far":
            return None
        if self.side == "client":
            return drawn["hops"] + 1
        if self.side == "server":
            return 0
        return {"outside": 1, "inside": 0}[self.looking]

    @property
    def looking(self):
        taps = {tap["side"]: tap for tap in self.run.drawn.get("taps", ())}
        return taps.get(self.side, {}).get("looking", "")

    @property
    def first(self):
        """When the first labelled failure began, in seconds, and a little before: labels are
        exact to the microsecond only, so that its very first packet may seem to be earlier."""
        return min(seconds(fault["first"]) for fault in self.faults) - ROUNDED


def seconds(text):
    """Seconds since 1970 of an RFC 3339 time in UTC."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.timestamp()


class Run:
    """A scenario run with one seed. `views` has the sides whose captures hold whole headers."""

    def __init__(self, folder):
        self.scenario, self.seed = folder.parent.name, int(folder.name)
        drawn = folder / "run.json"
        self.drawn = json.loads(drawn.read_text(encoding="utf-8")) if drawn.exists() else {}
        self.kernel = self.drawn.get("kernel")
        labels = {side: json.loads((folder / f"{side}.label.json").read_text(encoding="utf-8"))
                  for side in SIDES if (folder / f"{side}.label.json").exists()}
        self.faults = next((label["faults"] for label in labels.values() if label["faults"]), [])
        self.views, self.left_out = {}, 0
        for side, label in labels.items():
            view = View(self, side, folder / label["capture"], label)
            # At "any" of a router each packet is there twice, with two TTLs.
            if view.path.suffix == ".txt" or view.looking == "any":
                self.left_out += 1
            else:
                self.views[side] = view

    @property
    def ip(self):
        return self.drawn.get("ip", 4)

    @property
    def causes(self):
        return [fault["cause"] for fault in self.faults]

    def best(self, order=NEARER):
        """The first of these sides that can be read and shows the fault."""
        for side in order:
            view = self.views.get(side)
            if view and (view.label["faults"] or view.label["healthy"] and not self.faults):
                return view
        return None


def load(folders, pattern="*"):
    """All runs below some folders, in the order of their names."""
    paths = sorted((path for folder in folders for path in folder.glob(f"{pattern}/*")
                    if path.name.isdigit()), key=lambda path: (path.parent.name, int(path.name)))
    runs = [Run(path) for path in paths if any(path.glob("*.label.json"))]
    if not runs:
        raise Bad(f"{', '.join(map(str, folders))}: no run with a label: expected "
                  "SCENARIO/SEED/SIDE.label.json")
    for one, two in zip(runs, runs[1:]):
        if (one.scenario, one.seed) == (two.scenario, two.seed):
            raise Bad(f"{one.scenario} seed {one.seed} is in two of the folders")
    return runs


def kernels(runs):
    """({kernel: its runs}, whether any of them is guessed from this machine)."""
    here, found = os.uname().release, collections.defaultdict(list)
    for run in runs:
        found[run.kernel or here].append(run)
    return dict(sorted(found.items())), any(run.kernel is None for run in runs)
