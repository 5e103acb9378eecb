"""
The wires of a scenario as ``ip`` commands: who is connected to whom, and which way is out.

One namespace per instance, one router per VPC with a bridge per subnet, one
veth pair per active peering. Routers carry no addresses; every neighbour is
permanent, so that nothing but the pings themselves is ever sent.

What gateways are made of is in ``gateways``; here are their places at the
bridges, and the routes that lead to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linux_kernel.scenario import EGRESS_ONLY, INTERNET, TRANSIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from linux_kernel.scenario import (
        Address,
        Instance,
        Middlebox,
        Network,
        Peering,
        Route,
        Scenario,
        Subnet,
    )

# Addresses of the far end of every wire between routers: never seen by a ping.
FAR_END = {4: "169.254.0.2", 6: "fe80::2"}
EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
_GATEWAY = {4: "169.254.0.1", 6: "fe80::1"}
_NOBODY_MAC = "02:00:00:04:00:00"
_VOID = "void"
_LAST_RESORT = 9999  # metric of the route that swallows what no other route takes
# All ends of wires between routers have one MAC, and each sends to its own: no need to know
# that of the other.
WIRE_MAC = "02:00:00:02:00:00"
_ENTERING = 1  # number of the table for what comes in over a peering


def router(vpc: str) -> str:
    """The name of a VPC's router namespace."""
    return f"r-{vpc}"


def host(instance: str) -> str:
    """The name of an instance's namespace."""
    return f"i-{instance}"


def cables(scenario: Scenario) -> list[str]:
    """Commands for the outermost namespace: all namespaces, and the cables between them."""
    return [
        *(f"netns add {router(vpc.name)}" for vpc in scenario.vpcs),
        *(f"netns add {host(instance.name)}" for instance in scenario.instances),
        *(f"netns add {middlebox(box.name)}" for box in scenario.middleboxes()),
        *(_cable(scenario, each, host(each.name)) for each in scenario.instances),
        *(_cable(scenario, each, middlebox(each.name)) for each in scenario.middleboxes()),
        *(_peering_cable(peering) for peering in _live(scenario)),
    ]


def middlebox(name: str) -> str:
    """The name of a NAT gateway's or a transit gateway attachment's namespace."""
    return f"m-{name}"


def instance_setup(scenario: Scenario, instance: Instance) -> list[str]:
    """Commands for an instance's namespace: its addresses and its way to the router."""
    if instance.host == "stopped":
        # The cable is there, and nobody at its end has the address.
        return ["link set lo up", "link set eth0 addrgenmode none up"]
    return _at_home(scenario, instance)


def middlebox_setup(scenario: Scenario, box: Middlebox) -> list[str]:
    """
    Commands for the side of a middlebox that is in its subnet.

    It sends out, too, what is for an address of its subnet that nobody has.
    """
    subnet = scenario.subnet(box.subnet)
    known = {address for each in _stations(scenario, subnet.name) for address in each.addresses}
    asked = {probe.destination for probe in scenario.probes}
    asked |= {address for each in scenario.instances for address in each.addresses}
    absent = sorted(
        str(each) for each in asked - known if each.version == 4 and each in subnet.cidrs[0]
    )
    return _at_home(scenario, box) + [
        f"neigh add {address} lladdr {_NOBODY_MAC} dev eth0 nud permanent" for address in absent
    ]


def wire(one: str, device: str, other: str, far_device: str) -> str:
    """The command that connects two routers."""
    return (
        f"link add name {device} address {WIRE_MAC} netns {one} type veth "
        f"peer name {far_device} address {WIRE_MAC} netns {other}"
    )


def wire_end(device: str) -> list[str]:
    """Commands that make one end of such a wire work."""
    return [
        f"link set {device} addrgenmode none up",
        *(f"neigh add {end} lladdr {WIRE_MAC} dev {device} nud permanent" for end in ends()),
    ]


def ends() -> Iterable[str]:
    """The addresses that stand for the far end of a wire."""
    return FAR_END.values()


def along(version: int, device: str) -> str:
    """How a route leads along a wire between routers."""
    return f"via {FAR_END[version]} dev {device} onlink"


