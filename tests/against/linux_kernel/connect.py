"""
TCP connections between network namespaces, all at once; run as a program of its own.

A socket belongs to the namespace it was made in, so one process can hold the
listeners of every instance and the clients of every probe. Standard input has,
as JSON, the namespaces that listen, the port they listen on, and the probes;
standard output gets a line per probe: its number, and the errno that it ended
with (0: connected).
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import select
import socket
import sys
import time
from pathlib import Path

_WAIT_SECONDS = 0.9  # less than it takes Linux to send a second SYN


def _enter(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(Path("/run/netns", namespace), os.O_RDONLY)
    try:
        if libc.setns(descriptor, 0):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    finally:
        os.close(descriptor)


def _listener(namespace: str, port: int) -> socket.socket:
    _enter(namespace)
    return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)


def _client(namespace: str, own_port: int, address: str, port: int) -> tuple[socket.socket, int]:
    """A socket on its way to be connected, and the errno of trying."""
    _enter(namespace)
    client = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    client.setblocking(False)
    client.bind(("", own_port))
    return client, client.connect_ex((address, port))


def main() -> None:
    asked = json.load(sys.stdin)
    listeners = [_listener(namespace, asked["listen"]) for namespace in asked["namespaces"]]
    clients = {number: _client(*probe) for number, *probe in asked["probes"]}
    ended = {number: code for number, (_, code) in clients.items() if code != errno.EINPROGRESS}
    poll = select.poll()
    waiting = {
        client.fileno(): (number, client)
        for number, (client, code) in clients.items()
        if number not in ended
    }
    for descriptor in waiting:
        poll.register(descriptor, select.POLLOUT)
    deadline = time.monotonic() + _WAIT_SECONDS
    while waiting and (left := deadline - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(left * 1000):
            poll.unregister(descriptor)
            number, client = waiting.pop(descriptor)
            ended[number] = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    for number, (client, _) in clients.items():
        client.close()
        print(number, ended.get(number, errno.ETIMEDOUT))
    for listener in listeners:
        listener.close()


if __name__ == "__main__":
    main()
