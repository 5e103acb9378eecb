"""Interfaces: groups of their own and no others, and the lowest free address of their subnet."""

# ruff: noqa: ANN401, ARG001, SLF001  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from copy import copy
from ipaddress import ip_address
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.instances import Instance, InstanceBackend
from moto.ec2.models.subnets import Subnet

from labkit.endpoint.moto_seam.corrections.ipv6_addresses import give_ipv6_as_asked
from labkit.endpoint.moto_seam.corrections.substitution import instead_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

RESERVED_FIRST: Final = 4
"""Addresses AWS keeps at the start of a subnet; it keeps the last one too."""


@instead_of(NetworkInterface, "group_set")
def _groups(_: Any, interface: Any) -> list[Any]:
    return list(dict.fromkeys(interface._group_set))


@instead_of(InstanceBackend, "modify_instance_security_groups")
def _regroup_instance(original: Any, _: Any, instance_id: str, group_ids: list[str]) -> Any:
    instance = original(instance_id, group_ids)
    instance.nics[0]._group_set = list(instance.security_groups)
    return instance


@instead_of(NetworkInterfaceBackend, "modify_network_interface_attribute")
def _regroup_interface(original: Any, ec2: Any, eni_id: str, *args: Any, **kwargs: Any) -> None:
    original(eni_id, *args, **kwargs)
    interface = ec2.get_network_interface(eni_id)
    if interface.instance is not None and interface.device_index == 0:
        interface.instance.security_groups = list(interface.group_set)


@instead_of(Instance, "prep_nics")
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
        spec = asked.get(index, {})
        if "NetworkInterfaceId" not in spec:
            _give_as_asked(interface, spec)
            if kw.get("ipv6_address_count") is None:
                give_ipv6_as_asked(interface, spec)
    instance.security_groups = list(instance.nics[0].group_set)


@instead_of(Instance, "terminate")
def _terminate(original: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
    if instance.state == "terminated":
        return copy(instance._state)
    previous = original(*args, **kwargs)
    for interface in list(instance.nics.values()):
        if interface.id in instance.ec2_backend.enis and interface.instance is instance:
            instance.detach_eni(interface)
    return previous


@instead_of(Subnet, "_base_avail_ip_iterator")
def _hosts(_: Any, subnet: Any) -> Any:
    """The subnet's own iterator; moto's would be kept, and the subnet with it, for good."""
    return vars(subnet).setdefault("lab_hosts", subnet.cidr.hosts())


@instead_of(Subnet, "get_available_subnet_ip")
def _next_address(_: Any, subnet: Any, instance: Any) -> str:
    return next(free_addresses(subnet))


@instead_of(Subnet, "request_ip")
def _take_address(_: Any, subnet: Any, ip: str, instance: Any) -> None:
    subnet._subnet_ips[ip] = instance


@instead_of(NetworkInterfaceBackend, "create_network_interface")
def _create_interface(
    original: Any,
    ec2: Any,
    subnet: Any,
    private_ip_address: Any,
    private_ip_addresses: Any = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    place = ec2.get_subnet(subnet) if isinstance(subnet, str) else subnet
    address = private_ip_address[0] if isinstance(private_ip_address, list) else private_ip_address
    belongs = bool(address) and ip_address(address) in place.cidr
    if not belongs and not private_ip_addresses:
        address = next(free_addresses(place))
    extra = int(kwargs.pop("secondary_ips_count", None) or 0)
    addresses, count = (kwargs.pop(f"ipv6_address{end}", None) for end in ("es", "_count"))
    made = original(place, address, private_ip_addresses, *args, **kwargs)
    _add_secondary(made, extra)
    if count is not None:  # else AWS has it for itself, or its instance says later what it asks for
        listed = [{"Ipv6Address": each} for each in addresses or ()]
        asked = {"Ipv6AddressCount": count} if count else {}
        give_ipv6_as_asked(made, {"Ipv6Addresses": listed} | asked)
    return made


@instead_of(NetworkInterfaceBackend, "assign_private_ip_addresses")
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


def looked_after(interface: Any, kind: str, description: str, groups: Iterable[Any] = ()) -> None:
    """Make *interface* one that AWS made for a service of this *kind*, and looks after."""
    interface.interface_type = kind
    interface.requester_managed = True
    interface.requester_id = interface.ec2_backend.account_id
    interface.status = "in-use"
    interface.description = description
    interface.ipv6_addresses = []
    interface._group_set = list(groups)


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


def _give_as_asked(interface: Any, asked: Mapping[str, Any]) -> None:
    """Give a new interface of an instance the secondary addresses that were asked for it."""
    own = interface.private_ip_address
    listed = [each["PrivateIpAddress"] for each in asked.get("PrivateIpAddresses") or ()]
    interface.private_ip_addresses += [
        {"Primary": False, "PrivateIpAddress": address} for address in listed if address != own
    ]
    _add_secondary(interface, int(asked.get("SecondaryPrivateIpAddressCount") or 0))


def _add_secondary(interface: Any, count: int) -> None:
    fresh = list(islice(free_addresses(interface.subnet), count))
    interface.private_ip_addresses += [
        {"Primary": False, "PrivateIpAddress": address} for address in fresh
    ]
