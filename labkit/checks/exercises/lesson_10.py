"""Lesson 10, Logs Insights: who is rejected most, since when, and who tries every door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from labkit.checks import sample
from labkit.checks.judges import judge
from labkit.checks.outcome import Word, almost, done, not_yet

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab

_MOST: Final = 10
_MS_SINCE_1973: Final = 10**11
_DOORS: Final = 10
_FIELDS: Final = ("srcAddr", "dstAddr")


_SPLITS_A_SOURCE: Final = ("dstAddr", "srcPort", "dstPort", "interfaceId")


def _missing(frame: pd.DataFrame, *wanted: str) -> Outcome | None:
    """What to say if the answer is empty, lacks a column, or has one without a single value."""
    if frame.empty:
        return not_yet(
            observed="no rows: no record came through the filter.",
            expected="rows.",
            look='the filter. A text stands in quotes, in capitals if the log has it so: "REJECT".',
        )
    for name in wanted:
        if name not in frame:
            return not_yet(
                observed=f"the answer has the columns {', '.join(map(str, frame)) or 'none'}.",
                expected=f"a column {name}.",
                look=_about_column(frame, name),
            )
        if len(frame) and frame[name].isna().all():
            return not_yet(
                observed=f"the column {name} is empty.",
                expected="a value in every row.",
                look=f"how {name} is written. Names are case-sensitive.",
            )
    return None


def _about_column(frame: pd.DataFrame, name: str) -> str:
    alike = [each for each in map(str, frame) if each.lower() == name.lower()]
    if alike:
        return f"{alike[0]} and {name}: names are case-sensitive."
    if name not in _FIELDS:
        return (
            f"`as {name}`, and the name in the brackets before it. Of a name that no field has "
            "there is no value, and no column."
        )
    return (
        f"what stands behind `by`, letter by letter, with a comma between two names. A name that "
        f"no field has, as {name.lower()}, makes no column {name}."
    )


@judge("10-top-rejected", query=str)
def top_rejected(lab: CloudLab, query: str) -> Outcome:
    return sample.judged_twice(lab, query, _top_rejected)


def _top_rejected(records: pd.DataFrame, frame: pd.DataFrame) -> Outcome:
    if (problem := _missing(frame, "srcAddr", "numRejections")) is not None:
        return _grouped_otherwise(frame, problem)
    found = dict(zip(frame["srcAddr"], pd.to_numeric(frame["numRejections"]), strict=True))
    true = sample.counted(sample.rejected(records), "srcaddr")
    if found == sample.counted(records, "srcaddr"):
        return not_yet(
            observed=f"{sum(found.values())} records were counted, which is every record there is.",
            expected="rejected records only.",
            look="the filter. Which field says ACCEPT or REJECT?",
        )
    if set(found.items()) - set(true.items()):
        source, number = next(pair for pair in found.items() if pair not in true.items())
        return not_yet(
            observed=f"{number} for {source}.",
            expected="how many records of each source say REJECT.",
            look="the filter, and what `stats` counts: `count(*)` counts records.",
        )
    if split := [name for name in _SPLITS_A_SOURCE if name in frame]:
        return almost(
            holds="only rejected records are counted.",
            fails=f"there is a row for each source *and* {split[0]}. Here every source has one, "
            "elsewhere it would have many rows.",
            look="what stands behind `by`.",
        )
    return _in_order(list(found.values()), len(true))


def _grouped_otherwise(frame: pd.DataFrame, problem: Outcome) -> Outcome:
    if "dstAddr" in frame and "srcAddr" not in frame:
        return not_yet(
            observed="one row for each *destination*: the hosts that were knocked at.",
            expected="one row for each source: the hosts that knocked.",
            look="what stands behind `by`.",
        )
    return problem


def _in_order(numbers: list[int], sources: int) -> Outcome:
    if numbers != sorted(numbers, reverse=True):
        return almost(
            holds="the right sources, with the right counts.",
            fails=f"the first row has {numbers[0]}, and another one {max(numbers)}.",
            look="`sort`: by which column, and which way? Without a direction it sorts upwards; "
            "`desc` behind the name turns it round.",
        )
    if len(numbers) < min(sources, _MOST):
        return almost(
            holds="the right counts, in the right order.",
            fails=f"{len(numbers)} rows, where {sources} sources were rejected.",
            look="`limit`.",
        )
    return done(
        "only rejected records are counted",
        "one row for each source",
        "the most rejected comes first",
    )


@judge("10-first-time", query=str)
def first_time(lab: CloudLab, query: str) -> Outcome:
    return sample.judged_twice(lab, query, _first_time)


def _first_time(all_of_them: pd.DataFrame, frame: pd.DataFrame) -> Outcome:
    records = sample.rejected(all_of_them)
    if (problem := _missing(frame, "srcAddr", "dstAddr", "first")) is not None:
        return problem
    pairs = [tuple(pair) for pair in frame[["srcAddr", "dstAddr"]].itertuples(index=False)]
    true: Any = records.groupby(["srcaddr", "dstaddr"])["start"]
    if sorted(pairs) != sorted(true.groups):
        return not_yet(
            observed=f"{len(pairs)} rows.",
            expected=f"{len(true)} rows, one for each source and destination that was rejected.",
            look="what stands behind `by`. A third field there makes more groups.",
        )
    return _right_times(frame, true)


def _right_times(frame: pd.DataFrame, true: Any) -> Outcome:  # noqa: ANN401  pandas' groups
    firsts = {key: moment.floor("s") for key, moment in true.min().items()}
    lasts = {key: moment.floor("s") for key, moment in true.max().items()}
    given = {
        (row.srcAddr, row.dstAddr): _moment(row.first) for row in frame.itertuples(index=False)
    }
    if given == firsts:
        return done(f"{len(firsts)} pairs of source and destination, each with its first rejection")
    if given == lasts:
        return not_yet(
            observed="the *last* rejection of each pair.",
            expected="the first.",
            look="`max`. Of two times, the earlier one is the smaller.",
        )
    if all(moment is None for moment in given.values()):
        return not_yet(
            observed=f"the column first holds {frame['first'].iloc[0]!r}, which is no time.",
            expected="the time of the first rejection.",
            look="`@timestamp`: the field that holds the time of a record.",
        )
    key = next(key for key in firsts if given[key] != firsts[key])
    return not_yet(
        observed=f"{given[key]} for {key[0]} to {key[1]}.",
        expected="the time of its first rejection.",
        look="`min(@timestamp)`. Count in pieces of time, and the beginning of a piece comes out.",
    )


def _moment(value: object) -> pd.Timestamp | None:
    """A time as ``min(@timestamp)`` gives it, or in milliseconds, or as ``min(start)`` does."""
    try:
        if isinstance(value, (int, float)) or str(value).isdecimal():
            number = float(str(value))
            unit: Any = "ms" if number > _MS_SINCE_1973 else "s"
            return pd.to_datetime(number, unit=unit, utc=True).floor("s")
        return pd.to_datetime(str(value), utc=True).floor("s")
    except (ValueError, OverflowError):
        return None


@judge("10-port-scan", query=str)
def port_scan(lab: CloudLab, query: str) -> Outcome:
    outcome = sample.judged_twice(lab, query, _port_scan)
    if outcome.word is not Word.DONE:
        return outcome
    quieter = _with_one_door_too_many(sample.recorded(lab))
    if _port_scan(quieter, sample.answer_about(quieter, query)).word is Word.DONE:
        return outcome
    return almost(
        holds="that is the scanner.",
        fails=f"one that stops after {_DOORS + 1} different ports is not found.",
        look=f"the number behind `ports`: more than {_DOORS} are asked for.",
    )


def _with_one_door_too_many(records: pd.DataFrame) -> pd.DataFrame:
    """The records without the rejections on any port but the first few of each pair."""
    rejected = sample.rejected(records)
    number = rejected.groupby(["srcaddr", "dstaddr"])["dstport"].rank("dense")
    return records.drop(number[number > _DOORS + 1].index).reset_index(drop=True)


def _port_scan(all_of_them: pd.DataFrame, frame: pd.DataFrame) -> Outcome:
    records = sample.rejected(all_of_them)
    ports: Any = records.groupby(["srcaddr", "dstaddr"])["dstport"].nunique()
    true = {key: int(number) for key, number in ports.items() if number > _DOORS}
    if frame.empty:
        return not_yet(
            observed="no rows.",
            expected=f"{len(true)} row.",
            look="the filter behind `stats`, and that `ports` is a name that stats made.",
        )
    if (problem := _missing(frame, "srcAddr", "dstAddr", "ports")) is not None:
        return problem
    ports_of = zip(frame["srcAddr"], frame["dstAddr"], pd.to_numeric(frame["ports"]), strict=True)
    found = {(str(source), str(to)): int(number) for source, to, number in ports_of}
    if found == true and len(frame) == len(true):
        return done(
            "whoever was rejected on more than 10 different ports is found",
            "those who were rejected again and again on one port are not",
        )
    return _not_the_scanner(frame, found, true, sample.counted(records, ["srcaddr", "dstaddr"]))


def _not_the_scanner(
    frame: pd.DataFrame,
    found: dict[tuple[str, str], int],
    true: dict[tuple[str, str], int],
    rejections: dict[tuple[str, str], int],
) -> Outcome:
    if found.keys() == true.keys() and len(frame) > len(found):
        return almost(
            holds="that is the scanner.",
            fails=f"it is in {len(frame)} rows of the answer.",
            look="what stands behind `by`: a third thing there splits a pair.",
        )
    if found.keys() == true.keys():
        return almost(
            holds="that is the scanner.",
            fails=f"ports says {next(iter(found.values()))}, and it tried "
            f"{next(iter(true.values()))} different ones.",
            look="what is counted: different values of `dstPort`.",
        )
    extra = next(key for key in found if key not in true)
    if found[extra] == rejections.get(extra):
        return not_yet(
            observed=f"{extra[0]} to {extra[1]} is in the answer, with {found[extra]}: the number "
            "of its rejections.",
            expected="different ports, not records.",
            look="`count(*)` counts records. `count_distinct(dstPort)` counts different ports.",
        )
    return not_yet(
        observed=f"{extra[0]} to {extra[1]} is in the answer, with {found[extra]} ports.",
        expected="only pairs with more than 10 different ports.",
        look="the filter behind `stats`.",
    )
