"""What is asked of the analyzer: two ends, a protocol, and what its packets must look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.network.packet import Address, Packet


@dataclass(frozen=True, slots=True)
class AtEnd:
    """
    What packets must look like at one end of a path; None leaves it open.

    Ports are spans from the first to the last.
    """

    source: Address | None = None
    destination: Address | None = None
    source_ports: tuple[int, int] | None = None
    destination_ports: tuple[int, int] | None = None

    def misfits(self, packet: Packet) -> tuple[str, ...]:
        """What of *packet* is not as asked, by the names that AWS's codes have for it."""
        checks = {
            "SOURCE_ADDRESS": self.source in (None, packet.source),
            "DESTINATION_ADDRESS": self.destination in (None, packet.destination),
            "SOURCE_PORT_RANGE": _within(packet.source_port, self.source_ports),
            "DESTINATION_PORT_RANGE": _within(packet.destination_port, self.destination_ports),
        }
        return tuple(name for name, fits in checks.items() if not fits)


def _within(port: int, span: tuple[int, int] | None) -> bool:
    return span is None or span[0] <= port <= span[1]


@dataclass(frozen=True, slots=True)
class Path:
    """
    A question: can traffic go from one end to the other, and its answers back?

    Args:
        source: Id of an instance, a network interface or a gateway.
        destination: Another; empty if an address alone says where to.
        protocol: Its number; ICMP asks for a ping, which AWS's analyzer cannot be asked.
        at_source: What the packets look like as they leave the source.
        at_destination: What they look like as they arrive.
    """

    source: str
    destination: str
    protocol: int
    at_source: AtEnd = AtEnd()
    at_destination: AtEnd = AtEnd()
