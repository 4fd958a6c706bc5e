"""A flood of whole requests, or of connections on which nothing whole is asked; bounded in number and
time. Run as `storm.py JSON`, in a namespace.

path: one page again and again; query: the same with a query that changes; many: another page each time,
as users behind a proxy do; kept: one page on one connection; slow: connections that are kept, half a request on each, a line now and then.
"""

import asyncio
import contextlib
import json
import random
import sys
import time

MOST = 4000
KEPT = 350  # connections at once


async def ask(order, path):
    with contextlib.suppress(OSError, asyncio.TimeoutError):
        async with asyncio.timeout(3):
            reader, writer = await asyncio.open_connection(order["target"], order["port"])
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {order['name']}\r\n"
                         f"Connection: close\r\n\r\n".encode())
            await reader.read()
            writer.close()


async def ask_on(order):
    """Ten requests on a connection, one after the other, and then the next."""
    count = min(int(order["per_second"] * order["seconds"]), MOST)
    with contextlib.suppress(OSError, asyncio.TimeoutError):
        async with asyncio.timeout(order["seconds"] + 5):
            for _ in range(count // 10):
                reader, writer = await asyncio.open_connection(order["target"], order["port"])
                for _ in range(10):
                    writer.write(f"GET / HTTP/1.1\r\nHost: {order['name']}\r\n\r\n".encode())
                    await reader.read(4096)
                    await asyncio.sleep(0.7 / order["per_second"])
                writer.close()


async def hold(order, until):
    """Half a request, and a line every two seconds; when it is shut out, it comes again."""
    while time.monotonic() < until:
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            async with asyncio.timeout(3):
                _, writer = await asyncio.open_connection(order["target"], order["port"])
            writer.write(f"GET / HTTP/1.1\r\nHost: {order['name']}\r\n".encode())
            while time.monotonic() < until:
                await writer.drain()
                await asyncio.sleep(2)
                writer.write(b"X-a: b\r\n")
            writer.close()
        await asyncio.sleep(0.5)


def path_of(order, rng):
    if order["kind"] == "query":
        return f"/?q={rng.getrandbits(40):x}"
    return f"/page{rng.randrange(2000)}.html" if order["kind"] == "many" else "/"


async def main():
    order = json.loads(sys.argv[1])
    if order["kind"] == "kept":
        await ask_on(order)
        return
    rng = random.Random(order["seed"])
    start = time.monotonic()
    until = start + order["seconds"]
    tasks = set()
    for number in range(min(int(order["per_second"] * order["seconds"]), MOST)):
        if order["kind"] == "slow":
            if number == KEPT:
                break
            task = asyncio.create_task(hold(order, until))
        else:
            task = asyncio.create_task(ask(order, path_of(order, rng)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        await asyncio.sleep(max(0.0, start + (number + 1) / order["per_second"] - time.monotonic()))
        if time.monotonic() > until:
            break
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main())
