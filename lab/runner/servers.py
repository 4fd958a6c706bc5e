"""Small servers with settable faults, for what the real daemons will not do on request.

Run as `servers.py FILE`; the file holds kind, address, port and options as JSON. SIGHUP reads the
options again.

  dns   answers from `records`; `rcode` for all, `edns_rcode` where the query has EDNS, `delay`
        seconds per query served one after the other, so that it has a capacity; REFUSED for what
        comes above `refuse_over` queries in a second
  http  one small page after `delay` seconds, with `status`
  tcp   sends a greeting, then echoes
  udp   echoes, or as a `sink` takes in what comes
  deaf  listens with `backlog` and never accepts
"""

import json
import pathlib
import signal
import socket
import socketserver
import sys
import time

import dnswire


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def bound(kind, address, port):
    sock = socket.socket(family(address), kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    return sock


def dns_reply(request, options):
    _, _, name, _ = dnswire.read_question(request)
    records = options.get("records", {})
    has_edns = request[11] > 0
    if has_edns and "edns_rcode" in options:
        return dnswire.answer(request, dnswire.RCODES[options["edns_rcode"]])
    if over_limit(options):
        return dnswire.answer(request, dnswire.RCODES["REFUSED"], authoritative=False)
    if "rcode" in options:
        return dnswire.answer(request, dnswire.RCODES[options["rcode"]], authoritative=False)
    addresses = records.get(name, options.get("default"))
    if addresses is None:
        return dnswire.answer(request, dnswire.RCODES["NXDOMAIN"])
    return dnswire.answer(request, 0, addresses)


def over_limit(options):
    """Whether this second has had more queries than `refuse_over`, which some servers refuse."""
    if "refuse_over" not in options:
        return False
    second = int(time.monotonic())
    if options.get("second") != second:
        options.update(second=second, seen=0)
    options["seen"] += 1
    return options["seen"] > options["refuse_over"]


def serve_dns(address, port, options):
    sock = bound(socket.SOCK_DGRAM, address, port)
    if "buffer" in options:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["buffer"])
    while True:
        request, peer = sock.recvfrom(4096)
        try:
            reply = dns_reply(request, options)
        except ValueError:
            continue
        time.sleep(options.get("delay", 0))
        sock.sendto(reply, peer)


def serve_udp(address, port, options):
    sock = bound(socket.SOCK_DGRAM, address, port)
    while True:
        request, peer = sock.recvfrom(4096)
        time.sleep(options.get("delay", 0))
        if not options.get("sink") or request == b"ready?":
            sock.sendto(request, peer)


class Page(socketserver.BaseRequestHandler):
    """One HTTP request, one page."""

    def handle(self):
        options = self.server.options
        self.request.settimeout(30)
        try:
            if not self.request.recv(8192):
                return
            time.sleep(options.get("delay", 0))
            body = b"<!doctype html><title>It works</title>" + b"x" * options.get("size", 900)
            status = options.get("status", "200 OK")
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            self.request.sendall(head.encode("ascii") + body)
        except OSError:
            pass


class Echo(socketserver.BaseRequestHandler):
    """A greeting, then what was sent."""

    def handle(self):
        self.request.settimeout(30)
        try:
            self.request.sendall(b"220 ready\r\n")
            while data := self.request.recv(65536):
                self.request.sendall(data)
        except OSError:
            pass


def serve_stream(handler):
    def serve(address, port, options):
        class Server(socketserver.ThreadingTCPServer):
            address_family = family(address)
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = options.get("backlog", 128)

        server = Server((address, port), handler)
        server.options = options
        server.serve_forever()
    return serve


def serve_deaf(address, port, options):
    sock = bound(socket.SOCK_STREAM, address, port)
    sock.listen(options.get("backlog", 1))
    while True:
        time.sleep(60)


KINDS = {"dns": serve_dns, "udp": serve_udp, "http": serve_stream(Page), "tcp": serve_stream(Echo),
         "deaf": serve_deaf}


def main():
    path = pathlib.Path(sys.argv[1])
    spec = json.loads(path.read_text(encoding="ascii"))
    options = spec["options"]

    def read_again(_number, _frame):
        options.clear()
        options.update(json.loads(path.read_text(encoding="ascii"))["options"])

    signal.signal(signal.SIGHUP, read_again)
    KINDS[spec["kind"]](spec["address"], spec["port"], options)


if __name__ == "__main__":
    main()
