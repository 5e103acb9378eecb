"""
What judges know of the sample that lessons 10 and 11 ask about, and a morning that nobody saw.

A query that is right about the sample may hold its addresses and times. So it
is asked about another morning as well: the same records, with other hosts, at
another time, and some of them missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.checks.outcome import Outcome, Word, almost
from labkit.checks.theirs import theirs
from labkit.errors import StepOutOfOrder
from labkit.lab import records

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from labkit.lab import CloudLab

NAME: Final = "two-offices"
_LEFT_OUT: Final = 9
_LATER: Final = "3h 7min 11s"
_ACCOUNT: Final = "123456789012"
_MS: Final = 1000


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


def judged_twice(
    lab: CloudLab, query: str, judged: Callable[[pd.DataFrame, pd.DataFrame], Outcome]
) -> Outcome:
    """
    What a query is worth: about the sample, and, if it is right there, about another morning.

    Args:
        lab: The lab with the sample.
        query: A learner's query.
        judged: Takes records and what the query found in them.

    Raises:
        Raised: The query was refused; holds why.
        StepOutOfOrder: The sample is not loaded.
    """
    records_ = recorded(lab)
    outcome = judged(records_, answer(lab, query))
    if outcome.word is not Word.DONE:
        return outcome
    unseen = another_morning(records_)
    if judged(unseen, answer_about(unseen, query)).word is Word.DONE:
        return outcome
    return almost(
        holds="it is right about this morning.",
        fails="asked about another morning, with other hosts at another time, it is not.",
        look="what the query takes for granted: an address, a port, a time or a number that it "
        "could have found out.",
    )


def another_morning(frame: pd.DataFrame) -> pd.DataFrame:
    """The records of a morning with other hosts, hours later, and every ninth of them missing."""
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    kept = frame[frame.index % _LEFT_OUT != _LEFT_OUT - 1].copy()
    for column in ("srcaddr", "dstaddr"):
        kept[column] = kept[column].map(_renamed)
    for column in ("start", "end"):
        kept[column] += pd.Timedelta(_LATER)
    return kept.reset_index(drop=True)


def _renamed(address: object) -> object:
    """Another address of the same network; what is no address stays as it is."""
    network, dot, host = str(address).rpartition(".")
    return f"{network}.{int(host) * 7 % 251 + 1}" if dot else address


def answer_about(frame: pd.DataFrame, query: str) -> pd.DataFrame:
    """
    What a learner's query finds in records that no log group holds.

    Raises:
        Raised: The query was refused; holds why.
    """
    from labkit.insights.engine import run  # noqa: PLC0415  a compiler loads when first asked
    from labkit.insights.events import LogEvents  # noqa: PLC0415
    from labkit.insights.result import to_frame  # noqa: PLC0415

    group = LogEvents(name="/another-morning", account_id=_ACCOUNT)
    times_ms = [int(start.timestamp() * _MS) for start in frame["start"]]
    for stream, places in frame.groupby("interface-id").indices.items():
        lines = [_line(frame, place) for place in places]
        own = [times_ms[place] for place in places]
        group.append(str(stream), own, lines, ingestion_ms=max(times_ms))
    end_ms = max(times_ms) + _MS
    with theirs("your query"):
        rows = run(query, [group], start_ms=min(times_ms), end_ms=end_ms, now_ms=end_ms).rows
    wire = [[{"field": name, "value": value} for name, value in row] for row in rows]
    return to_frame(wire).drop(columns="@ptr", errors="ignore")


def _line(frame: pd.DataFrame, place: int) -> str:
    """One row as AWS writes it: '-' for what is missing, times as whole seconds."""
    return " ".join(
        str(int(value.timestamp())) if name in ("start", "end") else _written(value)
        for name, value in frame.iloc[place].items()
    )


def _written(value: object) -> str:
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    return "-" if pd.isna(value) else str(value)  # type: ignore[call-overload]


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
