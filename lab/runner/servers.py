"""Small servers with settable faults, for what the real daemons will not do on request.

Run as `servers.py FILE`; the file holds kind, address, port and options as JSON. SIGHUP reads the
options again.

  dns   answers from `records`; `rcode` for all, `edns_rcode` where the query has EDNS, `delay`
        seconds per query served one after the other, so that it has a capacity; REFUSED for what
        comes above `refuse_over` queries in a second; a name not asked for before takes
        `miss_delay` seconds. With `upstreams` it asks these in turn, waits `upstream_timeout`
        seconds for each, and remembers the answers. `world`: names outside of its zone exist, each
        with an address of its own; `portal`: all names have the address given here; `cut`: answers
        about names that begin with "big." do not fit into a datagram; names that begin with
        `absent` do not exist, whatever the default is; `tunnel`: names of its
        subdomain t are answered with data, as the other end of a tunnel does
  http  one small page after `delay` seconds, with `status`; `hang_up` closes instead; 503 where
        more than `busy_over` are served at once; `slow_path` alone is delayed
  talk  speaks `dialect` (smtp ftp pop imap ssh), each step answered as the options say; with a
        `password` it takes no other one
  ntp   tells the time, or sends a `kiss` code, or has a `stratum`
  tcp   sends a greeting, then echoes `delay` seconds later; it rests `read_pause` seconds before
        each read (with `quiet` it sends nothing back), and resets the connection in place of an
        answer in a share `abort_share` of them
  udp   echoes, or as a `sink` takes in what comes
  sink  takes datagrams and says nothing
  deaf  listens with `backlog` and never accepts
"""

import base64
import contextlib
import json
import pathlib
import random
import signal
import socket
import socketserver
import struct
import sys
import threading
import time

import dnswire
import made_names
import world


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
    if options.get("tunnel") and ".t." in name:
        return dnswire.answer(request, 0, data=made_names.carried(random, request))
    if options.get("absent") and name.startswith(options["absent"]):
        return dnswire.answer(request, dnswire.RCODES["NXDOMAIN"])
    addresses = records.get(name, options.get("default"))
    if options.get("portal"):
        addresses = options["portal"]
    elif addresses is None and options.get("world"):
        addresses = world.addresses(name)
    if options.get("cut") and name.startswith("big."):
        return dnswire.answer(request, 0, truncated=True)
    if addresses is None:
        return dnswire.answer(request, dnswire.RCODES["NXDOMAIN"])
    is_resolver = bool(options.get("world"))
    return dnswire.answer(request, 0, addresses, authoritative=not is_resolver,
                          recursion=is_resolver)


def over_limit(options):
    """Whether this second has had more queries than `refuse_over`, which some servers refuse."""
    if "refuse_over" not in options:
        return False
    second = int(time.monotonic())
    if options.get("second") != second:
        options.update(second=second, seen=0)
    options["seen"] += 1
    return options["seen"] > options["refuse_over"]


def question_of(request):
    _, _, name, kind = dnswire.read_question(request)
    return name, kind


def ask_upstreams(request, address, options):
    """The first answer of the upstreams, or None; strictly in turn, as simple forwarders do."""
    for upstream in options["upstreams"]:
        with bound(socket.SOCK_DGRAM, address, 0) as sock:
            sock.settimeout(options.get("upstream_timeout", 2.0))
            try:
                sock.connect((upstream, 53))
                sock.send(request)
                return sock.recv(4096)
            except OSError:
                continue
    return None


def forward(sock, peer, request, address, options, cache):
    question = question_of(request)
    reply = cache.get(question)
    if reply is None:
        reply = ask_upstreams(request, address, options)
        if reply is None:
            reply = dnswire.answer(request, dnswire.RCODES["SERVFAIL"], authoritative=False)
        else:
            cache[question] = reply
    sock.sendto(request[:2] + reply[2:], peer)


def serve_dns(address, port, options):
    sock = bound(socket.SOCK_DGRAM, address, port)
    if "buffer" in options:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["buffer"])
    cache, known = {}, set()
    while True:
        request, peer = sock.recvfrom(4096)
        try:
            question = question_of(request)
            if "upstreams" in options:
                threading.Thread(target=forward, daemon=True, args=(
                    sock, peer, request, address, options, cache)).start()
                continue
            reply = dns_reply(request, options)
        except ValueError:
            continue
        time.sleep(options.get("delay", 0))
        if "miss_delay" in options and question not in known:
            known.add(question)
            threading.Timer(options["miss_delay"], sock.sendto, (reply, peer)).start()
            continue
        sock.sendto(reply, peer)


def serve_udp(address, port, options):
    sock = bound(socket.SOCK_DGRAM, address, port)
    while True:
        request, peer = sock.recvfrom(4096)
        time.sleep(options.get("delay", 0))
        if not options.get("sink") or request == b"ready?":
            sock.sendto(request, peer)


def serve_sink(address, port, _options):
    sock = bound(socket.SOCK_DGRAM, address, port)
    while True:
        sock.recv(4096)


class Page(socketserver.BaseRequestHandler):
    """One HTTP request, one page."""

    at_once = 0

    def handle(self):
        Page.at_once += 1
        try:
            self.page()
        finally:
            Page.at_once -= 1

    def page(self):
        options = self.server.options
        self.request.settimeout(30)
        try:
            request = self.request.recv(8192)
            if not request or options.get("hang_up"):
                return
            status = options.get("status", "200 OK")
            path = request.split(b" ")[1] if request.count(b" ") else b""
            if Page.at_once > options.get("busy_over", 10 ** 6):
                status = "503 Service Unavailable"
            elif path == options.get("slow_path", path.decode("latin-1")).encode("latin-1"):
                time.sleep(options.get("delay", 0))
            body = b"<!doctype html><title>It works</title>" + b"x" * options.get("size", 900)
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            self.request.sendall(head.encode("ascii") + body)
        except OSError:
            pass


