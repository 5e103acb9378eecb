"""Ways out to the internet that are broken: at the NAT gateway, before it, and behind it."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from labkit.errors import FaultRefused
from labkit.faults.catalogue.network_acls import denied, in_place_of_entries
from labkit.faults.fault import Breaks, fault
from labkit.faults.parts import Change, NatGatewayIn, RouteTo, TableOf
from labkit.faults.parts.routes import to_gateway, to_nat_gateway
from labkit.faults.way_out import WayOut
from labkit.network.packet import ACK, SYN, Direction, Packet, Protocol
from labkit.network.routing import best_route

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN: Final = Direction.INGRESS
_ANYWHERE: Final = "0.0.0.0/0"
_WEB: Final = 80
_EPHEMERAL: Final = 40_000
_NEIGHBOURS: Final = 24
# What somebody lets into a public subnet who thinks of servers only: pings, the web, and SSH.
_FOR_SERVERS: Final = (
    {"Protocol": "1", "IcmpTypeCode": {"Type": -1, "Code": -1}},
    {"Protocol": "6", "PortRange": {"From": _WEB, "To": _WEB}},
    {"Protocol": "6", "PortRange": {"From": 443, "To": 443}},
    {"Protocol": "6", "PortRange": {"From": 22, "To": 22}},
)


@fault(Breaks.PING, WayOut)
def nat_gateway_deleted(way: WayOut) -> Iterator[Change]:
    """
    The NAT gateway was deleted, and the private subnet's default route is a blackhole.

    **Symptom** The private instance reaches nothing on the internet; everything in the VPC works.

    **Evidence** No record of the ping anywhere, and no REJECT. The interface of the NAT gateway
    has records from before, and none since.

    **Cause** The route to a NAT gateway does not go when the gateway goes. It stays as a
    blackhole and swallows what it matches.

    **Repair** Make a NAT gateway in the public subnet again and lead the route to it.
    """
    way.route_to_nat()
    public_address = way.gateway.interface.public_address
    if public_address is None:
        raise FaultRefused(f"{way.gateway.name} has no public address to make it anew with.")
    part = NatGatewayIn(way.nat.subnet_id, way.gateway.name, str(public_address))
    yield Change(part, after=False)


@fault(Breaks.PING, WayOut)
def private_default_route_missing(way: WayOut) -> Iterator[Change]:
    """
    The private subnet's route table has no default route.

    **Symptom** The private instance reaches nothing on the internet; everything in the VPC works.

    **Evidence** No record of the ping anywhere, and no REJECT, neither at the instance nor at the
    NAT gateway, though other traffic of the NAT gateway is recorded.

    **Cause** Only the local route is there, and the address is none of the VPC's. The router
    drops the packet without a word.

    **Repair** Add a default route to the NAT gateway.
    """
    table, destination = way.route_to_nat()
    yield Change(RouteTo(table.route_table_id, destination), None)


@fault(Breaks.PING, WayOut)
def private_default_route_to_internet_gateway(way: WayOut) -> Iterator[Change]:
    """
    The private subnet's default route leads to the internet gateway, past the NAT gateway.

    **Symptom** The private instance reaches nothing on the internet, although its table has a
    default route to a gateway that works.

    **Evidence** The instance's interface records the ping going out as ACCEPT, with traffic-path
    8, an internet gateway. The NAT gateway's interface records nothing of it.

    **Cause** An internet gateway takes out only what has a public address. The instance has
    none, so its packets are dropped there.

    **Repair** Lead the default route to the NAT gateway.
    """
    table, destination = way.route_to_nat()
    way.route_to_internet()
    yield Change(RouteTo(table.route_table_id, destination), to_gateway(way.sender.vpc.vpc_id))


@fault(Breaks.PING, WayOut)
def private_subnet_on_main_table(way: WayOut) -> Iterator[Change]:
    """
    The private subnet lost its route table and silently uses the main one.

    **Symptom** The private instance reaches nothing on the internet, although its route table
    looks right.

    **Evidence** As with a missing route: no record of the ping anywhere, and no REJECT.

    **Cause** A subnet without an association uses the main table of its VPC, which has no way
    out. The table with the default route is there, and nobody uses it.

    **Repair** Associate the subnet with its route table again.
    """
    way.route_to_nat()
    main = way.sender.main_table
    if way.sender.table == main or best_route(way.topology, main, way.address) is not None:
        raise FaultRefused(f"The main table of the VPC leads {way.sender.name} out as well.")
    yield Change(TableOf(way.sender.subnet.subnet_id), None)


@fault(Breaks.PING, WayOut)
def nat_subnet_without_way_out(way: WayOut) -> Iterator[Change]:
    """
    The subnet of the NAT gateway has no route to the internet gateway.

    **Symptom** The private instance reaches nothing on the internet, and public instances of
    that subnet do not either.

    **Evidence** The instance's interface records the ping going out, the NAT gateway's records
    it coming in. Nothing goes on from there, and there is no REJECT.

    **Cause** A NAT gateway stands in a subnet and follows its route table. Without a route to
    the internet gateway that subnet is a private one, whatever its name says.

    **Repair** Add a default route to the internet gateway in the table of the NAT gateway's
    subnet.
    """
    way.route_to_nat()
    table, destination = way.route_to_internet()
    yield Change(RouteTo(table.route_table_id, destination), None)


@fault(Breaks.PING, WayOut)
def nat_subnet_routes_to_itself(way: WayOut) -> Iterator[Change]:
    """
    The default route of the NAT gateway's own subnet leads to the NAT gateway.

    **Symptom** The private instance reaches nothing on the internet, although every default
    route leads to a gateway that works.

    **Evidence** The NAT gateway's interface records the ping coming in and going out again,
    both as ACCEPT. Its way out has traffic-path 1, inside the VPC, where 8 would be an internet
    gateway.

    **Cause** The NAT gateway follows the route table of its subnet, and there it finds itself.
    The packet goes in a circle until its time to live is over.

    **Repair** Lead the default route of the NAT gateway's subnet to the internet gateway.
    """
    way.route_to_nat()
    table, destination = way.route_to_internet()
    yield Change(RouteTo(table.route_table_id, destination), to_nat_gateway(way.nat.subnet_id))


@fault(Breaks.PING, WayOut)
def nat_acl_denies_clients(way: WayOut) -> Iterator[Change]:
    """
    The network ACL of the NAT gateway's subnet denies what comes from the private subnet.

    **Symptom** The private instance reaches nothing on the internet.

    **Evidence** The instance's interface records the ping going out as ACCEPT. One REJECT, at the
    NAT gateway's interface, for the same packet coming in.

    **Cause** A NAT gateway has no security group, but its subnet has a network ACL, and that
    sees the private addresses of the instances.

    **Repair** Delete the deny, or put an allow with a lower number before it.
    """
    way.route_to_nat()
    yield denied(way.gateway, way.request, _IN, way.sender.subnet.cidrs[0])


@fault(Breaks.PING, WayOut)
def nat_acl_denies_answers(way: WayOut) -> Iterator[Change]:
    """
    The network ACL of the NAT gateway's subnet denies the answers from the internet.

    **Symptom** The private instance gets no answer from the internet.

    **Evidence** The NAT gateway's interface records the ping coming in and going out as ACCEPT,
    and a REJECT for the answer, which is addressed to the NAT gateway.

    **Cause** Network ACLs remember nothing. To this one the answer is something from the
    internet for the NAT gateway's own address, and an entry denies it.

    **Repair** Delete the deny, or put an allow with a lower number before it.
    """
    way.route_to_nat()
    way.route_to_internet()
    block = ip_network((way.address, _NEIGHBOURS), strict=False)
    yield denied(way.gateway, way.reply, _IN, block)


@fault(Breaks.TCP, WayOut)
def nat_acl_without_ephemeral_ports(way: WayOut) -> Iterator[Change]:
    """
    The network ACL of the NAT gateway's subnet lets in what servers get, and no answers.

    **Symptom** From the private instance pings are answered, and no TCP connection to the
    internet opens: each attempt times out.

    **Evidence** The NAT gateway's interface records the connection coming in and going out as
    ACCEPT, and a REJECT for what comes back, to a port above 1023.

    **Cause** The answers to a connection go to the ephemeral port that it was begun from. The
    inbound entries allow ICMP, the web and SSH, as a subnet of servers needs, and network ACLs do
    not remember who began.

    **Repair** Add an inbound entry for TCP to the ephemeral ports, 1024-65535.
    """
    way.route_to_nat()
    way.route_to_internet()
    ends = (way.address, way.gateway.address)
    answer = Packet(*ends, Protocol.TCP, _WEB, _EPHEMERAL, tcp_flags=SYN | ACK)
    entries = ({**each, "RuleAction": "allow", "CidrBlock": _ANYWHERE} for each in _FOR_SERVERS)
    yield from in_place_of_entries(way.gateway, answer, _IN, *entries)
