"""
The door by which a function calls back: as its role, which has to allow what it asks for.

What a role allows is looked up by action; resources and conditions are not.

Source: IAM User Guide, "Policy evaluation logic"; Service Authorization
Reference, for actions that go by another name than their operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.endpoint.addressing import address_of
from labkit.endpoint.callers import AssumedRole, calling_as
from labkit.endpoint.in_process import Door, parts_of, sent_back
from labkit.endpoint.operations import AwsError
from labkit.endpoint.role_policies import Unsupported, allows_somewhere, role_of
from labkit.endpoint.wire import Request

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.functions.function import Function
    from labkit.endpoint.functions.sandbox import Sandbox
    from labkit.endpoint.in_process import Parts
    from labkit.endpoint.wire import Response

ALWAYS_ALLOWED: Final = frozenset({"sts:GetCallerIdentity"})

ACTIONS: Final = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "sns:PublishBatch": "sns:Publish",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
"""Actions whose names are not those of their operations."""

_CODES: Final = {
    "ec2": "UnauthorizedOperation",
    "iam": "AccessDenied",
    "s3": "AccessDenied",
    "sns": "AuthorizationError",
    "sts": "AccessDenied",
}


class RoleDoor(Door):
    """
    A door for one function.

    Args:
        aws: The application.
        function: The function that calls back.
        sandbox: Where it runs.
    """

    def __init__(self, aws: EmbeddedAws, function: Function, sandbox: Sandbox) -> None:
        super().__init__(aws)
        self._function = function
        self._caller = AssumedRole(function.role, function.name)
        self._sandbox = sandbox

    def answer(self, request: AWSPreparedRequest, **more: object) -> AWSResponse:
        """The application's answer, or a refusal if the role does not allow the call."""
        parts = parts_of(request)
        action = self._action(parts, str(more.get("event_name", "")))
        response = self._sandbox.call_back(lambda: self._answered(parts, action))
        return sent_back(request, response)

    def _answered(self, parts: Parts, action: str) -> Response:
        if not self._may(action):
            return self.aws.refuse(*parts, self._denied(action))
        with calling_as(self._caller):
            return self.aws.handle(*parts)

    def _action(self, parts: Parts, event_name: str) -> str:
        lowered = {name.lower(): value for name, value in parts[2].items()}
        request = Request(parts[0], parts[1], lowered, parts[3])
        address = address_of(request, self.aws.settings.region)
        service = address.service if address else "unknown"
        named = f"{service}:{event_name.rsplit('.', 1)[-1]}"
        return ACTIONS.get(named, named)

    def _may(self, action: str) -> bool:
        if action in ALWAYS_ALLOWED:
            return True
        with self.aws.active("GetRole"):
            role = role_of(self.aws, self._function.role)
            try:
                return role is not None and allows_somewhere(role, action)
            except Unsupported:
                return False

    def _denied(self, action: str) -> AwsError:
        message = (
            f"User: {self._caller.arn} is not authorized to perform: {action} because "
            f"no identity-based policy allows the {action} action"
        )
        service = action.split(":", maxsplit=1)[0]
        if service == "ec2":
            message = f"You are not authorized to perform this operation. {message}"
        return AwsError(_CODES.get(service, "AccessDeniedException"), message, 403)
