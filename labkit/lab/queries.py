"""Logs Insights through boto3: start, wait, and read the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError

if TYPE_CHECKING:
    import pandas as pd

    from labkit.lab.cloud_lab import Clock

DAY_S: Final = 86_400
_POLL_S: Final = 1.0
_UNDER_WAY: Final = ("Scheduled", "Running")


def run(
    logs: Any,  # noqa: ANN401  boto3 clients carry no type
    clock: Clock,
    query: str,
    log_group: str,
    window_s: tuple[int, int],
) -> pd.DataFrame:
    """
    The finished rows of a query.

    Raises:
        QueryError: The cloud refused the query as malformed, and we know better
            how to say why; AWS's own exception is its cause.
        ClientError: The cloud refused it for another reason.
        LabError: The query ended, but not as Complete.
    """
    from labkit.insights.engine import check  # noqa: PLC0415  a compiler loads when first asked
    from labkit.insights.result import to_frame  # noqa: PLC0415

    start_s, end_s = window_s
    try:
        started = logs.start_query(
            logGroupName=log_group, startTime=start_s, endTime=end_s, queryString=query
        )
    except logs.exceptions.MalformedQueryException:
        check(query)
        raise
    while True:
        answer = logs.get_query_results(queryId=started["queryId"])
        if answer["status"] not in _UNDER_WAY:
            break
        clock.sleep(_POLL_S)
    if answer["status"] != "Complete":
        raise LabError(f"The query ended as {answer['status']}, so its rows are not all there.")
    return to_frame(answer["results"])
