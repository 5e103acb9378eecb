"""Peering connections that carry nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.faults.fault import Breaks, fault
from labkit.faults.parts import Change, PeeringOf
from labkit.faults.parts.peerings import PENDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.faults.way import Way


@fault(Breaks.PING)
def peering_deleted(way: Way) -> Iterator[Change]:
    """
    The peering connection was deleted; the routes to it stayed behind.

    **Symptom** The ping gets no answer, in either direction.

    **Evidence** No record of the ping anywhere, and no REJECT, as with a missing route. The
    routes are there, but in the state blackhole.

    **Cause** Routes to a peering connection that is gone stay in their tables and swallow what
    they attract.

    **Repair** Make a new peering connection, accept it, and lead the routes of both sides to it:
    a deleted one cannot come back.
    """
    yield Change(_peering(way), None)


@fault(Breaks.PING)
def peering_pending(way: Way) -> Iterator[Change]:
    """
    The peering connection was requested and never accepted.

    **Symptom** The ping gets no answer, in either direction.

    **Evidence** No record of the ping anywhere, and no REJECT. The routes are in the state
    blackhole, the peering connection is in pending-acceptance.

    **Cause** A peering connection carries nothing until the owner of the other VPC accepts it,
    even where both VPCs belong to the same account.

    **Repair** Accept the peering connection. The routes become active by themselves.
    """
    yield Change(_peering(way), PENDING)


def _peering(way: Way) -> PeeringOf:
    found = way.peering
    return PeeringOf(found.requester_vpc_id, found.accepter_vpc_id, found.name or found.peering_id)
