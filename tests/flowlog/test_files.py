"""Flow log files, as people have them."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import RecordFormatError
from labkit.flowlog import (
    DEFAULT_FORMAT,
    FlowRecord,
    LogFormat,
    file_content,
    read_lines,
    read_records,
    write_file,
)

if TYPE_CHECKING:
    from pathlib import Path

SSH = (
    "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 "
    "20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
)
SHORT = LogFormat.parse("srcaddr dstaddr bytes")
SMALL = FlowRecord(srcaddr="10.0.0.1", dstaddr="10.0.0.2", bytes=84)


@given(records=st.lists(st.from_type(FlowRecord), max_size=5), log_format=..., data=st.data())
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[FlowRecord],
    log_format: LogFormat,
    data: st.DataObject,
):
    path = tmp_path_factory.mktemp("flow") / data.draw(st.sampled_from(["a.log", "a.log.gz"]))
    kept = [each.in_format(log_format) for each in records]

    write_file(path, kept, log_format)

    assert kept == list(read_records(path))


def test_lines_without_a_header_are_in_the_default_format(tmp_path: Path):
    path = tmp_path / "records.txt"
    path.write_text(f"{SSH}\n\n   \n{SSH}")

    assert [FlowRecord.from_line(SSH)] * 2 == list(read_records(path))


def test_lines_without_a_header_are_in_the_format_the_reader_names(tmp_path: Path):
    path = write_file(tmp_path / "records.log", [SMALL], SHORT, header=False)

    assert list(read_records(path, SHORT)) == [SMALL]


def test_a_header_line_overrules_the_format_the_reader_names(tmp_path: Path):
    path = write_file(tmp_path / "records.log", [SMALL], SHORT)

    assert list(read_records(path, DEFAULT_FORMAT)) == [SMALL]


def test_files_of_different_formats_are_read_in_the_order_given(tmp_path: Path):
    small = write_file(tmp_path / "small.log.gz", [SMALL], SHORT)
    plain = tmp_path / "plain.log"
    plain.write_text(SSH)

    assert [SMALL, FlowRecord.from_line(SSH)] == list(read_records([small, str(plain)]))


def test_files_put_one_behind_the_other_keep_their_formats(tmp_path: Path):
    path = tmp_path / "all.log.gz"
    ssh = FlowRecord.from_line(SSH)
    path.write_bytes(file_content([SMALL], SHORT) + file_content([ssh]))

    assert [SMALL, ssh] == list(read_records(path))


def test_compression_shows_in_the_bytes_and_not_in_the_name(tmp_path: Path):
    path = tmp_path / "renamed.txt"
    path.write_bytes(gzip.compress(SSH.encode()))

    assert [FlowRecord.from_line(SSH)] == list(read_records(path))


def test_a_file_in_s3_begins_with_the_names_of_the_fields():
    assert gzip.decompress(file_content([SMALL], SHORT)) == (
        b"srcaddr dstaddr bytes\n10.0.0.1 10.0.0.2 84\n"
    )


def test_equal_records_give_equal_bytes():
    assert file_content([SMALL], SHORT)[4:8] == b"\0\0\0\0"  # gzip's time stamp


def test_line_ends_and_byte_order_marks_of_windows_do_no_harm(tmp_path: Path):
    path = tmp_path / "windows.log"
    path.write_bytes(b"\xef\xbb\xbf" + f"{DEFAULT_FORMAT.header}\r\n{SSH}\r\n".encode())

    assert [FlowRecord.from_line(SSH)] == list(read_records(path))


def test_lines_know_where_they_stand(tmp_path: Path):
    path = tmp_path / "some.log"
    path.write_text("one\n\n three\n")

    assert [(each.number, each.text) for each in read_lines(path)] == [(1, "one"), (3, "three")]


def test_an_empty_file_has_no_records(tmp_path: Path):
    path = tmp_path / "empty.log"
    path.touch()

    assert list(read_records(path)) == []


def test_a_bad_line_is_named_with_file_number_and_field(tmp_path: Path):
    path = tmp_path / "bad.log"
    path.write_text(f"{SSH}\n{SSH.replace(' 4249 ', ' many ')}\n")
    reading = read_records(path)

    assert FlowRecord.from_line(SSH) == next(reading)
    with pytest.raises(RecordFormatError, match=r"bad\.log, line 2: Field bytes .* 'many'"):
        next(reading)


def test_a_header_with_an_unknown_field_is_named(tmp_path: Path):
    path = tmp_path / "new.log"
    path.write_text("version srcaddr shoe-size\n12 10.0.0.1 44\n")

    with pytest.raises(RecordFormatError, match=r"new\.log, line 1: .*'shoe-size'"):
        list(read_records(path))


def test_a_damaged_gzip_file_is_named(tmp_path: Path):
    path = tmp_path / "cut.log.gz"
    path.write_bytes(file_content([SMALL] * 1000, SHORT)[:-20])

    with pytest.raises(RecordFormatError, match=r"cut\.log\.gz: damaged gzip file"):
        list(read_records(path))


def test_a_file_that_is_no_text_is_named(tmp_path: Path):
    path = tmp_path / "picture.log"
    path.write_bytes(b"\x89PNG\r\n\xff\xfe")

    with pytest.raises(RecordFormatError, match=r"picture\.log, line 1: not UTF-8"):
        list(read_records(path))


def test_a_missing_file_stays_the_operating_systems_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"missing\.log"):
        list(read_records(tmp_path / "missing.log"))


def test_nothing_is_written_when_one_record_cannot_be(tmp_path: Path):
    path = tmp_path / "never.log"

    with pytest.raises(RecordFormatError):
        write_file(path, [SMALL, FlowRecord(srcaddr="two words")], SHORT)

    assert not path.exists()
