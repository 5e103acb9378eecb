"""
Packets on the wire: each is walked through the network, and what interfaces saw is kept.

A walk depends on the network and the packet alone, so a packet like one before
takes its walk while nothing changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from labkit.errors import NotSimulated
from labkit.flowlog import SeenPacket
from labkit.network.walk import walk
from labkit.network.ways_out import OutsideHost

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.endpoint.settings import UnroutableEgress
    from labkit.endpoint.snapshot import Snapshot
    from labkit.network.packet import Packet, Sighting
    from labkit.network.topology import Interface, Topology
    from labkit.network.walk import Walk


MOST_SIGHTINGS: Final = 200_000
"""How much traffic the commands sent together may make; a port scan of 50,000 ports fits."""


class Wire:
    """
    The network around one Region while commands run on its instances.

    Args:
        snapshot: Gives the network as it stands.
        unroutable_egress: See :class:`labkit.endpoint.settings.Settings`.

    Attributes:
        seen: Every packet an interface saw, in the order they were sent.
    """

    def __init__(
        self, snapshot: Callable[[], Snapshot], unroutable_egress: UnroutableEgress
    ) -> None:
        self._snapshot = snapshot
        self._unroutable_egress = unroutable_egress
        self._walks: dict[tuple[Packet, str], Walk] = {}
        self._walked: Topology | None = None
        self.seen: list[SeenPacket] = []

    @property
    def snapshot(self) -> Snapshot:
        """The network as it stands."""
        return self._snapshot()

    @property
    def topology(self) -> Topology:
        """Its topology."""
        return self._snapshot().topology

    def send(self, packet: Packet, sender: Interface | OutsideHost, at_s: float) -> Walk:
        """
        The walk of a packet that leaves an interface, or an outside host, at *at_s* [Unix s].

        Raises:
            NotSimulated: A route leads to a kind of target the walk does not know,
                or there were too many packets.
        """
        if len(self.seen) > MOST_SIGHTINGS:
            raise NotSimulated(f"more than {MOST_SIGHTINGS:,} sightings of packets in one command")
        walked = self._walk(packet, sender)
        self.seen += [SeenPacket(at_s, sighting) for sighting in walked.sightings]
        return walked

    def continue_flow(
        self, opened: Walk, at_s: float, segments: list[tuple[bool, int, int]]
    ) -> None:
        """
        The rest of a TCP connection whose first two segments walked as *opened*.

        Later segments have the same 5-tuple, so every filter and route treats
        them as it did the first of their direction.

        Args:
            opened: The walk of SYN and SYN-ACK.
            at_s: When they are sent [Unix s].
            segments: For each whether the client sends it, its flags, its size [B].
        """
        for from_client, flags, size_bytes in segments:
            self.seen += [
                SeenPacket(at_s, _as_segment(sighting, flags, size_bytes))
                for sighting in opened.sightings
                if _from_client(sighting, opened) is from_client
            ]

    def _walk(self, packet: Packet, sender: Interface | OutsideHost) -> Walk:
        topology = self.topology
        if self._walked is not topology:
            self._walks.clear()
            self._walked = topology
        if isinstance(sender, OutsideHost):
            current: Interface | OutsideHost = sender
            key = (packet, str(sender.address))
        else:
            current = topology.interfaces[sender.interface_id]
            key = (packet, sender.interface_id)
        if key not in self._walks:
            self._walks[key] = walk(
                topology, packet, current, unroutable_egress=self._unroutable_egress
            )
        return self._walks[key]


def _from_client(sighting: Sighting, opened: Walk) -> bool:
    # Gateways rewrite addresses, never ports.
    return sighting.packet.destination_port == opened.packet.destination_port


def _as_segment(sighting: Sighting, flags: int, size_bytes: int) -> Sighting:
    segment = replace(sighting.packet, tcp_flags=flags, size_bytes=size_bytes)
    return replace(sighting, packet=segment)
