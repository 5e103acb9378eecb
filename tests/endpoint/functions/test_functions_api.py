"""Functions are made, changed, shown and opened to callers as Lambda's API does it."""

from __future__ import annotations

import io
import json
import random
import zipfile

import pytest
from botocore.config import Config

from labkit.endpoint.functions.package import Package
from labkit.endpoint.operations import AwsError
from labkit.lab.functions import package

SOURCE = "def handler(e, c):\n    return 1"
NO_FILES = b"PK\5\6" + bytes(18)


def test_a_function_is_pending_when_made_and_active_when_looked_at(functions):
    made = functions.client.create_function(
        FunctionName="f",
        Runtime="python3.12",
        Role=functions.role,
        Handler="function.handler",
        Code={"ZipFile": package(SOURCE)},
        Environment={"Variables": {"A": "b"}},
        Tags={"team": "blue"},
    )
    functions.client.get_waiter("function_active_v2").wait(FunctionName="f")
    shown = functions.client.get_function(FunctionName=made["FunctionArn"])
    found = shown["Configuration"]
    assert ("Pending", "Active") == (made["State"], found["State"])
    assert (3, 128, "$LATEST", {"A": "b"}) == (
        found["Timeout"],
        found["MemorySize"],
        found["Version"],
        found["Environment"]["Variables"],
    )
    assert {"team": "blue"} == shown["Tags"]
    assert "2026-01-05T09:00:00.000+0000" == found["LastModified"]
    assert made["CodeSha256"] == found["CodeSha256"]


def test_code_and_settings_change_apart_and_with_them_the_revision(functions):
    functions.make(SOURCE)
    first = functions.client.get_function_configuration(FunctionName="f")
    functions.client.update_function_configuration(FunctionName="f", Timeout=30, Description="d")
    second = functions.client.get_function_configuration(FunctionName="f")
    functions.client.update_function_code(FunctionName="f", ZipFile=package("x = 1"))
    third = functions.client.get_function_configuration(FunctionName="f")
    functions.client.get_waiter("function_updated_v2").wait(FunctionName="f")
    assert (30, "d") == (third["Timeout"], third["Description"])
    assert first["CodeSha256"] == second["CodeSha256"] != third["CodeSha256"]
    assert 3 == len({each["RevisionId"] for each in (first, second, third)})


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"Code": {"ZipFile": b"no zip"}}, "InvalidParameterValueException", "Could not unzip"),
        ({"Code": {"ZipFile": NO_FILES}}, "InvalidParameterValueException", "non-empty zip"),
        ({"Code": {}}, "InvalidParameterValueException", "provide a source"),
        (
            {"Code": {"S3Bucket": "nowhere", "S3Key": "k"}},
            "InvalidParameterValueException",
            "NoSuchBucket",
        ),
        ({"Runtime": "nodejs22.x"}, "NotImplemented", "those of Python 3 are"),
        ({"Runtime": "cobol"}, "InvalidParameterValueException", "Value cobol at 'runtime'"),
        ({"Role": "arn:aws:iam::123456789012:role/x"}, "InvalidParameterValueException", "assumed"),
        ({"Role": "no role"}, "ValidationException", "at 'role'"),
        ({"Timeout": 901}, "ValidationException", "at 'timeout'"),
        ({"MemorySize": 64}, "ValidationException", "at 'memorySize'"),
        ({"FunctionName": "no name!"}, "ValidationException", "at 'functionName'"),
        (
            {"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:x:1"]},
            "NotImplemented",
            "Not simulated: Layers",
        ),
    ],
)
def test_a_function_that_cannot_be_is_refused(functions, session_on, refusal, changes, code, words):
    given = {
        "FunctionName": "f",
        "Runtime": "python3.12",
        "Role": functions.role,
        "Handler": "function.handler",
        "Code": {"ZipFile": package(SOURCE)},
        **changes,
    }
    unchecked = session_on(functions.aws).client(  # botocore would refuse some of these itself
        "lambda", config=Config(parameter_validation=False)
    )
    got, message = refusal(unchecked.create_function, **given)
    assert code == got
    assert words in message
    assert [] == functions.client.list_functions()["Functions"]


