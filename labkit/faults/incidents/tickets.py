"""What somebody writes who noticed that something is wrong, and does not know what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.faults.cases import cases
from labkit.faults.catalogue import FAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from labkit.faults.way import Ends

_OPENINGS: Final = (
    "Since this morning {source} cannot reach {target}.",
    "{source} has lost {target}. It worked yesterday.",
    "Our health check from {source} to {target} has turned red.",
    "Could somebody look at {target}? {source} does not get through to it.",
    "The nightly job on {source} failed: {target} is unreachable.",
)
_CHANGES: Final = (
    "Nobody remembers changing anything.",
    "There was some tidying up last night, they say it was harmless.",
    "Somebody new set up a part of this. The diagram says it is all right.",
    "We restarted nothing and changed nothing. Or so I was told.",
)
_LOST: Final = "A ping from {source} to {target} gets no answer: 4 sent, 0 received."
_WELL: Final = (
    "A colleague says that {source} cannot reach {target}. I have not tried it myself.",
    "Somebody on the phone thinks that the network between {source} and {target} is down.",
    "There may be rejected packets in the flow logs. So is {target} cut off from {source}?",
)
_LATE: Final = (
    (
        "I pinged {target} from {source} and looked into the flow logs at once: nothing. So the "
        "route must be missing."
    ),
    (
        "I sent four pings from {source} to {target} a minute ago. The log group has no record of "
        "them. Where do they go?"
    ),
)
_UNTOLD: Final = (
    (
        "The ping from {source} to {target} is answered, and yet the flow logs do not tell what "
        "they should. Is something wrong with the network?"
    ),
    (
        "Auditors ask for the records of {source} and {target}, and we cannot show all of them. "
        "The network itself seems to work."
    ),
)
_ASK: Final = "Please find out what is wrong, and put right what is wrong and nothing else."


def ticket(
    chance: Random,
    ends: Ends,
    fault_ids: Sequence[str],
    *,
    is_late: bool,
    is_healthy: bool,
) -> str:
    """
    A few sentences that are true and give nothing away.

    Args:
        chance: Decides between wordings.
        ends: Between whom.
        fault_ids: The faults in the incident.
        is_late: Whether the log is merely late.
        is_healthy: Whether nothing is wrong at all.
    """
    names = ends._asdict()
    if is_healthy:
        parts = [chance.choice(_WELL)]
    elif is_late:
        parts = [chance.choice(_LATE)]
    elif any(not cases()[name].answered and FAULTS[name].breaks == "ping" for name in fault_ids):
        parts = [chance.choice(_OPENINGS), _LOST, chance.choice(_CHANGES)]
    else:
        parts = [chance.choice(_UNTOLD)]
    return " ".join([*parts, _ASK]).format(**names)
