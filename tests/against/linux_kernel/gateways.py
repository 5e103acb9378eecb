"""
What gateways are made of: namespaces that forward, translate and track, and the internet.

An internet gateway and an egress-only one stand between their VPC's router and
the one router that is the internet; hosts outside hang on the latter. A NAT
gateway, and the end of a transit gateway in a VPC, stand in a subnet like an
instance, with two legs on one ground: what they send on goes to the subnet's
router again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linux_kernel import counting, wiring
from linux_kernel.scenario import EGRESS_ONLY, INTERNET, Attachment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linux_kernel.scenario import Nat, Network, Outsider, Scenario, Subnet

_WORLD = "w"
_TRANSIT_CORE = "t"
_INSIDE, _OUTSIDE = "in", "out"
_CORE = "core"  # an attachment's leg that is not in the VPC
_FIRST_TABLE = 100

# What is not the internet: no gateway takes it out, for AWS's gateways know these blocks.
_NOT_PUBLIC = {
    4: "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 169.254.0.0/16, 224.0.0.0/4",
    6: "fc00::/7, fe80::/10, ff00::/8",
}


class Space(NamedTuple):
    """
    One namespace of a gateway or a host outside.

    ``links`` are commands for ``ip``, ``routes`` for ``ip -4`` and ``ip -6``, and
    ``filters`` a file for nft. One that ``counts`` has sets worth reading.
    """

    name: str
    links: list[str]
    routes: dict[int, list[str]]
    filters: str
    forwards: bool = True
    counts: bool = False


def outside(outsider: str) -> str:
    """The name of a namespace of a host on the internet."""
    return f"o-{outsider}"


def exits(scenario: Scenario) -> list[str]:
    """The names of all gateways to the internet, which are those of their namespaces."""
    return [exit_name(vpc, kind) for vpc, kind in _exits(scenario)]


def exit_name(vpc: str, kind: str) -> str:
    """The name of a VPC's gateway of one kind."""
    return f"{kind}-{vpc}"


def cables(scenario: Scenario) -> Iterator[str]:
    """Commands for the outermost namespace, beside those of ``wiring.cables``."""
    if _has_world(scenario):
        yield f"netns add {_WORLD}"
    for vpc, kind in _exits(scenario):
        yield f"netns add {exit_name(vpc, kind)}"
        yield wiring.wire(wiring.router(vpc), kind, exit_name(vpc, kind), _INSIDE)
        yield wiring.wire(exit_name(vpc, kind), _OUTSIDE, _WORLD, exit_name(vpc, kind))
    for each in scenario.outsiders:
        yield f"netns add {outside(each.name)}"
        yield wiring.wire(outside(each.name), "eth0", _WORLD, outside(each.name))
    if scenario.attachments:
        yield f"netns add {_TRANSIT_CORE}"
    for door in scenario.attachments:
        yield wiring.wire(wiring.middlebox(door.name), _CORE, _TRANSIT_CORE, door.name)


def spaces(scenario: Scenario) -> Iterator[Space]:
    """Every namespace that gateways and the internet consist of."""
    for vpc, kind in _exits(scenario):
        yield _exit(scenario, vpc, kind)
    for box in scenario.middleboxes():
        yield _attachment(scenario, box) if isinstance(box, Attachment) else _nat(scenario, box)
    if scenario.attachments:
        yield _transit_core(scenario)
    for each in scenario.outsiders:
        yield _outsider(each)
    if _has_world(scenario):
        yield _world(scenario)


def _has_world(scenario: Scenario) -> bool:
    return bool(scenario.outsiders or list(_exits(scenario)))


