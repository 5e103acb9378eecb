"""Step 6: a route table on each side, with a route to the other through the peering connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.steps.plan import PEERING, SIDES, other

if TYPE_CHECKING:
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side


def build(lab: CloudLab) -> dict[str, str]:
    """The id of each route table by its name; makes, associates and fills those that need it."""
    peering_id = lab.require("vpc-peering-connection", PEERING, step="peering")
    return {
        side.route_table: build_side(lab, side, other(side).vpc_cidr, peering_id) for side in SIDES
    }


def build_side(lab: CloudLab, side: Side, cidr: str, peering_id: str) -> str:
    """The id of one side's route table, used by its subnet, with a route to *cidr*."""
    table_id = lab.find("route-table", side.route_table) or _create(lab, side)
    [table] = lab.ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    _associate(lab, table, lab.require("subnet", side.subnet, step="subnets"))
    _route(lab, table, cidr, peering_id)
    return table_id


def _create(lab: CloudLab, side: Side) -> str:
    created = lab.ec2.create_route_table(
        VpcId=lab.require("vpc", side.vpc, step="vpcs"),
        TagSpecifications=lab.tags.specification("route-table", side.route_table),
    )
    table_id: str = created["RouteTable"]["RouteTableId"]
    return table_id


def _associate(lab: CloudLab, table: dict[str, Any], subnet_id: str) -> None:
    if not any(each.get("SubnetId") == subnet_id for each in table["Associations"]):
        lab.ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=subnet_id)


def _route(lab: CloudLab, table: dict[str, Any], cidr: str, peering_id: str) -> None:
    """A route that is missing is created; one that leads elsewhere is pointed back."""
    present = {route.get("DestinationCidrBlock"): route for route in table["Routes"]}
    arguments = {
        "RouteTableId": table["RouteTableId"],
        "DestinationCidrBlock": cidr,
        "VpcPeeringConnectionId": peering_id,
    }
    if cidr not in present:
        lab.ec2.create_route(**arguments)
    elif present[cidr].get("VpcPeeringConnectionId") != peering_id:
        lab.ec2.replace_route(**arguments)
