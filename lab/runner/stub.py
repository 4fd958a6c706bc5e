"""What clients do with DNS: a stub resolver with glibc's schedule, one-shot queries, TCP.

As glibc's stub does, a lookup asks its first server for all types over one connected socket, waits,
goes to the next server, and starts over for `tries` rounds, from the same port or (other stubs) a
new one. A connected socket learns of an ICMP port unreachable at once, and the stub then moves on
without waiting.
"""

import asyncio
import socket
import struct

from . import dnswire

DNS_PORT = 53


async def lookup(client, rng, servers, names, habits):
    """Tries each name (a search list has several); True at the first that resolves."""
    for name in names:
        rcode = await resolve(client, rng, servers, name, habits)
        if rcode == 0:
            return True
        if rcode != dnswire.RCODES["NXDOMAIN"]:
            return False
    return False


async def resolve(client, rng, servers, name, habits):
    """The rcode of the first server that answers for all types, or None."""
    loop = asyncio.get_running_loop()
    wanted = {rng.randrange(65536): kind for kind in habits["types"]}
    sockets, last = {}, None
    try:
        for _ in range(habits["tries"]):
            for server in servers:
                sock = sockets.get(server) or client.udp(server, DNS_PORT)
                sockets[server] = sock
                try:
                    for ident, kind in wanted.items():
                        await loop.sock_sendall(sock, dnswire.query(
                            ident, name, kind, habits["edns"], size=habits.get("size", 1232)))
                    rcode = await asyncio.wait_for(answers(sock, wanted), habits["timeout"])
                except asyncio.TimeoutError:
                    if not habits["same_socket"]:
                        sockets.pop(server).close()
                    continue
                except OSError:
                    sockets.pop(server).close()
                    continue
                if rcode in (0, dnswire.RCODES["NXDOMAIN"]):
                    return rcode
                last = rcode
                sockets.pop(server).close()
        return last
    finally:
        for sock in sockets.values():
            sock.close()


async def answers(sock, wanted, cut_off=None):
    """Waits until every query of the set is answered; the last rcode. `cut_off` takes the ids of
    answers with TC."""
    loop = asyncio.get_running_loop()
    open_ids, rcode = set(wanted), None
    while open_ids:
        data = await loop.sock_recv(sock, 4096)
        if len(data) >= 12:
            ident, flags = struct.unpack_from(">HH", data)
            if ident in open_ids:
                open_ids.discard(ident)
                if cut_off is not None and flags & 0x0200:
                    cut_off.add(ident)
                rcode = flags & 15
    return rcode


async def query(client, rng, server, name, habits):
    """One query, no repeat, as dig +tries=1; or (`lower`) one more with a smaller size."""
    loop = asyncio.get_running_loop()
    ident = rng.randrange(65536)
    sock = client.udp(server, DNS_PORT)
    try:
        message = dnswire.query(ident, name, habits["type"], habits["edns"],
                                habits.get("version", 0), habits.get("rd", True),
                                habits.get("size", 1232))
        await loop.sock_sendall(sock, message)
        cut_off = set()
        await asyncio.wait_for(answers(sock, {ident: ""}, cut_off), habits["timeout"])
        if cut_off and habits.get("follow"):  # RFC 1035 4.2.1, RFC 7766 5
            await query_tcp(client, rng, server, name, habits)
    except (OSError, asyncio.TimeoutError):
        if habits.get("lower"):  # asks for what fits into one datagram (RFC 6891 6.2.5)
            await query(client, rng, server, name, {**habits, "size": 1232, "lower": False})
    finally:
        sock.close()


async def query_tcp(client, rng, server, name, habits):
    """One query over TCP (RFC 7766)."""
    loop = asyncio.get_running_loop()
    sock = client.tcp(server)
    try:
        async with asyncio.timeout(habits["timeout"]):
            if habits.get("pieces"):  # the length in a segment of its own, and all of them small
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 100)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(sock, (server, DNS_PORT))
            message = dnswire.query(rng.randrange(65536), name, habits["type"])
            length = struct.pack(">H", len(message))
            if habits.get("pieces"):
                await loop.sock_sendall(sock, length)
                await loop.sock_sendall(sock, message)
            else:
                await loop.sock_sendall(sock, length + message)
            await whole_message(loop, sock)
    except (OSError, TimeoutError):
        pass
    finally:
        sock.close()


async def whole_message(loop, sock):
    data = b""
    while len(data) < 2 or len(data) < 2 + struct.unpack_from(">H", data)[0]:
        more = await loop.sock_recv(sock, 4096)
        if not more:
            return
        data += more
