"""What refusals look like: ICMP errors about a server, and resets in its name."""

import collections

from .table import Looks

DEVICE, SERVER, CLIENT = "another device", "the server", "the client"
STARTS = (64, 128, 255)  # the TTLs that senders begin with
FEW = 4              # errors that it takes to call an identification counted up
STEP = 10000         # the most that such a count grows between two errors


def errors(runs):
    """One look for each kind of error and sender in a capture."""
    looks = Looks(["IP", "type/code", "about", "from", "TTL against the server's answers", "TOS",
                   "DF", "IP id", "quotes", "routers short of the server",
                   "routers to it less routers from it"])
    for run in runs:
        for view in run.views.values():
            groups = collections.defaultdict(list)
            for seen, request in errors_of(view):
                packet = seen.packet
                groups[packet.icmp, packet.quote.kind, sender(packet)].append((seen, request))
            for (kind, about, by), found in groups.items():
                looks.add([run.ip, f"{kind[0]}/{kind[1]}", about, by,
                           *error_look(view, found, by)], view)
    return looks.markdown()


def errors_of(view):
    """(error, the request that it quotes or None) for each error about a labelled server."""
    sent = {}
    for seen in view.seen:
        packet = seen.packet
        if packet.quote:
            quote = packet.quote
            if quote.target in view.servers and quote.source in view.clients:
                yield seen, sent.get((quote.kind, quote.source, quote.sport, quote.target,
                                      quote.dport))
        elif packet.target in view.servers and packet.kind in ("udp", "tcp", "icmp"):
            sent[packet.kind, packet.source, packet.sport, packet.target, packet.dport] = seen


def error_look(view, found, by):
    usual, server = view.usual_ttl, found[0][0].packet.quote.target
    differ = {difference(seen.packet.ttl, usual.get(server)) for seen, _ in found}
    return [joined(differ) if by == SERVER else "-",
            joined({f"0x{seen.tos:02x}" for seen, _ in found}),
            joined({flag(seen.df) for seen, _ in found}),
            identification([seen for seen, _ in found]),
            joined({quoted(seen, request) for seen, request in found}),
            joined({short_of_server(view, seen, request) for seen, request in found}),
            joined({there_and_back(seen, request) for seen, request in found})]


def sender(packet):
    return {packet.quote.target: SERVER, packet.quote.source: CLIENT}.get(packet.source, DEVICE)


def joined(values):
    known = sorted(value for value in values if value)
    return ", ".join(known) if known else "-"


def flag(value):
    return "-" if value is None else str(int(value))


def difference(ttl, usual):
    if usual is None:
        return "no answer seen"
    return f"{ttl - usual:+d}" if ttl != usual else "same"


def identification(found):
    """Whether senders leave it 0, fill it in, or, where enough are in view to say so, let it jump
    instead of counting up towards each target."""
    idents = collections.defaultdict(list)
    for seen in found:
        if seen.ident is None:
            return "-"
        idents[seen.packet.source, seen.packet.target].append(seen.ident)
    every = [ident for each in idents.values() for ident in each]
    if not any(every):
        return "0"
    steps = [(after - before) & 0xffff for each in idents.values()
             for before, after in zip(each, each[1:])]
    if len(steps) < FEW - 1 or all(0 < step < STEP for step in steps):
        return "not 0"
    return "not 0, jumps"


def quoted(seen, request):
    """Whether the error quotes all of the request, from the lengths in the IP headers."""
    if request is None:
        return ""
    head = 28 if seen.ident is not None else 48
    return "all" if seen.length - head == request.length else "a part"


def short_of_server(view, seen, request):
    left = view.routers_left(seen.packet.quote.target)
    if request is None or left is None or expired(seen.packet):
        return ""
    return str(left - (request.packet.ttl - seen.packet.quote.ttl))


def expired(packet):
    """Time exceeded (RFC 792, RFC 4443 3.3): what it quotes has used up its TTL."""
    return packet.icmp == ((3, 0) if ":" in packet.source else (11, 0))


def there_and_back(seen, request):
    """Routers that counted the request's TTL down before it was quoted, less those that counted
    down the error's: 1 where the sender had counted it down itself, as it forwarded it."""
    if request is None or expired(seen.packet):
        return ""
    there = request.packet.ttl - seen.packet.quote.ttl
    return str(there - (min(ttl for ttl in STARTS if ttl >= seen.packet.ttl) - seen.packet.ttl))


def resets(runs):
    """One look for each kind of answer to a SYN by reset in a capture."""
    looks = Looks(["IP", "flags", "TTL against the server's answers", "TOS", "DF", "IP id",
                   "window", "options", "sequence"])
    for run in runs:
        for view in run.views.values():
            found = list(resets_of(view))
            for flags in sorted({seen.packet.flags for seen, _ in found}):
                same = [pair for pair in found if pair[0].packet.flags == flags]
                looks.add([run.ip, flag_words(flags), *reset_look(view, same)], view)
    return looks.markdown()


def resets_of(view):
    """(reset, the SYN that it answers) for each connection that a labelled server turned down."""
    asked = {}
    for seen in view.seen:
        packet = seen.packet
        if packet.kind != "tcp":
            continue
        if packet.target in view.servers and packet.flags & 0x12 == 2:
            asked[packet.source, packet.sport, packet.target, packet.dport] = seen
        elif packet.source in view.servers:
            syn = asked.pop((packet.target, packet.dport, packet.source, packet.sport), None)
            if syn and packet.flags & 4:
                yield seen, syn


def flag_words(flags):
    return "+".join(word for bit, word in ((4, "RST"), (16, "ACK"), (2, "SYN"), (1, "FIN"),
                                           (8, "PSH")) if flags & bit)


def reset_look(view, found):
    usual = view.usual_ttl
    return [joined({difference(seen.packet.ttl, usual.get(seen.packet.source))
                    for seen, _ in found}),
            joined({tos_words(seen, syn) for seen, syn in found}),
            joined({flag(seen.df) for seen, _ in found}),
            identification([seen for seen, _ in found]),
            joined({str(seen.window) for seen, _ in found}),
            joined({"yes" if seen.options else "none" for seen, _ in found}),
            joined({"0" if seen.packet.sequence == 0 else "not 0" for seen, _ in found})]


def tos_words(seen, syn):
    if seen.tos == syn.tos:
        return f"0x{seen.tos:02x} as the SYN"
    return f"0x{seen.tos:02x} (SYN 0x{syn.tos:02x})"
