"""Instances that do not answer: not AWS's doing, and AWS cannot see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.errors import FaultRefused
from labkit.faults.fault import Breaks, fault
from labkit.faults.parts import Change, KernelSetting, StateOf
from labkit.faults.parts.instances import IGNORE_PINGS, STOPPED
from labkit.network.topology import HostState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.faults.way import Way


@fault(Breaks.PING)
def instance_stopped(way: Way) -> Iterator[Change]:
    """
    The receiver is stopped.

    **Symptom** The ping gets no answer; all packets are lost.

    **Evidence** The sender's interface records the request going out as ACCEPT. The receiver's
    interface, which is still there and keeps its address, records nothing.

    **Cause** Nobody is at home: the instance is stopped.

    **Repair** Start the instance.
    """
    _require_running(way)
    yield Change(StateOf(way.receiver.instance_id), STOPPED)


@fault(Breaks.PING)
def host_ignores_ping(way: Way) -> Iterator[Change]:
    """
    The receiver's operating system does not answer pings.

    **Symptom** The ping gets no answer, although routes, security groups and network ACLs allow
    it all.

    **Evidence** The receiver's interface records the request coming in as ACCEPT, and no reply
    going out. That alone looks like a missing route back; here the route is there.

    **Cause** The host's kernel, or a firewall on it, drops echo requests. This is not a fault of
    AWS, and none of its settings shows it.

    **Repair** On the host: ``sysctl -w net.ipv4.icmp_echo_ignore_all=0``.
    """
    _require_running(way)
    yield Change(KernelSetting(way.receiver.instance_id, IGNORE_PINGS), "1")


def _require_running(way: Way) -> None:
    if way.receiver.interface.host.state is not HostState.RUNNING:
        raise FaultRefused(f"{way.receiver.name} is not running, so it answers nothing as it is.")
