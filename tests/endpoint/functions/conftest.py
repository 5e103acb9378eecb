"""Functions to try, made of source text."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from labkit.endpoint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.endpoint.application import EmbeddedAws

PERMISSIONS = {
    "Effect": "Allow",
    "Action": ["logs:*", "ec2:Describe*", "lambda:*"],
    "Resource": "*",
}


def zipped(**sources: str) -> bytes:
    """A zip file of modules by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, source in sources.items():
            archive.writestr(f"{name}.py", source)
    return content.getvalue()


class Functions:
    """Functions on one application, driven through boto3."""

    def __init__(self, aws: EmbeddedAws, session: Any, put_role: Callable[..., str]) -> None:
        self.aws = aws
        self._put_role = put_role
        self.client, self.logs = session.client("lambda"), session.client("logs")
        self.iam, self.cloudwatch = session.client("iam"), session.client("cloudwatch")
        self.role = self.role_that(PERMISSIONS)

    def role_that(
        self, *permissions: dict[str, Any], name: str = "runner", service: str = "lambda"
    ) -> str:
        """The ARN of a role that a service may assume, and what for."""
        return self._put_role(self.iam, name, f"{service}.amazonaws.com", *permissions)

    def make(self, source: str | dict[str, str], name: str = "f", **more: Any) -> str:
        """The ARN of a new function of one or more modules; its handler is ``index.handler``."""
        settings = {"Runtime": "python3.12", "Role": self.role, "Handler": "index.handler"}
        sources = {"index": source} if isinstance(source, str) else source
        code = {"ZipFile": zipped(**sources)}
        made = self.client.create_function(FunctionName=name, Code=code, **{**settings, **more})
        arn: str = made["FunctionArn"]
        return arn

    def patience(self, seconds: float) -> None:
        """From now on, functions may take so many of the machine's own seconds [s]."""
        self.aws.settings = replace(self.aws.settings, function_patience_s=seconds)

    def answer(self, event: Any = None, name: str = "f", **more: Any) -> Any:
        """What a function answers, or the payload of its error."""
        answer = self.client.invoke(FunctionName=name, Payload=json.dumps(event), **more)
        return json.loads(answer["Payload"].read())

    def lines(self, name: str = "f") -> list[str]:
        """What is in a function's log."""
        found = self.logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        return [event["message"] for event in found]

    def printed(self, name: str = "f") -> list[str]:
        """What it has printed itself."""
        ours = ("START", "END", "REPORT")
        return [line.rstrip("\n") for line in self.lines(name) if not line.startswith(ours)]

    def group(self, name: str = "/lab") -> Callable[..., None]:
        """A function that puts messages into a new log group, all in one stream."""
        self.logs.create_log_group(logGroupName=name)
        self.logs.create_log_stream(logGroupName=name, logStreamName="s")

        def put(*messages: str) -> None:
            now_ms = int(self.aws.clock.now() * 1000)
            events = [{"timestamp": now_ms, "message": message} for message in messages]
            self.logs.put_log_events(logGroupName=name, logStreamName="s", logEvents=events)

        return put

    def let_in(self, group: str = "/lab", name: str = "f") -> None:
        """Let CloudWatch Logs invoke a function for a group."""
        self.client.add_permission(
            FunctionName=name,
            StatementId="logs",
            Action="lambda:InvokeFunction",
            Principal="logs.amazonaws.com",
            SourceArn=f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*",
        )

    def subscribe(
        self, arn: str, group: str = "/lab", pattern: str = "", name: str = "to-f"
    ) -> None:
        """Subscribe a function to a group."""
        self.logs.put_subscription_filter(
            logGroupName=group, filterName=name, filterPattern=pattern, destinationArn=arn
        )


@pytest.fixture
def functions_with(
    new_aws: Callable[..., Any], session_on: Callable[..., Any], put_role: Callable[..., str]
) -> Any:
    """A function: Functions on an application of their own, with clock and settings given."""

    def make(clock: Any = None, **settings: Any) -> Functions:
        chosen = {"run_functions": True, "function_patience_s": 60.0, **settings}
        aws = new_aws(Settings(**chosen), clock)
        return Functions(aws, session_on(aws), put_role)

    return make


@pytest.fixture
def functions(functions_with: Callable[[], Functions]) -> Functions:
    """Functions on an application that runs them."""
    return functions_with()
