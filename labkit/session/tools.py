"""
What a lab lends to the tools of ``view``: its calls, its network, its past.

Views read values and call what they are given; here is where they are given it.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from labkit.lab import CloudLab
from labkit.lab.journal import Journal

if TYPE_CHECKING:
    from labkit.lab import PingResult
    from labkit.network.topology import Topology
    from labkit.view.experiment import Experiment
    from labkit.view.reachability import Reachability
    from labkit.view.widgets.console import Console
    from labkit.view.widgets.matrix import Matrix
    from labkit.view.widgets.panel import Panel
    from labkit.view.widgets.scrubber import Scrubber


class ToolLab(CloudLab):
    """A CloudLab that keeps a journal, and can be looked at and handled with tools."""

    @cached_property
    def journal(self) -> Journal:
        """What happened to this lab: its pings, and the changes between them."""
        return Journal(self.clock, self.topology)

    def client(self, service: str) -> Any:  # noqa: ANN401  boto3 clients carry no type
        """A boto3 client for *service*, on this lab's cloud; what it changes is taken note of."""
        client = super().client(service)
        if service == "ec2":
            self.journal.watch(client)
        return client

    def ping(self, source: str, target: str, count: int = 4) -> PingResult:
        """
        The output of ``ping -c count`` on one instance towards another, over SSM.

        Args:
            source: Name tag of the instance that sends.
            target: Name tag of an instance, or any address or host name.
            count: How many echo requests to send, one a second.

        Raises:
            NameNotFound: The lab has no instance of that name.
            PingFailed: The command could not be run at all.
        """
        began = self.clock.now()
        result = super().ping(source, target, count)
        self.journal.pinged(began, source, target)
        return result

    def console(
        self,
        query: str | None = None,
        *,
        log_group: str | None = None,
        start: float | None = None,
        end: float | None = None,
    ) -> Console:
        """
        A place to write queries: completion, the answer as table and chart, what was asked before.

        Args:
            query: What to start with; it is run at once.
            log_group: Where to look; default: the lab's own.
            start: Unix time [s], inclusive; default: a day before *end*.
            end: Unix time [s], inclusive; default: now.
        """
        from labkit.view.console import Session  # noqa: PLC0415  pictures load when wanted
        from labkit.view.widgets.console import Console  # noqa: PLC0415

        ask = partial(self.insights, log_group=log_group, start=start, end=end)
        names = partial(self._field_names, log_group or self.log_group)
        session = Session(ask, names, refusals=(ClientError,))
        return Console(session, query)

    def reachability(self, *, ping: bool = False) -> Matrix:
        """
        Who can ping whom: every instance of the lab to every other.

        Args:
            ping: Send a real ping for every pair as well, and say where it
                disagrees with what the configuration says.
        """
        from labkit.view.reachability import reachability  # noqa: PLC0415  loads when wanted
        from labkit.view.widgets.matrix import Matrix  # noqa: PLC0415

        def look(ping_too: bool) -> tuple[Topology, Reachability]:  # noqa: FBT001  one question
            topology = self.topology()
            return topology, reachability(topology, self.ping if ping_too else None)

        return Matrix(look, ping=ping)

    def panel(self, source: str = "app-a", target: str = "app-b") -> Panel:
        """
        Switches that take routes and rules away and put them back, and a ping to try them on.

        Every switch makes real boto3 calls on this lab, and shows them. The panel
        pings once when it opens, and again after every change.

        Args:
            source: Name tag of the instance that pings.
            target: Name tag of the instance to ping.

        Raises:
            NameNotFound: The lab has no such instance.
        """
        from labkit.lab.switches import switches  # noqa: PLC0415  loads when wanted
        from labkit.view.reachability import reachability  # noqa: PLC0415
        from labkit.view.widgets.panel import Panel  # noqa: PLC0415

        return Panel(
            lambda: switches(self.topology()),
            lambda call: call.on(self.ec2),
            self._try,
            reachability(self.topology()).names,
            (source, target),
            refusals=(ClientError,),
        )

    def _try(self, source: str, target: str) -> Experiment:
        """One real ping, and what the network says about it."""
        from labkit.view.experiment import Experiment  # noqa: PLC0415  loads when wanted

        walked, topology = self.walk(source, target)
        return Experiment(topology, walked, self.ping(source, target))

    def scrub(self) -> Scrubber:
        """
        A slider through the time of this lab: which records there were, and the network as it was.

        Raises:
            LabError: Nothing has happened yet.
            StepOutOfOrder: No flow log writes to the lab's log group.
        """
        from labkit.lab import records  # noqa: PLC0415  loads when wanted
        from labkit.view.moments import Past  # noqa: PLC0415
        from labkit.view.widgets.scrubber import Scrubber  # noqa: PLC0415

        log_format = records.format_of(self.ec2, self.log_group)
        found = records.read(self.logs, self.log_group, log_format, arrivals=True)
        return Scrubber(Past(found, self.journal.moments()))

    def _field_names(self, log_group: str) -> list[str]:
        """The fields that Logs Insights finds in a log group, the most frequent first."""
        try:
            found = self.logs.get_log_group_fields(logGroupName=log_group)
        except self.logs.exceptions.ResourceNotFoundException:
            return []
        return [each["name"] for each in found["logGroupFields"]]
