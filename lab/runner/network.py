"""The network of one run: clients on a bridge, one to three routers, servers behind the last.

    c1 c2 ... --+                          +-- server
                +-- r0 -- (r1 -- r2) = r --+-- server      `r0` is the clients' gateway, `r` the
    lan host  --+                          +-- server      router at which the lab captures

Only one IP version carries traffic in a run.
"""

import ipaddress

from . import namespace

DEV = "eth0"  # of every client and server


class Network:
    """Builds the plan's network in namespaces of its own."""

    def __init__(self, plan, spaces):
        self.plan, self.spaces = plan, spaces
        self.routers = [f"r{number}" for number in range(plan.hops)] + ["r"]
        self.ports = {}          # a host -> the router's port to it
        self.counter = 0

    def build(self):
        plan = self.plan
        machines = plan.clients + list(plan.hosts.values())
        for name in [*self.routers, *(machine.name for machine in machines)]:
            self.spaces.add(name)
            self.prepare(name)
        for router in self.routers:
            self.spaces.sysctl(router, "net.ipv4.ip_forward", 1)
            if plan.ip == 6:
                self.spaces.sysctl(router, "net.ipv6.conf.all.forwarding", 1)
        self.build_lan(machines)
        self.build_chain()
        for machine in plan.hosts.values():
            if machine.place == "far":
                self.attach_far(machine)

    def prepare(self, name):
        self.batch(name, "link set lo up")
        off = int(self.plan.ip == 4 and self.plan.quiet_v6)
        for scope in ("all", "default"):
            self.spaces.sysctl(name, f"net.ipv6.conf.{scope}.disable_ipv6", off)
            self.spaces.sysctl(name, f"net.ipv6.conf.{scope}.accept_dad", 0)
            self.spaces.sysctl(name, f"net.ipv4.conf.{scope}.rp_filter", 0)

    def batch(self, name, *lines):
        namespace.command("ip", "-n", self.spaces.name(name), "-batch", "-",
                          text="\n".join(lines) + "\n")

    def next_mac(self):
        self.counter += 1
        return f"02:{self.plan.seed % 256:02x}:00:00:01:{self.counter:02x}"

    def wire(self, one, one_if, one_mac, two, two_if):
        """A cable between two namespaces."""
        self.batch(one, f"link add {one_if} address {one_mac} type veth peer name {two_if} "
                        f"netns {self.spaces.name(two)} address {self.next_mac()}",
                   f"link set {one_if} up")
        self.batch(two, f"link set {two_if} up")

    def build_lan(self, machines):
        first = self.routers[0]
        self.batch(first, f"link add lan address {self.next_mac()} type bridge",
                   "link set lan up")
        for family in ("iptables", "ip6tables", "arptables"):
            self.spaces.sysctl(first, f"net.bridge.bridge-nf-call-{family}", 0, needed=False)
        local = [machine for machine in machines if machine.place == "lan"]
        for machine in local:
            port = f"to-{machine.name}"
            self.wire(machine.name, DEV, machine.mac, first, port)
            self.batch(first, f"link set {port} master lan")
            self.ports[machine.name] = (first, port)
        self.address(first, "lan", self.plan.clients[0].gateway, self.plan.clients[0].net)
        for machine in local:
            self.configure(machine)

    def configure(self, machine):
        self.address(machine.name, DEV, machine.address, machine.net)
        self.batch(machine.name, f"route add default via {machine.gateway}")

    def address(self, name, dev, address, net):
        length = ipaddress.ip_network(net).prefixlen
        nodad = " nodad" if self.plan.ip == 6 else ""
        self.batch(name, f"address add {address}/{length} dev {dev}{nodad}")

    def build_chain(self):
        """The routers in a row: routes forth by default, back to the clients' network."""
        lan = self.plan.clients[0].net
        for number, net in enumerate(self.plan.transits):
            here, there = self.routers[number], self.routers[number + 1]
            self.wire(here, "south", self.next_mac(), there, "north")
            near, far = (str(ipaddress.ip_network(net)[index]) for index in (1, 2))
            self.address(here, "south", near, net)
            self.address(there, "north", far, net)
            self.batch(here, f"route add default via {far}")
            self.batch(there, f"route add {lan} via {near}")
            for earlier in self.plan.transits[:number]:
                self.batch(there, f"route add {earlier} via {near}")

    def attach_far(self, machine):
        port = f"to-{machine.name}"
        self.wire(machine.name, DEV, machine.mac, "r", port)
        self.address("r", port, machine.gateway, machine.net)
        self.ports[machine.name] = ("r", port)
        self.configure(machine)

    def outside(self):
        """The interface at which the last router meets the clients."""
        return "north" if self.plan.hops else "lan"

    def nearest_transit(self):
        """The address of the router before the last one."""
        return str(ipaddress.ip_network(self.plan.transits[-1])[1])
