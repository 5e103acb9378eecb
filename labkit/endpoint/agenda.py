"""
What happens by itself as time passes: records delivered, alarms evaluated, queries on a schedule.

Nothing runs in the background.  Whoever makes something happen is a
:class:`Source`, which says when it is next due.  Before a call is answered,
and once more after it because calls take time, the agenda runs whatever has
come due since it last did: earliest first, each source told the instant it was
due, which is also the time the clock shows it.  Sources due at the same
instant run in the order in which they were registered.

    @source
    class Chime:
        def __init__(self, aws: EmbeddedAws) -> None: ...

        def next_due_s(self) -> float: ...

        def run(self, at_s: float, until_s: float) -> None: ...

A source runs outside of :meth:`EmbeddedAws.active`, and enters it where it
touches moto's state.  It may call the application by a door, as a Lambda
function does: that call sees the instant of the source, and catches up with
nothing, because that is under way.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf, nextafter
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from labkit.endpoint.application import EmbeddedAws

MOST_RUNS_AT_ONCE: Final = 10_000
"""How often sources may come due at one instant, before that counts as a mistake in one."""


class Source(Protocol):
    """Something that happens by itself; one for each application, ``aws.extension(kind)``."""

    def next_due_s(self) -> float:
        """
        When it next has something to do [Unix s]; ``inf`` for not until something changes.

        It is asked before and after every call, so the answer must be at hand;
        and while another thread may be changing what it rests on, in which case
        it is asked again.
        Skip spans in which nothing can change: weeks pass in one jump.
        """

    def run(self, at_s: float, until_s: float) -> None:
        """
        Do what is due.

        Args:
            at_s: The instant at which it was due [Unix s], as :meth:`next_due_s` said.
            until_s: Until when nobody else has anything to do [Unix s], *at_s* or later.
                What is due by then may be done in the same go, if what it leaves
                behind says when it came about.

        Take what is due off the list before acting on it: then a failure does
        not come back at the next call.
        """


_MOST_TRIES: Final = 100

SourceT = TypeVar("SourceT", bound=Source)

_KINDS: Final[list[Callable[[EmbeddedAws], Source]]] = []
_under_way: ContextVar[tuple[Agenda, ...]] = ContextVar("under_way", default=())


def source(kind: type[SourceT]) -> type[SourceT]:
    """Enter a class whose instances, made from an application, are sources of its agenda."""
    _KINDS.append(kind)
    return kind


class Agenda:
    """What is due when in one application; ``aws.extension(Agenda)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._clock = aws.clock
        self._sources: list[Source] = [aws.extension(kind) for kind in _KINDS]
        self._turn = threading.RLock()

    def add(self, another: Source) -> None:
        """Have one more source, after those there are."""
        self._sources.append(another)

    def next_due_s(self) -> float:
        """When something happens next [Unix s]; ``inf`` if nothing will."""
        return min(map(_due_s, self._sources), default=inf)

    def catch_up(self) -> None:
        """
        Run everything that has come due by now.

        Not to be called within :meth:`EmbeddedAws.active`: another thread may be
        catching up, and will want to get in there.
        """
        if self in _under_way.get() or self.next_due_s() > self._clock.now():
            return
        with self._turn, self.held_off():
            self._run_what_is_due()

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """
        A span in which calls catch up with nothing.

        For those made while somebody waits for them who must not wait for others:
        a function that was invoked holds the process.
        """
        outside = _under_way.set((*_under_way.get(), self))
        try:
            yield
        finally:
            _under_way.reset(outside)

    def wait(self, until_s: float) -> None:
        """
        Let time pass until something happened, or *until_s* [Unix s] at most.

        Not to be called within :meth:`EmbeddedAws.active`, either.
        """
        self._clock.nap(until_s if self in _under_way.get() else min(until_s, self.next_due_s()))
        self.catch_up()

    def _run_what_is_due(self) -> None:
        last_s, runs = inf, 0
        while True:
            dues = [_due_s(each) for each in self._sources]
            now_s = self._clock.now()
            at_s = min(dues, default=inf)
            if at_s > now_s:
                return
            turn = dues.index(at_s)
            runs = runs + 1 if at_s == last_s else 1
            last_s = at_s
            chosen = self._sources[turn]
            if runs > MOST_RUNS_AT_ONCE:
                raise RuntimeError(f"{chosen!r} is due at {at_s} however often it runs.")
            others_s = min((*dues[:turn], *dues[turn + 1 :]), default=inf)
            until_s = max(at_s, min(now_s, nextafter(others_s, -inf)))
            with self._clock.at(at_s):
                chosen.run(at_s, until_s)


def _due_s(asked: Source) -> float:
    for _ in range(_MOST_TRIES):
        try:
            return asked.next_due_s()
        except (RuntimeError, IndexError):  # a list or dictionary changed under its hands
            continue
    return asked.next_due_s()
