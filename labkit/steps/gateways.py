"""
Beyond the guide: a public subnet on the first side, with a way to the internet.

A subnet is public when its route table leads to an internet gateway; nothing
on the subnet itself says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.steps.plan import A

if TYPE_CHECKING:
    from labkit.lab import CloudLab

EVERYWHERE: Final = "0.0.0.0/0"
INTERNET_GATEWAY: Final = "internet-a"
PUBLIC_SUBNET: Final = "public-a"
PUBLIC_CIDR: Final = "10.1.2.0/24"
PUBLIC_TABLE: Final = "public-routes-a"


def build(lab: CloudLab) -> dict[str, str]:
    """
    The id of each thing by its name; makes and joins what is missing.

    Raises:
        StepOutOfOrder: The first side's VPC has not been built.
    """
    vpc_id = lab.require("vpc", A.vpc, step="vpcs")
    gateway_id = _internet_gateway(lab, vpc_id)
    subnet_id = lab.find("subnet", PUBLIC_SUBNET) or _subnet(lab, vpc_id)
    table_id = lab.find("route-table", PUBLIC_TABLE) or _route_table(lab, vpc_id)
    _join(lab, table_id, subnet_id, gateway_id)
    return {INTERNET_GATEWAY: gateway_id, PUBLIC_SUBNET: subnet_id, PUBLIC_TABLE: table_id}


def _internet_gateway(lab: CloudLab, vpc_id: str) -> str:
    gateway_id = lab.find("internet-gateway", INTERNET_GATEWAY)
    if gateway_id is None:
        created = lab.ec2.create_internet_gateway(
            TagSpecifications=lab.tags.specification("internet-gateway", INTERNET_GATEWAY)
        )
        gateway_id = str(created["InternetGateway"]["InternetGatewayId"])
    [gateway] = lab.ec2.describe_internet_gateways(InternetGatewayIds=[gateway_id])[
        "InternetGateways"
    ]
    if not gateway["Attachments"]:
        lab.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    return gateway_id


def _subnet(lab: CloudLab, vpc_id: str) -> str:
    created = lab.ec2.create_subnet(
        VpcId=vpc_id,
        CidrBlock=PUBLIC_CIDR,
        TagSpecifications=lab.tags.specification("subnet", PUBLIC_SUBNET),
    )
    subnet_id: str = created["Subnet"]["SubnetId"]
    return subnet_id


def _route_table(lab: CloudLab, vpc_id: str) -> str:
    created = lab.ec2.create_route_table(
        VpcId=vpc_id, TagSpecifications=lab.tags.specification("route-table", PUBLIC_TABLE)
    )
    table_id: str = created["RouteTable"]["RouteTableId"]
    return table_id


def _join(lab: CloudLab, table_id: str, subnet_id: str, gateway_id: str) -> None:
    """The subnet asks the table, and the table sends everything to the gateway."""
    [table] = lab.ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    if not any(each.get("SubnetId") == subnet_id for each in table["Associations"]):
        lab.ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)
    default: dict[str, Any] = {"RouteTableId": table_id, "DestinationCidrBlock": EVERYWHERE}
    present = {route.get("DestinationCidrBlock"): route for route in table["Routes"]}
    if EVERYWHERE not in present:
        lab.ec2.create_route(**default, GatewayId=gateway_id)
    elif present[EVERYWHERE].get("GatewayId") != gateway_id:
        lab.ec2.replace_route(**default, GatewayId=gateway_id)
