"""
Attachments of VPCs to a transit gateway, and the interface each has in every subnet it is for.

moto makes attachments without interfaces, associates all of them with the
default route table, and has none propagate its routes.

Source: Amazon VPC Transit Gateways guide, "Transit gateway attachments to a
VPC"; EC2 API Reference, CreateTransitGatewayVpcAttachment; words of refusals as
AWS was seen to use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.departed import Departed, described
from labkit.endpoint.ids import found, not_found
from labkit.endpoint.launching import check_room
from labkit.endpoint.moto_seam.corrections.interfaces import looked_after
from labkit.endpoint.operations import AwsError, before, operation
from labkit.endpoint.tag_specifications import tags_for
from labkit.endpoint.transit_gateways import of_transit, transit_gateway

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.endpoint.operations import Call, MotoObject

_OF_VPCS: Final = "TransitGatewayVpcAttachments"
_OF_ALL_KINDS: Final = "TransitGatewayAttachments"
_IDS: Final = "TransitGatewayAttachmentIds"


@operation("ec2", "CreateTransitGatewayVpcAttachment")
def create_attachment(call: Call) -> dict[str, Any]:
    """The attachment as it begins, pending; whoever looks afterwards finds it available."""
    gateway = transit_gateway(call, call.params["TransitGatewayId"])
    vpc = found("vpc", call.params["VpcId"], call.backend.vpcs)
    subnets = _subnets(call, vpc.id, call.params["SubnetIds"])
    made = call.forward()["TransitGatewayVpcAttachment"]
    attachment = call.backend.transit_gateway_attachments[made["TransitGatewayAttachmentId"]]
    tags = tags_for("transit-gateway-attachment", call.params)
    attachment.add_tags(tags)
    _join_default_tables(call, gateway, attachment)
    _add_interfaces(call, attachment, subnets)
    shown = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"TransitGatewayVpcAttachment": {**made, "State": "pending", "Tags": shown}}


@operation("ec2", "ModifyTransitGatewayVpcAttachment")
def modify_attachment(call: Call) -> dict[str, Any]:
    """The attachment while it changes; its interfaces follow its subnets."""
    attachment = vpc_attachment(call, call.params["TransitGatewayAttachmentId"])
    removed = set(call.params.get("RemoveSubnetIds", []))
    added = call.params.get("AddSubnetIds", [])
    kept = [each for each in attachment.subnet_ids if each not in removed]
    if not [*kept, *added]:
        message = f"{attachment.id} must be in at least one subnet."
        raise AwsError("InsufficientSubnetsException", message)
    subnets = _subnets(call, attachment.vpc_id, [*kept, *added])
    made = call.forward()["TransitGatewayVpcAttachment"]
    _remove_interfaces(call, attachment, removed)
    _add_interfaces(call, attachment, [each for each in subnets if each.id in added])
    return {"TransitGatewayVpcAttachment": {**made, "State": "modifying"}}


@operation("ec2", "DeleteTransitGatewayVpcAttachment")
def delete_attachment(call: Call) -> dict[str, Any]:
    """The attachment on its way out; static routes to it stay, as black holes."""
    attachment = vpc_attachment(call, call.params["TransitGatewayAttachmentId"])
    [last] = call.aws.invoke(
        "ec2",
        "DescribeTransitGatewayAttachments",
        region=call.region,
        TransitGatewayAttachmentIds=[attachment.id],
    )[_OF_ALL_KINDS]
    gone = call.forward()["TransitGatewayVpcAttachment"]
    departed = call.aws.extension(Departed)
    departed.add(_OF_VPCS, attachment.id, gone)
    departed.add(_OF_ALL_KINDS, attachment.id, {**last, "Association": {}})
    _remove_interfaces(call, attachment, attachment.subnet_ids)
    for table in call.backend.transit_gateways_route_tables.values():
        table.route_table_associations.pop(attachment.id, None)
        table.route_table_propagation = [
            each
            for each in table.route_table_propagation
            if each.transitGatewayAttachmentId != attachment.id
        ]
    return {"TransitGatewayVpcAttachment": {**gone, "State": "deleting"}}


@before("ec2", "CreateTransitGateway[!V]*Attachment")
def refuse_other_kinds(_: Call) -> None:
    """Refuse to attach anything but a VPC: no packet would get through."""
    message = "Not simulated: attachments of transit gateways other than to VPCs."
    raise AwsError("NotImplemented", message, 501)


@operation("ec2", "DescribeTransitGatewayVpcAttachments")
def describe_attachments(call: Call) -> dict[str, Any]:
    """Attachments of VPCs; one that is gone only if it is asked for."""
    return described(call, _OF_VPCS, _IDS, vpc_attachment)


@operation("ec2", "DescribeTransitGatewayAttachments")
def describe_attachments_of_all_kinds(call: Call) -> dict[str, Any]:
    """Attachments, which are all of VPCs; one that is gone only if it is asked for."""
    return described(call, _OF_ALL_KINDS, _IDS, vpc_attachment)


def vpc_attachment(call: Call, attachment_id: str) -> MotoObject:
    """
    An attachment by its id.

    Raises:
        AwsError: There is none.
    """
    attachments = call.backend.transit_gateway_attachments
    noun = "Transit Gateway VPC Attachment"
    return of_transit(attachments, attachment_id, "InvalidTransitGatewayAttachmentID", noun)


def _subnets(call: Call, vpc_id: str, subnet_ids: Iterable[str]) -> list[MotoObject]:
    """The subnets to attach: all of the VPC, no two in one Availability Zone, with room left."""
    subnets = [call.backend.get_subnet(each) for each in subnet_ids]
    for subnet in subnets:
        if subnet.vpc_id != vpc_id:
            raise not_found("subnet", subnet.id)
        check_room(subnet, 1)
    zones = [subnet.availability_zone for subnet in subnets]
    if len(set(zones)) < len(zones):
        raise AwsError("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")
    return subnets


def _join_default_tables(call: Call, gateway: MotoObject, attachment: MotoObject) -> None:
    tables = call.backend.transit_gateways_route_tables
    table = tables.get(gateway.default_route_table.id)
    if table is None or not table.default_association_route_table:
        attachment.transit_gateway_route_table = None
        if table is not None:
            table.route_table_associations.pop(attachment.id, None)
    if table is not None and table.default_propagation_route_table:
        call.backend.set_route_table_propagation(attachment.id, table.id)


def _description(attachment: MotoObject) -> str:
    return f"Network Interface for Transit Gateway Attachment {attachment.id}"


def _add_interfaces(call: Call, attachment: MotoObject, subnets: Iterable[MotoObject]) -> None:
    for subnet in subnets:
        interface = call.backend.create_network_interface(subnet, None)
        looked_after(interface, "transit_gateway", _description(attachment))
        interface.source_dest_check = False


def _remove_interfaces(call: Call, attachment: MotoObject, subnet_ids: Iterable[str]) -> None:
    described, places = _description(attachment), set(subnet_ids)
    for interface in list(call.backend.enis.values()):
        if interface.description == described and interface.subnet.id in places:
            del call.backend.enis[interface.id]
