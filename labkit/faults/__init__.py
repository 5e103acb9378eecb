"""Breakages to apply on purpose: what they look like, why, and the way back."""

from labkit.faults.applying import (
    ACROSS,
    OUT,
    AppliedFault,
    Outcome,
    Repair,
    applied,
    apply,
    planned,
    repair,
    repair_all,
    usual_ends,
)
from labkit.faults.catalogue import FAMILIES, FAULTS, fault_named
from labkit.faults.fault import Breaks, Fault
from labkit.faults.way import Ends, Way
from labkit.faults.way_out import WayOut
from labkit.faults.world import World

__all__ = [
    "ACROSS",
    "FAMILIES",
    "FAULTS",
    "OUT",
    "AppliedFault",
    "Breaks",
    "Ends",
    "Fault",
    "Outcome",
    "Repair",
    "Way",
    "WayOut",
    "World",
    "applied",
    "apply",
    "fault_named",
    "planned",
    "repair",
    "repair_all",
    "usual_ends",
]
