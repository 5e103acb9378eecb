"""Security groups, which remember flows, and network ACLs, which do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.network.answering import answers
from labkit.network.filtering import network_acl_verdict, security_group_verdict
from labkit.network.hops import Fate, Leg, Station, Verdict

if TYPE_CHECKING:
    from labkit.network.packet import Direction
    from labkit.network.stations.trail import Trail
    from labkit.network.topology import Interface


def security_groups(trail: Trail, interface: Interface, direction: Direction) -> Fate | None:
    """
    What the security groups of an interface do with the packet; None lets it pass.

    The reply of what they let pass before is not looked at again, be it an ICMP
    error about it (AWS does not say so of errors; connection trackers in
    general do).
    """
    known = trail.tracked.setdefault(interface.interface_id, [])
    if trail.leg is Leg.REPLY and any(answers(trail.packet, request) for request in known):
        groups, verdict = interface.group_ids, Verdict.TRACKED
        trail.hop(Station.SECURITY_GROUP, groups, verdict, direction=direction, interface=interface)
        return None
    found = security_group_verdict(trail.topology, interface, trail.packet, direction)
    trail.hop(
        Station.SECURITY_GROUP,
        found[0].group_id if found else interface.group_ids,
        Verdict.ALLOW if found else Verdict.DENY,
        direction=direction,
        rule=found[1] if found else None,
        interface=interface,
    )
    if found is None:
        return Fate.DENIED_BY_SECURITY_GROUP
    known.append(trail.packet)
    return None


def network_acl(trail: Trail, interface: Interface, direction: Direction) -> Fate | None:
    """What the network ACL at the edge of an interface's subnet does; None lets it pass."""
    acl = trail.topology.network_acl_of(interface.subnet_id)
    entry = network_acl_verdict(acl, trail.packet, direction)
    allowed = entry is not None and entry.allow
    trail.hop(
        Station.NETWORK_ACL,
        acl.network_acl_id,
        Verdict.ALLOW if allowed else Verdict.DENY,
        direction=direction,
        rule=entry,
        interface=interface,
    )
    return None if allowed else Fate.DENIED_BY_NETWORK_ACL
