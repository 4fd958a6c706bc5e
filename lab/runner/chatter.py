"""Sends one ARP request again and again. Run as `chatter.py ORDER`, the order as JSON."""

import json
import socket
import sys
import time


def frame(order):
    mac = bytes.fromhex(order["mac"].replace(":", ""))
    return (b"\xff" * 6 + mac + b"\x08\x06" + bytes.fromhex("0001080006040001") + mac +
            socket.inet_aton(order["address"]) + bytes(6) + socket.inet_aton(order["target"]))


def main():
    order = json.loads(sys.argv[1])
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind((order["device"], 0))
        data = frame(order)
        for _ in range(int(order["per_second"] * order["seconds"])):
            sock.send(data)
            time.sleep(1 / order["per_second"])


if __name__ == "__main__":
    main()
