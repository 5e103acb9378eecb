from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.view.geometry import Box, beside

sizes = st.integers(0, 500)
boxes = st.builds(Box, sizes, sizes, sizes, sizes)


@given(frame=boxes, box=boxes)
def test_mirroring_twice_changes_nothing(frame: Box, box: Box) -> None:
    assert box.within(frame, mirrored=True).within(frame, mirrored=True) == box


@given(one=boxes, other=boxes)
def test_overlapping_is_mutual(one: Box, other: Box) -> None:
    assert one.overlaps(other) == other.overlaps(one)


def test_there_and_back_lie_on_opposite_sides() -> None:
    way = [(0.0, 0.0), (50.0, 0.0), (50.0, 80.0), (100.0, 80.0)]
    there, back = beside(way, 5), beside(way[::-1], 5)[::-1]
    assert there == [(0, -5), (55, -5), (55, 75), (100, 75)]
    assert back == [(0, 5), (45, 5), (45, 85), (100, 85)]
