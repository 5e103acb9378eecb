"""
Beyond the guide: a public and a private subnet on the first side, and their ways to the internet.

A subnet is public when its route table leads to an internet gateway; nothing on
the subnet itself says so. The private one goes out by a NAT gateway, which
stands in the public one and lends it its public address. On AWS a NAT gateway
and its address cost about five US cents an hour, used or not.

A flow log of its own watches both subnets. It has the fields that the default
format lacks: the addresses really in the packet, and the path traffic takes.

Source: Amazon VPC User Guide, "Internet gateways", "NAT gateways" and "Flow log
records".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.steps import flow_logs, instances, management, routes, security_groups, subnets
from labkit.steps.plan import SIDES, A

if TYPE_CHECKING:
    from labkit.lab import CloudLab

EVERYWHERE: Final = "0.0.0.0/0"
INTERNET_GATEWAY: Final = "internet-a"
NAT_GATEWAY: Final = "nat-a"
NAT_ADDRESS: Final = "nat-address-a"
FLOW_LOG: Final = "flow-log-gateways"
LOG_FORMAT: Final = (
    "${version} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status} "
    "${pkt-srcaddr} ${pkt-dstaddr} ${flow-direction} ${traffic-path}"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A subnet of the first side with everything in it, by name and address."""

    subnet: str
    cidr: str
    route_table: str
    security_group: str
    instance: str
    instance_address: str
    is_public: bool


PUBLIC: Final = Place(
    "public-a", "10.1.2.0/24", "public-routes-a", "public-a", "web-a", "10.1.2.10", is_public=True
)
PRIVATE: Final = Place(
    "private-a",
    "10.1.3.0/24",
    "private-routes-a",
    "private-a",
    "worker-a",
    "10.1.3.10",
    is_public=False,
)
PLACES: Final = (PUBLIC, PRIVATE)


def log_group(lab: CloudLab) -> str:
    """The log group of the flow log that watches the two subnets."""
    return f"/{lab.name}/gateways"


def build(lab: CloudLab) -> dict[str, str]:
    """
    The id of each thing by its name; makes and joins what is missing.

    Raises:
        StepOutOfOrder: The first side's VPC, or the role of flow logs, has not been built.
        LabError: The NAT gateway did not come up, or the flow log was refused; says why.
    """
    vpc_id = lab.require("vpc", A.vpc, step="vpcs")
    built = {INTERNET_GATEWAY: _internet_gateway(lab, vpc_id)}
    for place in PLACES:
        built[place.subnet] = subnets.find_or_create(lab, place.subnet, A.vpc, place.cidr)
    _default_route(lab, PUBLIC, GatewayId=built[INTERNET_GATEWAY])
    built |= _nat_gateway(lab, built[PUBLIC.subnet])
    _default_route(lab, PRIVATE, NatGatewayId=built[NAT_GATEWAY])
    built[FLOW_LOG] = _flow_log(lab, [built[place.subnet] for place in PLACES])
    built |= _instances(lab)
    return built


def _internet_gateway(lab: CloudLab, vpc_id: str) -> str:
    gateway_id = lab.find("internet-gateway", INTERNET_GATEWAY)
    if gateway_id is None:
        created = lab.ec2.create_internet_gateway(
            TagSpecifications=lab.tags.specification("internet-gateway", INTERNET_GATEWAY)
        )
        gateway_id = str(created["InternetGateway"]["InternetGatewayId"])
    [gateway] = lab.ec2.describe_internet_gateways(InternetGatewayIds=[gateway_id])[
        "InternetGateways"
    ]
    if not gateway["Attachments"]:
        lab.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    return gateway_id


def _default_route(lab: CloudLab, place: Place, **target: str) -> None:
    """Send everything that leaves a subnet for elsewhere to a gateway."""
    table = routes.find_or_create(lab, place.route_table, A.vpc, place.subnet)
    routes.lead(lab, table, EVERYWHERE, **target)


def _nat_gateway(lab: CloudLab, subnet_id: str) -> dict[str, str]:
    """NAT gateway and its address, once it is up: on AWS that takes a minute or two."""
    allocation_id = lab.find("elastic-ip", NAT_ADDRESS) or _address(lab)
    gateway_id = lab.find("natgateway", NAT_GATEWAY)
    if gateway_id is None:
        created = lab.ec2.create_nat_gateway(
            SubnetId=subnet_id,
            AllocationId=allocation_id,
            TagSpecifications=lab.tags.specification("natgateway", NAT_GATEWAY),
        )
        gateway_id = str(created["NatGateway"]["NatGatewayId"])
    _wait_until_available(lab, gateway_id)
    return {NAT_ADDRESS: allocation_id, NAT_GATEWAY: gateway_id}


