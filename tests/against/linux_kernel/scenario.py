"""
A small network in words of its own: what both the cloud and the kernel are built from.

Names are short ("a", "a1", "a1x"), because they also name Linux devices.
Nothing here knows what any of it means to a packet: that is what the two
builders are compared about.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal, Protocol, TypeAlias, TypeVar

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

GroupProtocol: TypeAlias = Literal["-1", "icmp", "icmpv6", "tcp", "udp"]
AclProtocol: TypeAlias = Literal["-1", "1", "6", "17", "58"]

DEFAULT_GROUP = "default"
INTERNET = "igw"
EGRESS_ONLY = "eigw"
TRANSIT = "tgw"


class Named(Protocol):
    """A part of a scenario."""

    @property
    def name(self) -> str: ...


_Part = TypeVar("_Part", bound=Named)


def put(parts: tuple[_Part, ...], part: _Part) -> tuple[_Part, ...]:
    """Parts of one kind, with another in place of the one of its name."""
    return tuple(part if each.name == part.name else each for each in parts)


@dataclass(frozen=True)
class Vpc:
    """
    ``gateway`` tells the life of its internet gateway, if it ever had one.

    ``egress_only`` tells that of its egress-only gateway.
    """

    name: str
    cidrs: tuple[Network, ...]
    gateway: Literal["none", "attached", "detached"] = "none"
    egress_only: Literal["none", "attached", "deleted"] = "none"


@dataclass(frozen=True)
class Subnet:
    """
    ``table`` and ``acl`` are None where the VPC's main table and default ACL apply.

    ``zone`` is the letter of its Availability Zone.
    """

    name: str
    vpc: str
    cidrs: tuple[Network, ...]
    table: str | None = None
    acl: str | None = None
    zone: str = "a"


@dataclass(frozen=True)
class Instance:
    """
    ``host`` tells what the operating system makes of what reaches it.

    ``public`` stands for the first of its addresses on the internet.
    """

    name: str
    subnet: str
    addresses: tuple[Address, ...]
    groups: tuple[str, ...]
    host: Literal["answers", "ignores pings", "stopped"] = "answers"
    public: Address | None = None


@dataclass(frozen=True)
class Nat:
    """A NAT gateway; ``public`` is None for a private one."""

    name: str
    subnet: str
    address: Address
    public: Address | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Attachment:
    """A VPC's attachment to the transit gateway, with its one interface, in one zone."""

    name: str
    subnet: str
    address: Address


# What has an interface in a subnet, forwards packets of others, and has no group.
Middlebox: TypeAlias = Nat | Attachment


@dataclass(frozen=True)
class TransitTable:
    """
    A route table of the transit gateway.

    Routes go to attachments, each by its name, or with None to nowhere. What
    comes from ``attachments`` is routed by it.
    """

    name: str
    routes: tuple[tuple[Network, str | None], ...]
    attachments: tuple[str, ...]


@dataclass(frozen=True)
class Outsider:
    """A host on the internet, in nobody's VPC, with one open TCP port, or none."""

    name: str
    addresses: tuple[Address, ...]
    listening: int | None = None
    host: Literal["answers", "silent"] = "answers"


@dataclass(frozen=True)
class Route:
    """
    ``target`` is the name of a peering or of a NAT gateway, or what kind of gateway it is.

    Of internet gateways, egress-only ones and transit gateways a VPC has one at most.
    """

    destination: Network
    target: str


@dataclass(frozen=True)
class RouteTable:
    """Only what was added: the local routes are always there."""

    name: str
    vpc: str
    routes: tuple[Route, ...] = ()
    main: bool = False


@dataclass(frozen=True)
class GroupRule:
    """``peer`` is a CIDR, or the name of a group. Type and code: -1 means any."""

    protocol: GroupProtocol
    peer: Network | str
    first: int = -1
    last: int = -1


@dataclass(frozen=True)
class Group:
    name: str
    vpc: str
    ingress: tuple[GroupRule, ...] = ()
    egress: tuple[GroupRule, ...] = ()

    @property
    def is_default(self) -> bool:
        """True for the group that every VPC is born with."""
        return self.name.endswith(DEFAULT_GROUP)


@dataclass(frozen=True)
class AclEntry:
    """``protocol`` as the API has it: "-1", or an IANA number in text."""

    number: int
    egress: bool
    allow: bool
    cidr: Network
    protocol: AclProtocol = "-1"
    icmp_type: int = -1
    icmp_code: int = -1
    ports: tuple[int, int] = (0, 65535)


@dataclass(frozen=True)
class Acl:
    """
    ``entries`` in the order in which they are created, which need not be their own order.

    One that is ``default`` stands for what became of the ACL its VPC was born with.
    """

    name: str
    vpc: str
    entries: tuple[AclEntry, ...] = ()
    default: bool = False


@dataclass(frozen=True)
class Peering:
    name: str
    requester: str
    accepter: str
    state: Literal["active", "pending", "deleted", "rejected"] = "active"

    def other(self, vpc: str) -> str:
        """The VPC at the far end."""
        return self.accepter if vpc == self.requester else self.requester


