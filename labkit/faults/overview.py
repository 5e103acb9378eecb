"""The catalogue as a table, with what is applied to a lab now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.faults import logbook
from labkit.faults.catalogue import FAULTS

if TYPE_CHECKING:
    import pandas as pd

    from labkit.lab import CloudLab


def overview(lab: CloudLab) -> pd.DataFrame:
    """
    One row per fault, named by its id.

    Columns: ``family``, ``breaks`` (ping, TCP or log), ``says`` (what is
    wrong), and ``applied`` (between whom it is applied now). A fault that
    belongs to an incident is not given away.
    """
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    applied: dict[str, list[str]] = {}
    for entry in logbook.entries(lab):
        if not entry.sealed:
            applied.setdefault(entry.fault_id, []).append(" to ".join(entry.ends))
    rows = {
        fault_id: {
            "family": fault.family.replace("_", " "),
            "breaks": str(fault.breaks),
            "says": fault.says,
            "applied": ", ".join(applied.get(fault_id, ())),
        }
        for fault_id, fault in FAULTS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("fault")