def _exits(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Every gateway to the internet: its VPC and its kind."""
    for vpc in scenario.vpcs:
        for kind in wiring.gateways_of(scenario, vpc.name):
            yield vpc.name, kind


# Gateways to the internet.


def _exit(scenario: Scenario, vpc: str, kind: str) -> Space:
    routes: dict[int, list[str]] = {}
    for version in (4, 6):
        inner = (cidr for cidr in scenario.vpc(vpc).cidrs if cidr.version == version)
        routes[version] = [
            *(f"route add {cidr} {wiring.along(version, _INSIDE)}" for cidr in inner),
            f"route add {wiring.EVERYWHERE[version]} {wiring.along(version, _OUTSIDE)}",
        ]
    filters = _internet_gateway if kind == INTERNET else _egress_only_gateway
    links = ["link set lo up", *wiring.wire_end(_INSIDE), *wiring.wire_end(_OUTSIDE)]
    return Space(exit_name(vpc, kind), links, routes, filters(scenario, vpc), counts=True)


def _internet_gateway(scenario: Scenario, vpc: str) -> str:
    """One public address for one private one, and IPv6 as it is; nothing for other blocks."""
    pairs = _public_addresses(scenario, vpc)
    private = ", ".join(pairs)
    outer = ", ".join(f"{public} : {inner}" for inner, public in pairs.items())
    inner = ", ".join(f"{inner} : {public}" for inner, public in pairs.items())
    known = f"{{ {private} }}" if pairs else ""
    forward = [
        # What conntrack cannot place, it does not translate either.
        "meta nfproto ipv4 ct state invalid drop",
        *_public_only(),
        f'iifname "{_INSIDE}" ip saddr {known} goto left' if pairs else "",
        f'iifname "{_OUTSIDE}" ip daddr {known} goto entered' if pairs else "",
        *_own_ipv6(scenario, vpc),
    ]
    translations = [
        counting.chain(
            "inwards",
            "type nat hook prerouting priority dstnat;",
            f'iifname "{_OUTSIDE}" dnat ip to ip daddr map {{ {outer} }}',
        ),
        counting.chain(
            "outwards",
            "type nat hook postrouting priority srcnat;",
            f'oifname "{_OUTSIDE}" snat ip to ip saddr map {{ {inner} }}',
        ),
    ]
    return counting.table("inet", *_passed(), _forward(*forward), *(translations if pairs else ()))


def _public_addresses(scenario: Scenario, vpc: str) -> dict[str, str]:
    """The public address of every private one that has one."""
    owners = [(each, each.addresses[0]) for each in scenario.instances]
    gateways = [(each, each.address) for each in scenario.nats if not each.deleted]
    return {
        str(private): str(owner.public)
        for owner, private in (*owners, *gateways)
        if owner.public is not None and scenario.vpc_of(owner) == vpc
    }


def _egress_only_gateway(scenario: Scenario, vpc: str) -> str:
    """IPv6 out of the VPC, and the answers in."""
    return counting.table(
        "inet",
        *_passed(),
        _forward(
            f'iifname "{_OUTSIDE}" ct state established,related goto entered',
            f'iifname "{_OUTSIDE}" drop',
            "meta nfproto ipv4 drop",
            *_public_only(),
            *_own_ipv6(scenario, vpc),
        ),
    )


def _passed() -> Iterator[str]:
    """Where packets end that a gateway lets pass, with the addresses that they have inside."""
    yield counting.chain("left", *counting.count("egress_accept"), "accept")
    yield counting.chain("entered", *counting.count("ingress_accept"), "accept")


def _public_only() -> Iterator[str]:
    for version, family in ((4, "ip"), (6, "ip6")):
        yield f'iifname "{_INSIDE}" {family} daddr {{ {_NOT_PUBLIC[version]} }} drop'


def _own_ipv6(scenario: Scenario, vpc: str) -> Iterator[str]:
    for cidr in scenario.vpc(vpc).cidrs:
        if cidr.version == 6:
            yield f'iifname "{_INSIDE}" ip6 saddr {cidr} goto left'
            yield f'iifname "{_OUTSIDE}" ip6 daddr {cidr} goto entered'


def _forward(*lines: str) -> str:
    return counting.chain(
        "forward", "type filter hook forward priority filter; policy drop;", *filter(None, lines)
    )


# NAT gateways and transit gateways.


def _nat(scenario: Scenario, nat: Nat) -> Space:
    """
    It sees everything that is sent to it, and sends on as its own whatever begins a flow.

    That comes from its VPC, or by way of a transit gateway: a peering carries
    nothing that is for neither end.
    """
    filters = counting.table(
        "inet",
        _seen_coming(),
        _forward(
            "ct state established,related,new accept",
        ),
        counting.chain(
            "translate",
            "type nat hook postrouting priority srcnat;",
            f"snat ip to {nat.address}",
        ),
        # It answers nobody itself.
        counting.chain("input", "type filter hook input priority filter; policy drop;"),
        _silent(),
    )
    links = wiring.middlebox_setup(scenario, nat)
    return Space(wiring.middlebox(nat.name), links, {}, filters, counts=True)


def _attachment(scenario: Scenario, door: Attachment) -> Space:
    """From the VPC into the transit gateway, and from there as if sent by itself."""
    filters = counting.table("inet", _seen_coming(), _silent())
    links = [*wiring.middlebox_setup(scenario, door), *wiring.wire_end(_CORE)]
    inwards = [
        "rule add iif eth0 lookup 1",
        f"route add {wiring.EVERYWHERE[4]} {wiring.along(4, _CORE)} table 1",
    ]
    return Space(wiring.middlebox(door.name), links, {4: inwards}, filters, counts=True)


def _transit_core(scenario: Scenario) -> Space:
    """A table for every route table, and rules for the attachments associated with it."""
    links = ["link set lo up"]
    for door in scenario.attachments:
        links += wiring.wire_end(door.name)
    routes = []
    living = {door.name for door in scenario.attachments}
    for number, table in enumerate(scenario.transit_tables, start=_FIRST_TABLE):
        associated = living & set(table.attachments)
        routes += [f"rule add iif {name} lookup {number}" for name in sorted(associated)]
        for destination, name in table.routes:
            way = f"{destination} {wiring.along(4, name)}" if name in living else None
            routes.append(f"route add {way or f'blackhole {destination}'} table {number}")
    return Space(_TRANSIT_CORE, links, {4: routes}, counting.table("inet", _silent()))


def _seen_coming() -> str:
    """Whatever reaches a middlebox's interface has passed its subnet's ACL, and is accepted."""
    return counting.chain(
        "seen",
        "type filter hook prerouting priority raw;",
        *counting.count("ingress_accept", 'iifname "eth0" '),
    )


def _silent() -> str:
    return counting.chain("output", "type filter hook output priority filter; policy drop;")


# The internet.


def _world(scenario: Scenario) -> Space:
    devices = exits(scenario)
    devices += [outside(each.name) for each in scenario.outsiders]
    links = ["link set lo up"]
    for device in devices:
        links += wiring.wire_end(device)
    routes = {version: _to_outsiders(scenario, version) for version in (4, 6)}
    for vpc, kind in _exits(scenario):
        if kind == INTERNET:
            routes[4] += [
                f"route add {public} {wiring.along(4, f'{kind}-{vpc}')}"
                for public in _public_addresses(scenario, vpc).values()
            ]
    routes[6] += _ways_in(scenario)
    return Space(_WORLD, links, routes, counting.table("inet", _silent()))


def _to_outsiders(scenario: Scenario, version: int) -> list[str]:
    return [
        f"route add {address} {wiring.along(version, outside(each.name))}"
        for each in scenario.outsiders
        for address in each.addresses
        if address.version == version
    ]


def _ways_in(scenario: Scenario) -> list[str]:
    """
    The gateway that IPv6 enters each subnet by, where its VPC has one of either kind.

    AWS does not say which it is. Here it is the one by which the subnet's route
    table has an answer leave.
    """
    exits = list(_exits(scenario))
    commands = [
        f"route add default {wiring.along(6, f'{kind}-{vpc}')} table {number}"
        for number, (vpc, kind) in enumerate(exits, start=_FIRST_TABLE)
    ]
    for subnet in scenario.subnets:
        kinds = wiring.gateways_of(scenario, subnet.vpc)
        for cidr in (each for each in subnet.cidrs if each.version == 6 and kinds):
            for sender, kind in _ways_back(scenario, subnet, kinds):
                number = _FIRST_TABLE + exits.index((subnet.vpc, kind))
                commands.append(
                    f"rule add pref {len(commands) + 1000} from {sender} to {cidr} lookup {number}"
                )
    return commands


def _ways_back(
    scenario: Scenario, subnet: Subnet, kinds: list[str]
) -> Iterator[tuple[Network | str, str]]:
    """Senders from the narrowest to all, and the gateway that stands before the subnet for each."""
    routes = [each for each in scenario.table_of(subnet).routes if each.destination.version == 6]
    for route in sorted(routes, key=lambda each: -each.destination.prefixlen):
        own = route.target == EGRESS_ONLY and EGRESS_ONLY in kinds
        yield route.destination, EGRESS_ONLY if own else kinds[0]
    yield wiring.EVERYWHERE[6], kinds[0]


def _outsider(outsider: Outsider) -> Space:
    links = ["link set lo up", *wiring.wire_end("eth0")]
    routes: dict[int, list[str]] = {}
    for address in outsider.addresses:
        at_once = " nodad" if address.version == 6 else ""
        links.append(f"addr add {address} dev eth0{at_once}")
        way = wiring.along(address.version, "eth0")
        routes[address.version] = [f"route add {wiring.EVERYWHERE[address.version]} {way}"]
    # A silent host still hears the answers to what it asks itself.
    silence = ("type filter hook input priority filter;", "ct state new drop")
    deaf = [counting.chain("input", *silence)] if outsider.host == "silent" else []
    filters = counting.table("inet", _seen_coming(), *deaf)
    return Space(outside(outsider.name), links, routes, filters, forwards=False, counts=True)
