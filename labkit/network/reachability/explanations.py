"""
One obstacle on a way in, all that AWS would say of it out, in its explanation codes.

AWS names a code, and the components, rules and values it is about; several can
be true of one obstacle, such as a route that is a blackhole and the peering
connection behind it that was deleted. Every fate of a walk that is no answer
has a function here, or in ``gateway_explanations``.

Source: Amazon VPC Reachability Analyzer Guide, "Explanation codes". AWS does
not say which code it gives where; this is our reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.network.filtering import peer_matches, rule_covers
from labkit.network.hops import Fate
from labkit.network.packet import Direction
from labkit.network.reachability import gateway_explanations as of_gateway
from labkit.network.reachability.explanation import Explanation
from labkit.network.topology import HostState, Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from labkit.network.blocker import Blocker
    from labkit.network.topology import SecurityGroup, SecurityGroupRule


def explanations(blocker: Blocker) -> tuple[Explanation, ...]:
    """All that AWS would say of one obstacle; the first says most."""
    explain = _BY_FATE.get(blocker.fate, _no_path)
    return tuple(explain(blocker)) or (Explanation("NO_PATH"),)


# Filters.


def _security_groups(blocker: Blocker) -> Iterator[Explanation]:
    interface, direction = blocker.interface, blocker.hop.direction or Direction.EGRESS
    groups = [blocker.topology.security_group(each) for each in interface.group_ids]
    rules = [(group, rule) for group in groups for rule in group.rules(direction)]
    yield Explanation(
        "ENI_SG_RULES_MISMATCH" if rules else "SG_HAS_NO_RULES",
        {
            "NetworkInterface": interface.interface_id,
            "SecurityGroups": interface.group_ids,
            "Subnet": interface.subnet_id,
            "Vpc": interface.vpc_id,
        },
        direction,
        packet_field=_mismatch(blocker, rules, direction),
    )


def _mismatch(
    blocker: Blocker, rules: list[tuple[SecurityGroup, SecurityGroupRule]], direction: Direction
) -> str | None:
    """The one thing that keeps a rule from matching, if it is one thing."""
    packet = blocker.packet
    found = set()
    for group, rule in rules:
        if rule_covers(rule, packet):
            ingress = direction is Direction.INGRESS
            found.add("source-address" if ingress else "destination-address")
        elif peer_matches(blocker.topology, group, rule, packet.peer(direction)):
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
    yield from _disconnected(blocker)


def _disconnected(blocker: Blocker) -> Iterator[Explanation]:
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
        yield from of_gateway.bad_state(blocker.topology, route)


def _table(blocker: Blocker) -> dict[str, str]:
    return {"RouteTable": blocker.hop.component_ids[0]}


# Ends.


def _nobody(blocker: Blocker) -> Iterator[Explanation]:
    if blocker.hop.vpc_id is None:  # an outside host sent it, and it never came in
        yield from of_gateway.left(blocker)
        return
    about = {"Vpc": blocker.hop.vpc_id}
    yield Explanation("NO_POSSIBLE_DESTINATION", about, address=blocker.packet.destination)


def _no_path(_: Blocker) -> Iterator[Explanation]:
    yield Explanation("NO_PATH")


def _service(blocker: Blocker) -> Iterator[Explanation]:
    yield Explanation("UNKNOWN_DESTINATION", address=blocker.packet.destination)


def _source_check(blocker: Blocker) -> Iterator[Explanation]:
    direction = blocker.hop.direction or Direction.EGRESS
    packet, about = blocker.packet, {"NetworkInterface": blocker.interface.interface_id}
    address = packet.destination if direction is Direction.INGRESS else packet.source
    yield Explanation("ENI_SOURCE_DEST_CHECK_RESTRICTION", about, direction, address=address)


def _astray(blocker: Blocker) -> Iterator[Explanation]:
    about = {"NetworkInterface": blocker.walk.sender_id}
    address = blocker.walk.packet.source
    yield Explanation("ENI_ADDRESS_RESTRICTION", about, Direction.INGRESS, address=address)


def _host(blocker: Blocker) -> Iterator[Explanation]:
    interface = blocker.interface
    if interface.instance_id is not None:
        yield stopped(interface.instance_id, interface.interface_id)
        return
    about = {"NetworkInterface": interface.interface_id}
    yield Explanation("NO_POSSIBLE_DESTINATION", about, address=blocker.packet.destination)


def stopped(instance_id: str, interface_id: str) -> Explanation:
    """What is said of an instance that does not run."""
    about = {"Component": instance_id, "NetworkInterface": interface_id}
    return Explanation("BAD_STATE", about, state=HostState.STOPPED.value)


_BY_FATE: Final[Mapping[Fate, Callable[[Blocker], Iterator[Explanation]]]] = {
    Fate.DENIED_BY_SECURITY_GROUP: _security_groups,
    Fate.DENIED_BY_NETWORK_ACL: _network_acl,
    Fate.NO_ROUTE: _no_route,
    Fate.BLACKHOLE: _blackhole,
    Fate.PEERING_NOT_ACTIVE: of_gateway.peering,
    Fate.NOT_FOR_PEER: of_gateway.not_for_peer,
    Fate.REFUSED_BY_INTERNET_GATEWAY: of_gateway.internet_gateway,
    Fate.LEFT_FOR_INTERNET: of_gateway.left,
    Fate.NAT_GATEWAY_NOT_AVAILABLE: of_gateway.nat_gateway_down,
    Fate.REFUSED_BY_NAT_GATEWAY: of_gateway.nat_gateway,
    Fate.NO_NAT_FLOW: of_gateway.no_nat_flow,
    Fate.REFUSED_BY_GATEWAY_ENDPOINT: of_gateway.gateway_endpoint,
    Fate.NO_TRANSIT_ATTACHMENT: of_gateway.not_attached,
    Fate.NO_TRANSIT_TABLE: of_gateway.transit_route,
    Fate.NO_TRANSIT_ROUTE: of_gateway.transit_route,
    Fate.TRANSIT_BLACKHOLE: of_gateway.transit_route,
    Fate.NO_SUCH_ADDRESS: _nobody,
    Fate.AMAZON_SERVICE: _service,
    Fate.LEFT_FOR_SERVICE: _service,
    Fate.SOURCE_CHECK: _source_check,
    Fate.REPLY_ASTRAY: _astray,
    Fate.REPLY_FROM_ELSEWHERE: of_gateway.from_elsewhere,
    Fate.HOST_DOWN: _host,
    # Egress-only gateways are for IPv6, which the analyzer does not know.
    Fate.REFUSED_BY_EGRESS_ONLY_GATEWAY: _no_path,
    Fate.ROUTING_LOOP: _no_path,
}
