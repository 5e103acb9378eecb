"""A network and a walk told in words: what the pictures show, for those who do not see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.errors import LabError, TopologyError
from labkit.network import explain
from labkit.network.names import short
from labkit.network.topology import Route
from labkit.network.walk import Fate
from labkit.network.walk import walk as walk_again
from labkit.network.ways_out import OutsideHost
from labkit.view.content import (
    AclTable,
    cidr_text,
    content,
    gateway_kind,
    group_lines,
    interface_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.topology import Interface, Topology
    from labkit.network.walk import Hop, Walk
    from labkit.view.content import SubnetContent, Table, VpcContent
    from labkit.view.exits import Exit

CHANGED = "The network has changed since this packet: it would fare differently now."


def tell(topology: Topology, walk: Walk | None = None) -> list[str]:
    """The whole picture as lines: VPCs with all they hold, ways out, and the walk."""
    parts = content(topology)
    lines = [line for vpc in parts.vpcs for line in _vpc(topology, vpc)]
    lines += [_exit(topology, each) for each in parts.exits]
    if not lines:
        lines = ["The network is empty: no VPC has been built yet."]
    return lines if walk is None else [*lines, *tell_walk(topology, walk)]


def tell_walk(topology: Topology, walk: Walk) -> list[str]:
    """The walk hop by hop, numbered as in the drawing, and how it ended."""
    hops = [
        f"{number}. {hop.leg.capitalize()}: {reason(topology, walk, hop)}"
        for number, hop in enumerate(walk.hops, start=1)
    ]
    lines = [f"Walk of {question(topology, walk)}:", *hops, ending(topology, walk)]
    return [*lines, CHANGED] if has_changed(topology, walk) else lines


def question(topology: Topology, walk: Walk) -> str:
    """What was sent, from where to where."""
    sender = topology.interfaces.get(walk.sender_id)
    source = interface_name(sender) if sender else explain.label(topology, walk.sender_id)
    return f"{explain.traffic(walk.packet)} from {source} to {_destination(topology, walk)}"


def _destination(topology: Topology, walk: Walk) -> str:
    address = walk.packet.destination
    owners = [each for each in topology.interfaces.values() if address in each.addresses]
    receiver = topology.interfaces.get(walk.receiver_id or "")
    # A packet that got nowhere was still meant for somebody, if just one interface fits.
    meant = receiver or (owners[0] if len(owners) == 1 else None)
    return (
        f"{interface_name(meant)} ({address})" if meant else explain.label(topology, str(address))
    )


def reason(topology: Topology, walk: Walk, hop: Hop) -> str:
    """What a hop did and why, even if what it met has since been deleted."""
    try:
        return explain.sentence(hop, walk, topology)
    except TopologyError:
        return f"{hop.station} {', '.join(hop.component_ids)}: {hop.verdict}; it is gone now."


def reason_by_name(topology: Topology, walk: Walk, hop: Hop) -> str:
    """The reason without the ids of what has a name, for places that are short of room."""
    words = reason(topology, walk, hop)
    ids = [*hop.component_ids, hop.interface_id, hop.subnet_id, hop.vpc_id]
    if isinstance(hop.rule, Route):
        ids.append(hop.rule.target_id)
    for resource_id in filter(None, ids):
        words = words.replace(f" ({resource_id})", "")
    return words


def headline(topology: Topology, walk: Walk) -> str:
    """How the walk ended, in a few words."""
    way = "on the way there" if walk.leg == "request" else "on the way back"
    target = _destination(topology, walk)
    if walk.fate is Fate.ANSWERED:
        return f"Answered: {target} replied"
    if walk.fate is Fate.CONNECTION_REFUSED:
        return f"Refused: {target} answered that nothing listens there"
    return f"No answer: {walk.fate}, {way}"


def ending(topology: Topology, walk: Walk) -> str:
    """The last line of the story: the headline, and the cause if there was one."""
    if walk.answered:
        return f"{headline(topology, walk)}."
    cause = reason(topology, walk, walk.hops[-1])
    return f"{headline(topology, walk)}. {cause[0].upper()}{cause[1:]}"


def has_changed(topology: Topology, walk: Walk) -> bool:
    """Whether the same packet would meet something else in *topology* than it met then."""
    sender: Interface | OutsideHost | None = topology.interfaces.get(walk.sender_id)
    if sender is None and walk.sender_id == str(walk.packet.source):
        source = walk.packet.source
        sender = topology.outside.get(source, OutsideHost(source))
    if sender is None:
        return True
    try:
        return walk_again(topology, walk.packet, sender).hops != walk.hops
    except LabError:
        return True


def _vpc(topology: Topology, place: VpcContent) -> Iterator[str]:
    vpc = place.vpc
    yield f"VPC {explain.label(topology, vpc.vpc_id)} {cidr_text(vpc.cidrs)}:"
    if not place.subnets:
        yield "  no subnets yet"
    for subnet in place.subnets:
        yield from _subnet(topology, subnet)
    for table in place.spare_tables:
        yield f"  {_routes(table)}"


def _subnet(topology: Topology, place: SubnetContent) -> Iterator[str]:
    subnet = place.subnet
    yield f"  subnet {explain.label(topology, subnet.subnet_id)} {cidr_text(subnet.cidrs)}:"
    if not place.interfaces:
        yield "    no instances yet"
    for interface in place.interfaces:
        yield f"    {_interface(topology, interface)}"
    yield f"    {_routes(place.routes)}"
    yield f"    {_acl(place.acl)}"


def _interface(topology: Topology, interface: Interface) -> str:
    names, inbound, outbound = group_lines(topology, interface)
    addresses = ", ".join(map(str, interface.addresses))
    kind = gateway_kind(interface)
    if kind:
        return f"{kind} {interface_name(interface)} {addresses}, {inbound}"
    filters = f"security group {names}, {inbound}, {outbound}"
    return f"{interface_name(interface)} {addresses}, {interface.host.state}; {filters}"


def _routes(table: Table) -> str:
    rows = "; ".join(
        f"{row.first} -> {row.second}" if row.second else row.first for row in table.rows
    )
    return f"{table.title}: {rows}" if rows else table.title


def _acl(table: AclTable) -> str:
    inbound = "; ".join(row.first for row in table.inbound) or "nothing"
    outbound = "; ".join(row.first for row in table.outbound) or "nothing"
    return f"{table.title}: in: {inbound}; out: {outbound}"


def _exit(topology: Topology, each: Exit) -> str:
    names = " and ".join(short(topology, vpc_id) for vpc_id in each.vpc_ids)
    status = f": {each.status}" if each.status else ""
    joins = "between" if len(each.vpc_ids) > 1 else "of"
    return f"{each.kind} {each.name} {joins} {names}{status}"
