"""
Hosts on the internet that knock at every public address they find, as somebody always does.

On AWS a public address hears from strangers within minutes, and a flow log
shows it: most REJECT rows of a public subnet come from nobody in particular.
Here it is a setting. The scanners take a door at a time, chosen by the seed, at
intervals of seconds to a minute, for as long as there is a public address.
"""

from __future__ import annotations

from ipaddress import ip_address
from math import inf
from random import Random
from typing import TYPE_CHECKING, Final

from labkit.endpoint.agenda import source
from labkit.endpoint.delivery import Delivery
from labkit.endpoint.outside import SCANNERS, outside_hosts
from labkit.endpoint.snapshot import Snapshots
from labkit.endpoint.traffic import Wire
from labkit.network.packet import SYN, Packet, Protocol

if TYPE_CHECKING:
    from labkit.endpoint.application import EmbeddedAws
    from labkit.network.packet import Address
    from labkit.network.topology import Topology
    from labkit.network.ways_out import OutsideHost

GAP_S: Final = (10.0, 60.0)
"""Least and greatest time between two knocks [s]."""

LONGEST_LOOK_BACK_S: Final = 6 * 3600.0
"""Of a longer jump in time, only the last hours see knocks [s]: a year would see a million."""

# What is knocked at on the internet, the likeliest first: remote desktops and shells, file
# shares, the web, databases.
_DOORS: Final = {22: 8, 23: 8, 3389: 6, 445: 6, 80: 5, 8080: 4, 443: 3, 6379: 2, 5432: 2, 3306: 2}
_SYN_BYTES: Final = 44
_SOURCE_PORTS: Final = (32768, 60999)


@source
class Scanners:
    """The scanners of one application; ``aws.extension(Scanners)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._chance = Random(f"{aws.settings.seed}/scanners")  # noqa: S311  no secret
        self._next_s = inf
        if aws.settings.scanners:
            self._next_s = aws.clock.now() + self._gap_s()

    def next_due_s(self) -> float:
        """When the next knock is due [Unix s]; ``inf`` where the setting is off."""
        self._next_s = max(self._next_s, self._aws.clock.now() - LONGEST_LOOK_BACK_S)
        return self._next_s

    def run(self, at_s: float, until_s: float) -> None:  # noqa: ARG002  one knock at a time
        """Knock once, at one of the public addresses there are."""
        self._next_s = at_s + self._gap_s()
        region = self._aws.settings.region
        snapshots = self._aws.extension(Snapshots)
        targets = _public_addresses(snapshots.of(region).topology)
        if not targets:
            return
        wire = Wire(lambda: snapshots.of(region), self._aws.settings.unroutable_egress)
        scanner = self._chance.choice(_hosts(region))
        wire.send(self._knock(scanner.address, self._chance.choice(targets)), scanner, at_s)
        self._aws.extension(Delivery).take(wire.seen, wire.topology)

    def _gap_s(self) -> float:
        return self._chance.uniform(*GAP_S)

    def _knock(self, scanner: Address, target: Address) -> Packet:
        [door] = self._chance.choices(list(_DOORS), weights=list(_DOORS.values()))
        return Packet(
            scanner,
            target,
            Protocol.TCP,
            self._chance.randint(*_SOURCE_PORTS),
            door,
            tcp_flags=SYN,
            size_bytes=_SYN_BYTES,
        )


def _hosts(region: str) -> list[OutsideHost]:
    known = outside_hosts(region)
    return [known[ip_address(text)] for site in SCANNERS for text in site.addresses]


def _public_addresses(topology: Topology) -> list[Address]:
    """Every public IPv4 address in use, lowest first."""
    found = {each.public_address for each in topology.interfaces.values()}
    return sorted((each for each in found if each is not None), key=int)
