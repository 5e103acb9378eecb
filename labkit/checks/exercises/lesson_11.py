"""Lesson 11, charts: name the spike, find the moment of a change, and who sends the most."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from labkit.checks import sample
from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_yet

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab

_PIECE: Final = "5min"
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_BATCH: Final = "10.1.1.30"
_DATABASE: Final = "10.2.1.20"


def _moment(value: object, day: pd.Timestamp) -> pd.Timestamp | None:
    """A time a learner gave: a timestamp, seconds, text in UTC, or a column of one row."""
    if isinstance(value, pd.Series) and len(value) == 1:
        value = value.iloc[0]
    if isinstance(value, str) and _CLOCK.fullmatch(value.strip()):
        value = f"{day:%Y-%m-%d} {value.strip()}"
    if isinstance(value, (int, float)):
        value = pd.Timestamp(value, unit="s")
    try:
        moment = pd.Timestamp(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None
    if pd.isna(moment):
        return None
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")


def _no_time(name: str, value: object) -> Outcome:
    return not_yet(
        observed=f"`{name}` is {value!r}, which is no time.",
        expected='a time, as a query gives it or as text: "2026-01-05 09:30:00".',
        look=f"the line that sets `{name}`.",
    )


@judge("11-spike", culprit=str, begins=object, ends=object)
def spike(lab: CloudLab, culprit: str, begins: object, ends: object) -> Outcome:
    records = sample.rejected(sample.recorded(lab))
    pieces: Any = records.groupby([records["start"].dt.floor(_PIECE), "srcaddr"]).size()
    busiest, maker = pieces.idxmax()
    if culprit.strip() != maker:
        number = int(pieces.get((busiest, culprit.strip()), 0))
        return not_yet(
            observed=f"{culprit} has {number} rejections in the five minutes from "
            f"{busiest:%H:%M}, the busiest of all.",
            expected=f"the source of most of its {int(pieces[busiest].sum())}.",
            look=_not_the_source(records, culprit.strip()),
        )
    times = {name: _moment(value, busiest) for name, value in _named(begins, ends)}
    for name, value in _named(begins, ends):
        if times[name] is None:
            return _no_time(name, value)
    return _judge_span(records[records["srcaddr"] == maker], times["begins"], times["ends"])


def _named(begins: object, ends: object) -> tuple[tuple[str, object], tuple[str, object]]:
    return ("begins", begins), ("ends", ends)


def _not_the_source(records: pd.DataFrame, culprit: str) -> str:
    if not culprit[:1].isdigit():
        return "`morning.hosts`, for its address. A record knows no names."
    if culprit in set(records["dstaddr"]) - set(records["srcaddr"]):
        return "who *sends*. This is a host that was knocked at."
    return "the tallest bar of the chart by source, and what its pattern stands for."


def _judge_span(
    own: pd.DataFrame, begins: pd.Timestamp | None, ends: pd.Timestamp | None
) -> Outcome:
    if begins is not None and ends is not None and begins > ends:
        return almost(
            holds="that is the host.",
            fails="it begins after it ends.",
            look="which of the two times is the earlier one.",
        )
    first, last = own["start"].min().floor("s"), own["start"].max().floor("s")
    if begins is None or ends is None or begins > first or ends < last:
        inside = own[(own["start"] >= begins) & (own["start"] <= ends)]
        return almost(
            holds="that is the host.",
            fails=f"{len(own) - len(inside)} of its {len(own)} rejections are outside of your "
            "two times.",
            look="`min(@timestamp)` and `max(@timestamp)` of its rejections.",
        )
    if ends - begins > 2 * (last - first) + pd.Timedelta(_PIECE):
        return almost(
            holds="that is the host, and its rejections lie between your two times.",
            fails="they take up less than half of it. Nobody could find them by that.",
            look="the earliest and the latest of its rejections.",
        )
    return done(
        "this source makes the busiest five minutes",
        f"all of its {len(own)} rejections lie between your two times",
    )


@judge("11-change", last_accepted=object, first_rejected=object)
def change(lab: CloudLab, last_accepted: object, first_rejected: object) -> Outcome:
    records = sample.recorded(lab)
    day = records["start"].min()
    last, first = _moment(last_accepted, day), _moment(first_rejected, day)
    if last is None:
        return _no_time("last_accepted", last_accepted)
    if first is None:
        return _no_time("first_rejected", first_rejected)
    asked = records[(records["srcaddr"] == _BATCH) & (records["dstaddr"] == _DATABASE)]
    refusal = sample.rejected(asked)
    database = asked[asked["interface-id"] == refusal["interface-id"].iloc[0]]
    true_last = database[database["action"] == "ACCEPT"]["start"].max().floor("s")
    true_first = refusal["start"].min().floor("s")
    if last == asked[asked["action"] == "ACCEPT"]["start"].max().floor("s"):
        return not_yet(
            observed=f"at {last} it is batch-a that wrote ACCEPT, for a packet it sent.",
            expected="what the interface of the *database* wrote.",
            look="`interfaceId`. Take the one that wrote the rejections.",
        )
    if (last, first) == (true_last, true_first):
        return done(
            "the last packet from batch-a that the database's interface accepted",
            "the first that it rejected",
        )
    if (first, last) == (true_last, true_first):
        return almost(
            holds="both times are right.",
            fails="they are swapped.",
            look="which of them is the last ACCEPT, and which the first REJECT.",
        )
    return _which_is_off(last == true_last, first == true_first)


def _which_is_off(last_right: bool, first_right: bool) -> Outcome:  # noqa: FBT001  two plain answers
    if last_right or first_right:
        right, wrong = ("last_accepted", "first_rejected")[:: 1 if last_right else -1]
        return almost(
            holds=f"`{right}` is right.",
            fails=f"`{wrong}` is not what the database's interface wrote.",
            look="to the second. The beginning of a bar is not the time of a record.",
        )
    return not_yet(
        observed="neither time is that of a record of the database's interface.",
        expected="its last ACCEPT and its first REJECT for packets from batch-a.",
        look="`max(@timestamp)` and `min(@timestamp)`, `by action, interfaceId`. The beginning "
        "of a bar is not the time of a record.",
    )


@judge("11-top-talkers", query=str)
def top_talkers(lab: CloudLab, query: str) -> Outcome:
    return sample.judged_twice(lab, query, _top_talkers)


def _top_talkers(records: pd.DataFrame, frame: pd.DataFrame) -> Outcome:
    accepted = records[records["action"] == "ACCEPT"]
    if frame.empty:
        return not_yet(
            observed="no rows: no record came through the filter.",
            expected="a row for each source.",
            look='the filter. The log says "ACCEPT", in capitals.',
        )
    if not {"srcAddr", "bytesSent"} <= set(frame):
        return not_yet(
            observed=f"the answer has the columns {', '.join(map(str, frame)) or 'none'}.",
            expected="the columns srcAddr and bytesSent.",
            look="`by`, and the name behind `as`.",
        )
    if frame["srcAddr"].duplicated().any():
        return not_yet(
            observed=f"{len(frame)} rows for {frame['srcAddr'].nunique()} sources.",
            expected="one row for each source.",
            look="what stands behind `by`.",
        )
    found = dict(zip(frame["srcAddr"], pd.to_numeric(frame["bytesSent"]), strict=True))
    true = accepted.groupby("srcaddr")["bytes"].sum().to_dict()
    if found == true:
        return _talkers_in_order(list(found.values()))
    if found.items() < true.items():
        return almost(
            holds="the right sums.",
            fails=f"{len(found)} of {len(true)} sources are in the answer.",
            look="what leaves the others out: a `limit`, or one more filter.",
        )
    return not_yet(
        observed=_what_was_summed(found, records, accepted),
        expected="the bytes of the accepted records of each source.",
        look="what stands inside `sum( )`, and what the filter keeps.",
    )


def _what_was_summed(found: dict[str, float], records: pd.DataFrame, accepted: pd.DataFrame) -> str:
    if found == records.groupby("srcaddr")["bytes"].sum().to_dict():
        return "the rejected records are in the sum as well: packets that never got anywhere."
    if found == accepted.groupby("srcaddr")["packets"].sum().to_dict():
        return "those are packets. A packet may have forty bytes, or nine thousand."
    if found == accepted.groupby("srcaddr").size().to_dict():
        return "those are numbers of records."
    return "other numbers than the log holds for each source."


def _talkers_in_order(numbers: list[float]) -> Outcome:
    if numbers != sorted(numbers, reverse=True):
        return almost(
            holds="the right sums.",
            fails="the largest does not come first.",
            look="`sort bytesSent desc`.",
        )
    return done("accepted records only", "bytes, not packets", "the largest first")
