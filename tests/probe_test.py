#!/usr/bin/env python3
"""`whydown probe` against real servers, in two network namespaces of its own.

Needs root, iproute2, nginx, named, iptables and openssl; says so and is skipped where one is missing.
Everything it starts and makes is gone when it ends.

    probe_test.py [NAME ...]
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = os.environ["WHYDOWN"]
SCHEMA = Path(os.environ.get("WHYDOWN_SOURCE", ".")) / "docs/report.schema.json"
SKIPPED = 77
TOOLS = ["ip", "nginx", "named", "iptables", "openssl", "setpriv"]
TAG = f"wdp{os.getpid()}"
CLIENT, SERVER = TAG + "c", TAG + "s"
V4, V6 = "10.9.0.2", "fd00:9::2"


def run(*command, check=True, **more):
    return subprocess.run(command, check=check, capture_output=True, text=True, timeout=90, **more)


class Network:
    """Client and server, one link between them, and the server's programs."""

    def __enter__(self):
        self.started = []
        self.folder = Path(tempfile.mkdtemp(prefix="whydown-probe-test-"))
        self.folder.chmod(0o755)
        for name in (CLIENT, SERVER):
            run("ip", "netns", "add", name)
        run("ip", "link", "add", "eth0", "netns", CLIENT, "type", "veth", "peer", "eth0", "netns", SERVER)
        for name, last in ((CLIENT, 1), (SERVER, 2)):
            run("ip", "-n", name, "addr", "add", f"10.9.0.{last}/24", "dev", "eth0")
            run("ip", "-n", name, "addr", "add", f"fd00:9::{last}/64", "dev", "eth0", "nodad")
            run("ip", "-n", name, "link", "set", "lo", "up")
            run("ip", "-n", name, "link", "set", "eth0", "up")
        return self

    def __exit__(self, *_):
        self.stop()
        for name in (CLIENT, SERVER):
            run("ip", "netns", "del", name, check=False)
        shutil.rmtree(self.folder)

    def start(self, *command, port):
        log = open(self.folder / "log", "ab")
        self.started.append(subprocess.Popen(["ip", "netns", "exec", SERVER, *command], stdout=log, stderr=log))
        log.close()
        for _ in range(100):
            if f":{port} " in run("ip", "netns", "exec", SERVER, "ss", "-Hltn").stdout:
                return
            time.sleep(0.1)
        raise AssertionError(f"{command[0]} does not listen: {(self.folder / 'log').read_text()}")

    def stop(self):
        for program in self.started:
            program.terminate()
        for program in self.started:
            program.wait(timeout=20)
        self.started.clear()

    def rule(self, *words):
        run("ip", "netns", "exec", SERVER, "iptables", "-A", "INPUT", *words)

    def no_rules(self):
        run("ip", "netns", "exec", SERVER, "iptables", "-F")

    def nginx(self):
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=www.example.org", "-days", "30",
            "-keyout", str(self.folder / "key"), "-out", str(self.folder / "own.crt"))
        self.nginx_with(self.folder / "own.crt")

    def nginx_with(self, certificate):
        text = f"""daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/log; worker_processes 1;
events {{}} http {{ access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
 fastcgi_temp_path {self.folder}/fcgi; uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
 server {{ listen 80; listen [::]:80; listen 443 ssl; listen [::]:443 ssl; ssl_certificate {certificate};
 ssl_certificate_key {self.folder}/key; location = /loop {{ return 302 /loop; }}
 location = /gone {{ return 503; }} location = /forbidden {{ return 403; }}
 location = /other {{ return 302 http://alias.example.org/; }}
 location = /elsewhere {{ return 302 http://far.example.org/; }} location / {{ return 200 "hello"; }} }} }}"""
        config = self.folder / "nginx.conf"
        config.write_text(text)
        self.start("nginx", "-p", str(self.folder), "-c", str(config), port=80)

    def named(self):
        (self.folder / "zone").write_text(
            "$TTL 60\n@ SOA ns host 1 60 60 60 60\n NS ns\nns A 10.9.0.2\n"
            f"www A {V4}\nwww AAAA {V6}\nalias A {V4}\nalias AAAA {V6}\nfar A 192.0.2.7\nbare TXT x\n")
        (self.folder / "named.conf").write_text(f"""options {{ directory "{self.folder}"; pid-file none;
 session-keyfile none; recursion no; listen-on {{ {V4}; }}; listen-on-v6 {{ none; }}; dnssec-validation no; }};
controls {{}}; zone "example.org" {{ type primary; file "{self.folder}/zone"; }};""")
        self.start("named", "-g", "-c", str(self.folder / "named.conf"), port=53)

    def mute(self, port):
        self.start(sys.executable, "-c", "import socket, time\ns = socket.create_server(('10.9.0.2', "
                   f"{port}))\nkept = []\nwhile True: kept.append(s.accept())", port=port)

    def garbage(self, port):
        """A name server that answers with anything but DNS, and with half of it."""
        self.start(sys.executable, "-c", "import os, socket\nt = socket.create_server(('10.9.0.2', "
                   f"{port}))\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('10.9.0.2', {port}))\n"
                   "n = 0\nwhile True:\n q, a = s.recvfrom(999)\n n += 1\n"
                   " s.sendto(q[:2] + (os.urandom(60) if n % 2 else b'\\x81\\x80'), a)", port=port)

    def slow(self, port, seconds):
        """A web server that takes its time; below /deep/ it never answers."""
        self.start(sys.executable, "-c", "import http.server, time\n"
                   "class H(http.server.BaseHTTPRequestHandler):\n"
                   " def do_GET(self):\n"
                   f"  time.sleep(60 if self.path.startswith('/deep/') else {seconds})\n"
                   "  self.send_response(200)\n  self.send_header('Content-Length', '2')\n"
                   "  self.end_headers()\n  self.wfile.write(b'ok')\n"
                   f"http.server.ThreadingHTTPServer(('{V4}', {port}), H).serve_forever()", port=port)

    def says(self, port, greeting):
        """Greets, or hangs up at once where the greeting is empty."""
        self.start(sys.executable, "-c", "import socket\ns = socket.create_server(('10.9.0.2', "
                   f"{port}))\nkept = []\nwhile True:\n c, _ = s.accept()\n"
                   f" g = {greeting.encode()!r}\n c.sendall(g) if g else c.close()\n kept.append(c)", port=port)

    def endless(self, port):
        self.start(sys.executable, "-c", "import socket\ns = socket.create_server(('10.9.0.2', "
                   f"{port}))\nwhile True:\n c, _ = s.accept()\n c.recv(9999)\n try:\n"
                   "  c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 10000000000\\r\\n\\r\\n')\n"
                   "  while True: c.sendall(bytes(65536))\n except OSError: c.close()", port=port)