@pytest.mark.parametrize("compression", ["STORED", "DEFLATED", "BZIP2", "LZMA"])
@pytest.mark.filterwarnings("ignore")  # zipfile's own, of names that are there twice
def test_a_damaged_package_is_refused_or_can_be_unpacked(compression, tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", getattr(zipfile, f"ZIP_{compression}")) as archive:
        archive.writestr("index.py", SOURCE * 20)
    chance, refused = random.Random(7), 0  # noqa: S311  no secret
    for number in range(300):
        damaged = bytearray(content.getvalue())
        for _ in range(chance.choice([1, 2, 5])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            Package.of(bytes(damaged)).unpack(tmp_path / str(number))
        except AwsError:
            refused += 1
    assert 100 < refused < 300


def test_code_can_come_from_a_bucket(functions, session_on, refusal):
    s3 = session_on(functions.aws).client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="f.zip", Body=package(SOURCE))
    functions.make("x = 1", Handler="function.handler")
    update = functions.client.update_function_code
    assert "NoSuchKey" in refusal(update, FunctionName="f", S3Bucket="code", S3Key="no.zip")[1]
    update(FunctionName="f", S3Bucket="code", S3Key="f.zip")
    assert 1 == functions.answer()


def test_a_role_that_does_not_trust_lambda_is_refused(functions, refusal):
    role = functions.role_that(name="other", service="ec2")
    functions.make(SOURCE)
    update = functions.client.update_function_configuration
    assert (
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    ) == refusal(update, FunctionName="f", Role=role)


def test_a_name_can_be_taken_once_and_is_free_again_after_deletion(functions, refusal):
    functions.make(SOURCE)
    with pytest.raises(functions.client.exceptions.ResourceConflictException):
        functions.make(SOURCE)
    functions.client.delete_function(FunctionName="f")
    code, message = refusal(functions.client.get_function, FunctionName="f")
    assert ("ResourceNotFoundException", True) == (code, message.endswith(":function:f"))
    functions.make(SOURCE)


def test_permissions_are_added_shown_and_removed(functions, refusal):
    functions.make(SOURCE)
    functions.let_in()
    policy = json.loads(functions.client.get_policy(FunctionName="f")["Policy"])
    assert {
        "Sid": "logs",
        "Effect": "Allow",
        "Principal": {"Service": "logs.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "Condition": {
            "ArnLike": {
                "AWS:SourceArn": "arn:aws:logs:us-east-1:123456789012:log-group:/lab:*",
            }
        },
    } == policy["Statement"][0]
    with pytest.raises(functions.client.exceptions.ResourceConflictException):
        functions.let_in()
    functions.client.remove_permission(FunctionName="f", StatementId="logs")
    assert "ResourceNotFoundException" == refusal(functions.client.get_policy, FunctionName="f")[0]
    remove = functions.client.remove_permission
    assert "ResourceNotFoundException" == refusal(remove, FunctionName="f", StatementId="logs")[0]


def test_functions_are_listed_in_pages_by_name(functions):
    for name in ("c", "a", "b"):
        functions.make(SOURCE, name=name)
    pages = functions.client.get_paginator("list_functions").paginate(
        PaginationConfig={"PageSize": 2}
    )
    names = [each["FunctionName"] for page in pages for each in page["Functions"]]
    assert ["a", "b", "c"] == names


def test_tags_go_on_and_off(functions):
    arn = functions.make(SOURCE)
    functions.client.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
    functions.client.untag_resource(Resource=arn, TagKeys=["a"])
    assert {"b": "2"} == functions.client.list_tags(Resource=arn)["Tags"]


def test_what_is_not_simulated_says_so(functions, refusal):
    functions.make(SOURCE)
    code, message = refusal(
        functions.client.create_function_url_config, FunctionName="f", AuthType="NONE"
    )
    assert "NotImplemented" == code
    assert message.startswith("Not simulated: lambda:CreateFunctionUrlConfig. Simulated are AddPe")


def test_a_published_version_stays_as_it_was(functions, refusal):
    client, named = functions.client, {"FunctionName": "f"}
    older = {"function": "def handler(e, c):\n    return [c.function_version, 'old']"}
    arn = functions.make(older, Handler="function.handler", Publish=True)
    assert arn.endswith(":function:f:1")
    newer = package("def handler(e, c):\n    return [c.invoked_function_arn, 'new']")
    second = client.update_function_code(ZipFile=newer, Publish=True, **named)
    again = client.publish_version(**named)
    assert "2" == second["Version"] == again["Version"], "nothing has changed since"

    assert ["1", "old"] == functions.answer(Qualifier="1")
    assert [arn.removesuffix(":1"), "new"] == functions.answer()
    assert [second["FunctionArn"], "new"] == functions.answer(name=second["FunctionArn"])
    client.update_function_configuration(Timeout=9, **named)
    assert 3 == client.get_function_configuration(Qualifier="2", **named)["Timeout"]
    code, _ = refusal(client.get_function, Qualifier="3", **named)
    assert "ResourceNotFoundException" == code

    def versions():
        pages = client.get_paginator("list_versions_by_function").paginate(
            PaginationConfig={"PageSize": 1}, **named
        )
        return [each["Version"] for page in pages for each in page["Versions"]]

    assert ["$LATEST", "1", "2"] == versions()
    client.delete_function(Qualifier="2", **named)
    assert ["$LATEST", "1"] == versions()
    assert "3" == client.publish_version(**named)["Version"], "no number comes twice"
    client.delete_function(**named)
    assert "ResourceNotFoundException" == refusal(client.invoke, Qualifier="1", **named)[0]


def test_each_version_has_a_policy_of_its_own(functions, refusal):
    functions.make(SOURCE, Publish=True)
    named = {"FunctionName": "f", "Qualifier": "1"}
    granted = functions.client.add_permission(
        StatementId="s", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com", **named
    )
    assert json.loads(granted["Statement"])["Resource"].endswith(":function:f:1")
    assert "s" in functions.client.get_policy(**named)["Policy"]
    code, _ = refusal(functions.client.get_policy, FunctionName="f")
    assert "ResourceNotFoundException" == code


def test_what_tools_ask_of_every_function_has_an_answer(functions, refusal):
    client, arn = functions.client, functions.make(SOURCE)
    named = {"FunctionName": "f"}
    assert "Auto" == client.get_runtime_management_config(**named)["UpdateRuntimeOn"]
    assert "Terminate" == client.get_function_recursion_config(**named)["RecursiveLoop"]
    code, _ = refusal(client.get_function_url_config, **named)
    assert "ResourceNotFoundException" == code

    def chosen():
        return client.list_function_event_invoke_configs(**named)["FunctionEventInvokeConfigs"]

    assert [] == chosen()
    client.put_function_event_invoke_config(MaximumRetryAttempts=1, **named)
    assert [f"{arn}:$LATEST"] == [each["FunctionArn"] for each in chosen()]
