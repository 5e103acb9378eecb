"""
The one place that joins a cloud to a Lab: embedded, an AWS account, or any endpoint URL.

Nothing else in labkit knows which of them a Lab is on.
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias, get_args
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from labkit.errors import LabError, NameNotFound
from labkit.session.trouble import TroubleLab
from labkit.steps import ALL_STEPS, steps_through
from labkit.steps.teardown import remaining, teardown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.server import Server
    from labkit.network.packet import Address
    from labkit.network.ways_out import OutsideHost
    from labkit.view.explanation import ExplanationTable
    from labkit.view.picture import Picture
    from labkit.view.records import RecordTable
    from labkit.view.trace import Trace

_PATIENCE_S: Final = 2.0

Cloud: TypeAlias = Literal["embedded", "aws"]
REGION: Final = "us-east-1"

# The embedded AWS checks no signatures, but boto3 will not send a request without one.
_NO_SECRETS: Final = {"aws_access_key_id": "labkit", "aws_secret_access_key": "labkit"}

# What a learner needs of a record to tell where a packet was seen, and what became of it.
_SHOWN: Final = (
    "start",
    "interface-id",
    "action",
    "srcaddr",
    "dstaddr",
    "protocol",
    "packets",
    "bytes",
)


@cache
def _service_descriptions() -> Loader:
    """
    What botocore knows of each service, read once for all embedded labs of a process.

    A session of boto3 reads megabytes of it anew, which takes longer than building a lab.
    """
    return Loader()


def _outside_of(endpoint_url: str, region: str) -> Mapping[Address, OutsideHost]:
    """The hosts on the internet behind an endpoint: those of the embedded AWS, if it is one."""
    from labkit.endpoint.outside import outside_hosts  # noqa: PLC0415  loads when wanted

    try:
        return outside_hosts(region) if _is_embedded(endpoint_url) else {}
    except OSError:  # no answer now; the next look asks again
        return {}


@cache
def _is_embedded(endpoint_url: str) -> bool:
    """
    Whether the embedded AWS answers at an endpoint.

    Raises:
        OSError: Nobody answered.
    """
    from labkit.endpoint.server import HEALTH_PATH  # noqa: PLC0415  loads when wanted

    try:
        with urlopen(endpoint_url.rstrip("/") + HEALTH_PATH, timeout=_PATIENCE_S) as answer:  # noqa: S310  the learner's own endpoint
            return bool(answer.status == HTTPStatus.OK)
    except HTTPError:  # somebody else is there
        return False


class PatientClock:
    """The wall clock of a real cloud; long waits show a progress bar."""

    _LONG_S: Final = 10.0

    def now(self) -> float:
        """Unix time [s]."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait *seconds* [s] for real."""
        if seconds < self._LONG_S:
            time.sleep(seconds)
            return
        from tqdm.auto import trange  # noqa: PLC0415  only long waits need it

        for _ in trange(round(seconds), desc="waiting", unit="s"):
            time.sleep(1)


