"""
TCP connections and datagrams between namespaces, all at once; run as a program of its own.

A socket belongs to the namespace it was made in, so one process can hold the
listeners of every host and the clients of every probe. Standard input has, as
JSON, how long to wait [s], the listeners, each a namespace and a port, and the
probes; standard output gets a line per probe: its number, and the errno that it
ended with (0: connected). A datagram that no error comes back for ends as timed out.
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

_SHARE = 0.9  # of the time to wait: a second SYN, 1 s after the first, is seldom needed


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


def _client(
    kind: str, namespace: str, own_port: int, address: str, port: int
) -> tuple[socket.socket, int]:
    """A socket on its way to hear back, and the errno of trying."""
    _enter(namespace)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    client = socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    client.setblocking(False)
    client.bind(("", own_port))
    code = client.connect_ex((address, port))
    return client, _sent(client) if kind == "udp" else code


def _sent(client: socket.socket) -> int:
    """The errno of sending one datagram; a filter on the way out shows as one of its own."""
    try:
        client.send(b"?")
    except OSError as refused:
        return errno.ETIMEDOUT if refused.errno == errno.EPERM else refused.errno or 0
    return errno.EINPROGRESS


def main() -> None:
    asked = json.load(sys.stdin)
    listeners = [_listener(*listener) for listener in asked["listeners"]]
    clients = {number: _client(*probe) for number, *probe in asked["probes"]}
    ended = {number: code for number, (_, code) in clients.items() if code != errno.EINPROGRESS}
    poll = select.poll()
    waiting = {
        client.fileno(): (number, client)
        for number, (client, code) in clients.items()
        if number not in ended
    }
    for descriptor, (_, client) in waiting.items():
        is_udp = client.type == socket.SOCK_DGRAM
        poll.register(descriptor, select.POLLERR if is_udp else select.POLLOUT)
    deadline = time.monotonic() + asked["wait_s"] * _SHARE
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
