"""
Lambda's calls about functions: made, shown, changed, removed.

Source: AWS Lambda API Reference; wording of errors from public bug reports.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.functions.function import LATEST, Function, Functions
from labkit.endpoint.functions.invoking import Runner
from labkit.endpoint.functions.package import invalid
from labkit.endpoint.functions.requests import (
    DEFAULTS,
    checked,
    conflict,
    found_in,
    log_group_in,
    missing,
    package_in,
    refuse_parts,
    role_in,
    runtime_in,
    same_revision,
)
from labkit.endpoint.moto_seam.protocols import new_request_id
from labkit.endpoint.operations import operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.operations import Call

_FUNCTIONS_IN_A_PAGE: Final = 50
_OF_A_VERSION: Final = ("FunctionArn", "Version", "RevisionId")


@operation("lambda", "CreateFunction")
def create_function(call: Call) -> dict[str, Any]:
    """
    The function made, which AWS shows as pending.

    Raises:
        AwsError: A parameter cannot be, or there is a function of that name.
    """
    given = checked(call)
    functions = call.aws.extension(Functions)
    arn = functions.arn(call.region, given["FunctionName"].rsplit(":", 1)[-1])
    name = arn.rsplit(":", 1)[-1]
    if functions.get(arn) is not None:
        raise conflict(f"Function already exist: {name}")
    if "Runtime" not in given or "Handler" not in given:
        raise invalid("Runtime and Handler are mandatory parameters for functions created with Zip")
    package = package_in(call, given["Code"])
    given = {**DEFAULTS, **given}
    made = Function(
        name=name,
        arn=arn,
        runtime=runtime_in(given["Runtime"]),
        role=role_in(call, given["Role"], arn),
        handler=given["Handler"],
        package=package,
        description=given["Description"],
        timeout_s=given["Timeout"],
        memory_mb=given["MemorySize"],
        storage_mb=given.get("EphemeralStorage", {}).get("Size", 512),
        architecture=given.get("Architectures", ["x86_64"])[0],
        environment=given.get("Environment", {}).get("Variables", {}),
        log_group=log_group_in(given, name),
        modified_s=call.aws.clock.now(),
        revision=new_request_id(),
        tags=given.get("Tags", {}),
    )
    functions.keep(made)
    if given.get("Publish"):
        made = _published(call, made)
    pending = {
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
        "LastUpdateStatus": None,
    }
    return _without_none({**made.configuration(), **pending})


@operation("lambda", "UpdateFunctionConfiguration")
def update_function_configuration(call: Call) -> dict[str, Any]:
    """The function with its settings changed; what is not given stays as it is."""
    given = checked(call)
    old = same_revision(found_in(call), given)
    changes: dict[str, Any] = {}
    for member, name in (
        ("Handler", "handler"),
        ("Description", "description"),
        ("Timeout", "timeout_s"),
        ("MemorySize", "memory_mb"),
    ):
        if member in given:
            changes[name] = given[member]
    if "Runtime" in given:
        changes["runtime"] = runtime_in(given["Runtime"])
    if "Role" in given:
        changes["role"] = role_in(call, given["Role"], old.arn)
    if "Environment" in given:
        changes["environment"] = given["Environment"].get("Variables", {})
    if "EphemeralStorage" in given:
        changes["storage_mb"] = given["EphemeralStorage"]["Size"]
    if "LoggingConfig" in given:
        changes["log_group"] = log_group_in(given, old.name)
    return _updated(call, old, **changes)


@operation("lambda", "UpdateFunctionCode")
def update_function_code(call: Call) -> dict[str, Any]:
    """The function with other code; with ``DryRun`` it would only be checked."""
    given = checked(call)
    old = same_revision(found_in(call), given)
    package = package_in(call, given)
    architecture = given.get("Architectures", [old.architecture])[0]
    if given.get("DryRun"):
        return replace(old, package=package, architecture=architecture).configuration()
    updated = _updated(call, old, package=package, architecture=architecture)
    if not given.get("Publish"):
        return updated
    published = _published(call, found_in(call)).configuration()
    return {**updated, **{name: published[name] for name in _OF_A_VERSION}}


@operation("lambda", "PublishVersion")
def publish_version(call: Call) -> dict[str, Any]:
    """The version that the function is published as; the last one, if nothing has changed since."""
    given = checked(call)
    found = same_revision(found_in(call), given)
    if given.get("CodeSha256") not in (None, found.package.sha256):
        raise invalid(
            f"CodeSHA256 ({given['CodeSha256']}) is different from current CodeSHA256 in $LATEST "
            f"({found.package.sha256}). Please try again with the CodeSHA256 in $LATEST."
        )
    return _published(call, found, given.get("Description")).configuration()


@operation("lambda", "GetFunction")
def get_function(call: Call) -> dict[str, Any]:
    """A function, and where its code would be if AWS had it."""
    found = found_in(call)
    location = f"https://awslambda-{call.region}-tasks.s3.{call.region}.amazonaws.com"
    code = {"RepositoryType": "S3", "Location": f"{location}/snapshots/{found.name}"}
    limit = {"ReservedConcurrentExecutions": found.reserved}
    return {
        "Configuration": _shown(call, found),
        "Code": code,
        **({"Tags": dict(found.tags)} if found.tags else {}),
        **({"Concurrency": limit} if found.reserved is not None else {}),
    }


@operation("lambda", "GetFunctionConfiguration")
def get_function_configuration(call: Call) -> dict[str, Any]:
    """A function's settings."""
    return _shown(call, found_in(call))


