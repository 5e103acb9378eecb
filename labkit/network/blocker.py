"""One obstacle on a packet's way, as a walk met it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.errors import TopologyError

if TYPE_CHECKING:
    from labkit.network.hops import Fate, Hop, Leg, Walk
    from labkit.network.packet import Packet
    from labkit.network.topology import Interface, Topology


@dataclass(frozen=True, slots=True)
class Blocker:
    """
    One obstacle: how a walk ended there, and the network in which it did.

    Args:
        walk: The walk that it ended.
        topology: The network with every obstacle before this one lifted.
    """

    walk: Walk
    topology: Topology

    @property
    def fate(self) -> Fate:
        return self.walk.fate

    @property
    def leg(self) -> Leg:
        """On which way the obstacle stands."""
        return self.walk.leg

    @property
    def hop(self) -> Hop:
        """The station that decided."""
        return self.walk.hops[-1]

    @property
    def packet(self) -> Packet:
        """The packet as it met the obstacle."""
        return self.hop.packet or self.walk.packet

    @property
    def interface(self) -> Interface:
        """
        The interface on whose side the obstacle stands.

        Where the packet is on its way between two interfaces, the one it left last.

        Raises:
            TopologyError: It met none, as a packet from outside for nobody does.
        """
        ids = (hop.interface_id for hop in reversed(self.walk.hops) if hop.leg is self.leg)
        interface_id = next((each for each in ids if each is not None), None)
        if interface_id is None:
            raise TopologyError("The packet met no interface on its way.")
        return self.topology.interfaces[interface_id]
