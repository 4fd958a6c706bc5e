"""The closed lists that scenario files may use: steps, causes, the fields of each load and bend.

The ids of faults are not here: a scenario names faults of the catalogue, so the list is the folder
catalogue/.
"""

STEPS = ("link", "address", "route", "name", "connect", "secure", "request", "transfer")

TRANSPORTS = ("udp", "tcp", "icmp", "arp", "none")

CAUSES = tuple("""
service_down service_hung wrong_bind_address firewall_reject_host firewall_reject_path firewall_drop
host_down wrong_server_address flood overload rate_limit upstream_down access_policy missing_record
wrong_record dnssec certificate protocol_mismatch path_loss routing mtu middlebox_reset idle_timeout
application_error application_slow backlog_full address_conflict attack own_test switching_loop captive_portal
client_gave_up other
""".split())

SIDES = ("client", "router", "server")

PHASES = ("before", "during", "after")

DAEMONS = ("named", "unbound", "dnsmasq", "dnsmasq-dhcp", "nginx", "s_server", "py-dns",
           "py-http", "py-tcp", "py-udp", "py-sink", "py-deaf", "py-tls", "py-talk", "py-ntp", "sshd",
           "gtlsserver")

FORMS = ("pcap", "pcapng", "pcap.gz", "pcapng.gz", "pcap.zst", "txt")

LINKS = ("ethernet", "vlan", "sll2", "sll")

# What a client may do: kind -> (required fields, optional fields), beside `do`, `by`, `every`,
# `phases` and `overlap`, which all have.
LOADS = {
    "lookup": ({"to"}, {"then", "tries", "timeout", "types", "search", "edns", "also_to", "size"}),
    "query": ({"to"}, {"timeout", "types", "edns", "rd", "follow", "pieces", "size", "lower"}),
    "query_tcp": ({"to"}, {"timeout", "types", "pieces"}),
    "tcp": ({"to"}, {"timeout", "abort", "idle", "bytes", "port", "path", "wait", "login", "follow",
                     "method"}),
    "secure": ({"to"}, {"timeout", "trust", "newest", "ciphers", "clock"}),
    "half_secure": ({"to", "leave"}, {"newest"}),
    "quic": ({"to"}, {"also_to", "timeout", "version", "ciphers"}),
    "browse": ({"to"}, {"probes", "tls"}),
    "talk": ({"to"}, {"timeout", "login"}),
    "time": ({"to"}, set()),
    "ssh": ({"to"}, set()),
    "session": ({"to"}, {"timeout", "idle", "bytes", "times"}),
    "upload": ({"to", "bytes"}, {"timeout", "idle"}),
    "slow_reader": ({"to"}, {"idle", "bytes"}),
    "fallback": ({"to", "also_to"}, set()),
    "udp": ({"to"}, {"timeout", "tries", "port", "times"}),
    "stream": ({"to"}, {"port"}),
    "report": ({"to"}, set()),
    "tunnel": ({"to", "shape"}, set()),
    "ping": ({"to"}, {"fresh"}),
    "dhcp": ({"to"}, {"how", "tries", "timeout", "slower"}),
    "claim": ({"to"}, {"how"}),
    "trace": ({"to"}, set()),
    "local_noise": (set(), set()),
}
COMMON_LOAD = {"do", "by", "every", "phases", "overlap", "names"}

# Which names are looked up: of the zone, of the zone's domain but not in it, blocked by the
# resolver, of a domain that the server does not serve, without a domain,
# of an address, never the same twice (the servers have a wildcard), of many domains that have
# nothing to do with each other, with data that does not fit into a datagram, without an address;
# made up each time as black lists, virus scanners, content networks and keys of mail do
# (runner/made_names.py).
NAMES = ("zone", "missing", "blocked", "foreign", "single", "reverse",
         "many", "domains", "big", "large", "bare", "blacklist", "hashes", "machines", "keys")

