"""
One obstacle on a way in, all that AWS would say of it out, in its explanation codes.

AWS names a code, and the components, rules and values it is about; several can
be true of one obstacle, such as a route that is a blackhole and the peering
connection behind it that was deleted.

Source: Amazon VPC Reachability Analyzer Guide, "Explanation codes". AWS does
not say which code it gives where; the tables below are our reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final, TypeAlias

from labkit.network.filtering import peer_matches, rule_covers
from labkit.network.gateways import is_public
from labkit.network.hops import Fate
from labkit.network.packet import Direction
from labkit.network.topology import (
    HostState,
    NetworkAclEntry,
    Route,
    SecurityGroupRule,
    TargetKind,
)

if TYPE_CHECKING:
    from labkit.network.blockers import Blocker
    from labkit.network.packet import Address
    from labkit.network.topology import SecurityGroup

Rule: TypeAlias = SecurityGroupRule | NetworkAclEntry | Route
About: TypeAlias = Mapping[str, str | tuple[str, ...]]

_SHARED: Final = ip_network("100.64.0.0/10")
_STATE_ROLES: Final = {
    TargetKind.PEERING: "VpcPeeringConnection",
    TargetKind.INTERNET_GATEWAY: "InternetGateway",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    One thing that AWS says of why there is no path.

    Args:
        code: AWS's explanation code.
        about: Ids of the components it is about, each under AWS's name for its
            role; several ids where AWS lists several.
        direction: Which way the packet goes, seen from the component.
        rule: The rule or route that decided.
        address: The address it is about.
        cidrs: The address ranges it is about.
        packet_field: What of the packet no rule matches, in AWS's words.
        state: AWS's word for the state that is bad.
    """

    code: str
    about: About = field(default_factory=dict)
    direction: Direction | None = None
    rule: Rule | None = None
    address: Address | None = None
    cidrs: tuple[str, ...] = ()
    packet_field: str | None = None
    state: str | None = None


def explanations(blocker: Blocker) -> tuple[Explanation, ...]:
    """All that AWS would say of one obstacle; the first says most."""
    explain = _BY_FATE.get(blocker.fate)
    return tuple(explain(blocker)) if explain else (Explanation("NO_PATH"),)


# Filters.


def _security_groups(blocker: Blocker) -> Iterator[Explanation]:
    interface, direction = blocker.interface, blocker.hop.direction
    groups = [blocker.topology.security_group(each) for each in interface.group_ids]
    ingress = direction is Direction.INGRESS
    rules = [rule for each in groups for rule in (each.ingress if ingress else each.egress)]
    yield Explanation(
        "ENI_SG_RULES_MISMATCH" if rules else "SG_HAS_NO_RULES",
        {
            "NetworkInterface": interface.interface_id,
            "SecurityGroups": interface.group_ids,
            "Subnet": interface.subnet_id,
            "Vpc": interface.vpc_id,
        },
        direction,
        packet_field=_mismatch(blocker, groups, ingress=ingress) if rules else None,
    )


def _mismatch(blocker: Blocker, groups: list[SecurityGroup], *, ingress: bool) -> str | None:
    """The one thing that keeps a rule from matching, if it is one thing."""
    packet = blocker.packet
    peer = packet.source if ingress else packet.destination
    found = set()
    for group in groups:
        for rule in group.ingress if ingress else group.egress:
            from_there = peer_matches(blocker.topology, group, rule, peer)
            if rule_covers(rule, packet):
                found.add("source-address" if ingress else "destination-address")
            elif from_there:
                same = rule.protocol == packet.protocol and not packet.is_icmp
                found.add("destination-port" if same else "protocol")
    return found.pop() if len(found) == 1 else None


def _network_acl(blocker: Blocker) -> Iterator[Explanation]:
    hop = blocker.hop
    about = {"Acl": hop.component_ids[0], "Subnet": hop.subnet_id or "", "Vpc": hop.vpc_id or ""}
    yield Explanation("SUBNET_ACL_RESTRICTION", about, hop.direction, rule=hop.rule)


# Routes.


def _no_route(blocker: Blocker) -> Iterator[Explanation]:
    hop = blocker.hop
    yield Explanation(
        "NO_ROUTE_TO_DESTINATION",
        {**_table(blocker), "Vpc": hop.vpc_id or ""},
        address=blocker.packet.destination,
    )
    yield from disconnected(blocker)


def disconnected(blocker: Blocker) -> Iterator[Explanation]:
    """What is said of a packet for another VPC that nothing joins to the one it is in."""
    topology, here = blocker.topology, blocker.hop.vpc_id or ""
    there = {
        vpc.vpc_id
        for vpc in topology.vpcs.values()
        if topology.interface_at(vpc.vpc_id, blocker.packet.destination)
    }
    joined = {each.other_side(here) for each in topology.peerings.values() if each.is_active}
    joined |= _over_transit_gateways(blocker, here)
    if there and not there & {here, *joined}:
        about = {"SourceVpc": here, "DestinationVpc": min(there)}
        yield Explanation("DISCONNECTED_VPCS", about)


def _over_transit_gateways(blocker: Blocker, vpc_id: str) -> set[str | None]:
    attachments = blocker.topology.transit_attachments.values()
    of_vpc = {each.transit_gateway_id for each in attachments if each.vpc_id == vpc_id}
    return {each.vpc_id for each in attachments if each.transit_gateway_id in of_vpc}


