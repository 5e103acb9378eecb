"""Metric filters: which events become which data, of which minute, and what is refused."""

from __future__ import annotations

import pytest


@pytest.fixture
def lab(monitoring):
    return monitoring


def test_matching_events_are_summed_up_by_minute_and_reported_at_its_end(lab):
    lab.filter()
    lab.aws.clock.sleep(10)
    lab.write(lab.record(), lab.record("ACCEPT"), lab.record())
    lab.aws.clock.sleep(49)
    assert lab.sums() == {}
    lab.aws.clock.sleep(1)
    assert lab.sums() == {"09:00": 2.0}


def test_a_filter_is_not_retroactive(lab):
    lab.write(lab.record())
    lab.filter()
    lab.minutes(1)
    lab.write(lab.record(), lab.record())
    lab.minutes(2)
    assert lab.sums() == {"09:01": 2.0}


def test_the_minute_is_that_of_the_event_however_late_it_comes(lab):
    lab.filter()
    lab.minutes(10)
    lab.write(lab.record(), age_s=360)
    lab.minutes(1)
    assert lab.sums() == {"09:04": 1.0}


def test_the_minute_can_be_that_of_arrival(new_monitoring):
    lab = new_monitoring(metric_filter_time="arrival")
    lab.filter()
    lab.minutes(10)
    lab.write(lab.record(), age_s=360)
    lab.minutes(1)
    assert lab.sums() == {"09:10": 1.0}


def test_the_default_stands_for_minutes_in_which_events_came_and_none_matched(lab):
    lab.filter(defaultValue=0)
    lab.write(lab.record("ACCEPT"))
    lab.minutes(2)
    lab.write(lab.record("ACCEPT"), lab.record())
    lab.minutes(3)
    assert lab.sums() == {"09:00": 0.0, "09:02": 1.0}


def test_the_value_may_be_a_field_and_one_that_is_no_number_counts_nothing(lab):
    lab.filter(metricValue="$bytes", unit="Bytes", defaultValue=7)
    lab.write(lab.record(octets=84), lab.record(octets=1500), lab.record(octets="-"))
    lab.write(*(lab.record(octets=each) for each in ("1e308", "1e308", "1_000", "inf", "nan")))
    lab.minutes(1)
    lab.write(lab.record(octets="-"))
    lab.minutes(1)
    [point] = lab.statistics("Sum", "SampleCount", "Maximum")
    assert (point["Sum"], point["SampleCount"], point["Maximum"]) == (1584, 2, 1500)
    assert point["Unit"] == "Bytes"


def test_dimensions_make_a_metric_for_each_of_their_values_and_none_for_all(lab):
    lab.filter(dimensions={"Source": "$source"})
    lab.write(
        lab.record(source="10.1.1.10"),
        lab.record(source="10.1.1.11"),
        lab.record(source="10.1.1.10"),
    )
    lab.minutes(1)
    assert lab.statistics() == []
    listed = lab.cloudwatch.list_metrics(Namespace=lab.namespace)["Metrics"]
    assert [each["Dimensions"][0]["Value"] for each in listed] == ["10.1.1.10", "10.1.1.11"]
    [point] = lab.statistics(Dimensions=[{"Name": "Source", "Value": "10.1.1.10"}])
    assert point["Sum"] == 2


def test_json_events_give_values_and_dimensions_by_selector(lab):
    lab.filter(
        '{ $.action = "REJECT" }',
        metricValue="$.bytes",
        dimensions={"Port": "$.to.port"},
    )
    lab.write('{"action": "REJECT", "bytes": 60, "to": {"port": 22}}')
    lab.write('{"action": "REJECT", "bytes": 60}', '{"action": "ACCEPT", "bytes": 60}')
    for port in (r"\ud800", r"a\u0000", "caf\u00e9", " ", "2" * 1025):
        lab.write(f'{{"action": "REJECT", "bytes": 60, "to": {{"port": "{port}"}}}}')
    lab.minutes(1)
    [metric] = lab.cloudwatch.list_metrics()["Metrics"]
    assert metric["Dimensions"] == [{"Name": "Port", "Value": "22"}]


def test_a_metric_on_a_record_of_silence_has_nothing_to_count(lab):
    silent = "2 123456789012 eni-1 - - - - - - - 7 9 - NODATA"
    lab.filter(f"[{lab.fields}]".replace("bytes,", "bytes >= 0,"), metricValue="$bytes")
    lab.write(silent)
    lab.minutes(1)
    assert lab.sums() == {}


def test_a_filter_put_again_replaces_the_one_before_and_goes_with_its_group(lab):
    lab.filter()
    lab.filter(metricName="Other")
    [found] = lab.logs.describe_metric_filters(logGroupName=lab.group)["metricFilters"]
    assert found["metricTransformations"][0]["metricName"] == "Other"
    assert (found["filterName"], found["filterPattern"]) == ("rejects", lab.rejects)
    [group] = lab.logs.describe_log_groups()["logGroups"]
    assert group["metricFilterCount"] == 1
    lab.logs.delete_log_group(logGroupName=lab.group)
    assert lab.logs.describe_metric_filters()["metricFilters"] == []


