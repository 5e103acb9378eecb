"""Entries of network ACLs, and a network ACL that somebody made and never filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labkit.faults.parts.part import Gone, Part
from labkit.network import edits
from labkit.network.read import read
from labkit.network.topology import NetworkAcl, NetworkAclEntry

if TYPE_CHECKING:
    from labkit.faults.parts.part import Value
    from labkit.faults.world import World
    from labkit.lab import CloudLab

_FIELDS = ("Protocol", "RuleAction", "CidrBlock", "Ipv6CidrBlock", "IcmpTypeCode", "PortRange")


@dataclass(frozen=True, slots=True)
class AclEntry(Part):
    """One numbered entry of a network ACL; its value holds its fields as EC2 names them."""

    acl_id: str
    egress: bool
    number: int

    @classmethod
    def of(cls, acl_id: str, entry: NetworkAclEntry) -> AclEntry:
        """The part that an entry of the network model is."""
        return cls(acl_id, entry.egress, entry.number)

    def read(self, lab: CloudLab) -> Value:
        [acl] = lab.ec2.describe_network_acls(NetworkAclIds=[self.acl_id])["NetworkAcls"]
        for entry in acl["Entries"]:
            if (entry["RuleNumber"], entry["Egress"]) == (self.number, self.egress):
                return {key: entry[key] for key in _FIELDS if key in entry}
        return None

    def write(self, lab: CloudLab, value: Value) -> None:
        present = self.read(lab)
        at = {"NetworkAclId": self.acl_id, "Egress": self.egress, "RuleNumber": self.number}
        if value == present:
            return
        if value is None:
            lab.ec2.delete_network_acl_entry(**at)
        elif present is None:
            lab.ec2.create_network_acl_entry(**at, **value)
        else:
            lab.ec2.replace_network_acl_entry(**at, **value)

    def on(self, world: World, value: Value) -> World:
        topology = world.topology
        if value is None:
            changed = edits.without_entry(topology, self.acl_id, self.number, egress=self.egress)
        else:
            changed = edits.with_entry(topology, self.acl_id, self._entry(value))
        return world.with_topology(changed)

    def _entry(self, value: dict[str, Any]) -> NetworkAclEntry:
        described = {**value, "RuleNumber": self.number, "Egress": self.egress}
        acl = {"NetworkAclId": self.acl_id, "VpcId": "", "Entries": [described]}
        return read({"NetworkAcls": [acl]}).network_acls[self.acl_id].entries[0]

    def words(self, value: Value) -> str:
        where = f"{'outbound' if self.egress else 'inbound'} entry {self.number} of {self.acl_id}"
        if value is None:
            return f"{where}: absent"
        peer = value.get("CidrBlock") or value.get("Ipv6CidrBlock")
        return f"{where}: {value['RuleAction']} protocol {value['Protocol']} {peer}"


def described(entry: NetworkAclEntry) -> dict[str, Any]:
    """An entry of the network model as EC2 describes it: what ``AclEntry`` has for its value."""
    value: dict[str, Any] = {
        "Protocol": "-1" if entry.protocol is None else str(entry.protocol),
        "RuleAction": "allow" if entry.allow else "deny",
        "CidrBlock" if entry.cidr.version == 4 else "Ipv6CidrBlock": str(entry.cidr),
    }
    if entry.ports is not None:
        value["PortRange"] = dict(zip(("From", "To"), entry.ports, strict=True))
    elif entry.protocol in (1, 58):
        value["IcmpTypeCode"] = {"Type": entry.icmp_type, "Code": entry.icmp_code}
    return value


@dataclass(frozen=True, slots=True)
class AclOf(Part):
    """The network ACL of a subnet; its value is the ACL's id."""

    subnet_id: str

    def read(self, lab: CloudLab) -> Value:
        return self._association(lab)["NetworkAclId"]

    def write(self, lab: CloudLab, value: Value) -> None:
        association = self._association(lab)
        if association["NetworkAclId"] != value:
            lab.ec2.replace_network_acl_association(
                AssociationId=association["NetworkAclAssociationId"], NetworkAclId=value
            )

    def _association(self, lab: CloudLab) -> dict[str, str]:
        filters = [{"Name": "association.subnet-id", "Values": [self.subnet_id]}]
        found = lab.ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
        for association in (each for acl in found for each in acl["Associations"]):
            if association["SubnetId"] == self.subnet_id:
                return dict(association)
        raise Gone(self.subnet_id)

    def on(self, world: World, value: Value) -> World:
        acl = world.topology.network_acls[value]
        return world.with_topology(edits.with_acl_of(world.topology, self.subnet_id, acl))

    def words(self, value: Value) -> str:
        return f"network ACL of {self.subnet_id}: {value}"


@dataclass(frozen=True, slots=True)
class FreshAcl(Part):
    """
    A network ACL of its own for a subnet, as it is born: denying everything.

    Its value is whether it is in force; if not, the subnet has its former one.
    """

    subnet_id: str
    vpc_id: str
    former_acl_id: str
    name: str

    @property
    def _in_force(self) -> AclOf:
        return AclOf(self.subnet_id)

    def read(self, lab: CloudLab) -> Value:
        in_force = self._in_force.read(lab)
        return in_force == lab.find("network-acl", self.name)

    def write(self, lab: CloudLab, value: Value) -> None:
        fresh_id = lab.find("network-acl", self.name)
        if value:
            self._in_force.write(lab, fresh_id or self._create(lab))
            return
        if self._in_force.read(lab) == fresh_id:
            self._in_force.write(lab, self.former_acl_id)
        if fresh_id is not None:
            lab.ec2.delete_network_acl(NetworkAclId=fresh_id)

    def _create(self, lab: CloudLab) -> str:
        acl_id: str = lab.ec2.create_network_acl(
            VpcId=self.vpc_id,
            TagSpecifications=lab.tags.specification("network-acl", self.name),
        )["NetworkAcl"]["NetworkAclId"]
        return acl_id

    def on(self, world: World, value: Value) -> World:
        topology = world.topology
        acl = topology.network_acls[self.former_acl_id]
        if value:
            acl = NetworkAcl(f"new {self.name}", self.vpc_id, (), name=self.name)
        return world.with_topology(edits.with_acl_of(topology, self.subnet_id, acl))

    def words(self, value: Value) -> str:
        acl = f"{self.name}, new and without entries" if value else self.former_acl_id
        return f"network ACL of {self.subnet_id}: {acl}"
