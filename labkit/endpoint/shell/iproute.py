"""``ip addr`` and ``ip route``: the addresses a host has and the routes it knows itself."""

from __future__ import annotations

from ipaddress import ip_interface
from typing import TYPE_CHECKING, Final

from labkit.endpoint.shell.options import UsageError
from labkit.endpoint.shell.words import NotSimulatedWord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labkit.endpoint.shell.machine import Machine
    from labkit.network.packet import Address
    from labkit.network.topology import Interface

_METRIC: Final = 512
_DHCP_LEASE: Final = "valid_lft 3600sec preferred_lft 3600sec"
_FOREVER: Final = "valid_lft forever preferred_lft forever"


def ip(machine: Machine, arguments: Sequence[str]) -> int:
    """
    Exit code of ``ip [-4|-6] [-br] addr [show] [dev DEVICE]`` and ``ip route [show|get ADDRESS]``.

    Raises:
        NotSimulatedWord: It is asked for something else.
    """
    options = [word for word in arguments if word.startswith("-")]
    words = [word for word in arguments if not word.startswith("-")]
    unknown = set(options) - {"-4", "-6", "-br", "-brief"}
    if unknown:
        raise NotSimulatedWord(f"ip {min(unknown)}")
    families = {"-4": (4,), "-6": (6,)}
    versions = next((families[each] for each in options if each in families), (4, 6))
    subject = words[0] if words else ""
    if subject and "address".startswith(subject):
        return _addresses(machine, words[1:], versions, brief=bool({"-br", "-brief"} & {*options}))
    if subject and "route".startswith(subject):
        return _routes(machine, words[1:], versions)
    raise NotSimulatedWord(f"ip {subject}", "ip addr and ip route are")


def _addresses(
    machine: Machine, words: Sequence[str], versions: tuple[int, ...], *, brief: bool
) -> int:
    wanted = [word for word in words if word not in ("show", "list", "dev")]
    names = ["lo", *machine.devices]
    if wanted and wanted[0] not in names:
        raise UsageError(f'Device "{wanted[0]}" does not exist.', 1)
    shown = wanted[:1] or names
    if "lo" in shown:
        _loopback(machine, versions, brief=brief)
    for number, (name, interface) in enumerate(machine.devices.items(), start=2):
        if name in shown:
            show = _brief if brief else _full
            show(machine, number, name, interface, versions)
    return 0


def _loopback(machine: Machine, versions: tuple[int, ...], *, brief: bool) -> None:
    own = {4: "127.0.0.1/8", 6: "::1/128"}
    if brief:
        machine.say(f"{'lo':<16} {'UNKNOWN':<14} {' '.join(own[each] for each in versions)} ")
        return
    flags = "<LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000"
    machine.say(f"1: lo: {flags}")
    if len(versions) > 1:
        machine.say("    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00")
    for version in versions:
        machine.say(f"    {_family(version)} {own[version]} scope host lo")
        machine.say(f"       {_FOREVER}")


def _brief(
    machine: Machine, _number: int, name: str, interface: Interface, versions: tuple[int, ...]
) -> None:
    shown = " ".join(
        with_prefix(machine, interface, own)
        for own in interface.addresses
        if own.version in versions
    )
    machine.say(f"{name:<16} {'UP':<14} {shown} ")


def _full(
    machine: Machine, number: int, name: str, interface: Interface, versions: tuple[int, ...]
) -> None:
    flags = "<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP group default qlen 1000"
    machine.say(f"{number}: {name}: {flags}")
    if len(versions) > 1:
        mac = machine.wire.snapshot.mac_addresses[interface.interface_id]
        machine.say(f"    link/ether {mac} brd ff:ff:ff:ff:ff:ff")
    for own in interface.addresses:
        if own.version in versions:
            machine.say(
                f"    {_family(own.version)} {_address_line(machine, name, interface, own)}"
            )
            machine.say(f"       {_DHCP_LEASE}")


def _family(version: int) -> str:
    return "inet" if version == 4 else "inet6"


def _address_line(machine: Machine, name: str, interface: Interface, own: Address) -> str:
    shown = with_prefix(machine, interface, own)
    if own.version == 6:
        return f"{shown} scope global dynamic noprefixroute"
    broadcast = ip_interface(shown).network.broadcast_address
    return f"{shown} metric {_METRIC} brd {broadcast} scope global dynamic {name}"


def with_prefix(machine: Machine, interface: Interface, own: Address) -> str:
    """An interface's address with the length of its prefix; DHCPv6 hands out single addresses."""
    cidrs = machine.topology.subnet(interface.subnet_id).cidrs
    lengths = (cidr.prefixlen for cidr in cidrs if own.version == 4 and own in cidr)
    return f"{own}/{next(lengths, 128)}"


def _routes(machine: Machine, words: Sequence[str], versions: tuple[int, ...]) -> int:
    if words and words[0] == "get" and len(words) == 2:
        return _route_to(machine, words[1])
    if [word for word in words if word not in ("show", "list")]:
        raise NotSimulatedWord(f"ip route {words[0]}", "ip route and ip route get ADDRESS are")
    if 4 in versions:
        for line in _known_routes(machine):
            machine.say(line)
    return 0


def _known_routes(machine: Machine) -> Iterator[str]:
    """What DHCP tells a host: its subnet's router for everything, and who is on the link."""
    for index, (name, interface) in enumerate(machine.devices.items()):
        own = next((each for each in interface.addresses if each.version == 4), None)
        if own is None:
            continue
        subnet = ip_interface(with_prefix(machine, interface, own)).network
        tail = f"src {own} metric {_METRIC + index * 10}"
        yield f"default via {subnet[1]} dev {name} proto dhcp {tail} "
        yield f"{subnet} dev {name} proto kernel scope link {tail} "
        yield f"{subnet[1]} dev {name} proto dhcp scope link {tail} "


def _route_to(machine: Machine, text: str) -> int:
    destination = machine.resolve(text)
    way = machine.way_out(destination) if destination else None
    if destination is None or way is None:
        raise UsageError("RTNETLINK answers: Network is unreachable", 2)
    interface, source = way
    name = next(name for name, each in machine.devices.items() if each == interface)
    cidrs = [each for each in machine.topology.subnet(interface.subnet_id).cidrs if source in each]
    near = any(destination in cidr for cidr in cidrs)
    via = "" if near or not cidrs else f"via {cidrs[0][1]} "
    machine.say(f"{destination} {via}dev {name} src {source} uid 0 ")
    machine.say("    cache ")
    return 0