@operation("lambda", "ListFunctions")
def list_functions(call: Call) -> dict[str, Any]:
    """A page of the functions of a Region, by name."""
    found = list(call.aws.extension(Functions).of_region(call.region))
    marker = call.params.get("Marker", "")
    left = [each for each in found if each.name > marker]
    size = min(int(call.params.get("MaxItems", _FUNCTIONS_IN_A_PAGE)), _FUNCTIONS_IN_A_PAGE)
    page = left[:size]
    follows = {"NextMarker": page[-1].name} if len(left) > size else {}
    return {"Functions": [shown for each in page for shown in _listed(call, each)], **follows}


@operation("lambda", "ListVersionsByFunction")
def list_versions_by_function(call: Call) -> dict[str, Any]:
    """A page of what a function is now, and of the versions published of it."""
    every = call.aws.extension(Functions).versions(found_in(call))
    first = int(call.params.get("Marker", 0))
    last = first + int(call.params.get("MaxItems", _FUNCTIONS_IN_A_PAGE))
    follows = {"NextMarker": str(last)} if last < len(every) else {}
    return {"Versions": [_with_version(each) for each in every[first:last]], **follows}


@operation("lambda", "DeleteFunction")
def delete_function(call: Call) -> dict[str, Any]:
    """
    Nothing: it is gone, or one of its versions; its log group and filters on it stay.

    Raises:
        AwsError: There is no such function, or an alias stands for the version.
    """
    functions, params = call.aws.extension(Functions), call.params
    arn, version = functions.address(call.region, params["FunctionName"], params.get("Qualifier"))
    found = functions.find(call.region, arn)
    gone = functions.versions(found)
    if version is not None:
        _check_version_can_go(functions, found, version)
        gone = [each for each in gone if each.version == version]
    for each in reversed(gone):  # the function itself comes last
        call.aws.extension(Runner).forget(each)
        functions.remove(each)
    return {}


def _check_version_can_go(functions: Functions, function: Function, version: str) -> None:
    if version == LATEST:
        raise invalid(f"{LATEST} version cannot be deleted without deleting the function.")
    if not version.isdecimal():
        raise invalid("Deletion of aliases is not currently supported.")
    names = [each.name for each in functions.aliases(function) if each.version == version]
    if names:
        raise conflict(
            f"Unable to delete version because the following aliases reference it: "
            f"[{', '.join(names)}]"
        )


@operation("lambda", "GetFunctionCodeSigningConfig")
def get_function_code_signing_config(call: Call) -> dict[str, Any]:
    """That there is none, which Terraform asks for."""
    return {"CodeSigningConfigArn": "", "FunctionName": found_in(call).name}


@operation("lambda", "GetFunctionRecursionConfig")
def get_function_recursion_config(call: Call) -> dict[str, Any]:
    """That loops are stopped."""
    found_in(call)
    return {"RecursiveLoop": "Terminate"}


@operation("lambda", "GetRuntimeManagementConfig")
def get_runtime_management_config(call: Call) -> dict[str, Any]:
    """That the runtime is AWS's to keep up to date, as it is unless somebody says otherwise."""
    return {"UpdateRuntimeOn": "Auto", "FunctionArn": found_in(call).arn}


@operation("lambda", "GetFunctionUrlConfig")
def get_function_url_config(call: Call) -> dict[str, Any]:
    """
    Never an answer: no function has an address of its own.

    Raises:
        AwsError: Always, as on AWS for a function without one.
    """
    found_in(call)
    raise missing("The resource you requested does not exist.")


@operation("lambda", "GetAccountSettings")
def get_account_settings(call: Call) -> dict[str, Any]:
    """AWS's usual limits, and what is used of them."""
    found = list(call.aws.extension(Functions).of_region(call.region))
    return {
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": 1000,
            "UnreservedConcurrentExecutions": 1000,
        },
        "AccountUsage": {
            "TotalCodeSize": sum(each.package.size_bytes for each in found),
            "FunctionCount": len(found),
        },
    }


def _shown(call: Call, function: Function) -> dict[str, Any]:
    """The configuration, with the version in the ARN if the caller named one."""
    return _with_version(function) if call.params.get("Qualifier") else function.configuration()


def _listed(call: Call, function: Function) -> list[dict[str, Any]]:
    """A function in a list, with its versions if they are wanted."""
    if call.params.get("FunctionVersion") != "ALL":
        return [function.configuration()]
    return [_with_version(each) for each in call.aws.extension(Functions).versions(function)]


def _with_version(function: Function) -> dict[str, Any]:
    return {**function.configuration(), "FunctionArn": function.qualified_arn}


def _published(call: Call, function: Function, description: str | None = None) -> Function:
    return call.aws.extension(Functions).publish(function, new_request_id(), description)


def _updated(call: Call, old: Function, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  its fields
    refuse_parts(old)
    now_s, revision = call.aws.clock.now(), new_request_id()
    new = replace(old, **changes, modified_s=now_s, revision=revision)
    call.aws.extension(Functions).keep(new)
    call.aws.extension(Runner).forget(old)
    under_way = {
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.",
        "LastUpdateStatusReasonCode": "Creating",
    }
    return {**new.configuration(), **under_way}


def _without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
