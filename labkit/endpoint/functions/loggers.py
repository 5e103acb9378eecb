"""
The loggers of a function's process: set up once, as its modules left them, and nobody else's.

Source: AWS Lambda Developer Guide, "Log and monitor Python Lambda functions".
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.functions.printing import Output

_FORM: Final = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"


class Loggers:
    """
    A root logger as Lambda's runtime sets it up, and the loggers that the function adds.

    Args:
        output: Where records go.
    """

    def __init__(self, output: Output) -> None:
        self._root: dict[str, Any] = {"handlers": [_LineHandler(output)], "filters": []}
        self._level = logging.WARNING
        self._named: dict[str, Any] = {}

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """A span in which this process has these loggers; what is done to them is kept."""
        root, there = logging.getLogger(), logging.Logger.manager.loggerDict
        outside, level, others = _parts(root), root.level, dict(there)
        vars(root).update(self._root)
        root.setLevel(self._level)
        there.update(self._named)
        try:
            yield
        finally:
            self._root, self._level = _parts(root), root.level
            self._named = {
                name: each for name, each in there.items() if others.get(name) is not each
            }
            for name in self._named:
                del there[name]
            there.update(others)
            vars(root).update(outside)
            root.setLevel(level)


def _parts(root: logging.Logger) -> dict[str, Any]:
    return {"handlers": root.handlers, "filters": root.filters}


class _LineHandler(logging.Handler):
    """Makes one line of each record, however many are in it, in UTC."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self._output = output
        formatter = logging.Formatter(_FORM, "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self._output.log(record, self)
