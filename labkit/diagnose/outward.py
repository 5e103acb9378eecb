"""
Why a packet does not get out to the internet, and what would lead it there.

An instance without a public address goes out by a NAT gateway, and that by the
internet gateway of its VPC. Which of the two a route table should lead to
depends on whose subnet uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.diagnose.cause import Cause, Reason
from labkit.faults.parts import Change, NatGatewayIn, RouteTo, TableOf
from labkit.faults.parts.routes import to_gateway, to_nat_gateway
from labkit.network.detours import with_way
from labkit.network.explain import label, route_text
from labkit.network.gateways import is_public
from labkit.network.hops import Fate, Station
from labkit.network.outward import nat_gateway_of
from labkit.network.routing import best_route
from labkit.network.topology import Route, TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.blockers import Blocker
    from labkit.network.topology import Interface, RouteTable, Topology

_EVERYWHERE: Final = "0.0.0.0/0"


def of_way_out(blocker: Blocker, route: Route | None) -> Reason:
    """
    Why a packet for the internet does not get there; nobody knows what lies beyond it.

    Args:
        blocker: Where it ended.
        route: The route that the last table it met chose; None if it chose none.
    """
    topology, packet = blocker.topology, blocker.packet
    if blocker.fate is Fate.BLACKHOLE and route is not None:
        return _of_blackhole(topology, route)
    if blocker.fate is Fate.REFUSED_BY_INTERNET_GATEWAY and is_public(packet.destination):
        nearly = f"The route is {route_text(route, topology)}." if route is not None else ""
        return Reason(Cause.NO_PUBLIC_ADDRESS, nearly)
    some_way = with_way(topology, blocker.interface, packet)
    if blocker.fate is not Fate.NO_ROUTE or some_way is None:
        return Reason(Cause.UNREACHABLE)
    if topology.nat_gateway_at(blocker.interface.interface_id) is not None:
        return Reason(Cause.NAT_WITHOUT_WAY_OUT)
    return _of_no_route(blocker, topology.route_table_of(blocker.interface.subnet_id))


def _of_blackhole(topology: Topology, route: Route) -> Reason:
    gateway = topology.nat_gateways.get(route.target_id)
    if gateway is None:
        return Reason(Cause.TARGET_GONE)
    return Reason(Cause.NAT_GONE, f"It is {gateway.state}.")


def _deciding(blocker: Blocker) -> Route | None:
    asked = [hop.rule for hop in blocker.walk.hops if hop.station is Station.ROUTE_TABLE]
    return asked[-1] if asked and isinstance(asked[-1], Route) else None


def _of_no_route(blocker: Blocker, table: RouteTable) -> Reason:
    subnet_id = blocker.interface.subnet_id
    for other in _tables_that_lead_out(blocker, table):
        name = label(blocker.topology, other.route_table_id)
        lost = table.main and subnet_id not in table.subnet_ids
        cause = Cause.SUBNET_ON_MAIN_TABLE if lost else Cause.ROUTE_IN_OTHER_TABLE
        return Reason(cause, f"The table {name} of the same VPC leads out by a NAT gateway.")
    return Reason(Cause.NO_DEFAULT_ROUTE)


def _tables_that_lead_out(blocker: Blocker, table: RouteTable) -> Iterator[RouteTable]:
    """Other tables of the VPC, used by nobody, that lead a packet to a NAT gateway."""
    topology, destination = blocker.topology, blocker.packet.destination
    for other in topology.route_tables.values():
        if other.vpc_id != table.vpc_id or other == table or other.subnet_ids:
            continue
        route = best_route(topology, other, destination)
        if route is not None and route.target is TargetKind.NAT_GATEWAY:
            yield other


# What would put it right.

Candidate = tuple[str, tuple[Change, ...]]


def ways_out(blocker: Blocker, cause: Cause) -> Iterator[Candidate]:
    """Changes that may lead the packet out, each in a sentence."""
    topology, interface = blocker.topology, blocker.interface
    table = topology.route_table_of(interface.subnet_id)
    if cause is Cause.NAT_GONE:
        yield from _nat_gateway_again(topology, _deciding(blocker))
        return
    if cause in (Cause.SUBNET_ON_MAIN_TABLE, Cause.ROUTE_IN_OTHER_TABLE):
        for other in _tables_that_lead_out(blocker, table):
            name, subnet = (
                label(topology, each) for each in (other.route_table_id, interface.subnet_id)
            )
            change = Change(TableOf(interface.subnet_id), other.route_table_id)
            yield f"Associate the subnet {subnet} with {name}.", (change,)
    yield from _default_route(topology, interface, table)


def _nat_gateway_again(topology: Topology, route: Route | None) -> Iterator[Candidate]:
    gateway = topology.nat_gateways.get(route.target_id) if route is not None else None
    if gateway is not None:
        name = gateway.name or gateway.nat_gateway_id
        subnet = label(topology, gateway.subnet_id)
        words = f"Make the NAT gateway {name} in {subnet} anew, and lead the routes to it."
        yield words, (Change(NatGatewayIn(gateway.subnet_id, name), after=True),)


def _default_route(
    topology: Topology, interface: Interface, table: RouteTable
) -> Iterator[Candidate]:
    """A default route to what suits the interface: a NAT gateway, or the internet gateway."""
    name = label(topology, table.route_table_id)
    at = RouteTo(table.route_table_id, _EVERYWHERE)
    gateway = nat_gateway_of(topology, table.vpc_id)
    if interface.public_address is not None:
        if table.vpc_id in topology.internet_gateways.values():
            words = f"Lead the default route of {name} to the internet gateway."
            yield words, (Change(at, to_gateway(table.vpc_id)),)
    elif gateway is not None and gateway.is_available:
        words = f"Lead the default route of {name} to the NAT gateway "
        words += f"{label(topology, gateway.nat_gateway_id)}."
        yield words, (Change(at, to_nat_gateway(gateway.subnet_id)),)
