"""
AWS's describe answers in, a Topology out.

The same function reads the embedded AWS and a live account, so what the lab
draws and explains works on both. Answers about gateways beyond the internet
gateway are read in ``read_gateways``, which also says when they are worth
asking for.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import TopologyError
from labkit.network import read_gateways
from labkit.network.items import Answer, Answers, attached_vpcs, by_id, name_of, network
from labkit.network.topology import (
    Host,
    HostState,
    Interface,
    NetworkAcl,
    NetworkAclEntry,
    Peering,
    Route,
    RouteState,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    TargetKind,
    Topology,
    Vpc,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from labkit.network.packet import Address
    from labkit.network.ways_out import OutsideHost

__all__ = ["DESCRIBE_CALLS", "Answer", "Answers", "name_of", "read"]

# The describe calls every snapshot needs, and the key each answers under.
DESCRIBE_CALLS: Final = {
    "describe_vpcs": "Vpcs",
    "describe_subnets": "Subnets",
    "describe_instances": "Reservations",
    "describe_network_interfaces": "NetworkInterfaces",
    "describe_route_tables": "RouteTables",
    "describe_security_groups": "SecurityGroups",
    "describe_network_acls": "NetworkAcls",
    "describe_vpc_peering_connections": "VpcPeeringConnections",
    "describe_internet_gateways": "InternetGateways",
}

_PROTOCOL_NUMBERS: Final = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}
_ALL_PROTOCOLS: Final = "-1"
_PROPAGATED: Final = ("EnableVgwRoutePropagation", "Advertisement")

# First match wins: a route through an instance names its interface too.
_TARGET_KEYS: Final = (
    ("VpcPeeringConnectionId", TargetKind.PEERING),
    ("NatGatewayId", TargetKind.NAT_GATEWAY),
    ("TransitGatewayId", TargetKind.TRANSIT_GATEWAY),
    ("EgressOnlyInternetGatewayId", TargetKind.EGRESS_ONLY_GATEWAY),
    ("NetworkInterfaceId", TargetKind.NETWORK_INTERFACE),
    ("InstanceId", TargetKind.OTHER),
    ("CarrierGatewayId", TargetKind.OTHER),
    ("LocalGatewayId", TargetKind.OTHER),
    ("CoreNetworkArn", TargetKind.OTHER),
)
_GATEWAY_PREFIXES: Final = (
    ("local", TargetKind.LOCAL),
    ("igw-", TargetKind.INTERNET_GATEWAY),
    ("vgw-", TargetKind.VIRTUAL_PRIVATE_GATEWAY),
    ("vpce-", TargetKind.VPC_ENDPOINT),
)


def read(
    answers: Answers,
    *,
    hosts: Mapping[str, Host] | None = None,
    region: str = "",
    outside: Mapping[Address, OutsideHost] | None = None,
) -> Topology:
    """
    The network that a set of describe answers describes.

    Args:
        answers: Lists of items as the EC2 API returns them, each under its
            response key (``Vpcs``, ``Subnets``, ``Reservations``, ...; see
            DESCRIBE_CALLS, and GATEWAY_CALLS in ``read_gateways``). A missing
            key counts as an empty list.
        hosts: What is known of the operating systems, by instance id. Hosts
            not named answer pings and listen on TCP port 22.
        region: The AWS Region that answered; answers do not name it themselves.
        outside: The hosts on the internet that are known, each by its address.

    Raises:
        TopologyError: An item lacks a field that AWS always sends, or holds
            an address, CIDR block or protocol that is none.
    """
    try:
        return Topology(
            vpcs=by_id(answers, "Vpcs", "VpcId", partial(_vpc, region=region)),
            subnets=by_id(answers, "Subnets", "SubnetId", _subnet),
            interfaces=read_gateways.as_gateways_tell(answers, _interfaces(answers, hosts or {})),
            route_tables=by_id(answers, "RouteTables", "RouteTableId", _route_table),
            security_groups=by_id(answers, "SecurityGroups", "GroupId", _security_group),
            network_acls=by_id(answers, "NetworkAcls", "NetworkAclId", _network_acl),
            peerings=by_id(answers, "VpcPeeringConnections", "VpcPeeringConnectionId", _peering),
            internet_gateways=_internet_gateways(answers),
            internet_gateway_names=_internet_gateway_names(answers),
            outside=dict(outside or {}),
            **read_gateways.read(answers),
        )
    except KeyError as missing:
        raise TopologyError(f"A describe answer lacks the field {missing}.") from missing
    except ValueError as wrong:
        raise TopologyError(f"A describe answer holds a value that cannot be: {wrong}.") from wrong


def _vpc(item: Answer, region: str) -> Vpc:
    blocks = [item["CidrBlock"]]
    blocks += [
        association["CidrBlock"]
        for association in item.get("CidrBlockAssociationSet") or ()
        if association["CidrBlockState"]["State"] == "associated"
    ]
    blocks += _ipv6_blocks(item)
    cidrs = tuple(dict.fromkeys(map(network, blocks)))
    return Vpc(item["VpcId"], cidrs, name_of(item), region, item.get("OwnerId", ""))


def _ipv6_blocks(item: Answer) -> list[str]:
    return [
        association["Ipv6CidrBlock"]
        for association in item.get("Ipv6CidrBlockAssociationSet") or ()
        if association["Ipv6CidrBlockState"]["State"] == "associated"
    ]


def _subnet(item: Answer) -> Subnet:
    # A subnet made for IPv6 alone has no IPv4 block at all.
    ipv4_blocks = [item["CidrBlock"]] if item.get("CidrBlock") else []
    cidrs = tuple(map(network, [*ipv4_blocks, *_ipv6_blocks(item)]))
    zone, zone_id = item.get("AvailabilityZone", ""), item.get("AvailabilityZoneId", "")
    return Subnet(item["SubnetId"], item["VpcId"], cidrs, name_of(item), zone, zone_id)


def _interfaces(answers: Answers, hosts: Mapping[str, Host]) -> dict[str, Interface]:
    instances = {
        instance["InstanceId"]: instance
        for reservation in answers.get("Reservations", ())
        for instance in reservation["Instances"]
    }
    make = partial(_interface, instances=instances, hosts=hosts)
    return by_id(answers, "NetworkInterfaces", "NetworkInterfaceId", make)


def _interface(
    item: Answer, instances: Mapping[str, Answer], hosts: Mapping[str, Host]
) -> Interface:
    attachment = item.get("Attachment") or {}
    instance_id = attachment.get("InstanceId")
    instance = instances.get(instance_id) if instance_id else None
    public = (item.get("Association") or {}).get("PublicIp")
    return Interface(
        interface_id=item["NetworkInterfaceId"],
        subnet_id=item["SubnetId"],
        vpc_id=item["VpcId"],
        addresses=_addresses(item),
        group_ids=tuple(group["GroupId"] for group in item.get("Groups") or ()),
        name=name_of(instance) if instance else name_of(item),
        instance_id=instance_id,
        account_id=item.get("OwnerId", ""),
        public_address=ip_address(public) if public else None,
        source_dest_check=item.get("SourceDestCheck", True),
        requester_managed=item.get("RequesterManaged", False),
        interface_type=item.get("InterfaceType", "interface"),
        host=_host(instance, hosts),
        device_index=attachment.get("DeviceIndex", 0),
    )


def _addresses(item: Answer) -> tuple[Any, ...]:
    private = [item["PrivateIpAddress"]] if item.get("PrivateIpAddress") else []
    private += [entry["PrivateIpAddress"] for entry in item.get("PrivateIpAddresses") or ()]
    private += [entry["Ipv6Address"] for entry in item.get("Ipv6Addresses") or ()]
    return tuple(dict.fromkeys(map(ip_address, private)))


def _host(instance: Answer | None, hosts: Mapping[str, Host]) -> Host:
    if instance is None:
        return Host(state=HostState.ABSENT)
    running = instance["State"]["Name"] == "running"
    state = HostState.RUNNING if running else HostState.STOPPED
    return replace(hosts.get(instance["InstanceId"], Host()), state=state)


def _route_table(item: Answer) -> RouteTable:
    associations = item.get("Associations") or ()
    return RouteTable(
        item["RouteTableId"],
        item["VpcId"],
        # A filtered route was advertised but is not in force.
        tuple(_route(route) for route in item.get("Routes") or () if _is_in_force(route)),
        frozenset(a["SubnetId"] for a in associations if a.get("SubnetId")),
        any(association.get("Main") for association in associations),
        name_of(item),
    )


def _is_in_force(item: Answer) -> bool:
    return bool(item.get("State") != "filtered")


def _route(item: Answer) -> Route:
    block = item.get("DestinationCidrBlock") or item.get("DestinationIpv6CidrBlock")
    target, target_id = _target(item)
    return Route(
        network(block) if block else None,
        target,
        target_id,
        RouteState.BLACKHOLE if item.get("State") == "blackhole" else RouteState.ACTIVE,
        item.get("Origin") in _PROPAGATED,
        item.get("DestinationPrefixListId"),
    )


def _target(item: Answer) -> tuple[TargetKind, str]:
    gateway = item.get("GatewayId")
    if gateway:
        kinds = (kind for prefix, kind in _GATEWAY_PREFIXES if gateway.startswith(prefix))
        return next(kinds, TargetKind.OTHER), gateway
    for key, kind in _TARGET_KEYS:
        if item.get(key):
            return kind, item[key]
    # A route whose target is gone altogether, as AWS shows some blackholes.
    return TargetKind.OTHER, "unknown target"


def _security_group(item: Answer) -> SecurityGroup:
    return SecurityGroup(
        item["GroupId"],
        item["VpcId"],
        item["GroupName"],
        tuple(_rules(item.get("IpPermissions") or ())),
        tuple(_rules(item.get("IpPermissionsEgress") or ())),
    )


def _rules(permissions: Sequence[Answer]) -> Iterator[SecurityGroupRule]:
    """One rule per source: AWS lists many sources under one permission."""
    for permission in permissions:
        rule = SecurityGroupRule(
            _protocol(permission["IpProtocol"]),
            permission.get("FromPort", -1),
            permission.get("ToPort", -1),
        )
        for source in permission.get("IpRanges") or ():
            yield replace(rule, cidr=network(source["CidrIp"]))
        for source in permission.get("Ipv6Ranges") or ():
            yield replace(rule, cidr=network(source["CidrIpv6"]))
        for source in permission.get("UserIdGroupPairs") or ():
            yield replace(rule, group_id=source["GroupId"])
        for source in permission.get("PrefixListIds") or ():
            yield replace(rule, prefix_list_id=source["PrefixListId"])


def _protocol(text: str) -> int | None:
    if text == _ALL_PROTOCOLS:
        return None
    return _PROTOCOL_NUMBERS[text] if text in _PROTOCOL_NUMBERS else int(text)


def _network_acl(item: Answer) -> NetworkAcl:
    return NetworkAcl(
        item["NetworkAclId"],
        item["VpcId"],
        tuple(_acl_entry(entry) for entry in item.get("Entries") or ()),
        frozenset(association["SubnetId"] for association in item.get("Associations") or ()),
        item.get("IsDefault", False),
        name_of(item),
    )


def _acl_entry(item: Answer) -> NetworkAclEntry:
    ports = item.get("PortRange") or {}
    icmp = item.get("IcmpTypeCode") or {}
    return NetworkAclEntry(
        item["RuleNumber"],
        item["Egress"],
        item["RuleAction"] == "allow",
        network(item.get("CidrBlock") or item["Ipv6CidrBlock"]),
        _protocol(item["Protocol"]),
        (ports["From"], ports["To"]) if ports else None,
        icmp.get("Type", -1),
        icmp.get("Code", -1),
    )


def _peering(item: Answer) -> Peering:
    requester, accepter = item["RequesterVpcInfo"], item["AccepterVpcInfo"]
    return Peering(
        item["VpcPeeringConnectionId"],
        requester["VpcId"],
        accepter["VpcId"],
        item["Status"]["Code"],
        name_of(item),
        _differ(requester.get("Region"), accepter.get("Region")),
    )


def _differ(one: str | None, other: str | None) -> bool:
    """Whether both are known, and not the same."""
    return one is not None and other is not None and one != other


def _internet_gateways(answers: Answers) -> dict[str, str]:
    """VPC by gateway; one that is not attached to any VPC leads nowhere."""
    return {
        item["InternetGatewayId"]: vpc_id
        for item in answers.get("InternetGateways", ())
        for vpc_id in attached_vpcs(item)
    }


def _internet_gateway_names(answers: Answers) -> dict[str, str]:
    """Name tag by gateway, attached or not: a route may still lead to one that is detached."""
    gateways = answers.get("InternetGateways", ())
    return {item["InternetGatewayId"]: name for item in gateways if (name := name_of(item))}
