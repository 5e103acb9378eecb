"""Rows for windows that have nothing to tell: no traffic, or records AWS lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from labkit.flowlog.formats import DEFAULT_FORMAT, LogFormat
from labkit.flowlog.metadata import of_interface

if TYPE_CHECKING:
    from labkit.flowlog.records import FlowRecord
    from labkit.network.topology import Interface, Topology

STATUS_NODATA: Final = "NODATA"
STATUS_SKIPDATA: Final = "SKIPDATA"


def nodata(
    interface: Interface,
    window_start_s: int,
    window_end_s: int,
    topology: Topology,
    *,
    log_format: LogFormat = DEFAULT_FORMAT,
) -> FlowRecord:
    """
    The row of an interface that saw no traffic in a capture window.

    It names the interface and the window; all that comes from traffic is None.

    Args:
        interface: The silent one.
        window_start_s: First second of the capture window, Unix time [s].
        window_end_s: Its last second, Unix time [s].
        topology: Supplies the account and, for custom formats, VPC and zone.
        log_format: Decides ``version``.

    Source:
        Amazon VPC User Guide, "Flow log record examples", No data and skipped records.
    """
    window = (window_start_s, window_end_s)
    return _without_traffic(STATUS_NODATA, interface, window, topology, log_format)


def skipdata(
    interface: Interface,
    window_start_s: int,
    window_end_s: int,
    topology: Topology,
    *,
    log_format: LogFormat = DEFAULT_FORMAT,
) -> FlowRecord:
    """
    The row that stands for records lost in a capture window, however many.

    Args and source as for ``nodata``.
    """
    window = (window_start_s, window_end_s)
    return _without_traffic(STATUS_SKIPDATA, interface, window, topology, log_format)


def _without_traffic(
    status: str,
    interface: Interface,
    window: tuple[int, int],
    topology: Topology,
    log_format: LogFormat,
) -> FlowRecord:
    start, end = window
    return replace(
        of_interface(interface, topology),
        version=log_format.version,
        start=start,
        end=end,
        log_status=status,
    )
