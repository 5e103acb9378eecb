"""
The lab's own mark on what it builds, and finding it again by that mark.

Every resource carries two tags: ``labkit`` holds the lab's name and ``Name``
the resource's own. A second build finds what a first one made, even one that
was cut off half-way, and teardown takes away what is marked and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

LAB_TAG: Final = "labkit"


class Kind(NamedTuple):
    """How EC2 lists one kind of resource, and which states no longer count."""

    call: str
    key: str
    id_key: str
    state_filter: tuple[str, tuple[str, ...]] | None = None
    vpc_filter: str = "vpc-id"


KINDS: Final[Mapping[str, Kind]] = {
    "vpc": Kind("describe_vpcs", "Vpcs", "VpcId"),
    "subnet": Kind("describe_subnets", "Subnets", "SubnetId"),
    "route-table": Kind("describe_route_tables", "RouteTables", "RouteTableId"),
    "security-group": Kind("describe_security_groups", "SecurityGroups", "GroupId"),
    "network-acl": Kind("describe_network_acls", "NetworkAcls", "NetworkAclId"),
    "instance": Kind(
        "describe_instances",
        "Reservations",
        "InstanceId",
        ("instance-state-name", ("pending", "running", "stopping", "stopped")),
    ),
    "vpc-peering-connection": Kind(
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
        ("status-code", ("initiating-request", "pending-acceptance", "provisioning", "active")),
    ),
    "vpc-endpoint": Kind(
        "describe_vpc_endpoints",
        "VpcEndpoints",
        "VpcEndpointId",
        ("vpc-endpoint-state", ("pendingAcceptance", "pending", "available", "deleting")),
    ),
    "internet-gateway": Kind(
        "describe_internet_gateways",
        "InternetGateways",
        "InternetGatewayId",
        vpc_filter="attachment.vpc-id",
    ),
    "egress-only-internet-gateway": Kind(
        "describe_egress_only_internet_gateways",
        "EgressOnlyInternetGateways",
        "EgressOnlyInternetGatewayId",
    ),
    "natgateway": Kind(
        "describe_nat_gateways",
        "NatGateways",
        "NatGatewayId",
        ("state", ("pending", "available")),
    ),
    "elastic-ip": Kind("describe_addresses", "Addresses", "AllocationId"),
    "transit-gateway": Kind(
        "describe_transit_gateways",
        "TransitGateways",
        "TransitGatewayId",
        ("state", ("pending", "available", "modifying")),
    ),
    "transit-gateway-attachment": Kind(
        "describe_transit_gateway_vpc_attachments",
        "TransitGatewayVpcAttachments",
        "TransitGatewayAttachmentId",
        ("state", ("pending", "available", "modifying")),
    ),
    "vpc-flow-log": Kind("describe_flow_logs", "FlowLogs", "FlowLogId"),
}


# These two calls name their filter argument differently from all others.
_FILTER_IN_THE_SINGULAR: Final = ("describe_flow_logs", "describe_nat_gateways")


def listed(ec2: Any, facts: Kind, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:  # noqa: ANN401  boto3 clients carry no type
    """All items of one kind that pass the filters, as AWS lists them."""
    argument = "Filter" if facts.call in _FILTER_IN_THE_SINGULAR else "Filters"
    if not ec2.can_paginate(facts.call):
        return list(getattr(ec2, facts.call)(**{argument: filters})[facts.key])
    pages = ec2.get_paginator(facts.call).paginate(**{argument: filters})
    return [item for page in pages for item in page[facts.key]]


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one lab, by the lab's name."""

    lab_name: str

    def of(self, name: str) -> list[dict[str, str]]:
        """The tag list of a resource of this lab called *name*, as every AWS API takes it."""
        return [{"Key": "Name", "Value": name}, {"Key": LAB_TAG, "Value": self.lab_name}]

    def specification(self, kind: str, name: str) -> list[dict[str, Any]]:
        """The ``TagSpecifications`` argument of an EC2 create call."""
        return [{"ResourceType": kind, "Tags": self.of(name)}]

    def resources(self, ec2: Any, kind: str, name: str | None = None) -> list[dict[str, Any]]:  # noqa: ANN401  boto3 clients carry no type
        """
        What this lab has of one kind, as AWS describes it, sorted by name.

        Args:
            ec2: A boto3 EC2 client.
            kind: A key of KINDS: the resource type as EC2's tag specifications call it.
            name: Only the one with this Name tag.
        """
        facts = KINDS[kind]
        filters = [{"Name": f"tag:{LAB_TAG}", "Values": [self.lab_name]}]
        if name is not None:
            filters.append({"Name": "tag:Name", "Values": [name]})
        if facts.state_filter is not None:
            key, values = facts.state_filter
            filters.append({"Name": key, "Values": list(values)})
        items = listed(ec2, facts, filters)
        if kind == "instance":
            items = [instance for item in items for instance in item["Instances"]]
        return sorted(items, key=lambda item: (name_of(item), item[facts.id_key]))

    def find(self, ec2: Any, kind: str, name: str) -> str | None:  # noqa: ANN401  boto3 clients carry no type
        """The id of the resource called *name*, or None when the lab has none."""
        found = self.resources(ec2, kind, name)
        return found[0][KINDS[kind].id_key] if found else None


def name_of(item: Mapping[str, Any]) -> str:
    """The Name tag of a described resource, or an empty string."""
    return next((tag["Value"] for tag in item.get("Tags") or () if tag["Key"] == "Name"), "")
