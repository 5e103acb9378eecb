"""
What CreateNetworkInsightsPath may be told of the ends of a path, and the question it makes.

Source: Amazon EC2 API Reference, CreateNetworkInsightsPath.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING, Final

from labkit.endpoint.ids import KINDS, found
from labkit.endpoint.operations import AwsError
from labkit.network.reachability import AtEnd, Path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.endpoint.operations import Call, MotoObject, Params

PROTOCOLS: Final = {"tcp": 6, "udp": 17, "icmp": 1}
"""What a path may ask for; AWS's analyzer knows the first two only."""

_ARN: Final = re.compile(r"arn:aws[\w-]*:ec2:([\w-]*):(\d{12}):[\w-]+/(.+)")
_KNOWN: Final[dict[str, Callable[[MotoObject], Mapping[str, MotoObject]]]] = {
    "eni": lambda ec2: ec2.enis,
    "i": lambda ec2: {each.id: each for each in ec2.all_instances()},
    "igw": lambda ec2: ec2.internet_gateways,
    "pcx": lambda ec2: ec2.vpc_pcxs,
    "tgw": lambda ec2: ec2.transit_gateways,
    "tgw-attach": lambda ec2: ec2.transit_gateway_attachments,
    "vgw": lambda ec2: ec2.vpn_gateways,
    "vpce": lambda ec2: ec2.vpc_end_points,
}
_AT_ENDS: Final = ("FilterAtSource", "FilterAtDestination")
_LAST_PORT: Final = 65535


def question(call: Call) -> Path:
    """
    The question that a call of CreateNetworkInsightsPath asks.

    Raises:
        AwsError: It contradicts itself, or names what is not there.
    """
    params = call.params
    _check_combination(params)
    source = _resource(call, "Source")
    destination = _resource(call, "Destination") if params.get("Destination") else ""
    at_source, at_destination = (_at_end(params.get(name) or {}, name) for name in _AT_ENDS)
    if not params.get("FilterAtSource"):
        port = params.get("DestinationPort")
        at_source = AtEnd(
            _address(params.get("SourceIp"), "sourceIp"),
            _address(params.get("DestinationIp"), "destinationIp"),
            destination_ports=None if port is None else (port, port),
        )
    path = Path(source, destination, _protocol(params), at_source, at_destination)
    if not destination and not (at_source.destination or at_destination.destination):
        raise AwsError(
            "MissingParameter", "The request must contain the parameter destination or an address"
        )
    return path


def id_of(text: str) -> str:
    """The id of a resource that is named by its id or its ARN."""
    named = _ARN.fullmatch(text)
    return named[3] if named else text


def _check_combination(params: Params) -> None:
    excluded = {
        "FilterAtSource": ("SourceIp", "DestinationIp", "DestinationPort"),
        "FilterAtDestination": ("DestinationIp", "DestinationPort"),
    }
    for name, others in excluded.items():
        for other in others if params.get(name) else ():
            if params.get(other) is not None:
                message = f"The parameter {other} cannot be used with the parameter {name}"
                raise AwsError("InvalidParameterCombination", message)
    if params["Protocol"].lower() == "icmp" and _asks_for_ports(params):
        raise AwsError(
            "InvalidParameterCombination", "ICMP, a protocol of the lab's, has no ports."
        )


def _asks_for_ports(params: Params) -> bool:
    ranges = [
        (params.get(name) or {}).get(f"{end}PortRange")
        for name in _AT_ENDS
        for end in ("Source", "Destination")
    ]
    return params.get("DestinationPort") is not None or any(ranges)


def _protocol(params: Params) -> int:
    name = params["Protocol"].lower()
    if name not in PROTOCOLS:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({params['Protocol']}) for parameter protocol is invalid. "
            "Valid values: tcp, udp; and icmp, which AWS does not have.",
        )
    return PROTOCOLS[name]


def _resource(call: Call, parameter: str) -> str:
    given = call.params[parameter]
    named = _ARN.fullmatch(given)
    if named and (named[1], named[2]) != (call.region, call.account_id):
        message = f"Not simulated: analyses of other accounts and Regions, such as {given}."
        raise AwsError("NotImplemented", message, 501)
    resource_id = id_of(given)
    prefix = resource_id.rpartition("-")[0]
    if prefix not in _KNOWN:
        kinds = ", ".join(f"{KINDS[each].noun} ({each}-...)" for each in _KNOWN)
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({given}) for parameter {parameter.lower()} is invalid. It can be: {kinds}.",
        )
    found(prefix, resource_id, _KNOWN[prefix](call.backend))
    return resource_id


def _at_end(given: Params, name: str) -> AtEnd:
    place = name[0].lower() + name[1:]
    return AtEnd(
        _address(given.get("SourceAddress"), f"{place}.sourceAddress"),
        _address(given.get("DestinationAddress"), f"{place}.destinationAddress"),
        _span(given.get("SourcePortRange"), f"{place}.sourcePortRange"),
        _span(given.get("DestinationPortRange"), f"{place}.destinationPortRange"),
    )


def _address(text: str | None, parameter: str) -> IPv4Address | None:
    if not text:
        return None
    try:
        return IPv4Address(text)
    except AddressValueError:
        message = f"Value ({text}) for parameter {parameter} is invalid: it is no IPv4 address."
        raise AwsError("InvalidParameterValue", message) from None


def _span(given: Params | None, parameter: str) -> tuple[int, int] | None:
    if not given:
        return None
    first, last = given.get("FromPort", 0), given.get("ToPort", _LAST_PORT)
    if not 0 <= first <= last <= _LAST_PORT:
        message = f"Value ({first}-{last}) for parameter {parameter} is invalid."
        raise AwsError("InvalidParameterValue", message)
    return first, last
