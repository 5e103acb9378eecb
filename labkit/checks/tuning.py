"""
Rules for alarms, rehearsed on labelled traffic: what they find, what they miss, what they cry for.

The morning of the sample is one; the other is made of it, with addresses,
ports and background of its own, so that a rule has to have understood
something.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

from labkit.checks import sample
from labkit.lab import samples
from labkit.lab.filters import matching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from labkit.flowlog import FlowRecord
    from labkit.lab import CloudLab

PERIOD_S: Final = 300
TROUBLE: Final = {"locked out", "scan"}
_CHATTER: Final = "never allowed"
MISTYPED: Final = "mistyped"
_TIMES_THE_CHATTER: Final = 12
_CHATTERS_AT: Final = (514, 137, 5353, 1900)
_HOST_MOVES: Final = 91
_PORT_MOVES: Final = 1433
_TCP: Final = 6


@dataclass(frozen=True, slots=True)
class Labelled:
    """A flow record, and what it belongs to."""

    record: FlowRecord
    label: str

    @property
    def start_s(self) -> int:
        return self.record.start or 0


@dataclass(frozen=True, slots=True)
class Period:
    """What the records of a period belong to, and how many of them match."""

    labels: frozenset[str]
    by_label: Mapping[str, int]

    @property
    def matched(self) -> int:
        return sum(self.by_label.values())

    @property
    def trouble(self) -> frozenset[str]:
        return self.labels & TROUBLE


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rule did, period by period."""

    periods: tuple[Period, ...]
    threshold: int

    def _count(self, holds: Callable[[Period], object]) -> int:
        return sum(bool(holds(each)) for each in self.periods)

    def _fires(self, period: Period) -> bool:
        return period.matched >= self.threshold

    @property
    def matched(self) -> int:
        return sum(each.matched for each in self.periods)

    @property
    def fired(self) -> int:
        return self._count(self._fires)

    @property
    def trouble(self) -> int:
        return self._count(lambda each: each.trouble)

    @property
    def false(self) -> int:
        return self._count(lambda each: self._fires(each) and not each.trouble)

    @property
    def missed(self) -> int:
        return self._count(lambda each: each.trouble and not self._fires(each))

    @property
    def precision(self) -> float:
        return 1 - self.false / self.fired if self.fired else 0.0

    @property
    def recall(self) -> float:
        return 1 - self.missed / self.trouble if self.trouble else 0.0

    @property
    def words_missed(self) -> str:
        """What was missed, by what it is."""
        missed = [each.trouble for each in self.periods if not self._fires(each)]
        counts = {name: sum(name in each for each in missed) for name in sorted(TROUBLE)}
        said = [f"{name} in {count} of them" for name, count in counts.items() if count]
        return ", ".join(said)

    @property
    def cried_for(self) -> str:
        """What most of the records behind its false alarms belong to."""
        counts: Counter[str] = Counter()
        for each in self.periods:
            if self._fires(each) and not each.trouble:
                counts.update(each.by_label)
        return max(counts, key=lambda label: counts[label], default="")


def recorded() -> list[Labelled]:
    """The morning of the sample, with the labels it was recorded with."""
    return [Labelled(*pair) for pair in samples.labelled(sample.NAME)]


def rehearse(lab: CloudLab, traffic: Sequence[Labelled], pattern: str, threshold: int) -> Rehearsal:
    """
    What a rule would have done, with its pattern asked of CloudWatch Logs.

    Raises:
        ClientError: The pattern cannot be read.
    """
    hits = matching(lab.logs, pattern, [each.record.to_line() for each in traffic])
    begin_s = min(each.start_s for each in traffic)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for each, hit in zip(traffic, hits, strict=True):
        counts[(each.start_s - begin_s) // PERIOD_S][each.label] += hit
    periods = (Period(frozenset(counts[number]), counts[number]) for number in sorted(counts))
    return Rehearsal(tuple(periods), threshold)


def another_morning(traffic: Sequence[Labelled]) -> list[Labelled]:
    """
    The same story elsewhere: other addresses and ports, more chatter, and a mistyped port at times.

    >>> another_morning([])
    []
    """
    return [other for each in traffic for other in _others(each)]


def _others(each: Labelled) -> Iterator[Labelled]:
    record = replace(
        each.record,
        interface_id=(each.record.interface_id or "")[:-4] + "beef",
        srcaddr=_elsewhere(each.record.srcaddr),
        dstaddr=_elsewhere(each.record.dstaddr),
    )
    if each.label == _CHATTER:
        for turn in range(_TIMES_THE_CHATTER):
            port = _CHATTERS_AT[turn % len(_CHATTERS_AT)]
            chatter = replace(record, srcport=40_000 + turn, dstport=port)
            yield Labelled(chatter, _CHATTER)
        lone = replace(record, protocol=_TCP, srcport=50_505, dstport=8443, packets=1, bytes=60)
        yield Labelled(lone, MISTYPED)
    elif each.label in TROUBLE and record.protocol == _TCP:
        source, target = _other_port(record.srcport), _other_port(record.dstport)
        yield Labelled(replace(record, srcport=source, dstport=target), each.label)
    else:
        yield Labelled(record, each.label)


def _elsewhere(address: str | None) -> str | None:
    return None if address is None else str(IPv4Address(address) + (_HOST_MOVES << 16))


def _other_port(port: int | None) -> int | None:
    return None if port is None else port + _PORT_MOVES
