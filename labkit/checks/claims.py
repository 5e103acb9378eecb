"""
A claimed cause of an incident, put into the healthy network on paper: what it would leave there.

It is right if it leaves the records that there are and the configuration bears
it out, and if nothing in it could be left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.checks.outcome import almost, done, not_yet
from labkit.checks.shown import shown
from labkit.diagnose.judging import explanation, superfluous
from labkit.errors import NameNotFound
from labkit.faults.catalogue import FAULTS
from labkit.faults.incidents.levels import NOTHING, TOO_EARLY

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome
    from labkit.diagnose.judging import Explanation, Rehearsals
    from labkit.faults.incidents import IncidentFile

_INNOCENT: Final = (NOTHING, TOO_EARLY)


def claimed(file: IncidentFile, rehearsals: Rehearsals, cause: object) -> Outcome:
    """
    What the causes claimed are worth.

    Raises:
        NameNotFound: One of them is no fault; names the nearest.
    """
    names = [cause] if isinstance(cause, str) else cause
    if not isinstance(names, (list, tuple, set, frozenset)) or not names:
        return not_yet(
            observed=f"the cause is {shown(cause)}.",
            expected=f"the name of a fault, a list of names, or one of {' and '.join(_INNOCENT)}.",
            look="lab.faults(), for the names.",
        )
    for name in names:
        if not isinstance(name, str) or name not in (*FAULTS, *_INNOCENT):
            raise NameNotFound("cause", str(name), (*FAULTS, *_INNOCENT))
    return _judged(file, rehearsals, sorted(set(names), key=(*FAULTS, *_INNOCENT).index))


def _judged(file: IncidentFile, rehearsals: Rehearsals, names: list[str]) -> Outcome:
    faults = [name for name in names if name in FAULTS]
    if TOO_EARLY in names or file.plot.is_late:
        return _of_time(file, names)
    if faults and NOTHING in names:
        return not_yet(
            observed=f"you say {', '.join(names)}.",
            expected="what is wrong, or that nothing is.",
            look="which of the two the records bear out.",
        )
    found = explanation(rehearsals, faults)
    if found.same_records and found.same_cause:
        return _right(superfluous(rehearsals, faults))
    return _not_borne_out(found, names)


def _right(spare: str) -> Outcome:
    if spare:
        return almost(
            holds="it explains every record there is.",
            fails=f"without {spare} it would as well.",
            look="the configuration: what of all that you name does it bear out?",
        )
    return done("put into the healthy network, it leaves these records and this configuration")


def _not_borne_out(found: Explanation, names: list[str]) -> Outcome:
    if not found.fits:
        return not_yet(
            observed=f"{', '.join(names)} cannot be wrong in this network between these two.",
            expected="something that can be, and leaves the records that there are.",
            look="lab.faults(): what each of them is about.",
        )
    if found.same_records:
        return almost(
            holds="it explains every record there is.",
            fails="the configuration bears out something else, or more than that.",
            look="the rules and routes along the way: lab.trace, and the way back.",
        )
    return not_yet(
        observed=f"if it were {' and '.join(names)}, {found.first_difference or 'it would show'}.",
        expected="a cause that leaves exactly the records that there are.",
        look="the first place on the way where the records differ from that.",
    )


def _of_time(file: IncidentFile, names: list[str]) -> Outcome:
    if file.plot.is_late and names == [TOO_EARLY]:
        return done("the records came, minutes after the packets, and show nothing wrong")
    if file.plot.is_late:
        return not_yet(
            observed=f"you say {', '.join(names)}.",
            expected="a cause that is still there once all records are in.",
            look="the time between the ping and the look at the log.",
        )
    return not_yet(
        observed="the records had the time to come. Waiting longer changes nothing.",
        expected="a cause that does not go away by waiting.",
        look="lab.wait_for_logs(), and the records again.",
    )
