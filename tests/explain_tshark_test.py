#!/usr/bin/env python3
"""Holds `whydown explain` against tshark's fields, on a hundred packets drawn with a fixed seed.

The captures are those of tests/lab and examples. SEED and COUNT draw others.
"""
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(os.environ.get("WHYDOWN_SOURCE", "."))
WHYDOWN = os.environ.get("WHYDOWN", "build/release/whydown")
SEED = int(os.environ.get("SEED", "1"))
COUNT = int(os.environ.get("COUNT", "100"))
PER_CAPTURE = 4
SKIPPED = 77

FIELDS = """frame.number frame.len frame.cap_len eth.src eth.dst ip.src ip.dst ip.ttl ip.id ip.len ip.flags.df
ipv6.src ipv6.dst ipv6.hlim ipv6.plen udp.srcport udp.dstport udp.length tcp.srcport tcp.dstport
tcp.flags tcp.seq_raw tcp.ack_raw tcp.seq tcp.ack tcp.len tcp.window_size_value tcp.window_size
tcp.window_size_scalefactor tcp.options.mss_val tcp.options.wscale.shift tcp.options.sack_perm
tcp.options.timestamp.tsval tcp.analysis.retransmission tcp.analysis.acks_frame
tcp.analysis.keep_alive dns.id dns.flags.response dns.flags.authoritative dns.flags.truncated
dns.flags.recdesired dns.flags.recavail dns.flags.checkdisable dns.flags.authenticated
dns.flags.rcode dns.resp.ext_rcode dns.qry.name dns.qry.type dns.count.answers dns.count.auth_rr dns.count.add_rr dns.a
dns.aaaa dns.cname dns.rr.udp_payload_size dns.response_to dns.opt.ext_error.info_code icmp.type
icmp.code icmp.ident icmp.seq icmp.mtu icmp.resp_to icmpv6.type icmpv6.code icmpv6.nd.ns.target_address
arp.opcode arp.src.proto_ipv4 arp.dst.proto_ipv4 arp.src.hw_mac""".split()

TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV",
         43: "DS", 48: "DNSKEY", 65: "HTTPS", 255: "ANY"}
RCODES = {0: "no error", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED",
          16: "BADVERS"}
FLAG_LETTERS = ["F", "S", "R", "P", ".", "U", "E", "W"]
faults = []


def tshark_rows(path):
    """One dictionary of first values, and of all values, for each packet."""
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=/t", "-E",
               "aggregator=;", "-E", "occurrence=a"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"tshark {path}: {done.stderr.strip()}")
    return [{field: value.split(";") for field, value in zip(FIELDS, line.split("\t")) if value}
            for line in done.stdout.splitlines()]


