"""
A lab on some cloud: its boto3 clients, its tag, its clock, and the questions to ask.

Everything goes through boto3, so it works the same on the embedded AWS and on
an account of one's own. Which of the two it is, only ``session`` knows.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

from labkit.errors import NameNotFound, StepOutOfOrder
from labkit.lab import alarms, commands, explaining, queries, records, samples
from labkit.lab.asking import answers_about
from labkit.lab.functions import package, source_of
from labkit.lab.tags import Tags, name_of
from labkit.lab.ways import walk_between
from labkit.network.read import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import boto3
    import pandas as pd
    from botocore.config import Config

    from labkit.insights.explanation import Explanation
    from labkit.lab.commands import CommandResult, PingResult
    from labkit.lab.samples import Sample
    from labkit.network.packet import Address
    from labkit.network.topology import Topology
    from labkit.network.walk import Walk
    from labkit.network.ways_out import OutsideHost


class Clock(Protocol):
    """Time as a lab sees it: a wall clock, or a virtual one that jumps."""

    def now(self) -> float:
        """Unix time [s]."""

    def sleep(self, seconds: float) -> None:
        """Let *seconds* pass, in whatever way this clock lets time pass."""


class CloudLab:
    """
    A named lab in one Region, seen through boto3.

    Args:
        boto3_session: Where the clients come from.
        clock: What waiting means here.
        name: The value of the lab's tag on everything it builds.
        endpoint_url: A service endpoint other than AWS's own.
        config: botocore's client configuration.
        outside: Gives the hosts on the internet that are known, by address. On
            AWS nobody knows them: there a walk ends where it leaves for the internet.
    """

    def __init__(
        self,
        boto3_session: boto3.Session,
        clock: Clock,
        *,
        name: str = "labkit",
        endpoint_url: str | None = None,
        config: Config | None = None,
        outside: Callable[[], Mapping[Address, OutsideHost]] = dict,
    ) -> None:
        self.name = name
        self.clock = clock
        self.tags = Tags(name)
        self._session = boto3_session
        self._client_arguments: dict[str, Any] = {"endpoint_url": endpoint_url, "config": config}
        self._outside = outside
        self._last_pinged: tuple[str, str] | None = None

    def on_same_cloud(self, name: str) -> Self:
        """Another lab, by another name, on the same cloud."""
        return type(self)(
            self._session,
            self.clock,
            name=name,
            outside=self._outside,
            **self._client_arguments,
        )

    # boto3 clients carry no types of their own, hence Any.

    def client(self, service: str) -> Any:  # noqa: ANN401
        """A boto3 client for *service*, on this lab's cloud."""
        return self._session.client(service, **self._client_arguments)

    @cached_property
    def ec2(self) -> Any:  # noqa: ANN401
        return self.client("ec2")

    @cached_property
    def iam(self) -> Any:  # noqa: ANN401
        return self.client("iam")

    @cached_property
    def logs(self) -> Any:  # noqa: ANN401
        return self.client("logs")

    @cached_property
    def ssm(self) -> Any:  # noqa: ANN401
        return self.client("ssm")

    @cached_property
    def functions(self) -> Any:  # noqa: ANN401
        return self.client("lambda")

    @cached_property
    def cloudwatch(self) -> Any:  # noqa: ANN401
        return self.client("cloudwatch")

    @cached_property
    def sns(self) -> Any:  # noqa: ANN401
        return self.client("sns")

    @cached_property
    def sqs(self) -> Any:  # noqa: ANN401
        return self.client("sqs")

    @property
    def log_group(self) -> str:
        """The log group that this lab's flow logs write to."""
        return f"/{self.name}/flow-logs"

    @cached_property
    def account_id(self) -> str:
        account: str = self.client("sts").get_caller_identity()["Account"]
        return account

    @property
    def region(self) -> str:
        region: str = self.ec2.meta.region_name
        return region

    # Finding what was built.

    def find(self, kind: str, name: str) -> str | None:
        """
        The id of this lab's resource of a kind, by its Name tag, or None.

        >>> lab.find("vpc", "vpc-a")                       # doctest: +SKIP
        'vpc-0f3a...'
        """
        return self.tags.find(self.ec2, kind, name)

    def require(self, kind: str, name: str, *, step: str) -> str:
        """
        The id of a resource that an earlier building step makes.

        Raises:
            StepOutOfOrder: It is not there; names the step that builds it.
        """
        resource_id = self.find(kind, name)
        if resource_id is None:
            raise StepOutOfOrder(
                f"This step needs the {kind} {name!r}, and the lab has none. "
                f'Build it first: lab.build("{step}").'
            )
        return resource_id

    def instance_id(self, name: str) -> str:
        """
        The id of a running instance of the lab, by Name tag or by its id.

        Raises:
            NameNotFound: No instance of the lab goes by that name; lists those there are.
        """
        instances = self.tags.resources(self.ec2, "instance")
        for instance in instances:
            if name in (name_of(instance), instance["InstanceId"]):
                found: str = instance["InstanceId"]
                return found
        raise NameNotFound("instance", name, [name_of(instance) for instance in instances])

    # Asking the network.

    def topology(self) -> Topology:
        """The network of the lab as it stands: only the VPCs that carry its tag."""
        return read(self.answers(), outside=self._outside())

    def answers(self) -> dict[str, list[dict[str, Any]]]:
        """What AWS's describe calls say of the lab's VPCs now, as ``network.read`` takes it."""
        vpc_ids = [vpc["VpcId"] for vpc in self.tags.resources(self.ec2, "vpc")]
        return answers_about(self.ec2, vpc_ids)

    def run_command(self, instance: str, command: str) -> CommandResult:
        """
        What *command* did on an instance, over SSM's AWS-RunShellScript.

        Raises:
            NameNotFound: The lab has no such instance.
        """
        return commands.run_command(self.ssm, self.clock, self.instance_id(instance), command)

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
        instance_id = self.instance_id(source)
        address = self._address(target)
        self._last_pinged = (source, target)
        return commands.ping(self.ssm, self.clock, instance_id, address, count)

    def _address(self, target: str) -> str:
        """The primary private address of an instance; a target with a dot is one already."""
        if "." in target or ":" in target:
            return target
        described = self.ec2.describe_instances(InstanceIds=[self.instance_id(target)])
        address: str = described["Reservations"][0]["Instances"][0]["PrivateIpAddress"]
        return address

    def walk(self, source: str, target: str) -> tuple[Walk, Topology]:
        """
        The way an echo request would take now, worked out from the configuration alone.

        Args:
            source: Name tag of the instance that sends.
            target: Name tag of an instance, name of a known host on the internet, or any
                address, whether somebody has it or not.

        Raises:
            NameNotFound: No interface goes by one of the names.
            LabError: The sender has no address of the target's family.
        """
        topology = self.topology()
        return walk_between(topology, source, target), topology

    # Functions.

    @staticmethod
    def package(*functions: Callable[..., object], head: str = "") -> bytes:
        """
        A zip file for Lambda with functions of a notebook; ``function.handler`` is the handler.

        Args:
            functions: The handler, and what it calls.
            head: What comes before them: imports, constants.
        """
        return package(source_of(*functions, head=head))

    # Asking the logs.

    def insights(
        self,
        query: str,
        *,
        log_group: str | None = None,
        start: float | None = None,
        end: float | None = None,
    ) -> pd.DataFrame:
        """
        The rows that a Logs Insights query finds, as a DataFrame.

        Args:
            query: Logs Insights QL.
            log_group: Where to look; default: the lab's own.
            start: Unix time [s], inclusive; default: a day before *end*.
            end: Unix time [s], inclusive; default: now.

        Returns:
            One column per field in the order of the result. Columns whose every
            value is a number become numbers, timestamps become UTC times. What
            AWS passes over in silence, such as a misspelt field, is printed as a
            note and kept in ``attrs["notes"]``.

        Raises:
            QueryError: The query is malformed; shows where, and what to write instead.
            ClientError: Anything else that AWS refuses.
        """
        window = self._window(start, end)
        return queries.run(self.logs, self.clock, query, log_group or self.log_group, window)

    def _window(self, start: float | None, end: float | None) -> tuple[int, int]:
        """Whole seconds, both inclusive, that hold the time asked for; default: the last day."""
        end_s = self.clock.now() if end is None else end
        start_s = end_s - queries.DAY_S if start is None else start
        return int(start_s), int(end_s) + 1

    def explanation(
        self,
        query: str,
        *,
        log_group: str | None = None,
        start: float | None = None,
        end: float | None = None,
        budget_usd: float = 0.01,
    ) -> Explanation:
        """
        What a Logs Insights query does, command by command, and what it scans.

        The query is run once. Its beginnings are run too, to count rows, unless
        that would cost more than *budget_usd* on AWS; each run scans everything.

        Args:
            query: Logs Insights QL.
            log_group: Where to look; default: the lab's own.
            start: Unix time [s], inclusive; default: a day before *end*.
            end: Unix time [s], inclusive; default: now.
            budget_usd: Most that counting rows between commands may cost [US dollars].

        Raises:
            QueryError: The query is malformed; shows where, and what to write instead.
            ClientError: Anything else that AWS refuses.
        """
        group, window = log_group or self.log_group, self._window(start, end)
        return explaining.explain(
            self.logs, self.clock, query, group, window, budget_usd=budget_usd
        )

    def sql(
        self,
        query: str,
        dialect: str = "athena",
        *,
        table: str | None = None,
        start: float | None = None,
        end: float | None = None,
    ) -> str:
        """
        The same Logs Insights query as SQL, for flow logs that are delivered to S3.

        Args:
            query: Logs Insights QL.
            dialect: ``"athena"``, ``"spark"`` or ``"duckdb"``.
            table: The flow log table, laid out as AWS documents it; default ``vpc_flow_logs``.
            start: Unix time [s], inclusive; default: no bound.
            end: Unix time [s], inclusive; default: no bound.

        Raises:
            QueryError: The query is malformed, or cannot be said in this dialect.
            NameNotFound: There is no such dialect.
        """
        return queries.sql(query, dialect, table, (start, end))

    def flow_records(self, log_group: str | None = None) -> pd.DataFrame:
        """
        Every flow record in a log group (default: the lab's own), in the order of their start.

        Columns carry AWS's field names; ``start`` and ``end`` are UTC times.

        Raises:
            StepOutOfOrder: No flow log writes to the group.
        """
        group = log_group or self.log_group
        return records.read(self.logs, group, records.format_in(self.ec2, self.logs, group))

    def load_sample(self, name: str) -> Sample:
        """
        Put traffic that was recorded earlier into a log group of its own; it begins now.

        Raises:
            NameNotFound: There is no such sample; lists those there are.
        """
        return samples.load(self, name)

    def wait_for_logs(self) -> None:
        """
        Wait until whatever was sent up to now must have reached the log group.

        That is one aggregation interval and the delivery after it. To say that
        a record is *missing*, one has to have waited this long.
        """
        self.clock.sleep(records.longest_delay_s(self.ec2, self.tags))

    def wait_for_alarm(self, name: str, state: str = "ALARM") -> str:
        """
        Wait until an alarm has a state, and give back the reason it gives for it.

        Raises:
            NameNotFound: There is no such alarm; names those there are.
            LabError: It did not get there within half an hour; says where it is, and why.
        """
        return alarms.wait_for_state(self.cloudwatch, self.clock, name, state)