def probe(*words, user=None, status=(0, 1), checks=False):
    """The JSON report. `user`: without root's rights; `checks`: those that separate causes are made too."""
    command = ["ip", "netns", "exec", CLIENT]
    if user:
        command += ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
    done = run(*command, PROGRAM, "probe", "-f", "json", *words, *([] if checks else ["--passive"]), check=False)
    assert done.returncode in status, (done.returncode, done.stdout, done.stderr)
    report = json.loads(done.stdout)
    try:
        import jsonschema
        jsonschema.validate(report, json.loads(SCHEMA.read_text()))
    except ImportError:
        pass
    expected = 1 if report["verdict"] == "incident" else 0
    assert done.returncode == expected, (done.returncode, report["verdict"])
    return report


def fault(report):
    return report["incidents"][0]["fault"] if report["incidents"] else report["verdict"]


def expect(got, wanted, report):
    assert got == wanted, f"{got}, not {wanted}: {json.dumps(report['probe'], indent=1)} {report['verdict_text']}"


def refused(net):
    report = probe(f"{V4}:80")
    expect(fault(report), "tcp.refused", report)
    assert report["probe"]["packets"] >= 2 and report["incidents"][0]["evidence"]
    report = probe(f"[{V6}]:80")
    expect(fault(report), "tcp.refused", report)


