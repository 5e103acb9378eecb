"""
Lists of what cannot be made in the lab: there is none of it, and that is all a caller can know.

Tools that look at a whole account ask for these; making one is an error that says so.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.operations import operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

LISTS: Final = {
    "DescribeAccountPolicies": "accountPolicies",
    "DescribeFieldIndexes": "fieldIndexes",
    "DescribeImportTasks": "imports",
    "DescribeIndexPolicies": "indexPolicies",
    "DescribeLookupTables": "lookupTables",
    "ListAnomalies": "anomalies",
    "ListIntegrations": "integrationSummaries",
    "ListLogAnomalyDetectors": "anomalyDetectors",
    "ListSyslogConfigurations": "syslogConfigurations",
}
"""The member that holds the list in each operation's answer."""


def none_of(member: str, _call: Call) -> dict[str, Any]:
    """An empty list."""
    return {member: []}


for _name, _member in LISTS.items():
    operation("logs", _name)(partial(none_of, _member))
