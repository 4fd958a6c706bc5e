"""The real servers: how each is configured and started, and how to see that it is ready."""

import asyncio
import ipaddress
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

from . import authority, dnswire, namespace, quic, world

READY_SECONDS = 25
HERE = pathlib.Path(__file__).resolve().parent
DNS = {"named", "unbound", "dnsmasq", "py-dns"}
UDP_ONLY = {"py-dns", "py-udp", "py-sink", "py-ntp"}
DATAGRAMS = DNS | UDP_ONLY | {"dnsmasq-dhcp", "gtlsserver"}


class Service:
    """One daemon of a run: started, stopped, hung, or bound to the wrong address."""

    def __init__(self, name, world):
        self.name, self.world = name, world
        spec = world.plan.services[name]
        self.kind, self.host = spec["daemon"], spec["host"]
        self.address, self.port = spec["address"], spec["port"]
        self.options = dict(spec["options"])
        self.process, self.ended = None, True
        self.folder = world.work / name
        self.folder.mkdir()

    def start(self, address=None):
        arguments = BUILD[self.kind](self, address or self.address)
        log = open(self.folder / "log", "ab")
        self.ended = False
        self.process = self.world.spaces.start(self.host, arguments, stdout=log,
                                               stderr=subprocess.STDOUT, cwd=self.folder)
        log.close()
        self.wait_listening()

    def wait_listening(self):
        kind = "udp" if self.kind in DATAGRAMS else "tcp"
        deadline = time.monotonic() + READY_SECONDS
        while not self.listens(kind):
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = (self.folder / "log").read_text(errors="replace")[-600:]
                raise namespace.Failed(f"{self.kind} for {self.name} does not listen: {tail}")
            time.sleep(0.05)

    def listens(self, kind):
        """Looked up in the kernel's table, so that no packet is sent for it."""
        with self.world.spaces.inside(self.host):
            for table in (kind, kind + "6"):
                path = f"/proc/thread-self/net/{table}"
                if os.path.exists(path) and self.in_table(path, kind):
                    return True
        return False

    def in_table(self, path, kind):
        with open(path, encoding="ascii") as file:
            for line in file:
                fields = line.split()
                if fields[1].endswith(f":{self.port:04X}") and (kind == "udp" or fields[3] == "0A"):
                    return True
        return False

    def answers(self):
        """A real request from the same namespace, before any capture runs."""
        if self.kind in DNS:
            name = next(iter(self.records()))
            return self.ask(socket.SOCK_DGRAM, dnswire.query(7, name, "A"))
        if self.kind in ("py-deaf", "py-sink", "dnsmasq-dhcp"):
            return True  # of DHCP: it listens; a request would use up an address
        if self.kind == "gtlsserver":
            return self.ask(socket.SOCK_DGRAM, quic.QUESTION)
        if self.kind in UDP_ONLY:
            return self.ask(socket.SOCK_DGRAM, b"\x23" + bytes(47))
        return self.ask(socket.SOCK_STREAM, b"")

    def ask(self, kind, request):
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        with self.world.spaces.inside(self.host):
            sock = socket.socket(family, kind)
        with sock:
            sock.settimeout(2)
            try:
                sock.connect((self.address, self.port))
                if kind == socket.SOCK_DGRAM:
                    sock.send(request)
                    return bool(sock.recv(4096))
                return True
            except OSError:
                return False

    def wait_ready(self):
        deadline = time.monotonic() + READY_SECONDS
        while not self.answers():
            if time.monotonic() > deadline:
                raise namespace.Failed(f"{self.kind} for {self.name} does not answer")
            time.sleep(0.1)

    def check_alive(self):
        """A daemon that ended by itself makes another fault than the scenario says."""
        if not self.ended and self.process.poll() is not None:
            tail = (self.folder / "log").read_text(errors="replace")[-600:]
            raise namespace.Failed(f"{self.kind} for {self.name} ended by itself: {tail}")

    def stop(self, how="TERM"):
        self.ended = True
        self.process.send_signal(getattr(signal, "SIG" + how))
        try:
            self.process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=3)

    def reload(self, options):
        """Other options from now on, without a gap: the daemon reads its configuration again."""
        self.options = options
        if self.kind == "nginx":
            self.relieve()
            return
        if self.kind == "gtlsserver":  # it reads nothing again
            self.stop()
            self.start()
            return
        BUILD[self.kind](self, self.address)
        self.process.send_signal(signal.SIGHUP)

    def relieve(self):
        """Without its master process nginx reads nothing again: a second one takes the port over,
        and the connections that wait for the first one, which the kernel would reset."""
        self.world.spaces.sysctl(self.host, "net.ipv4.tcp_migrate_req", 1, needed=False)
        before = self.process
        self.start()
        asyncio.get_running_loop().call_later(1.5, before.send_signal, signal.SIGQUIT)

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def records(self):
        """name -> addresses of the zone that this server serves."""
        plan, serves = self.world.plan, self.options.get("serves")
        addresses = [plan.services[name]["address"] for name in self.options.get("addresses", ())]
        addresses = addresses or [self.world.web_address()]
        if serves == "other":
            return {"www.other.example": addresses}
        if serves == "old":
            return {f"old.{plan.domain}": addresses}
        return {name: addresses for name in plan.names["zone"]}

    @property
    def wildcard(self):
        """The address of every name of the domain, where the zone has a wildcard."""
        return self.world.web_address() if self.options.get("wildcard") else None

    def domain(self):
        return "other.example" if self.options.get("serves") == "other" else self.world.plan.domain

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="ascii")
        return str(path)


