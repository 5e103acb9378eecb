"""
DataFrames in, charts out: one function per question that flow records can answer.

Each function names the Logs Insights query whose answer it draws. Where a
parameter for the numbers is left out, the one column that is left over holds them.
"""

from __future__ import annotations

from labkit.view.charts.actions import by_action
from labkit.view.charts.alarm import alarm_over_time
from labkit.view.charts.heat import heat_map
from labkit.view.charts.protocols import protocol_mix
from labkit.view.charts.rejections import rejected_by_source
from labkit.view.charts.spike import rejections_by_source_over_time
from labkit.view.charts.suited import suited
from labkit.view.charts.talkers import top_talkers
from labkit.view.charts.timeline import actions_over_time
from labkit.view.charts.trade_off import trade_off
from labkit.view.charts.trend import amount_over_time

__all__ = [
    "actions_over_time",
    "alarm_over_time",
    "amount_over_time",
    "by_action",
    "heat_map",
    "protocol_mix",
    "rejected_by_source",
    "rejections_by_source_over_time",
    "suited",
    "top_talkers",
    "trade_off",
]
