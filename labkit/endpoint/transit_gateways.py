"""
Transit gateways: what AWS asks before one is made or goes, and what comes with it.

moto keeps them; their default route table comes whatever the options say, and
they go while VPCs are attached.

Source: Amazon VPC Transit Gateways guide; EC2 API Reference, CreateTransitGateway
and DeleteTransitGateway; words of refusals as AWS was seen to use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.departed import Departed, described
from labkit.endpoint.operations import AwsError, before, operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.operations import Call, MotoObject

_GATEWAYS: Final = "TransitGateways"
_DEFAULT_TABLES: Final = {
    "DefaultRouteTableAssociation": (
        "AssociationDefaultRouteTableId",
        "default_association_route_table",
    ),
    "DefaultRouteTablePropagation": (
        "PropagationDefaultRouteTableId",
        "default_propagation_route_table",
    ),
}


@operation("ec2", "CreateTransitGateway")
def create_transit_gateway(call: Call) -> dict[str, Any]:
    """The gateway as it begins, which is pending; whoever looks afterwards finds it available."""
    made = call.forward()["TransitGateway"]
    gateway = call.backend.transit_gateways[made["TransitGatewayId"]]
    _settle_default_table(call, gateway)
    options = {
        name: value
        for name, value in made["Options"].items()
        if not name.endswith("DefaultRouteTableId") or name in gateway.options
    }
    return {"TransitGateway": {**made, "Options": options, "State": "pending"}}


@operation("ec2", "DeleteTransitGateway")
def delete_transit_gateway(call: Call) -> dict[str, Any]:
    """The gateway on its way out, with all its route tables."""
    gateway = transit_gateway(call, call.params.get("TransitGatewayId", ""))
    attached = [
        each.id
        for each in call.backend.transit_gateway_attachments.values()
        if each.transit_gateway_id == gateway.id and each.state != "deleted"
    ]
    if attached:
        raise AwsError(
            "IncorrectState",
            f"{gateway.id} has non-deleted VPC Attachments: {', '.join(attached)}.",
        )
    gone = call.forward()["TransitGateway"]
    call.aws.extension(Departed).add(_GATEWAYS, gateway.id, gone)
    tables = call.backend.transit_gateways_route_tables
    for table in [each for each in tables.values() if each.transit_gateway_id == gateway.id]:
        del tables[table.id]
    return {"TransitGateway": {**gone, "State": "deleting"}}


@operation("ec2", "DescribeTransitGateways")
def describe_transit_gateways(call: Call) -> dict[str, Any]:
    """Transit gateways; one that is gone only if it is asked for."""
    return described(call, _GATEWAYS, "TransitGatewayIds", transit_gateway)


@before("ec2", "ModifyTransitGateway")
def check_gateway(call: Call) -> None:
    """Refuse to modify a transit gateway that is not there."""
    transit_gateway(call, call.params.get("TransitGatewayId", ""))


def transit_gateway(call: Call, gateway_id: str) -> MotoObject:
    """
    A transit gateway by its id.

    Raises:
        AwsError: There is none.
    """
    gateways = call.backend.transit_gateways
    return of_transit(gateways, gateway_id, "InvalidTransitGatewayID", "Transit Gateway")


def of_transit(
    there_are: Mapping[str, MotoObject], resource_id: str, code: str, noun: str
) -> MotoObject:
    """
    A transit gateway by its id, or something that belongs to one; refusals have a wording apart.

    Raises:
        AwsError: There is none of that id.
    """
    found = there_are.get(resource_id)
    if found is None:
        message = f"{noun} {resource_id} was deleted or does not exist."
        raise AwsError(f"{code}.NotFound", message)
    return found


def _settle_default_table(call: Call, gateway: MotoObject) -> None:
    """The default route table serves what the options enable, and goes if that is nothing."""
    table = gateway.default_route_table
    gateway.options.setdefault("SecurityGroupReferencingSupport", "disable")
    for option, (named, flag) in _DEFAULT_TABLES.items():
        enabled = gateway.options[option] == "enable"
        setattr(table, flag, enabled)
        if not enabled:
            gateway.options.pop(named)
    if not (table.default_association_route_table or table.default_propagation_route_table):
        del call.backend.transit_gateways_route_tables[table.id]
