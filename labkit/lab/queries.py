"""Logs Insights through boto3: start, wait, and read the rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError

if TYPE_CHECKING:
    import pandas as pd

    from labkit.lab.cloud_lab import Clock

DAY_S: Final = 86_400
_POLL_S: Final = 1.0
# Leading zeros mark an identifier, such as an account id, and not a number.
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")
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
    from labkit.insights.errors import QueryError  # noqa: PLC0415

    start_s, end_s = window_s
    try:
        started = logs.start_query(
            logGroupName=log_group, startTime=start_s, endTime=end_s, queryString=query
        )
    except logs.exceptions.MalformedQueryException as refusal:
        try:
            check(query)
        except QueryError as better:
            raise better from refusal
        raise
    while True:
        answer = logs.get_query_results(queryId=started["queryId"])
        if answer["status"] not in _UNDER_WAY:
            break
        clock.sleep(_POLL_S)
    if answer["status"] != "Complete":
        raise LabError(f"The query ended as {answer['status']}, so its rows are not all there.")
    return _frame(answer["results"])


def _frame(rows: list[list[dict[str, str]]]) -> pd.DataFrame:
    """
    Rows of a wire answer as a table; a cell that AWS left out is missing.

    Columns stand in the order of their first appearance. The pointer of each
    event, ``@ptr``, is left out: it is for GetLogRecord, not for people.
    """
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    cells = [{cell["field"]: cell["value"] for cell in row} for row in rows]
    columns = dict.fromkeys(name for row in cells for name in row)
    frame = pd.DataFrame(cells, columns=[name for name in columns if name != "@ptr"], dtype=object)
    for name in frame:
        frame[name] = _typed(frame[name])
    return frame


def _typed(column: pd.Series[Any]) -> pd.Series[Any]:
    """Numbers if every value is one as people write it, UTC times if every value is one."""
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    present = column.dropna().astype(str)
    if len(present) and present.map(lambda text: bool(_NUMBER.fullmatch(text))).all():
        return pd.to_numeric(column)
    if len(present) and present.map(lambda text: bool(_TIMESTAMP.fullmatch(text))).all():
        return pd.to_datetime(column, utc=True)
    return column
