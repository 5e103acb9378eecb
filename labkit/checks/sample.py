"""What judges know of the sample that lessons 10 and 11 ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.checks.theirs import theirs
from labkit.errors import StepOutOfOrder
from labkit.lab import records

if TYPE_CHECKING:
    import pandas as pd

    from labkit.lab import CloudLab

NAME: Final = "two-offices"


def log_group(lab: CloudLab) -> str:
    """Where ``lab.load_sample`` puts it."""
    return f"/{lab.name}/samples/{NAME}"


def recorded(lab: CloudLab) -> pd.DataFrame:
    """
    Every record of the sample, as the log group holds them now.

    Raises:
        StepOutOfOrder: The sample is not loaded.
    """
    frame = records.read(lab.logs, log_group(lab))
    if frame.empty:
        raise StepOutOfOrder(
            f"There are no records in {log_group(lab)}. "
            f'Load them first: morning = lab.load_sample("{NAME}").'
        )
    return frame


def rejected(frame: pd.DataFrame) -> pd.DataFrame:
    """The rejected records among some."""
    return frame[frame["action"] == "REJECT"]


def answer(lab: CloudLab, query: str) -> pd.DataFrame:
    """
    What a learner's query finds in the sample.

    Raises:
        Raised: The query was refused; holds why.
    """
    records_ = recorded(lab)
    span = (records_["start"].min().timestamp(), records_["end"].max().timestamp())
    with theirs("your query"):
        return lab.insights(query, log_group=log_group(lab), start=span[0], end=span[1])


def counted(frame: pd.DataFrame, by: Any) -> dict[Any, int]:  # noqa: ANN401  one name or several
    """How many records there are for each value of some columns, most first."""
    counts: Any = frame.groupby(by).size().sort_values(ascending=False, kind="stable")
    return {key: int(number) for key, number in counts.items()}