def dropped(net):
    net.nginx()
    net.rule("-p", "tcp", "--dport", "80", "-j", "DROP")
    report = probe(f"http://{V4}/")
    expect(fault(report), "tcp.no_response", report)


def rejected(net):
    net.nginx()
    net.rule("-p", "tcp", "--dport", "80", "-j", "REJECT", "--reject-with", "icmp-admin-prohibited")
    report = probe(f"http://{V4}/")
    expect(fault(report), "icmp.admin_prohibited", report)


def healthy_page(net):
    net.nginx()
    net.named()
    report = probe("http://www.example.org/", "--resolver", V4)
    expect(report["verdict"], "healthy", report)
    served = [phase["address"] for phase in report["probe"]["phases"]
              if phase["step"] == "request" and phase["outcome"] == "ok"]
    assert sorted(served) == [V4, V6], report["probe"]


def error_status(net):
    net.nginx()
    report = probe(f"http://{V4}/gone")
    expect(fault(report), "http.error_status", report)
    report = probe(f"http://{V4}/loop")
    expect(fault(report), "http.redirect_loop", report)


def certificates(net):
    net.nginx()
    report = probe(f"https://{V4}/")
    expect(fault(report), "tls.certificate_untrusted", report)
    net.stop()
    # Expired a year ago; openssl x509 has no -not_before before version 3.4, ca has.
    (net.folder / "index").write_text("")
    (net.folder / "ca.conf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndatabase={net.folder}/index\nrand_serial=yes\ndefault_md=sha256\n"
        f"new_certs_dir={net.folder}\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n")
    run("openssl", "req", "-new", "-key", str(net.folder / "key"), "-subj", "/CN=www.example.org",
        "-out", str(net.folder / "csr"))
    run("openssl", "ca", "-batch", "-config", str(net.folder / "ca.conf"), "-selfsign", "-keyfile",
        str(net.folder / "key"), "-in", str(net.folder / "csr"), "-out", str(net.folder / "old.crt"),
        "-startdate", "20240101000000Z", "-enddate", "20250101000000Z", "-notext")
    # Self-signed and old: OpenSSL names the former, and the latter is what to mend first.
    net.nginx_with(net.folder / "old.crt")
    for rights in (None, "65534"):
        report = probe(f"https://{V4}/", user=rights)
        expect(fault(report), "tls.certificate_expired", report)
        expect(top(report), "certificate", report)
        assert any("2025" in phase["text"] for phase in report["probe"]["phases"]), report["probe"]


def authorities(net):
    """A certificate of the house's own authority: trusted with --ca, and then for its name only."""
    net.nginx()
    net.named()
    own = str(net.folder / "own.crt")
    report = probe("https://www.example.org/", "--resolver", V4)
    expect(fault(report), "tls.certificate_untrusted", report)
    report = probe("https://www.example.org/", "--resolver", V4, "--ca", own)
    expect(report["verdict"], "healthy", report)
    report = probe(f"https://{V4}/", "--ca", own)
    expect(fault(report), "tls.certificate_name", report)
    facts = {fact["fact"]: fact["is"] for fact in report["incidents"][0]["facts"]}
    assert facts["tls.certificate_covers_name"] is False, facts
    for bad in ("key", "none.pem"):
        done = run("ip", "netns", "exec", CLIENT, PROGRAM, "probe", f"https://{V4}/", "--ca",
                   str(net.folder / bad), check=False)
        assert done.returncode == 2 and "PEM" in done.stderr, done


def old_versions(net):
    """A server that speaks nothing newer than TLS 1.1: the check that offers old versions finds it."""
    net.nginx()
    net.stop()
    net.start("openssl", "s_server", "-accept", f"{V4}:443", "-www", "-quiet", "-tls1_1", "-cipher",
              "ALL:@SECLEVEL=0", "-cert", str(net.folder / "own.crt"), "-key", str(net.folder / "key"), port=443)
    report = probe(f"https://{V4}/", "--ca", str(net.folder / "own.crt"), checks=True)
    expect(fault(report), "tls.alert", report)
    expect(top(report), "protocol_mismatch", report)


