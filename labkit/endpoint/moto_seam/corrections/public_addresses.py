"""Public addresses: none twice, none from a host's loopback range, each with one interface."""

# ruff: noqa: ANN401  moto's objects are untyped, its signatures given

from __future__ import annotations

from typing import Any

from moto.ec2.models.elastic_ip_addresses import ElasticAddress, ElasticAddressBackend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.instances import Instance
from moto.ec2.utils import random_public_ip

from labkit.endpoint.dns_names import public_domain
from labkit.endpoint.moto_seam.corrections.substitution import instead_of


def elastic_address_of(ec2: Any, interface: Any) -> Any:
    """The Elastic IP address that stands for *interface* on the internet, or None."""
    return next((each for each in ec2.addresses if each.eni is interface), None)


def let_go(address: Any) -> None:
    """Take an Elastic IP address from the interface that has it."""
    if address.eni is not None:
        address.eni.public_ip = None
    address.eni = address.instance = address.association_id = None


@instead_of(ElasticAddressBackend, "allocate_address")
def _allocate(original: Any, ec2: Any, domain: Any, address: Any = None, tags: Any = None) -> Any:
    made = original(domain, address=address or _free_address(ec2), tags=tags)
    made.network_border_group = ec2.region_name
    made.public_ipv4_pool = "amazon"
    return made


@instead_of(ElasticAddressBackend, "associate_address")
def _associate(
    original: Any, ec2: Any, instance: Any = None, eni: Any = None, *args: Any, **kwargs: Any
) -> Any:
    interface = eni or instance.nics[0]
    wanted = _wanted(ec2, **kwargs)
    if wanted.eni is interface:
        return wanted
    former = elastic_address_of(ec2, interface)
    if former is not None:
        let_go(former)
    if wanted.eni is not None:
        ec2.disassociate_address(address=wanted.public_ip)
    return original(None, interface, *args, **{**kwargs, "reassociate": True})


def _wanted(ec2: Any, address: Any = None, allocation_id: Any = None, **_: Any) -> Any:
    found = ec2.address_by_ip([address]) if address else ec2.address_by_allocation([allocation_id])
    return found[0]


@instead_of(ElasticAddressBackend, "disassociate_address")
def _disassociate(_: Any, ec2: Any, address: Any = None, association_id: Any = None) -> None:
    found = (
        ec2.address_by_ip([address]) if address else ec2.address_by_association([association_id])
    )
    interface = found[0].eni
    let_go(found[0])
    if interface is not None and interface.instance and interface.instance.state == "running":
        interface.check_auto_public_ip()


@instead_of(ElasticAddress, "instance_id")
def _instance_of(_: Any, address: Any) -> str:
    instance = address.eni.instance if address.eni is not None else None
    return str(instance.id) if instance is not None else ""


@instead_of(NetworkInterface, "stop")
def _stop(original: Any, interface: Any) -> None:
    if elastic_address_of(interface.ec2_backend, interface) is None:
        original()


@instead_of(NetworkInterface, "check_auto_public_ip")
def _assign(_: Any, interface: Any) -> None:
    assigned = str(interface.public_ip_auto_assign).lower() == "true"
    ec2 = interface.ec2_backend
    if assigned and elastic_address_of(ec2, interface) is None:
        interface.public_ip = _free_address(ec2)


@instead_of(NetworkInterface, "association")
def _association(original: Any, interface: Any) -> dict[str, Any]:
    shown = dict(original())
    if not shown:
        return shown
    ec2 = interface.ec2_backend
    elastic = elastic_address_of(ec2, interface) is not None
    name = _public_name(ec2, interface)
    return {
        **shown,
        "publicDnsName": name,
        "ipOwnerId": ec2.account_id if elastic else "amazon",
    }


def _public_name(ec2: Any, interface: Any) -> str:
    """The name AWS gives a public address, in VPCs that have host names."""
    if not ec2.get_vpc(interface.subnet.vpc_id).enable_dns_hostnames:
        return ""
    return f"ec2-{interface.public_ip.replace('.', '-')}.{public_domain(ec2.region_name)}"


@instead_of(NetworkInterfaceBackend, "delete_network_interface")
def _delete_interface(original: Any, ec2: Any, eni_id: str, *args: Any, **kwargs: Any) -> Any:
    _part(ec2, [ec2.enis[eni_id]] if eni_id in ec2.enis else [])
    return original(eni_id, *args, **kwargs)


@instead_of(Instance, "teardown_defaults")
def _end(original: Any, instance: Any) -> Any:
    _part(instance.ec2_backend, list(instance.nics.values()))
    return original()


def _part(ec2: Any, interfaces: list[Any]) -> None:
    for interface in interfaces:
        address = elastic_address_of(ec2, interface)
        if address is not None:
            let_go(address)


def _free_address(ec2: Any) -> str:
    """A public address nobody in the Region has."""
    taken = {each.public_ip for each in (*ec2.addresses, *ec2.enis.values())}
    while (address := str(random_public_ip())) in taken:
        continue
    return address