# What fits into one, and is worth a forged question; and a key as mail servers publish it.
LARGE = " ".join(f'"{"y" * 250}"' for _ in range(3))
KEY = f'"v=DKIM1; k=rsa; p=" "{"MIGfMA0GCSqGSIb3" * 13}"'

# More than fits into a datagram of 1232 bytes, which is what the clients take.
BIG = " ".join(f'"{"x" * 250}"' for _ in range(8))


def kind_of(address):
    return "AAAA" if ":" in address else "A"


def named(service, address):
    zone = f"$TTL {service.options.get('ttl', 300)}\n@ SOA ns1 hostmaster 1 3600 600 86400 60\n" \
           f"  NS ns1\nns1 {kind_of(service.address)} {service.address}\n"
    for name, addresses in service.records().items():
        label = name[:-len(service.domain()) - 1]
        zone += "".join(f"{label} {kind_of(each)} {each}\n" for each in addresses)
    # A wildcard does not reach below a name that the zone has (RFC 4592 2.2.1).
    everywhere = ["*", *(f"*.{name[:-len(service.domain()) - 1]}" for name in service.records())]
    if service.wildcard:
        zone += "".join(f"{each} {kind_of(service.wildcard)} {service.wildcard}\n"
                        for each in everywhere)
    if service.options.get("big"):
        zone += f"big TXT {BIG}\n"
    if service.options.get("large"):
        zone += f"large TXT {LARGE}\n"
    if service.options.get("texts"):
        zone += "".join(f"{each} TXT {KEY}\n" for each in everywhere)
    if service.options.get("bare"):
        zone += 'bare TXT "a name without an address"\n'
    service.write("zone", zone)
    six = ":" in address
    allowed = "any; "
    if service.options.get("allow") == "others":
        welcome = [*service.world.bystanders(), "localhost", service.address]
        allowed = "".join(f"{each}; " for each in welcome)
    listen = f"listen-on{'-v6' if six else ''} {{ {address}; }}; " \
             f"listen-on{'' if six else '-v6'} {{ none; }};"
    most = service.options.get("datagram")
    datagrams = f"max-udp-size {most}; edns-udp-size {most};" if most else ""
    service.write("named.conf", f"""options {{ directory "{service.folder}"; pid-file none;
  {datagrams} session-keyfile none; recursion no; dnssec-validation no; notify no; {listen}
  allow-query {{ {allowed} }}; }};
controls {{ }};
zone "{service.domain()}" {{ type primary; file "{service.folder}/zone"; }};
""")
    return ["named", "-g", "-n", "1", "-c", str(service.folder / "named.conf")]


