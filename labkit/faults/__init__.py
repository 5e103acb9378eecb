"""Breakages to apply on purpose: what they look like, why, and the way back."""

from labkit.faults.applying import (
    ACROSS,
    AppliedFault,
    Outcome,
    Repair,
    applied,
    apply,
    planned,
    repair,
    repair_all,
)
from labkit.faults.catalogue import FAMILIES, FAULTS, fault_named
from labkit.faults.fault import Breaks, Fault
from labkit.faults.way import Ends, Way
from labkit.faults.world import World

__all__ = [
    "ACROSS",
    "FAMILIES",
    "FAULTS",
    "AppliedFault",
    "Breaks",
    "Ends",
    "Fault",
    "Outcome",
    "Repair",
    "Way",
    "World",
    "applied",
    "apply",
    "fault_named",
    "planned",
    "repair",
    "repair_all",
]
