"""Tags: of what is there, which they call by AWS's names."""

# ruff: noqa: ANN401  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.ec2.models.tags import TagBackend

from labkit.endpoint.moto_seam.corrections.substitution import instead_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container

_KINDS: Final = {
    "dedicated_host": "dedicated-host",
    "flow-logs": "vpc-flow-log",
    "managed-prefix-list": "prefix-list",
    "nat-gateway": "natgateway",
    "spot-instance-request": "spot-instances-request",
    "vpc-elastic-ip": "elastic-ip",
}
"""AWS's name of a kind by moto's."""

_THERE: Final[dict[str, Callable[[Any], Container[str]]]] = {
    "acl": lambda ec2: ec2.network_acls,
    "dopt": lambda ec2: ec2.dhcp_options_sets,
    "eigw": lambda ec2: ec2.egress_only_internet_gateways,
    "eipalloc": lambda ec2: {each.allocation_id for each in ec2.addresses},
    "eni": lambda ec2: ec2.enis,
    "fl": lambda ec2: ec2.flow_logs,
    "igw": lambda ec2: ec2.internet_gateways,
    "pl": lambda ec2: ec2.managed_prefix_lists,
    "rtb": lambda ec2: ec2.route_tables,
    "sg": lambda ec2: {each.id for each in _groups(ec2)},
    "sgr": lambda ec2: {
        rule.id for each in _groups(ec2) for rule in (*each.ingress_rules, *each.egress_rules)
    },
    "snap": lambda ec2: ec2.snapshots,
    "subnet": lambda ec2: {each.id for each in ec2.describe_subnets()},
    "tgw": lambda ec2: ec2.transit_gateways,
    "tgw-attach": lambda ec2: ec2.transit_gateway_attachments,
    "tgw-rtb": lambda ec2: ec2.transit_gateways_route_tables,
    "vol": lambda ec2: ec2.volumes,
    "vpc": lambda ec2: ec2.vpcs,
    "vpce": lambda ec2: ec2.vpc_end_points,
}
"""The ids there are of each kind whose tags go with it; moto keeps them for ever."""


@instead_of(TagBackend, "describe_tags")
def _describe(original: Any, ec2: Any, *args: Any, **kwargs: Any) -> Any:
    there = {prefix: ids(ec2) for prefix, ids in _THERE.items()}
    found = [
        each
        for each in original(*args, **kwargs)
        if each["resource_id"] in there.get(_prefix(each["resource_id"]), [each["resource_id"]])
    ]
    for each in found:
        each["resource_type"] = _KINDS.get(each["resource_type"], each["resource_type"])
    return found


def _prefix(resource_id: str) -> str:
    return resource_id.rpartition("-")[0]


def _groups(ec2: Any) -> list[Any]:
    return [group for groups in ec2.groups.values() for group in groups.values()]
