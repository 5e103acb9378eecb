"""Scheduled queries run by themselves, and tell how it went."""

from __future__ import annotations

import pytest

QUERYING = ("logs:StartQuery", "logs:GetQueryResults")


class Scheduling:
    """A log group with an event a minute, and a role that may be asked with."""

    def __init__(self, aws, session, put_role):
        self.clock, self.logs, self.iam = aws.clock, session.client("logs"), session.client("iam")
        self._put_role = put_role
        self.role = self.role_for(*QUERYING)
        self.logs.create_log_group(logGroupName="/g")
        self.logs.create_log_stream(logGroupName="/g", logStreamName="s")

    def role_for(self, *actions):
        """The ARN of the role, which allows these actions from now on."""
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        return self._put_role(self.iam, "r", "logs.amazonaws.com", statement)

    def pass_minutes(self, minutes):
        for _ in range(minutes):
            event = {"timestamp": int(self.clock.now() * 1000), "message": "m"}
            self.logs.put_log_events(logGroupName="/g", logStreamName="s", logEvents=[event])
            self.clock.sleep(60)

    def create(self, **changes):
        given = {
            "name": "count",
            "queryLanguage": "CWLI",
            "queryString": "stats count(*) as n",
            "logGroupIdentifiers": ["/g"],
            "scheduleExpression": "cron(0/5 * * * ? *)",
            "startTimeOffset": 300,
            "executionRoleArn": self.role,
            **changes,
        }
        return self.logs.create_scheduled_query(**given)

    def history(self):
        answer = self.logs.get_scheduled_query_history(
            identifier="count", startTime=0, endTime=int(self.clock.now())
        )
        return answer["triggerHistory"]


@pytest.fixture
def scheduling(aws, session_on, put_role):
    return Scheduling(aws, session_on(aws), put_role)


def test_a_query_runs_at_its_times_over_its_window_and_its_results_can_be_fetched(scheduling):
    scheduling.create()
    began_s = scheduling.clock.now()
    scheduling.pass_minutes(11)
    newest, oldest = scheduling.history()
    assert [began_s + 600, began_s + 300] == [
        each["triggeredTimestamp"] / 1000 for each in (newest, oldest)
    ]
    assert {"Complete"} == {each["executionStatus"] for each in (newest, oldest)}
    results = scheduling.logs.get_query_results(queryId=oldest["queryId"])["results"]
    assert [[{"field": "n", "value": "5"}]] == results


def test_a_query_is_shown_listed_changed_and_deleted(scheduling, refusal):
    made = scheduling.create(description="d", timezone="Europe/Berlin")
    shown = scheduling.logs.get_scheduled_query(identifier=made["scheduledQueryArn"])
    assert ("count", "d", "ENABLED", "Europe/Berlin", 300) == (
        shown["name"],
        shown["description"],
        shown["state"],
        shown["timezone"],
        shown["startTimeOffset"],
    )
    scheduling.logs.update_scheduled_query(
        identifier="count",
        queryLanguage="CWLI",
        queryString="fields @message",
        scheduleExpression="rate(1 hour)",
        executionRoleArn=scheduling.role,
        state="DISABLED",
    )
    scheduling.clock.sleep(7200)
    [listed] = scheduling.logs.list_scheduled_queries()["scheduledQueries"]
    assert ("rate(1 hour)", "DISABLED") == (listed["scheduleExpression"], listed["state"])
    assert [] == scheduling.history()
    scheduling.logs.delete_scheduled_query(identifier="count")
    get = scheduling.logs.get_scheduled_query
    assert "ResourceNotFoundException" == refusal(get, identifier="count")[0]


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"queryString": "nonsense"}, "InvalidQuery", ""),
        ({"logGroupIdentifiers": ["/nowhere"]}, "Failed", "log group does not exist"),
        ({"executionRoleArn": "arn:aws:iam::123456789012:role/x"}, "Failed", "does not exist"),
    ],
)
def test_a_run_that_fails_says_why_and_the_next_one_is_tried(scheduling, changes, status, words):
    scheduling.create(**changes)
    scheduling.clock.sleep(600)
    runs = scheduling.history()
    assert [status, status] == [each["executionStatus"] for each in runs]
    assert words in runs[0]["errorMessage"]


def test_a_role_that_may_not_ask_makes_a_run_fail(scheduling):
    scheduling.create()
    scheduling.role_for("logs:StopQuery", "logs:GetQueryResults")
    scheduling.clock.sleep(300)
    assert "The role r does not allow logs:StartQuery." == scheduling.history()[0]["errorMessage"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scheduleExpression": "cron(0 * * * *)"}, "six fields"),
        ({"timezone": "Mars/Olympus"}, "Invalid timezone"),
        ({"queryLanguage": "SQL"}, "query language SQL"),
        ({"startTimeOffset": 10, "endTimeOffset": 20}, "startTimeOffset"),
        ({"scheduleStartTime": 20, "scheduleEndTime": 10}, "scheduleEndTime"),
        ({"scheduleStartTime": 10**17}, "beyond the year 9999"),
        (
            {
                "destinationConfiguration": {
                    "s3Configuration": {
                        "destinationIdentifier": "s3://bucket/p",
                        "roleArn": "arn:aws:iam::123456789012:role/x",
                    }
                }
            },
            "Not simulated: destinationConfiguration",
        ),
    ],
)
def test_a_query_that_cannot_be_is_refused(scheduling, refusal, changes, words):
    code, message = refusal(scheduling.create, **changes)
    assert "ValidationException" == code
    assert words in message


def test_a_name_can_be_taken_once(scheduling, refusal):
    scheduling.create()
    assert "ConflictException" == refusal(scheduling.create)[0]
