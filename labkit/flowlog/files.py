"""
Flow log files as people have them: plain or gzip, with or without a header line.

Files from S3 begin with a line of field names, which then is the format. Lines
out of CloudWatch Logs have no such line; the reader says which format they
have, or they are taken to be in the default one.
"""

from __future__ import annotations

import gzip
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from labkit.errors import RecordFormatError
from labkit.flowlog.fields import FIELD_BY_NAME
from labkit.flowlog.formats import DEFAULT_FORMAT, LogFormat
from labkit.flowlog.records import NO_VALUE, FlowRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

AnyPath: TypeAlias = str | PathLike[str]

_GZIP_MAGIC: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank, without its end, and where it stands (counted from 1)."""

    path: Path
    number: int
    text: str

    @property
    def place(self) -> str:
        return f"{self.path}, line {self.number}"


def read_lines(path: AnyPath) -> Iterator[Line]:
    """
    The lines of a file, header line included, blank ones left out.

    Whether a file is compressed shows in its first bytes, not in its name.

    Raises:
        RecordFormatError: The file is damaged or is not UTF-8 text.
        OSError: It cannot be opened.
    """
    source, number = Path(path), 0
    try:
        with _opened(source) as raw:
            for number, line in enumerate(raw, start=1):
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                if text:
                    yield Line(source, number, text)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RecordFormatError(
            f"{source}: damaged gzip file after line {number}: {error}"
        ) from error
    except UnicodeDecodeError as error:
        raise RecordFormatError(f"{source}, line {number}: not UTF-8 text: {error}") from error


def read_records(
    paths: AnyPath | Iterable[AnyPath], log_format: LogFormat | None = None
) -> Iterator[FlowRecord]:
    """
    The records of one file or several, in the order they stand there.

    A header line always has the last word on the lines below it, so files of
    different formats can be read together, and files that were put one behind
    the other as well.

    Args:
        paths: A path, or any number of them.
        log_format: Format of lines above any header; by default the default format.

    Raises:
        RecordFormatError: A line cannot be read; names file, line number and field.
        OSError: A file cannot be opened.
    """
    return (record for _, record in read_pairs(paths, log_format))


def read_pairs(
    paths: AnyPath | Iterable[AnyPath], log_format: LogFormat | None = None
) -> Iterator[tuple[Line, FlowRecord]]:
    """Each record beside the line it was read from; otherwise as ``read_records``."""
    for path in _each(paths):
        current = log_format or DEFAULT_FORMAT
        for line in read_lines(path):
            try:
                if is_header(line.text):
                    current = LogFormat.parse(line.text)
                else:
                    yield line, FlowRecord.from_line(line.text, current)
            except RecordFormatError as error:
                raise RecordFormatError(f"{line.place}: {error}") from error


def is_header(line: str) -> bool:
    """
    Whether a line holds field names instead of values.

    Half the words being field names is enough, so that a field too new for
    this table is named as unknown instead of being read as a value.

    >>> is_header("version account-id brand-new-field")
    True
    >>> is_header("2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA")
    False
    """
    words = line.split()
    known = sum(word in FIELD_BY_NAME for word in words)
    return NO_VALUE not in words and 0 < len(words) <= 2 * known


def write_file(
    path: AnyPath,
    records: Iterable[FlowRecord],
    log_format: LogFormat = DEFAULT_FORMAT,
    *,
    header: bool = True,
) -> Path:
    """
    The path of a file that now holds these records, one to a line.

    It is compressed if its name ends in ``.gz``, and equal records give equal
    bytes. Nothing is written if one of the records cannot be printed.

    Args:
        path: File to make or replace.
        records: What to write, in this order.
        log_format: Which fields, in which order.
        header: Begin with the names of the fields, as files in S3 do.

    Raises:
        RecordFormatError: A record holds a value that would not read back.
    """
    target = Path(path)
    target.write_bytes(file_content(records, log_format, header=header, compress=_is_gz(target)))
    return target


def file_content(
    records: Iterable[FlowRecord],
    log_format: LogFormat = DEFAULT_FORMAT,
    *,
    header: bool = True,
    compress: bool = True,
) -> bytes:
    """
    The bytes of such a file, as AWS puts it into S3: with header and compressed.

    Raises:
        RecordFormatError: A record holds a value that would not read back.
    """
    lines = [log_format.header] if header else []
    lines += [each.to_line(log_format) for each in records]
    content = "".join(f"{line}\n" for line in lines).encode()
    return gzip.compress(content, mtime=0) if compress else content


def _is_gz(path: Path) -> bool:
    return path.suffix == ".gz"


def _each(paths: AnyPath | Iterable[AnyPath]) -> Iterable[AnyPath]:
    return [paths] if isinstance(paths, str | PathLike) else paths


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[bytes]]:
    with path.open("rb") as file:
        if file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
            with gzip.open(file) as inside:
                yield inside
        else:
            yield file