def _address(lab: CloudLab) -> str:
    allocated = lab.ec2.allocate_address(
        Domain="vpc", TagSpecifications=lab.tags.specification("elastic-ip", NAT_ADDRESS)
    )
    allocation_id: str = allocated["AllocationId"]
    return allocation_id


_POLL_S: Final = 5.0
_GIVE_UP_S: Final = 600.0


def _wait_until_available(lab: CloudLab, gateway_id: str) -> None:
    deadline_s = lab.clock.now() + _GIVE_UP_S
    while True:
        [gateway] = lab.ec2.describe_nat_gateways(NatGatewayIds=[gateway_id])["NatGateways"]
        if gateway["State"] == "available":
            return
        if gateway["State"] != "pending" or lab.clock.now() >= deadline_s:
            raise LabError(
                f"NAT gateway {gateway_id} is {gateway['State']}: "
                f"{gateway.get('FailureMessage', 'AWS gave no reason')}. "
                "Put that right, then build this step again."
            )
        lab.clock.sleep(_POLL_S)


def _flow_log(lab: CloudLab, subnet_ids: list[str]) -> str:
    """The id of the first of the flow logs, of which AWS makes one for each subnet."""
    name = log_group(lab)
    flow_logs.make_log_group(lab, name)
    present = lab.tags.resources(lab.ec2, "vpc-flow-log", FLOW_LOG)
    watched = {each["ResourceId"]: each["FlowLogId"] for each in present}
    missing = [each for each in subnet_ids if each not in watched]
    if missing:
        created = lab.ec2.create_flow_logs(
            ResourceType="Subnet",
            ResourceIds=missing,
            TrafficType="ALL",
            LogDestinationType="cloud-watch-logs",
            LogGroupName=name,
            LogFormat=LOG_FORMAT,
            DeliverLogsPermissionArn=flow_logs.role_arn(lab),
            MaxAggregationInterval=flow_logs.AGGREGATION_INTERVAL_S,
            TagSpecifications=lab.tags.specification("vpc-flow-log", FLOW_LOG),
        )
        flow_logs.check_created(created, f"the subnets {', '.join(missing)}")
        watched |= dict(zip(missing, created["FlowLogIds"], strict=True))
    first: str = watched[subnet_ids[0]]
    return first


def _instances(lab: CloudLab) -> dict[str, str]:
    """The id of each instance by its name, running; on AWS also answering to Systems Manager."""
    built = {}
    for place in PLACES:
        group_id = _security_group(lab, place)
        found = lab.find("instance", place.instance)
        built[place.instance] = found or _launch(lab, place, group_id)
    lab.ec2.get_waiter("instance_running").wait(InstanceIds=list(built.values()))
    management.connect(lab, built.values())
    return built


def _security_group(lab: CloudLab, place: Place) -> str:
    about = f"What {place.instance} lets in"
    group = security_groups.find_or_create(lab, place.security_group, A.vpc, about)
    group_id: str = group["GroupId"]
    if not group["IpPermissions"]:
        lab.ec2.authorize_security_group_ingress(
            GroupId=group_id, IpPermissions=_permissions(place)
        )
    return group_id


def _permissions(place: Place) -> list[dict[str, Any]]:
    """Pings from both VPCs; for a public instance the web from everywhere, too."""
    ranges = [{"CidrIp": side.vpc_cidr} for side in SIDES]
    pings = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": ranges}
    web = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        "IpRanges": [{"CidrIp": EVERYWHERE}],
    }
    return [pings, web] if place.is_public else [pings]


def _launch(lab: CloudLab, place: Place, group_id: str) -> str:
    interface = {
        "DeviceIndex": 0,
        "SubnetId": lab.require("subnet", place.subnet, step="gateways"),
        "PrivateIpAddress": place.instance_address,
        "Groups": [group_id],
        "AssociatePublicIpAddress": place.is_public,
    }
    launched = lab.ec2.run_instances(
        ImageId=instances.image_id(lab),
        InstanceType=instances.INSTANCE_TYPE,
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[interface],
        TagSpecifications=lab.tags.specification("instance", place.instance),
    )
    instance_id: str = launched["Instances"][0]["InstanceId"]
    return instance_id
