"""A machine that tells others that it has an address of somebody else (ARP), on and on.

Sends nothing but ARP replies, to the two machines named in its order, inside its own namespace.
"""

import json
import socket
import struct
import sys
import time


def reply(order, address, target_address, target_mac):
    mac = bytes.fromhex(order["mac"].replace(":", ""))
    target = bytes.fromhex(target_mac.replace(":", ""))
    head = target + mac + struct.pack(">HHHBBH", 0x0806, 1, 0x0800, 6, 4, 2)
    return head + mac + socket.inet_aton(address) + target + socket.inet_aton(target_address)


def main():
    order = json.loads(sys.argv[1])
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((order["device"], 0))
    end = time.monotonic() + order["seconds"]
    while time.monotonic() < end:
        for one, other in ((0, 1), (1, 0)):
            to, of = order["pair"][one], order["pair"][other]
            sock.send(reply(order, of["address"], to["address"], to["mac"]))
        time.sleep(order["every"])


if __name__ == "__main__":
    main()
