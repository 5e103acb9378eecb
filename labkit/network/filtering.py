"""
What security groups and network ACLs let through, and by which rule.

Security groups hold allow rules only; the rules of all groups of an interface
count together, in no order, and a packet that matches none is refused. They
remember flows: a reply to allowed traffic is not looked at again (that part
is in ``walk``, which knows what is a reply). Network ACLs hold allow and deny
rules tried in ascending number; the first match decides and nothing is
remembered.

Source: Amazon VPC User Guide, "Security group rules" and "Network ACLs".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.packet import Direction, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.packet import Address, Packet
    from labkit.network.topology import (
        Interface,
        NetworkAcl,
        NetworkAclEntry,
        SecurityGroup,
        SecurityGroupRule,
        Topology,
    )

ANY = -1
_WITH_PORTS = (Protocol.TCP, Protocol.UDP)


def security_group_verdict(
    topology: Topology, interface: Interface, packet: Packet, direction: Direction
) -> tuple[SecurityGroup, SecurityGroupRule] | None:
    """The first group and rule of *interface* that allow *packet*, or None when none does."""
    return next(allowing_rules(topology, interface, packet, direction), None)


def allowing_rules(
    topology: Topology, interface: Interface, packet: Packet, direction: Direction
) -> Iterator[tuple[SecurityGroup, SecurityGroupRule]]:
    """Every group and rule of *interface* that allow *packet*, in the order of the groups."""
    peer = packet.peer(direction)
    for group_id in interface.group_ids:
        group = topology.security_group(group_id)
        for rule in group.rules(direction):
            if rule_covers(rule, packet) and peer_matches(topology, group, rule, peer):
                yield group, rule


def rule_covers(rule: SecurityGroupRule, packet: Packet) -> bool:
    """Whether protocol and port, or ICMP type and code, of *packet* fall under *rule*."""
    if rule.protocol is None:
        return True
    if rule.protocol != packet.protocol:
        return False
    if packet.protocol in _WITH_PORTS:
        return rule.from_port == ANY or rule.from_port <= packet.destination_port <= rule.to_port
    if packet.is_icmp:
        return _icmp_covers(rule.from_port, rule.to_port, packet)
    return True


def _icmp_covers(icmp_type: int, icmp_code: int, packet: Packet) -> bool:
    return icmp_type in (ANY, packet.icmp_type) and icmp_code in (ANY, packet.icmp_code)


def peer_matches(
    topology: Topology, group: SecurityGroup, rule: SecurityGroupRule, peer: Address
) -> bool:
    """
    Whether the far address of a packet is one the rule names.

    Raises:
        TopologyError: The rule names a prefix list that was not given.
    """
    if rule.cidr is not None:
        return peer in rule.cidr
    if rule.prefix_list_id is not None:
        return any(peer in block for block in topology.prefix_list(rule.prefix_list_id))
    return rule.group_id is not None and peer in members(topology, rule.group_id, group.vpc_id)


def members(topology: Topology, group_id: str, vpc_id: str) -> set[Address]:
    """
    Private addresses that a reference to *group_id* stands for, in a rule of a group in *vpc_id*.

    Only interfaces of the same VPC, or of one joined to it by an active
    peering connection in the same Region, count. A reference across a deleted
    peering is stale: it stays in the rule and matches nothing.

    Source: Amazon VPC Peering Guide, "Update your security groups to
    reference peer security groups".
    """
    reach = {vpc_id, *_peers(topology, vpc_id)}
    return {
        address
        for interface in topology.interfaces.values()
        if group_id in interface.group_ids and interface.vpc_id in reach
        for address in interface.addresses
    }


def _peers(topology: Topology, vpc_id: str) -> Iterator[str]:
    for peering in topology.peerings.values():
        other = peering.other_side(vpc_id)
        if other is not None and peering.is_active and not peering.inter_region:
            yield other


def network_acl_verdict(
    acl: NetworkAcl, packet: Packet, direction: Direction
) -> NetworkAclEntry | None:
    """
    The entry that decides about *packet* crossing the subnet's edge.

    None means that no entry matched, which refuses the packet as the final
    ``*`` rule does.
    """
    peer = packet.peer(direction)
    entries = sorted(
        (entry for entry in acl.entries if entry.egress is (direction is Direction.EGRESS)),
        key=lambda entry: entry.number,
    )
    for entry in entries:
        if peer in entry.cidr and entry_covers(entry, packet):
            return entry
    return None


def entry_covers(entry: NetworkAclEntry, packet: Packet) -> bool:
    if entry.protocol is None:
        return True
    if entry.protocol != packet.protocol:
        return False
    if packet.protocol in _WITH_PORTS and entry.ports is not None:
        low, high = entry.ports
        return low <= packet.destination_port <= high
    if packet.is_icmp:
        return _icmp_covers(entry.icmp_type, entry.icmp_code, packet)
    return True
