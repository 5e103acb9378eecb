"""
A seed and a level in, an incident on paper out: who, what is wrong, what else goes on.

The same seed draws the same incident in the same network, every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labkit.errors import FaultRefused, LabError
from labkit.faults.applying import OUT, in_order, planned
from labkit.faults.cases import cases
from labkit.faults.catalogue import FAULTS
from labkit.faults.incidents.levels import NOTHING, TOO_EARLY, level_numbered
from labkit.faults.incidents.tickets import ticket
from labkit.faults.parts import Part
from labkit.faults.way import Ends
from labkit.faults.world import World
from labkit.lab.ways import walk_between
from labkit.network.topology import HostState, TargetKind

if TYPE_CHECKING:
    from labkit.faults.incidents.levels import Level
    from labkit.network.topology import Interface, Topology

_TRIES: Final = 200
# Ports that scanners and people knock on.
_PINGS_AMONG_NOISE: Final = 0.3
_PORTS: Final = (22, 23, 80, 443, 445, 1433, 3306, 3389, 5432, 6379, 8080)


class Noise(NamedTuple):
    """
    A command that a host runs while nobody watches.

    Args:
        pause_s: How long it is quiet before [s].
        source: Name of the host.
        target: Name of the host it asks.
        address: The other's address.
        port: The TCP port it knocks on; None pings.
        packets: How many it sends.
    """

    pause_s: int
    source: str
    target: str
    address: str
    port: int | None
    packets: int

    @property
    def command(self) -> str:
        """The command line."""
        if self.port is None:
            return f"ping -c {self.packets} {self.address}"
        return f"nc -z -w 1 {self.address} {self.port}"


@dataclass(frozen=True, slots=True)
class Plot:
    """
    An incident as it was drawn.

    Args:
        seed: What it was drawn from.
        level: Its level.
        ends: Who cannot reach whom, or so the ticket says.
        fault_ids: The faults in it, in the order in which they are applied; may be none.
        is_late: Whether everything is well and the log merely late.
        ticket: What somebody wrote who noticed.
        noise: What else goes on; the first half before anything breaks.
    """

    seed: int
    level: int
    ends: Ends
    fault_ids: tuple[str, ...]
    is_late: bool
    ticket: str
    noise: tuple[Noise, ...]

    @property
    def answered(self) -> bool:
        """Whether the ping from the one to the other is answered."""
        return all(FAULTS[name].breaks != "ping" for name in self.fault_ids)

    def to_json(self) -> dict[str, Any]:
        """The plot as JSON holds it."""
        return {
            "seed": self.seed,
            "level": self.level,
            "ends": list(self.ends),
            "faults": list(self.fault_ids),
            "late": self.is_late,
            "ticket": self.ticket,
            "noise": [list(each) for each in self.noise],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Plot:
        """The plot that JSON holds."""
        return cls(
            stored["seed"],
            stored["level"],
            Ends(*stored["ends"]),
            tuple(stored["faults"]),
            stored["late"],
            stored["ticket"],
            tuple(Noise(*each) for each in stored["noise"]),
        )


def draw(topology: Topology, seed: int, level: int) -> Plot:
    """
    The incident of a seed and a level in a healthy network.

    Raises:
        NameNotFound: There is no such level.
        LabError: The network has no two hosts between which anything of the
            level fits.
    """
    chosen = level_numbered(level)
    chance = Random(f"incident {seed} {level}")  # noqa: S311  to be repeated, not to be secret
    for _ in range(_TRIES):
        ends = _ends_out(topology, chance) if chosen.leads_out else _ends(topology, chance)
        if not (chosen.leads_out or walk_between(topology, *ends).answered):
            continue  # hosts that are not to reach each other, such as those of a private subnet
        drawn = [chance.choice(pool) for pool in chosen.pools]
        fault_ids = _fitting(topology, ends, [each for each in drawn if each in FAULTS])
        if fault_ids is None:
            continue
        is_late = TOO_EARLY in drawn
        words = ticket(chance, ends, fault_ids, is_late=is_late, is_healthy=NOTHING in drawn)
        noise = _noise(topology, chance, chosen)
        return Plot(seed, level, ends, fault_ids, is_late, words, noise)
    step = "gateways" if chosen.leads_out else "flow_logs"
    raise LabError(
        f"Nothing of level {level} fits this network. Incidents need two running instances in "
        f'peered VPCs that reach each other, and flow logs: lab.build("{step}").'
    )


def _ends(topology: Topology, chance: Random) -> Ends:
    """Two running instances of different VPCs, in either order."""
    hosts = _hosts(topology)
    pairs = [
        Ends(one.name, other.name) for one in hosts for other in hosts if one.vpc_id != other.vpc_id
    ]
    if not pairs:
        raise LabError('An incident needs instances in two VPCs: lab.build("flow_logs").')
    return chance.choice(pairs)


def _ends_out(topology: Topology, chance: Random) -> Ends:
    """A running instance without a public address in a VPC with a NAT gateway, and the internet."""
    private = [
        each.name
        for each in _hosts(topology)
        if each.public_address is None and _leads_to_nat(topology, each)
    ]
    if not private:
        raise LabError(
            'This incident needs an instance that goes out by a NAT gateway: lab.build("gateways").'
        )
    return Ends(chance.choice(private), OUT.target)


def _leads_to_nat(topology: Topology, interface: Interface) -> bool:
    routes = topology.route_table_of(interface.subnet_id).routes
    return any(route.target is TargetKind.NAT_GATEWAY for route in routes)


def _hosts(topology: Topology) -> list[Interface]:
    running = [
        each
        for each in topology.interfaces.values()
        if each.instance_id and each.name and each.host.state is HostState.RUNNING
    ]
    return sorted(running, key=lambda each: each.name)


def _fitting(topology: Topology, ends: Ends, names: list[str]) -> tuple[str, ...] | None:
    """
    The faults in an order in which they can be applied, or None if they do not go together.

    They must change different parts and stand at different places, so that
    each has evidence and a repair of its own.
    """
    places = [cases()[name].fate.at for name in names if FAULTS[name].breaks == "ping"]
    if len(set(places)) < len(places):
        return None
    ordered = in_order(names)
    world, touched = World(topology), set[Part]()
    for name in ordered:
        try:
            changes = planned(world.topology, FAULTS[name], ends)
        except FaultRefused:
            return None
        parts = {change.part for change in changes}
        if parts & touched:
            return None
        touched |= parts
        world = world.with_changes(changes)
    return tuple(ordered)


def _noise(topology: Topology, chance: Random, level: Level) -> tuple[Noise, ...]:
    """Pings and knocks between the hosts there are, as many as the level wants."""
    hosts = _hosts(topology)
    found = []
    for _ in range(level.noise):
        source = chance.choice(hosts)
        target = chance.choice([each for each in hosts if each != source])
        pings = chance.random() < _PINGS_AMONG_NOISE
        port = None if pings else chance.choice(_PORTS)
        count = chance.randint(1, 3) if pings else 1
        ends = (source.name, target.name, str(target.addresses[0]))
        found.append(Noise(chance.randint(1, 20), *ends, port, count))
    return tuple(found)
