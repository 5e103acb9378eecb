"""The table of fields."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

import pytest

from labkit.errors import RecordFormatError
from labkit.flowlog import FIELD_BY_NAME, FIELDS, FieldType, ParquetType, field_named


def test_each_version_adds_as_many_fields_as_aws_documents():
    added = Counter(each.version for each in FIELDS)
    totals = dict(zip(sorted(added), accumulate(added[v] for v in sorted(added)), strict=True))

    assert totals == {2: 14, 3: 21, 4: 25, 5: 29, 7: 39, 8: 40, 9: 41, 10: 42, 11: 54}


def test_fields_stand_in_the_order_of_their_versions():
    versions = [each.version for each in FIELDS]

    assert sorted(versions) == versions


def test_every_field_has_a_meaning_and_a_source():
    assert [each.name for each in FIELDS if not (each.meaning.endswith(".") and each.source)] == []


def test_meanings_are_all_different():
    assert len(FIELDS) == len({each.meaning for each in FIELDS})


def test_parquet_integers_are_those_the_user_guide_lists():
    listed = {
        ParquetType.INT_32: "version srcport dstport protocol tcp-flags traffic-path",
        ParquetType.INT_64: "packets bytes start end",
    }

    for parquet_type, names in listed.items():
        found = [each.name for each in FIELDS if each.parquet_type is parquet_type]
        assert names.split() == found


def test_parquet_types_are_known_through_version_8_only():
    assert {each.parquet_type is not None for each in FIELDS if each.version <= 8} == {True}
    assert {each.parquet_type is not None for each in FIELDS if each.version > 8} == {False}


def test_only_numbers_are_integers():
    integers = {each.name for each in FIELDS if each.type is FieldType.INTEGER}

    assert {
        "version",
        "srcport",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "start",
        "end",
        "tcp-flags",
        "traffic-path",
        "encryption-status",
    } == integers


def test_a_field_is_found_by_the_name_aws_gives_it():
    assert FIELD_BY_NAME["pkt-src-aws-service"] is field_named("pkt-src-aws-service")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("srcAddr", "srcaddr"), ("log_status", "log-status"), ("dstprot", "dstport")],
)
def test_an_unknown_field_names_the_one_probably_meant(typed: str, meant: str):
    with pytest.raises(RecordFormatError, match=f"{typed!r}.*{meant!r}"):
        field_named(typed)


def test_a_field_like_no_other_gets_no_guess():
    with pytest.raises(RecordFormatError, match=r"^Unknown flow log field 'zzzz'\.$"):
        field_named("zzzz")