def unbound(service, address):
    lines = ["server:", f"  interface: {address}", "  access-control: 0.0.0.0/0 allow",
             "  access-control: ::/0 allow", f"  do-ip6: {'yes' if ':' in address else 'no'}",
             f"  do-ip4: {'no' if ':' in address else 'yes'}", "  do-daemonize: no",
             '  chroot: ""', '  username: ""', f'  directory: "{service.folder}"',
             '  pidfile: ""', "  use-syslog: no", "  do-not-query-localhost: no", "  ede: yes",
             "  num-threads: 1", "  outbound-msg-retry: 1", '  module-config: "validator iterator"']
    domain = service.domain()
    if service.options.get("datagram"):
        most = service.options["datagram"]
        lines += [f"  max-udp-size: {most}", f"  edns-buffer-size: {most}"]
    if service.options.get("block"):
        lines += [f'  local-zone: "{name}." always_nxdomain'
                  for name in service.world.plan.names["blocked"]]
    if service.options.get("dnssec") == "bogus":
        lines.append(f'  trust-anchor: "{domain}. DS 12345 13 2 {"1234567890ABCDEF" * 4}"')
    if "forward" in service.options:
        other = service.world.plan.services[service.options["forward"]]["address"]
        lines += ["forward-zone:", '  name: "."', f"  forward-addr: {other}"]
    elif service.wildcard:
        lines += [f'  local-zone: "{domain}." redirect',
                  f'  local-data: "{domain}. 300 {kind_of(service.wildcard)} {service.wildcard}"']
    else:
        lines.append(f'  local-zone: "{domain}." static')
        for name, addresses in service.records().items():
            lines += [f'  local-data: "{name}. 300 {kind_of(each)} {each}"' for each in addresses]
        if service.options.get("big"):
            lines.append(f"  local-data: 'big.{domain}. 300 TXT {BIG}'")
    path = service.write("unbound.conf", "\n".join(lines) + "\n")
    return ["unbound", "-d", "-c", path]


def dnsmasq(service, address):
    lines = ["keep-in-foreground", "no-resolv", "no-hosts", "bind-interfaces", "user=root",
             f"pid-file={service.folder}/pid", f"listen-address={address}", f"port={service.port}",
             f"local=/{service.domain()}/", "local-ttl=300"]
    for name, addresses in service.records().items():
        lines += [f"host-record={name},{each}" for each in addresses]
    if service.wildcard:
        lines.append(f"address=/{service.domain()}/{service.wildcard}")
    if service.options.get("block"):
        lines += [f"address=/{name}/" for name in service.world.plan.names["blocked"]]
    return ["dnsmasq", "-C", service.write("dnsmasq.conf", "\n".join(lines) + "\n")]


def dnsmasq_dhcp(service, _address):
    """A DHCP server on the clients' network. Options: pool (how many addresses it has), network
    ("other": one where the clients are not), known ("others": victims are not served), check (by
    ping whether an address is free)."""
    plan, options = service.world.plan, service.options
    net = ipaddress.ip_network(plan.hosts[service.host].net)
    first = net.network_address + options.get("first", 60)
    last = first + options.get("pool", 100) - 1
    lines = ["keep-in-foreground", "port=0", "bind-interfaces", "interface=eth0", "user=root",
             f"pid-file={service.folder}/pid", f"dhcp-leasefile={service.folder}/leases",
             "dhcp-authoritative", f"dhcp-range={first},{last},{net.netmask},2m"]
    if not options.get("check", True):
        lines.append("no-ping")
    if options.get("known") == "others":
        lines.append("dhcp-ignore=tag:!known")
        victims = service.world.victims()
        lines += [f"dhcp-host={machine.mac}" for machine in plan.clients if machine not in victims]
    return ["dnsmasq", "-C", service.write("dnsmasq.conf", "\n".join(lines) + "\n")]


