"""What a probe is sent at, in a run of the lab: one service of the scenario, from its first victim.

A scenario's answer says which service is broken and why; the target is what a user would type who
cannot use it. Scenarios whose fault shows only under load, or only over time, are no task for a
probe and are left out.
"""

from . import daemons

# name, connect, and what lies between; the others are added by pattern as their faults are.
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
    "healthy.plain", "healthy.tls")

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


def healthy_target(world):
    """The whole journey: by name, over the lab's own DNS server."""
    web, dns = world.plan.services["web"], world.plan.services["dns"]
    target = f"{world.plan.names['zone'][0]}:{web['port']}"
    if web["daemon"] != "s_server":  # nobody vouches for the lab's certificates
        target = f"http://{target}/"
    return [target, "--resolver", host_port(dns["address"], dns["port"])]


def target_of(world):
    """The words of the command line after `whydown probe`."""
    service = broken_service(world)
    spec = world.plan.services[service]
    where = host_port(spec["address"], spec["port"])
    if not world.scenario["answer"] and "web" in world.plan.services:
        return healthy_target(world)
    if spec["port"] == 53 or spec["daemon"] in daemons.DNS:
        return [names_of(world, service)[0], "--resolver", where]
    if spec["daemon"] == "py-udp" or "udp" in world.scenario["id"].split(".")[0]:
        return [f"udp://{where}"]
    if spec["daemon"] == "s_server":
        return [where]
    if spec["daemon"] in ("nginx", "py-http"):
        return [f"http://{where}/"]
    return [where]
