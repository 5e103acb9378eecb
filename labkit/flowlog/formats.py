"""The format of a flow log: AWS's template string in, an ordered choice of fields out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from labkit.errors import RecordFormatError
from labkit.flowlog.fields import FIELDS, Field, field_named

_DEFAULT_VERSION: Final = 2
_PLACEHOLDER: Final = re.compile(r"\$\{([^${}\s]+)\}")


@dataclass(frozen=True, slots=True)
class LogFormat:
    """
    Which fields a flow log records, in which order.

    ``str()`` gives the template that CreateFlowLogs takes as ``LogFormat`` and
    DescribeFlowLogs gives back.

    Raises:
        RecordFormatError: No field at all, or one field twice.

    >>> chosen = LogFormat.parse("${version} ${srcaddr} ${traffic-path}")
    >>> chosen.version, chosen.header
    (5, 'version srcaddr traffic-path')
    >>> str(chosen)
    '${version} ${srcaddr} ${traffic-path}'
    """

    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        if not self.fields:
            raise RecordFormatError("A flow log format needs at least one field; this one is empty")
        twice = [each.name for each, count in Counter(self.fields).items() if count > 1]
        if twice:
            raise RecordFormatError(f"A flow log format has each field once; twice here: {twice}")

    @classmethod
    def parse(cls, text: str) -> LogFormat:
        """
        The format a template or a plain list of field names describes.

        Takes ``${version} ${srcaddr}`` and, as in the header line of a flow log
        file, ``version srcaddr``; one of the two spellings throughout.

        Raises:
            RecordFormatError: Empty, malformed, or a field that is unknown or repeated.
        """
        words = text.split()
        spelled = _named_in_template if "$" in text else str
        return cls(tuple(field_named(spelled(word)) for word in words))

    @property
    def version(self) -> int:
        """Highest version among the fields; at least 2, the first there was."""
        return max(_DEFAULT_VERSION, *(each.version for each in self.fields))

    @property
    def header(self) -> str:
        """Names of the fields with blanks between, as files in S3 begin."""
        return " ".join(each.name for each in self.fields)

    def __str__(self) -> str:
        return " ".join(f"${{{each.name}}}" for each in self.fields)


def _named_in_template(word: str) -> str:
    match = _PLACEHOLDER.fullmatch(word)
    if match is None:
        raise RecordFormatError(
            f"Malformed flow log format at {word!r}: write each field as ${{name}}, "
            "with one blank between fields"
        )
    return match[1]


DEFAULT_FORMAT: Final = LogFormat(
    tuple(each for each in FIELDS if each.version == _DEFAULT_VERSION)
)
ALL_FIELDS: Final = LogFormat(FIELDS)
