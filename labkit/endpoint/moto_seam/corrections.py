"""
What moto's EC2 objects say wrongly, said rightly while an application is at work.

A correction stands in for one attribute of one of moto's classes.  It acts
only within :func:`labkit.endpoint.moto_seam.isolation.active`, so moto stays
as it is for anybody else in the process.
"""

# ruff: noqa: ANN401, ARG001, SLF001  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from functools import partial, wraps
from ipaddress import ip_address, ip_network
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from moto.core.responses import ActionResult
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.instances import Instance, InstanceBackend
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.network_acls import NetworkAclBackend
from moto.ec2.models.route_tables import Route
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.subnets import Subnet, SubnetBackend
from moto.ec2.models.vpc_peering_connections import VPCPeeringConnection
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.vpc_peering_connections import VPCPeeringConnections
from moto.ec2.utils import generic_filter

from labkit.endpoint.moto_seam import isolation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESERVED_FIRST: Final = 4
"""Addresses AWS keeps at the start of a subnet; it keeps the last one too."""


def _instead_of(owner: type, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that puts a function in the place of *owner*'s *name*, the original first."""
    original = vars(owner).get(name, getattr(owner, name))

    def put_in(correction: Callable[..., Any]) -> Callable[..., Any]:
        if isinstance(original, property):
            setattr(owner, name, property(_switch(original.fget, correction)))
        else:
            setattr(owner, name, _switch(original, correction))
        return correction

    return put_in


def _switch(original: Any, correction: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def either(self: Any, *args: Any, **kwargs: Any) -> Any:
        if isolation.at_work():
            return correction(partial(original, self), self, *args, **kwargs)
        return original(self, *args, **kwargs)

    return either


# Routes: moto calls every route active.


@_instead_of(Route, "state")
def _route_state(_: Any, route: Any) -> str:
    return "active" if route.local or _target_is_there(route) else "blackhole"


@_instead_of(Route, "origin")
def _route_origin(original: Any, route: Any) -> str:
    return "CreateRouteTable" if getattr(route, "was_local", False) else str(original())


@_instead_of(Route, "network_interface_id")
def _route_interface(original: Any, route: Any) -> str | None:
    if route.instance is not None and route.instance.nics:
        return str(route.instance.nics[0].id)
    found: str | None = original()
    return found


@_instead_of(Route, "instance_id")
def _route_instance(original: Any, route: Any) -> str | None:
    if route.interface is not None and route.interface.instance is not None:
        return str(route.interface.instance.id)
    found: str | None = original()
    return found


def _target_is_there(route: Any) -> bool:
    ec2, vpc_id = route.route_table.ec2_backend, route.route_table.vpc_id
    for attribute, is_there in _TARGETS.items():
        target = getattr(route, attribute)
        if target is not None:
            return is_there(ec2, target, vpc_id)
    return False


def _gateway_is_attached(ec2: Any, gateway: Any, vpc_id: str) -> bool:
    if gateway.id in ec2.internet_gateways:
        return gateway.vpc is not None and gateway.vpc.id == vpc_id
    if gateway.id in ec2.vpn_gateways:
        attachment = gateway.attachments.get(vpc_id)
        return attachment is not None and attachment.state == "attached"
    return gateway.id in ec2.vpc_end_points


def _endpoint_is_there(ec2: Any, endpoint_id: str, _: str) -> bool:
    endpoint = ec2.vpc_end_points.get(endpoint_id)
    return endpoint is not None and endpoint.state != "deleted"


_TARGETS: Final[dict[str, Callable[[Any, Any, str], bool]]] = {
    "vpc_pcx": lambda _, peering, __: bool(peering.status["Code"] == "active"),
    "gateway": _gateway_is_attached,
    "nat_gateway": lambda _, gateway, __: bool(gateway.state == "available"),
    "interface": lambda ec2, interface, _: interface.id in ec2.enis,
    "instance": lambda _, instance, __: instance.state not in {"shutting-down", "terminated"},
    "egress_only_igw": lambda ec2, igw, _: igw.id in ec2.egress_only_internet_gateways,
    "transit_gateway": lambda ec2, gateway, _: gateway.id in ec2.transit_gateways,
    "carrier_gateway": lambda ec2, gateway, _: gateway.id in ec2.carrier_gateways,
    "vpc_endpoint_id": _endpoint_is_there,
}


# Peering connections: address blocks show while the peering is active, and only then.


@_instead_of(VPCPeeringConnection, "requester_vpc_info")
def _requester(original: Any, peering: Any) -> dict[str, Any]:
    return _with_blocks(original(), peering.vpc, peering)


@_instead_of(VPCPeeringConnection, "accepter_vpc_info")
def _accepter(original: Any, peering: Any) -> dict[str, Any]:
    return _with_blocks(original(), peering.peer_vpc, peering)


@_instead_of(VPCPeeringConnection, "status")
def _peering_status(original: Any, peering: Any) -> dict[str, str]:
    shown: dict[str, str] = original()
    expires = getattr(peering, "expiration_time", None)
    if shown["Code"] == "pending-acceptance" and expires and isolation.now() >= expires:
        return {"Code": "expired", "Message": "Expired"}
    return shown


@_instead_of(VPCPeeringConnection, "get_filter_value")
def _peering_filter(
    original: Any,
    peering: Any,
    filter_name: str,
    method_name: str | None = None,
) -> Any:
    side, _, member = filter_name.partition("-vpc-info.")
    if member and side in {"requester", "accepter"}:
        vpc = peering.vpc if side == "requester" else peering.peer_vpc
        return {"cidr-block": vpc.cidr_block, "owner-id": vpc.owner_id, "vpc-id": vpc.id}[member]
    values = {
        "status-code": peering.status["Code"],
        "status-message": peering.status["Message"],
        "vpc-peering-connection-id": peering.id,
    }
    return values.get(filter_name) or original(filter_name, method_name)


@_instead_of(VPCPeeringConnections, "describe_vpc_peering_connections")
def _describe_peerings(_: Any, responder: Any) -> ActionResult:
    ids = responder._get_param("VpcPeeringConnectionIds", [])
    asked = responder.ec2_backend.describe_vpc_peering_connections(vpc_peering_ids=ids)
    found = generic_filter(responder._filters_from_querystring(), asked)
    return ActionResult({"VpcPeeringConnections": found})


def _with_blocks(info: dict[str, Any], vpc: Any, peering: Any) -> dict[str, Any]:
    if peering.status["Code"] not in {"active", "provisioning"}:
        return {name: value for name, value in info.items() if name != "CidrBlock"}
    blocks = [{"CidrBlock": each["cidr_block"]} for each in associated_blocks(vpc, ipv6=False)]
    blocks6 = [{"Ipv6CidrBlock": each["cidr_block"]} for each in associated_blocks(vpc, ipv6=True)]
    return {**info, "CidrBlockSet": blocks, "Ipv6CidrBlockSet": blocks6}


def associated_blocks(vpc: Any, *, ipv6: bool) -> list[dict[str, Any]]:
    """The address blocks *vpc* has, without those it gave up."""
    every = vpc.get_cidr_block_association_set(ipv6=ipv6)
    return [each for each in every if _state_of(each) == "associated"]


def _state_of(block: dict[str, Any]) -> str:
    return str(block["cidr_block_state"]["state"])


# Interfaces: an interface has its own groups and no others.


@_instead_of(NetworkInterface, "group_set")
def _groups(_: Any, interface: Any) -> list[Any]:
    return list(dict.fromkeys(interface._group_set))


@_instead_of(InstanceBackend, "modify_instance_security_groups")
def _regroup_instance(original: Any, _: Any, instance_id: str, group_ids: list[str]) -> Any:
    instance = original(instance_id, group_ids)
    instance.nics[0]._group_set = list(instance.security_groups)
    return instance


@_instead_of(NetworkInterfaceBackend, "modify_network_interface_attribute")
def _regroup_interface(original: Any, ec2: Any, eni_id: str, *args: Any, **kwargs: Any) -> None:
    original(eni_id, *args, **kwargs)
    interface = ec2.get_network_interface(eni_id)
    if interface.instance is not None and interface.device_index == 0:
        interface.instance.security_groups = list(interface.group_set)


@_instead_of(Instance, "prep_nics")
def _launch_interfaces(original: Any, instance: Any, nic_spec: Any, *args: Any, **kw: Any) -> None:
    asked = {int(each.get("DeviceIndex", 0)): each for each in nic_spec}
    kept = {
        index
        for index, each in asked.items()
        if "NetworkInterfaceId" in each or each.get("DeleteOnTermination") is False
    }
    original(nic_spec, *args, **kw)
    for index, interface in instance.nics.items():
        if index not in kept:
            interface.delete_on_termination = True
    instance.security_groups = list(instance.nics[0].group_set)


@_instead_of(Instance, "terminate")
def _terminate(original: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
    previous = original(*args, **kwargs)
    for interface in list(instance.nics.values()):
        if interface.id in instance.ec2_backend.enis and interface.instance is instance:
            instance.detach_eni(interface)
    return previous


# Addresses: the lowest free one of the subnet.


@_instead_of(Subnet, "get_available_subnet_ip")
def _next_address(_: Any, subnet: Any, instance: Any) -> str:
    return next(free_addresses(subnet))


@_instead_of(Subnet, "request_ip")
def _take_address(_: Any, subnet: Any, ip: str, instance: Any) -> None:
    subnet._subnet_ips[ip] = instance


@_instead_of(NetworkInterfaceBackend, "create_network_interface")
def _create_interface(
    original: Any,
    ec2: Any,
    subnet: Any,
    private_ip_address: Any,
    private_ip_addresses: Any = None,
    **kwargs: Any,
) -> Any:
    place = ec2.get_subnet(subnet) if isinstance(subnet, str) else subnet
    address = private_ip_address[0] if isinstance(private_ip_address, list) else private_ip_address
    if (
        place
        and not private_ip_addresses
        and (not address or ip_address(address) not in place.cidr)
    ):
        address = next(free_addresses(place))
    extra = int(kwargs.pop("secondary_ips_count", None) or 0)
    made = original(place, address, private_ip_addresses, **kwargs)
    _add_secondary(made, extra)
    return made


@_instead_of(NetworkInterfaceBackend, "assign_private_ip_addresses")
def _assign_addresses(
    original: Any,
    ec2: Any,
    eni_id: str,
    private_ip_addresses: list[str] | None = None,
    secondary_ips_count: int | None = None,
) -> Any:
    interface = original(eni_id, private_ip_addresses, None)
    _add_secondary(ec2.get_network_interface(eni_id), int(secondary_ips_count or 0))
    return interface


@_instead_of(NatGatewayBackend, "create_nat_gateway")
def _create_nat_gateway(original: Any, _: Any, *args: Any, **kwargs: Any) -> Any:
    made = original(*args, **kwargs)
    interface = made._eni
    interface.interface_type = "nat_gateway"
    interface.requester_managed = True
    interface.status = "in-use"
    interface.description = f"Interface for NAT Gateway {made.id}"
    made.private_ip = interface.private_ip_address
    return made


@_instead_of(NatGatewayBackend, "delete_nat_gateway")
def _delete_nat_gateway(original: Any, ec2: Any, *args: Any, **kwargs: Any) -> Any:
    gone = original(*args, **kwargs)
    ec2.enis.pop(gone._eni.id, None)
    return gone


def free_addresses(subnet: Any) -> Iterator[str]:
    """IPv4 addresses of *subnet* that AWS would give out, lowest first."""
    taken = used_addresses(subnet)
    usable = islice(subnet.cidr, RESERVED_FIRST, subnet.cidr.num_addresses - 1)
    return (text for text in map(str, usable) if text not in taken)


def used_addresses(subnet: Any) -> set[str]:
    """IPv4 addresses that interfaces in *subnet* have."""
    return {
        address["PrivateIpAddress"]
        for interface in subnet.ec2_backend.enis.values()
        if interface.subnet.id == subnet.id
        for address in interface.private_ip_addresses
    }


def _add_secondary(interface: Any, count: int) -> None:
    fresh = list(islice(free_addresses(interface.subnet), count))
    interface.private_ip_addresses += [
        {"Primary": False, "PrivateIpAddress": address} for address in fresh
    ]


# Security group rules: two rules are one if they let the same traffic in, whatever they are called.


@_instead_of(SecurityGroupRule, "__eq__")
def _same_rule(_: Any, rule: Any, other: Any) -> bool:
    return isinstance(other, SecurityGroupRule) and _traffic(rule) == _traffic(other)


def _traffic(rule: Any) -> tuple[Any, ...]:
    ports = () if rule.ip_protocol == "-1" else (rule.from_port, rule.to_port)
    peer = rule.cidr_ipv4, rule.cidr_ipv6, rule.source_group.get("GroupId"), rule.prefix_list_id
    return rule.ip_protocol, ports, peer


# VPCs and subnets: blocks without host bits, and the rules every VPC begins with.


@_instead_of(VPCBackend, "create_vpc")
def _create_vpc(original: Any, ec2: Any, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
    vpc = original(_without_host_bits(cidr_block), *args, **kwargs)
    group = ec2.get_default_security_group(vpc.id)
    if group is not None and not group.ingress_rules:
        itself = {"GroupId": group.id, "UserId": ec2.account_id, "OwnerId": ec2.account_id}
        rule = SecurityGroupRule(ec2, "-1", group.id, None, None, None, itself, is_egress=False)
        group.add_ingress_rule(rule)
    for rule in group.egress_rules if group is not None else ():
        rule.is_egress = True
    if associated_blocks(vpc, ipv6=True):
        _admit_ipv6(ec2, vpc.id)
    return vpc


@_instead_of(VPCBackend, "associate_vpc_cidr_block")
def _associate_block(
    original: Any, ec2: Any, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any
) -> Any:
    text = _without_host_bits(cidr_block) if cidr_block else cidr_block
    association = original(vpc_id, text, *args, **kwargs)
    if associated_blocks(ec2.get_vpc(vpc_id), ipv6=True):
        _admit_ipv6(ec2, vpc_id)
    return association


@_instead_of(SubnetBackend, "create_subnet")
def _create_subnet(
    original: Any, _: Any, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any
) -> Any:
    return original(vpc_id, _without_host_bits(cidr_block), *args, **kwargs)


def _without_host_bits(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        return text


# Network ACLs: every ACL ends in a deny for all, and shows its entries in order.

DENY_ALL: Final = {"ipv4": (32767, "0.0.0.0/0"), "ipv6": (32768, "::/0")}
"""Number and block of the last entry, which nobody can change."""


@_instead_of(NetworkAclBackend, "create_network_acl")
def _create_acl(original: Any, ec2: Any, *args: Any, **kwargs: Any) -> Any:
    acl = original(*args, **kwargs)
    if not acl.default:
        _add_for_all(ec2, acl, *DENY_ALL["ipv4"], "deny")
        if associated_blocks(ec2.get_vpc(acl.vpc_id), ipv6=True):
            _add_for_all(ec2, acl, *DENY_ALL["ipv6"], "deny")
    return acl


def _admit_ipv6(ec2: Any, vpc_id: str) -> None:
    """Enter what AWS adds to the ACLs of a VPC that has become an IPv6 one."""
    for acl in ec2.network_acls.values():
        if acl.vpc_id == vpc_id:
            if acl.default:
                _add_for_all(ec2, acl, 101, "::/0", "allow")
            _add_for_all(ec2, acl, *DENY_ALL["ipv6"], "deny")


def _add_for_all(ec2: Any, acl: Any, number: int, block: str, action: str) -> None:
    family = "ipv6_cidr_block" if ":" in block else "cidr_block"
    absent = dict.fromkeys(
        (
            "cidr_block",
            "ipv6_cidr_block",
            "icmp_code",
            "icmp_type",
            "port_range_from",
            "port_range_to",
        )
    )
    for egress in (True, False):
        if not any(each.rule_number == number and each.egress == egress for each in acl.entries):
            rule = {**absent, family: block, "protocol": "-1", "rule_action": action}
            ec2.create_network_acl_entry(acl.id, rule_number=number, egress=egress, **rule)
    acl.network_acl_entries.sort(key=lambda entry: (not entry.egress, entry.rule_number))