def router_setup(scenario: Scenario, vpc: str) -> list[str]:
    """Commands for a VPC's router: its peerings, its gateway, and a bridge per subnet."""
    bridges = [line for subnet in scenario.subnets_of(vpc) for line in _bridge(scenario, subnet)]
    return ["link set lo up", *_void(), *_ways_out(scenario, vpc), *bridges]


def _void() -> Iterator[str]:
    """
    A wire that ends nowhere, for addresses of the VPC that no subnet has.

    Their packets depart by the local route, as those for an address in a subnet
    that nobody has.
    """
    yield f"link add name {_VOID} type veth peer name nowhere"
    yield from wire_end(_VOID)
    yield "link set nowhere addrgenmode none up"


def router_routes(scenario: Scenario, vpc: str, version: int) -> list[str]:
    """
    Commands for a VPC's router, under ``ip -4`` or ``ip -6``: a table for every way in.

    What comes from a subnet follows that subnet's route table. What comes over
    a peering or in by a gateway may only go to the VPC's own subnets.
    """
    commands = [
        f"rule add iif {device} lookup {_ENTERING}"
        for device in (*(each.name for each in _live(scenario, vpc)), *gateways_of(scenario, vpc))
    ]
    commands += _local_routes(scenario, vpc, version, _ENTERING)
    for number, subnet in enumerate(scenario.subnets_of(vpc), start=100):
        commands.append(f"rule add iif br-{subnet.name} lookup {number}")
        commands += _local_routes(scenario, vpc, version, number)
        commands += [
            f"route add {_target(scenario, subnet, route)} table {number}"
            for route in scenario.table_of(subnet).routes
            if route.destination.version == version
        ]
    return commands


def forwarding_entries(scenario: Scenario, vpc: str) -> list[str]:
    """``bridge`` commands that tell each bridge of a VPC where its stations are."""
    stations = [each for each in _stations(scenario) if scenario.subnet(each.subnet).vpc == vpc]
    places = [(each.mac, f"p-{each.name}") for each in stations]
    places += [(_NOBODY_MAC, _idle(subnet)) for subnet in scenario.subnets_of(vpc)]
    return [f"fdb replace {mac} dev {port} master static" for mac, port in places]


class _Station(NamedTuple):
    """What is plugged into a subnet's bridge."""

    name: str
    subnet: str
    addresses: tuple[Address, ...]
    mac: str


def _stations(scenario: Scenario, subnet: str | None = None) -> list[_Station]:
    instances = [
        _Station(each.name, each.subnet, each.addresses, f"02:00:00:00:00:{number:02x}")
        for number, each in enumerate(scenario.instances)
    ]
    boxes = [
        _Station(each.name, each.subnet, (each.address,), middlebox_mac(scenario, each))
        for each in scenario.middleboxes()
    ]
    return [each for each in instances + boxes if subnet in (None, each.subnet)]


def middlebox_mac(scenario: Scenario, box: Middlebox) -> str:
    """The MAC of a middlebox, the only thing about its packets that is always its own."""
    return f"02:00:00:03:00:{scenario.middleboxes().index(box):02x}"


def _at_home(scenario: Scenario, resident: Instance | Middlebox) -> list[str]:
    """Commands for a resident of a subnet: its addresses, its router and its neighbours."""
    subnet = scenario.subnet(resident.subnet)
    around = _stations(scenario, subnet.name)
    own = next(each for each in around if each.name == resident.name)
    commands = ["link set lo up", "link set eth0 addrgenmode none up"]
    for address, cidr in zip(own.addresses, subnet.cidrs, strict=False):
        via = _GATEWAY[address.version]
        at_once = " nodad" if address.version == 6 else ""
        commands += [
            f"addr add {address}/{cidr.prefixlen} dev eth0{at_once}",
            f"neigh add {via} lladdr {_bridge_mac(scenario, subnet)} dev eth0 nud permanent",
            f"route add {EVERYWHERE[address.version]} via {via} dev eth0 onlink",
        ]
    return commands + [
        f"neigh add {address} lladdr {each.mac} dev eth0 nud permanent"
        for each in around
        for address in each.addresses
        if each != own
    ]


def _live(scenario: Scenario, vpc: str | None = None) -> list[Peering]:
    peerings = scenario.peerings if vpc is None else scenario.peerings_of(vpc)
    return [peering for peering in peerings if peering.state == "active"]


