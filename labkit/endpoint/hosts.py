"""
The operating systems of instances: what runs on them that AWS cannot see.

A host has listeners and a firewall of its own.  Both change by commands run on
it, never by calls to AWS, and both show in a packet's fate and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from labkit.network.packet import Protocol
from labkit.network.topology import Host

if TYPE_CHECKING:
    from labkit.endpoint.application import EmbeddedAws

TCP: Final = int(Protocol.TCP)
UDP: Final = int(Protocol.UDP)


class Service(StrEnum):
    """What answers behind an open port."""

    SSH = "sshd"
    HTTP = "python3"
    NETCAT = "nc"


@dataclass(frozen=True, slots=True)
class Drop:
    """
    A firewall rule that makes incoming packets vanish.

    Args:
        protocol: ICMP, TCP or UDP.
        port: Destination port; None for the whole protocol.
    """

    protocol: Protocol
    port: int | None = None


@dataclass
class HostSystem:
    """
    One instance's operating system.

    Args:
        listeners: The service behind each (protocol number, port) that is open.
        rules: The firewall's rules for incoming packets, in order.
        ignores_pings: Whether the kernel leaves echo requests unanswered.
        changes: Rises with every change, so that others notice one.
        ports_used: How many source ports its clients have used.
    """

    listeners: dict[tuple[int, int], Service] = field(
        default_factory=lambda: {(TCP, 22): Service.SSH}
    )
    rules: list[Drop] = field(default_factory=list)
    ignores_pings: bool = False
    changes: int = 0
    ports_used: int = 0

    def listen(self, protocol: int, port: int, service: Service) -> bool:
        """Open a port; False if it is taken."""
        if (protocol, port) in self.listeners:
            return False
        self.listeners[protocol, port] = service
        self.changes += 1
        return True

    def close(self, service: Service) -> bool:
        """Close all ports of a service; False if it had none."""
        kept = {at: behind for at, behind in self.listeners.items() if behind is not service}
        found = len(kept) < len(self.listeners)
        self.listeners = kept
        self.changes += found
        return found

    def set_rules(self, rules: list[Drop]) -> None:
        """Put *rules* in place of the firewall's own."""
        self.rules = rules
        self.changes += 1

    def ignore_pings(self, ignored: bool) -> None:  # noqa: FBT001  on or off, as the kernel has it
        """Whether echo requests are left unanswered from now on."""
        self.ignores_pings = ignored
        self.changes += 1

    def as_host(self) -> Host:
        """The host as the network model knows it; whether it runs is not known here."""
        return Host(
            answers_echo=not self.ignores_pings and Drop(Protocol.ICMP) not in self.rules,
            listening=frozenset(self.listeners),
            drops=frozenset((rule.protocol, rule.port) for rule in self.rules),
        )


class Hosts:
    """The operating systems of one application's instances, by instance id."""

    def __init__(self, _aws: EmbeddedAws) -> None:
        self._systems: dict[str, HostSystem] = {}

    def of(self, instance_id: str) -> HostSystem:
        """The operating system of an instance; a fresh one has sshd and no firewall rules."""
        return self._systems.setdefault(instance_id, HostSystem())

    def as_network_hosts(self) -> dict[str, Host]:
        """All of them as ``labkit.network.read`` takes them."""
        return {instance_id: system.as_host() for instance_id, system in self._systems.items()}

    @property
    def generation(self) -> int:
        """A number that rises with every change on any host."""
        return sum(system.changes for system in self._systems.values())
