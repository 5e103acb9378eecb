"""Incidents to solve: faults nobody is told of, innocents among them, and a ticket."""

from labkit.faults.incidents.desk import (
    Closed,
    Incident,
    close_incident,
    count_records,
    current,
    open_incident,
)
from labkit.faults.incidents.file import IncidentFile
from labkit.faults.incidents.ladder import Ladder, Rung, rungs
from labkit.faults.incidents.levels import LEVELS, LEVELS_OUT, Level
from labkit.faults.incidents.plot import Noise, Plot, draw

__all__ = [
    "LEVELS",
    "LEVELS_OUT",
    "Closed",
    "Incident",
    "IncidentFile",
    "Ladder",
    "Level",
    "Noise",
    "Plot",
    "Rung",
    "close_incident",
    "count_records",
    "current",
    "draw",
    "open_incident",
    "rungs",
]