def _cable(scenario: Scenario, resident: Instance | Middlebox, namespace: str) -> str:
    own = next(each for each in _stations(scenario) if each.name == resident.name)
    return (
        f"link add name p-{own.name} netns {router(scenario.vpc_of(resident))} type veth "
        f"peer name eth0 address {own.mac} netns {namespace}"
    )


def _peering_cable(peering: Peering) -> str:
    near, far = router(peering.requester), router(peering.accepter)
    return wire(near, peering.name, far, peering.name)


def _ways_out(scenario: Scenario, vpc: str) -> Iterator[str]:
    for device in (*(each.name for each in _live(scenario, vpc)), *gateways_of(scenario, vpc)):
        yield from wire_end(device)


def gateways_of(scenario: Scenario, vpc: str) -> list[str]:
    """The gateways to the internet that a VPC has, of the two kinds."""
    found = scenario.vpc(vpc)
    kinds = {INTERNET: found.gateway, EGRESS_ONLY: found.egress_only}
    return [kind for kind, state in kinds.items() if state == "attached"]


def _bridge(scenario: Scenario, subnet: Subnet) -> Iterator[str]:
    name = f"br-{subnet.name}"
    inside = _stations(scenario, subnet.name)
    yield f"link add {name} address {_bridge_mac(scenario, subnet)} type bridge mcast_snooping 0"
    for each in inside:
        yield f"link set p-{each.name} master {name} addrgenmode none up"
    # Something has to be plugged into a bridge for it to get up; what has no other place to go
    # ends there.
    yield f"link add name {_idle(subnet)} type veth peer name end-{subnet.name}"
    yield f"link set end-{subnet.name} addrgenmode none up"
    yield f"link set {_idle(subnet)} master {name} addrgenmode none up"
    yield f"link set {name} addrgenmode none up"
    for each in inside:
        for address in each.addresses:
            yield f"neigh add {address} lladdr {each.mac} dev {name} nud permanent"


def _idle(subnet: Subnet) -> str:
    """The port of a subnet's bridge that nobody is at."""
    return f"idle-{subnet.name}"


def _local_routes(scenario: Scenario, vpc: str, version: int, table: int) -> Iterator[str]:
    for subnet in scenario.subnets_of(vpc):
        for cidr in _of_version(subnet.cidrs, version):
            yield f"route add {cidr} dev br-{subnet.name} table {table}"
    for cidr in _of_version(scenario.vpc(vpc).cidrs, version):
        yield f"route add {cidr} {along(version, _VOID)} table {table} metric {_LAST_RESORT}"
    everything = EVERYWHERE[version]
    yield f"route add blackhole {everything} table {table} metric {_LAST_RESORT}"


def _target(scenario: Scenario, subnet: Subnet, route: Route) -> str:
    way = _way(scenario, subnet, route)
    return f"{route.destination} {way}" if way else f"blackhole {route.destination}"


def _way(scenario: Scenario, subnet: Subnet, route: Route) -> str | None:
    """How a route leads on for a subnet; None if what it leads to is not there."""
    vpc, version = subnet.vpc, route.destination.version
    if route.target in (INTERNET, EGRESS_ONLY):
        there = route.target in gateways_of(scenario, vpc)
        return along(version, route.target) if there else None
    door = scenario.attachment_of(vpc) if route.target == TRANSIT else None
    if door is not None:
        # An attachment serves the zones that it has an interface in.
        return _by(door) if scenario.subnet(door.subnet).zone == subnet.zone else None
    nats = {nat.name: nat for nat in scenario.nats if not nat.deleted}
    if route.target in nats:
        return _by(nats[route.target])
    live = {each.name for each in _live(scenario, vpc)}
    return along(version, route.target) if route.target in live else None


def _by(box: Middlebox) -> str:
    return f"via {box.address} dev br-{box.subnet} onlink"


def _of_version(cidrs: tuple[Network, ...], version: int) -> Iterator[Network]:
    return (cidr for cidr in cidrs if cidr.version == version)


def _bridge_mac(scenario: Scenario, subnet: Subnet) -> str:
    return f"02:00:00:01:00:{scenario.subnets.index(subnet):02x}"
