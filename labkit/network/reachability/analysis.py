"""A question about a network in, the analyzer's answer out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from labkit.network.blockers import obstacles
from labkit.network.hops import Leg, Station, Verdict
from labkit.network.packet import Direction
from labkit.network.reachability.components import components
from labkit.network.reachability.ends import NoEnd
from labkit.network.reachability.explanation import Explanation
from labkit.network.reachability.explanations import explanations, stopped
from labkit.network.reachability.probe import probe
from labkit.network.routing import blocks
from labkit.network.topology import HostState, Route
from labkit.network.ways_out import OutsideHost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labkit.network.hops import Hop, Walk
    from labkit.network.packet import Packet
    from labkit.network.reachability.components import PathComponent
    from labkit.network.reachability.probe import Probe
    from labkit.network.reachability.question import Path
    from labkit.network.stations.steps import End
    from labkit.network.topology import Topology

_REMOVED: Final = "COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT"


@dataclass(frozen=True, slots=True)
class Analysis:
    """
    The answer to a question.

    Args:
        found: Whether traffic gets there and its answers back.
        forward: What it passes on the way there, as far as it gets.
        back: What its answers pass, as far as they get.
        explanations: Why there is no path, all reasons in the order in which
            a packet meets them; empty if there is one.
        unknown: Why the way could not be followed to its end; empty if it could.
    """

    found: bool
    forward: tuple[PathComponent, ...] = ()
    back: tuple[PathComponent, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    unknown: str = ""


def analyze(topology: Topology, path: Path) -> Analysis:
    """
    Whether there is a path, what is on it, and if there is none, all that stands in its way.

    Where the question leaves ports open, the answer is about those that get
    furthest.

    Raises:
        TopologyError: Something that a packet meets is missing from *topology*.
    """
    try:
        asked = probe(topology, path)
    except NoEnd as nothing:
        return Analysis(found=False, explanations=(nothing.explanation,))
    tried: list[Analysis] = []
    for packet in asked.packets:
        tried.append(_tried(asked, path, packet))
        if tried[-1].found:
            return tried[-1]
    return min(tried, key=lambda each: len(each.explanations))


def _tried(asked: Probe, path: Path, packet: Packet) -> Analysis:
    met = obstacles(asked.topology, packet, asked.sender)
    whys = list(_of_sender(asked.sender))
    whys += [why for blocker in met.blockers for why in explanations(blocker)]
    walked = met.blockers[0].walk if met.blockers else met.last
    if walked is None:
        return Analysis(found=False, explanations=tuple(whys), unknown=met.unknown)
    if walked.answered:
        whys += _misled(asked, path, walked)
    return Analysis(
        found=walked.answered and not whys,
        forward=_between(components(asked.topology, walked, Leg.REQUEST), asked.start, asked.end),
        back=_between(components(asked.topology, walked, Leg.REPLY), asked.end, asked.start),
        explanations=tuple(whys),
        unknown=met.unknown,
    )


def _of_sender(sender: End) -> Iterator[Explanation]:
    if isinstance(sender, OutsideHost):
        return
    if sender.host.state is HostState.STOPPED and sender.instance_id is not None:
        yield stopped(sender.instance_id, sender.interface_id)


def _between(
    passed: tuple[PathComponent, ...], first_id: str, last_id: str
) -> tuple[PathComponent, ...]:
    """What lies between two gateways, both included; one that is not passed is no limit."""
    first = [number for number, each in enumerate(passed) if _is(each, first_id)]
    last = [number for number, each in enumerate(passed, 1) if _is(each, last_id)]
    return passed[first[0] if first else 0 : last[-1] if last else None]


def _is(passed: PathComponent, gateway_id: str) -> bool:
    return gateway_id in (passed.component_id, passed.transit_gateway_id)


def filtered(analysis: Analysis, wanted: Sequence[str], unwanted: Sequence[str]) -> Analysis:
    """
    The analysis of those paths only that pass some components, or keep clear of others.

    A network has one way for a packet, so there is no other path to look for.
    """
    passed = {each.component_id for each in (*analysis.forward, *analysis.back)}
    missed = [each for each in wanted if each not in passed]
    met = [each for each in unwanted if each in passed]
    if not analysis.found or not (missed or met):
        return analysis
    whys = [Explanation("COMPONENT_FILTER_RESTRICTION", {"Component": each}) for each in missed]
    whys += [Explanation(_REMOVED, {"Component": each}) for each in met]
    return replace(analysis, found=False, forward=(), back=(), explanations=tuple(whys))


# A packet that is answered, and still not the one that was asked for.


def _misled(asked: Probe, path: Path, walked: Walk) -> Iterator[Explanation]:
    if asked.receiver_id not in ("", walked.receiver_id):
        about = {"NetworkInterface": asked.receiver_id}
        address = walked.packet.destination
        yield Explanation("ENI_ADDRESS_RESTRICTION", about, Direction.INGRESS, address=address)
    passed = components(asked.topology, walked, Leg.REQUEST)
    if asked.end and not any(_is(each, asked.end) for each in passed):
        yield from _routed_elsewhere(asked, walked)
    arrived = _arrived(walked)
    for misfit in path.at_destination.misfits(arrived) if arrived is not None else ():
        yield Explanation(f"FILTER_AT_DESTINATION_{misfit}")


def _arrived(walked: Walk) -> Packet | None:
    """The request as it reached its host."""
    delivered = (Leg.REQUEST, Station.HOST, Verdict.DELIVER)
    return next((h.packet for h in walked.hops if (h.leg, h.station, h.verdict) == delivered), None)


def _routed_elsewhere(asked: Probe, walked: Walk) -> Iterator[Explanation]:
    """Why the sender's route table does not lead to the gateway at which a path is to end."""
    decided = _first_route(walked)
    if decided is None:  # it met the receiver inside its subnet
        yield Explanation("NO_PATH")
        return
    table = asked.topology.route_tables[decided.component_ids[0]]
    about = {"RouteTable": table.route_table_id}
    found = [each for each in table.routes if each.target_id == asked.end]
    for route in found:
        code = _unused(asked.topology, route, decided, walked.packet)
        yield Explanation(code, about, rule=route)
    if not found:
        yield Explanation("NO_ROUTE_TO_DESTINATION", {**about, "Destination": asked.end})


def _first_route(walked: Walk) -> Hop | None:
    return next((hop for hop in walked.hops if hop.station is Station.ROUTE_TABLE), None)


def _unused(topology: Topology, route: Route, decided: Hop, packet: Packet) -> str:
    mine = [each for each in blocks(topology, route) if packet.destination in each]
    if not mine:
        return "CANNOT_ROUTE"
    other = decided.rule.destination if isinstance(decided.rule, Route) else None
    return "HIGHER_PRIORITY_ROUTE" if other in mine else "MORE_SPECIFIC_ROUTE"
