"""Metrics put and read: which data belong together, and which period they fall into."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


@pytest.fixture
def lab(monitoring):
    return monitoring


def test_periods_begin_at_the_start_that_was_asked_for_rounded_down_to_a_minute(lab):
    lab.minutes(10)
    for age_s in (0, 90, 180, 270):
        lab.put(1, age_s=age_s)
    points = lab.statistics(period_s=120, last_s=280)
    assert [(f"{p['Timestamp'].astimezone(UTC):%H:%M}", p["Sum"]) for p in points] == [
        ("09:05", 1),
        ("09:07", 2),
        ("09:09", 1),
    ]


def test_every_statistic_is_of_all_values_of_its_period(lab):
    lab.put(1, 2, 3, 10)
    names = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
    [point] = lab.statistics(*names, ExtendedStatistics=["p50", "p99"])
    assert [point[name] for name in names] == [4, 4, 16, 1, 10]
    assert point["ExtendedStatistics"] == {"p50": 2, "p99": 10}


def test_values_with_counts_and_statistic_sets_add_up(lab):
    summed = {"SampleCount": 2, "Sum": 8, "Minimum": 3, "Maximum": 5}
    lab.cloudwatch.put_metric_data(
        Namespace=lab.namespace,
        MetricData=[
            {"MetricName": lab.metric, "Values": [1, 2], "Counts": [3, 1]},
            {"MetricName": lab.metric, "StatisticValues": summed},
        ],
    )
    [point] = lab.statistics("SampleCount", "Sum", "Minimum", "Maximum")
    assert [point[key] for key in ("SampleCount", "Sum", "Minimum", "Maximum")] == [6, 13, 1, 5]


def test_data_with_other_dimensions_are_another_metric(lab):
    dimensions = [{"Name": "Interface", "Value": "eni-1"}]
    lab.put(1)
    lab.put(5, Dimensions=dimensions)
    assert [p["Sum"] for p in lab.statistics()] == [1]
    assert [p["Sum"] for p in lab.statistics(Dimensions=dimensions)] == [5]
    found = lab.cloudwatch.list_metrics(Dimensions=[{"Name": "Interface"}])["Metrics"]
    assert [metric["Dimensions"] for metric in found] == [dimensions]


def test_units_are_told_apart(lab):
    lab.put(1, Unit="Count")
    lab.put(5, Unit="Bytes")
    assert [(p["Unit"], p["Sum"]) for p in lab.statistics()] == [("Bytes", 5), ("Count", 1)]
    assert [p["Sum"] for p in lab.statistics(Unit="Count")] == [1]


def test_get_metric_data_gives_the_newest_first_unless_asked_otherwise(lab):
    for value in (1, 2, 3):
        lab.put(value)
        lab.minutes(1)
    now_s = lab.aws.clock.now()
    stat = {
        "Metric": {"Namespace": lab.namespace, "MetricName": lab.metric},
        "Period": 60,
        "Stat": "Sum",
    }
    asked = {
        "MetricDataQueries": [{"Id": "m1", "MetricStat": stat}],
        "StartTime": datetime.fromtimestamp(now_s - 600, UTC),
        "EndTime": datetime.fromtimestamp(now_s, UTC),
    }
    [newest_first] = lab.cloudwatch.get_metric_data(**asked)["MetricDataResults"]
    [oldest_first] = lab.cloudwatch.get_metric_data(**asked, ScanBy="TimestampAscending")[
        "MetricDataResults"
    ]
    assert (newest_first["Values"], oldest_first["Values"]) == ([3, 2, 1], [1, 2, 3])
    assert (newest_first["Label"], newest_first["StatusCode"]) == (lab.metric, "Complete")


def test_data_of_high_resolution_keep_their_second(lab):
    lab.aws.clock.sleep(25)
    lab.put(1, StorageResolution=1)
    lab.put(1)
    seconds = [p["Timestamp"].second for p in lab.statistics(period_s=10, last_s=60)]
    assert seconds == [0, 20]


def test_a_metric_is_listed_for_two_weeks_after_its_last_data(lab):
    lab.put(1)
    assert len(lab.cloudwatch.list_metrics()["Metrics"]) == 1
    lab.aws.clock.sleep(15 * 86_400)
    assert lab.cloudwatch.list_metrics()["Metrics"] == []


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ({"period_s": 45}, "InvalidParameterValue", "multiple of 60"),
        ({"last_s": -120}, "InvalidParameterValue", "StartTime must be less"),
        ({"last_s": 2 * 86_400}, "InvalidParameterCombination", "exceeds the limit of 1,440"),
        ({"ExtendedStatistics": ["p100.5"]}, "InvalidParameterValue", "percentiles such as p99"),
        ({"ExtendedStatistics": ["tm99"]}, "InvalidParameterValue", "percentiles such as p99"),
    ],
)
def test_statistics_that_cannot_be_are_refused(lab, refusal, more, code, says):
    found, message = refusal(lab.statistics, **more)
    assert (found, says in message) == (code, True), message


@pytest.mark.parametrize(
    ("datum", "code", "says"),
    [
        ({}, "InvalidParameterCombination", "At least one of"),
        ({"Values": []}, "InvalidParameterCombination", "MetricData.member.1.Values"),
        ({"Value": 1e109}, "InvalidParameterValue", "from -2^360 to 2^360"),
        ({"Values": [1, -1e300]}, "InvalidParameterValue", "from -2^360 to 2^360"),
        ({"Values": [1], "Counts": [1e300]}, "InvalidParameterValue", "from -2^360 to 2^360"),
        (
            {"Value": 1, "Dimensions": [{"Name": "a", "Value": "caf\u00e9"}]},
            "InvalidParameterValue",
            "member.1.Dimensions.member.1.Value must have ASCII",
        ),
        (
            {"Value": 1, "Dimensions": [{"Name": " ", "Value": "b"}]},
            "InvalidParameterValue",
            "Dimensions.member.1.Name must have ASCII",
        ),
        ({"Values": [1], "Counts": [-1]}, "InvalidParameterValue", "must not be negative"),
        (
            {"StatisticValues": {"SampleCount": 1, "Sum": 1e300, "Minimum": 0, "Maximum": 0}},
            "InvalidParameterValue",
            "from -2^360 to 2^360",
        ),
    ],
)
def test_data_that_cannot_be_are_refused(lab, refusal, datum, code, says):
    data = [{"MetricName": lab.metric, **datum}]
    put = lab.cloudwatch.put_metric_data
    found, message = refusal(put, Namespace=lab.namespace, MetricData=data)
    assert (found, says in message, lab.sums()) == (code, True, {}), message


def test_the_largest_values_there_may_be_add_up(lab):
    lab.put(2.0**360, 2.0**360)
    [point] = lab.statistics("Sum", "Average")
    assert (point["Sum"], point["Average"]) == (2.0**361, 2.0**360)


def test_math_is_a_clear_error(lab, refusal):
    now = datetime.fromtimestamp(lab.aws.clock.now(), UTC)
    code, message = refusal(
        lab.cloudwatch.get_metric_data,
        MetricDataQueries=[{"Id": "e1", "Expression": "m1 * 2"}],
        StartTime=now.replace(hour=1),
        EndTime=now,
    )
    assert (code, "Ask for metrics with MetricStat" in message) == ("NotImplemented", True)
