"""Clocks: virtual time moves when told to, and never back."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from labkit.endpoint.clock import FIRST_INSTANT_S, VirtualClock, WallClock


def test_a_virtual_clock_starts_on_a_monday_morning():
    assert datetime(2026, 1, 5, 9, tzinfo=UTC) == datetime.fromtimestamp(FIRST_INSTANT_S, UTC)
    assert VirtualClock().now() == FIRST_INSTANT_S


@given(st.lists(st.floats(-1e6, 1e6), max_size=20))
def test_virtual_time_never_goes_back(spans):
    clock = VirtualClock()
    seen = [clock.now()]
    for span in spans:
        clock.sleep(span)
        seen.append(clock.now())
        clock.advance_to(span)
        seen.append(clock.now())
    assert sorted(seen) == seen


def test_sleeping_on_virtual_time_takes_none():
    began = time.monotonic()
    VirtualClock().sleep(3600)
    assert time.monotonic() - began < 1


def test_the_wall_clock_is_the_machines():
    before = time.time()
    seen = WallClock().now()
    assert before <= seen <= time.time()


def test_sleeping_on_the_wall_clock_takes_its_time():
    clock = WallClock()
    began = clock.now()
    clock.sleep(0.02)
    clock.sleep(-5)
    assert clock.now() - began >= 0.02
