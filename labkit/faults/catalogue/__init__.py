"""Every fault there is, one module per family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.errors import NameNotFound
from labkit.faults.catalogue import (
    flow_logs,
    gateways,
    hosts,
    network_acls,
    peerings,
    routes,
    security_groups,
)
from labkit.faults.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FAMILIES", "FAULTS", "fault_named"]

FAMILIES: Final = (routes, peerings, security_groups, network_acls, hosts, flow_logs, gateways)
FAULTS: Final[Mapping[str, Fault]] = {
    each.fault_id: each
    for family in FAMILIES
    for each in vars(family).values()
    if isinstance(each, Fault)
}


def fault_named(fault_id: str) -> Fault:
    """
    The fault of a name.

    Raises:
        NameNotFound: There is none; lists those there are, and the nearest.

    >>> fault_named("return-route-missing").family
    'routes'
    """
    if fault_id not in FAULTS:
        raise NameNotFound("fault", fault_id, FAULTS)
    return FAULTS[fault_id]
