"""
What else a fix can loosen, beyond packets that filters and routes let pass.

``network.openings`` asks of every place that was there before whether more
passes now. This module asks about what was not there before, about where the
same packets are led now, and about what the delivery role may do.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeAlias

from labkit.network.edits import LIVE_STATUSES
from labkit.network.explain import label
from labkit.network.pieces import blocks_of, stretches
from labkit.network.routing import best_route, blocks
from labkit.network.topology import RouteState

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from labkit.network.packet import Address
    from labkit.network.topology import Interface, Peering, Topology

Policy: TypeAlias = "Mapping[str, Any]"


def loosened(before: Topology, after: Topology) -> Iterator[str]:
    """
    What is looser in a network than it was, one sentence each, apart from ``openings``.

    Args:
        before: The network while all was well.
        after: The network now.
    """
    yield from _peerings(before, after)
    for interface in sorted(after.interfaces.values(), key=lambda each: each.interface_id):
        old = before.interfaces.get(interface.interface_id)
        if old is None:
            yield _newcomer(after, interface)
        else:
            yield from _of_interface(after, old, interface)
    for subnet_id in sorted(before.subnets.keys() & after.subnets.keys()):
        yield from _led_elsewhere(before, after, subnet_id)


def _peerings(before: Topology, after: Topology) -> Iterator[str]:
    were = {_ends(each) for each in before.peerings.values() if each.status in LIVE_STATUSES}
    for peering in after.peerings.values():
        if peering.status in LIVE_STATUSES and _ends(peering) not in were:
            ends = " and ".join(sorted(label(after, each) for each in _ends(peering)))
            yield f"a peering connection that was not there before joins {ends}"


def _ends(peering: Peering) -> frozenset[str]:
    return frozenset((peering.requester_vpc_id, peering.accepter_vpc_id))


def _newcomer(after: Topology, interface: Interface) -> str:
    groups = ", ".join(label(after, each) for each in interface.group_ids) or "no group"
    where = label(after, interface.subnet_id)
    return (
        f"{label(after, interface.interface_id)} in {where} was not there before; what it lets "
        f"in is up to {groups}"
    )


def _of_interface(after: Topology, old: Interface, new: Interface) -> Iterator[str]:
    name = label(after, new.interface_id)
    if old.source_dest_check and not new.source_dest_check:
        yield f"the source/destination check of {name} is off, so it may carry others' packets"


def _led_elsewhere(before: Topology, after: Topology, subnet_id: str) -> Iterator[str]:
    """Ranges that a subnet's routes led somewhere, and now lead somewhere else."""
    tables = ((before, before.route_table_of(subnet_id)), (after, after.route_table_of(subnet_id)))
    ranges = [
        block for of, table in tables for route in table.routes for block in blocks(of, route)
    ]
    moved = []
    for stretch in stretches(ranges):
        was, is_now = (_target(each, subnet_id, stretch.first) for each in (before, after))
        if was is not None and is_now is not None and was != is_now:
            moved.append(stretch)
    if moved:
        told = ", ".join(map(str, blocks_of(moved)[:2]))
        yield f"the routes of {label(after, subnet_id)} lead {told} somewhere else than before"


def _target(topology: Topology, subnet_id: str, address: Address) -> Hashable:
    """Where packets to an address are led, peering connections by what they join."""
    route = best_route(topology, topology.route_table_of(subnet_id), address)
    if route is None or route.state is not RouteState.ACTIVE:
        return None
    peering = topology.peerings.get(route.target_id)
    return _ends(peering) if peering is not None else route.target_id


# The delivery role.


def wider_trust(before: Policy | None, after: Policy | None) -> Iterator[str]:
    """Who may assume a role now that might not before, or on fewer conditions."""
    olds = _allowing(before)
    for new in _allowing(after):
        if not any(_trusts_no_more(new, old) for old in olds):
            who = json.dumps(new.get("Principal"), sort_keys=True)
            yield f"the delivery role trusts more than before: {who}"


def _trusts_no_more(new: Policy, old: Policy) -> bool:
    principals = _pairs(new.get("Principal")) <= _pairs(old.get("Principal"))
    return principals and _pairs(old.get("Condition")) <= _pairs(new.get("Condition"))


def wider_permissions(
    before: Iterable[Policy | None], after: Iterable[Policy | None]
) -> Iterator[str]:
    """What a role may do by all its policies that it might not do before, or to more."""
    olds = [each for policy in before for each in _allowing(policy)]
    for new in (each for policy in after for each in _allowing(policy)):
        for action in _listed(new.get("Action", new.get("NotAction", "*"))):
            for resource in _listed(new.get("Resource", "*")):
                if "NotAction" in new or not any(_covers(old, action, resource) for old in olds):
                    yield f"the delivery role may now do {action} on {resource}"


def _covers(old: Policy, action: str, resource: str) -> bool:
    actions, resources = _listed(old.get("Action", [])), _listed(old.get("Resource", []))
    return any(fnmatchcase(action.lower(), each.lower()) for each in actions) and any(
        fnmatchcase(resource, each) for each in resources
    )


def _allowing(policy: Policy | None) -> list[Policy]:
    found = _listed((policy or {}).get("Statement", []))
    return [each for each in found if each.get("Effect") == "Allow"]


def _pairs(nested: Any) -> set[str]:  # noqa: ANN401  policies nest texts, lists and objects
    """Everything said in a part of a policy, each with the keys that lead to it."""
    if isinstance(nested, dict):
        return {f"{key}/{each}" for key, of in nested.items() for each in _pairs(of)}
    return set(map(str, _listed(nested))) if nested is not None else set()


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  policies have one thing or a list of things
    return value if isinstance(value, list) else [value]
