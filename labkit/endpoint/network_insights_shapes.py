"""
An analysis in, the members of AWS's NetworkInsightsAnalysis that tell its result out.

AWS prints some values of an analysis in words of their own: a header has its
protocol as a number and its addresses with the length of their prefix, a
security group rule has the name of its protocol, a route its origin in lower
case.

Source: Amazon EC2 API Reference, PathComponent and Explanation; the samples of
the Amazon VPC Reachability Analyzer Guide, "Getting started using the CLI".
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from labkit.network.packet import Direction, Protocol
from labkit.network.topology import NetworkAclEntry, Route, SecurityGroupRule, TargetKind
from labkit.network.ways_out import TransitRoute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.network.packet import Packet
    from labkit.network.reachability import Analysis, Explanation, PathComponent
    from labkit.network.reachability.explanation import Rule

_ARN_TYPES: Final = {
    "acl": "network-acl",
    "eigw": "egress-only-internet-gateway",
    "eni": "network-interface",
    "i": "instance",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "pcx": "vpc-peering-connection",
    "pl": "prefix-list",
    "rtb": "route-table",
    "sg": "security-group",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "tgw-attach": "transit-gateway-attachment",
    "tgw-rtb": "transit-gateway-route-table",
    "vgw": "vpn-gateway",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}
_PROTOCOL_NAMES: Final = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", None: "all"}
_WITH_PORTS: Final = (Protocol.TCP, Protocol.UDP)
_TARGETS: Final = {
    TargetKind.PEERING: "VpcPeeringConnectionId",
    TargetKind.NAT_GATEWAY: "NatGatewayId",
    TargetKind.EGRESS_ONLY_GATEWAY: "EgressOnlyInternetGatewayId",
    TargetKind.NETWORK_INTERFACE: "NetworkInterfaceId",
    TargetKind.TRANSIT_GATEWAY: "TransitGatewayId",
}


@dataclass(frozen=True, slots=True)
class Naming:
    """
    How components are named.

    Args:
        region: The Region analyzed.
        account_id: Whose resources they are.
        names: Name tags by id.
    """

    region: str
    account_id: str
    names: Mapping[str, str]

    def component(self, resource_id: str) -> dict[str, str]:
        """An AnalysisComponent."""
        shown = {"Id": resource_id, "Arn": self.arn(resource_id)}
        name = self.names.get(resource_id)
        return {**shown, "Name": name} if name else shown

    def arn(self, resource_id: str) -> str:
        """The ARN of a resource of EC2's."""
        kind = _ARN_TYPES.get(resource_id.rpartition("-")[0], "resource")
        return f"arn:aws:ec2:{self.region}:{self.account_id}:{kind}/{resource_id}"


def shown(analysis: Analysis, naming: Naming) -> dict[str, Any]:
    """The members that tell what an analysis found."""
    if analysis.unknown:
        return {"Status": "failed", "StatusMessage": analysis.unknown}
    return {
        "Status": "succeeded",
        "NetworkPathFound": analysis.found,
        "ForwardPathComponents": _components(analysis.forward, naming),
        "ReturnPathComponents": _components(analysis.back, naming),
        "Explanations": [_explanation(each, naming) for each in analysis.explanations],
    }


def _components(passed: tuple[PathComponent, ...], naming: Naming) -> list[dict[str, Any]]:
    return [
        {"SequenceNumber": number, **_component(each, naming)}
        for number, each in enumerate(passed, 1)
    ]


def _component(passed: PathComponent, naming: Naming) -> dict[str, Any]:
    others = {
        "AttachedTo": passed.attached_to,
        "Subnet": passed.subnet_id,
        "Vpc": passed.vpc_id,
        "SourceVpc": passed.source_vpc_id,
        "DestinationVpc": passed.destination_vpc_id,
        "TransitGateway": passed.transit_gateway_id,
    }
    headers = {"InboundHeader": passed.inbound, "OutboundHeader": passed.outbound}
    direction = passed.hop.direction if passed.hop else None
    return {
        "Component": naming.component(passed.component_id),
        **{role: naming.component(each) for role, each in others.items() if each},
        **{name: _header(packet) for name, packet in headers.items() if packet},
        **_rule(passed.rule, direction),
        "AdditionalDetails": [],
        "Explanations": [],
    }


