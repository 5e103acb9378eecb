"""
What calls about functions ask for, checked: the parts of a function, or why there can be none.

Source: AWS Lambda API Reference; wording of errors from public bug reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.functions.function import Function, Functions
from labkit.endpoint.functions.package import Package, invalid
from labkit.endpoint.moto_seam.protocols import operation_model, service_model
from labkit.endpoint.moto_seam.stored_objects import content, has_bucket
from labkit.endpoint.operations import AwsError
from labkit.endpoint.query_requests import faults_of
from labkit.endpoint.role_policies import Unsupported, role_of, trusts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.functions.alias import Alias
    from labkit.endpoint.operations import Call

    Given = Mapping[str, Any]

SERVICE: Final = "lambda.amazonaws.com"
"""Whom the trust policy of a function's role has to name."""

LOG_GROUP_PREFIX: Final = "/aws/lambda/"

DEFAULTS: Final[dict[str, Any]] = {"Description": "", "Timeout": 3, "MemorySize": 128}

_FUNCTIONS_ONLY: Final = (
    "This operation is permitted on Lambda functions only. Aliases and versions do not support "
    "this operation. "
)
_LONGEST_TIMEOUT_S: Final = 900
_HARMLESS: Final[dict[str, Any]] = {
    "PackageType": "Zip",
    "TracingConfig": {"Mode": "PassThrough"},
    "SnapStart": {"ApplyOn": "None"},
    "Layers": [],
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
    "FileSystemConfigs": [],
    "DeadLetterConfig": {},
    "ImageConfig": {},
    "KMSKeyArn": "",
    "CodeSigningConfigArn": "",
}
"""Members that are not simulated, with the value that asks for nothing."""

_UNDERSTOOD: Final = frozenset(
    {
        "FunctionName",
        "Runtime",
        "Role",
        "Handler",
        "Code",
        "Description",
        "Publish",
        "Timeout",
        "MemorySize",
        "Environment",
        "Tags",
        "Architectures",
        "EphemeralStorage",
        "LoggingConfig",
        "RevisionId",
    }
)


def found_in(call: Call) -> Function:
    """The function a call names."""
    params = call.params
    find = call.aws.extension(Functions).find
    return find(call.region, params["FunctionName"], params.get("Qualifier"))


def checked(call: Call) -> dict[str, Any]:
    """
    The parameters of a call, if they are such as AWS takes and the lab knows.

    Raises:
        AwsError: They are not; says which.
    """
    model = operation_model("lambda", call.operation)
    given = {name: value for name, value in call.params.items() if value is not None}
    faults = faults_of({**given, "Runtime": None}, model)  # which has words of its own
    if faults:
        raise AwsError("ValidationException", faults, Type="User")
    if given.get("Timeout", 1) > _LONGEST_TIMEOUT_S:
        message = (
            f"1 validation error detected: Value '{given['Timeout']}' at 'timeout' failed to "
            f"satisfy constraint: Member must have value less than or equal to {_LONGEST_TIMEOUT_S}"
        )
        raise AwsError("ValidationException", message, Type="User")
    if call.operation in {"CreateFunction", "UpdateFunctionConfiguration"}:
        _refuse_what_is_not_simulated(given)
    return given


def _refuse_what_is_not_simulated(given: Given) -> None:
    for name, value in given.items():
        if name in _UNDERSTOOD or not value or value == _HARMLESS.get(name):
            continue
        what = f"{name} {value}" if isinstance(value, str) else name
        raise AwsError("NotImplemented", f"Not simulated: {what} of a Lambda function.", 501)


def runtime_in(name: str) -> str:
    """The name of a runtime that can be had here."""
    known = service_model("lambda").shape_for("Runtime").enum
    if name in known and name.startswith("python3."):
        return name
    if name not in known:
        raise invalid(
            f"Value {name} at 'runtime' failed to satisfy constraint: Member must satisfy enum "
            f"value set: [{', '.join(known)}] or be a valid ARN"
        )
    message = f"Not simulated: runtime {name}; those of Python 3 are, with this Python."
    raise AwsError("NotImplemented", message, 501)


def role_in(call: Call, role_arn: str, function_arn: str) -> str:
    """The ARN of a role that Lambda can assume."""
    role = role_of(call.aws, role_arn)
    circumstances = {"aws:sourceaccount": call.account_id, "aws:sourcearn": function_arn}
    try:
        assumable = role is not None and trusts(role, SERVICE, circumstances)
    except Unsupported:
        assumable = False
    if not assumable:
        raise invalid("The role defined for the function cannot be assumed by Lambda.")
    return role_arn


def package_in(call: Call, code: Given) -> Package:
    """The package in a request, or in the bucket it names."""
    if code.get("ZipFile") is not None:
        return Package.of(code["ZipFile"])
    if "S3Bucket" in code and "S3Key" in code:
        return Package.of(_fetched(call, code["S3Bucket"], code["S3Key"]))
    if "ImageUri" in code:
        raise AwsError("NotImplemented", "Not simulated: functions made of images.", 501)
    raise invalid("Please provide a source for function code.")


def _fetched(call: Call, bucket: str, key: str) -> bytes:
    """What an object holds."""
    backend = call.aws.backend("s3")
    found = None
    if not has_bucket(backend, bucket):
        why = "NoSuchBucket. S3 Error Message: The specified bucket does not exist"
    else:
        why = "NoSuchKey. S3 Error Message: The specified key does not exist."
        found = content(backend, bucket, key)
    if found is None:
        raise invalid(f"Error occurred while GetObject. S3 Error Code: {why}")
    return found


def log_group_in(given: Given, name: str) -> str:
    """Where a function's lines are to go."""
    wanted = given.get("LoggingConfig", {})
    if wanted.get("LogFormat", "Text") != "Text":
        raise AwsError("NotImplemented", "Not simulated: LogFormat JSON; Text is.", 501)
    return wanted.get("LogGroup") or f"{LOG_GROUP_PREFIX}{name}"


def refuse_parts(function: Function, why: str = _FUNCTIONS_ONLY) -> Function:
    """
    The function, if it is one, and no version or alias of one.

    Raises:
        AwsError: It is; says what to name.
    """
    if function.invoked_arn != function.arn:
        raise invalid(f"{why}Please specify either a function name or an unqualified function ARN.")
    return function


def same_revision(function: Function, given: Given) -> Function:
    """The function, if it is as the caller last saw it."""
    _check_revision(given, function.revision)
    return function


def same_policy(function: Function, given: Given) -> Function:
    """The function, if its policy is as the caller last saw it."""
    _check_revision(given, function.policy_revision)
    return function


def same_alias(alias: Alias, given: Given) -> Alias:
    """The alias, if it is as the caller last saw it."""
    _check_revision(given, alias.revision)
    return alias


def _check_revision(given: Given, revision: str) -> None:
    if given.get("RevisionId") not in (None, revision):
        raise AwsError(
            "PreconditionFailedException",
            "The RevisionId provided does not match the latest RevisionId for the Lambda function "
            "or alias. Call the GetFunction or the GetAlias API to retrieve the latest RevisionId "
            "for your resource.",
            412,
            Type="User",
        )


def conflict(message: str) -> AwsError:
    """The error for what is there already."""
    return AwsError("ResourceConflictException", message, 409, Type="User")


def missing(message: str) -> AwsError:
    """The error for what is not there."""
    return AwsError("ResourceNotFoundException", message, 404, Type="User")
