"""An alias is a name for a version: called by it, opened by it, and moved without the callers."""

from __future__ import annotations

import json

import pytest

from labkit.lab.functions import package

WHICH = "def handler(e, c):\n    print(e)\n    return [c.invoked_function_arn, c.function_version]"
NAMED = {"FunctionName": "f"}
LIVE = {**NAMED, "Name": "live"}


@pytest.fixture
def arn(functions):
    """ARN of a function with versions 1 and 2; ``live`` stands for 1."""
    found = functions.make(WHICH, Publish=True).removesuffix(":1")
    functions.client.update_function_configuration(Timeout=9, **NAMED)
    functions.client.publish_version(**NAMED)
    functions.client.create_alias(FunctionVersion="1", Description="for all", **LIVE)
    return found


def _versions(functions, **wanted):
    pages = functions.client.get_paginator("list_aliases").paginate(
        PaginationConfig={"PageSize": 1}, **NAMED, **wanted
    )
    return {each["Name"]: each["FunctionVersion"] for page in pages for each in page["Aliases"]}


def test_an_alias_is_made_shown_moved_listed_and_deleted(functions, arn, refusal):
    client = functions.client
    first = client.get_alias(**LIVE)
    assert (f"{arn}:live", "1", "for all") == (
        first["AliasArn"],
        first["FunctionVersion"],
        first["Description"],
    )
    client.update_alias(FunctionVersion="2", RevisionId=first["RevisionId"], **LIVE)
    code, _ = refusal(client.update_alias, RevisionId=first["RevisionId"], **LIVE)
    assert "PreconditionFailedException" == code
    assert "for all" == client.get_alias(**LIVE)["Description"]
    client.create_alias(Name="beta", FunctionVersion="$LATEST", **NAMED)
    assert {"beta": "$LATEST", "live": "2"} == _versions(functions)
    assert {"live": "2"} == _versions(functions, FunctionVersion="2")
    client.delete_alias(**LIVE)
    client.delete_alias(**LIVE)
    assert ("ResourceNotFoundException", f"Cannot find alias arn: {arn}:live") == refusal(
        client.get_alias, **LIVE
    )


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"Name": "live"}, "ResourceConflictException", "Alias already exists: arn:aws:lambda:"),
        ({"FunctionVersion": "7"}, "ResourceNotFoundException", "function:f:7"),
        ({"Name": "12"}, "ValidationException", "at 'name'"),
        (
            {"RoutingConfig": {"AdditionalVersionWeights": {"2": 0.1}}},
            "NotImplemented",
            "Not simulated: RoutingConfig",
        ),
    ],
)
@pytest.mark.usefixtures("arn")
def test_an_alias_that_cannot_be_is_refused(functions, refusal, changes, code, words):
    given = {**NAMED, "Name": "new", "FunctionVersion": "1", **changes}
    got, message = refusal(functions.client.create_alias, **given)
    assert code == got
    assert words in message
    assert {"live": "1"} == _versions(functions)


def test_who_invokes_an_alias_invokes_its_version_and_the_function_sees_the_alias(functions, arn):
    live = f"{arn}:live"
    assert [live, "1"] == functions.answer(Qualifier="live")
    assert [live, "1"] == functions.answer(name="f:live")
    functions.client.update_alias(FunctionVersion="2", **LIVE)
    answer = functions.client.invoke(FunctionName=live)
    assert "2" == answer["ExecutedVersion"]
    assert [live, "2"] == json.loads(answer["Payload"].read())
    shown = functions.client.get_function_configuration(Qualifier="live", **NAMED)
    assert (live, "2", 9) == (
        shown["FunctionArn"],
        shown["Version"],
        shown["Timeout"],
    )


def test_an_event_for_an_alias_is_tried_as_often_as_was_chosen_for_it(functions, arn):
    client = functions.client
    client.update_function_code(
        ZipFile=package("def handler(e, c):\n    print('tried')\n    raise ValueError"),
        Publish=True,
        **NAMED,
    )
    client.update_function_configuration(Handler="function.handler", **NAMED)
    version = client.publish_version(**NAMED)["Version"]
    client.update_alias(FunctionVersion=version, **LIVE)
    client.put_function_event_invoke_config(Qualifier="live", MaximumRetryAttempts=0, **NAMED)
    client.invoke(Qualifier="live", InvocationType="Event", **NAMED)
    functions.aws.clock.sleep(1000)
    assert 1 == functions.printed().count("tried")
    chosen = client.list_function_event_invoke_configs(**NAMED)["FunctionEventInvokeConfigs"]
    assert [f"{arn}:live"] == [each["FunctionArn"] for each in chosen]


def test_logs_reach_an_alias_if_it_lets_them_in_itself(functions, arn, refusal):
    put = functions.group()
    functions.let_in()
    given = {"logGroupName": "/lab", "filterName": "n", "filterPattern": ""}
    subscribe = functions.logs.put_subscription_filter
    code, _ = refusal(subscribe, destinationArn=f"{arn}:live", **given)
    assert "InvalidParameterException" == code
    functions.let_in(name="f:live")
    policy = json.loads(functions.client.get_policy(Qualifier="live", **NAMED)["Policy"])
    assert [f"{arn}:live"] == [each["Resource"] for each in policy["Statement"]]
    subscribe(destinationArn=f"{arn}:live", **given)
    put("one")
    assert ["{'awslogs'"] == [line.split(":")[0] for line in functions.printed()]
    assert "Version: 1" in functions.lines()[0]


def test_a_topic_calls_an_alias_that_lets_it_in(functions, arn, session_on):
    sns = session_on(functions.aws).client("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=f"{arn}:live")
    sns.publish(TopicArn=topic, Message="to nobody")
    functions.client.add_permission(
        Qualifier="live",
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic,
        **NAMED,
    )
    sns.publish(TopicArn=topic, Message="to all")
    [told] = functions.printed()
    assert "'to all'" in told


def test_a_version_stays_as_long_as_an_alias_stands_for_it(functions, arn, refusal):
    delete = functions.client.delete_function
    assert (
        "ResourceConflictException",
        "Unable to delete version because the following aliases reference it: [live]",
    ) == refusal(delete, Qualifier="1", **NAMED)
    for kept in ("live", "$LATEST"):
        code, _ = refusal(delete, Qualifier=kept, **NAMED)
        assert "InvalidParameterValueException" == code
    delete(Qualifier="9", **NAMED)
    functions.client.update_alias(FunctionVersion="2", **LIVE)
    delete(Qualifier="1", **NAMED)
    assert [f"{arn}:live", "2"] == functions.answer(Qualifier="live")
    delete(**NAMED)
    functions.make(WHICH)
    assert {} == _versions(functions)


def test_what_belongs_to_the_function_cannot_be_changed_by_an_alias(functions, refusal, arn):
    client = functions.client
    for call, given in (
        (client.update_function_configuration, {"FunctionName": "f:live", "Timeout": 5}),
        (
            client.put_function_concurrency,
            {"FunctionName": "f:1", "ReservedConcurrentExecutions": 0},
        ),
        (client.tag_resource, {"Resource": f"{arn}:live", "Tags": {"a": "1"}}),
    ):
        code, message = refusal(call, **given)
        assert "InvalidParameterValueException" == code
        assert message.endswith("an unqualified function ARN.")
