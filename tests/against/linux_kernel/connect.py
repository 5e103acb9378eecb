"""
TCP connections and datagrams between namespaces, all at once; run as a program of its own.

A socket belongs to the namespace it was made in, so one process can hold the
listeners of every host and the clients of every probe. Standard input has, as
JSON, how long to wait [s], the TCP listeners and the UDP sockets that send
everything back, each a namespace and a port, and the probes; standard output
gets a line per probe: its number, and the errno that it ended with (0:
connected, or heard back). A datagram that nothing comes back for ends as timed
out, and so does one that somebody answers who was not asked.
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
from ipaddress import ip_address
from pathlib import Path

_MOST_BYTES = 2048
# IP_RECVERR and IPV6_RECVERR of Linux, which Python has no names for.
_HEAR_ERRORS = {
    socket.AF_INET: (socket.IPPROTO_IP, 11),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25),
}
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


def _echo(namespace: str, port: int) -> socket.socket:
    _enter(namespace)
    echo = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    echo.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    echo.setblocking(False)
    echo.bind(("", port))
    return echo


def _client(
    kind: str, namespace: str, own_port: int, address: str, port: int
) -> tuple[socket.socket, int]:
    """A socket on its way to hear back, and the errno of trying."""
    _enter(namespace)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    client = socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    client.setblocking(False)
    client.bind(("", own_port))
    if kind == "udp":
        return client, _sent(client, (address, port))
    return client, client.connect_ex((address, port))


def _sent(client: socket.socket, to: tuple[str, int]) -> int:
    """
    The errno of sending one datagram; a filter on the way out shows as one of its own.

    The socket is not connected: one that is would complain to everybody else
    who sends it something. It hears of errors all the same.
    """
    client.setsockopt(*_HEAR_ERRORS[client.family], 1)
    try:
        client.sendto(b"?", to)
    except OSError as refused:
        return errno.ETIMEDOUT if refused.errno == errno.EPERM else refused.errno or 0
    return errno.EINPROGRESS


def _heard(client: socket.socket, asked: str) -> int:
    """The errno of what came back to a client."""
    code = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code or client.type != socket.SOCK_DGRAM:
        return code
    _, (source, *_) = client.recvfrom(_MOST_BYTES)
    return 0 if ip_address(source) == ip_address(asked) else errno.ETIMEDOUT


def main() -> None:
    asked = json.load(sys.stdin)
    listeners = [_listener(*listener) for listener in asked["listeners"]]
    echoes = {each.fileno(): each for each in (_echo(*echo) for echo in asked["echoes"])}
    clients = {number: _client(*probe) for number, *probe in asked["probes"]}
    addresses = {number: address for number, _, _, _, address, _ in asked["probes"]}
    ended = {number: code for number, (_, code) in clients.items() if code != errno.EINPROGRESS}
    poll = select.poll()
    waiting = {
        client.fileno(): (number, client)
        for number, (client, code) in clients.items()
        if number not in ended
    }
    for descriptor, (_, client) in waiting.items():
        is_udp = client.type == socket.SOCK_DGRAM
        poll.register(descriptor, select.POLLIN if is_udp else select.POLLOUT)
    for descriptor in echoes:
        poll.register(descriptor, select.POLLIN)
    deadline = time.monotonic() + asked["wait_s"] * _SHARE
    while waiting and (left := deadline - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(left * 1000):
            if descriptor in echoes:
                echoes[descriptor].sendto(*echoes[descriptor].recvfrom(_MOST_BYTES))
                continue
            poll.unregister(descriptor)
            number, client = waiting.pop(descriptor)
            ended[number] = _heard(client, addresses[number])
    for number, (client, _) in clients.items():
        client.close()
        print(number, ended.get(number, errno.ETIMEDOUT))
    for each in (*listeners, *echoes.values()):
        each.close()


if __name__ == "__main__":
    main()
