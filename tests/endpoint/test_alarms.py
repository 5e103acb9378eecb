"""Alarms over time: when they are evaluated, what they say and do, and what is refused."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml


@pytest.fixture
def lab(monitoring):
    return monitoring


def test_an_alarm_starts_with_insufficient_data_and_is_evaluated_every_minute(lab):
    lab.alarm(TreatMissingData="notBreaching")
    assert (lab.state(), lab.described()["StateReason"]) == (
        "INSUFFICIENT_DATA",
        "Unchecked: Initial alarm creation",
    )
    lab.minutes(1)
    assert lab.state() == "OK"
    lab.put(5)
    lab.aws.clock.sleep(59)
    assert lab.state() == "OK"
    lab.aws.clock.sleep(1)
    assert lab.state() == "ALARM"
    assert lab.history("StateUpdate") == [
        "09:01:00 Alarm updated from INSUFFICIENT_DATA to OK",
        "09:02:00 Alarm updated from OK to ALARM",
    ]


def test_what_happened_while_nobody_looked_has_the_times_at_which_it_happened(lab):
    lab.alarm(TreatMissingData="notBreaching")
    lab.put(5)
    lab.minutes(60)
    assert lab.history("StateUpdate") == [
        "09:01:00 Alarm updated from INSUFFICIENT_DATA to ALARM",
        "09:04:00 Alarm updated from ALARM to OK",
    ]
    assert f"{lab.described()['StateUpdatedTimestamp'].astimezone(UTC):%H:%M:%S}" == "09:04:00"


def test_periods_slide_minute_by_minute(lab):
    lab.alarm(Period=300, Threshold=3, TreatMissingData="notBreaching")
    for _ in range(3):
        lab.put(1)
        lab.minutes(1)
    assert lab.history("StateUpdate")[-1] == "09:03:00 Alarm updated from OK to ALARM"


def test_m_of_n_need_not_follow_one_another(lab):
    lab.alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
    for value in (5, 0, 5):
        assert lab.state() != "ALARM"
        lab.put(value)
        lab.minutes(1)
    assert lab.state() == "ALARM"
    assert lab.described()["StateReason"] == (
        "Threshold Crossed: 2 out of the last 3 datapoints [5.0 (05/01/26 09:02:00), "
        "5.0 (05/01/26 09:00:00)] were greater than or equal to the threshold (1.0) "
        "(minimum 2 datapoints for OK -> ALARM transition)."
    )


def test_an_alarm_of_ten_seconds_is_evaluated_every_ten_seconds(lab):
    lab.alarm(Period=10, TreatMissingData="notBreaching")
    lab.aws.clock.sleep(12)
    lab.put(5, StorageResolution=1)
    lab.aws.clock.sleep(8)
    assert lab.history("StateUpdate")[-1] == "09:00:20 Alarm updated from OK to ALARM"


@pytest.mark.parametrize("period_s", [10, 20, 30])
def test_short_periods_end_where_the_clock_says_so(lab, period_s):
    lab.alarm(Period=period_s, TreatMissingData="notBreaching")
    began = lab.aws.clock.now()
    lab.aws.clock.sleep(period_s + 1)
    lab.put(5, StorageResolution=1)
    lab.aws.clock.sleep(300)
    ends = [datetime.fromtimestamp(began + n * period_s, UTC).time() for n in (1, 2, 5)]
    changes = ("INSUFFICIENT_DATA to OK", "OK to ALARM", "ALARM to OK")
    assert lab.history("StateUpdate") == [
        f"{end} Alarm updated from {change}" for end, change in zip(ends, changes, strict=True)
    ]


# What becomes of an alarm on one period when the data stop after one point, bad or good.
GAPS = [
    (5, "missing", ["09:01:00 ALARM", "09:04:00 INSUFFICIENT_DATA"]),
    (5, "ignore", ["09:01:00 ALARM"]),
    (5, "breaching", ["09:01:00 ALARM"]),
    (5, "notBreaching", ["09:01:00 ALARM", "09:04:00 OK"]),
    (0, "missing", ["09:01:00 OK", "09:04:00 INSUFFICIENT_DATA"]),
    (0, "ignore", ["09:01:00 OK"]),
    (0, "breaching", ["09:01:00 OK", "09:04:00 ALARM"]),
    (0, "notBreaching", ["09:01:00 OK"]),
]


@pytest.mark.parametrize(("value", "treatment", "states"), GAPS)
def test_a_long_gap_counts_as_what_was_chosen_once_no_point_is_in_sight(
    lab, value, treatment, states
):
    lab.alarm(TreatMissingData=treatment)
    lab.put(value)
    lab.minutes(3 * 24 * 60)
    seen = [line.split(" ") for line in lab.history("StateUpdate")]
    assert [f"{words[0]} {words[-1]}" for words in seen] == states


def test_data_that_come_late_decide_m_of_n_at_the_next_evaluation(lab):
    lab.alarm(EvaluationPeriods=3, DatapointsToAlarm=2, TreatMissingData="notBreaching")
    lab.minutes(5)
    for late_s, value, state in ((120, 5, "OK"), (60, 5, "ALARM"), (180, 0, "ALARM")):
        lab.put(value, age_s=late_s)  # of 09:03, of 09:05, and only then of 09:04
        lab.minutes(1)
        assert lab.state() == state
    lab.put(0, age_s=60)
    lab.minutes(1)
    assert lab.state() == "OK"


@pytest.mark.parametrize(
    ("treatment", "state"),
    [
        ("missing", "INSUFFICIENT_DATA"),
        ("ignore", "INSUFFICIENT_DATA"),
        ("breaching", "ALARM"),
        ("notBreaching", "OK"),
    ],
)
def test_a_record_of_silence_is_a_gap_for_an_alarm_on_one_of_its_fields(lab, treatment, state):
    lab.filter(f"[{lab.fields}]", metricValue="$bytes", defaultValue=500)
    lab.alarm(TreatMissingData=treatment, Threshold=100)
    lab.write("2 123456789012 eni-1 - - - - - - - 7 9 - NODATA")
    lab.minutes(2)
    assert lab.state() == state


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ({"Statistic": "SampleCount"}, 4.0),
        ({"Statistic": "Sum"}, 16.0),
        ({"Statistic": "Average"}, 4.0),
        ({"Statistic": "Minimum"}, 1.0),
        ({"Statistic": "Maximum"}, 10.0),
        ({"Statistic": None, "ExtendedStatistic": "p50"}, 2.0),
        ({"Statistic": None, "ExtendedStatistic": "p75.5"}, 10.0),
    ],
)
def test_each_statistic_of_a_period_is_what_is_compared(lab, statistic, value):
    lab.alarm("reaches", **statistic, Threshold=value)
    lab.alarm("exceeds", **statistic, Threshold=value, ComparisonOperator="GreaterThanThreshold")
    lab.put(1, 2, 3, 10)
    lab.minutes(1)
    assert (lab.state("reaches"), lab.state("exceeds")) == ("ALARM", "OK")
    assert f"[{value} {AT}]" in lab.described("reaches")["StateReason"]


AT = "(05/01/26 09:00:00)"
LESS, LESS_OR_EQUAL = "LessThanThreshold", "LessThanOrEqualToThreshold"
REASONS = [
    (
        {"DatapointsToAlarm": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 10},
        [15],
        (
            f"1 out of the last 1 datapoints [15.0 {AT}] was greater than the threshold (10.0) "
            "(minimum 1 datapoint for OK -> ALARM transition)."
        ),
    ),
    (
        {"DatapointsToAlarm": 1, "ComparisonOperator": LESS},
        [2],
        (
            f"1 out of the last 1 datapoints [2.0 {AT}] was not less than the threshold (1.0) "
            "(minimum 1 datapoint for ALARM -> OK transition)."
        ),
    ),
    (
        {"ComparisonOperator": LESS_OR_EQUAL},
        [0],
        f"1 datapoint [0.0 {AT}] was less than or equal to the threshold (1.0).",
    ),
    (
        {"TreatMissingData": "breaching", "EvaluationPeriods": 2},
        [],
        (
            "no datapoints were received for 2 periods and 2 missing datapoints were treated as "
            "[Breaching]."
        ),
    ),
    (
        {"TreatMissingData": "notBreaching"},
        [],
        (
            "no datapoints were received for 1 period and 1 missing datapoint was treated as "
            "[NonBreaching]."
        ),
    ),
    (
        {"TreatMissingData": "notBreaching", "EvaluationPeriods": 20, "DatapointsToAlarm": 1},
        [613],
        (
            f"1 out of the last 20 datapoints [613.0 {AT}] was greater than or equal to the "
            "threshold (1.0) and 19 missing datapoints were treated as [NonBreaching] "
            "(minimum 1 datapoint for OK -> ALARM transition)."
        ),
    ),
    (
        {"TreatMissingData": "breaching", "EvaluationPeriods": 3, "DatapointsToAlarm": 2},
        [0],
        (
            "1 datapoint was received for 3 periods and 2 missing datapoints were treated as "
            "[Breaching]."
        ),
    ),
]


@pytest.mark.parametrize(("settings", "values", "reason"), REASONS)
def test_reasons_are_worded_as_aws_words_them(lab, settings, values, reason):
    lab.alarm(**settings)
    if values:
        lab.put(*values)
    lab.minutes(1)
    assert lab.described()["StateReason"] == f"Threshold Crossed: {reason}"


def test_the_reason_is_there_for_programs_too(lab):
    lab.alarm()
    lab.put(2, 3)
    lab.minutes(1)
    assert json.loads(lab.described()["StateReasonData"]) == {
        "version": "1.0",
        "queryDate": "2026-01-05T09:01:00.000+0000",
        "startDate": "2026-01-05T09:00:00.000+0000",
        "statistic": "Sum",
        "period": 60,
        "recentDatapoints": [5.0],
        "threshold": 1.0,
        "evaluatedDatapoints": [
            {"timestamp": "2026-01-05T09:00:00.000+0000", "sampleCount": 2.0, "value": 5.0}
        ],
    }


def test_a_changed_alarm_keeps_its_state_until_it_is_evaluated(lab):
    lab.alarm()
    lab.put(5)
    lab.minutes(1)
    lab.alarm(Threshold=100)
    assert (lab.state(), lab.described()["Threshold"]) == ("ALARM", 100)
    lab.minutes(1)
    assert lab.state() == "OK"
    assert [each.split(" ", 1)[1] for each in lab.history("ConfigurationUpdate")] == [
        'Alarm "rejects" created',
        'Alarm "rejects" updated',
    ]


def test_a_state_that_was_set_is_put_right_by_the_next_evaluation(lab):
    lab.alarm(TreatMissingData="notBreaching")
    lab.minutes(1)
    lab.cloudwatch.set_alarm_state(AlarmName="rejects", StateValue="ALARM", StateReason="A drill")
    assert (lab.state(), lab.described()["StateReason"]) == ("ALARM", "A drill")
    lab.minutes(1)
    assert lab.state() == "OK"


def test_a_state_set_to_what_it_was_changes_the_reason_and_does_nothing(lab):
    lab.alarm(AlarmActions=[lab.topic()])
    for reason in ("First", "Again"):
        lab.cloudwatch.set_alarm_state(AlarmName="rejects", StateValue="ALARM", StateReason=reason)
    assert lab.described()["StateReason"] == "Again"
    assert len(lab.history("Action")) == 1


def test_actions_that_are_disabled_are_not_taken_and_the_state_changes_all_the_same(lab):
    lab.alarm(AlarmActions=[lab.topic()])
    lab.cloudwatch.disable_alarm_actions(AlarmNames=["rejects", "nobody"])
    lab.put(5)
    lab.minutes(1)
    assert (lab.state(), lab.history("Action")) == ("ALARM", [])
    lab.cloudwatch.enable_alarm_actions(AlarmNames=["rejects"])
    assert lab.described()["ActionsEnabled"] is True


def test_a_topic_that_does_not_exist_is_found_out_when_the_alarm_goes_off(lab):
    topic = "arn:aws:sns:us-east-1:123456789012:nobody"
    lab.alarm(AlarmActions=[topic])
    lab.put(5)
    lab.minutes(1)
    assert lab.history("Action") == [
        f'09:01:00 Failed to execute action {topic}. Received error: "Topic does not exist"'
    ]


def test_an_alarm_on_a_metric_that_does_not_exist_has_insufficient_data_for_ever(lab):
    lab.alarm(MetricName="Nobody")
    lab.minutes(600)
    assert (lab.state(), lab.described()["StateReason"]) == (
        "INSUFFICIENT_DATA",
        "Insufficient Data: 1 datapoint was unknown.",
    )


def test_data_of_the_future_are_seen_when_their_time_has_come(lab):
    lab.alarm(TreatMissingData="notBreaching")
    lab.put(5, age_s=-600)
    lab.minutes(30)
    assert lab.history("StateUpdate")[1:] == [
        "09:11:00 Alarm updated from OK to ALARM",
        "09:14:00 Alarm updated from ALARM to OK",
    ]


def test_a_deleted_alarm_leaves_its_history(lab):
    lab.alarm()
    lab.cloudwatch.delete_alarms(AlarmNames=["rejects", "nobody"])
    assert lab.cloudwatch.describe_alarms()["MetricAlarms"] == []
    assert lab.history() == ['09:00:00 Alarm "rejects" created', '09:00:00 Alarm "rejects" deleted']


def test_alarms_are_found_by_name_state_prefix_action_and_metric(lab):
    topic = lab.topic()
    lab.alarm("one", TreatMissingData="breaching", AlarmActions=[topic])
    lab.alarm("two", MetricName="Other")
    lab.minutes(1)

    def names(**asked: object) -> list[str]:
        found = lab.cloudwatch.describe_alarms(**asked)["MetricAlarms"]
        return [alarm["AlarmName"] for alarm in found]

    assert names(StateValue="ALARM") == names(AlarmNamePrefix="o") == ["one"]
    assert names(ActionPrefix="arn:aws:sns") == ["one"]
    assert (names(MaxRecords=1), names(AlarmTypes=["CompositeAlarm"])) == (["one"], [])
    assert names(ChildrenOfAlarmName="one") == names(ParentsOfAlarmName="one") == []
    of_metric = lab.cloudwatch.describe_alarms_for_metric(MetricName="Other", Namespace="Lab")
    assert [alarm["AlarmName"] for alarm in of_metric["MetricAlarms"]] == ["two"]


def _tags(lab, arn):
    listed = lab.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in listed}


def test_tags_are_kept_and_those_of_an_update_are_not_taken(lab):
    lab.alarm(Tags=[{"Key": "lab", "Value": "labkit"}])
    lab.alarm(Tags=[{"Key": "lab", "Value": "another"}])
    arn = lab.described()["AlarmArn"]
    assert _tags(lab, arn) == {"lab": "labkit"}
    lab.cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "net"}])
    lab.cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["lab"])
    assert _tags(lab, arn) == {"team": "net"}


def test_an_alarm_without_tags_has_none_be_it_called_as_one_that_had(lab):
    lab.alarm(Tags=[{"Key": "lab", "Value": "labkit"}])
    lab.cloudwatch.delete_alarms(AlarmNames=["rejects"])
    lab.alarm()
    arn = lab.described()["AlarmArn"]
    lab.cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["lab"])
    assert _tags(lab, arn) == {}


@pytest.mark.parametrize("place", ["us-east-1:123456789012", "eu-west-1:123456789012"])
def test_tags_of_an_alarm_that_is_not_there_are_refused(lab, refusal, place):
    lab.alarm("other")
    name = "rejects" if place.startswith("us-east-1") else "other"
    asked = {"ResourceARN": f"arn:aws:cloudwatch:{place}:alarm:{name}"}
    tag = {"Key": "lab", "Value": "labkit"}
    for call, more in (
        (lab.cloudwatch.list_tags_for_resource, {}),
        (lab.cloudwatch.tag_resource, {"Tags": [tag]}),
        (lab.cloudwatch.untag_resource, {"TagKeys": ["lab"]}),
    ):
        assert refusal(call, **asked, **more)[0] == "ResourceNotFoundException"


def test_one_metric_may_be_given_as_a_query(lab):
    stat = {
        "Metric": {"Namespace": "Lab", "MetricName": "Rejects"},
        "Period": 60,
        "Stat": "Sum",
    }
    of_query = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    lab.alarm(**of_query, Metrics=[{"Id": "m1", "MetricStat": stat, "ReturnData": True}])
    lab.put(5)
    lab.minutes(1)
    assert lab.state() == "ALARM"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"Period": 45}, "Period must be 10, 20, 30 or a multiple of 60"),
        ({"Period": 1800, "EvaluationPeriods": 49}, "more than a day"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "more than seven days"),
        ({"DatapointsToAlarm": 2}, "less than or equal to EvaluationPeriods"),
        ({"TreatMissingData": "bad"}, "missing, ignore, breaching, notBreaching"),
        ({"Statistic": None}, "Exactly one of Statistic and ExtendedStatistic"),
        ({"Threshold": None}, "Threshold must not be null"),
        ({"ComparisonOperator": None}, "ComparisonOperator must not be null"),
        ({"EvaluationPeriods": None}, "EvaluationPeriods must not be null"),
        ({"EvaluationWindow": {"WallClockWindow": {}}}, "Not simulated: alarms with a WallClock"),
        ({"WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 5}}, "Not simulated"),
        ({"AlarmActions": ["my-topic"]}, "Invalid arn syntax: my-topic"),
        ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "Not simulated"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "needs an anomaly band"),
        ({"MetricName": None}, "needs MetricName"),
    ],
)
def test_an_alarm_that_cannot_be_is_refused_and_none_is_made(lab, refusal, settings, says):
    code, message = refusal(lab.alarm, **settings)
    assert (code, says in message) == ("ValidationError", True), message
    assert lab.cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_what_is_not_simulated_of_alarms_says_so(lab, refusal):
    queries = [{"Id": "e1", "Expression": "m1 * 2"}]
    of_query = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    _, message = refusal(lab.alarm, **of_query, Metrics=queries)
    assert "Not simulated: alarms on math expressions" in message
    composite = lab.cloudwatch.put_composite_alarm
    code, _ = refusal(composite, AlarmName="all", AlarmRule="ALARM(rejects)")
    assert code == "NotImplemented"


def test_setting_the_state_of_nobody_or_to_nothing_is_refused(lab, refusal):
    asked = {"AlarmName": "nobody", "StateValue": "OK", "StateReason": "x"}
    assert refusal(lab.cloudwatch.set_alarm_state, **asked)[0] == "ResourceNotFound"
    lab.alarm()
    asked = {"AlarmName": "rejects", "StateValue": "FINE", "StateReason": "x"}
    assert refusal(lab.cloudwatch.set_alarm_state, **asked)[0] == "ValidationError"
    asked = {"AlarmName": "rejects", "StateValue": "OK", "StateReason": "x"}
    told = refusal(lab.cloudwatch.set_alarm_state, **asked, StateReasonData="{")
    assert told == ("InvalidFormat", "StateReasonData is not JSON.")


def test_a_year_without_data_takes_no_time_and_a_day_of_data_little(lab):
    lab.alarm(TreatMissingData="notBreaching")
    lab.put(5)
    began = time.monotonic()
    lab.aws.clock.sleep(365 * 86_400)
    assert lab.state() == "OK"
    at = datetime.fromtimestamp(lab.aws.clock.now(), UTC)
    assert at.year == 2027
    assert time.monotonic() - began < 5


TABLES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "alarms.yml").read_text())


def test_the_published_tables_hold_for_alarms_and_data_that_were_put(lab):
    treatments = ("missing", "ignore", "breaching", "notBreaching")
    lab.minutes(6)
    expected = {}
    rows = [(table, *row) for table in TABLES for row in table["rows"].items()]
    for number, (table, row, states) in enumerate(rows):
        signs = row.split()
        for age, sign in enumerate(reversed(signs)):
            if sign != "-":
                value = {"MetricName": f"m{number}", "Value": 5 if sign == "X" else 0}
                lab.put(0, age_s=60 * age, **value)
        for treatment, state in zip(treatments, states, strict=True):
            name = f"{number} {treatment}"
            expected[name] = "INSUFFICIENT_DATA" if state == "keep" else state
            lab.alarm(
                name,
                MetricName=f"m{number}",
                EvaluationPeriods=table["periods"],
                DatapointsToAlarm=table["datapoints"],
                TreatMissingData=treatment,
            )
    lab.minutes(1)
    pages = lab.cloudwatch.get_paginator("describe_alarms").paginate()
    found = {
        each["AlarmName"]: each["StateValue"] for page in pages for each in page["MetricAlarms"]
    }
    assert found == expected
