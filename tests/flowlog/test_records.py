"""Records: line in, value out, and back."""

from __future__ import annotations

import pytest
from hypothesis import given

from labkit.errors import RecordFormatError
from labkit.flowlog import ALL_FIELDS, DEFAULT_FORMAT, FlowRecord, LogFormat

PING = (
    "2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 "
    "0 0 1 4 336 1432917027 1432917142 ACCEPT OK"
)


@given(record=..., log_format=...)
def test_a_record_reads_back_from_its_line(record: FlowRecord, log_format: LogFormat):
    kept = record.in_format(log_format)

    assert kept == FlowRecord.from_line(kept.to_line(log_format), log_format)


@given(record=..., log_format=...)
def test_a_line_has_one_word_per_field(record: FlowRecord, log_format: LogFormat):
    assert len(record.to_line(log_format).split(" ")) == len(log_format.fields)


@given(record=...)
def test_the_printed_form_of_a_record_evaluates_to_it(record: FlowRecord):
    assert record == eval(repr(record), {"FlowRecord": FlowRecord})  # noqa: S307 - our own repr


def test_a_line_gives_typed_values():
    record = FlowRecord.from_line(PING)

    assert (record.srcport, record.packets, record.bytes) == (0, 4, 336)
    assert (record.account_id, record.action) == ("123456789010", "ACCEPT")


def test_fields_outside_the_format_are_none():
    assert FlowRecord.from_line(PING).vpc_id is None


def test_port_zero_prints_as_zero_and_none_as_a_dash():
    log_format = LogFormat.parse("srcport dstport")

    assert FlowRecord(srcport=0).to_line(log_format) == "0 -"


def test_a_dash_reads_as_none_in_number_and_text_fields():
    log_format = LogFormat.parse("srcport srcaddr")

    assert FlowRecord() == FlowRecord.from_line("- -", log_format)


def test_any_run_of_blanks_separates():
    log_format = LogFormat.parse("srcaddr dstaddr")

    assert FlowRecord.from_line(" 10.0.0.1 \t 10.0.0.2\r\n", log_format) == FlowRecord(
        srcaddr="10.0.0.1", dstaddr="10.0.0.2"
    )


def test_a_field_is_found_under_aws_spelling_too():
    assert FlowRecord.from_line(PING)["log-status"] == "OK"


def test_an_unknown_field_of_a_record_gets_a_near_match():
    with pytest.raises(RecordFormatError, match=r"'logstatus'.*'log-status'"):
        FlowRecord()["logstatus"]


def test_a_record_in_a_format_takes_the_formats_version():
    record = FlowRecord(version=2, srcaddr="10.0.0.1", az_id="use1-az1", bytes=1)
    log_format = LogFormat.parse("version srcaddr az-id")

    assert record.in_format(log_format).to_line(log_format) == "4 10.0.0.1 use1-az1"
    assert record.in_format(log_format).bytes is None


def test_a_record_gives_its_values_by_name_in_the_formats_order():
    log_format = LogFormat.parse("dstport srcaddr")

    assert list(FlowRecord(srcaddr="10.0.0.1").to_dict(log_format).items()) == [
        ("dstport", None),
        ("srcaddr", "10.0.0.1"),
    ]


def test_a_short_line_names_the_first_missing_field_and_the_line():
    short = PING.rsplit(" ", 1)[0]

    with pytest.raises(RecordFormatError, match=f"found 13 .*log-status.*{short}"):
        FlowRecord.from_line(short)


def test_a_long_line_shows_what_is_too_much():
    with pytest.raises(RecordFormatError, match=r"Expected 14 columns, found 15 \('extra'"):
        FlowRecord.from_line(f"{PING} extra")


def test_an_empty_line_is_no_record():
    with pytest.raises(RecordFormatError, match="found 0"):
        FlowRecord.from_line("  ")


@pytest.mark.parametrize("cell", ["four", "4.0", "-4", "+4", "1_000", "0x4", "٤", "04"])
def test_what_is_not_a_whole_number_is_refused_with_field_and_line(cell: str):
    line = PING.replace(" 4 336 ", f" {cell} 336 ")

    with pytest.raises(RecordFormatError) as refused:
        FlowRecord.from_line(line)

    assert "packets" in str(refused.value)
    assert repr(cell) in str(refused.value)
    assert line in str(refused.value)


@pytest.mark.parametrize(
    "record",
    [
        FlowRecord(srcaddr=""),
        FlowRecord(srcaddr="-"),
        FlowRecord(srcaddr="two words"),
        FlowRecord(bytes=-1),
    ],
)
def test_a_value_that_would_not_read_back_is_not_printed(record: FlowRecord):
    with pytest.raises(RecordFormatError, match=r"srcaddr|bytes"):
        record.to_line()


def test_a_record_is_a_value():
    assert len({FlowRecord.from_line(PING), FlowRecord.from_line(PING)}) == 1


def test_an_empty_record_prints_a_dash_per_field():
    assert FlowRecord().to_line(ALL_FIELDS) == " ".join("-" * 54)
    assert FlowRecord().to_line() == " ".join("-" * len(DEFAULT_FORMAT.fields))
