"""The instance a script runs on, as its commands see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from random import Random
from typing import TYPE_CHECKING, Final

from labkit.endpoint.outside import site_at
from labkit.endpoint.shell.resolver import Resolver, host_label
from labkit.endpoint.shell.words import ERR, OUT, Command

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.endpoint.hosts import Hosts, HostSystem
    from labkit.endpoint.traffic import Wire
    from labkit.network.packet import Address, Packet
    from labkit.network.topology import Interface, Topology
    from labkit.network.walk import Walk

_TIME_TO_LIVE: Final = 127
"""What Amazon Linux 2023 puts into packets; a VPC's routers do not count it down."""

_ROUTERS_ON_THE_INTERNET: Final = 12
"""How many routers stand between the lab and a host on the internet, each of which counts."""

_SAME_ZONE_MS: Final = (0.15, 0.45)
_SAME_REGION_MS: Final = (0.4, 0.9)
_OTHER_REGION_MS: Final = (62.0, 63.5)
_SERVICE_MS: Final = (0.9, 1.4)
_INTERNET_MS: Final = (11.0, 13.5)
_LOOPBACK_MS: Final = (0.02, 0.05)


class TimeUp(Exception):
    """The time a script was given has passed."""


class Unreachable(Exception):
    """The host has no address of the family it should send from."""


@dataclass
class Machine:
    """
    One instance while a script runs on it.

    Args:
        instance_id: Which instance.
        wire: What its packets travel on.
        hosts: What lives on it and on all others: listeners and firewalls.
        region: AWS Region, for the names its resolver knows.
        now_s: Time on the host [Unix s]; moves as commands take their time.
        deadline_s: When the script is ended whatever it does [Unix s].
        seed: Decides round-trip times, which show in output and nowhere else.
        printed: What was printed so far, by stream.
        command: The command under way.
    """

    instance_id: str
    wire: Wire
    hosts: Hosts
    region: str
    now_s: float
    deadline_s: float
    seed: int = 0
    printed: dict[str, list[str]] = field(default_factory=lambda: {OUT: [], ERR: []})
    command: Command = field(default_factory=Command)

    def say(self, line: str = "") -> None:
        """Print a line on standard output, wherever the command sends it."""
        self._print(self.command.out, line)

    def complain(self, line: str) -> None:
        """Print a line on standard error, wherever the command sends it."""
        self._print(self.command.err, line)

    def _print(self, stream: str | None, line: str) -> None:
        if stream is not None:
            self.printed[stream].append(f"{line}\n")

    def elapse(self, seconds: float) -> None:
        """
        Let time pass on the host [s].

        Raises:
            TimeUp: It is past the deadline; the time stops there.
        """
        if self.now_s + seconds > self.deadline_s:
            self.now_s = self.deadline_s
            raise TimeUp
        self.now_s += seconds

    @property
    def system(self) -> HostSystem:
        """The machine's own operating system."""
        return self.hosts.of(self.instance_id)

    @property
    def topology(self) -> Topology:
        """The network as it stands."""
        return self.wire.topology

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """The host's network interfaces, the primary one first."""
        return self.wire.snapshot.attached[self.instance_id]

    @property
    def hostname(self) -> str:
        """``ip-10-1-1-10``, after the primary private address."""
        return host_label(self.interfaces[0].addresses[0])

    @property
    def domain(self) -> str:
        """What private DNS names of the Region end with."""
        return self.resolver.domain

    @property
    def devices(self) -> dict[str, Interface]:
        """The host's network interfaces by the names Linux gives them on Nitro instances."""
        return {f"ens{number}": each for number, each in enumerate(self.interfaces, start=5)}

    def way_out(self, destination: Address) -> tuple[Interface, Address] | None:
        """
        Interface and source address for packets to *destination*; None without an address.

        A neighbour is reached by the interface in its subnet, everybody else by the primary one.
        """
        for interface in self.interfaces:
            sources = [each for each in interface.addresses if each.version == destination.version]
            if destination in interface.addresses:
                return interface, destination
            cidrs = self.topology.subnet(interface.subnet_id).cidrs
            if sources and any(destination in cidr for cidr in cidrs):
                return interface, sources[0]
        primary = self.interfaces[0]
        for source in primary.addresses:
            if source.version == destination.version:
                return primary, source
        return None

    def probe(
        self,
        destination: Address,
        packet_from: Callable[[Address, Address], Packet],
        *,
        after_s: float = 0.0,
        way: tuple[Interface, Address] | None = None,
    ) -> Walk:
        """
        The walk of a packet sent *after_s* seconds from now.

        Args:
            destination: Where to.
            packet_from: Makes the packet of a source and a destination address.
            after_s: Delay [s].
            way: Interface and source address; the host's own choice without.

        Raises:
            Unreachable: The host has no address of that family.
        """
        if destination.is_loopback:
            destination = self.interfaces[0].addresses[0]
        way = way or self.way_out(destination)
        if way is None:
            raise Unreachable
        interface, source = way
        packet = packet_from(source, destination)
        return self.wire.send(packet, interface, self.now_s + after_s)

    def round_trips_ms(self, destination: Address, count: int) -> list[float]:
        """Round-trip times [ms] to a host, *count* of them, equal in equal runs."""
        low, high = self._distance_ms(destination)
        chance = Random(f"{self.seed}/{self.instance_id}/{destination}/{self.now_s}")  # noqa: S311  no secret
        return [chance.uniform(low, high) for _ in range(count)]

    def time_to_live(self, destination: Address) -> int:
        """What is left of the time to live of a packet that came from there."""
        site = site_at(destination)
        passed = 0 if site is None or site.service else _ROUTERS_ON_THE_INTERNET
        return _TIME_TO_LIVE - passed

    def _distance_ms(self, destination: Address) -> tuple[float, float]:
        here = self.interfaces[0]
        if destination in here.addresses or destination.is_loopback:
            return _LOOPBACK_MS
        site = site_at(destination)
        if site is not None:
            return _SERVICE_MS if site.service else _INTERNET_MS
        there = next(
            (each for each in self.topology.interfaces.values() if destination in each.addresses),
            here,
        )
        if self.topology.vpc(here.vpc_id).region != self.topology.vpc(there.vpc_id).region:
            return _OTHER_REGION_MS
        zones = {self.topology.subnet(each.subnet_id).zone for each in (here, there)}
        return _SAME_ZONE_MS if len(zones) == 1 else _SAME_REGION_MS

    @property
    def resolver(self) -> Resolver:
        """The Amazon DNS as it answers in the host's VPC."""
        return Resolver(self.topology, self.interfaces[0].vpc_id, self.region)

    def resolve(self, name: str, version: int | None = None) -> Address | None:
        """
        The address a name stands for, or None; *version* 4 or 6 insists on a family.

        Addresses stand for themselves. Of a name that has both, a host with an
        IPv6 address of its own takes the IPv6 one, as Linux does.
        """
        try:
            candidates = [ip_address(name)]
        except ValueError:
            speaks_ipv6 = any(each.version == 6 for each in self.interfaces[0].addresses)
            found = self.resolver.addresses_of(name)
            candidates = sorted(found, key=lambda each: each.version, reverse=speaks_ipv6)
        fitting = (each for each in candidates if version in (None, each.version))
        return next(fitting, None)

    def name_of(self, address: Address) -> str | None:
        """The name a reverse look-up gives."""
        return self.resolver.name_of(address)

    def is_own(self, address: Address) -> bool:
        """Whether an address is the host's own, so that nothing leaves the machine."""
        return address.is_loopback or any(address in each.addresses for each in self.interfaces)
