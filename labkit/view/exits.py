"""The ways out of VPCs: peering connections and gateways, and who is met beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.network.edits import LIVE_STATUSES
from labkit.network.names import short
from labkit.network.topology import RouteState, TargetKind
from labkit.network.walk import Station
from labkit.view.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.topology import Peering, Topology
    from labkit.network.walk import Walk

# A NAT gateway stands in a subnet, as an interface, and a transit gateway has ends of its own.
_ELSEWHERE: Final = (
    TargetKind.LOCAL,
    TargetKind.PEERING,
    TargetKind.NETWORK_INTERFACE,
    TargetKind.NAT_GATEWAY,
    TargetKind.TRANSIT_GATEWAY,
)
_TO_THE_INTERNET: Final = (
    Station.INTERNET_GATEWAY,
    Station.EGRESS_ONLY_GATEWAY,
    Station.GATEWAY_ENDPOINT,
)


@dataclass(frozen=True, slots=True)
class Exit:
    """
    A way out of VPCs: a peering connection, a gateway, another target of routes.

    ``beyond`` is the address of the outside host that a walk meets beyond it,
    ``beyond_name`` what that is called; both empty if it meets none.
    """

    exit_id: str
    kind: str
    name: str
    status: str
    tone: Tone
    vpc_ids: tuple[str, ...]
    beyond: str = ""
    beyond_name: str = ""


def exits(topology: Topology, walk: Walk | None = None) -> tuple[Exit, ...]:
    """All ways out that a drawing of the network shows, sorted by kind, name and id."""
    peerings = (_peering(topology, each) for each in topology.peerings.values())
    found = [*filter(None, peerings), *_transit(topology), *_gateways(topology, walk)]
    return tuple(sorted(found, key=lambda each: (each.kind, each.name, each.exit_id)))


def _peering(topology: Topology, peering: Peering) -> Exit | None:
    ends = dict.fromkeys((peering.requester_vpc_id, peering.accepter_vpc_id))
    known = tuple(vpc_id for vpc_id in ends if vpc_id in topology.vpcs)
    if not known:
        return None
    waiting = peering.status in LIVE_STATUSES
    tone = Tone.GOOD if peering.is_active else Tone.QUIET if waiting else Tone.BAD
    name = short(topology, peering.peering_id)
    return Exit(peering.peering_id, "peering connection", name, peering.status, tone, known)


def _transit(topology: Topology) -> Iterator[Exit]:
    for gateway_id, gateway in topology.transit_gateways.items():
        attached = {
            each.vpc_id
            for each in topology.transit_attachments.values()
            if each.transit_gateway_id == gateway_id
            and each.is_available
            and each.vpc_id in topology.vpcs
        }
        if attached:
            kind, name = TargetKind.TRANSIT_GATEWAY.value, short(topology, gateway_id)
            ends = tuple(sorted(attached))
            yield Exit(gateway_id, kind, name, gateway.state, Tone.OPEN, ends)


def _gateways(topology: Topology, walk: Walk | None) -> Iterator[Exit]:
    """Other gateways are known by the routes that lead to them, or by a walk through them."""
    users: dict[tuple[str, str], set[str]] = {}
    for table in topology.route_tables.values():
        for route in table.routes:
            lives = route.state is RouteState.ACTIVE and route.target not in _ELSEWHERE
            if lives and table.vpc_id in topology.vpcs:
                users.setdefault((route.target_id, route.target.value), set()).add(table.vpc_id)
    for hop in walk.hops if walk else ():
        if hop.station in _TO_THE_INTERNET and hop.vpc_id in topology.vpcs:
            key = (hop.component_ids[0], hop.station.value)
            users.setdefault(key, set()).add(hop.vpc_id or "")
    beyond = _beyond(walk)
    for (target_id, kind), vpc_ids in users.items():
        name, ends = short(topology, target_id), tuple(sorted(vpc_ids))
        host = beyond.get(target_id, "")
        host_name = short(topology, host) if host else ""
        yield Exit(target_id, kind, name, "", Tone.OPEN, ends, host, host_name)


def _beyond(walk: Walk | None) -> dict[str, str]:
    """The address of the outside host that a walk starts or ends at, by the gateway next to it."""
    if walk is None:
        return {}
    gateways = [hop for hop in walk.hops if hop.station in _TO_THE_INTERNET]
    if not gateways:
        return {}
    met = [hop for hop in walk.hops if hop.station is Station.OUTSIDE_HOST]
    if walk.sender_id == str(walk.packet.source):
        return {gateways[0].component_ids[0]: walk.sender_id}
    if not met:
        return {}
    before = [hop for hop in gateways if walk.hops.index(hop) < walk.hops.index(met[0])]
    return {before[-1].component_ids[0]: met[0].component_ids[0]} if before else {}
