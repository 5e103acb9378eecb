"""Every program the lab acts out, by the name it is called by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

from labkit.endpoint.shell import basics, lookup
from labkit.endpoint.shell.chrony import chronyc
from labkit.endpoint.shell.curl import curl
from labkit.endpoint.shell.iproute import ip
from labkit.endpoint.shell.iptables import iptables
from labkit.endpoint.shell.machine import Machine
from labkit.endpoint.shell.netcat import nc
from labkit.endpoint.shell.ping import ping
from labkit.endpoint.shell.sysctl import sysctl
from labkit.endpoint.shell.traceroute import traceroute

Program: TypeAlias = Callable[[Machine, Sequence[str]], int]

PROGRAMS: Final[Mapping[str, Program]] = {
    "chronyc": chronyc,
    "curl": curl,
    "dig": lookup.dig,
    "echo": basics.echo,
    "false": basics.false,
    "getent": lookup.getent,
    "host": lookup.host,
    "hostname": basics.hostname,
    "ip": ip,
    "iptables": iptables,
    "nc": nc,
    "ping": ping,
    "ping6": partial(ping, version=6),
    "pkill": basics.pkill,
    "python3": basics.python3,
    "sleep": basics.sleep,
    "sysctl": sysctl,
    "traceroute": traceroute,
    "true": basics.true,
}
"""Each takes the machine it runs on and its arguments, and gives its exit code."""

LISTENERS: Final = frozenset({"nc", "python3"})
"""Programs that may be put into the background."""
