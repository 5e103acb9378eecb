"""Batches of messages, of which each may fail by itself: SQS and SNS take them alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from labkit.endpoint.operations import AwsError, Params


def sent_in_part(
    entries: Sequence[Params],
    objection_to: Callable[[Params], AwsError | None],
    send: Callable[[list[Params]], dict[str, Any]],
) -> dict[str, Any]:
    """
    The answer of *send* to the entries nothing speaks against, with the others in ``Failed``.

    Args:
        entries: The batch as it came; each entry has its ``Id``.
        objection_to: Why an entry cannot be sent; None if it can.
        send: Sends what can be sent.  A batch that is empty, or in which ids repeat, is left
            to it as a whole.
    """
    if len({each["Id"] for each in entries}) < len(entries):
        return send(list(entries))
    objections = [objection_to(each) for each in entries]
    failed = [
        {"Id": each["Id"], "SenderFault": True, "Code": why.code, "Message": why.message}
        for each, why in zip(entries, objections, strict=True)
        if why is not None
    ]
    fit = [each for each, why in zip(entries, objections, strict=True) if why is None]
    answer = send(fit) if fit or not failed else {}
    return {**answer, "Failed": [*answer.get("Failed", []), *failed]} if failed else answer
