"""What a lab lends to those who break it on purpose, and to those who find out why it fails."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from labkit.session.tools import ToolLab

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from labkit.checks.hints import Hint
    from labkit.checks.reasoning import Verdict
    from labkit.diagnose.meeting import Analyst
    from labkit.diagnose.practice import Case
    from labkit.faults import AppliedFault, Repair
    from labkit.faults.incidents import Closed, Incident, Ladder
    from labkit.view.chart import Chart
    from labkit.view.diagnosis import DiagnosisPage


class TroubleLab(ToolLab):
    """A lab that can be broken, diagnosed and repaired."""

    def faults(self) -> pd.DataFrame:
        """The catalogue of faults: what each breaks, and between whom it is applied now."""
        from labkit.faults.overview import overview  # noqa: PLC0415  loads when wanted

        return overview(self)

    def apply_fault(
        self, name: str, source: str | None = None, target: str | None = None
    ) -> AppliedFault:
        """
        Break the way from one instance to another; ``repair_fault`` puts it back.

        Args:
            name: A fault of the catalogue, for example ``return-route-missing``.
            source: Who asks; ``app-a``, or ``worker-a`` for a fault of gateways.
            target: Who is asked; ``app-b``, or an address on the internet for a
                fault of gateways.

        Raises:
            NameNotFound: There is no such fault or instance; names the nearest.
            FaultRefused: It is applied already, meets another one, or does not fit the network.
        """
        from labkit import faults  # noqa: PLC0415  loads when wanted

        usual = faults.usual_ends(faults.fault_named(name))
        ends = faults.Ends(source or usual.source, target or usual.target)
        return faults.apply(self, name, ends)

    def repair_fault(self, name: str) -> Repair:
        """
        Put back what a fault changed, whoever applied it, and say what was found there.

        Raises:
            NameNotFound: There is no such fault; names the nearest.
            FaultRefused: It is not applied, or another one has to be repaired first.
        """
        from labkit import faults  # noqa: PLC0415  loads when wanted

        return faults.repair(self, name)

    def repair_faults(self) -> list[Repair]:
        """Put back what all applied faults changed, the latest first. Safe to run at any time."""
        from labkit import faults  # noqa: PLC0415  loads when wanted

        return faults.repair_all(self)

    def diagnose(self, source: str, target: str, port: int | None = None) -> DiagnosisPage:
        """
        All that is wrong between two instances, ranked, with proof and the smallest fix.

        Joins the configuration with the records of the last ping from *source*
        to *target* in this session, or of the last hour if there was none.
        Sends nothing and changes nothing.

        Args:
            source: Who asks.
            target: Who is asked, by name or address.
            port: TCP port; None asks about a ping.

        Raises:
            NameNotFound: No interface goes by one of the names.
        """
        from labkit.diagnose import diagnose_lab  # noqa: PLC0415  loads when wanted
        from labkit.view.diagnosis import page  # noqa: PLC0415

        asked = f"{source} pings {target}"
        times = [each.at for each in self.journal.moments() if each.what == asked]
        asked_s = times[-1] if times and port is None else None
        return page(diagnose_lab(self, source, target, port=port, asked_s=asked_s))

    def incident(self, seed: int, level: int = 1) -> Incident:
        """
        Something is wrong, and nobody says what: a ticket to work on.

        The same seed and level give the same incident. One that is open
        already is taken up again; ``close_incident`` ends it at any time.

        Args:
            seed: Any whole number.
            level: From 1, where one thing is wrong and says so, to 5; 6 and 7
                for a lab with gateways, about the way out to the internet.

        Raises:
            NameNotFound: There is no such level.
            LabError: Another incident is open, or the lab is not healthy.
        """
        from labkit.faults import incidents  # noqa: PLC0415  loads when wanted

        return incidents.open_incident(self, seed, level)

    def ladder(self, seed: int = 0) -> Ladder:
        """
        Ten incidents, two of every level: ``take(1)`` to ``take(10)``.

        Everybody shares the odd ones. The even ones are drawn from *seed*, so
        that a class has as many ladders as learners, all equally steep.

        Raises:
            LabError: The seed is no whole number, or the lab has no two
                instances in peered VPCs.
        """
        from labkit.faults import incidents  # noqa: PLC0415  loads when wanted

        return incidents.Ladder(self, seed)

    def rehearse(self, seed: int, level: int = 1) -> Case:
        """
        An incident on paper: what its log would hold and EC2 describe, and nothing happens here.

        Args:
            seed: Any whole number.
            level: From 1 to 5, as for ``incident``.

        Raises:
            NameNotFound: There is no such level.
            LabError: The lab has no two instances in peered VPCs.
        """
        from labkit.diagnose.practice import practice  # noqa: PLC0415  loads when wanted

        [drawn] = practice(self, [(seed, level)])
        return drawn.case

    def rehearsals(
        self, seeds: Iterable[int] = range(8), levels: Iterable[int] = (1, 2, 4)
    ) -> list[Case]:
        """
        Incidents on paper, one of each seed and level.

        Raises:
            NameNotFound: There is no such level.
            LabError: The lab has no two instances in peered VPCs.
        """
        from labkit.diagnose.practice import practice  # noqa: PLC0415  loads when wanted

        return [drawn.case for drawn in practice(self, product(seeds, tuple(levels)))]

    def case(self, incident: Incident) -> Case:
        """An open incident as an analyst meets it: the same questions as on paper, asked here."""
        from labkit.diagnose.practice import live  # noqa: PLC0415  loads when wanted

        return live(self, incident)

    def meet(
        self,
        analyst: Analyst,
        *,
        about: str = "culprit",
        seeds: Iterable[int] = range(8),
        levels: Iterable[int] = (1, 2, 4),
    ) -> Chart:
        """
        What an analyst says to incidents on paper: how often it is right, and what it confuses.

        Args:
            analyst: A function that takes a case, as ``rehearse`` gives it, and
                gives back a word.
            about: ``"place"``: where the records say that the ping was lost.
                ``"culprit"``: what is to blame.
            seeds: One incident of each seed and level is met.
            levels: Which levels.

        Raises:
            NameNotFound: There is no such level, or nothing to be asked by that name.
            LabError: The analyst does not come back.
        """
        from labkit.checks.theirs import bounded  # noqa: PLC0415  loads when wanted
        from labkit.diagnose.meeting import PATIENCE_S, meet  # noqa: PLC0415
        from labkit.diagnose.practice import practice  # noqa: PLC0415
        from labkit.view.charts.confusion import confusion  # noqa: PLC0415

        drawn = product(seeds, tuple(levels))
        patient = partial(bounded, analyst, what="your analyst", seconds=PATIENCE_S)
        meeting = meet(patient, practice(self, drawn), about)
        pairs = [(each.truth, each.said) for each in meeting.met]
        return confusion(pairs, meeting.words, str(meeting))

    def hand_in(self, *, symptom: object, evidence: object, cause: object) -> Verdict:
        """
        What an answer to the open incident is worth; the fix is looked for in the lab itself.

        Args:
            symptom: What ``lab.ping`` gave before anything was changed, or in
                words: ``"no answer"`` or ``"answered"``.
            evidence: A Logs Insights query that would find something else with
                another cause, or all records of the ping as a table.
            cause: Names of faults as ``lab.faults()`` lists them, ``"nothing"``,
                or ``"too early"``.

        Raises:
            LabError: No incident is open, or what is handed in cannot be read to its end.
            NameNotFound: The cause names no fault; names the nearest.
            QueryError: The query is malformed.
        """
        from labkit.checks.reasoning import judge  # noqa: PLC0415  loads when wanted

        return judge(self, symptom=symptom, evidence=evidence, cause=cause)

    def incident_hint(self, step: int = 1) -> Hint:
        """
        The next thing to look at, worked out from how the lab is now.

        Args:
            step: From 1, where to look, to 3, what is wrong there.

        Raises:
            LabError: No incident is open, or there is no such step.
        """
        from labkit.checks.reasoning import hint_for  # noqa: PLC0415  loads when wanted

        return hint_for(self, step)

    def close_incident(self) -> Closed:
        """
        Put everything of an incident back, solved or not, and tell what it was.

        Raises:
            LabError: No incident is open.
        """
        from labkit.faults import incidents  # noqa: PLC0415  loads when wanted

        return incidents.close_incident(self)
