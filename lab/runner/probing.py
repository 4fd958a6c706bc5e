"""What a probe is sent at, in a run of the lab: one service of the scenario, from its first victim.

A scenario's answer says which service is broken and why; the target is what a user would type who
cannot use it. Scenarios whose fault shows only under load, or only over time, are no task for a
probe and are left out.
"""

from . import daemons

# name, connect, and what lies between; then secure, request and transfer.
SCENARIOS = (
    "dns.port_unreachable.service_down", "dns.port_unreachable.wrong_bind_address",
    "dns.port_unreachable.wrong_server_address", "dns.port_unreachable.firewall_reject_host",
    "dns.port_unreachable.firewall_reject_host_tcp_works",
    "dns.port_unreachable.firewall_reject_host_netdev",
    "dns.port_unreachable.firewall_reject_path", "dns.no_response.firewall_drop",
    "dns.no_response.firewall_drop_tcp_works", "dns.no_response.firewall_drop_router",
    "dns.no_response.service_hung", "dns.no_response.host_down_silent",
    "dns.no_response.service_down_muted", "dns.servfail.dnssec", "dns.servfail.upstream_down",
    "dns.servfail.upstream_stopped", "dns.servfail.firewall_drop",
    "dns.servfail.application_error", "dns.nxdomain.missing_record", "dns.nxdomain.access_policy",
    "dns.nxdomain.wrong_server_address", "dns.refused.access_policy",
    "dns.refused.wrong_server_address", "tcp.refused.service_down",
    "tcp.refused.wrong_bind_address", "tcp.refused.wrong_server_address",
    "tcp.refused.firewall_reject_host", "tcp.refused.firewall_reject_host_icmp",
    "tcp.refused.firewall_reject_path_icmp", "tcp.refused.firewall_reject_path_reset",
    "tcp.refused.middlebox_reset", "tcp.no_response.firewall_drop",
    "tcp.no_response.firewall_drop_router", "tcp.no_response.host_down_silent",
    "udp.port_unreachable.service_down", "udp.port_unreachable.firewall_reject_host",
    "udp.port_unreachable.firewall_reject_path", "icmp.admin_prohibited.firewall_reject_host",
    "icmp.admin_prohibited.firewall_reject_path", "icmp.host_unreachable.host_down_web",
    "icmp.net_unreachable.routing", "arp.no_reply.host_down",
    "dns.truncated.firewall_drop", "dns.truncated.firewall_reject_host",
    "dns.truncated.protocol_mismatch", "dns.format_error.application_error",
    "dns.slow.application_slow", "dns.no_address.missing_record",
    "tls.alert.access_policy", "tls.alert.access_policy_12", "tls.alert.access_policy_denied",
    "tls.alert.access_policy_name", "tls.alert.application_error", "tls.alert.certificate",
    "tls.alert.protocol_mismatch_old", "tls.certificate_expired.certificate",
    "tls.certificate_expired.certificate_13", "tls.certificate_expired.certificate_early",
    "tls.certificate_name.certificate", "tls.certificate_untrusted.certificate",
    "tls.certificate_untrusted.certificate_12", "tls.no_handshake.application_error",
    "tls.no_handshake.application_error_reset", "tls.no_handshake.firewall_drop",
    "tls.no_handshake.middlebox_reset", "tls.no_handshake.mtu",
    "tls.no_handshake.protocol_mismatch", "tls.no_handshake.service_hung",
    "http.error_status.access_policy_forbidden", "http.error_status.application_error",
    "http.error_status.application_error_nothing_there",
    "http.error_status.application_error_one_path", "http.error_status.protocol_mismatch",
    "http.error_status.service_down", "http.error_status.service_hung",
    "http.error_status.upstream_down", "http.no_response.application_error",
    "http.no_response.application_slow", "http.no_response.service_hung",
    "http.redirect_loop.application_error", "http.redirect_loop.wrong_record",
    "http.slow.application_slow", "http.slow.upstream_down", "tcp.reset.service_down",
    "app.error.overload", "app.error.access_policy_ntp",
    "app.error.rate_limit_ntp", "app.error.upstream_down_ntp", "ip.pmtu_blackhole.mtu",
    "healthy.plain", "healthy.tls", "healthy.tls_checked", "healthy.http_redirect",
    "healthy.mail")

# Where the probe's own sockets see what no packet shows, the right answer is another one.
KNOWN_BETTER = {
    # TLS 1.3 hides the certificate; whoever checks it sees its dates.
    "tls.alert.certificate": {"fault": ["tls.certificate_expired"]},
}

# Seconds between what breaks and the probe: longer than the lab's resolvers may keep a record.
SETTLE = 2.5


def host_port(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def broken_service(world):
    answers = world.scenario["answer"]
    if answers:
        return answers[0]["service"]
    return next(name for name in ("web", "tls", "dns") if name in world.plan.services)


def names_of(world, service):
    """The kind of names that the clients ask this server for and do not get."""
    kinds = [load.get("names", "zone") for load in world.scenario["load"]
             if load.get("to") == service and load["do"] in ("lookup", "query")]
    special = [kind for kind in kinds if kind != "zone"]
    return world.plan.names.get((special or kinds or ["zone"])[0]) or world.plan.names["zone"]


def by_name(world, service, path="/"):
    """The whole journey: by name, over the lab's own DNS server."""
    spec, dns = world.plan.services[service], world.plan.services["dns"]
    name = f"{world.plan.names['zone'][0]}:{spec['port']}"
    resolver = ["--resolver", host_port(dns["address"], dns["port"])]
    if spec["daemon"] == "py-tls":
        authorities = world.services[service].folder / "ca.pem"
        return [f"https://{name}{path}", *resolver, "--ca", str(authorities)]
    if spec["daemon"] in ("nginx", "py-http"):
        return [f"http://{name}{path}", *resolver]
    return [name, *resolver]  # also of s_server: nobody vouches for its certificate


def path_of(world, service):
    """The page that fails, where it is not all of them."""
    for load in world.scenario["load"]:
        if load.get("to") == service and "path" in load:
            return load["path"]
    return "/"


def question_of(world, service):
    """A question of a type of its own, which a name alone would not ask."""
    for load in world.scenario["load"]:
        if load.get("to") == service and "types" in load and "TXT" in load["types"]:
            spec = world.plan.services[service]
            where = host_port(spec["address"], spec["port"])
            return [f"dns://{where}/{names_of(world, service)[0]}?type=TXT"]
    return None


def target_of(world):
    """The words of the command line after `whydown probe`."""
    service = broken_service(world)
    spec = world.plan.services[service]
    where = host_port(spec["address"], spec["port"])
    step = world.scenario["answer"][0]["step"] if world.scenario["answer"] else "request"
    if spec["daemon"] == "py-ntp":
        return [f"udp://{where}"]
    if "dns" in world.services and service != "dns" and step in ("secure", "request", "transfer"):
        return by_name(world, service, path_of(world, service))
    if spec["port"] == 53 or spec["daemon"] in daemons.DNS:
        return question_of(world, service) or \
            [names_of(world, service)[0], "--resolver", where]
    if spec["daemon"] == "py-udp" or "udp" in world.scenario["id"].split(".")[0]:
        return [f"udp://{where}"]
    if spec["daemon"] == "s_server":
        return [where]
    if spec["daemon"] in ("nginx", "py-http"):
        return [f"http://{where}/"]
    return [where]
