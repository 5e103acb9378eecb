"""
What moto knows of a network, as describe answers cut down to what a packet's way depends on.

Writing out every member of every instance takes tens of milliseconds, which a
ping would have to wait for after each change.  The few members that
``labkit.network.read`` reads take two or three.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from moto.core.model import ServiceModel
from moto.core.utils import get_service_model
from moto.ec2.responses import EC2Response

from labkit.endpoint.moto_seam import protocols

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moto.core.model import OperationModel

_KEPT_MEMBERS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(members.split())
    for name, members in {
        "Vpc": "VpcId CidrBlock OwnerId CidrBlockAssociationSet Ipv6CidrBlockAssociationSet Tags",
        "Subnet": "SubnetId VpcId CidrBlock Ipv6CidrBlockAssociationSet AvailabilityZone "
        "AvailabilityZoneId Tags",
        "Reservation": "Instances",
        "Instance": "InstanceId State PrivateIpAddress Tags",
        "NetworkInterface": "NetworkInterfaceId SubnetId VpcId OwnerId Attachment Association "
        "PrivateIpAddress PrivateIpAddresses Ipv6Addresses Groups SourceDestCheck "
        "RequesterManaged InterfaceType Description MacAddress TagSet",
        "NetworkInterfaceAttachment": "InstanceId DeviceIndex",
        "NetworkInterfacePrivateIpAddress": "PrivateIpAddress",
        "SecurityGroup": "GroupId VpcId GroupName IpPermissions IpPermissionsEgress",
    }.items()
}
_FROM_BACKEND: Final[Mapping[str, Callable[[Any], Any]]] = {
    "DescribeVpcs": lambda ec2: {"Vpcs": ec2.describe_vpcs()},
    "DescribeSubnets": lambda ec2: {"Subnets": ec2.describe_subnets()},
    "DescribeInstances": lambda ec2: {"Reservations": ec2.describe_instances()},
    "DescribeNetworkInterfaces": lambda ec2: {
        "NetworkInterfaces": ec2.describe_network_interfaces()
    },
    "DescribeSecurityGroups": lambda ec2: {"SecurityGroups": ec2.describe_security_groups()},
    "DescribeNetworkAcls": lambda ec2: {"NetworkAcls": ec2.describe_network_acls()},
    "DescribeRouteTables": lambda ec2: {"RouteTables": ec2.describe_route_tables()},
    "DescribeInternetGateways": lambda ec2: {"InternetGateways": ec2.describe_internet_gateways()},
    "DescribeVpcPeeringConnections": lambda ec2: {
        "VpcPeeringConnections": ec2.describe_vpc_peering_connections()
    },
}


def described(backend: Any, operation: str) -> dict[str, Any]:  # noqa: ANN401  moto's EC2 backend
    """The answer to a describe operation without parameters, with the members that matter."""
    result = _FROM_BACKEND[operation](backend)
    transformers = EC2Response.RESPONSE_KEY_PATH_TO_TRANSFORMER
    return protocols.plain(result, _model(operation), transformers)


@cache
def _model(operation: str) -> OperationModel:
    model: OperationModel = _service().operation_model(operation)
    return model


@cache
def _service() -> ServiceModel:
    """The model of EC2 with only the members to keep."""
    description = get_service_model("ec2")._service_description  # noqa: SLF001  no public way
    shapes = {name: _cut(name, shape) for name, shape in description["shapes"].items()}
    return ServiceModel({**description, "shapes": shapes}, "ec2")


def _cut(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    kept = _KEPT_MEMBERS.get(name)
    if kept is None:
        return shape
    members = {member: of for member, of in shape["members"].items() if member in kept}
    return {**shape, "members": members}


def prefix_lists(backend: Any) -> list[dict[str, Any]]:  # noqa: ANN401  moto's EC2 backend
    """Every managed prefix list with its latest entries, as ``labkit.network.read`` takes them."""
    return [
        {
            "PrefixListId": each.id,
            "PrefixListName": each.prefix_list_name,
            "Cidrs": [entry["Cidr"] for entry in _latest_entries(each)],
        }
        for each in backend.managed_prefix_lists.values()
    ]


def _latest_entries(prefix_list: Any) -> list[dict[str, str]]:  # noqa: ANN401  moto's list
    """The entries of the latest version; those of AWS's own lists have no number."""
    numbered = prefix_list.entries
    if prefix_list.version is None:
        return next(reversed(numbered.values()), None) or []
    return numbered.get(prefix_list.version) or []


def peered_regions(backend: Any) -> set[str]:  # noqa: ANN401  moto's EC2 backend
    """Regions that a peering connection of this Region touches, its own among them."""
    ends = [end for pcx in backend.vpc_pcxs.values() for end in (pcx.vpc, pcx.peer_vpc)]
    return {str(vpc.region) for vpc in ends} | {str(backend.region_name)}
