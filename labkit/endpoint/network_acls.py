"""
What AWS asks of network ACL entries before it keeps them.

moto loses ICMP types, keeps rule numbers that are reserved, and fails where
an entry or association is unknown.

Source: Amazon EC2 API Reference, CreateNetworkAclEntry; Amazon VPC User Guide,
"Network ACLs".
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.ids import found
from labkit.endpoint.operations import AwsError, MotoObject, before, operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, Params

HIGHEST_RULE: Final = 32766
"""Rule numbers above this one are AWS's own."""

_NUMBERS: Final = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}
_HIGHEST_PROTOCOL: Final = 255
_HIGHEST_PORT: Final = 65535


@operation("ec2", "CreateNetworkAclEntry")
def create_entry(call: Call) -> dict[str, Any]:
    """Nothing; the entry is in its place among the others."""
    acl, entry = _acl(call), _entry(call.params)
    call.backend.create_network_acl_entry(acl.id, **entry)
    _sort(acl)
    return {}


@operation("ec2", "ReplaceNetworkAclEntry")
def replace_entry(call: Call) -> dict[str, Any]:
    """Nothing; the entry with this number is another one."""
    acl, entry = _acl(call), _entry(call.params)
    _check_exists(acl, entry["rule_number"], egress=entry["egress"])
    call.backend.replace_network_acl_entry(acl.id, **entry)
    _sort(acl)
    return {}


@before("ec2", "DeleteNetworkAclEntry")
def check_entry(call: Call) -> None:
    """Refuse to delete what is not there, or is AWS's own."""
    acl, number = _acl(call), _rule_number(call.params)
    _check_exists(acl, number, egress=bool(call.params.get("Egress")))


@before("ec2", "ReplaceNetworkAclAssociation")
def check_association(call: Call) -> None:
    """Refuse unknown associations, and ACLs of another VPC."""
    association_id = call.params.get("AssociationId")
    holders = [
        acl
        for acl in call.backend.network_acls.values()
        if any(each.id == association_id for each in acl.associations)
    ]
    if not holders:
        raise AwsError(
            "InvalidAssociationID.NotFound",
            f"The association ID '{association_id}' does not exist",
        )
    if _acl(call).vpc_id != holders[0].vpc_id:
        raise AwsError(
            "InvalidParameterValue",
            f"{association_id} and {_acl(call).id} belong to different networks",
        )


@before("ec2", "DeleteNetworkAcl")
def keep_default(call: Call) -> None:
    """Refuse to delete the default ACL of a VPC."""
    if _acl(call).default:
        raise AwsError(
            "InvalidParameterValue", f"cannot delete default network ACL {_acl(call).id}"
        )


@before("ec2", "DescribeNetworkAcls")
def check_ids(call: Call) -> None:
    """Refuse ids that are malformed or unknown."""
    for acl_id in call.params.get("NetworkAclIds", []):
        found("acl", acl_id, call.backend.network_acls)


def _acl(call: Call) -> MotoObject:
    return found("acl", call.params.get("NetworkAclId", ""), call.backend.network_acls)


def _entry(params: Params) -> dict[str, Any]:
    """The entry asked for, by moto's names."""
    if params.get("RuleAction") not in {"allow", "deny"}:
        raise _invalid(f"Invalid value '{params.get('RuleAction')}' for ruleAction.")
    protocol = _protocol(params.get("Protocol"))
    return {
        "rule_number": _rule_number(params),
        "protocol": protocol,
        "rule_action": params["RuleAction"],
        "egress": bool(params.get("Egress")),
        **_blocks(params),
        **_ports(protocol, params),
        **_icmp(protocol, params),
    }


def _rule_number(params: Params) -> int:
    number = params.get("RuleNumber")
    if number is None:
        raise _missing("ruleNumber")
    if not 1 <= number <= HIGHEST_RULE:
        raise _invalid(
            f"Invalid value '{number}' for ruleNumber. Must be between 1 and {HIGHEST_RULE}."
        )
    return int(number)


def _protocol(given: str | None) -> str:
    if given is None:
        raise _missing("protocol")
    number = _NUMBERS.get(given.lower(), given)
    if number != "-1" and not (number.isdigit() and int(number) <= _HIGHEST_PROTOCOL):
        raise _invalid(f"Invalid value '{given}' for protocol.")
    return number


def _blocks(params: Params) -> dict[str, str | None]:
    ipv4, ipv6 = params.get("CidrBlock"), params.get("Ipv6CidrBlock")
    if (ipv4 is None) == (ipv6 is None):
        raise AwsError(
            "MissingParameter" if ipv4 is None else "InvalidParameterCombination",
            "The request must contain exactly one of cidrBlock, ipv6CidrBlock",
        )
    return {
        "cidr_block": _block(ipv4, "cidrBlock", 4),
        "ipv6_cidr_block": _block(ipv6, "ipv6CidrBlock", 6),
    }


def _block(text: str | None, parameter: str, version: int) -> str | None:
    if text is None:
        return None
    try:
        block = ip_network(text if "/" in text else "", strict=False)
    except ValueError:
        block = None
    if block is None or block.version != version:
        raise _invalid(
            f"Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block."
        )
    return str(block)


def _ports(protocol: str, params: Params) -> dict[str, int | None]:
    ports = params.get("PortRange", {})
    low, high = ports.get("From"), ports.get("To")
    if protocol not in {_NUMBERS["tcp"], _NUMBERS["udp"]}:
        return {"port_range_from": None, "port_range_to": None}
    if low is None or high is None:
        raise _missing("portRange")
    if not 0 <= low <= high <= _HIGHEST_PORT:
        raise _invalid(f"Invalid TCP/UDP port range ({low}:{high})")
    return {"port_range_from": low, "port_range_to": high}


def _icmp(protocol: str, params: Params) -> dict[str, int | None]:
    given = params.get("IcmpTypeCode", {})
    if not _needs_icmp_type(protocol, params):
        return {"icmp_type": None, "icmp_code": None}
    if "Type" not in given:
        raise _missing("icmpTypeCode")
    return {"icmp_type": given["Type"], "icmp_code": given.get("Code", -1)}


def _needs_icmp_type(protocol: str, params: Params) -> bool:
    icmpv6 = protocol == _NUMBERS["icmpv6"] and "Ipv6CidrBlock" in params
    return protocol == _NUMBERS["icmp"] or icmpv6


def _check_exists(acl: MotoObject, number: int, *, egress: bool) -> None:
    if not any(each.rule_number == number and each.egress == egress for each in acl.entries):
        side = "egress" if egress else "ingress"
        raise AwsError(
            "InvalidNetworkAclEntry.NotFound",
            f"The specified network ACL entry does not exist: {side} rule {number} in {acl.id}",
        )


def _sort(acl: MotoObject) -> None:
    acl.network_acl_entries.sort(key=lambda entry: (not entry.egress, entry.rule_number))


def _missing(parameter: str) -> AwsError:
    return AwsError("MissingParameter", f"The request must contain the parameter {parameter}")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)
