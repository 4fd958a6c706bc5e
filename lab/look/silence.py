"""Who else of a silent server answers: what one sees beside the requests that got nothing."""

from . import frames
from .table import Looks

OTHER = "other transport, same port"
ANSWERS = "answers"
SIGNS = ("ARP or ND", "echo", "the port, others", "the port, the same clients",
         OTHER, "other ports serve", "other ports refuse")


def table(runs):
    """One look for each capture of a silence: the signs that were looked for since the first
    failure, and whether they came."""
    looks = Looks(SIGNS)
    for run in runs:
        for view in run.views.values():
            if any("no_response" in name for fault in view.label["faults"]
                   for name in fault["fault"]):
                tried, came = signs(view)
                looks.add([came.get(sign, "no" if sign in tried else "-")
                           for sign in SIGNS], view)
    return looks.markdown()


def signs(view):
    """(signs that were asked for, signs that came), since the first failure."""
    watch, first = Watch(view), view.first
    for seen in view.seen:
        if seen.packet.time >= first:
            watch.see(seen.packet)
    return watch.tried, watch.came


class Watch:
    """Sorts packets to and from the labelled servers into signs."""

    def __init__(self, view):
        self.servers, self.clients = view.servers, view.clients
        self.ports = {(fault.get("transport"), fault.get("port")) for fault in view.faults}
        self.failing = {client for fault in view.faults for client in fault.get("clients", ())}
        self.tried, self.came = set(), {}
        self.asked = set()

    def see(self, packet):
        if packet.arp:
            kind, _, address = packet.arp
            if address in self.servers:
                self.note("ARP or ND", kind == "tell")
        elif packet.quote:
            quote = packet.quote
            if packet.source == quote.target and quote.target in self.servers \
                    and quote.source in self.clients and not self.ours(quote.kind, quote.dport):
                self.note("other ports refuse", True)
        elif packet.target in self.servers and packet.source in self.clients:
            self.see_request(packet)
        elif packet.source in self.servers and packet.target in self.clients:
            self.see_answer(packet)

    def note(self, sign, came, word="yes"):
        self.tried.add(sign)
        if came and self.came.get(sign) != ANSWERS:
            self.came[sign] = word

    def ours(self, transport, port):
        return (transport, port) in self.ports

    def sign(self, client, transport, port):
        if self.ours(transport, port):
            return "the port, the same clients" if client in self.failing else "the port, others"
        if any(port == each for _, each in self.ports):
            return OTHER
        return "other ports serve"

    def see_request(self, packet):
        if packet.icmp in frames.ECHO_ASK:
            self.note("echo", False)
        if packet.kind == "udp" or packet.kind == "tcp" and packet.flags & 0x12 == 2:
            sign = self.sign(packet.source, packet.kind, packet.dport)
            self.asked.add((packet.kind, packet.source, packet.sport, packet.dport))
            self.note(sign, False)
            if sign == "other ports serve":
                self.note("other ports refuse", False)

    def see_answer(self, packet):
        if packet.icmp in frames.ECHO_TELL:
            self.note("echo", True)
        if (packet.kind, packet.target, packet.dport, packet.sport) not in self.asked:
            return
        sign = self.sign(packet.target, packet.kind, packet.sport)
        if packet.kind == "tcp" and packet.flags & 4:
            if sign == "other ports serve":
                self.note("other ports refuse", True)
        elif sign == OTHER:
            self.note(sign, True, ANSWERS if packet.size > 0 else "accepts only")
        elif packet.kind == "udp" or packet.flags & 0x12 == 0x12:
            self.note(sign, True)