def host_port(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def locations(service):
    """What nginx is to do with the paths, by the service's options."""
    options, plan = service.options, service.world.plan
    lines = []
    if "retry_after" in options:
        lines.append(f"add_header Retry-After {options['retry_after']} always;")
    if "limit" in options:
        lines.append("limit_req zone=each; limit_req_status 429;")
    if "auth" in options:
        (service.folder / "users").write_text("lab:{PLAIN}secret\n", encoding="ascii")
        lines.append(f'auth_basic lab; auth_basic_user_file {service.folder}/users;')
    if "world" in options:
        return internet(options, plan)
    if options.get("redirect") == "https":
        lines.append("return 301 https://$host$request_uri;")
    elif options.get("redirect") == "path":
        lines.append("if ($uri = /) { return 302 /login; } return 302 /;")
    elif options.get("redirect") == "host":
        first, second = plan.names["zone"][:2]
        lines.append(f"if ($host = {first}) {{ return 301 http://{second}:{service.port}"
                     f"$request_uri; }} return 301 http://{first}:{service.port}$request_uri;")
    elif "status" in options:
        lines.append(f"return {options['status']};")
    elif "proxy" in options:
        behind = plan.services[options["proxy"]]
        wait = options.get("patience", 2)
        lines.append(f"proxy_pass http://{host_port(behind['address'], behind['port'])}; "
                     f"proxy_connect_timeout {wait}s; proxy_read_timeout {wait}s;")
    text = f"location {options.get('path', '/')} {{ {' '.join(lines)} }}"
    return text + (" location / { }" if "path" in options else "")


# How sites of the world send their visitors on, each in its own way and with nothing wrong.
USUAL = (("www.news.example", "301 https://www.news.example$request_uri"),
         ("www.bank.example", "302 https://login.bank.example/"),
         ("www.maps.test", "302 http://maps.test/"),
         ("www.video.invalid", "302 http://www.radio.example/"),
         ("www.forum.invalid", "307 http://sign-on.travel.example/"))


def internet(options, plan):
    """All of the world in one server: every site has a page, and probes get what they should; or
    (`redirect`) a login page stands before all of it."""
    here = world.login_host(plan)
    how = options.get("redirect")
    if how == "portal":
        return f"location / {{ if ($host != {here}) {{ return 302 http://{here}/?from=$host; }} }}"
    if how == "portal_511":
        return "location / { return 511 'a login is required'; }"
    probes = ("location = /generate_204 { return 204; } location = /hotspot-detect.html "
              "{ return 200 '<HTML><BODY>Success</BODY></HTML>'; } location = /connecttest.txt "
              "{ return 200 'Microsoft Connect Test'; } location = /success.txt "
              "{ return 200 success; }")
    usual = " ".join(f"if ($host = {host}) {{ return {answer}; }}" for host, answer in USUAL)
    return f"{probes} location / {{ {usual if how == 'usual' else ''} }}"


def nginx(service, address):
    folder = service.folder
    (folder / "index.html").write_text("<!doctype html><title>It works</title>" + "x" * 700)
    limit = service.options.get("limit")
    zone = f"limit_req_zone $server_addr zone=each:1m rate={limit}r/s;" if limit else ""
    temporary = " ".join(f"{each}_temp_path {folder}/{each};"
                         for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path = service.write("nginx.conf", f"""daemon off; master_process off; worker_processes 1;
pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections {service.options.get("connections", 256)}; }}
http {{ access_log off; {temporary} keepalive_timeout {service.options.get("keep", 60)}; {zone}
  server {{ listen {host_port(address, service.port)} reuseport; root {folder};
    {locations(service)} }} }}
""")
    return ["nginx", "-c", path]


def sshd(service, address):
    """OpenSSH that takes the lab's key for root, and no password at all."""
    folder = service.folder
    for name in ("host", "lab"):
        if not (folder / name).exists():
            namespace.command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                              str(folder / name))
    pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    path = service.write("sshd_config", f"""Port {service.port}
ListenAddress {address}
HostKey {folder}/host
AuthorizedKeysFile {folder}/lab.pub
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication yes
MaxStartups 200
PidFile none
""")
    return ["/usr/sbin/sshd", "-D", "-e", "-f", path]


def s_server(service, address):
    folder = service.folder
    authority.self_signed(folder, service.world.plan.names["zone"][0])
    return ["openssl", "s_server", "-accept", host_port(address, service.port), "-www", "-quiet",
            "-cert", str(folder / "cert.pem"), "-key", str(folder / "key.pem")]


def secure(service, address):
    plan = service.world.plan
    if not (service.folder / "key.pem").exists():
        names = plan.names["zone"]
        authority.make(service.folder, names[0], names[1:], plan.random(f"ca:{service.name}"))
    spec = {"address": address, "port": service.port, "options": service.options}
    return ["python3", "-B", str(HERE / "secure.py"), service.write("spec", json.dumps(spec))]


def python(kind):
    def build(service, address):
        options = dict(service.options)
        if kind == "dns":
            options["records"] = service.records()
            options["default"] = [service.wildcard] if service.wildcard else None
            if options.get("portal"):
                options["portal"] = [service.world.web_address()]
            if "upstreams" in options:
                options["upstreams"] = [service.world.plan.services[name]["address"]
                                        for name in options["upstreams"]]
        spec = {"kind": kind, "address": address, "port": service.port, "options": options}
        return ["python3", "-B", str(HERE / "servers.py"), service.write("spec", json.dumps(spec))]
    return build


BUILD = {"named": named, "unbound": unbound, "dnsmasq": dnsmasq,
         "dnsmasq-dhcp": dnsmasq_dhcp, "nginx": nginx,
         "s_server": s_server, "py-dns": python("dns"), "py-http": python("http"),
         "py-tcp": python("tcp"), "py-udp": python("udp"), "py-sink": python("sink"),
         "py-deaf": python("deaf"), "py-tls": secure, "py-talk": python("talk"),
         "py-ntp": python("ntp"), "sshd": sshd, "gtlsserver": quic.server}
