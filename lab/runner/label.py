"""The label of one capture: the scenario's answer, as far as this side and this form can show it.

The times, the clients and whether the fault is in view at all are taken from the packets; a label
that the capture does not bear out fails the run instead of being written.
"""

import datetime

from . import daemons, loop_signs, namespace, signs, world

SCHEMA = "whydown.label/1"
FEWEST_OF_ATTACK = 20  # packets
PORTS = {"dos.syn_flood", "dos.http_flood", "bruteforce.login"}  # whose attacks are at one port
FEWEST = 2         # failing requests that make an incident worth a label
ALONE = signs.NEIGHBOURS | loop_signs.FAULTS | {"dhcp.no_offer"}  # one of these holds many packets already
USUAL = {"name": "udp", "address": "arp"}  # the transport of a step, where the scenario names none


def merged(answer, side, text_only, looking):
    """The answer's fields for a side: its own before the general ones, the text form's last."""
    fields = {key: value for key, value in answer.items()
              if key not in ("client", "router", "server", "text")}
    texts = [answer.get("text", {})]
    special = answer.get(side, {})
    if special and looking in special.get("looking", [looking]):
        fields.update({key: value for key, value in special.items()
                       if key not in ("text", "looking")})
        texts.append(special.get("text", {}))
    if text_only:
        for text in texts:
            fields.update(text)
    return fields


def rfc3339(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def without_headers(tap):
    """Text that tcpdump printed without -v shows no TTL, TOS or identification."""
    return tap.form == "txt" and not any(word.startswith("-v") for word in tap.text)


class Labeller:
    """Labels of one run."""

    def __init__(self, scenario, plan):
        self.scenario, self.plan = scenario, plan

    def label(self, tap, name, packets, note):
        """The label as a dictionary, or Failed. Times are those of the packets: what is shown."""
        if not packets:
            raise namespace.Failed(f"{tap.side}: nothing was captured")
        began, ended = packets[0].time, packets[-1].time
        faults, first = [], ended
        for answer in self.scenario["answer"]:
            fields = merged(answer, tap.side, without_headers(tap), tap.looking)
            found = self.found(fields, packets)
            wanted = fields.get("sees", True)
            enough = len(found) >= FEWEST or any(each[4] in ALONE for each in found)
            if wanted != enough:
                raise namespace.Failed(
                    f"{tap.side} ({tap.looking if tap.side == 'router' else tap.link}): the label "
                    f"expects {'' if wanted else 'no '}{fields['fault']}, the capture holds "
                    f"{len(found)} such requests of {len(packets)} packets")
            if wanted:
                beside = self.found({**fields, "fault": fields.get("accept", [])}, packets)
                faults.append(self.fault(fields, found, beside, tap.side))
                first = min(first, found[0][0])
        attacks = self.attacks(tap.side, packets)
        seconds = max(ended - began, 0.0)
        return {"schema": SCHEMA, "scenario": self.plan.scenario, "seed": self.plan.seed,
                "capture": name, "side": tap.side, "seconds": round(seconds, 3),
                "healthy": not faults and not attacks,
                "healthy_seconds": round(min(max(first - began, 0.0), seconds), 3),
                "faults": faults, **({"attacks": attacks} if attacks else {}),
                "also_allowed": self.scenario["also_allowed"], "note": note}

    def attacks(self, side, packets):
        """The attacks that this side sees, or Failed where the capture does not bear them out."""
        out = []
        for attack in self.scenario["attack"]:
            fields = {**attack, **attack.get(side, {})}
            service = self.plan.services.get(fields["service"])
            host = self.plan.hosts.get(fields["service"])
            address = service["address"] if service else host.address if host else None
            ours = {machine.address for machine in self.plan.clients}
            bad = self.plan.hosts.get("bad")
            sent = signs.tunnelled(packets, address) if fields["fault"] == ["dns.tunnel"] else \
                signs.uninvited(packets, ours, address, bad.address if bad else None)
            if (sent >= FEWEST_OF_ATTACK) != fields.get("sees", True):
                raise namespace.Failed(f"{side}: the label expects the attack to be "
                                       f"{'seen' if fields.get('sees', True) else 'unseen'}, the "
                                       f"capture holds {sent} packets of it")
            if not fields.get("sees", True):
                continue
            one = {"fault": fields["fault"], "servers": [address] if address else []}
            if service and fields["fault"][0] in PORTS:
                one["port"] = service["port"]
            if fields["caused_outage"] != "unknown":
                one["caused_outage"] = fields["caused_outage"]
            out.append(one)
        return out

    def service(self, fields):
        service = self.plan.services[fields["service"]]
        transport = fields.get("transport", USUAL.get(fields["step"], "tcp"))
        return service["address"], fields.get("port", service["port"]), transport

    def watched(self, fields):
        """(address, port, udp or tcp) of each service that the fault is about."""
        address, port, transport = self.service(fields)
        yield address, port, "udp" if transport == "udp" else "tcp"
        for other in world.all_addresses(self.plan) if fields.get("world") else ():
            yield other, port, transport
        for name in fields.get("together", []):
            service = self.plan.services[name]
            datagrams = service["daemon"] in daemons.DATAGRAMS
            yield service["address"], service["port"], "udp" if datagrams else "tcp"

    def found(self, fields, packets):
        """The failed requests as (first, last, client, server, fault), in order."""
        known = {machine.address for machine in self.plan.clients}
        known |= {machine.mac for machine in self.plan.clients}
        out = set()
        watched = [([address], port, transport)
                   for address, port, transport in self.watched(fields)]
        if fields.get("world"):
            watched = [([each[0][0] for each in watched], *watched[0][1:])]
        for addresses, port, transport in watched:
            service = signs.Service(packets, addresses, port, transport)
            out |= {(*request, fault) for fault in fields["fault"]
                    for request in service.failed(fault)
                    if request[2] in known or request[3] == loop_signs.EVERYBODY
                    or fault in signs.NEIGHBOURS | signs.CONTESTS}
        return sorted(out)

    def flooded(self, side):
        """Whether a flood is in view, whose packets are requests of the service too."""
        return side != "client" and any(bend["do"] == "flood" for bend in self.scenario["bend"])

    def fault(self, fields, found, beside, side):
        """One fault; what is accepted beside it is part of the same outage."""
        address, port, transport = self.service(fields)
        services = list(self.watched(fields))
        out = {"fault": fields["fault"], "accept": fields.get("accept", []),
               "step": fields["step"], "servers": sorted({
                   signs.SERVERS.get(fields["fault"][0], each[0]) for each in services})}
        machine = signs.NEIGHBOURS & set(fields["fault"]) and fields["step"] != "address"
        if fields.get("world"):
            out["servers"], services = sorted({each[3] for each in found}), services[:1]
        if any(each[3] == loop_signs.EVERYBODY for each in found):
            out["servers"], machine = [loop_signs.EVERYBODY], True
        if len(services) == 1 and not machine:  # several services, or a machine, have no one port
            out["transport"] = transport
            if transport in ("udp", "tcp"):
                out["port"] = port
        whole = [each for each in found + beside if each[0] >= found[0][0]]
        main = [each for each in whole if each[4] not in signs.NEIGHBOURS] or whole
        if not self.flooded(side) and not signs.CONTESTS & set(fields["fault"]):
            out["clients"] = sorted({each[2] for each in main})
        last = max(each[1] for each in main)
        return {**out, "cause": fields["cause"],
                "ties": fields.get("ties", []), "shown": fields["shown"],
                "first": rfc3339(found[0][0]), "last": rfc3339(last),
                "recovered": self.plan.times["after"] > 0 and fields.get("recovered", True)}
