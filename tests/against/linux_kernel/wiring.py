"""
The wires of a scenario as ``ip`` commands: who is connected to whom, and which way is out.

One namespace per instance, one router per VPC with a bridge per subnet, one
veth pair per active peering. Routers carry no addresses; every neighbour is
permanent, so that nothing but the pings themselves is ever sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linux_kernel.scenario import INTERNET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linux_kernel.scenario import Instance, Network, Peering, Route, Scenario, Subnet

# Addresses of the far end of every peering's wire: never seen by a ping.
_FAR_END = {4: "169.254.0.2", 6: "fe80::2"}
_GATEWAY = {4: "169.254.0.1", 6: "fe80::1"}
_EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
_LAST_RESORT = 9999  # metric of the route that swallows what no other route takes
_PEERING_MAC = "02:00:00:02:00:00"
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
        *(_instance_cable(scenario, instance) for instance in scenario.instances),
        *(_peering_cable(peering) for peering in _live(scenario)),
    ]


def instance_setup(scenario: Scenario, instance: Instance) -> list[str]:
    """Commands for an instance's namespace: its addresses and its way to the router."""
    commands = ["link set lo up", "link set eth0 addrgenmode none up"]
    if instance.host == "stopped":
        return commands  # the cable is there, and nobody at its end has the address
    gateway = _bridge_mac(scenario, scenario.subnet(instance.subnet))
    neighbours = [
        (address, _mac(scenario, other))
        for other in scenario.instances
        if other.subnet == instance.subnet and other != instance
        for address in other.addresses
    ]
    for address, cidr in zip(
        instance.addresses, scenario.subnet(instance.subnet).cidrs, strict=True
    ):
        via = _GATEWAY[address.version]
        at_once = " nodad" if address.version == 6 else ""
        commands += [
            f"addr add {address}/{cidr.prefixlen} dev eth0{at_once}",
            f"neigh add {via} lladdr {gateway} dev eth0 nud permanent",
            f"route add {_EVERYWHERE[address.version]} via {via} dev eth0 onlink",
        ]
    return commands + [
        f"neigh add {address} lladdr {mac} dev eth0 nud permanent" for address, mac in neighbours
    ]


def router_setup(scenario: Scenario, vpc: str) -> list[str]:
    """Commands for a VPC's router: its peerings, its gateway, and a bridge per subnet."""
    bridges = [line for subnet in scenario.subnets_of(vpc) for line in _bridge(scenario, subnet)]
    return ["link set lo up", *_ways_out(scenario, vpc), *bridges]


def router_routes(scenario: Scenario, vpc: str, version: int) -> list[str]:
    """
    Commands for a VPC's router, under ``ip -4`` or ``ip -6``: a table for every way in.

    What comes from a subnet follows that subnet's route table. What comes over
    a peering may only go to the VPC's own subnets.
    """
    commands = [
        f"rule add iif {peering.name} lookup {_ENTERING}" for peering in _live(scenario, vpc)
    ]
    commands += _local_routes(scenario, vpc, version, _ENTERING)
    for number, subnet in enumerate(scenario.subnets_of(vpc), start=100):
        commands.append(f"rule add iif br-{subnet.name} lookup {number}")
        commands += _local_routes(scenario, vpc, version, number)
        commands += [
            f"route add {_target(scenario, vpc, route)} table {number}"
            for route in scenario.table_of(subnet).routes
            if route.destination.version == version
        ]
    return commands


def forwarding_entries(scenario: Scenario, vpc: str) -> list[str]:
    """``bridge`` commands that tell each bridge of a VPC where its instances are."""
    return [
        f"fdb replace {_mac(scenario, instance)} dev p-{instance.name} master static"
        for instance in scenario.instances_of(vpc)
    ]


def _live(scenario: Scenario, vpc: str | None = None) -> list[Peering]:
    peerings = scenario.peerings if vpc is None else scenario.peerings_of(vpc)
    return [peering for peering in peerings if peering.state == "active"]


def _instance_cable(scenario: Scenario, instance: Instance) -> str:
    return (
        f"link add name p-{instance.name} netns {router(scenario.vpc_of(instance))} type veth "
        f"peer name eth0 address {_mac(scenario, instance)} netns {host(instance.name)}"
    )


def _peering_cable(peering: Peering) -> str:
    # Both ends have one MAC, and each sends to its own: no need to know the other's.
    near, far = router(peering.requester), router(peering.accepter)
    return (
        f"link add name {peering.name} address {_PEERING_MAC} netns {near} type veth "
        f"peer name {peering.name} address {_PEERING_MAC} netns {far}"
    )


def _ways_out(scenario: Scenario, vpc: str) -> Iterator[str]:
    for peering in _live(scenario, vpc):
        yield f"link set {peering.name} addrgenmode none up"
        for far_end in _FAR_END.values():
            yield f"neigh add {far_end} lladdr {_PEERING_MAC} dev {peering.name} nud permanent"
    if scenario.vpc(vpc).gateway == "attached":
        # A wire that ends nowhere: the filters drop what would go out on it.
        yield f"link add name {INTERNET} type veth peer name nowhere"
        yield f"link set {INTERNET} addrgenmode none up"
        yield "link set nowhere addrgenmode none up"


def _bridge(scenario: Scenario, subnet: Subnet) -> Iterator[str]:
    name = f"br-{subnet.name}"
    inside = [instance for instance in scenario.instances if instance.subnet == subnet.name]
    yield f"link add {name} address {_bridge_mac(scenario, subnet)} type bridge mcast_snooping 0"
    for instance in inside:
        yield f"link set p-{instance.name} master {name} addrgenmode none up"
    yield f"link set {name} addrgenmode none up"
    for instance in inside:
        for address in instance.addresses:
            mac = _mac(scenario, instance)
            yield f"neigh add {address} lladdr {mac} dev {name} nud permanent"


def _local_routes(scenario: Scenario, vpc: str, version: int, table: int) -> Iterator[str]:
    for subnet in scenario.subnets_of(vpc):
        for cidr in _of_version(subnet.cidrs, version):
            yield f"route add {cidr} dev br-{subnet.name} table {table}"
    for cidr in _of_version(scenario.vpc(vpc).cidrs, version):
        yield f"route add blackhole {cidr} table {table} metric {_LAST_RESORT}"
    everything = _EVERYWHERE[version]
    yield f"route add blackhole {everything} table {table} metric {_LAST_RESORT}"


def _target(scenario: Scenario, vpc: str, route: Route) -> str:
    if route.target == INTERNET:
        up = scenario.vpc(vpc).gateway == "attached"
        return f"{route.destination} dev {INTERNET}" if up else f"blackhole {route.destination}"
    peering = scenario.peering(route.target)
    if peering.state != "active":
        return f"blackhole {route.destination}"
    via = _FAR_END[route.destination.version]
    return f"{route.destination} via {via} dev {peering.name} onlink"


def _of_version(cidrs: tuple[Network, ...], version: int) -> Iterator[Network]:
    return (cidr for cidr in cidrs if cidr.version == version)


def _mac(scenario: Scenario, instance: Instance) -> str:
    return f"02:00:00:00:00:{scenario.instances.index(instance):02x}"


def _bridge_mac(scenario: Scenario, subnet: Subnet) -> str:
    return f"02:00:00:01:00:{scenario.subnets.index(subnet):02x}"
