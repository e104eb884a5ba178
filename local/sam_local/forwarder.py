"""Lets containers reach the local AWS, which itself listens on 127.0.0.1 only.

python -m local.sam_local.forwarder ADDRESS NETWORK NAME=URL… listens on ADDRESS, this machine's address in the
containers' NETWORK, serves only that network, and prints NAME=URL… with the URLs that containers must use. It exits
with the process that started it.
(`--docker-network host` would not need it, but SAM expects each container to listen on a port of its own.)
"""

import asyncio
import os
import socket
import sys
from contextlib import closing, suppress
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from urllib.parse import urlsplit

_CHUNK_BYTES = 65536
_IP_FREEBIND = 15  # on Linux, the network gets its address only with the first container


async def listen(address: IPv4Address, network: IPv4Network, url: str) -> str:
    """Start forwarding to the server of a URL; returns the URL to use instead."""
    target = urlsplit(url)
    listener = socket.socket()
    listener.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
    listener.bind((str(address), 0))
    await asyncio.start_server(partial(_forward, network, target.hostname, target.port), sock=listener)
    return f"{target.scheme}://{address}:{listener.getsockname()[1]}"


async def _forward(
    network: IPv4Network,
    host: str | None,
    port: int | None,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    with closing(writer), suppress(OSError):  # either side may disconnect at any time
        if IPv4Address(writer.get_extra_info("peername")[0]) not in network:
            return
        target_reader, target_writer = await asyncio.open_connection(host, port)
        with closing(target_writer):
            ways = [
                asyncio.create_task(_copy(reader, target_writer)),
                asyncio.create_task(_copy(target_reader, writer)),
            ]
            # A side that has disconnected expects no more data; one that closes after a response has sent all of it.
            _, unfinished = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in unfinished:
                way.cancel()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(_CHUNK_BYTES):
            target.write(data)
            await target.drain()


async def main() -> None:
    parent = os.getppid()
    address, network = IPv4Address(sys.argv[1]), IPv4Network(sys.argv[2])
    named = [argument.partition("=") for argument in sys.argv[3:]]
    print(*[f"{name}={await listen(address, network, url)}" for name, _, url in named], flush=True)
    while os.getppid() == parent:
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(main())
