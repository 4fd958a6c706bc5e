"""The clients: what each does, how often, in which phases. Bounded in count and time.

One process holds the clients of all namespaces; each socket is made inside its client's namespace.
"""

import asyncio
import contextlib
import os
import socket
import ssl
import struct
import subprocess

from . import browse, dhcp, dnswire, made_names, quic, secure_load, stub
from .network import DEV

MOST_OPEN = 400  # actions under way at once, over all clients


class Client:
    """The sockets of one machine."""

    def __init__(self, world, machine, habits):
        self.world, self.machine, self.habits = world, machine, habits
        self.family = socket.AF_INET6 if world.plan.ip == 6 else socket.AF_INET

    def make(self, kind, protocol=0):
        with self.world.spaces.inside(self.machine.name):
            sock = socket.socket(self.family, kind, protocol)
        sock.setblocking(False)
        if self.family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, self.habits["ttl"])
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, self.habits["ttl"])
        return sock

    def udp(self, address, port):
        sock = self.make(socket.SOCK_DGRAM)
        sock.connect((address, port))
        return sock

    def tcp(self, _address):
        return self.make(socket.SOCK_STREAM)


class Load:
    """All loads of a scenario, run as tasks until the world's clock says that they end."""

    def __init__(self, world):
        self.world = world
        self.clients = [Client(world, machine, habits)
                        for machine, habits in zip(world.plan.clients, world.plan.stubs)]
        self.tasks, self.actions = [], set()
        self.machines = {}       # DHCP clients by name

    def start(self):
        for number, spec in enumerate(self.world.scenario["load"]):
            for client in self.chosen(spec["by"]):
                rng = self.world.plan.random(f"load:{number}:{client.machine.name}")
                self.tasks.append(asyncio.create_task(self.repeat(spec, client, rng)))
        for kind in self.world.plan.background:
            for client in self.clients:
                rng = self.world.plan.random(f"background:{kind}:{client.machine.name}")
                self.tasks.append(asyncio.create_task(self.background(kind, client, rng)))

    def chosen(self, who):
        victims = self.world.victims()
        if who == "all":
            return self.clients
        if who == "first":
            return self.clients[:1]
        wanted = who == "victims"
        return [each for each in self.clients if (each.machine in victims) == wanted]

    async def repeat(self, spec, client, rng):
        period = rng.uniform(*spec["every"])
        await asyncio.sleep(rng.uniform(0, min(period, 2.0)))
        action = ACTIONS[spec["do"]]
        while self.world.phase != "tail":
            if self.world.phase in spec["phases"]:
                job = asyncio.create_task(guarded(action(self, spec, client, rng)))
                self.actions.add(job)
                job.add_done_callback(self.actions.discard)
                if not spec.get("overlap") or len(self.actions) > MOST_OPEN:
                    await job
            await asyncio.sleep(period * rng.uniform(0.7, 1.3))

    async def background(self, kind, client, rng):
        while self.world.phase != "tail":
            await asyncio.sleep(rng.uniform(1.0, 6.0))
            await guarded(BACKGROUND[kind](self, client, rng))

    async def stop(self):
        for task in [*self.tasks, *self.actions]:
            task.cancel()
        ended = await asyncio.gather(*self.tasks, *self.actions, return_exceptions=True)
        for result in ended:
            if isinstance(result, Exception):
                raise result

    # --- what an action needs to know ---

    def address(self, name):
        plan = self.world.plan
        return plan.services[name]["address"] if name in plan.services else plan.hosts[name].address

    def habits(self, spec, client):
        """The client's own habits, where the scenario does not fix them."""
        habits = dict(client.habits)
        habits["type"] = spec.get("types", ["AAAA" if self.world.plan.ip == 6 else "A"])[0]
        own = ("timeout", "tries", "types", "edns", "rd", "follow", "pieces", "size", "lower")
        habits.update({key: spec[key] for key in own if key in spec})
        if not isinstance(habits["edns"], bool):
            habits["version"], habits["edns"] = habits["edns"], True
        return habits

    async def visit(self, spec, client, rng):
        await visit(self, spec, client, rng)

    def name(self, spec, rng):
        if spec["names"] == "many":
            return f"host{rng.randrange(1000000)}.{self.world.plan.domain}"
        if spec["names"] in made_names.MADE:
            return made_names.MADE[spec["names"]](rng, self.world.plan.domain)
        return rng.choice(self.world.plan.names[spec["names"]])


