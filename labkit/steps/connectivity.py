"""Step 7: the proof that steps 1 to 6 fit together, a ping across."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.steps.plan import A, B

if TYPE_CHECKING:
    from labkit.lab import CloudLab, PingResult


def build(lab: CloudLab) -> PingResult:
    """What ``ping`` said from the first side's instance to the second's."""
    return lab.ping(A.instance, B.instance)
