"""Rules of security groups, and the groups an instance is in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from labkit.faults.parts.part import Part
from labkit.network import edits
from labkit.network.packet import Direction
from labkit.network.topology import SecurityGroupRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labkit.faults.parts.part import Value
    from labkit.faults.world import World
    from labkit.lab import CloudLab

_PROTOCOL_NAMES: Final = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}
_PROTOCOL_NUMBERS: Final = {name: number for number, name in _PROTOCOL_NAMES.items()}
_ALL: Final = "-1"
_SOURCES: Final = (
    ("IpRanges", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6"),
    ("UserIdGroupPairs", "GroupId"),
    ("PrefixListIds", "PrefixListId"),
)


@dataclass(frozen=True, slots=True)
class GroupRule(Part):
    """
    One rule of a security group; its value is whether it is there.

    ``peer`` is a CIDR block, or the id of a group or prefix list. For ICMP the
    two ports are type and code, -1 for any, as EC2 has them.
    """

    group_id: str
    direction: str
    protocol: str
    from_port: int
    to_port: int
    peer: str

    @classmethod
    def of(cls, group_id: str, direction: Direction, rule: SecurityGroupRule) -> GroupRule:
        """The part that a rule of the network model is."""
        protocol = _ALL if rule.protocol is None else str(rule.protocol)
        if rule.protocol in _PROTOCOL_NAMES:
            protocol = _PROTOCOL_NAMES[rule.protocol]
        peer = str(rule.cidr or rule.group_id or rule.prefix_list_id)
        return cls(group_id, direction.value, protocol, rule.from_port, rule.to_port, peer)

    @property
    def rule(self) -> SecurityGroupRule:
        """The rule as the network model has it."""
        number = None
        if self.protocol != _ALL:
            number = _PROTOCOL_NUMBERS.get(self.protocol) or int(self.protocol)
        rule = SecurityGroupRule(number, self.from_port, self.to_port)
        if self.peer.startswith("sg-"):
            return replace(rule, group_id=self.peer)
        if self.peer.startswith("pl-"):
            return replace(rule, prefix_list_id=self.peer)
        return replace(rule, cidr=ip_network(self.peer))

    @property
    def permission(self) -> dict[str, Any]:
        """The rule as ``IpPermissions`` of an API call holds it."""
        ports = {"FromPort": self.from_port, "ToPort": self.to_port}
        return {
            "IpProtocol": self.protocol,
            **({} if self.protocol == _ALL else ports),
            **self._source(),
        }

    def _source(self) -> dict[str, Any]:
        if self.peer.startswith("sg-"):
            return {"UserIdGroupPairs": [{"GroupId": self.peer}]}
        if self.peer.startswith("pl-"):
            return {"PrefixListIds": [{"PrefixListId": self.peer}]}
        if ":" in self.peer:
            return {"Ipv6Ranges": [{"CidrIpv6": self.peer}]}
        return {"IpRanges": [{"CidrIp": self.peer}]}

    def read(self, lab: CloudLab) -> Value:
        [group] = lab.ec2.describe_security_groups(GroupIds=[self.group_id])["SecurityGroups"]
        key = "IpPermissions" if self._is_ingress else "IpPermissionsEgress"
        wanted = (self.protocol, *self._ports, self.peer)
        return any(wanted == each for each in _flat(group[key]))

    def write(self, lab: CloudLab, value: Value) -> None:
        if self.read(lab) == bool(value):
            return
        ec2, arguments = lab.ec2, {"GroupId": self.group_id, "IpPermissions": [self.permission]}
        if value:
            allow = (
                ec2.authorize_security_group_ingress
                if self._is_ingress
                else ec2.authorize_security_group_egress
            )
            allow(**arguments)
        else:
            revoke = (
                ec2.revoke_security_group_ingress
                if self._is_ingress
                else ec2.revoke_security_group_egress
            )
            revoke(**arguments)

    @property
    def _is_ingress(self) -> bool:
        return self.direction == Direction.INGRESS

    @property
    def _ports(self) -> tuple[int, int]:
        return (-1, -1) if self.protocol == _ALL else (self.from_port, self.to_port)

    def on(self, world: World, value: Value) -> World:
        edit = edits.with_rule if value else edits.without_rule
        direction = Direction(self.direction)
        return world.with_topology(edit(world.topology, self.group_id, direction, self.rule))

    def words(self, value: Value) -> str:
        scope = self.protocol if self.protocol != _ALL else "all traffic"
        ports = "" if self._ports == (-1, -1) else f" {self.from_port}/{self.to_port}"
        state = "present" if value else "absent"
        return f"{self.direction} rule [{scope}{ports}, {self.peer}] of {self.group_id}: {state}"


def _flat(permissions: list[Mapping[str, Any]]) -> Iterator[tuple[str, int, int, str]]:
    """Every rule of a described group: protocol, the two ports, and one peer."""
    for permission in permissions:
        ports = (permission.get("FromPort", -1), permission.get("ToPort", -1))
        if permission["IpProtocol"] == _ALL:
            ports = (-1, -1)
        for key, name in _SOURCES:
            for source in permission.get(key) or ():
                yield (permission["IpProtocol"], *ports, source[name])


@dataclass(frozen=True, slots=True)
class GroupsOf(Part):
    """The security groups of a network interface; its value is the list of their ids."""

    interface_id: str

    def read(self, lab: CloudLab) -> Value:
        [found] = lab.ec2.describe_network_interfaces(NetworkInterfaceIds=[self.interface_id])[
            "NetworkInterfaces"
        ]
        return [group["GroupId"] for group in found["Groups"]]

    def write(self, lab: CloudLab, value: Value) -> None:
        if self.read(lab) != value:
            lab.ec2.modify_network_interface_attribute(
                NetworkInterfaceId=self.interface_id, Groups=value
            )

    def on(self, world: World, value: Value) -> World:
        interface = replace(world.topology.interfaces[self.interface_id], group_ids=tuple(value))
        return world.with_topology(edits.with_interface(world.topology, interface))

    def words(self, value: Value) -> str:
        return f"security groups of {self.interface_id}: {', '.join(value)}"
