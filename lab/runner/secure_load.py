"""Clients of TLS: curl, as users have it; and two that leave before they are through."""

import asyncio
import ssl

from .secure import limit


async def page(load, spec, client, rng):
    """A page over TLS by curl, which checks the certificate unless told not to."""
    service = load.world.plan.services[spec["to"]]
    name = load.world.plan.names["zone"][0]
    folder = load.world.services[spec["to"]].folder
    address = f"[{service['address']}]" if ":" in service["address"] else service["address"]
    patience = spec.get("timeout", 10)
    arguments = ["curl", "-s", "-o", "/dev/null", "--max-time", str(patience), "--no-alpn",
                 "--noproxy", "*", "--resolve", f"{name}:{service['port']}:{address}"]
    trusted = "other.pem" if spec.get("trust") == "other" else "ca.pem"
    arguments += ["--cacert", str(folder / trusted)] if spec.get("trust", True) else ["-k"]
    if "newest" in spec:
        arguments += ["--tls-max", spec["newest"]]
    if "ciphers" in spec:
        arguments += ["--ciphers", spec["ciphers"]]
    if "clock" in spec:
        arguments = ["faketime", "-f", f"{spec['clock']:+d}d", *arguments]
    arguments.append(f"https://{name}:{service['port']}/")
    process = load.world.spaces.start(client.machine.name, arguments, stdout=-3, stderr=-3)
    try:
        while process.poll() is None:
            await asyncio.sleep(0.05)
    finally:
        if process.poll() is None:
            process.kill()


async def half(load, spec, client, rng):
    """Sends a ClientHello and leaves (`leave` = hello), or finishes and asks for nothing."""
    service = load.world.plan.services[spec["to"]]
    name = load.world.plan.names["zone"][0]
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    limit(context, spec)
    loop = asyncio.get_running_loop()
    sock = client.tcp(service["address"])
    try:
        async with asyncio.timeout(5):
            await loop.sock_connect(sock, (service["address"], service["port"]))
            if spec["leave"] == "hello":
                incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                secure = context.wrap_bio(incoming, outgoing, server_hostname=name)
                try:
                    secure.do_handshake()
                except ssl.SSLWantReadError:
                    await loop.sock_sendall(sock, outgoing.read())
                return
            _, writer = await asyncio.open_connection(sock=sock.dup(), ssl=context,
                                                      server_hostname=name)
            await asyncio.sleep(rng.uniform(0.1, 3.0))
            writer.close()
    finally:
        sock.close()
