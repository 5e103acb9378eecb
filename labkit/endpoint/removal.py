"""
What has to be gone before AWS deletes a VPC, a subnet or an interface, and what goes with it.

moto deletes them whatever still depends on them.

Source: Amazon VPC User Guide, "Delete your VPC"; EC2 API Reference, DeleteVpc,
DeleteSubnet, DeleteNetworkInterface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.endpoint.ids import check_form, found
from labkit.endpoint.operations import AwsError, after, before

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call


@before("ec2", "DeleteVpc")
def check_vpc_is_empty(call: Call) -> None:
    """Refuse to delete a VPC that still has a gateway, or a group or ACL of its owner's making."""
    vpc_id = call.params.get("VpcId", "")
    ec2 = call.backend
    found("vpc", vpc_id, ec2.vpcs)
    attached = [igw for igw in ec2.internet_gateways.values() if igw.vpc and igw.vpc.id == vpc_id]
    attached += [igw for igw in ec2.egress_only_internet_gateways.values() if igw.vpc_id == vpc_id]
    groups = [group for group in ec2.groups[vpc_id].values() if not group.is_default]
    acls = [acl for acl in ec2.network_acls.values() if acl.vpc_id == vpc_id and not acl.default]
    if attached or groups or acls:
        raise _has_dependencies("vpc", vpc_id)


@after("ec2", "DeleteVpc")
def delete_default_acl(call: Call) -> None:
    """Delete the ACL that came with the VPC."""
    acls = call.backend.network_acls
    for acl_id in [each.id for each in acls.values() if each.vpc_id == call.params["VpcId"]]:
        del acls[acl_id]


@before("ec2", "DeleteSubnet")
def check_subnet_is_empty(call: Call) -> None:
    """Refuse to delete a subnet that still has an interface."""
    subnet_id = call.params.get("SubnetId", "")
    check_form("subnet", subnet_id)
    if any(interface.subnet.id == subnet_id for interface in call.backend.enis.values()):
        raise _has_dependencies("subnet", subnet_id)


@after("ec2", "DeleteSubnet")
def dissociate_subnet(call: Call) -> None:
    """Take the subnet from its route table and its ACL."""
    subnet_id = call.params["SubnetId"]
    for holder in (*call.backend.route_tables.values(), *call.backend.network_acls.values()):
        associations = holder._associations  # noqa: SLF001  moto's only record
        for association_id, target in list(associations.items()):
            if subnet_id in {target, getattr(target, "subnet_id", None)}:
                del associations[association_id]


@before("ec2", "DeleteNetworkInterface")
def check_interface_is_free(call: Call) -> None:
    """Refuse to delete an interface that is attached."""
    interface = call.backend.get_network_interface(call.params.get("NetworkInterfaceId"))
    if interface.status == "in-use":
        raise AwsError(
            "InvalidParameterValue", f"Network interface '{interface.id}' is currently in use."
        )


def _has_dependencies(noun: str, resource_id: str) -> AwsError:
    return AwsError(
        "DependencyViolation",
        f"The {noun} '{resource_id}' has dependencies and cannot be deleted.",
    )
