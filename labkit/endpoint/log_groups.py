"""Log groups by the ways callers name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.log_store import LogStore
from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

_ARN: Final = re.compile(r"arn:aws[\w-]*:logs:([a-z0-9-]+):(\d{12}):log-group:([^:*]+)(:\*)?")


def invalid(message: str) -> AwsError:
    """The error for parameters that cannot be."""
    return AwsError("InvalidParameterException", message)


def name_in(call: Call, identifier: str) -> str:
    """
    The name in a log group's ARN, or the name itself.

    Raises:
        AwsError: It is an ARN of another account or Region, where there are no groups.
    """
    match = _ARN.fullmatch(identifier)
    if match is None:
        return identifier
    if (match[1], match[2]) != (call.region, call.account_id):
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return match[3]


def the_group(call: Call) -> Any:  # noqa: ANN401  moto's log group
    """
    The one log group a call is about, by name or identifier.

    Raises:
        AwsError: None or both are given, or there is no such group.
    """
    name, identifier = call.params.get("logGroupName"), call.params.get("logGroupIdentifier")
    if bool(name) == bool(identifier):
        raise invalid("Give either logGroupName or logGroupIdentifier, and not both.")
    store = call.aws.extension(LogStore)
    return store.group(call.region, name or name_in(call, identifier or ""))


def stream_named(group: Any, name: str) -> str:  # noqa: ANN401  moto's log group
    """
    The name of a stream that is there.

    Raises:
        AwsError: It is not.
    """
    if name not in group.streams:
        message = "The specified log stream does not exist."
        raise AwsError("ResourceNotFoundException", message)
    return name
