"""QUIC: ngtcp2's example server and client, which speak HTTP/3. The client can be told to fall back
to TCP as browsers do, who try it when QUIC has not answered at once.
"""

import asyncio
import contextlib

from . import authority, namespace

SERVER, CLIENT = "/usr/sbin/gtlsserver", "/usr/bin/gtlsclient"
PATIENCE = 6       # seconds until a client gives QUIC up
BESIDE = 0.3         # seconds until a browser tries TCP beside it
# A long header of a version that is kept free (RFC 9000 15): the server has to list its own.
QUESTION = b"\xc0\x1a\x2a\x3a\x4a\x08quicping\x08quicpong" + bytes(1200)

LIST = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+{}"


def server(service, address):
    """Options: retry (validates addresses first), ciphers (the only one that it takes)."""
    folder, options = service.folder, service.options
    if authority.self_signed(folder, service.world.plan.names["zone"][0]):
        (folder / "index.html").write_text("<!doctype html><title>It works</title>" + "x" * 700)
        (folder / "mime").write_text("text/html html\n")
    arguments = [SERVER, "-q", "-d", str(folder), f"--mime-types-file={folder}/mime"]
    if options.get("retry"):
        arguments.append("-V")
    if "ciphers" in options:
        arguments.append("--ciphers=" + LIST.format(options["ciphers"]))
    return [*arguments, address, str(service.port), str(folder / "key.pem"),
            str(folder / "cert.pem")]


async def page(load, spec, client, _rng):
    """A page over HTTP/3; with `also_to`, over TCP where QUIC does not answer at once."""
    service = load.world.plan.services[spec["to"]]
    name = load.world.plan.names["zone"][0]
    arguments = [CLIENT, "-q", "--exit-on-all-streams-close", f"--sni={name}", "--no-pmtud",
                 f"--handshake-timeout={spec.get('timeout', PATIENCE)}s", "--timeout=8s"]
    if "version" in spec:
        arguments += ["-v", spec["version"]]
    if "ciphers" in spec:
        arguments.append("--ciphers=" + LIST.format(spec["ciphers"]))
    arguments += [service["address"], str(service["port"]), f"https://{name}/"]
    process = load.world.spaces.start(client.machine.name, arguments, stdout=-3, stderr=-3)
    loop = asyncio.get_running_loop()
    begin, has_tried = loop.time(), False
    try:
        while process.poll() is None and loop.time() - begin < spec.get("timeout", PATIENCE) + 4:
            await asyncio.sleep(0.05)
            if "also_to" in spec and not has_tried and loop.time() - begin > BESIDE:
                has_tried = True
                with contextlib.suppress(OSError, asyncio.TimeoutError):
                    await load.visit({"to": spec["also_to"]}, client, _rng)
    finally:
        if process.poll() is None:
            process.kill()
