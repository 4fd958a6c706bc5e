"""A browser, as far as login pages of networks matter: it resolves a name, loads the page, goes where
it is sent, over new connections where that is another host; or it asks for the same over https."""

import asyncio
import ipaddress
import socket
import ssl

from . import dnswire, world

HOPS = 5


async def address_of(client, rng, server, name):
    """What the name server says, or None."""
    loop = asyncio.get_running_loop()
    kind = "AAAA" if client.world.plan.ip == 6 else "A"
    size = 16 if kind == "AAAA" else 4
    sock = client.udp(server, 53)
    try:
        for _ in range(2):
            await loop.sock_sendall(sock, dnswire.query(rng.randrange(65536), name, kind, False))
            try:
                data = await asyncio.wait_for(loop.sock_recv(sock, 4096), 3)
            except asyncio.TimeoutError:
                continue
            has_answer = len(data) > 12 and data[7] > 0
            return str(ipaddress.ip_address(data[-size:])) if has_answer else None
    finally:
        sock.close()
    return None


async def page(load, spec, client, rng):
    is_probe = rng.random() < spec.get("probes", 0)
    host, path = rng.choice(world.PROBES) if is_probe else (load.name(spec, rng), "/")
    address = await address_of(client, rng, load.address(spec["to"]), host)
    if address is None:
        return
    if spec.get("tls"):
        await secure(load, spec, client, address, host)
        return
    port = 80
    for _ in range(HOPS):
        place = await ask(client, address, port, host, path)
        if not place.startswith("http://"):
            return  # there, or where only https leads
        host, _, rest = place[7:].partition("/")
        host, _, number = host.partition(":") if not host.startswith("[") else (host, "", "")
        port, path = int(number or 80), "/" + rest
        if host[0] == "[" or host.replace(".", "").isdigit():
            address = host.strip("[]")
        else:
            address = await address_of(client, rng, load.address(spec["to"]), host)
        if address is None:
            return


async def ask(client, address, port, host, path):
    """Loads a page; where it leads to, or nothing."""
    loop = asyncio.get_running_loop()
    sock = client.tcp(address)
    answer = b""
    try:
        async with asyncio.timeout(6):
            await loop.sock_connect(sock, (address, port))
            await loop.sock_sendall(sock, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close"
                                    "\r\nUser-Agent: lab\r\n\r\n".encode("ascii"))
            while more := await loop.sock_recv(sock, 65536):
                answer += more
    finally:
        sock.close()
    head = answer.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    return next((line[10:] for line in head if line.lower().startswith("location: ")), "")


async def secure(load, spec, client, address, host):
    """The same over https; the client looks at the certificate's names."""
    authority = load.world.services[spec["tls"]].folder / "ca.pem"
    context = ssl.create_default_context(cafile=str(authority) if authority.exists() else None)
    loop = asyncio.get_running_loop()
    sock = client.tcp(address)
    try:
        async with asyncio.timeout(6):
            await loop.sock_connect(sock, (address, 443))
            _, writer = await asyncio.open_connection(sock=sock.dup(), ssl=context,
                                                      server_hostname=host)
            writer.close()
    except (ssl.SSLError, socket.error):
        pass
    finally:
        sock.close()
