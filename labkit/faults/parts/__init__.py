"""The parts of a lab that faults change, one module per kind, each with its way into JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from labkit.faults.parts.flow_logs import FlowLogOf
from labkit.faults.parts.gateways import GatewayOf
from labkit.faults.parts.instances import KernelSetting, StateOf
from labkit.faults.parts.nat_gateways import NatGatewayIn
from labkit.faults.parts.network_acls import AclEntry, AclOf, FreshAcl
from labkit.faults.parts.part import Change, Gone, Part, Value, is_gone
from labkit.faults.parts.peerings import PeeringOf
from labkit.faults.parts.roles import DeliveryPolicies, DeliveryTrust
from labkit.faults.parts.routes import RouteTo, TableOf
from labkit.faults.parts.security_groups import GroupRule, GroupsOf

__all__ = [
    "KINDS",
    "AclEntry",
    "AclOf",
    "Change",
    "DeliveryPolicies",
    "DeliveryTrust",
    "FlowLogOf",
    "FreshAcl",
    "GatewayOf",
    "Gone",
    "GroupRule",
    "GroupsOf",
    "KernelSetting",
    "NatGatewayIn",
    "Part",
    "PeeringOf",
    "RouteTo",
    "StateOf",
    "TableOf",
    "Value",
    "as_json",
    "from_json",
    "is_gone",
]

KINDS: Final[dict[str, Any]] = {
    kind.__name__: kind
    for kind in (
        AclEntry,
        DeliveryPolicies,
        DeliveryTrust,
        FlowLogOf,
        FreshAcl,
        GatewayOf,
        GroupRule,
        GroupsOf,
        KernelSetting,
        NatGatewayIn,
        PeeringOf,
        RouteTo,
        StateOf,
        TableOf,
    )
}


def as_json(part: Part) -> dict[str, Any]:
    """
    A part as JSON holds it.

    >>> as_json(TableOf("subnet-1"))
    {'kind': 'TableOf', 'subnet_id': 'subnet-1'}
    """
    return {"kind": type(part).__name__, **asdict(part)}  # type: ignore[call-overload]


def from_json(stored: dict[str, Any]) -> Part:
    """
    The part that JSON holds.

    >>> from_json({"kind": "TableOf", "subnet_id": "subnet-1"})
    TableOf(subnet_id='subnet-1')
    """
    fields = {key: value for key, value in stored.items() if key != "kind"}
    part: Part = KINDS[stored["kind"]](**fields)
    return part
