"""
What AWS asks of managed prefix lists, and of the rules and routes that name one.

moto takes any text for an entry and any id for a list, and deletes lists that are in use.

Source: Amazon VPC User Guide, "Managed prefix lists"; EC2 API Reference,
CreateManagedPrefixList, ModifyManagedPrefixList and DeleteManagedPrefixList.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.ids import check_form
from labkit.endpoint.operations import AwsError, before, operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from labkit.endpoint.operations import Call, MotoObject, Params

_VERSIONS: Final = {"IPv4": 4, "IPv6": 6}
_AWS: Final = "AWS"
_DELETED: Final = "delete-complete"


@before("ec2", "DescribeManagedPrefixLists")
@before("ec2", "GetManagedPrefixListEntries")
def check_lists(call: Call) -> None:
    """Refuse to tell of prefix lists that are not there."""
    one = call.params.get("PrefixListId")
    for list_id in (*call.params.get("PrefixListIds", []), *([one] if one else [])):
        _known(call, list_id)


@before("ec2", "AuthorizeSecurityGroup*")
@before("ec2", "ModifySecurityGroupRules")
def check_rules(call: Call) -> None:
    """Refuse rules about prefix lists that are not there."""
    requests = (each["SecurityGroupRule"] for each in call.params.get("SecurityGroupRules", []))
    permissions = call.params.get("IpPermissions", [])
    sources = (each for rule in permissions for each in rule.get("PrefixListIds", []))
    named = (each.get("PrefixListId") for each in (*requests, *sources))
    for list_id in named:
        if list_id is not None:
            _living(call, list_id)


@before("ec2", "CreateRoute")
@before("ec2", "ReplaceRoute")
def check_route(call: Call) -> None:
    """Refuse a route to a prefix list that is not there."""
    named = call.params.get("DestinationPrefixListId")
    if named is not None:
        _living(call, named)


@before("ec2", "CreateManagedPrefixList")
def check_entries(call: Call) -> None:
    """Refuse entries that are no blocks of the list's family."""
    _check_blocks(call.params.get("Entries", []), call.params["AddressFamily"])


@operation("ec2", "ModifyManagedPrefixList")
def modify(call: Call) -> Params:
    """The list with other entries, or another name; without one given, moto would drop its name."""
    changed = _living(call, call.params["PrefixListId"])
    _check_blocks(call.params.get("AddEntries", []), changed.address_family)
    return call.forward(PrefixListName=call.params.get("PrefixListName", changed.prefix_list_name))


@operation("ec2", "DeleteManagedPrefixList")
def delete(call: Call) -> Params:
    """
    The list on its way to be deleted.

    One that is in use stays, and says so in its state: AWS finds out after its answer.
    """
    list_id = call.params["PrefixListId"]
    asked = _living(call, list_id)
    if asked.owner_id == _AWS:
        message = "You do not have permission to access the specified resource."
        raise AwsError("AuthFailure", message)
    users = sorted(set(_users(call, list_id)))
    if not users:
        return call.forward()
    asked.state = "delete-failed"
    asked.state_message = f"The prefix list is in use by {', '.join(users)}."
    listed = call.aws.invoke(
        "ec2", "DescribeManagedPrefixLists", region=call.region, PrefixListIds=[list_id]
    )
    [shown] = listed["PrefixLists"]
    return {"PrefixList": {**shown, "State": "delete-in-progress"}}


def _users(call: Call, list_id: str) -> Iterator[str]:
    """The groups and route tables that name a prefix list."""
    groups = call.aws.invoke("ec2", "DescribeSecurityGroups", region=call.region)
    for group in groups["SecurityGroups"]:
        rules = (*group.get("IpPermissions", ()), *group.get("IpPermissionsEgress", ()))
        named = (each["PrefixListId"] for rule in rules for each in rule.get("PrefixListIds", ()))
        if list_id in named:
            yield group["GroupId"]
    for table in call.aws.invoke("ec2", "DescribeRouteTables", region=call.region)["RouteTables"]:
        if any(route.get("DestinationPrefixListId") == list_id for route in table["Routes"]):
            yield table["RouteTableId"]


def _living(call: Call, list_id: str) -> MotoObject:
    """The prefix list of an id; moto keeps those that were deleted for a while."""
    found = _known(call, list_id)
    if found.state == _DELETED:
        raise _not_found(list_id)
    return found


def _known(call: Call, list_id: str) -> MotoObject:
    check_form("pl", list_id)
    if list_id not in call.backend.managed_prefix_lists:
        raise _not_found(list_id)
    return call.backend.managed_prefix_lists[list_id]


def _not_found(list_id: str) -> AwsError:
    message = f"The prefix list ({list_id}) does not exist."
    return AwsError("InvalidPrefixListID.NotFound", message)


def _check_blocks(entries: Iterable[Mapping[str, Any]], family: str) -> None:
    for entry in entries:
        try:
            version = ip_network(entry["Cidr"], strict=False).version
        except ValueError:
            version = None
        if version != _VERSIONS.get(family):
            message = f"The CIDR '{entry['Cidr']}' is no valid {family} CIDR block."
            raise AwsError("InvalidParameterValue", message)