class Lab(TroubleLab):
    """
    A lab as notebooks use it: to be opened, built, drawn and taken down.

    Make one with ``Lab.open``.
    """

    _real_instances = False

    @classmethod
    def open(
        cls,
        through: str | None = None,
        *,
        cloud: Cloud = "embedded",
        endpoint_url: str | None = None,
        region: str = REGION,
        name: str = "labkit",
        profile: str | None = None,
        **settings: Any,  # noqa: ANN401  passed on to endpoint.Settings, which checks them
    ) -> Self:
        """
        A lab with everything built, or found, up to and including a step.

        Args:
            through: The last building step wanted, for example ``"routes"``, or an extra
                that goes beyond them, such as ``"gateways"``; None opens the lab without
                building anything.
            cloud: ``"embedded"`` needs no account and no network. ``"aws"``
                uses your own credentials and costs money.
            endpoint_url: Any AWS-compatible endpoint instead, for example
                that of ``labkit serve``.
            region: The Region to work in.
            name: Tag value that marks what belongs to this lab.
            profile: Profile of the AWS configuration files to use.
            settings: Choices of the embedded AWS, such as ``seed=7`` or
                ``unroutable_egress="accept"``; see the fidelity page.

        Raises:
            LabError: An argument does not fit the chosen cloud.
            NameNotFound: There is no such building step.
        """
        if cloud not in get_args(Cloud):
            raise LabError(f"cloud is {cloud!r}; it can be 'embedded' or 'aws'.")
        if settings and (cloud != "embedded" or endpoint_url is not None):
            raise LabError(f"{', '.join(settings)}: settings are for the embedded AWS only.")
        steps_through(through or "vpcs")
        if endpoint_url is not None:
            lab = cls._at(endpoint_url, region=region, name=name)
        elif cloud == "aws":
            session = boto3.Session(profile_name=profile, region_name=region)
            lab = cls(session, PatientClock(), name=name)
            lab._real_instances = True
        else:
            lab = cls._embedded(region=region, name=name, settings=settings)
        if through is not None:
            lab.build(through)
        return lab

    @classmethod
    def _embedded(cls, *, region: str, name: str, settings: dict[str, Any]) -> Self:
        from labkit.endpoint.application import EmbeddedAws  # noqa: PLC0415  loads moto
        from labkit.endpoint.clock import VirtualClock  # noqa: PLC0415
        from labkit.endpoint.in_process import attach  # noqa: PLC0415
        from labkit.endpoint.outside import outside_hosts  # noqa: PLC0415
        from labkit.endpoint.settings import Settings  # noqa: PLC0415

        clock = VirtualClock()
        aws = EmbeddedAws(Settings(region=region, **{"run_functions": True, **settings}), clock)
        reader = botocore.session.Session()
        reader.register_component("data_loader", _service_descriptions())
        session = boto3.Session(botocore_session=reader, region_name=region, **_NO_SECRETS)
        attach(aws, session)
        return cls(session, clock, name=name, outside=partial(outside_hosts, region))

    @classmethod
    def _at(cls, endpoint_url: str, *, region: str, name: str) -> Self:
        session = boto3.Session(region_name=region, **_NO_SECRETS)
        config = Config(s3={"addressing_style": "path"})
        return cls(
            session,
            PatientClock(),
            name=name,
            endpoint_url=endpoint_url,
            config=config,
            outside=partial(_outside_of, endpoint_url, region),
        )

    def __repr__(self) -> str:
        return f"Lab {self.name!r} in {self.region}, account {self.account_id}"

    def build(self, through: str = "flow_logs") -> None:
        """
        Build, or find, every step up to and including *through*, telling of each.

        An extra, such as ``"gateways"``, comes on top of the whole chain, without the other extras.

        Raises:
            NameNotFound: There is no such step; lists them.
        """
        for step in steps_through(through, with_management=self._real_instances):
            built = ALL_STEPS[step](self)
            ids = (
                ", ".join(f"{name} {of}" for name, of in built.items())
                if isinstance(built, dict)
                else str(built).splitlines()[-2]
            )
            print(f"{step}: {ids}")  # noqa: T201  progress belongs on the learner's screen

    def teardown(self) -> dict[str, int]:
        """
        Remove everything this lab built; how much of each kind is left, which should be none.

        Nothing without the lab's tag is touched. Safe to run twice.
        """
        teardown(self)
        return remaining(self)

    def explain(self, query: str, **options: Any) -> ExplanationTable:  # noqa: ANN401  as below
        """
        What a Logs Insights query does, command by command: rows in, rows out, and the cost.

        Takes the options of ``explanation``. On AWS it scans the log group once, and
        once more for each command that it counts, as long as ``budget_usd`` allows.

        Raises:
            QueryError: The query is malformed; shows where, and what to write instead.
        """
        from labkit.view.explanation import explanation_table  # noqa: PLC0415  as in trace

        return explanation_table(self.explanation(query, **options))

    def trace(self, source: str, target: str) -> Trace:
        """
        The way of an echo request and its reply, hop by hop, with what decided each.

        Args:
            source: Name tag of the instance that sends.
            target: Name tag of an instance, name of a known host on the internet, or any address.

        Raises:
            NameNotFound: No instance or interface goes by one of the names.
        """
        from labkit.view.trace import trace_table  # noqa: PLC0415  pictures load when wanted

        walked, topology = self.walk(source, target)
        return trace_table(walked, topology)

    def show_records(self, *, since: float | None = None, status: str | None = None) -> RecordTable:
        """
        The latest flow records as a table that names the instance behind each interface.

        Args:
            since: Unix time [s]; only records that start then or later.
            status: Only records of this log status: OK, NODATA or SKIPDATA.
        """
        import pandas as pd  # noqa: PLC0415  loads when wanted

        from labkit.view.records import record_table  # noqa: PLC0415

        records = self.flow_records()
        if since is not None:
            records = records[records["start"] >= pd.Timestamp(since, unit="s", tz="UTC")]
        if status is not None:
            records = records[records["log-status"] == status]
        columns = _SHOWN if status is not None else (*_SHOWN, "log-status")
        return record_table(records, self.topology(), columns=columns)

    def draw(self) -> Picture:
        """
        The network as it stands, with the way of the last ping on top if there was one.

        A ping whose ends are gone by now, or unknown, is left out.
        """
        from labkit.view.topology import draw  # noqa: PLC0415  pictures load when wanted

        if self._last_pinged is not None:
            with suppress(NameNotFound):
                walked, topology = self.walk(*self._last_pinged)
                return draw(topology, walked)
        return draw(self.topology())


def serve(host: str, port: int, *, speed: float = 1.0, **settings: Any) -> Server:  # noqa: ANN401  checked by endpoint.Settings
    """
    The embedded AWS behind a port, on the wall clock, ready to serve.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes any free one.
        speed: How many seconds pass there in each of the machine's.
        settings: See :class:`labkit.endpoint.settings.Settings`.

    Raises:
        EndpointError: The port is taken, or a setting is not among those accepted.
    """
    from labkit.endpoint import server  # noqa: PLC0415  loads moto
    from labkit.endpoint.application import EmbeddedAws  # noqa: PLC0415
    from labkit.endpoint.clock import WallClock  # noqa: PLC0415
    from labkit.endpoint.settings import Settings  # noqa: PLC0415

    return server.serve(EmbeddedAws(Settings(**settings), WallClock(speed)), host, port)
