"""
Lists of EC2 as their readers want them: by filters that moto lacks, and in pages.

Source: Amazon EC2 API Reference, the filters of each Describe action,
"Pagination", and "Error codes" (InvalidMaxResults, InvalidPaginationToken).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from labkit.endpoint.ec2_filters import OWN, PATHS
from labkit.endpoint.moto_seam.protocols import operation_model
from labkit.endpoint.operations import AwsError
from labkit.endpoint.wildcards import like

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, Params

Texts: TypeAlias = Callable[[dict[str, Any]], list[str]]
"""Reads what a filter compares from one item of a list."""

_PAGING: Final = ("MaxResults", "NextToken")
_PAGE_MARK: Final = "page-"
_LARGEST_PAGE: Final = 1000


def left_to_us(call: Call) -> dict[str, Any]:
    """The parameters to ask for the list with, if *call* wants of it what moto does not know."""
    if call.service != "ec2":
        return {}
    changes: dict[str, Any] = {name: None for name in _PAGING if name in call.params}
    filters = _filters(call)
    known = [each for each in filters if _texts_for(call, each) is None]
    return {**changes, _filters_key(call): known} if known != filters else changes


def narrowed(call: Call, answer: Params) -> dict[str, Any]:
    """
    What *call* wants of a list, with the token of the next page if there is one.

    Args:
        call: The call as it came.
        answer: All that the parameters of `left_to_us` find, as boto3 would show it.

    Raises:
        AwsError: The page is too large or too small, or the token is not one of ours.
    """
    key = _list_of(call.operation)
    items = answer.get(key, [])
    for each in _filters(call):
        texts = _texts_for(call, each)
        if texts is not None:
            items = _meeting(items, texts, each.get("Values", []))
    first = _first(call)
    last = first + _page_size(call)
    follows = {"NextToken": f"{_PAGE_MARK}{last}"} if last < len(items) else {}
    page = {**answer, key: items[first:last], **follows}
    if "ServiceDetails" in answer:  # beside which stand their names
        page["ServiceNames"] = [each["ServiceName"] for each in page["ServiceDetails"]]
    return page


def _filters_key(call: Call) -> str:
    """What the operation calls its filters; two of them use the singular."""
    return "Filter" if "Filter" in call.params else "Filters"


def _filters(call: Call) -> list[Params]:
    found: list[Params] = call.params.get(_filters_key(call), [])
    return found


def _texts_for(call: Call, condition: Params) -> Texts | None:
    """How to read what a filter looks at from an item; None leaves the filter to moto."""
    name = condition.get("Name", "")
    path = PATHS.get(call.operation, {}).get(name)
    if path is not None:
        return partial(_texts, path=path)
    if call.operation not in OWN:
        return None
    if name == "tag-key":
        return partial(_texts, path="Tags.Key")
    if name.startswith("tag:"):
        return partial(_tag_values, key=name.removeprefix("tag:"))
    raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")


def _meeting(
    items: list[dict[str, Any]], texts: Texts, accepted: list[str]
) -> list[dict[str, Any]]:
    """The items that have one of the values accepted; instances within their reservations."""
    if items and "Instances" in items[0]:
        inner = [
            {**each, "Instances": _meeting(each["Instances"], texts, accepted)} for each in items
        ]
        return [each for each in inner if each["Instances"]]
    return [
        item
        for item in items
        if any(like(pattern, text) for text in texts(item) for pattern in accepted)
    ]


def _texts(item: dict[str, Any], path: str) -> list[str]:
    """The values at *path* as filters spell them: true and false in lower case."""
    values: list[Any] = [item]
    for name in path.split("."):
        inner = [each[name] for each in values if each.get(name) is not None]
        values = [part for each in inner for part in (each if isinstance(each, list) else [each])]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def _tag_values(item: dict[str, Any], key: str) -> list[str]:
    tags = item.get("Tags", [item] if "Key" in item else [])  # DescribeTags lists tags as such
    return [tag["Value"] for tag in tags if tag["Key"] == key]


def _page_size(call: Call) -> int:
    if "MaxResults" not in call.params:
        return _LARGEST_PAGE
    size = int(call.params["MaxResults"])
    smallest, largest = _page_sizes(call.operation)
    if not smallest <= size <= largest:
        raise AwsError(
            "InvalidMaxResults",
            f"The specified value for MaxResults, {size}, is not valid: "
            f"it can be {smallest} to {largest}.",
        )
    return size


@cache
def _page_sizes(operation: str) -> tuple[int, int]:
    """The smallest and the largest page an operation's model lets a caller ask for."""
    bounds = operation_model("ec2", operation).input_shape.members["MaxResults"].metadata
    return int(bounds.get("min", 1)), int(bounds.get("max", _LARGEST_PAGE))


def _first(call: Call) -> int:
    place = call.params.get("NextToken", f"{_PAGE_MARK}0").removeprefix(_PAGE_MARK)
    if not (place.isascii() and place.isdecimal()):
        raise AwsError(
            "InvalidPaginationToken", "The specified pagination token is not valid or is expired."
        )
    return int(place)


@cache
def _list_of(operation: str) -> str:
    """The list of an answer; of several, the one whose items are more than a text."""
    output = operation_model("ec2", operation).output_shape
    members = output.members.items() if output is not None else ()
    lists = [(name, member.member) for name, member in members if member.type_name == "list"]
    lists.sort(key=lambda each: each[1].type_name != "structure")
    return lists[0][0] if lists else ""