async def guarded(action):
    """A client's failure is the client's affair; a mistake of ours must be seen."""
    with contextlib.suppress(OSError, asyncio.TimeoutError):
        await action


async def lookup(load, spec, client, rng):
    servers = [load.address(spec["to"])]
    if "also_to" in spec:
        servers.append(load.address(spec["also_to"]))
    name = load.name(spec, rng)
    names = [name]
    if spec.get("search"):
        label = name.split(".")[0]
        names = [f"{label}.{suffix}.{load.world.plan.domain}" for suffix in ("hq", "corp")] + names
    served = await stub.lookup(client, rng, servers, names, load.habits(spec, client))
    if served and "then" in spec:
        await visit(load, {"to": spec["then"]}, client, rng)


async def query(load, spec, client, rng):
    await stub.query(client, rng, load.address(spec["to"]), load.name(spec, rng),
                     load.habits(spec, client))


async def query_tcp(load, spec, client, rng):
    habits = load.habits(spec, client)
    habits["timeout"] = spec.get("timeout", client.habits["patience"])
    await stub.query_tcp(client, rng, load.address(spec["to"]), load.name(spec, rng), habits)


async def visit(load, spec, client, rng):
    """Connects and speaks what the service speaks: HTTP, TLS, or lines."""
    service = load.world.plan.services[spec["to"]]
    port = spec.get("port", service["port"])
    loop = asyncio.get_running_loop()
    sock = client.tcp(service["address"])
    try:
        async with asyncio.timeout(spec.get("timeout", client.habits["patience"])):
            await loop.sock_connect(sock, (service["address"], port))
        async with asyncio.timeout(spec.get("idle", 0) + spec.get("wait", 8)):
            if service["daemon"] == "s_server" or spec["to"].startswith("tls"):
                await secure_page(load, sock)
            elif service["daemon"] in ("nginx", "py-http"):
                await plain_page(loop, sock, spec, load.world.plan.names["zone"][0])
            elif service["daemon"] == "py-talk":
                await talk(loop, sock, spec, service["options"].get("dialect", "smtp"))
            else:
                await lines(loop, sock, spec, rng)
        if spec.get("abort"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    finally:
        sock.close()


async def fallback(load, spec, client, rng):
    """Happy eyeballs (RFC 8305): of a name's two addresses, the second is tried 250 ms later."""
    loop = asyncio.get_running_loop()
    if not await stub.lookup(client, rng, [load.address("dns")], [load.name(spec, rng)],
                             load.habits(spec, client)):
        return
    sock = client.tcp("")
    try:
        async with asyncio.timeout(0.25):
            await loop.sock_connect(sock, (load.address(spec["to"]),
                                           load.world.plan.services[spec["to"]]["port"]))
    except (OSError, TimeoutError):
        await visit(load, {"to": spec["also_to"]}, client, rng)
    finally:
        sock.close()


async def secure_page(load, sock):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    name = load.world.plan.names["zone"][0]
    reader, writer = await asyncio.open_connection(sock=sock.dup(), ssl=context,
                                                   server_hostname=name)
    try:
        writer.write(f"GET / HTTP/1.0\r\nHost: {name}\r\n\r\n".encode("ascii"))
        await reader.read(65536)
    finally:
        writer.close()


async def plain_page(loop, sock, spec, name):
    idle, abort = spec.get("idle", 0), spec.get("abort")
    path, method = spec.get("path", "/"), spec.get("method", "GET")
    request = f"{method} {path} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: lab\r\nAccept: */*\r\n"
    if spec.get("follow"):
        await follow(loop, sock, name, path)
        return
    if spec.get("login"):  # without credentials first, as clients do until they are asked
        await loop.sock_sendall(sock, (request + "\r\n").encode("ascii"))
        await loop.sock_recv(sock, 65536)
        request += "Authorization: Basic bGFiOnNlY3JldA==\r\n"
    request += "\r\n" if idle or abort else "Connection: close\r\n\r\n"
    await loop.sock_sendall(sock, request.encode("ascii"))
    await loop.sock_recv(sock, 65536)
    if idle:
        await asyncio.sleep(idle)
        await loop.sock_sendall(sock, request.encode("ascii"))
        await loop.sock_recv(sock, 65536)
    elif not abort:
        while await loop.sock_recv(sock, 65536):
            pass


async def follow(loop, sock, name, path):
    """Goes where it is sent, on one connection, as often as browsers do."""
    for _ in range(20):
        request = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: lab\r\n\r\n"
        await loop.sock_sendall(sock, request.encode("ascii"))
        answer = (await loop.sock_recv(sock, 65536)).decode("latin-1")
        place = next((line[10:] for line in answer.split("\r\n")
                      if line.lower().startswith("location: ")), "")
        if not place or not answer.startswith("HTTP/1.1 3"):
            return
        if "://" in place:
            host, _, rest = place.split("://")[1].partition("/")
            name, path = host.split(":")[0], "/" + rest
        else:
            path = place


DIALOGUES = {
    "smtp": ("EHLO lab", "MAIL FROM:<a@lab.example>", "RCPT TO:<b@lab.example>", "DATA"),
    "ftp": ("USER lab", "PASS secret", "RETR file"),
    "pop": ("USER lab", "PASS secret", "STAT"),
    "imap": ("1 LOGIN lab secret", "2 SELECT INBOX"),
}


async def talk(loop, sock, spec, dialect):
    """One session; it ends where the server refuses, as clients do."""
    if dialect == "ssh":
        await loop.sock_sendall(sock, b"SSH-2.0-lab\r\n")
        await loop.sock_recv(sock, 4096)
        return
    answer = await loop.sock_recv(sock, 4096)
    for command in DIALOGUES[dialect]:
        if not answer or answer[:1] in b"45-" or answer.startswith(b"* BYE"):
            return
        if spec.get("login") and command.startswith("MAIL"):
            await loop.sock_sendall(sock, b"AUTH PLAIN AGxhYgBzZWNyZXQ=\r\n")
            if (await loop.sock_recv(sock, 4096))[:1] in b"45":
                return
        await loop.sock_sendall(sock, command.encode("ascii") + b"\r\n")
        answer = await loop.sock_recv(sock, 4096)
        if answer.split(b" ")[1:2] in ([b"NO"], [b"BAD"]):
            break
        if command == "DATA" and answer.startswith(b"354"):
            await loop.sock_sendall(sock, b"Subject: x\r\n\r\nhello\r\n.\r\n")
            answer = await loop.sock_recv(sock, 4096)
    await loop.sock_sendall(sock, b"9 LOGOUT\r\n" if dialect == "imap" else b"QUIT\r\n")
    await loop.sock_recv(sock, 4096)


async def ssh(load, spec, client, _rng):
    """One command on the server, as ansible and backups run it: let in by a key."""
    service = load.world.services[spec["to"]]
    process = load.world.spaces.start(client.machine.name, [
        "ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
        "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-i", str(service.folder / "lab"), "-p",
        str(service.port), f"root@{service.address}", "true"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        await asyncio.sleep(0.05)


async def ask_time(load, spec, client, rng):
    service = load.world.plan.services[spec["to"]]
    loop = asyncio.get_running_loop()
    sock = client.udp(service["address"], service["port"])
    try:
        await loop.sock_sendall(sock, b"\x23\0\6\xec" + bytes(36) + rng.randbytes(8))
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(loop.sock_recv(sock, 512), 2)
    finally:
        sock.close()


async def lines(loop, sock, spec, rng):
    await loop.sock_recv(sock, 4096)
    left = spec.get("bytes", rng.randrange(20, 400))
    while left > 0:
        part = b"x" * min(left, 16384)
        left -= len(part)
        await loop.sock_sendall(sock, part)
        await loop.sock_recv(sock, 65536)
        if spec.get("idle"):
            await asyncio.sleep(spec["idle"])


async def session(load, spec, client, rng):
    """One connection that is used again and again: so many bytes, their echo, a rest."""
    service = load.world.plan.services[spec["to"]]
    loop = asyncio.get_running_loop()
    sock = client.tcp(service["address"])
    try:
        async with asyncio.timeout(client.habits["patience"]):
            await loop.sock_connect(sock, (service["address"], service["port"]))
            await loop.sock_recv(sock, 4096)
        for _ in range(spec.get("times", 1000)):
            async with asyncio.timeout(spec.get("timeout", 8)):
                await exchange(loop, sock, spec.get("bytes", rng.randrange(20, 400)))
            await asyncio.sleep(spec.get("idle", 0.3) * rng.uniform(0.8, 1.2))
    finally:
        sock.close()


async def exchange(loop, sock, size):
    """Sends and reads at once, so that neither side's buffers fill up."""
    sending = asyncio.create_task(loop.sock_sendall(sock, b"x" * size))
    try:
        left = size
        while left > 0:
            data = await loop.sock_recv(sock, 65536)
            if not data:
                raise OSError("closed in the middle")
            left -= len(data)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def upload(load, spec, client, rng):
    """One connection on which so many bytes after the other are sent; nothing is read."""
    service = load.world.plan.services[spec["to"]]
    loop = asyncio.get_running_loop()
    sock = client.tcp(service["address"])
    try:
        async with asyncio.timeout(client.habits["patience"]):
            await loop.sock_connect(sock, (service["address"], service["port"]))
            await loop.sock_recv(sock, 4096)
        while True:
            async with asyncio.timeout(spec.get("timeout", 8)):
                await loop.sock_sendall(sock, b"x" * spec["bytes"])
            await asyncio.sleep(spec.get("idle", 0.1) * rng.uniform(0.8, 1.2))
    finally:
        sock.close()


async def slow_reader(load, spec, client, _rng):
    """Asks for a page, reads some of it, and rests before it reads on."""
    service = load.world.plan.services[spec["to"]]
    loop = asyncio.get_running_loop()
    sock = client.tcp(service["address"])
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
    try:
        async with asyncio.timeout(client.habits["patience"]):
            await loop.sock_connect(sock, (service["address"], service["port"]))
        await loop.sock_sendall(sock, b"GET / HTTP/1.0\r\n\r\n")
        await loop.sock_recv(sock, spec.get("bytes", 16384))
        await asyncio.sleep(spec.get("idle", 10))
        async with asyncio.timeout(8):
            while await loop.sock_recv(sock, 65536):
                pass
    finally:
        sock.close()


async def datagram(load, spec, client, rng):
    service = load.world.plan.services[spec["to"]]
    loop = asyncio.get_running_loop()
    sock = client.udp(service["address"], spec.get("port", service["port"]))
    try:
        request = os.urandom(rng.randrange(24, 200))
        for _ in range(spec.get("tries", client.habits["tries"])):
            await loop.sock_sendall(sock, request)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(loop.sock_recv(sock, 4096),
                                       spec.get("timeout", client.habits["timeout"]))
                return
    finally:
        sock.close()


async def report(load, spec, client, rng):
    """One-way datagrams, as of syslog or statsd: one socket, always other contents."""
    service = load.world.plan.services[spec["to"]]
    loop = asyncio.get_running_loop()
    sock = client.udp(service["address"], service["port"])
    try:
        for number in range(6):
            line = f"<{rng.randrange(192)}>host{number} app[{rng.randrange(9999)}]: {rng.random()}"
            await loop.sock_sendall(sock, line.encode("ascii"))
            await asyncio.sleep(rng.uniform(0.3, 1.5))
    finally:
        sock.close()


async def tunnel(load, spec, client, rng):
    """One packet of a tunnel: a question that carries data, and an answer that does."""
    name, kind = made_names.carry(rng, load.world.plan.domain, spec["shape"])
    await stub.query(client, rng, load.address(spec["to"]), name,
                     {"type": kind, "edns": True, "timeout": 2.0})


async def stream(load, spec, client, rng):
    """Four seconds of voice or telemetry: one way, on the same two ports, 50 to 250 a second."""
    service = load.world.plan.services[spec["to"]]
    loop = asyncio.get_running_loop()
    sock = client.udp(service["address"], spec.get("port", service["port"]))
    gap = 1 / rng.uniform(50, 250)
    end = loop.time() + 4.0
    try:
        while loop.time() < end:
            with contextlib.suppress(OSError):
                await loop.sock_sendall(sock, os.urandom(172))
            await asyncio.sleep(gap)
    finally:
        sock.close()


async def ping(load, spec, client, rng):
    if spec.get("fresh"):  # as if it were the first time
        load.world.network.batch(client.machine.name, f"neigh flush dev {DEV}")
    await echo(client, load.address(spec["to"]), rng)


async def claim(load, spec, client, rng):
    """What systems do before they use an address (RFC 5227): three probes, two announcements."""
    mac = bytes.fromhex(client.machine.mac.replace(":", ""))
    own = socket.inet_aton(client.machine.address)
    with client.world.spaces.inside(client.machine.name):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sock.bind((DEV, 0))
    head = b"\xff" * 6 + mac + struct.pack(">HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + mac
    with sock:
        senders = [bytes(4)] * 3 if spec.get("how") != "announce" else []
        for sender in [*senders, own, own]:
            sock.send(head + sender + bytes(6) + own)
            await asyncio.sleep(rng.uniform(0.6, 1.2))


async def echo(client, address, rng):
    """One echo request; the kernel answers for the target and nobody needs the reply here."""
    six = client.family == socket.AF_INET6
    sock = client.make(socket.SOCK_RAW, socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP)
    try:
        body = struct.pack(">HH", rng.randrange(65536), 1) + bytes(range(48))
        head = struct.pack(">BBH", 128 if six else 8, 0, 0)
        if not six:  # the kernel fills in the checksum of ICMPv6 only
            head = struct.pack(">BBH", 8, 0, checksum(head + body))
        sock.sendto(head + body, (address, 0))
        await asyncio.sleep(0.2)
    finally:
        sock.close()


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


async def trace(load, spec, client, _rng):
    arguments = ["traceroute", "-n", "-q", "2", "-w", "1", "-m", "6", load.address(spec["to"])]
    process = load.world.spaces.start(client.machine.name, arguments, stdout=-3, stderr=-3)
    while process.poll() is None:
        await asyncio.sleep(0.1)


async def local_noise(load, _spec, client, rng):
    await BACKGROUND[rng.choice(("mdns", "ssdp", "llmnr"))](load, client, rng)


def multicast(client, group, group6, port, payload):
    sock = client.make(socket.SOCK_DGRAM)
    with sock, contextlib.suppress(OSError):
        if client.family == socket.AF_INET6:
            with client.world.spaces.inside(client.machine.name):
                index = socket.if_nametoindex(DEV)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
            sock.sendto(payload, (group6, port))
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                            socket.inet_aton(client.machine.address))
            sock.sendto(payload, (group, port))


async def mdns(load, client, rng):
    name = rng.choice(("_ipp._tcp.local", "_googlecast._tcp.local", "printer.local"))
    multicast(client, "224.0.0.251", "ff02::fb", 5353, dnswire.query(0, name, "PTR", False))


async def llmnr(load, client, rng):
    name = rng.choice(("wpad", "isatap", "fileserver"))
    multicast(client, "224.0.0.252", "ff02::1:3", 5355,
              dnswire.query(rng.randrange(65536), name, "A", False, rd=False))


async def ssdp(load, client, rng):
    multicast(client, "239.255.255.250", "ff02::c", 1900,
              b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n"
              b"MX: 1\r\nST: ssdp:all\r\n\r\n")


async def ping_gateway(load, client, rng):
    await echo(client, client.machine.gateway, rng)


ACTIONS = {"lookup": lookup, "query": query, "query_tcp": query_tcp, "tcp": visit,
           "secure": secure_load.page, "half_secure": secure_load.half, "fallback": fallback,
           "session": session, "upload": upload, "slow_reader": slow_reader,
           "udp": datagram, "stream": stream, "tunnel": tunnel, "report": report,
           "ping": ping, "trace": trace,
           "local_noise": local_noise, "talk": visit, "time": ask_time, "dhcp": dhcp.act,
           "claim": claim, "ssh": ssh, "browse": browse.page, "quic": quic.page}
BACKGROUND = {"mdns": mdns, "llmnr": llmnr, "ssdp": ssdp, "ping_gateway": ping_gateway}
