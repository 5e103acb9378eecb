"""Routes that are missing, too narrow, in the wrong table, or lead astray."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from labkit.errors import FaultRefused
from labkit.faults.fault import Breaks, fault
from labkit.faults.parts import Change, GatewayOf, RouteTo, TableOf
from labkit.faults.parts.routes import to_gateway, to_peering
from labkit.network.routing import best_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.faults.way import End, Way
    from labkit.network.packet import Address
    from labkit.network.topology import Network

_ANYWHERE = "0.0.0.0/0"


@fault(Breaks.PING)
def forward_route_missing(way: Way) -> Iterator[Change]:
    """
    The sender's route table has no route to the receiver.

    **Symptom** The ping gets no answer; all packets are lost.

    **Evidence** No record of the ping anywhere, and no REJECT: the packet died before any
    interface could see it arrive. NODATA rows, or records of other traffic, prove that the flow
    logs work.

    **Cause** The route table of the sender's subnet has no route to the receiver's range. The
    router drops the packet without a word.

    **Repair** Add the route to the receiver's range through the peering connection.
    """
    table, _, destination = way.route_there()
    yield Change(RouteTo(table.route_table_id, str(destination)), None)


@fault(Breaks.PING)
def return_route_missing(way: Way) -> Iterator[Change]:
    """
    The receiver's route table has no route back to the sender.

    **Symptom** The ping gets no answer; all packets are lost.

    **Evidence** The sender's interface records the request going out, the receiver's records it
    coming in. No record of a reply anywhere, and no REJECT.

    **Cause** Only one side's route table was given a route through the peering connection. The
    receiver answers, and its own router has no way for the answer.

    **Repair** Add the route to the sender's range in the route table of the receiver's subnet.
    """
    table, _, destination = way.route_back()
    yield Change(RouteTo(table.route_table_id, str(destination)), None)


@fault(Breaks.PING)
def forward_route_to_internet(way: Way) -> Iterator[Change]:
    """
    The sender's packets fall on a default route to an internet gateway.

    **Symptom** The ping gets no answer; all packets are lost.

    **Evidence** The sender's interface records the request going out as ACCEPT. The receiver's
    interface records nothing. With a custom format, traffic-path says 8, an internet gateway,
    where a peering connection would be 4.

    **Cause** There is no route to the receiver's range, but one to 0.0.0.0/0. It takes the packet
    to the internet gateway, which drops packets for private addresses.

    **Repair** Add the route to the receiver's range through the peering connection; it is more
    specific than the default route, so it wins.
    """
    table, _, destination = way.route_there()
    yield from _default_route(way.sender, RouteTo(table.route_table_id, str(destination)))


@fault(Breaks.PING)
def return_route_to_internet(way: Way) -> Iterator[Change]:
    """
    The receiver's answers fall on a default route to an internet gateway.

    **Symptom** The ping gets no answer; all packets are lost.

    **Evidence** The receiver's interface records the request coming in and the reply going out,
    both ACCEPT. The sender's interface has no record of the reply. With a custom format,
    traffic-path of the reply says 8, an internet gateway.

    **Cause** The receiver's route table has no route to the sender's range, but one to 0.0.0.0/0.
    It takes the reply to the internet gateway, which drops it.

    **Repair** Add the route to the sender's range in the route table of the receiver's subnet.
    """
    table, _, destination = way.route_back()
    yield from _default_route(way.receiver, RouteTo(table.route_table_id, str(destination)))


def _default_route(end: End, lost: RouteTo) -> Iterator[Change]:
    yield Change(_gateway(end), after=True)
    yield Change(RouteTo(lost.table_id, _ANYWHERE), to_gateway(end.vpc.vpc_id))
    yield Change(lost, None)


def _gateway(end: End) -> GatewayOf:
    return GatewayOf(end.vpc.vpc_id, f"igw-of-{end.vpc.name or end.vpc.vpc_id}")


@fault(Breaks.PING)
def forward_route_too_narrow(way: Way) -> Iterator[Change]:
    """
    The sender's route covers a part of the receiver's range, and not the receiver.

    **Symptom** The ping gets no answer, while other addresses of the same VPC would answer.

    **Evidence** As with a missing route: no record of the ping anywhere, and no REJECT.

    **Cause** The prefix of the route is too long, so the receiver's address lies outside it.

    **Repair** Replace the route by one whose range holds the receiver's address.
    """
    table, _, destination = way.route_there()
    narrow = _part_without(destination, way.receiver.address)
    peering = to_peering(way.sender.vpc.vpc_id, way.receiver.vpc.vpc_id)
    yield Change(RouteTo(table.route_table_id, str(narrow)), peering)
    yield Change(RouteTo(table.route_table_id, str(destination)), None)


def _part_without(network: Network, address: Address) -> Network:
    """A part of a network, as somebody would mistype it, that does not hold an address."""
    length = min(network.prefixlen + 8, network.max_prefixlen)
    first = ip_network(f"{network.network_address}/{length}")
    if address not in first:
        return first
    if network.prefixlen == network.max_prefixlen:
        raise FaultRefused(f"The route to {network} is for one address; it has no narrower part.")
    return next(half for half in network.subnets() if address not in half)


@fault(Breaks.PING)
def return_route_in_main_table(way: Way) -> Iterator[Change]:
    """
    The route back stands in the VPC's main table, and the receiver's subnet uses its own.

    **Symptom** The ping gets no answer, although somebody did add the route.

    **Evidence** As with a missing route back: request out, request in, no reply anywhere.

    **Cause** The route was added to the main table of the VPC. The receiver's subnet is
    associated with a table of its own, and that one has no such route.

    **Repair** Add the route in the table that the receiver's subnet really uses.
    """
    table, _, destination = way.route_back()
    main = way.receiver.main_table
    if table == main:
        raise FaultRefused(f"{way.receiver.name} uses the main table; the fault needs another.")
    peering = to_peering(way.sender.vpc.vpc_id, way.receiver.vpc.vpc_id)
    yield Change(RouteTo(main.route_table_id, str(destination)), peering)
    yield Change(RouteTo(table.route_table_id, str(destination)), None)


@fault(Breaks.PING)
def subnet_on_main_table(way: Way) -> Iterator[Change]:
    """
    The sender's subnet lost its route table and silently uses the main one.

    **Symptom** The ping gets no answer, although the route table looks right.

    **Evidence** As with a missing route: no record of the ping anywhere, and no REJECT.

    **Cause** A subnet without an association uses the main table of its VPC. The table with the
    right route is there, and nobody uses it.

    **Repair** Associate the subnet with its route table again.
    """
    way.route_there()
    main = way.sender.main_table
    if way.sender.table == main:
        raise FaultRefused(f"{way.sender.name} uses the main table of its VPC already.")
    if best_route(way.topology, main, way.receiver.address) is not None:
        raise FaultRefused(f"The main table has a route to {way.receiver.name} as well.")
    yield Change(TableOf(way.sender.subnet.subnet_id), None)


@fault(Breaks.PING)
def more_specific_route_astray(way: Way) -> Iterator[Change]:
    """
    A more specific route takes the sender's packets past the right one.

    **Symptom** The ping gets no answer, although the route to the receiver's VPC is there.

    **Evidence** The sender's interface records the request going out as ACCEPT, the receiver's
    records nothing. With a custom format, traffic-path says 8, an internet gateway.

    **Cause** The longest prefix wins. A route to the receiver's subnet leads to an internet
    gateway, so the route to the whole VPC is never asked.

    **Repair** Delete the more specific route.
    """
    table, _, destination = way.route_there()
    block = next(cidr for cidr in way.receiver.subnet.cidrs if way.receiver.address in cidr)
    if block.prefixlen <= destination.prefixlen:
        raise FaultRefused(f"The route to {destination} is as specific as {block} already.")
    yield Change(_gateway(way.sender), after=True)
    astray = RouteTo(table.route_table_id, str(block))
    yield Change(astray, to_gateway(way.sender.vpc.vpc_id))
