"""Names that programs make up, each of them new: what tunnels carry data in, and what looks alike.

Also used by servers.py, which runs alone.
"""

import base64

try:
    from . import dnswire
except ImportError:
    import dnswire

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def letters(rng, count, among=LETTERS):
    return "".join(rng.choice(among) for _ in range(count))


def blacklist(rng, domain):
    """A mail server asks whether an address is listed (RFC 5782)."""
    return ".".join(str(rng.randrange(256)) for _ in range(4)) + f".zen.{domain}"


def hashes(rng, domain):
    """A virus scanner asks about the hash of a file, with its own key in front of the domain."""
    return f"{letters(rng, 40, '0123456789abcdef')}.4z9p5tjmcbnb.av.{domain}"


def machines(rng, domain):
    """A content network names the machine that serves: ever others."""
    return f"r{rng.randrange(9)}---sn-{letters(rng, 8)}.cdn.{domain}"


def keys(rng, domain):
    """A receiver of mail looks up who signed it (RFC 6376 3.6.2)."""
    return f"{letters(rng, 32)}._domainkey.mail.{domain}"


MADE = {"blacklist": blacklist, "hashes": hashes, "machines": machines, "keys": keys}


def labels(text, size):
    return ".".join(text[at:at + size] for at in range(0, len(text), size))


def carry(rng, domain, shape):
    """(name, type) of a question as these tools shape them, with data of some length in it."""
    data = rng.randbytes(rng.choice((rng.randrange(12, 24), rng.randrange(24, 90), 100)))
    if shape == "iodine":
        text = base64.b32encode(data).decode("ascii").rstrip("=").lower()
        return f"{labels('z' + text, 57)}.t.{domain}", "NULL"
    if shape == "dnscat":
        return f"{labels(data.hex(), 60)}.t.{domain}", rng.choice(("TXT", "CNAME", "MX"))
    text = base64.b64encode(data).decode("ascii").rstrip("=").replace("+", "-").replace("/", "_")
    return f"{labels(text, 63)}.t.{domain}", "TXT"


def carried(rng, request):
    """RDATA of the answer: data of some length, as the type that was asked for holds it."""
    _, _, _, kind = dnswire.read_question(request)
    data = rng.randbytes(rng.choice((rng.randrange(8, 20), rng.randrange(20, 90))))
    if kind == dnswire.TYPES["NULL"]:
        return rng.randbytes(rng.choice((4, rng.randrange(20, 300), rng.randrange(300, 1000))))
    if kind == dnswire.TYPES["TXT"]:
        return dnswire.text_data(data.hex())
    name = dnswire.name_bytes(f"{labels(data.hex(), 60)}.t.example")
    return b"\0\x0a" + name if kind == dnswire.TYPES["MX"] else name
