"""A TLS server with settable faults; run as `secure.py FILE` like servers.py, options on SIGHUP.

OpenSSL does the TLS. `deed` is what it does instead of a handshake: hang (reads and says nothing),
plain (answers in HTTP without TLS), close, reset, alert:NUMBER. Else: `certificate` (one of the
files beside FILE), `newest`, `oldest` (1.2), `ciphers`, `ask` (wants a certificate of the client).
"""

import contextlib
import json
import pathlib
import signal
import socket
import socketserver
import ssl
import struct
import sys

VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1,
            "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\nConnection: close\r\n\r\n" + b"x" * 600
REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def limit(context, options):
    """Versions and ciphers, also those that are off by default."""
    if options.get("newest") in ("1.0", "1.1") or options.get("oldest") in ("1.0", "1.1"):
        context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = VERSIONS[options.get("oldest", "1.0" if options.get("newest") in
                                                   ("1.0", "1.1") else "1.2")]
    context.maximum_version = VERSIONS[options.get("newest", "1.3")]
    if "ciphers" in options:
        context.set_ciphers(options["ciphers"])


def context_of(options, folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    name = options.get("certificate", "good")
    context.load_cert_chain(folder / f"{name}.chain", folder / "key.pem")
    limit(context, options)
    if options.get("ask"):
        context.load_verify_locations(folder / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Secure(socketserver.BaseRequestHandler):
    """One handshake, one page; or the deed."""

    def handle(self):
        options, folder = dict(self.server.options), self.server.folder
        self.request.settimeout(40)
        with contextlib.suppress(OSError):
            if "deed" in options:
                self.do(options["deed"])
                return
            with context_of(options, folder).wrap_socket(self.request, server_side=True) as secure:
                if secure.recv(8192):
                    secure.sendall(PAGE)
                with contextlib.suppress(OSError):
                    secure.unwrap()

    def do(self, deed):
        if not self.request.recv(8192):
            return
        kind, _, number = deed.partition(":")
        if kind == "plain":
            self.request.sendall(REFUSAL)
        elif kind == "alert":
            self.request.sendall(bytes((0x15, 3, 3, 0, 2, 2, int(number))))
        elif kind == "reset":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()
        while kind == "hang" and self.request.recv(8192):
            pass


def main():
    path = pathlib.Path(sys.argv[1])
    spec = json.loads(path.read_text(encoding="ascii"))

    class Server(socketserver.ThreadingTCPServer):
        address_family = socket.AF_INET6 if ":" in spec["address"] else socket.AF_INET
        allow_reuse_address, daemon_threads, request_queue_size = True, True, 128

        def handle_error(self, request, client_address):
            pass

    server = Server((spec["address"], spec["port"]), Secure)
    server.options, server.folder = spec["options"], path.parent
    signal.signal(signal.SIGHUP, lambda *_: setattr(
        server, "options", json.loads(path.read_text(encoding="ascii"))["options"]))
    server.serve_forever()


if __name__ == "__main__":
    main()
