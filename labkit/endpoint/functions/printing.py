"""What a function prints and logs, line by line, up to a limit."""

from __future__ import annotations

import io
import logging
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from labkit.endpoint.clock import Clock

MOST_BYTES: Final = 1024 * 1024
"""How much one invocation may print before the rest is left out."""

LONGEST_LINE: Final = 256 * 1024
"""How long a log event of a line may be; what is longer makes several."""

LEFT_OUT: Final = (
    "[labkit] The rest of what this invocation printed is left out: it is over 1 MiB.\n"
)


class Printed(io.TextIOBase):
    """
    A text file that keeps lines with the times at which they were printed.

    Args:
        clock: The lab's.
        request_id: The invocation's id, which the logger puts into its lines.
    """

    def __init__(self, clock: Clock, request_id: str) -> None:
        super().__init__()
        self.lines: list[tuple[float, str]] = []
        self._clock = clock
        self._request_id = request_id
        self._begun = ""
        self._size_bytes = 0

    encoding = "utf-8"

    @property
    def buffer(self) -> io.RawIOBase:
        """The same for bytes."""
        return _Bytes(self)

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._size_bytes <= MOST_BYTES:
            self._take(text[: MOST_BYTES + 1])
        return len(text)

    def _take(self, text: str) -> None:
        self._size_bytes += len(text)
        *whole, self._begun = (self._begun + text).split("\n")
        for line in whole:
            self.line(line + "\n")
        if self._size_bytes > MOST_BYTES:
            self._begun = ""
            self.line(LEFT_OUT)

    def take_line(self, text: str) -> None:
        """Keep one line of the function's, as long as it has not printed too much."""
        if self._size_bytes <= MOST_BYTES:
            self._size_bytes += len(text)
            self.line(text if self._size_bytes <= MOST_BYTES else LEFT_OUT)

    def line(self, text: str) -> None:
        """Keep one line, printed now; a very long one in pieces."""
        now_s = self._clock.now()
        for start in range(0, len(text), LONGEST_LINE):
            self.lines.append((now_s, text[start : start + LONGEST_LINE]))

    def end(self) -> None:
        """Make a line of what was begun."""
        if self._begun:
            self.line(self._begun + "\n")
            self._begun = ""

    def handler(self) -> logging.Handler:
        """A handler that words records as Lambda's runtime for Python does, in UTC."""
        handler = _LineHandler(self)
        form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t{}\t%(message)s\n"
        formatter = _ClockedFormatter(form.format(self._request_id), self._clock)
        handler.setFormatter(formatter)
        return handler


class _Bytes(io.RawIOBase):
    """What is written as bytes, as text."""

    def __init__(self, printed: Printed) -> None:
        super().__init__()
        self._printed = printed

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401  any buffer
        self._printed.write(bytes(content).decode("utf-8", "replace"))
        return len(content)


class _LineHandler(logging.Handler):
    """Makes one line of each record, however many are in it."""

    def __init__(self, printed: Printed) -> None:
        super().__init__()
        self._printed = printed

    def emit(self, record: logging.LogRecord) -> None:
        self._printed.take_line(self.format(record))


class _ClockedFormatter(logging.Formatter):
    """Words records with the time of the lab's clock."""

    def __init__(self, form: str, clock: Clock) -> None:
        super().__init__(form, "%Y-%m-%dT%H:%M:%S")
        self._clock = clock

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        record.created = self._clock.now()
        record.msecs = record.created % 1 * 1000
        return super().format(record)
