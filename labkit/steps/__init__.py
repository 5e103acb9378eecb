"""
The building steps of the lab, in order, one module per box of the architecture.

Each module's ``build(lab)`` can be run as often as one likes: it finds what
exists by the lab's tags and makes what is missing.

STEPS is the chain, each step on top of those before it. EXTRAS go beyond it:
each stands on the whole chain and on nothing else, so any of them can be had
without the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from labkit.errors import NameNotFound
from labkit.steps import (
    alarms,
    automation,
    connectivity,
    flow_logs,
    gateways,
    iam,
    instances,
    management,
    peering,
    routes,
    security_groups,
    subnets,
    third_vpc,
    transit,
    vpcs,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.lab import CloudLab


class Build(Protocol):
    """What every step offers."""

    def __call__(self, lab: CloudLab) -> object:
        """Make what is missing; give back what there is."""


# Only clouds whose instances run a real Systems Manager agent need this one.
MANAGEMENT: Final = "management"

STEPS: Final[Mapping[str, Build]] = {
    "vpcs": vpcs.build,
    "subnets": subnets.build,
    "instances": instances.build,
    MANAGEMENT: management.build,
    "security_groups": security_groups.build,
    "peering": peering.build,
    "routes": routes.build,
    "connectivity": connectivity.build,
    "iam": iam.build,
    "flow_logs": flow_logs.build,
}

EXTRAS: Final[Mapping[str, Build]] = {
    "alarms": alarms.build,
    "automation": automation.build,
    "gateways": gateways.build,
    "third_vpc": third_vpc.build,
    "transit": transit.build,
}

ALL_STEPS: Final[Mapping[str, Build]] = {**STEPS, **EXTRAS}


def steps_through(last: str, *, with_management: bool = False) -> list[str]:
    """
    The names of all steps up to and including *last*; of the extras, only *last* itself.

    Args:
        last: The name of a step or of an extra.
        with_management: Whether instances need a way to Systems Manager made for them;
            it then comes with the instances, without being asked for.

    Raises:
        NameNotFound: There is no such step; lists them, extras included.

    >>> steps_through("instances")
    ['vpcs', 'subnets', 'instances']
    >>> steps_through("gateways")[-2:]
    ['flow_logs', 'gateways']
    """
    names = list(STEPS)
    if last in EXTRAS:
        chain = steps_through(names[-1], with_management=with_management)
        return [*chain, last]
    if last not in STEPS:
        raise NameNotFound("building step", last, ALL_STEPS)
    if with_management and last == "instances":
        last = MANAGEMENT
    chosen = names[: names.index(last) + 1]
    return [name for name in chosen if with_management or name != MANAGEMENT]
