"""Callbacks whose exceptions are seen: front ends hide them in a log that nobody opens."""

from __future__ import annotations

import traceback
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

from labkit.errors import LabError
from labkit.view.console import error_html
from labkit.view.widgets.controls.page import page

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import HTML

Arguments = ParamSpec("Arguments")


def reporting(
    message: HTML,
    action: Callable[Arguments, None],
    refusals: tuple[type[Exception], ...] = (),
) -> Callable[Arguments, None]:
    """
    *action*, with whatever it raises shown in *message*.

    What a learner can mend is shown in words, and that is that. Anything else is
    a fault of ours: it is shown with its traceback, and raised on.

    Args:
        message: Where to show it; emptied before each call.
        action: What to do.
        refusals: Exceptions, beside our own, that are a cloud's answer.
    """
    mendable: tuple[type[Exception], ...] = (LabError, *refusals)

    @wraps(action)
    def call(*arguments: Arguments.args, **named: Arguments.kwargs) -> None:
        message.value = ""
        try:
            action(*arguments, **named)
        except mendable as error:
            message.value = page(error_html(str(error)))
        except Exception:  # shown here because Jupyter swallows what a callback raises; raised on
            message.value = page(error_html(traceback.format_exc()))
            raise

    return call