def test_deleting_a_filter_ends_it_and_deleting_none_is_an_error(lab, refusal):
    lab.filter()
    lab.logs.delete_metric_filter(logGroupName=lab.group, filterName="rejects")
    lab.write(lab.record())
    lab.minutes(1)
    assert lab.sums() == {}
    asked = {"logGroupName": lab.group, "filterName": "rejects"}
    code, _ = refusal(lab.logs.delete_metric_filter, **asked)
    assert code == "ResourceNotFoundException"


def test_filters_are_found_by_the_metric_they_make(lab):
    lab.filter()
    by_metric = lab.logs.describe_metric_filters
    assert (
        len(by_metric(metricName=lab.metric, metricNamespace=lab.namespace)["metricFilters"]) == 1
    )
    assert by_metric(metricName="Other", metricNamespace=lab.namespace)["metricFilters"] == []


def test_filters_are_listed_by_name_in_pages_whatever_group_they_belong_to(lab):
    lab.logs.create_log_group(logGroupName="/another")
    transformation = {"metricName": "M", "metricNamespace": "N", "metricValue": "1"}
    for group, name in ((lab.group, "a"), ("/another", "b"), (lab.group, "c")):
        lab.logs.put_metric_filter(
            logGroupName=group,
            filterName=name,
            filterPattern="",
            metricTransformations=[transformation],
        )
    pages = lab.logs.get_paginator("describe_metric_filters").paginate(
        PaginationConfig={"PageSize": 2}
    )
    names = [[each["filterName"] for each in page["metricFilters"]] for page in pages]
    assert names == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("pattern", "transformation", "says"),
    [
        (
            "[version, account",
            {},
            "Invalid filter pattern: [version, account cannot be read from its",
        ),
        ("[a, b = ]", {}, "from ']' at column 9; fields look like"),
        ("[eni, bytes]", {"metricValue": "$octets"}, "it names $eni, $bytes"),
        ("[eni, bytes]", {"metricValue": "many"}, "neither a number nor a $field"),
        ("[eni, bytes]", {"metricValue": "1e109"}, "neither a number nor a $field"),
        ("[eni, bytes]", {"defaultValue": 1e109}, "must be from -2^360 to 2^360"),
        ("REJECT", {"metricValue": "$bytes"}, "a pattern of terms has no fields"),
        ("REJECT", {"dimensions": {"A": "$a"}}, "does not support dimensions"),
        (
            "[eni, bytes]",
            {"dimensions": {"A": "$eni"}, "defaultValue": 0},
            "dimensions and default value are mutually exclusive properties",
        ),
        (
            "[eni, bytes]",
            {"dimensions": dict.fromkeys("ABCD", "$eni")},
            "there may be 3 dimensions",
        ),
        ("[eni, bytes]", {"dimensions": {"A": "$nobody"}}, "the dimension A is '$nobody'"),
    ],
)
def test_a_bad_pattern_or_transformation_is_refused_with_words_that_help(
    lab, refusal, pattern, transformation, says
):
    code, message = refusal(lab.filter, pattern=pattern, **transformation)
    assert code == "InvalidParameterException"
    assert says in message
    assert lab.logs.describe_metric_filters()["metricFilters"] == []


def test_a_log_group_has_a_hundred_filters_at_most(lab, refusal):
    transformation = {"metricName": "M", "metricNamespace": "N", "metricValue": "1"}
    asked = {
        "logGroupName": lab.group,
        "filterPattern": "",
        "metricTransformations": [transformation],
    }
    for number in range(100):
        lab.logs.put_metric_filter(filterName=f"f{number}", **asked)
    lab.logs.put_metric_filter(filterName="f0", **asked)
    code, _ = refusal(lab.logs.put_metric_filter, filterName="f100", **asked)
    assert code == "LimitExceededException"


def test_five_filters_of_a_log_group_may_have_regular_expressions(lab, refusal):
    asked = {
        "logGroupName": lab.group,
        "filterPattern": "%10[.]%",
        "metricTransformations": [
            {"metricName": "M", "metricNamespace": "N", "metricValue": "1"},
        ],
    }
    for number in range(5):
        lab.logs.put_metric_filter(filterName=f"f{number}", **asked)
    lab.logs.put_metric_filter(filterName="f0", **asked)
    lab.logs.put_metric_filter(filterName="plain", **{**asked, "filterPattern": "10"})
    code, message = refusal(lab.logs.put_metric_filter, filterName="f5", **asked)
    assert (code, "5 filters" in message) == ("LimitExceededException", True)


def test_a_regular_expression_counts_what_it_finds(lab):
    pattern = lab.rejects.replace("source,", r"source = %^10\.1\.\d+\.11$%,")
    lab.filter(pattern=pattern)
    lab.write(lab.record(source="10.1.1.10"), lab.record(source="10.1.2.11"))
    lab.minutes(1)
    assert (pattern != lab.rejects, lab.sums()) == (True, {"09:00": 1.0})
