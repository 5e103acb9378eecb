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
    table = find_or_create(lab, side.route_table, side.vpc, side.subnet)
    lead(lab, table, cidr, VpcPeeringConnectionId=peering_id)
    table_id: str = table["RouteTableId"]
    return table_id


def find_or_create(lab: CloudLab, name: str, vpc: str, subnet: str) -> dict[str, Any]:
    """
    A route table as AWS describes it, used by a subnet; all go by their Name tags.

    Raises:
        StepOutOfOrder: The VPC or the subnet has not been built.
    """
    table_id = lab.find("route-table", name) or _create(lab, name, vpc)
    [table] = lab.ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    found: dict[str, Any] = table
    _associate(lab, found, lab.require("subnet", subnet, step="subnets"))
    return found


def _create(lab: CloudLab, name: str, vpc: str) -> str:
    created = lab.ec2.create_route_table(
        VpcId=lab.require("vpc", vpc, step="vpcs"),
        TagSpecifications=lab.tags.specification("route-table", name),
    )
    table_id: str = created["RouteTable"]["RouteTableId"]
    return table_id


def _associate(lab: CloudLab, table: dict[str, Any], subnet_id: str) -> None:
    if not any(each.get("SubnetId") == subnet_id for each in table["Associations"]):
        lab.ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=subnet_id)


def lead(lab: CloudLab, table: dict[str, Any], cidr: str, **target: str) -> None:
    """
    A route that is missing is created; one that leads elsewhere is pointed back.

    Args:
        lab: The lab.
        table: The route table, as AWS describes it.
        cidr: What the route is for.
        target: Where it leads, as CreateRoute names it: ``GatewayId=...``.
    """
    present = {route.get("DestinationCidrBlock"): route for route in table["Routes"]}
    arguments = {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": cidr, **target}
    if cidr not in present:
        lab.ec2.create_route(**arguments)
    elif not target.items() <= present[cidr].items():
        lab.ec2.replace_route(**arguments)
