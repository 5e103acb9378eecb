"""
Exercises: predict, check, and get a hint.

Everything a lesson needs comes from here::

    from labkit.checks import ____, check, hint, lesson, predict, reveal

A check looks at the network, the records and what a query finds, never at a
stored answer. It never raises because of what a learner did: it says how far
they are, in one of four words.
"""

from __future__ import annotations

from labkit.checks.asking import check, hint
from labkit.checks.blank import ____
from labkit.checks.expected import expect_failure
from labkit.checks.lessons import lesson, progress
from labkit.checks.prediction import predict, reveal
from labkit.checks.staging import stage

__all__ = [
    "____",
    "check",
    "expect_failure",
    "hint",
    "lesson",
    "predict",
    "progress",
    "reveal",
    "stage",
]