def explanation(path, number):
    done = subprocess.run([WHYDOWN, "explain", str(path), "--packet", str(number)],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return done.stderr
    return " ".join(done.stdout.split())


def is_set(value):
    return value in ("1", "True", "true")


def end(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def owed_ip(row):
    first = {field: values[0] for field, values in row.items()}
    if "ip.src" in first:
        yield f"ttl {first['ip.ttl']} "
        yield f"id {int(first['ip.id'], 16)} "
        yield f"length {first['ip.len']} (IP)"
        if is_set(first["ip.flags.df"]):
            yield "[DF]"
    if "ipv6.src" in first:
        yield f"hlim {first['ipv6.hlim']} "
    if "eth.src" in first:
        yield f"{first['eth.src']} > {first['eth.dst']}"
    yield f"{first['frame.len']} (frame)"
    source = first.get("ip.src") or first.get("ipv6.src")
    destination = first.get("ip.dst") or first.get("ipv6.dst")
    is_icmp = "icmp.type" in first or "icmpv6.type" in first
    ports = [(first[f"{t}.srcport"], first[f"{t}.dstport"]) for t in ("udp", "tcp")
             if f"{t}.srcport" in first]
    if ports and source and is_icmp:
        # tshark shows the quoted packet's fields behind the error's own.
        addresses = list(zip(row.get("ip.src") or row["ipv6.src"], row.get("ip.dst") or row["ipv6.dst"]))
        yield f"{end(addresses[-1][0], ports[0][0])} > {end(addresses[-1][1], ports[0][1])}"
    elif ports and source:
        yield end(source, ports[0][0])
        yield end(destination, ports[0][1])


def owed_tcp(first, text):
    flags = int(first["tcp.flags"], 16)
    letters = "".join(letter for bit, letter in enumerate(FLAG_LETTERS) if flags >> bit & 1)
    yield f"Flags [{letters}]"
    yield f"seq {first['tcp.seq_raw']} "
    if flags & 0x10:
        yield f"ack {first['tcp.ack_raw']} "
    yield f"win {first['tcp.window_size_value']} "
    yield f"length {first['tcp.len']} "
    if "tcp.options.mss_val" in first:
        yield f"mss {first['tcp.options.mss_val']} "
    if "tcp.options.wscale.shift" in first:
        yield f"wscale {first['tcp.options.wscale.shift']} "
    if "tcp.options.sack_perm" in first:
        yield "sackOK"
    if "tcp.options.timestamp.tsval" in first and first["frame.cap_len"] == first["frame.len"]:
        yield "TS "
    begin, length = int(first["tcp.seq"]), int(first["tcp.len"])
    if "of what this side sends" in text and length > 1:
        yield f"Bytes {begin:,} to {begin + length - 1:,} of what this side sends"
    if int(first.get("tcp.window_size_scalefactor", -1)) > 0 and "scale of the handshake:" in text:
        yield f"{int(first['tcp.window_size']):,} bytes of room"
    # tshark calls a frame that was captured twice a retransmission, too.
    if "tcp.analysis.retransmission" in first and length > 0 and "captured twice" not in text:
        yield " again"
    if "tcp.analysis.keep_alive" in first:
        yield "TCP keep-alive"
    if "Confirms all that" in text and "tcp.analysis.acks_frame" in first:
        yield f"up to packet {first['tcp.analysis.acks_frame']}"


def owed_dns(row, text):
    first = {field: values[0] for field, values in row.items()}
    number = int(first["dns.id"], 16)
    yield f"id {number} ({number:#06x})"
    response = is_set(first["dns.flags.response"])
    signs = [("dns.flags.checkdisable", "CD (%)", True)]
    if response:
        signs += [("dns.flags.authoritative", "AA (*)", True), ("dns.flags.truncated", "TC (|)", True),
                  ("dns.flags.authenticated", "AD ($)", True), ("dns.flags.recavail", "no RA (-)", False)]
        extended = int(first.get("dns.resp.ext_rcode", "0"), 0)
        yield RCODES.get(extended << 4 | int(first["dns.flags.rcode"]), "")
        yield "{}/{}/{}".format(*(first[f"dns.count.{part}"] for part in ("answers", "auth_rr", "add_rr")))
    else:
        signs += [("dns.flags.recdesired", "RD (+)", True)]
    for field, sign, wanted in signs:
        if is_set(first.get(field, "0")) == wanted:
            yield sign
        else:
            yield "!" + sign
    if "dns.qry.type" in first:
        kind = int(first["dns.qry.type"])
        yield f"{TYPES.get(kind, f'TYPE{kind}')}?"
    if first.get("dns.qry.name", "<Root>") != "<Root>":
        yield first["dns.qry.name"].lower()
    for field in ("dns.a", "dns.aaaa", "dns.cname"):
        yield from (value.lower() for value in row.get(field, []))
    if "dns.rr.udp_payload_size" in first:
        yield f"OPT UDPsize={int(first['dns.rr.udp_payload_size'], 0)}"
    if "dns.opt.ext_error.info_code" in first:
        yield f"EDE {int(first['dns.opt.ext_error.info_code'], 0)}"
    if "udp.length" in first:
        yield f"({int(first['udp.length']) - 8})"
    # Of a query sent several times with one id, tshark names the first and explain the last.
    if "dns.response_to" in first and "It was sent" not in text:
        yield f"packet {first['dns.response_to']}"


def owed_rest(first):
    for family in ("icmp", "icmpv6"):
        if f"{family}.type" in first:
            yield f"type {first[f'{family}.type']} code {first[f'{family}.code']} "
    if first.get("icmp.type") in ("0", "8"):
        yield f"id {int(first['icmp.ident'], 0)} (ping)"
        yield f"seq {int(first['icmp.seq'], 0)} "
    if "icmp.resp_to" in first:
        yield f"Answers the ping of packet {first['icmp.resp_to']}"
    if int(first.get("icmp.mtu", "0")) > 0:
        yield f"mtu {first['icmp.mtu']} "
    if "icmpv6.nd.ns.target_address" in first:
        yield f"who has {first['icmpv6.nd.ns.target_address']}"
    if first.get("arp.opcode") == "1" and first["arp.src.proto_ipv4"] != first["arp.dst.proto_ipv4"]:
        yield f"who-has {first['arp.dst.proto_ipv4']} tell {first['arp.src.proto_ipv4']}"
    if first.get("arp.opcode") == "2":
        yield f"{first['arp.src.proto_ipv4']} is-at {first['arp.src.hw_mac']}"


def owed(row, text):
    """What the explanation has to show; with ! in front what it may not."""
    first = {field: values[0] for field, values in row.items()}
    is_icmp = "icmp.type" in first or "icmpv6.type" in first
    yield from owed_ip(row)
    if "tcp.flags" in first and not is_icmp:
        yield from owed_tcp(first, text)
    if "dns.id" in first and not is_icmp and "53" in (
            first.get("udp.srcport"), first.get("udp.dstport"), first.get("tcp.srcport"),
            first.get("tcp.dstport")):
        if ";" not in "".join(row["dns.id"]) and len(row["dns.id"]) == 1:
            yield from owed_dns(row, text)
    yield from owed_rest(first)


def check(path, row):
    number = row["frame.number"][0]
    text = explanation(path, number)
    # Names longer than a line are broken over two.
    unbroken = text.replace(" ", "")
    for words in owed(row, text):
        is_there = words.strip("!") in text or (len(words) > 60 and words in unbroken)
        missing = is_there if words.startswith("!") else not is_there
        if missing:
            faults.append(f"{path.name} packet {number}: {words!r}")
            print(f"{faults[-1]}\n  in {text}\n")


def captures():
    # With several DNS messages in one frame, or reassembled over frames, tshark tells another story.
    found = [path for folder in ("tests/lab", "examples/captures")
             for path in sorted((SOURCE / folder).iterdir()) if ".pcap" in path.name]
    return [path for path in found if "over_tcp" not in path.name and "over-tcp" not in path.name]


def main():
    if not shutil.which("tshark"):
        print("skipped: tshark is not installed (Debian package tshark)")
        return SKIPPED
    draw = random.Random(SEED)
    paths = captures()
    draw.shuffle(paths)
    checked = 0
    for path in paths:
        if checked >= COUNT:
            break
        rows = tshark_rows(path)
        for row in draw.sample(rows, min(PER_CAPTURE, len(rows), COUNT - checked)):
            check(path, row)
            checked += 1
    print(f"{checked} packets against tshark, {len(faults)} faults")
    return 1 if faults or checked < COUNT else 0


if __name__ == "__main__":
    sys.exit(main())
