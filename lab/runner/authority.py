"""Certificates for the lab: an authority that clients trust, and leaves that they do not like."""

import datetime

from . import namespace

CONFIG = """[ca]
default_ca = lab
[lab]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
"""
# name -> (days from now: valid from, valid until, whose name, by which authority)
LEAVES = {"good": (-20, 60, "own", "ca"), "expired": (-90, -3, "own", "ca"),
          "early": (2, 60, "own", "ca"), "other_name": (-20, 60, "other", "ca"),
          "unknown_ca": (-20, 60, "own", "other"), "long": (-20, 60, "own", "ca")}
LONG = 9    # certificates in the long chain


def openssl(*arguments):
    namespace.command("openssl", *arguments)


def key(path):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(path))


def self_signed(folder, name):
    """key.pem and cert.pem for who asks for no authority; False where they are there already."""
    if (folder / "key.pem").exists():
        return False
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
            "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    return True


def make(folder, name, names, rng):
    """All leaves, key.pem and ca.pem in the folder; the days are drawn a little."""
    now = datetime.datetime.now(datetime.timezone.utc)
    (folder / "index").write_text("")
    (folder / "ca.conf").write_text(CONFIG.format(folder=folder))
    for authority in ("ca", "other"):
        key(folder / f"{authority}.key")
        openssl("req", "-x509", "-key", str(folder / f"{authority}.key"), "-days", "400", "-subj",
                f"/CN=Lab {authority} {rng.randrange(1000)}", "-out",
                str(folder / f"{authority}.pem"))
    key(folder / "key.pem")
    for leaf, (first, last, whose, authority) in LEAVES.items():
        owner = name if whose == "own" else f"www.{rng.choice(('shop', 'intern', 'old'))}.example"
        san = [owner, *names] if whose == "own" else [owner]
        openssl("req", "-new", "-key", str(folder / "key.pem"), "-subj", f"/CN={owner}", "-addext",
                "subjectAltName=" + ",".join(f"DNS:{each}" for each in san), "-out",
                str(folder / "request"))
        dates = [now + datetime.timedelta(days=day * rng.uniform(0.8, 1.2))
                 for day in (first, last)]
        dates = [date.strftime("%Y%m%d%H%M%SZ") for date in dates]
        openssl("ca", "-config", str(folder / "ca.conf"), "-batch", "-notext", "-in",
                str(folder / "request"), "-cert", str(folder / f"{authority}.pem"), "-keyfile",
                str(folder / f"{authority}.key"), "-startdate", dates[0], "-enddate", dates[1],
                "-out", str(folder / f"{leaf}.pem"))
        above = (folder / f"{authority}.pem").read_text() * (LONG if leaf == "long" else 1)
        (folder / f"{leaf}.chain").write_text((folder / f"{leaf}.pem").read_text() + above)
