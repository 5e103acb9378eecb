"""What a function prints and logs, line by line, up to a limit."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

    from labkit.endpoint.clock import Clock

MOST_BYTES: Final = 1024 * 1024
"""How much one invocation may print before the rest is left out."""

LONGEST_LINE: Final = 256 * 1024
"""How long a log event of a line may be; what is longer makes several."""

LEFT_OUT: Final = (
    "[labkit] The rest of what this invocation printed is left out: it is over 1 MiB.\n"
)


class Printed:
    """
    What one invocation printed: lines with the times at which they were.

    Args:
        clock: The lab's.
        request_id: The invocation's id, which the logger puts into its lines.
    """

    def __init__(self, clock: Clock, request_id: str) -> None:
        self.lines: list[tuple[float, str]] = []
        self._clock = clock
        self._request_id = request_id
        self._begun = ""
        self._size_bytes = 0

    def write(self, text: str) -> None:
        """Keep what makes whole lines, and the rest until its line is whole."""
        if self._size_bytes <= MOST_BYTES:
            self._take(text[: MOST_BYTES + 1])

    def stamp(self, record: logging.LogRecord) -> None:
        """Give a log record the time of the lab's clock, and the id of the invocation."""
        record.created = self._clock.now()
        record.msecs = record.created % 1 * 1000
        record.aws_request_id = self._request_id

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

    def runtime_line(self, text: str) -> None:
        """Keep one line of the runtime's own, in the form it has for errors."""
        self.end()
        self.line(f"[ERROR] [{round(self._clock.now() * 1000)}] LAMBDA_RUNTIME {text}\n")

    def end(self) -> None:
        """Make a line of what was begun."""
        if self._begun:
            self.line(self._begun + "\n")
            self._begun = ""


class Output(io.TextIOBase):
    """
    Standard output of a function's process: that of the invocation under way.

    The process outlives its invocations, and so does what its modules make of this
    file when they are imported, such as a handler of their own for log records.
    """

    def __init__(self) -> None:
        super().__init__()
        self._printed: Printed | None = None

    encoding = "utf-8"

    @contextmanager
    def going_to(self, printed: Printed) -> Iterator[None]:
        """A span in which what is written is what an invocation printed."""
        outer, self._printed = self._printed, printed
        try:
            yield
        finally:
            self._printed = outer

    @property
    def buffer(self) -> io.RawIOBase:
        """The same for bytes."""
        return _Bytes(self)

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._printed is not None:
            self._printed.write(text)
        return len(text)

    def log(self, record: logging.LogRecord, handler: logging.Handler) -> None:
        """Print a record in a handler's words, at the time and with the id of the invocation."""
        if self._printed is not None:
            self._printed.stamp(record)
            self._printed.take_line(handler.format(record))


class _Bytes(io.RawIOBase):
    """What is written as bytes, as text."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self._output = output

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401  any buffer
        self._output.write(bytes(content).decode("utf-8", "replace"))
        return len(content)
