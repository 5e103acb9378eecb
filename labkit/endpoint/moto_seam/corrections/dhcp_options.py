"""DHCP options: each Region has a set of its own, VPCs share sets, and a set outlives its VPCs."""

# ruff: noqa: ANN401  moto's objects are untyped, its signatures given

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend
from moto.ec2.models.dhcp_options import DHCPOptionsSetBackend
from moto.ec2.models.vpcs import VPC, VPCBackend

from labkit.endpoint.dns_names import private_domain
from labkit.endpoint.moto_seam.corrections.substitution import instead_of

_NO_OPTIONS: Final = SimpleNamespace(id="default")
"""What a VPC has whose owner chose to have none; AWS calls that "default"."""


@instead_of(EC2Backend, "__init__")
def _begin(original: Any, ec2: Any, *args: Any, **kwargs: Any) -> None:
    original(*args, **kwargs)
    ec2.own_dhcp_options = ec2.create_dhcp_options(
        ["AmazonProvidedDNS"], [private_domain(ec2.region_name)]
    )


@instead_of(VPC, "dhcp_options_id")
def _id_of(_: Any, vpc: Any) -> str:
    if vpc.dhcp_options is not None:
        return str(vpc.dhcp_options.id)
    own_id = vpc.ec2_backend.own_dhcp_options.id
    return str(own_id if own_id in vpc.ec2_backend.dhcp_options_sets else _NO_OPTIONS.id)


@instead_of(DHCPOptionsSetBackend, "associate_dhcp_options")
def _associate(_: Any, __: Any, dhcp_options: Any, vpc: Any) -> None:
    vpc.dhcp_options = dhcp_options


@instead_of(DHCPOptionsSetBackend, "disassociate_dhcp_options")
def _disassociate(_: Any, __: Any, vpc: Any) -> None:
    vpc.dhcp_options = _NO_OPTIONS


@instead_of(DHCPOptionsSetBackend, "delete_dhcp_options_set")
def _delete(original: Any, ec2: Any, options_id: Any) -> None:
    if any(vpc.dhcp_options_id == options_id for vpc in ec2.vpcs.values()):
        raise DependencyViolationError(
            f"The dhcpOptions '{options_id}' has dependencies and cannot be deleted."
        )
    original(options_id)


@instead_of(VPCBackend, "delete_vpc")
def _delete_vpc(original: Any, ec2: Any, vpc_id: str) -> Any:
    vpc = ec2.vpcs.get(vpc_id)
    options = getattr(vpc, "dhcp_options", None)
    if vpc is not None:
        vpc.dhcp_options = None  # or moto would delete the set as well
    try:
        return original(vpc_id)
    finally:
        if vpc is not None:
            vpc.dhcp_options = options
