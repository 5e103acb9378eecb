"""Formats: template in, fields out, and back."""

from __future__ import annotations

import pytest
from hypothesis import given

from labkit.errors import RecordFormatError
from labkit.flowlog import DEFAULT_FORMAT, LogFormat

DEFAULT_TEMPLATE = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)


def test_the_default_format_is_the_one_aws_shows():
    assert str(DEFAULT_FORMAT) == DEFAULT_TEMPLATE
    assert DEFAULT_FORMAT.version == 2


@given(log_format=...)
def test_a_template_reads_back_as_its_format(log_format: LogFormat):
    assert log_format == LogFormat.parse(str(log_format))


@given(log_format=...)
def test_a_header_line_reads_back_as_its_format(log_format: LogFormat):
    assert log_format == LogFormat.parse(log_format.header)


def test_the_highest_version_among_the_fields_is_the_formats():
    assert LogFormat.parse("${srcaddr} ${az-id} ${vpc-id}").version == 4


def test_a_format_of_old_fields_only_is_version_2():
    assert LogFormat.parse("${srcaddr}").version == 2


def test_equal_formats_are_one_key_whichever_way_they_were_spelled():
    assert len({LogFormat.parse("${srcaddr} ${bytes}"), LogFormat.parse("srcaddr  bytes")}) == 1


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_format_is_refused(text: str):
    with pytest.raises(RecordFormatError, match="at least one field"):
        LogFormat.parse(text)


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("${srcaddr} dstaddr", "dstaddr"),
        ("${srcaddr}${dstaddr}", "srcaddr"),
        ("${srcaddr},${dstaddr}", "srcaddr"),
        ("${srcaddr ${dstaddr}", "srcaddr"),
        ("$srcaddr", "srcaddr"),
        ("${} ${srcaddr}", "{}"),
    ],
)
def test_a_malformed_template_names_the_culprit(text: str, culprit: str):
    with pytest.raises(RecordFormatError, match=f"Malformed.*{culprit}"):
        LogFormat.parse(text)


def test_an_unknown_field_in_a_template_is_named_with_a_near_match():
    with pytest.raises(RecordFormatError, match=r"'src-addr'.*'srcaddr'"):
        LogFormat.parse("${version} ${src-addr}")


def test_a_transit_gateway_field_is_not_a_vpc_field():
    with pytest.raises(RecordFormatError, match="packets-lost-no-route"):
        LogFormat.parse("${packets-lost-no-route}")


def test_a_field_named_twice_is_refused():
    with pytest.raises(RecordFormatError, match=r"twice.*srcaddr"):
        LogFormat.parse("${srcaddr} ${bytes} ${srcaddr}")