LISTENING = 22  # the one TCP port that is open on every instance
ECHOING = 5004  # the one UDP port there, where every datagram is sent back
_CLIENT_PORTS = 33_000  # well inside what ACLs call ephemeral


@dataclass(frozen=True)
class Probe:
    """
    One question to the network: a ping, or if there is a port, a TCP connection or a datagram.

    ``number`` is unique in its network; the ping carries it as its ICMP
    identifier, the others in their client port. ``count`` and ``data_bytes``
    are a ping's.
    """

    number: int
    source: str
    destination: Address
    port: int | None = None
    udp: bool = False
    count: int = 1
    data_bytes: int = 56

    @property
    def client_port(self) -> int:
        return _CLIENT_PORTS + self.number

    def __str__(self) -> str:
        """The probe as a command line."""
        if self.port is None:
            return f"ping -c {self.count} -s {self.data_bytes} {self.destination}"
        return f"nc -z{'u' if self.udp else ''} {self.destination} {self.port}"


def number_of(*ports: int) -> int:
    """The number of the TCP or UDP probe that one of the ports belongs to."""
    return max(ports) - _CLIENT_PORTS


@dataclass(frozen=True)
class Scenario:
    """A whole network, the pings to try in it, and what was broken, in words."""

    seed: str
    vpcs: tuple[Vpc, ...]
    subnets: tuple[Subnet, ...]
    instances: tuple[Instance, ...]
    tables: tuple[RouteTable, ...]
    groups: tuple[Group, ...]
    acls: tuple[Acl, ...]
    peerings: tuple[Peering, ...]
    nats: tuple[Nat, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    transit_tables: tuple[TransitTable, ...] = ()
    outsiders: tuple[Outsider, ...] = ()
    probes: tuple[Probe, ...] = ()
    faults: tuple[str, ...] = ()

    def vpc(self, name: str) -> Vpc:
        return next(vpc for vpc in self.vpcs if vpc.name == name)

    def subnet(self, name: str) -> Subnet:
        return next(subnet for subnet in self.subnets if subnet.name == name)

    def instance(self, name: str) -> Instance:
        return next(instance for instance in self.instances if instance.name == name)

    def nat(self, name: str) -> Nat:
        return next(nat for nat in self.nats if nat.name == name)

    def outsider(self, name: str) -> Outsider | None:
        return next((each for each in self.outsiders if each.name == name), None)

    def attachment_of(self, vpc: str) -> Attachment | None:
        return next((each for each in self.attachments if self.vpc_of(each) == vpc), None)

    def addresses_of(self, name: str) -> tuple[Address, ...]:
        """The addresses that an instance or an outsider has itself."""
        return (self.outsider(name) or self.instance(name)).addresses

    def middleboxes(self, vpc: str | None = None) -> list[Middlebox]:
        """Everything that is there and forwards packets of others, in one VPC or in all."""
        living = [*(nat for nat in self.nats if not nat.deleted), *self.attachments]
        return [each for each in living if vpc in (None, self.subnet(each.subnet).vpc)]

    def table(self, name: str) -> RouteTable:
        return next(table for table in self.tables if table.name == name)

    def group(self, name: str) -> Group:
        return next(group for group in self.groups if group.name == name)

    def acl(self, name: str) -> Acl:
        return next(acl for acl in self.acls if acl.name == name)

    def peering(self, name: str) -> Peering:
        return next(peering for peering in self.peerings if peering.name == name)

    def vpc_of(self, instance: Instance | Middlebox) -> str:
        return self.subnet(instance.subnet).vpc

    def subnets_of(self, vpc: str) -> list[Subnet]:
        return [subnet for subnet in self.subnets if subnet.vpc == vpc]

    def instances_of(self, vpc: str) -> list[Instance]:
        return [instance for instance in self.instances if self.vpc_of(instance) == vpc]

    def table_of(self, subnet: Subnet) -> RouteTable:
        """The subnet's own table, or else the main table of its VPC."""
        if subnet.table is not None:
            return self.table(subnet.table)
        return next(table for table in self.tables if table.vpc == subnet.vpc and table.main)

    def acl_of(self, subnet: Subnet) -> Acl | None:
        """The subnet's own ACL, or else its VPC's default one; None while that lets all pass."""
        if subnet.acl is not None:
            return self.acl(subnet.acl)
        return next((acl for acl in self.acls if acl.vpc == subnet.vpc and acl.default), None)

    def peerings_of(self, vpc: str) -> list[Peering]:
        return [
            peering for peering in self.peerings if vpc in (peering.requester, peering.accepter)
        ]

    def joined(self, one: str, other: str) -> bool:
        """True for a VPC and itself, and for two VPCs with an active peering."""
        return one == other or any(
            {peering.requester, peering.accepter} == {one, other} and peering.state == "active"
            for peering in self.peerings
        )