def answers_of_the_web(net):
    """Statuses that no capture calls an incident, answers that come late, and redirects by name."""
    net.nginx()
    net.named()
    for rights in (None, "65534"):
        report = probe(f"http://{V4}/forbidden", user=rights)
        expect(fault(report), "http.error_status", report)
        expect(top(report), "access_policy", report)
    report = probe("http://www.example.org/other", "--resolver", V4)
    expect(report["verdict"], "healthy", report)  # another name of the same address
    assert any("hello" not in phase["text"] and "5 bytes" in phase["text"]
               for phase in report["probe"]["phases"]), report["probe"]
    report = probe("http://www.example.org/elsewhere", "--resolver", V4)
    assert any("not followed" in phase["text"] for phase in report["probe"]["phases"]), report["probe"]
    net.slow(8080, 2.5)
    report = probe(f"http://{V4}:8080/")
    expect(fault(report), "http.slow", report)
    assert top(report) in ("application_slow", "upstream_down"), report["incidents"]
    report = probe(f"http://{V4}:8080/deep/hang", checks=True)
    expect(fault(report), "http.no_response", report)
    assert [check["sends"] for check in report["probe"]["checks"]] == ["http-front-page"], report["probe"]
    expect(top(report), "application_slow", report)


def greetings(net):
    """Who speaks first: a refusal, a welcome, and a hang-up."""
    net.says(2525, "421 4.3.2 come again later\r\n")
    report = probe(f"{V4}:2525")
    expect(fault(report), "app.error", report)
    report = probe(f"{V4}:2525", user="65534")
    expect(fault(report), "app.error", report)
    net.says(2526, "220 welcome\r\n")
    report = probe(f"{V4}:2526")
    expect(report["verdict"], "healthy", report)
    assert "welcome" in report["probe"]["phases"][-1]["text"], report["probe"]
    net.says(2527, "")
    report = probe(f"{V4}:2527")
    expect(fault(report), "app.error", report)


def without_addresses(net):
    net.named()
    report = probe("bare.example.org", "--resolver", V4)
    expect(fault(report), "dns.no_address", report)
    expect(top(report), "missing_record", report)
    report = probe("bare.example.org", "--resolver", V4, user="65534")
    expect(fault(report), "dns.no_address", report)


def forbidden_without_rights(net):
    """IPv4 has one error number for a host that is down and for a rule; ICMP itself tells them apart."""
    net.named()
    net.rule("-p", "udp", "--dport", "53", "-j", "REJECT", "--reject-with", "icmp-admin-prohibited")
    report = probe(f"dns://{V4}/www.example.org", user="65534")
    expect(fault(report), "icmp.admin_prohibited", report)
    net.no_rules()
    net.rule("-p", "udp", "--dport", "53", "-j", "REJECT", "--reject-with", "icmp-host-unreachable")
    report = probe(f"dns://{V4}/www.example.org", user="65534")
    expect(fault(report), "icmp.host_unreachable", report)
    net.no_rules()
    net.rule("-p", "tcp", "--dport", "80", "-j", "REJECT", "--reject-with", "icmp-admin-prohibited")
    report = probe(f"{V4}:80", user="65534")
    expect(fault(report), "icmp.admin_prohibited", report)


