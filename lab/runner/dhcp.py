"""A DHCP client in user space (RFC 2131): what a machine without an address sends, on a raw socket.

The machines of the lab keep their addresses all the while; this asks for another one under the same
hardware address, as a laptop does that joins the network. What it is given becomes a second address of the machine.
"""

import asyncio
import ipaddress
import socket
import struct

from .network import DEV

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK = range(1, 7)
COOKIE = b"\x63\x82\x53\x63"
BROADCAST = b"\xff" * 6


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def options(kind, fields):
    out = bytes([53, 1, kind])
    for code, value in fields:
        out += bytes([code, len(value)]) + value
    return out + b"\xff"


class Machine:
    """One client: its hardware address, its habits, and the address it was given last."""

    def __init__(self, client, rng):
        self.client, self.rng = client, rng
        self.mac = bytes.fromhex(client.machine.mac.replace(":", ""))
        self.flags = rng.choice((0, 0x8000))  # wants broadcasts
        self.name = rng.choice((b"", b"laptop", b"printer"))
        self.lease = None

    def open(self):
        with self.client.world.spaces.inside(self.client.machine.name):
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
            sock.bind((DEV, 0x0800))
        sock.setblocking(False)
        return sock

    def frame(self, ident, seconds, kind, fields):
        body = struct.pack(">BBBBIHH", 1, 1, 6, 0, ident, seconds, self.flags) + bytes(16)
        body += self.mac + bytes(10 + 64 + 128) + COOKIE + options(kind, fields)
        body += bytes(max(0, 300 - len(body)))
        udp = struct.pack(">HHHH", 68, 67, 8 + len(body), 0) + body
        head = struct.pack(">BBHHHBBH", 0x45, 0x10, 20 + len(udp), 0, 0, 128, 17, 0)
        head += bytes(4) + b"\xff" * 4
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        return BROADCAST + self.mac + b"\x08\x00" + head + udp

    def fields(self, *more):
        fields = [(61, b"\x01" + self.mac), (55, bytes([1, 3, 6, 15])), *more]
        return fields + ([(12, self.name)] if self.name else [])

    async def answer(self, sock, ident, wanted, seconds):
        """(kind, address, server) of the first answer to `ident` of a wanted kind, or None."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                while True:
                    found = read_answer(await loop.sock_recv(sock, 4096), ident)
                    if found and found[0] in wanted:
                        return found
        except TimeoutError:
            return None

    async def send(self, sock, data):
        await asyncio.get_running_loop().sock_sendall(sock, data)

    async def ask(self, sock, kind, fields, wanted, habits):
        """Sends up to `tries` times, with waits that double, until an answer comes."""
        ident, waited, pause = self.rng.randrange(1, 1 << 32), 0.0, habits["timeout"]
        for _ in range(habits["tries"]):
            await self.send(sock, self.frame(ident, int(waited), kind, fields))
            found = await self.answer(sock, ident, wanted, pause * self.rng.uniform(0.9, 1.1))
            if found:
                return ident, found
            waited += pause
            pause *= habits.get("slower", 2)
        return ident, None

    async def join(self, sock, habits):
        """DISCOVER and REQUEST; True when an address was given."""
        wish = [(50, self.lease)] if self.lease and self.rng.random() < 0.5 else []
        ident, offer = await self.ask(sock, DISCOVER, self.fields(*wish), {OFFER}, habits)
        if not offer:
            return False
        fields = self.fields((50, offer[1]), (54, offer[2]))
        for _ in range(2):
            await self.send(sock, self.frame(ident, 1, REQUEST, fields))
            found = await self.answer(sock, ident, {ACK, NAK}, habits["timeout"])
            if found:
                break
        if not found or found[0] != ACK:
            return False
        self.take(found[1])
        return True

    def take(self, lease):
        """The address is the machine's beside its own, so that it answers for it."""
        if lease == self.lease:
            return
        client, self.lease = self.client, lease
        length = ipaddress.ip_network(client.machine.net).prefixlen
        client.world.network.batch(client.machine.name, f"address replace "
                                   f"{ipaddress.ip_address(lease)}/{length} dev {DEV}")

    async def reboot(self, sock, habits, lease):
        """REQUEST for the address it had (INIT-REBOOT, RFC 2131 4.3.2)."""
        _, found = await self.ask(sock, REQUEST, self.fields((50, lease)), {ACK, NAK}, habits)
        return found and found[0] == ACK


def read_answer(frame, ident):
    """(kind, yiaddr, server) of a DHCP answer, or None for anything else."""
    if len(frame) < 14 + 20 + 8 + 240 or frame[23] != 17:
        return None
    head = 14 + (frame[14] & 15) * 4
    if struct.unpack_from(">HH", frame, head) != (67, 68):
        return None
    body = frame[head + 8:]
    if body[0] != 2 or struct.unpack_from(">I", body, 4)[0] != ident:
        return None
    kind, server, at = 0, bytes(4), 240
    while at + 1 < len(body) and body[at] != 255:
        if body[at] == 0:
            at += 1
            continue
        value = body[at + 2:at + 2 + body[at + 1]]
        kind = value[0] if body[at] == 53 else kind
        server = value if body[at] == 54 else server
        at += 2 + body[at + 1]
    return kind, body[16:20], server


async def act(load, spec, client, rng):
    """What a load says: `new` joins, `keep` joins once and then asks to keep its address, `old`
    asks for an address of another network, and `stubborn` does not begin anew when it is refused."""
    machine = load.machines.setdefault(client.machine.name, Machine(client, rng))
    habits = {"timeout": spec.get("timeout", client.habits["pace"] + 3.0),
              "tries": spec.get("tries", 3), "slower": spec.get("slower", 2)}
    how = spec.get("how", "new")
    with machine.open() as sock:
        if how in ("old", "stubborn"):
            old = bytes([10, 250, rng.randrange(256), rng.randrange(2, 250)])
            if not await machine.reboot(sock, habits, old) and how == "old":
                await machine.join(sock, habits)
        elif how == "keep" and machine.lease:
            if not await machine.reboot(sock, habits, machine.lease):
                await machine.join(sock, habits)
        else:
            await machine.join(sock, habits)
