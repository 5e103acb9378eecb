"""
When something is due by a schedule: ``rate(5 minutes)``, ``cron(0/15 8-17 ? * MON-FRI *)``.

AWS's cron has six fields, counts days of the week from Sunday as 1, wants a
``?`` for one of the two kinds of day, and knows ``L``, ``W`` and ``#``; no
library we know of reads that.

Source: Amazon EventBridge User Guide, "Cron expressions" and "Rate expressions".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

_RATE: Final = re.compile(r"rate\((\d+) (minutes?|hours?|days?)\)")
_CRON: Final = re.compile(r"cron\(([^()]*)\)")
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86_400}
_MONTHS: Final = {name.upper(): n for n, name in enumerate(calendar.month_abbr) if name}
_SUNDAY_FIRST: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_WEEKDAYS: Final = {name: n for n, name in enumerate(_SUNDAY_FIRST, 1)}
_LATEST_YEAR: Final = 2199

IsDay: TypeAlias = Callable[[date], bool]


class BadSchedule(ValueError):
    """An expression that is no schedule; says why."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so often, counted from when the schedule began."""

    every_s: int

    def after(self, instant_s: float, began_s: float, _zone: ZoneInfo) -> float | None:
        """The first instant later than *instant_s* [Unix s] at which it is due."""
        passed = int((instant_s - began_s) // self.every_s)
        return began_s + max(1, passed + 1) * self.every_s


@dataclass(frozen=True, slots=True)
class Cron:
    """At certain minutes of certain days, by the clocks of a time zone."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    years: frozenset[int]
    is_day: IsDay

    def after(self, instant_s: float, _began_s: float, zone: ZoneInfo) -> float | None:
        """The first instant later than *instant_s* [Unix s] at which it is due; None for never."""
        here = datetime.fromtimestamp(instant_s, zone)
        for day in self._days(here.date()):
            for hour in self.hours:
                for minute in self.minutes:
                    moment = datetime.combine(day, time(hour, minute), zone)
                    due_s = moment.timestamp()
                    if due_s > instant_s and _exists(moment):
                        return due_s
        return None

    def _days(self, first: date) -> Iterator[date]:
        """The days from *first* on that are meant; whole months and years are skipped."""
        for year in sorted(each for each in self.years if each >= first.year):
            for month in sorted(self.months):
                for number in range(1, calendar.monthrange(year, month)[1] + 1):
                    day = date(year, month, number)
                    if day >= first and self.is_day(day):
                        yield day


def parsed(text: str) -> Rate | Cron:
    """
    The schedule an expression stands for.

    Raises:
        BadSchedule: It stands for none.

    >>> from zoneinfo import ZoneInfo
    >>> parsed("rate(5 minutes)").after(0, 0, ZoneInfo("UTC"))
    300
    >>> due_s = parsed("cron(30 8 ? * 2#1 *)").after(1767603600, 0, ZoneInfo("UTC"))
    >>> datetime.fromtimestamp(due_s, UTC).isoformat()
    '2026-02-02T08:30:00+00:00'
    """
    if (rate := _RATE.fullmatch(text)) is not None:
        return _rate(int(rate[1]), rate[2])
    cron = _CRON.fullmatch(text)
    if cron is None:
        raise BadSchedule(f"{text!r} is neither rate(...) nor cron(...)")
    fields = cron[1].split()
    if len(fields) != 6:
        raise BadSchedule(
            f"cron has six fields (minutes hours day-of-month month day-of-week year), not "
            f"{len(fields)}"
        )
    return _cron(*fields)


def _rate(value: int, unit: str) -> Rate:
    if value < 1:
        raise BadSchedule("a rate is at least 1")
    if (value == 1) == unit.endswith("s"):
        raise BadSchedule("a rate of 1 has its unit in the singular, all others in the plural")
    return Rate(value * _SECONDS[unit.removesuffix("s")])


def _cron(minutes: str, hours: str, days: str, months: str, weekdays: str, years: str) -> Cron:
    if (days == "?") == (weekdays == "?"):
        raise BadSchedule("one of day-of-month and day-of-week, and only one, has to be ?")
    return Cron(
        tuple(sorted(_numbers(minutes, "minutes", 0, 59))),
        tuple(sorted(_numbers(hours, "hours", 0, 23))),
        frozenset(_numbers(months, "month", 1, 12, _MONTHS)),
        frozenset(_numbers(years, "year", 1970, _LATEST_YEAR)),
        _day_of_week(weekdays) if days == "?" else _day_of_month(days),
    )


def _numbers(
    text: str, field: str, least: int, most: int, names: dict[str, int] | None = None
) -> set[int]:
    """The numbers that a field of lists, ranges and steps stands for."""
    found: set[int] = set()
    for part in text.split(","):
        place, slash, step_text = part.partition("/")
        first_text, dash, last_text = place.partition("-")
        step = _number(step_text, field, 1, most, None) if slash else 1
        if place == "*":
            first, last = least, most
        else:
            first = _number(first_text, field, least, most, names)
            last = _number(last_text, field, least, most, names) if dash else first
            last = most if slash and not dash else last
        if first > last and names is not _WEEKDAYS:
            raise BadSchedule(f"{part!r} in {field} runs backwards")
        whole = range(first, last + 1) if first <= last else [*range(first, 8), *range(1, last + 1)]
        found.update(list(whole)[::step])
    return found


def _number(text: str, field: str, least: int, most: int, names: dict[str, int] | None) -> int:
    number = (names or {}).get(text.upper())
    if number is None and text.isdecimal():
        number = int(text)
    if number is None or not least <= number <= most:
        raise BadSchedule(f"{text!r} in {field} is not a number from {least} to {most}")
    return number


def _day_of_month(text: str) -> IsDay:
    if text == "L":
        return lambda day: day.day == _length(day)
    if text == "LW":
        return lambda day: day == _nearest_weekday(day, _length(day))
    if text.endswith("W"):
        wanted = _number(text[:-1], "day-of-month", 1, 31, None)
        return lambda day: wanted <= _length(day) and day == _nearest_weekday(day, wanted)
    numbers = _numbers(text, "day-of-month", 1, 31)
    return lambda day: day.day in numbers


def _day_of_week(text: str) -> IsDay:
    if text == "L":
        return lambda day: _weekday(day) == _WEEKDAYS["SAT"]
    name, hash_, which_text = text.partition("#")
    if hash_:
        wanted = _number(name, "day-of-week", 1, 7, _WEEKDAYS)
        which = _number(which_text, "day-of-week", 1, 5, None)
        return lambda day: _weekday(day) == wanted and (day.day - 1) // 7 + 1 == which
    if text.endswith("L"):
        last = _number(text[:-1], "day-of-week", 1, 7, _WEEKDAYS)
        return lambda day: _weekday(day) == last and day.day > _length(day) - 7
    numbers = _numbers(text, "day-of-week", 1, 7, _WEEKDAYS)
    return lambda day: _weekday(day) in numbers


def _weekday(day: date) -> int:
    """The day of the week as AWS counts: Sunday is 1."""
    return day.isoweekday() % 7 + 1


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_weekday(day: date, wanted: int) -> date:
    """The day from Monday to Friday nearest to a day of the month, within that month."""
    meant = day.replace(day=wanted)
    offset = {5: -1, 6: 1}.get(meant.weekday(), 0)
    moved = meant + timedelta(days=offset)
    return moved if moved.month == day.month else meant - timedelta(days=2 * offset)


def _exists(moment: datetime) -> bool:
    """Whether clocks show this; they skip an hour when summer time begins."""
    back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return (back.hour, back.minute) == (moment.hour, moment.minute)
