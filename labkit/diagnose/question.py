"""What is asked: why does this one packet not come through, or its answer not come back?"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from labkit.network.names import outside_named
from labkit.network.packet import SYN, Packet, Protocol, echo_request

if TYPE_CHECKING:
    from labkit.network.packet import Address
    from labkit.network.topology import Interface, Topology

_EPHEMERAL: Final = 40_000
_SYN_BYTES: Final = 60


@dataclass(frozen=True, slots=True)
class Question:
    """
    The first packet of a ping or a TCP connection, and who sends it to whom.

    Args:
        sender_id: The interface that the packet leaves by.
        target: Whom it is for, by the name that was asked for.
        packet: The packet.
    """

    sender_id: str
    target: str
    packet: Packet

    @classmethod
    def of(cls, topology: Topology, source: str, target: str, port: int | None = None) -> Question:
        """
        The question about a ping, or about a connection to a TCP port.

        Args:
            topology: The network.
            source: Name, id or address of an interface or its instance.
            target: The same, the name of a host outside, or any address.
            port: TCP port; None asks about a ping.

        Raises:
            NameNotFound: No interface goes by one of the names.
        """
        sender = topology.find_interface(source)
        destination = _address(topology, target, sender)
        if port is None:
            packet = echo_request(sender.addresses[0], destination)
        else:
            ends = (sender.addresses[0], destination)
            tcp = Protocol.TCP
            packet = Packet(*ends, tcp, _EPHEMERAL, port, tcp_flags=SYN, size_bytes=_SYN_BYTES)
        return cls(sender.interface_id, target, packet)

    def receiver(self, topology: Topology) -> Interface | None:
        """The interface that has the address asked for; in a peered VPC rather than anywhere."""
        from labkit.network.blockers import home_of  # noqa: PLC0415

        sender = topology.interfaces[self.sender_id]
        home = home_of(topology, self.packet.destination, sender.vpc_id)
        return topology.interface_at(home.vpc_id, self.packet.destination) if home else None

    def __str__(self) -> str:
        if self.packet.is_icmp:
            return f"ping {self.packet.source} -> {self.packet.destination}"
        port = self.packet.destination_port
        return f"TCP {self.packet.source} -> {self.packet.destination}:{port}"


def _address(topology: Topology, target: str, sender: Interface) -> Address:
    try:
        return ip_address(target)
    except ValueError:
        pass
    version = sender.addresses[0].version
    outside = [each.address for each in outside_named(topology, target)]
    known = next((each for each in outside if each.version == version), None)
    if known is not None:
        return known
    receiver = topology.find_interface(target)
    return next(each for each in receiver.addresses if each.version == version)
