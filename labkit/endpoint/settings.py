"""What can be chosen about the embedded AWS, each choice with its meaning and its default."""

# ruff: noqa: RUF009  _choice makes a field, as dataclasses.field does

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal, get_args

from labkit.errors import EndpointError

Delivery = Literal["realistic", "instant"]
UnroutableEgress = Literal["omit", "accept"]
Nodata = Literal["emit", "omit"]
MetricFilterTime = Literal["event", "arrival"]

_ACCOUNT_ID: Final = re.compile(r"\d{12}")
_TRUTH: Final = "True or False"
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


def _choice(default: Any, meaning: str) -> Any:  # noqa: ANN401  a dataclass field has its own type
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    The choices one embedded AWS is made with.

    Raises:
        EndpointError: A value is not among those accepted; says which are.

    >>> Settings(delivery="instant").delivery
    'instant'
    >>> Settings(region="Frankfurt")
    Traceback (most recent call last):
    ...
    labkit.errors.EndpointError: region is 'Frankfurt'; expected a region name such as us-east-1.
    """

    seed: int = _choice(0, "Decides every id: the same calls with the same seed give the same ids.")
    account_id: str = _choice("123456789012", "The one account; 12 digits.")
    region: str = _choice("us-east-1", "The region of requests that name none.")
    delivery: Delivery = _choice(
        "realistic",
        "realistic: records appear when their window has ended and delivery_delay_s has passed, "
        "as on AWS; instant: at once.",
    )
    delivery_delay_s: float = _choice(
        300.0,
        "How long after its window a record reaches CloudWatch Logs [s]; AWS says about 5 minutes.",
    )
    s3_delivery_delay_s: float = _choice(
        600.0, "How long after its window a record reaches S3 [s]; AWS says about 10 minutes."
    )
    unroutable_egress: UnroutableEgress = _choice(
        "omit",
        "Whether a packet that passes the sender's filters and then dies for want of a route "
        "leaves an ACCEPT row at the sender's interface. AWS does not say; omit is best supported.",
    )

    nodata: Nodata = _choice(
        "emit",
        "Whether, under realistic delivery, an interface that has a log stream leaves a NODATA "
        "row for each window without traffic, from its first traffic on. AWS does not say when "
        "such rows begin.",
    )
    metric_filter_time: MetricFilterTime = _choice(
        "event",
        "Which minute a metric filter's data belong to: that of the log event, which for a flow "
        "record is its start, or that in which the event arrived. AWS does not say; event fits "
        "its advice to give alarms on flow logs long periods.",
    )

    scanners: bool = _choice(
        False,
        "Whether strangers on the internet knock at public addresses as time passes, as they do "
        "on AWS; most REJECT rows of a public subnet come from them.",
    )

    run_functions: bool = _choice(
        False,
        "Whether Lambda functions are run, in this very process: in a notebook they are the "
        "learner's own, and Lab.open says true; behind a port they are anybody's.",
    )
    function_patience_s: float = _choice(
        20.0,
        "On a virtual clock, how many of the machine's own seconds a function may take before it "
        "counts as timed out, whatever its timeout [s].",
    )

    def __post_init__(self) -> None:
        _expect(isinstance(self.seed, int), "seed", self.seed, "a whole number")
        _expect(_ACCOUNT_ID.fullmatch(self.account_id), "account_id", self.account_id, "12 digits")
        example = "a region name such as us-east-1"
        _expect(_REGION.fullmatch(self.region), "region", self.region, example)
        for name, options in (
            ("delivery", Delivery),
            ("unroutable_egress", UnroutableEgress),
            ("nodata", Nodata),
            ("metric_filter_time", MetricFilterTime),
        ):
            accepted = get_args(options)
            value = getattr(self, name)
            _expect(value in accepted, name, value, " or ".join(accepted))
        for name in ("scanners", "run_functions"):
            value = getattr(self, name)
            _expect(isinstance(value, bool), name, value, _TRUTH)
        for name in ("delivery_delay_s", "s3_delivery_delay_s", "function_patience_s"):
            value = getattr(self, name)
            _expect(value >= 0, name, value, "a number of seconds, 0 or more")

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """What each setting means, by name, in the order they are declared."""
        return {setting.name: setting.metadata["meaning"] for setting in fields(cls)}


def _expect(kept: object, name: str, value: object, accepted: str) -> None:
    if not kept:
        raise EndpointError(f"{name} is {value!r}; expected {accepted}.")