def nothing_left(net):
    """After Ctrl-C, a deadline and an interface that goes down: no file, no socket, no rule."""
    net.mute(8080)
    home = net.folder / "home"
    home.mkdir()
    for how in ("interrupt", "deadline", "down"):
        words = ["--deadline", "3"] if how == "deadline" else ["--deadline", "12"]
        program = subprocess.Popen(["ip", "netns", "exec", CLIENT, PROGRAM, "probe", "-f", "json",
                                    f"http://{V4}:8080/", *words], cwd=home, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        time.sleep(1.5)
        if how == "interrupt":
            program.send_signal(signal.SIGINT)
        if how == "down":
            run("ip", "-n", CLIENT, "link", "set", "eth0", "down")
        text, errors = program.communicate(timeout=40)
        report = json.loads(text)
        assert report["verdict"] in ("incident", "inconclusive"), (how, report["verdict_text"], errors)
        run("ip", "-n", CLIENT, "link", "set", "eth0", "up")
        left = [line for line in run("ip", "netns", "exec", CLIENT, "ss", "-aHntuw").stdout.splitlines()
                if not line.split()[1].startswith(("TIME-WAIT", "FIN-WAIT", "LAST-ACK"))]
        assert not left and not list(home.iterdir()), (how, left, list(home.iterdir()))


def mute(net):
    net.mute(8080)
    report = probe(f"https://{V4}:8080/")
    expect(fault(report), "tls.no_handshake", report)
    before = time.monotonic()
    report = probe(f"http://{V4}:8080/", "--deadline", "4")
    assert time.monotonic() - before < 8
    expect(report["probe"]["end"], "deadline", report)


def endless_page(net):
    net.endless(8080)
    before = time.monotonic()
    report = probe(f"http://{V4}:8080/")
    assert time.monotonic() - before < 10
    expect(report["verdict"], "healthy", report)
    assert "cut off" in report["probe"]["phases"][-1]["text"], report["probe"]


def name_server(net):
    report = probe("www.example.org", "--resolver", V4)
    expect(fault(report), "dns.port_unreachable", report)
    net.named()
    report = probe("www.example.org", "--resolver", V4)
    expect(report["verdict"], "healthy", report)
    report = probe("nope.example.org", "--resolver", V4)
    expect(fault(report), "dns.nxdomain", report)
    report = probe(f"dns://{V4}/bare.example.org?type=TXT")
    expect(report["verdict"], "healthy", report)
    report = probe("www.example.net", "--resolver", V4)
    expect(fault(report), "dns.refused", report)


def silent_name_server(net):
    net.named()
    net.rule("-p", "udp", "--dport", "53", "-j", "DROP")
    report = probe(f"dns://{V4}/www.example.org")
    expect(fault(report), "dns.no_response", report)


def without_rights(net):
    for words, wanted in (([f"{V4}:80"], "tcp.refused"),
                          (["www.example.org", "--resolver", V4], "dns.port_unreachable")):
        report = probe(*words, user="65534")
        expect(fault(report), wanted, report)
        assert not report["probe"]["captured"]
        assert any("setcap" in text for text in report["probe"]["not_seen"]), report["probe"]
    net.nginx()
    report = probe(f"http://{V4}/", user="65534")
    expect(report["verdict"], "healthy", report)


def keeps_the_capture(net):
    kept = net.folder / "kept.pcap"
    report = probe(f"{V4}:80", "-o", str(kept))
    again = run(PROGRAM, "report", "-f", "json", str(kept), check=False)
    expect(fault(json.loads(again.stdout)), "tcp.refused", report)
    assert kept.stat().st_mode & 0o777 == 0o600


def gives_up_root(net):
    net.mute(8080)
    program = subprocess.Popen(["ip", "netns", "exec", CLIENT, PROGRAM, "probe", "-f", "json",
                                f"http://{V4}:8080/"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(2)
    status = Path(f"/proc/{program.pid}/status").read_text()
    program.send_signal(signal.SIGINT)
    text, errors = program.communicate(timeout=20)
    assert text, (program.returncode, errors)
    report = json.loads(text)
    assert "Uid:\t65534\t65534\t65534\t65534" in status, status
    assert "CapEff:\t0000000000000000" in status and "CapPrm:\t0000000000000000" in status, status
    expect(report["probe"]["end"], "interrupted", report)
    expect(report["verdict"], "inconclusive", report)


def top(report):
    return report["incidents"][0]["causes"][0]["id"]


def stopped_or_rejected(net):
    """What packets of the load alone cannot tell: a closed port and a reject rule."""
    passive = probe(f"{V4}:80")
    assert "checks" not in passive["probe"], passive["probe"]
    report = probe(f"{V4}:80", checks=True)
    checks = report["probe"]["checks"]
    expect(top(report), "service_down", report)
    assert checks[0]["sends"] == "tcp-tos" and V4 in checks[0]["said"], checks
    facts = {fact["fact"]: fact["is"] for check in checks for fact in check.get("facts", [])}
    assert facts["reset.copies_tos"] is True, checks
    assert all(check["seen"] and "{" not in check["seen"] + check.get("means", "") for check in checks), checks
    for address in (V4, f"[{V6}]"):
        tool = "ip6tables" if ":" in address else "iptables"
        run("ip", "netns", "exec", SERVER, tool, "-A", "INPUT", "-p", "tcp", "--dport", "80",
            "-j", "REJECT", "--reject-with", "tcp-reset")
        report = probe(f"{address}:80", checks=True)
        expect(fault(report), "tcp.refused", report)
        expect(top(report), "firewall_reject_host", report)
    # Where the way clears the type of service, a reset without it proves nothing.
    run("ip", "netns", "exec", SERVER, "iptables", "-F")
    run("ip", "netns", "exec", SERVER, "iptables", "-t", "mangle", "-A", "PREROUTING", "-j", "TOS", "--set-tos", "0")
    report = probe(f"{V4}:80", checks=True)
    expect(top(report), "service_down", report)


def hung_name_server(net):
    net.named()
    net.started[-1].send_signal(signal.SIGSTOP)
    try:
        report = probe(f"dns://{V4}/www.example.org", checks=True)
    finally:
        net.started[-1].send_signal(signal.SIGCONT)
    expect(fault(report), "dns.no_response", report)
    expect(top(report), "service_hung", report)


def dropped_or_down(net):
    net.nginx()
    net.rule("-p", "tcp", "--dport", "80", "-j", "DROP")
    report = probe(f"{V4}:80", checks=True)
    expect(top(report), "firewall_drop", report)
    assert report["incidents"][0]["causes"][0]["probability"] > 0.7, report["incidents"][0]["causes"]


def udp_target(net):
    report = probe(f"udp://{V4}:123")
    expect(fault(report), "udp.port_unreachable", report)
    net.rule("-p", "udp", "--dport", "7123", "-j", "DROP")
    report = probe(f"udp://{V4}:7123")
    expect(report["verdict"], "inconclusive", report)
    # A time server has to answer a question for the time.
    net.rule("-p", "udp", "--dport", "123", "-j", "DROP")
    report = probe(f"udp://{V4}:123")
    expect(fault(report), "udp.no_response", report)


def settles_a_capture(net):
    """A capture from one place, settled by a probe from another; and bad results refused."""
    kept, result = net.folder / "kept.pcap", net.folder / "result.json"
    probe(f"{V4}:80", "-o", str(kept))
    taken = run("ip", "netns", "exec", CLIENT, PROGRAM, "probe", f"{V4}:80", "-o", str(kept), check=False)
    assert taken.returncode == 2 and "already" in taken.stderr, taken
    result.write_text(json.dumps(probe(f"{V4}:80", checks=True)))
    alone = json.loads(run(PROGRAM, "report", "-f", "json", str(kept), check=False).stdout)
    both = json.loads(run(PROGRAM, "report", "-f", "json", str(kept), "--probe", str(result), check=False).stdout)
    assert not any(fact["fact"] == "reset.copies_tos" for fact in alone["incidents"][0]["facts"])
    assert any(fact["fact"] == "reset.copies_tos" for fact in both["incidents"][0]["facts"])
    assert any(remark["id"] == "probe.settled" for remark in both["data_quality"]), both["data_quality"]
    assert both["incidents"][0]["causes"][0]["probability"] > alone["incidents"][0]["causes"][0]["probability"]
    (net.folder / "bad.json").write_text("{}")
    for name in ("bad.json", "none.json"):
        bad = run(PROGRAM, "report", str(kept), "--probe", str(net.folder / name), check=False)
        assert bad.returncode == 2 and bad.stderr, bad


def for_a_reader(net):
    done = run("ip", "netns", "exec", CLIENT, PROGRAM, "probe", f"{V4}:80", "--passive", "--for", "student",
               check=False)
    assert done.returncode == 1 and "step by step" in done.stdout, done.stdout


def bad_worlds(net):
    """No way, a resolver that talks nonsense, an interface that goes down, a certificate of 10 MB."""
    report = probe("192.0.2.99:80")
    expect(fault(report), "icmp.net_unreachable", report)
    net.garbage(53)
    before = time.monotonic()
    report = probe("www.example.org", "--resolver", V4, "--deadline", "20", checks=True)
    assert report["verdict"] != "healthy" and time.monotonic() - before < 30, report["probe"]
    net.stop()
    net.mute(8080)
    program = subprocess.Popen(["ip", "netns", "exec", CLIENT, PROGRAM, "probe", "-f", "json", f"http://{V4}:8080/",
                                "--deadline", "8"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(2)
    run("ip", "-n", CLIENT, "link", "set", "eth0", "down")
    text, errors = program.communicate(timeout=30)
    report = json.loads(text)
    assert report["verdict"] in ("incident", "inconclusive"), (report["verdict_text"], errors)
    run("ip", "-n", CLIENT, "link", "set", "eth0", "up")


def huge_certificate(net):
    config = net.folder / "huge.conf"
    config.write_text("[req]\ndistinguished_name=n\nx509_extensions=x\nprompt=no\n[n]\nCN=www.example.org\n"
                      f"[x]\n1.2.3.4=DER:0c:84:00:98:96:80{':41' * 10_000_000}\n")
    made = run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-config", str(config), "-days", "30",
               "-keyout", str(net.folder / "key"), "-out", str(net.folder / "huge.crt"), check=False)
    assert made.returncode == 0, made.stderr[-500:]
    net.nginx_with(net.folder / "huge.crt")
    before = time.monotonic()
    report = probe(f"https://{V4}/")
    assert fault(report).startswith("tls."), report["probe"]
    assert time.monotonic() - before < 30


def dry_run(net):
    done = run("ip", "netns", "exec", CLIENT, PROGRAM, "probe", "--dry-run", "http://www.example.org/",
               "--resolver", V4)
    assert "GET http://www.example.org/" in done.stdout and f"{V4} port 53" in done.stdout, done.stdout
    done = run(PROGRAM, "probe", "10.0.0.0/8", check=False)
    assert done.returncode == 2 and "target" in done.stderr, done


TESTS = [refused, dropped, rejected, healthy_page, error_status, certificates, mute, endless_page, name_server,
         silent_name_server, without_rights, keeps_the_capture, gives_up_root, dry_run, stopped_or_rejected,
         hung_name_server, udp_target, settles_a_capture, for_a_reader]
# Of probe_told_test.py, which runs beside this one.
TOLD = [authorities, old_versions, answers_of_the_web, greetings, without_addresses, forbidden_without_rights,
        nothing_left, dropped_or_down, bad_worlds, huge_certificate]


def reason_to_skip():
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        return "missing: " + ", ".join(missing)
    made = run("ip", "netns", "add", TAG + "x", check=False)
    if made.returncode != 0:
        return "no network namespaces here: " + made.stderr.strip()
    run("ip", "netns", "del", TAG + "x")
    return None


def main(tests=None):
    reason = reason_to_skip()
    if reason:
        print(f"skipped: {reason}")
        return SKIPPED
    failed = 0
    for test in tests or TESTS:
        if sys.argv[1:] and test.__name__ not in sys.argv[1:]:
            continue
        try:
            with Network() as net:
                test(net)
            print(f"ok      {test.__name__}", flush=True)
        except (AssertionError, subprocess.SubprocessError, OSError, ValueError) as error:
            failed += 1
            print(f"FAILED  {test.__name__}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
