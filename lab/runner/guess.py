"""Guesses passwords, bounded in number and time. Run as `guess.py JSON`, in a namespace.

One connection and one login each, a new password each time; with `right`, the last one is the right
one; with `spray`, one password for many names, all names before the next password. Dialects: ftp,
smtp, pop, imap, http, ssh (by the ssh program itself).
"""

import base64
import contextlib
import json
import random
import socket
import subprocess
import sys
import time

MOST = 400
WORDS = ("love", "dragon", "letmein", "summer", "monkey", "shadow", "master", "qwerty", "hello")
NAMES = ("anna", "ben", "carla", "david", "emma", "frank", "greta", "henry", "ida", "jonas", "karin",
         "lukas", "maria", "nils", "olga", "peter", "rosa", "simon", "tina", "ute", "viktor", "wanda")
RIGHT = "secret"


def plain(name, password):
    return base64.b64encode(f"\0{name}\0{password}".encode()).decode()


def lines(dialect, name, password):
    return {"ftp": [f"USER {name}", f"PASS {password}"],
            "pop": [f"USER {name}", f"PASS {password}"],
            "imap": [f"a1 LOGIN {name} {password}"],
            "smtp": ["EHLO x", f"AUTH PLAIN {plain(name, password)}"]}[dialect]


def talk(order, name, password):
    with socket.create_connection((order["target"], order["port"]), 3) as sock:
        sock.settimeout(3)
        if order["dialect"] == "http":
            token = base64.b64encode(f"{name}:{password}".encode()).decode()
            sock.sendall(f"GET / HTTP/1.1\r\nHost: {order['name']}\r\nAuthorization: Basic "
                         f"{token}\r\nConnection: close\r\n\r\n".encode())
            while sock.recv(4096):
                pass
            return
        sock.recv(4096)
        for line in lines(order["dialect"], name, password):
            sock.sendall(line.encode() + b"\r\n")
            sock.recv(4096)


def ssh(order, name, password):
    return subprocess.Popen(
        ["sshpass", "-p", password, "ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o",
         "UserKnownHostsFile=/dev/null", "-o", "PreferredAuthentications=password", "-o",
         "NumberOfPasswordPrompts=1", "-o", "ConnectTimeout=3", "-p", str(order["port"]),
         f"{name}@{order['target']}", "true"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def offers(order, rng, count):
    """A name and a password for each login."""
    if order.get("spray"):
        first = rng.randrange(2000)
        return [(NAMES[number % len(NAMES)], f"Winter{first + number // len(NAMES)}!")
                for number in range(count)]
    names = ["lab"] if rng.random() < 0.5 else ["lab", "root", "admin", "test"]
    return [(rng.choice(names), rng.choice(WORDS) + str(rng.randrange(10000)))
            for _ in range(count)]


def main():
    order = json.loads(sys.argv[1])
    rng = random.Random(order["seed"])
    count = min(int(order["per_second"] * order["seconds"]), MOST)
    started = []
    for number, (name, password) in enumerate(offers(order, rng, count)):
        if order["right"] and number == count - 1:
            name, password = "lab", RIGHT
        if order["dialect"] == "ssh":
            started.append(ssh(order, name, password))
        else:
            with contextlib.suppress(OSError):
                talk(order, name, password)
        time.sleep(rng.uniform(0.7, 1.3) / order["per_second"])
    for process in started:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)


if __name__ == "__main__":
    main()