def _explanation(said: Explanation, naming: Naming) -> dict[str, Any]:
    values = {
        "Direction": said.direction.value if said.direction else None,
        "Address": str(said.address) if said.address else None,
        "Cidrs": list(said.cidrs),
        "PacketField": said.packet_field,
        "State": said.state,
        "AvailabilityZones": list(said.zones),
        "Protocols": list(said.protocols),
    }
    return {
        "ExplanationCode": said.code,
        **{role: _about(each, naming) for role, each in said.about.items() if each},
        **_rule(said.rule, said.direction),
        **{name: value for name, value in values.items() if value},
    }


def _about(ids: str | tuple[str, ...], naming: Naming) -> Any:  # noqa: ANN401  one component or a list
    if isinstance(ids, tuple):
        return [naming.component(each) for each in ids]
    return naming.component(ids)


def _header(packet: Packet) -> dict[str, Any]:
    ports = {
        "SourcePortRanges": _ports(packet.source_port, packet.source_port),
        "DestinationPortRanges": _ports(packet.destination_port, packet.destination_port),
    }
    return {
        "SourceAddresses": [str(ip_network(packet.source))],
        "DestinationAddresses": [str(ip_network(packet.destination))],
        "Protocol": str(int(packet.protocol)),
        **(
            {name: [span] for name, span in ports.items()} if packet.protocol in _WITH_PORTS else {}
        ),
    }


def _ports(first: int, last: int) -> dict[str, int]:
    return {"From": first, "To": last}


def _protocol(number: int | None) -> str:
    return _PROTOCOL_NAMES.get(number, str(number))


def _rule(rule: Rule | None, direction: Direction | None) -> dict[str, Any]:
    if isinstance(rule, SecurityGroupRule):
        return {"SecurityGroupRule": _group_rule(rule, direction)}
    if isinstance(rule, NetworkAclEntry):
        return {"AclRule": _acl_rule(rule)}
    if isinstance(rule, TransitRoute):
        return {"TransitGatewayRouteTableRoute": _transit_route(rule)}
    return {"RouteTableRoute": _route(rule)} if isinstance(rule, Route) else {}


def _group_rule(rule: SecurityGroupRule, direction: Direction | None) -> dict[str, Any]:
    peer = {
        "Cidr": str(rule.cidr) if rule.cidr else None,
        "SecurityGroupId": rule.group_id,
        "PrefixListId": rule.prefix_list_id,
    }
    has_ports = rule.protocol in _WITH_PORTS and rule.from_port >= 0
    return {
        **{name: value for name, value in peer.items() if value},
        **({"Direction": direction.value} if direction else {}),
        **({"PortRange": _ports(rule.from_port, rule.to_port)} if has_ports else {}),
        "Protocol": _protocol(rule.protocol),
    }


def _acl_rule(entry: NetworkAclEntry) -> dict[str, Any]:
    return {
        "Cidr": str(entry.cidr),
        "Egress": entry.egress,
        **({"PortRange": _ports(*entry.ports)} if entry.ports else {}),
        "Protocol": _protocol(entry.protocol),
        "RuleAction": "allow" if entry.allow else "deny",
        "RuleNumber": entry.number,
    }


def _route(route: Route) -> dict[str, Any]:
    local = route.target is TargetKind.LOCAL
    origin = "createroutetable" if local else "createroute"
    return {
        **({"DestinationCidr": str(route.destination)} if route.destination else {}),
        **({"DestinationPrefixListId": route.prefix_list_id} if route.prefix_list_id else {}),
        _TARGETS.get(route.target, "GatewayId"): route.target_id,
        "Origin": "enablevgwroutepropagation" if route.propagated else origin,
        "State": route.state.value,
    }


def _transit_route(route: TransitRoute) -> dict[str, Any]:
    return {
        "DestinationCidr": str(route.destination),
        **(
            {"AttachmentId": route.attachment_id, "ResourceType": "vpc"}
            if route.attachment_id
            else {}
        ),
        "RouteOrigin": "propagated" if route.propagated else "static",
        "State": route.state.value,
    }
