"""The rest of the internet, as the lab has it: names that the name server knows (`world`), each with
an address of its own, behind all of which stands one web server that the router sends them to."""

import zlib

PROBES = (("connectivitycheck.gstatic.com", "/generate_204"),
          ("captive.apple.com", "/hotspot-detect.html"),
          ("www.msftconnecttest.com", "/connecttest.txt"),
          ("detectportal.firefox.com", "/success.txt"))
EMPTY = "/generate_204"     # whose true answer is none, status 204
NETWORKS = {4: "198.18.0.0/15", 6: "2001:db8:18::/48"}


def addresses(name):
    """The IPv4 and the IPv6 address of a name."""
    number = zlib.crc32(name.encode())
    return [f"198.18.{number % 250}.{len(name)}", f"2001:db8:18::{number & 0xffff:x}"]


def all_addresses(plan):
    names = {*plan.names["domains"], *(host for host, _ in PROBES)}
    return sorted(addresses(name)[plan.ip == 6] for name in names)


def login_host(plan):
    """Where the login page is."""
    return f"login.{plan.domain}"
