"""
Incidents on paper for an analyst to practise on, and to be measured by: hundreds in seconds.

Each is what ``lab.incident`` of the same seed and level would be, but for
pings of others: nothing happens in the lab, and nobody has to wait for logs.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from labkit.diagnose.describing import PaperEc2
from labkit.diagnose.judging import Rehearsals, flows
from labkit.diagnose.question import Question
from labkit.diagnose.rehearsal import WINDOW_END_S, gathered, rehearsed_in
from labkit.faults.cases import cases
from labkit.faults.catalogue import FAULTS
from labkit.faults.fault import Breaks
from labkit.faults.incidents import IncidentFile, draw
from labkit.insights.notes import notes
from labkit.network.hops import Leg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from labkit.faults.incidents import Incident
    from labkit.lab import CloudLab
    from labkit.network.topology import Topology

Rows: TypeAlias = list[dict[str, str]]

ASKED_S: Final = 1_800_000_000.0
"""When incidents on paper take place if nothing else is said [Unix s]; any time will do."""

_BEFORE_S: Final = 400.0
_MINUTE_S: Final = 60
NOTHING: Final = "nothing"
LOG: Final = "log"
HOST: Final = "host"
# What an analyst can blame in the network itself.
PLACES: Final = ("filter there", "filter back", "way there", "host or way back", "way back")
CULPRITS: Final = ("filter there", "filter back", "route there", "route back", "peering")
_GAPS: Final = ("way there", "way there", "host or way back", "way back")
# The four places that see a ping, in the order of its way: whose interface, and who sent it.
_WAY: Final = (
    ("source", "source"),
    ("target", "source"),
    ("target", "target"),
    ("source", "target"),
)
_BACK_FROM: Final = 2
_FAMILIES: Final = {"routes": "route", "peerings": "peering", "hosts": HOST, "flow_logs": LOG}


@dataclass(frozen=True, repr=False, eq=False)
class Case:
    """
    One incident as an analyst meets it, on paper or in a lab.

    Args:
        title: Seed and level.
        names: The two ends as records and queries know them: ``source`` and
            ``target`` hold addresses, ``source_eni`` and ``target_eni`` interfaces.
        log_group: The log group that is asked.
        ec2: What EC2 describes: a boto3 client, or what stands in for one on paper.
    """

    title: str
    names: dict[str, str]
    log_group: str
    ec2: Any
    _ask: Callable[[str], Rows]

    def insights(self, query: str) -> Rows:
        """
        The rows that a Logs Insights query finds, with what the log group holds of the incident.

        Raises:
            QueryError: The query cannot be run; says where and why.
        """
        return self._ask(query)

    def __repr__(self) -> str:
        source, target = self.names["source"], self.names["target"]
        return f"{self.title}: a ping from {source} to {target}."


@dataclass(frozen=True, eq=False)
class Drawn:
    """An incident on paper with what is known of it: what an analyst meets, and the truth."""

    case: Case
    rehearsals: Rehearsals

    @property
    def place(self) -> str:
        """Where the records say that the ping was lost: all that they alone can tell."""
        names, rehearsals = self.case.names, self.rehearsals
        rows = rehearsals.rows(rehearsals.true)
        seen = {
            each[:2]: each[3]
            for each in flows(rows, rehearsals.question, rehearsals.healthy.topology)
        }
        way = [seen.get((names[f"{at}_eni"], names[sent_by])) for at, sent_by in _WAY]
        if "REJECT" in way:
            return "filter there" if way.index("REJECT") < _BACK_FROM else "filter back"
        return _GAPS[way.index(None)] if None in way else NOTHING

    @property
    def culprit(self) -> str:
        """What is to blame: the first thing that stands in the way, the log, or nothing."""
        faults = self.rehearsals.fault_ids
        lost = [each for each in faults if FAULTS[each].breaks is Breaks.PING]
        if not lost:
            return LOG if faults else NOTHING
        first = min(lost, key=lambda name: cases()[name].fate.leg != Leg.REQUEST)
        kind = _FAMILIES.get(FAULTS[first].family, "filter")
        if kind not in ("route", "filter"):
            return kind
        return f"{kind} {'there' if cases()[first].fate.leg == Leg.REQUEST else 'back'}"


def practice(
    lab: CloudLab, wanted: Iterable[tuple[int, int]], asked_s: float = ASKED_S
) -> Iterator[Drawn]:
    """
    Incidents on paper in a healthy lab, by seed and level.

    What AWS passes over in silence in a query is remarked once, whichever of
    the incidents it is asked about.

    Args:
        lab: The lab.
        wanted: Seed and level of each.
        asked_s: When the ping of the ticket is sent [Unix s].

    Raises:
        NameNotFound: There is no such level.
        LabError: The lab has no two instances in peered VPCs.
    """
    described = lab.tags.resources(lab.ec2, "vpc-flow-log")
    answers, topology, remarks = lab.answers(), lab.topology(), Remarks()
    for seed, level in wanted:
        plot = draw(topology, seed, level)
        quiet = replace(plot, noise=tuple(each for each in plot.noise if each.port is not None))
        file = IncidentFile(quiet, answers, described, asked_s - _BEFORE_S, asked_s)
        rehearsals = Rehearsals(file, lab.log_group)
        case = _case(f"Incident {seed} of level {level}", rehearsals, asked_s, remarks)
        yield Drawn(case, rehearsals)


class Remarks:
    """Remarks on queries, each made once."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._made: set[str] = set()

    def on(self, query: str) -> None:
        """Print what is to be said of a query that has run, and was not said before."""
        if query in self._asked:
            return
        self._asked.add(query)
        new = [each for each in notes(query) if each not in self._made]
        self._made.update(new)
        sys.stdout.writelines(f"Note: {each}\n" for each in new)


def _case(title: str, rehearsals: Rehearsals, asked_s: float, remarks: Remarks) -> Case:
    world, question, until_s = rehearsals.true, rehearsals.question, asked_s + WINDOW_END_S
    group = gathered(rehearsals.lines(world), until_s)

    def ask(query: str) -> Rows:
        rows = rehearsed_in(group, query, until_s)
        remarks.on(query)
        return [{name: value for name, value in row if name != "@ptr"} for row in rows]

    names = _names(rehearsals.healthy.topology, question)
    return Case(f"{title}, on paper", names, rehearsals.log_group, PaperEc2(world), ask)


def live(lab: CloudLab, incident: Incident) -> Case:
    """
    An incident that is open in a lab, as an analyst meets it; asks from the ticket's minute on.

    Raises:
        NameNotFound: One of the two hosts is gone.
    """
    topology = lab.topology()
    question = Question.of(topology, *incident.ends)
    since_s = incident.asked_s // _MINUTE_S * _MINUTE_S

    def ask(query: str) -> Rows:
        found: Any = lab.insights(query, start=since_s).to_dict("records")
        return list(found)

    title = f"Incident {incident.seed} of level {incident.level}"
    return Case(title, _names(topology, question), lab.log_group, lab.ec2, ask)


def _names(topology: Topology, question: Question) -> dict[str, str]:
    receiver = question.receiver(topology)
    return {
        "source": str(question.packet.source),
        "target": str(question.packet.destination),
        "source_eni": question.sender_id,
        "target_eni": receiver.interface_id if receiver else "",
    }
