"""
A network in, everything in it that can be taken away and put back out.

A switch is two boto3 calls: one takes a route or a rule away, the other puts
the very same one back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from labkit.network.explain import entry_text, route_text, rule_text
from labkit.network.names import short
from labkit.network.topology import TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.topology import (
        NetworkAcl,
        NetworkAclEntry,
        Route,
        RouteTable,
        SecurityGroup,
        SecurityGroupRule,
        Topology,
    )

# What CreateRoute calls each kind of target.
_TARGETS: Final = {
    TargetKind.PEERING: "VpcPeeringConnectionId",
    TargetKind.INTERNET_GATEWAY: "GatewayId",
    TargetKind.NAT_GATEWAY: "NatGatewayId",
    TargetKind.EGRESS_ONLY_GATEWAY: "EgressOnlyInternetGatewayId",
    TargetKind.NETWORK_INTERFACE: "NetworkInterfaceId",
    TargetKind.TRANSIT_GATEWAY: "TransitGatewayId",
    TargetKind.VIRTUAL_PRIVATE_GATEWAY: "GatewayId",
}
_DEFAULT_ENTRY: Final = 32767
_ANY_PROTOCOL: Final = "-1"
_WAYS: Final = {"ingress": "in", "egress": "out"}
_NO_BRACKETS: Final = str.maketrans("", "", "[]")
# How people write these in security groups; network ACLs take numbers only.
_PROTOCOLS: Final = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the EC2 client, ready to be made or shown."""

    operation: str
    arguments: dict[str, Any]

    def on(self, ec2: Any) -> None:  # noqa: ANN401  boto3 clients carry no type
        """
        Make the call.

        Raises:
            ClientError: AWS refuses it.
        """
        getattr(ec2, self.operation)(**self.arguments)

    def __str__(self) -> str:
        written = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"ec2.{self.operation}({written})"


@dataclass(frozen=True, slots=True)
class Switch:
    """
    One route, security group rule or network ACL entry.

    Args:
        name: What it is called, and no other switch of its network.
        place: The table, group or list that holds it.
        what: The row itself.
        take_away: Removes it.
        put_back: Makes it again, exactly.
    """

    name: str
    place: str
    what: str
    take_away: Call = field(repr=False)
    put_back: Call = field(repr=False)


def switches(topology: Topology) -> tuple[Switch, ...]:
    """
    Every route, rule and entry of *topology* that somebody made, table by table.

    Only of tables, groups and lists that are in use: the others decide nothing.
    """
    tables = [each for each in topology.route_tables.values() if each.subnet_ids or each.main]
    worn = {group_id for each in topology.interfaces.values() for group_id in each.group_ids}
    groups = [each for each in topology.security_groups.values() if each.group_id in worn]
    acls = [each for each in topology.network_acls.values() if each.subnet_ids]
    kinds = [
        [each for table in tables for each in _routes(topology, table)],
        [each for group in groups for each in _rules(topology, group)],
        [each for acl in acls for each in _entries(topology, acl)],
    ]
    return tuple(each for kind in kinds for each in sorted(kind, key=lambda switch: switch.name))


def _routes(topology: Topology, table: RouteTable) -> Iterator[Switch]:
    place = f"route table {short(topology, table.route_table_id)}"
    for route in table.routes:
        if route.target in _TARGETS and not route.propagated:
            what = route_text(route, topology).removesuffix(f" ({route.target_id})")
            at = {"RouteTableId": table.route_table_id, **_destination(route)}
            target = {_TARGETS[route.target]: route.target_id}
            calls = Call("delete_route", at), Call("create_route", {**at, **target})
            yield Switch(f"{place}, {what}", place, what, *calls)


def _destination(route: Route) -> dict[str, str]:
    if route.prefix_list_id:
        return {"DestinationPrefixListId": route.prefix_list_id}
    version = route.destination.version if route.destination else 4
    key = "DestinationCidrBlock" if version == 4 else "DestinationIpv6CidrBlock"
    return {key: str(route.destination)}


def _rules(topology: Topology, group: SecurityGroup) -> Iterator[Switch]:
    for way, rules in (("ingress", group.ingress), ("egress", group.egress)):
        place = f"security group {_group_name(topology, group)}"
        for rule in rules:
            what = f"{_WAYS[way]}: {rule_text(rule)[1:-1]}"
            if rule.group_id:
                what = what.replace(rule.group_id, short(topology, rule.group_id))
            arguments = {"GroupId": group.group_id, "IpPermissions": [_permission(rule)]}
            calls = (
                Call(f"{verb}_security_group_{way}", arguments) for verb in ("revoke", "authorize")
            )
            yield Switch(f"{place}, {what}", place, what, *calls)


def _group_name(topology: Topology, group: SecurityGroup) -> str:
    """Its name, with its id if another group bears the same: every VPC has a ``default``."""
    same = [each for each in topology.security_groups.values() if each.name == group.name]
    return group.name if len(same) == 1 else f"{group.name} ({group.group_id})"


def _permission(rule: SecurityGroupRule) -> dict[str, Any]:
    """The rule as an ``IpPermissions`` item."""
    permission: dict[str, Any] = {
        "IpProtocol": _PROTOCOLS.get(rule.protocol or -1, _protocol(rule.protocol))
    }
    if rule.protocol is not None:
        permission |= {"FromPort": rule.from_port, "ToPort": rule.to_port}
    if rule.cidr is None:
        peers = ("UserIdGroupPairs", "GroupId", rule.group_id)
        if rule.prefix_list_id:
            peers = ("PrefixListIds", "PrefixListId", rule.prefix_list_id)
    elif rule.cidr.version == 4:
        peers = ("IpRanges", "CidrIp", str(rule.cidr))
    else:
        peers = ("Ipv6Ranges", "CidrIpv6", str(rule.cidr))
    key, name, value = peers
    return {**permission, key: [{name: value}]}


def _protocol(number: int | None) -> str:
    return _ANY_PROTOCOL if number is None else str(number)


def _entries(topology: Topology, acl: NetworkAcl) -> Iterator[Switch]:
    for entry in acl.entries:
        if entry.number >= _DEFAULT_ENTRY:
            continue
        way = _WAYS["egress" if entry.egress else "ingress"]
        place = f"network ACL {short(topology, acl.network_acl_id)}"
        at = {
            "NetworkAclId": acl.network_acl_id,
            "RuleNumber": entry.number,
            "Egress": entry.egress,
        }
        create = Call("create_network_acl_entry", {**at, **_entry(entry)})
        what = f"{way}: {entry_text(entry).removeprefix('rule ').translate(_NO_BRACKETS)}"
        yield Switch(f"{place}, {what}", place, what, Call("delete_network_acl_entry", at), create)


def _entry(entry: NetworkAclEntry) -> dict[str, Any]:
    """The rest of CreateNetworkAclEntry's arguments."""
    arguments: dict[str, Any] = {
        "Protocol": _protocol(entry.protocol),
        "RuleAction": "allow" if entry.allow else "deny",
        "CidrBlock" if entry.cidr.version == 4 else "Ipv6CidrBlock": str(entry.cidr),
    }
    if entry.protocol in (1, 58):
        arguments["IcmpTypeCode"] = {"Type": entry.icmp_type, "Code": entry.icmp_code}
    elif entry.ports is not None:
        arguments["PortRange"] = {"From": entry.ports[0], "To": entry.ports[1]}
    return arguments
