"""
Which messages a filter pattern matches, asked of CloudWatch Logs itself.

Source: CloudWatch Logs API Reference, TestMetricFilter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# What TestMetricFilter takes at once.
_MOST_MESSAGES: Final = 50


def matching(logs: Any, pattern: str, messages: Sequence[str]) -> list[bool]:  # noqa: ANN401  boto3 clients carry no type
    """
    For each message, whether a filter pattern matches it.

    Nothing is counted and nothing is kept, so a pattern can be tried on traffic
    of last month.  Introduced in notebook 16.

    Args:
        logs: A boto3 CloudWatch Logs client.
        pattern: For example ``[version, account, ..., action = REJECT, status]``.
        messages: As many as there are; each call of TestMetricFilter takes 50 of them.

    Raises:
        ClientError: The pattern cannot be read.
    """
    found: list[bool] = []
    for first in range(0, len(messages), _MOST_MESSAGES):
        batch = list(messages[first : first + _MOST_MESSAGES])
        answer = logs.test_metric_filter(filterPattern=pattern, logEventMessages=batch)
        numbers = {match["eventNumber"] for match in answer["matches"]}
        found += [number in numbers for number in range(1, len(batch) + 1)]
    return found