# What may be broken: kind -> (required fields, optional fields), beside `do` and `at`.
BENDS = {
    "stop": ({"service"}, set()),
    "hang": ({"service"}, {"seconds"}),
    "rebind": ({"service"}, set()),
    "options": ({"service", "set"}, set()),
    "reject": ({"service", "where", "transports"}, {"with", "hook", "from", "ports"}),
    "drop": ({"service", "where", "transports"}, {"from", "ports", "direction"}),
    "drop_fast": ({"service", "where", "per_second", "burst"}, set()),
    "lose": ({"service", "where", "share"}, set()),
    "mute": ({"where"}, set()),
    "host_down": ({"host"}, {"neighbours", "how"}),
    "route": ({"to", "kind"}, set()),
    "uplink": (set(), set()),
    "loop": ({"to"}, {"how"}),
    "ring": ({"seconds", "kbit"}, set()),
    "chatter": ({"host", "per_second", "seconds"}, set()),
    "shape": ({"where", "kbit"}, set()),
    "flood": ({"service", "kind", "per_second", "seconds"}, {"from", "bytes", "as"}),
    "scan": ({"service", "kind", "count", "pace"}, {"from"}),
    "guess": ({"service", "per_second", "seconds"}, {"from", "right", "spray"}),
    "storm": ({"service", "kind", "per_second", "seconds"}, {"from"}),
    "sysctl": ({"host", "set"}, set()),
    "inject_reset": ({"service"}, set()),
    "forge": ({"service"}, set()),
    "mask": ({"service"}, set()),
    "reset_hello": ({"service"}, set()),
    "drop_hello": ({"service"}, set()),
    "drop_fragments": ({"service"}, set()),
    "drop_large": ({"service", "bytes"}, {"direction"}),
    "cut": ({"service", "share"}, set()),
    "forget": ({"service", "seconds", "with"}, set()),
    "small_link": ({"bytes"}, set()),
    "twin": ({"host", "of"}, set()),
    "deafen": ({"service"}, set()),
    "internet": ({"service"}, {"tls"}),
    "poison": ({"host", "of", "seconds"}, set()),
}

# The values that these fields of a bend or a load may have, beside names, which are looked up.
VALUES = {
    ("reject", "with"): {"port-unreachable", "admin-prohibited", "host-unreachable",
                         "net-unreachable", "tcp-reset"},
    ("reject", "hook"): {"netdev"},
    ("half_secure", "leave"): {"hello", "finished"},
    ("forget", "with"): {"reset", "drop"},
    ("drop_large", "direction"): {"in", "out"},
    ("drop", "direction"): {"in", "out"},
    ("host_down", "how"): {"power", "cable"},
    ("host_down", "neighbours"): {"keep"},
    ("route", "kind"): {"none", "blackhole", "unreachable", "prohibit"},
    ("flood", "kind"): {"syn", "udp", "icmp", "dns", "names", "ask_as"},
    ("tunnel", "shape"): {"iodine", "dnscat", "dns2tcp"},
    ("dhcp", "how"): {"new", "keep", "old", "stubborn"},
    ("claim", "how"): {"probe", "announce"},
    ("storm", "kind"): {"path", "query", "many", "kept", "slow"},
    ("guess", "right"): {True, False},
    ("guess", "spray"): {True, False},
    ("loop", "how"): {"line"},
    ("ping", "fresh"): {True, False},
    ("scan", "kind"): {"ports", "udp_ports", "hosts"},
}

# What the options of a service may be; see daemons.py and servers.py.
OPTIONS = {"serves", "allow", "forward", "dnssec", "block", "wildcard", "addresses", "ttl", "delay",
           "pool", "network", "known", "check",
           "buffer", "rcode", "edns_rcode", "refuse_over", "backlog", "status", "size",
           "abort_share", "read_pause", "quiet", "sink",
            "miss_delay", "upstreams", "upstream_timeout", "big", "bare", "cut", "datagram", "large", "texts",
            "tunnel", "absent", "world", "portal",
           # of py-tls; see secure.py
           "deed", "certificate", "newest", "oldest", "ciphers", "ask",
           # of gtlsserver, with ciphers; see quic.py
           "retry",
           # of the web (nginx): behind which service, with how much patience; which path alone
           "proxy", "patience", "path", "retry_after", "limit", "auth", "redirect", "keep",
           # of py-http: closes without an answer, refuses above so many at once
           "hang_up", "busy_over", "slow_path", "connections",
           # of py-talk and py-ntp
           "dialect", "greeting", "login", "mail", "fetch", "put_off", "password", "kiss", "stratum"}

# Fields that hold a number, and those that hold a list with entries of a kind.
NUMBERS = {"wait", "seconds", "after", "per_second", "burst", "share", "kbit", "timeout", "idle",
           "bytes", "tries", "port", "clock", "count", "pace", "size"}
LISTS = {"transports": {"udp", "tcp"}, "types": {"A", "AAAA", "PTR", "MX", "NS", "SOA", "TXT"}}
