"""Which records a flow log keeps, and the log stream they go to."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from labkit.network.packet import Action

if TYPE_CHECKING:
    from labkit.flowlog.records import FlowRecord


class TrafficType(StrEnum):
    """The ``TrafficType`` of CreateFlowLogs."""

    ALL = "ALL"
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


def keeps(traffic_type: TrafficType, record: FlowRecord) -> bool:
    """
    Whether a flow log of this traffic type holds the record.

    Rows without an action (NODATA, SKIPDATA) speak of the log itself, so every
    type holds them. Whether an interface is silent is for each type to find
    out for itself: one with accepted traffic only is silent to REJECT.

    >>> from labkit.flowlog.records import FlowRecord
    >>> keeps(TrafficType.REJECT, FlowRecord(action="ACCEPT"))
    False
    """
    wanted = {
        TrafficType.ALL: (None, *Action),
        TrafficType.ACCEPT: (None, Action.ACCEPT),
        TrafficType.REJECT: (None, Action.REJECT),
    }
    return record.action in wanted[traffic_type]


def stream_name(interface_id: str, traffic_type: TrafficType) -> str:
    """
    The log stream that an interface's records go to in CloudWatch Logs.

    Names ending in ``-all`` are what AWS is seen to use. For the other two types
    no document or sample says; the lab follows the same pattern.

    >>> stream_name("eni-0c19436730cc350ae", TrafficType.ALL)
    'eni-0c19436730cc350ae-all'
    """
    return f"{interface_id}-{traffic_type.lower()}"
