"""
Route tables of transit gateways: who is associated, who propagates, and what is routed where.

A propagated route is not kept: it follows from the address blocks of the VPC
that propagates, each time somebody looks. moto keeps static routes and nothing else.

Source: Amazon VPC Transit Gateways guide, "Transit gateway route tables"; EC2
API Reference, SearchTransitGatewayRoutes. AWS documents the codes of refusals,
not their words.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.departed import Departed, described
from labkit.endpoint.operations import AwsError, before, operation
from labkit.endpoint.transit_attachments import vpc_attachment
from labkit.endpoint.transit_gateways import of_transit, transit_gateway
from labkit.endpoint.transit_routes import matching, routes_of, shown

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, MotoObject

_TABLES: Final = "TransitGatewayRouteTables"


@operation("ec2", "CreateTransitGatewayRouteTable")
def create_table(call: Call) -> dict[str, Any]:
    """The table as it begins, which is pending."""
    transit_gateway(call, call.params["TransitGatewayId"])
    made = call.forward()["TransitGatewayRouteTable"]
    return {"TransitGatewayRouteTable": {**made, "State": "pending"}}


@operation("ec2", "DeleteTransitGatewayRouteTable")
def delete_table(call: Call) -> dict[str, Any]:
    """The table on its way out; one that attachments are associated with stays."""
    table = _table(call)
    if table.route_table_associations:
        attached = ", ".join(table.route_table_associations)
        raise AwsError("IncorrectState", f"{table.id} has non-deleted associations: {attached}.")
    gone = call.forward()["TransitGatewayRouteTable"]
    call.aws.extension(Departed).add(_TABLES, table.id, gone)
    del call.backend.transit_gateways_route_tables[table.id]
    return {"TransitGatewayRouteTable": {**gone, "State": "deleting"}}


@operation("ec2", "AssociateTransitGatewayRouteTable")
def associate(call: Call) -> dict[str, Any]:
    """The association; what comes from the attachment is routed by the table from now on."""
    table, attachment = _table_and_attachment(call)
    if any(attachment.id in each.route_table_associations for each in _tables(call)):
        raise AwsError(
            "Resource.AlreadyAssociated",
            f"Transit Gateway Attachment {attachment.id} is already associated to a route table.",
        )
    call.backend.set_route_table_association(attachment.id, table.id)
    attachment.transit_gateway_route_table = table
    return {"Association": _relation(table, attachment, "associating")}


@operation("ec2", "DisassociateTransitGatewayRouteTable")
def disassociate(call: Call) -> dict[str, Any]:
    """The association that was; what comes from the attachment is dropped from now on."""
    table, attachment = _table_and_attachment(call)
    if table.route_table_associations.pop(attachment.id, None) is None:
        raise AwsError(
            "InvalidAssociation.NotFound",
            f"Transit Gateway Attachment {attachment.id} is not associated "
            f"with Transit Gateway Route Table {table.id}.",
        )
    attachment.transit_gateway_route_table = None
    return {"Association": _relation(table, attachment, "disassociating")}


@operation("ec2", "EnableTransitGatewayRouteTablePropagation")
def enable_propagation(call: Call) -> dict[str, Any]:
    """The propagation; the blocks of the attached VPC are routes of the table from now on."""
    table, attachment = _table_and_attachment(call)
    if _propagates(table, attachment):
        raise AwsError(
            "TransitGatewayRouteTablePropagation.Duplicate",
            f"Propagation from {attachment.id} to {table.id} is enabled already.",
        )
    call.backend.set_route_table_propagation(attachment.id, table.id)
    return {"Propagation": _relation(table, attachment, "enabled")}


@operation("ec2", "DisableTransitGatewayRouteTablePropagation")
def disable_propagation(call: Call) -> dict[str, Any]:
    """The propagation that was."""
    table, attachment = _table_and_attachment(call)
    if not _propagates(table, attachment):
        raise AwsError(
            "TransitGatewayRouteTablePropagation.NotFound",
            f"Propagation from {attachment.id} to {table.id} is not enabled.",
        )
    call.backend.disable_route_table_propagation(attachment.id, table.id)
    return {"Propagation": _relation(table, attachment, "disabled")}


@operation("ec2", "GetTransitGatewayAttachmentPropagations")
def attachment_propagations(call: Call) -> dict[str, Any]:
    """The tables to which an attachment propagates the blocks of its VPC."""
    attachment = vpc_attachment(call, call.params["TransitGatewayAttachmentId"])
    return {
        "TransitGatewayAttachmentPropagations": [
            {"TransitGatewayRouteTableId": table.id, "State": "enabled"}
            for table in _tables(call)
            if _propagates(table, attachment)
        ]
    }


@operation("ec2", "CreateTransitGatewayRoute")
def create_route(call: Call) -> dict[str, Any]:
    """The new static route, to an attachment or into a black hole."""
    table, block = _table(call), _block(call)
    if block in table.routes:
        raise AwsError(
            "RouteAlreadyExists",
            f"Route {block} already exists in Transit Gateway Route Table {table.id}.",
        )
    return _put_route(call, table, block)


@operation("ec2", "ReplaceTransitGatewayRoute")
def replace_route(call: Call) -> dict[str, Any]:
    """The static route with its new target."""
    table, block = _table(call), _block(call)
    _static_route(table, block)
    return _put_route(call, table, block)


@operation("ec2", "DeleteTransitGatewayRoute")
def delete_route(call: Call) -> dict[str, Any]:
    """The static route that was; propagated ones go with their propagation."""
    table, block = _table(call), _block(call)
    _static_route(table, block)
    gone = shown(call.backend, table.routes.pop(block))
    return {"Route": {**gone, "State": "deleted"}}


@operation("ec2", "SearchTransitGatewayRoutes")
def search_routes(call: Call) -> dict[str, Any]:
    """The routes of a table, static and propagated, that pass every filter."""
    found = routes_of(call.backend, _table(call))
    for each in call.params.get("Filters", []):
        found = matching(found, each.get("Name", ""), each.get("Values", []))
    return {"Routes": found, "AdditionalRoutesAvailable": False}


@before("ec2", "GetTransitGatewayRouteTable*")
def check_table(call: Call) -> None:
    """Refuse to tell of a table that is not there."""
    _table(call)


@operation("ec2", "DescribeTransitGatewayRouteTables")
def describe_tables(call: Call) -> dict[str, Any]:
    """Route tables of transit gateways; one that is gone only if it is asked for."""
    return described(call, _TABLES, "TransitGatewayRouteTableIds", _table_of)


def _tables(call: Call) -> list[MotoObject]:
    return list(call.backend.transit_gateways_route_tables.values())


def _table(call: Call) -> MotoObject:
    return _table_of(call, call.params.get("TransitGatewayRouteTableId", ""))


def _table_of(call: Call, table_id: str) -> MotoObject:
    tables = call.backend.transit_gateways_route_tables
    return of_transit(tables, table_id, "InvalidRouteTableID", "Transit Gateway Route Table")


def _table_and_attachment(call: Call) -> tuple[MotoObject, MotoObject]:
    table = _table(call)
    attachment = vpc_attachment(call, call.params.get("TransitGatewayAttachmentId", ""))
    if attachment.transit_gateway_id != table.transit_gateway_id:
        raise AwsError(
            "InvalidParameterValue",
            f"{attachment.id} and {table.id} belong to different transit gateways.",
        )
    return table, attachment


def _relation(table: MotoObject, attachment: MotoObject, state: str) -> dict[str, Any]:
    return {
        "TransitGatewayRouteTableId": table.id,
        "TransitGatewayAttachmentId": attachment.id,
        "ResourceId": attachment.resource_id,
        "ResourceType": attachment.resource_type,
        "State": state,
    }


def _propagates(table: MotoObject, attachment: MotoObject) -> bool:
    return any(
        each.transitGatewayAttachmentId == attachment.id for each in table.route_table_propagation
    )


def _block(call: Call) -> str:
    text = call.params.get("DestinationCidrBlock", "")
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({text}) for parameter destinationCidrBlock is invalid. "
            "This is not a valid CIDR block.",
        ) from None


def _static_route(table: MotoObject, block: str) -> None:
    if block not in table.routes:
        raise AwsError(
            "InvalidRoute.NotFound",
            f"Route {block} does not exist in Transit Gateway Route Table {table.id}.",
        )


def _put_route(call: Call, table: MotoObject, block: str) -> dict[str, Any]:
    attachment_id = call.params.get("TransitGatewayAttachmentId")
    blackhole = bool(call.params.get("Blackhole"))
    if blackhole is (attachment_id is not None):
        raise AwsError(
            "InvalidParameterCombination",
            "A static route leads either to a TransitGatewayAttachmentId or into a Blackhole.",
        )
    if attachment_id is not None:
        _table_and_attachment(call)
    route = call.backend.create_transit_gateway_route(
        table.id, block, attachment_id, blackhole=blackhole
    )
    return {"Route": shown(call.backend, route)}
