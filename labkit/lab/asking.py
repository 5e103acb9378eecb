"""
Everything AWS's describe calls say of some VPCs, gathered for ``network.read``.

Gateways are asked about only where something shows that there are any (see
``worth_asking``), and a cloud that does not answer such a call, be it an old
endpoint or an account without the permission, is taken to know of none: a walk
that needs to know says so when it gets there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from botocore.exceptions import ClientError

from labkit.network.read import DESCRIBE_CALLS
from labkit.network.read_gateways import GATEWAY_CALLS, prefix_lists_named, worth_asking

if TYPE_CHECKING:
    from collections.abc import Collection

Item: TypeAlias = dict[str, Any]

# What clouds say to a call that they do not know, or that the caller may not make.
_NO_ANSWER: Final = (
    "UnauthorizedOperation",
    "AccessDenied",
    "AccessDeniedException",
    "InvalidAction",
    "UnknownOperation",
    "UnsupportedOperation",
    "NotImplemented",
    "InternalFailure",
)


def answers_about(ec2: Any, vpc_ids: Collection[str]) -> dict[str, list[Item]]:  # noqa: ANN401
    """The answers about these VPCs, each list under its response key."""
    answers = {key: _within(_described(ec2, call), vpc_ids) for call, key in DESCRIBE_CALLS.items()}
    asked = worth_asking(answers)
    for call in asked:
        if call != "describe_managed_prefix_lists":
            answers[GATEWAY_CALLS[call]] = _within(_if_answered(ec2, call), vpc_ids)
    if "describe_transit_gateway_route_tables" in asked:
        _follow_transit(ec2, answers)
    if "describe_managed_prefix_lists" in asked:
        answers["PrefixLists"] = _prefix_lists(ec2, prefix_lists_named(answers))
    return answers


def _described(ec2: Any, call: str, **parameters: Any) -> list[Item]:  # noqa: ANN401
    key = {**DESCRIBE_CALLS, **GATEWAY_CALLS, **_DETAILS}[call]
    if not ec2.can_paginate(call):
        return list(getattr(ec2, call)(**parameters)[key])
    return [item for page in ec2.get_paginator(call).paginate(**parameters) for item in page[key]]


def _if_answered(ec2: Any, call: str, **parameters: Any) -> list[Item]:  # noqa: ANN401
    try:
        return _described(ec2, call, **parameters)
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] in _NO_ANSWER:
            return []
        raise


def _within(items: list[Item], vpc_ids: Collection[str]) -> list[Item]:
    """The described items that belong to one of the VPCs, or to none in particular."""
    return [item for item in items if _belongs(item, set(vpc_ids))]


def _belongs(item: Item, vpc_ids: set[str]) -> bool:
    if "Instances" in item:
        return not vpc_ids.isdisjoint(each.get("VpcId", "") for each in item["Instances"])
    if "AccepterVpcInfo" in item:
        ends = {item["AccepterVpcInfo"]["VpcId"], item["RequesterVpcInfo"]["VpcId"]}
        return not vpc_ids.isdisjoint(ends)
    if "Attachments" in item:
        return not vpc_ids.isdisjoint(each["VpcId"] for each in item["Attachments"])
    return "VpcId" not in item or item["VpcId"] in vpc_ids


# Transit gateways belong to no VPC, and two calls tell of one route table each.

_DETAILS: Final = {
    "search_transit_gateway_routes": "Routes",
    "get_transit_gateway_route_table_associations": "Associations",
    "get_managed_prefix_list_entries": "Entries",
}


def _follow_transit(ec2: Any, answers: dict[str, list[Item]]) -> None:  # noqa: ANN401
    """Keep the transit gateways that the VPCs are attached to, and fill in their routes."""
    attachments = answers["TransitGatewayVpcAttachments"]
    attached = {each["TransitGatewayId"] for each in attachments}
    for key in ("TransitGateways", "TransitGatewayRouteTables"):
        answers[key] = [each for each in answers[key] if each["TransitGatewayId"] in attached]
    for table in answers["TransitGatewayRouteTables"]:
        table_id = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"]}
        in_force = [{"Name": "state", "Values": ["active", "blackhole"]}]
        table["Routes"] = _if_answered(
            ec2, "search_transit_gateway_routes", Filters=in_force, **table_id
        )
        table["Associations"] = _if_answered(
            ec2, "get_transit_gateway_route_table_associations", **table_id
        )


def _prefix_lists(ec2: Any, ids: list[str]) -> list[Item]:  # noqa: ANN401
    lists = _if_answered(ec2, "describe_managed_prefix_lists", PrefixListIds=ids)
    for each in lists:
        entries = _if_answered(
            ec2, "get_managed_prefix_list_entries", PrefixListId=each["PrefixListId"]
        )
        each["Cidrs"] = [entry["Cidr"] for entry in entries]
    return lists
