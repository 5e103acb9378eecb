"""
What Lambda can do beyond what is answered here: an error that says so, and says what is.

It has to be said here, because moto would answer from functions of its own, of
which there are none.  This module comes after all that answer for Lambda.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.moto_seam.protocols import service_model
from labkit.endpoint.operations import AwsError, answered_by_the_lab, operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

_SIMULATED: Final = tuple(name for service, name in answered_by_the_lab() if service == "lambda")


def refuse(name: str, _call: Call) -> dict[str, Any]:
    """
    Never an answer.

    Raises:
        AwsError: Always; says what is simulated.
    """
    message = f"Not simulated: lambda:{name}. Simulated are {', '.join(_SIMULATED)}."
    raise AwsError("NotImplemented", message, 501)


for _name in service_model("lambda").operation_names:
    if _name not in _SIMULATED:
        operation("lambda", _name)(partial(refuse, _name))
