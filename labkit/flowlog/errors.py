"""What can go wrong with flow logs besides unreadable text (``RecordFormatError``)."""

from __future__ import annotations

from labkit.errors import LabError


class UnknownInterval(LabError, ValueError):
    """
    AWS offers no such maximum aggregation interval.

    Args:
        interval_s: What was asked for [s].
        known: The intervals there are [s].
    """

    def __init__(self, interval_s: object, known: tuple[int, ...]) -> None:
        self.interval_s = interval_s
        offered = " or ".join(map(str, known))
        super().__init__(
            f"An aggregation interval of {interval_s!r} s does not exist; "
            f"MaxAggregationInterval is {offered}"
        )
