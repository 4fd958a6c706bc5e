"""Packet-filter rules in nftables' or iptables' words, whichever the seed chose.

A rule is a dictionary: chain (input, output, forward), transport, ports, source, target, answer
(the rule is for packets from the service), verdict (drop, or what a reject says).
"""

REJECT_NFT = {4: {"port-unreachable": "icmp type port-unreachable",
                  "admin-prohibited": "icmp type admin-prohibited",
                  "host-unreachable": "icmp type host-unreachable",
                  "net-unreachable": "icmp type net-unreachable", "tcp-reset": "tcp reset"},
              6: {"port-unreachable": "icmpv6 type port-unreachable",
                  "admin-prohibited": "icmpv6 type admin-prohibited",
                  "host-unreachable": "icmpv6 type addr-unreachable",
                  "net-unreachable": "icmpv6 type no-route", "tcp-reset": "tcp reset"}}
REJECT_IPTABLES = {4: {"port-unreachable": "icmp-port-unreachable",
                       "admin-prohibited": "icmp-admin-prohibited",
                       "host-unreachable": "icmp-host-unreachable",
                       "net-unreachable": "icmp-net-unreachable", "tcp-reset": "tcp-reset"},
                   6: {"port-unreachable": "icmp6-port-unreachable",
                       "admin-prohibited": "icmp6-adm-prohibited",
                       "host-unreachable": "icmp6-addr-unreachable",
                       "net-unreachable": "icmp6-no-route", "tcp-reset": "tcp-reset"}}


def nft_rule(rule, ip):
    family = "ip6" if ip == 6 else "ip"
    words = []
    if rule.get("source"):
        words.append(f"{family} saddr {{ {', '.join(rule['source'])} }}")
    if rule.get("target"):
        words.append(f"{family} {'saddr' if rule.get('answer') else 'daddr'} {rule['target']}")
    if rule.get("transport"):
        if rule.get("ports"):
            side = "sport" if rule.get("answer") else "dport"
            ports = ", ".join(map(str, rule["ports"]))
            words.append(f"{rule['transport']} {side} {{ {ports} }}")
        else:
            words.append(f"meta l4proto {rule['transport']}")
    if rule.get("share"):
        words.append(f"numgen random mod 1000 < {round(rule['share'] * 1000)}")
    if rule.get("per_second"):
        words.append(f"limit rate over {rule['per_second']}/second burst {rule['burst']} packets")
    verdict = rule["verdict"]
    words.append("drop" if verdict == "drop" else f"reject with {REJECT_NFT[ip][verdict]}")
    return " ".join(words)


def iptables_rule(rule, ip):
    """The matching words and the verdict of one iptables rule."""
    words = []
    if rule.get("transport"):
        words += ["-p", rule["transport"]]
        if rule.get("ports"):
            side = "--sports" if rule.get("answer") else "--dports"
            words += ["-m", "multiport", side, ",".join(map(str, rule["ports"]))]
    if rule.get("source"):
        words += ["-s", ",".join(rule["source"])]
    if rule.get("target"):
        words += ["-s" if rule.get("answer") else "-d", rule["target"]]
    if rule.get("share"):
        words += ["-m", "statistic", "--mode", "random", "--probability", str(rule["share"])]
    if rule.get("per_second"):
        words += ["-m", "hashlimit", "--hashlimit-above", f"{rule['per_second']}/second",
                  "--hashlimit-burst", str(rule["burst"]), "--hashlimit-name", "lab"]
    if rule["verdict"] == "drop":
        return [*words, "-j", "DROP"]
    return [*words, "-j", "REJECT", "--reject-with", REJECT_IPTABLES[ip][rule["verdict"]]]


class Firewall:
    """Adds rules on a machine; `remove` takes them back."""

    def __init__(self, spaces, ip, use_nft):
        self.spaces, self.ip, self.use_nft = spaces, ip, use_nft
        self.tables = 0

    def add(self, host, rules):
        """Applies all rules at once, and gives the function that takes them back."""
        if self.use_nft:
            return self.add_nft(host, rules)
        tool = "ip6tables" if self.ip == 6 else "iptables"
        done = []
        for rule in rules:
            words = iptables_rule(rule, self.ip)
            self.spaces.run(host, tool, "-w", "-A", rule["chain"].upper(), *words)
            done.append((rule["chain"].upper(), words))

        def remove():
            for chain, words in done:
                self.spaces.run(host, tool, "-w", "-D", chain, *words)
        return remove

    def add_nft(self, host, rules):
        lines = []
        for chain in sorted({rule["chain"] for rule in rules}):
            lines.append(f"chain {chain} {{ type filter hook {chain} priority 0;")
            lines += [nft_rule(rule, self.ip) for rule in rules if rule["chain"] == chain]
            lines.append("}")
        return self.table(host, "inet", lines)

    def add_ingress(self, host, device, rules):
        """A chain that sees packets before the host's IP stack does (and so in front of it)."""
        kind = "ip6" if self.ip == 6 else "ip"
        lines = [f'chain ingress {{ type filter hook ingress device "{device}" priority 0;']
        lines += [f"meta protocol {kind} {nft_rule(rule, self.ip)}" for rule in rules]
        return self.table(host, "netdev", [*lines, "}"])

    def table(self, host, family, lines):
        self.tables += 1
        name = f"lab{self.tables}"
        text = f"table {family} {name} {{\n" + "\n".join(lines) + "\n}"
        self.spaces.run(host, "nft", text)
        return lambda: self.spaces.run(host, "nft", f"delete table {family} {name}")
