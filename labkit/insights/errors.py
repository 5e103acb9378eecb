"""
A query and what is wrong with it in, two messages out: AWS's for the wire, ours for the reader.

::

    QueryError
    ├── UnexpectedSymbol      the text is not in the language at this place
    │   └── UnknownCommand    ... because no command has this name
    ├── UnknownFunction       no function has this name
    ├── UnknownField          a name that an earlier ``stats`` did not pass on
    ├── NoSuchLogGroup        a ``SOURCE`` that no log group fits
    ├── WrongOrder            a command or function stands where it may not
    ├── WrongArguments        a function got too few or too many arguments
    ├── WrongType             a value of a kind that cannot stand here
    ├── WrongPattern          a regular expression or glob that cannot be used
    ├── AlreadyDefined        a name made twice
    ├── TooLong               over the length, depth or number AWS or the engine allows
    ├── NotComputable         it has a meaning, but its values go beyond what can be worked out
    ├── NotSupported          AWS knows it, this engine does not
    └── NotExportable         it runs here, but cannot be said in another engine's SQL
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from labkit.errors import LabError

if TYPE_CHECKING:
    from labkit.insights.ast import Span

_WIDEST_LINE: Final = 100
_SYMBOL: Final = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|[@\w.]+|[=!<>]=|=~|<>|.", re.DOTALL)


class QueryError(LabError, ValueError):
    """
    A Logs Insights query cannot be run; knows where, why and what to write instead.

    Attributes:
        source: The whole query.
        span: Offsets of the words at fault; ``source[span.start:span.end]``.
        hint: What to write instead; may be empty.
        symbol: What AWS's message names: the first word at fault unless said otherwise.
        aws_message: The message AWS sends in a ``MalformedQueryException``.
    """

    wire: ClassVar[str] = "unexpected symbol found {symbol} at line {line} and position {position}"

    def __init__(
        self, message: str, *, source: str, span: Span, hint: str = "", symbol: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span
        self.hint = hint
        self.symbol = symbol or self._first_word()

    @property
    def line(self) -> int:
        """Line of the first wrong character, counted from 1."""
        return self.source.count("\n", 0, self.span.start) + 1

    @property
    def position(self) -> int:
        """Column of the first wrong character, counted from 0 as AWS does."""
        return self.span.start - (self.source.rfind("\n", 0, self.span.start) + 1)

    def _first_word(self) -> str:
        """The first word at fault, or ``<EOF>`` where the query ended too early."""
        found = _SYMBOL.match(self.source, self.span.start, self.span.end)
        return found[0] if found else "<EOF>"

    @property
    def aws_message(self) -> str:
        """
        AWS's wording for the wire.

        Source:
            Texts of ``MalformedQueryException`` seen in public bug reports and test suites.
        """
        return self.wire.format(
            symbol=self.symbol, line=self.line, position=self.position, message=self.message
        )

    def __str__(self) -> str:
        parts = [self.message, *self._underlined()]
        if self.hint:
            parts.append(f"  {self.hint}")
        return "\n".join(parts)

    def _underlined(self) -> tuple[str, str]:
        """The source line and the carets, cut to a window when the line is very long."""
        begin = self.span.start - self.position
        end = self.source.find("\n", begin)
        text = self.source[begin : len(self.source) if end < 0 else end].rstrip("\r")
        cut = max(0, self.position - _WIDEST_LINE // 2) if len(text) > _WIDEST_LINE else 0
        shown = text[cut : cut + _WIDEST_LINE].replace("\t", " ")
        width = max(1, min(self.span.end, begin + len(text)) - self.span.start)
        carets = "^" * min(width, _WIDEST_LINE)
        return f"    {shown}", f"    {' ' * (self.position - cut)}{carets}"


class UnexpectedSymbol(QueryError):
    """The text is not in the language at this place."""


class UnreadableCharacter(UnexpectedSymbol):
    """A character that begins no word of the language."""

    wire = "token recognition error at: '{symbol}'"


class UnknownCommand(UnexpectedSymbol):
    """No command has this name."""


class UnknownFunction(QueryError):
    """No function has this name."""


class UnknownField(QueryError):
    """A name that an earlier ``stats`` did not pass on."""

    wire = "Unknown symbols found in or after stats: {symbol}"


class NoSuchLogGroup(QueryError):
    """A ``SOURCE`` that no log group fits."""

    wire = "{message}"


class WrongOrder(QueryError):
    """A command or function stands where it may not."""


class DiffWithoutPattern(WrongOrder):
    """A ``diff`` that does not follow a ``pattern``."""

    wire = "Diff compilation Failed : Diff operation has to be used after Pattern"


class WrongArguments(QueryError):
    """A function got too few or too many arguments."""


class WrongType(QueryError):
    """A value of a kind that cannot stand here."""


class WrongPattern(QueryError):
    """A regular expression or glob that cannot be used."""


class AlreadyDefined(QueryError):
    """A name made twice."""

    wire = "Ephemeral field is already defined"


class TooLong(QueryError):
    """Over the length, depth or number that AWS or this engine allows."""

    wire = "Query cannot be compiled"


class NotComputable(QueryError):
    """It has a meaning, but its values go beyond what this engine can work out."""

    wire = "Query cannot be computed"


class NotSupported(QueryError):
    """AWS knows this, the engine does not, and says so instead of guessing."""

    wire = "Query cannot be compiled: {symbol} is not supported by this engine"


class NotExportable(QueryError):
    """It runs here, but cannot be said in another engine's SQL so that it means the same."""