def _blackhole(blocker: Blocker) -> Iterator[Explanation]:
    yield Explanation("BAD_STATE_ROUTE", _table(blocker), rule=blocker.hop.rule)
    route = blocker.hop.rule
    if isinstance(route, Route):
        yield from _bad_state(blocker, route)


def _table(blocker: Blocker) -> dict[str, str]:
    return {"RouteTable": blocker.hop.component_ids[0]}


def _bad_state(blocker: Blocker, route: Route) -> Iterator[Explanation]:
    """What is said of the component behind a route, if that is still known."""
    role, state = _STATE_ROLES.get(route.target), None
    peering = blocker.topology.peerings.get(route.target_id)
    if peering is not None:
        state = peering.status
    elif route.target is TargetKind.INTERNET_GATEWAY:
        state = "detached"
    if role is not None and state is not None:
        about = {"Component": route.target_id, role: route.target_id}
        yield Explanation("BAD_STATE", about, state=state)


def _peering(blocker: Blocker) -> Iterator[Explanation]:
    [peering_id] = blocker.hop.component_ids
    peering = blocker.topology.peering(peering_id)
    about = {"Component": peering_id, "VpcPeeringConnection": peering_id}
    yield Explanation("BAD_STATE", about, state=peering.status)


def _not_for_peer(blocker: Blocker) -> Iterator[Explanation]:
    [peering_id] = blocker.hop.component_ids
    entered = blocker.topology.peering(peering_id).other_side(blocker.hop.vpc_id or "") or ""
    yield Explanation(
        "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
        {"VpcPeeringConnection": peering_id, "Vpc": entered},
        address=blocker.packet.destination,
        cidrs=tuple(map(str, blocker.topology.vpc(entered).cidrs)),
    )


# Gateways.


def _internet_gateway(blocker: Blocker) -> Iterator[Explanation]:
    packet, interface = blocker.packet, blocker.interface
    about = {"InternetGateway": blocker.hop.component_ids[0], "Vpc": blocker.hop.vpc_id or ""}
    if not is_public(packet.destination):
        shared = packet.destination in _SHARED
        block = "RFC6598" if shared else "RFC1918"
        code = f"IGW_DESTINATION_ADDRESS_NOT_IN_{block}_EGRESS"
        yield Explanation(code, about, address=packet.destination)
    about |= {"NetworkInterface": interface.interface_id}
    if packet.source not in interface.addresses:
        yield Explanation("GATEWAY_REJECTS_SPOOFED_TRAFFIC", about, address=packet.source)
    elif interface.public_address is None or packet.source != interface.addresses[0]:
        yield Explanation("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", about, address=packet.source)


def _left(blocker: Blocker) -> Iterator[Explanation]:
    about = {"InternetGateway": blocker.hop.component_ids[0]}
    address = blocker.packet.destination
    yield Explanation("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", about, address=address)


# Ends.


def _nobody(blocker: Blocker) -> Iterator[Explanation]:
    about = {"Vpc": blocker.hop.vpc_id or ""}
    yield Explanation("NO_POSSIBLE_DESTINATION", about, address=blocker.packet.destination)


def _service(blocker: Blocker) -> Iterator[Explanation]:
    yield Explanation("UNKNOWN_DESTINATION", address=blocker.packet.destination)


def _source_check(blocker: Blocker) -> Iterator[Explanation]:
    about = {"NetworkInterface": blocker.interface.interface_id}
    code = "ENI_SOURCE_DEST_CHECK_RESTRICTION"
    yield Explanation(code, about, Direction.EGRESS, address=blocker.packet.source)


def _astray(blocker: Blocker) -> Iterator[Explanation]:
    about = {"NetworkInterface": blocker.walk.sender_id}
    address = blocker.walk.packet.source
    yield Explanation("ENI_ADDRESS_RESTRICTION", about, Direction.INGRESS, address=address)


def _host(blocker: Blocker) -> Iterator[Explanation]:
    yield stopped(blocker.interface.instance_id or "", blocker.interface.interface_id)


def stopped(instance_id: str, interface_id: str) -> Explanation:
    """What is said of an instance that does not run."""
    about = {"Component": instance_id, "NetworkInterface": interface_id}
    return Explanation("BAD_STATE", about, state=HostState.STOPPED.value)


_BY_FATE: Final[Mapping[Fate, Callable[[Blocker], Iterator[Explanation]]]] = {
    Fate.DENIED_BY_SECURITY_GROUP: _security_groups,
    Fate.DENIED_BY_NETWORK_ACL: _network_acl,
    Fate.NO_ROUTE: _no_route,
    Fate.BLACKHOLE: _blackhole,
    Fate.PEERING_NOT_ACTIVE: _peering,
    Fate.NOT_FOR_PEER: _not_for_peer,
    Fate.REFUSED_BY_INTERNET_GATEWAY: _internet_gateway,
    Fate.LEFT_FOR_INTERNET: _left,
    Fate.NO_SUCH_ADDRESS: _nobody,
    Fate.AMAZON_SERVICE: _service,
    Fate.SOURCE_CHECK: _source_check,
    Fate.REPLY_ASTRAY: _astray,
    Fate.HOST_DOWN: _host,
}