class Echo(socketserver.BaseRequestHandler):
    """A greeting, then what was sent."""

    def handle(self):
        options = self.server.options
        self.request.settimeout(30)
        try:
            self.request.sendall(b"220 ready\r\n")
            time.sleep(options.get("read_pause", 0))
            while data := self.request.recv(65536):
                time.sleep(options.get("delay", 0))
                if random.random() < options.get("abort_share", 0):
                    self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                            struct.pack("ii", 1, 0))
                    self.request.close()
                    return
                if not options.get("quiet"):
                    self.request.sendall(data)
                time.sleep(options.get("read_pause", 0))
        except OSError:
            pass


GREETINGS = {"smtp": "220 mail ESMTP ready", "ftp": "220 FTP ready", "pop": "+OK ready",
             "imap": "* OK IMAP4rev1 ready", "ssh": "SSH-2.0-OpenSSH_9.2p1 Debian-2"}
YES = {"smtp": "250 2.0.0 Ok", "ftp": "200 Ok", "pop": "+OK", "imap": "OK done"}


NO = {"smtp": "535 5.7.8 Error: authentication failed", "ftp": "530 Login incorrect.",
      "pop": "-ERR [AUTH] Authentication failed.", "imap": "NO [AUTHENTICATIONFAILED] Failed."}


def holds(line, password):
    word = line.split()[-1]
    with contextlib.suppress(ValueError):
        word += base64.b64decode(word)
    return password.encode("ascii") in word


class Talk(socketserver.StreamRequestHandler):
    """A session of a protocol that answers with codes."""

    seen = {}  # client -> when its first mail was put off

    def say(self, line):
        self.wfile.write(line.encode("ascii") + b"\r\n")

    def handle(self):
        options = self.server.options
        dialect = options.get("dialect", "smtp")
        self.request.settimeout(30)
        try:
            if dialect == "ssh":
                self.rfile.readline()
            greeting = options.get("greeting", GREETINGS[dialect])
            if greeting:
                self.say(greeting)
            if dialect != "ssh" and greeting == GREETINGS[dialect]:
                while (line := self.rfile.readline()) and self.answer(dialect, line, options):
                    pass
        except OSError:
            pass

    def answer(self, dialect, line, options):
        words = line.decode("latin-1").split()
        tag = words.pop(0) + " " if dialect == "imap" and words else ""
        verb = words[0].upper() if words else ""
        reply = YES[dialect]
        if verb in ("QUIT", "LOGOUT"):
            self.say({"smtp": "221 Bye", "ftp": "221 Bye"}.get(dialect, tag + YES[dialect]))
            return False
        if verb == "USER" and dialect == "ftp":
            reply = "331 password"
        elif verb in ("PASS", "LOGIN", "AUTH"):
            reply = options.get("login", {"ftp": "230 in", "smtp": "235 in"}.get(dialect, reply))
            if options.get("password") and not holds(line, options["password"]):
                reply = NO[dialect]
        elif verb == "RCPT":
            reply = self.recipient(options)
        elif verb == "DATA":
            self.say("354 go on")
            while self.rfile.readline() not in (b".\r\n", b""):
                pass
        elif verb == "RETR":
            reply = options.get("fetch", "226 done")
        self.say(tag + reply)
        return True

    def recipient(self, options):
        if "put_off" in options:
            first = self.seen.setdefault(self.client_address[0], time.monotonic())
            if time.monotonic() - first < options["put_off"]:
                return "450 4.2.0 Greylisted"
        return options.get("mail", YES["smtp"])


def serve_ntp(address, port, options):
    sock = bound(socket.SOCK_DGRAM, address, port)
    while True:
        request, peer = sock.recvfrom(512)
        if len(request) < 48:
            continue
        kiss, stratum = options.get("kiss"), options.get("stratum", 2)
        alarm = kiss or stratum == 16
        reference = kiss.encode("ascii") if kiss else bytes((192, 0, 2, 1))
        now = int((time.time() + 2208988800) * 2 ** 32).to_bytes(8, "big")
        head = bytes((0xe4 if alarm else 0x24, 0 if kiss else stratum, request[2], 0xec))
        sock.sendto(head + bytes(8) + reference + now + request[40:48] + now + now, peer)


def serve_stream(handler):
    def serve(address, port, options):
        class Server(socketserver.ThreadingTCPServer):
            address_family = family(address)
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = options.get("backlog", 128)

        server = Server((address, port), handler, bind_and_activate=False)
        if "buffer" in options:
            server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["buffer"])
        server.server_bind()
        server.server_activate()
        server.options = options
        server.serve_forever()
    return serve


def serve_deaf(address, port, options):
    sock = bound(socket.SOCK_STREAM, address, port)
    sock.listen(options.get("backlog", 1))
    while True:
        time.sleep(60)


KINDS = {"dns": serve_dns, "udp": serve_udp, "sink": serve_sink, "http": serve_stream(Page),
         "tcp": serve_stream(Echo), "deaf": serve_deaf, "talk": serve_stream(Talk),
         "ntp": serve_ntp}


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
