"""
The file of an open incident, kept where a dead kernel cannot take it along.

It lies in parameters of Systems Manager, sealed against a passing glance: what
was drawn, when it began, and what AWS described while all was well.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

from labkit.faults.incidents.plot import Plot
from labkit.faults.parts import Change, from_json
from labkit.flowlog.flow_log import FlowLog
from labkit.network.reachability.stand_ins import with_host
from labkit.network.read import read

if TYPE_CHECKING:
    from labkit.lab import CloudLab
    from labkit.network.topology import Topology

# AWS allows a standard parameter 4096 characters. Source: SSM API Reference, PutParameter.
_PIECE: Final = 4000


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """
    All that is known of an open incident.

    Args:
        plot: What was drawn.
        answers: What AWS described of the network while all was well.
        flow_logs: What it described of the flow logs.
        begun_s: When the first packet was sent [Unix s].
        asked_s: When the ping of the ticket was sent [Unix s]; 0 while it was not.
        records: How many records of the time up to then the log group held, by stream.
        until_s: Up to when these records tell [Unix s].
        kept: What flow logs and their role were like while all was well: each
            part with its value, as JSON holds them.
    """

    plot: Plot
    answers: dict[str, list[dict[str, Any]]]
    flow_logs: list[dict[str, Any]]
    begun_s: float
    asked_s: float = 0.0
    records: dict[str, int] = field(default_factory=dict)
    until_s: float = 0.0
    kept: list[dict[str, Any]] = field(default_factory=list)

    @property
    def healthy(self) -> Topology:
        """The network while all was well, with whoever was asked outside of it."""
        topology = read(self.answers)
        with suppress(ValueError):  # mostly an instance was asked, by its name
            topology = with_host(topology, ip_address(self.plot.ends.target))
        return topology

    @property
    def healthy_logs(self) -> tuple[FlowLog, ...]:
        """The flow logs while all was well."""
        return tuple(FlowLog.from_answer(_with_time(each)) for each in self.flow_logs)

    @property
    def kept_parts(self) -> list[Change]:
        """What puts back what flow logs and their role were like while all was well."""
        return [Change(from_json(each["part"]), each["value"]) for each in self.kept]

    @property
    def is_open(self) -> bool:
        """Whether everything of it has happened that was to happen."""
        return self.asked_s > 0


def _with_time(described: dict[str, Any]) -> dict[str, Any]:
    """JSON holds times as text."""
    created = described.get("CreationTime")
    if not isinstance(created, str):
        return described
    return {**described, "CreationTime": datetime.fromisoformat(created)}


def find(lab: CloudLab) -> IncidentFile | None:
    """The file of the incident that is open in a lab, or None; one that was never finished too."""
    pages = lab.ssm.get_paginator("get_parameters_by_path").paginate(Path=_path(lab))
    pieces = {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}
    if not pieces:
        return None
    text = "".join(value for _, value in sorted(pieces.items()))
    try:
        stored = json.loads(zlib.decompress(b64decode(text)))
    except (ValueError, zlib.error):
        # It was cut off while it was being written, so nothing was broken yet.
        remove(lab)
        return None
    return replace(IncidentFile(**stored), plot=Plot.from_json(stored["plot"]))


def write(lab: CloudLab, file: IncidentFile) -> None:
    """Put the file down, in place of what was there."""
    stored = {
        "plot": file.plot.to_json(),
        "answers": file.answers,
        "flow_logs": file.flow_logs,
        "begun_s": file.begun_s,
        "asked_s": file.asked_s,
        "records": file.records,
        "until_s": file.until_s,
        "kept": file.kept,
    }
    text = json.dumps(stored, default=_as_text, sort_keys=True)
    sealed = b64encode(zlib.compress(text.encode(), 9)).decode()
    remove(lab)
    for number, start in enumerate(range(0, len(sealed), _PIECE)):
        lab.ssm.put_parameter(
            Name=f"{_path(lab)}/{number:02d}",
            Description="An incident that is open in the lab; sealed, so that it stays one",
            Type="String",
            Value=sealed[start : start + _PIECE],
            Tags=lab.tags.of(f"incident-{number}"),
        )


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def remove(lab: CloudLab) -> None:
    """Take the file away."""
    pages = lab.ssm.get_paginator("get_parameters_by_path").paginate(Path=_path(lab))
    for name in [each["Name"] for page in pages for each in page["Parameters"]]:
        lab.ssm.delete_parameter(Name=name)


def _path(lab: CloudLab) -> str:
    return f"/{lab.name}/incident"
