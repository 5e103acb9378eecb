"""
Lambda's calls about who may invoke functions, how many at once, and tags.

Source: AWS Lambda API Reference; wording of errors from public bug reports.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.functions.function import Function, Functions
from labkit.endpoint.functions.permissions import statement
from labkit.endpoint.functions.requests import (
    checked,
    conflict,
    found_in,
    missing,
    refuse_parts,
    same_policy,
)
from labkit.endpoint.moto_seam.protocols import new_request_id
from labkit.endpoint.operations import AwsError, operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.operations import Call

MOST_RETRIES: Final = 2
"""How often an event that fails is tried again, unless less is chosen."""


@operation("lambda", "AddPermission")
def add_permission(call: Call) -> dict[str, Any]:
    """The statement added to the function's policy."""
    given = checked(call)
    found = same_policy(found_in(call), given)
    sid = given["StatementId"]
    if sid in found.policy:
        raise conflict(
            f"The statement id ({sid}) provided already exists. Please provide a new statement "
            "id, or remove the existing statement."
        )
    added = statement(given, found.invoked_arn)
    _keep_policy(call, found, {**found.policy, sid: added})
    return {"Statement": json.dumps(added, separators=(",", ":"))}


@operation("lambda", "RemovePermission")
def remove_permission(call: Call) -> dict[str, Any]:
    """Nothing: the statement is gone."""
    found = same_policy(found_in(call), call.params)
    sid = call.params["StatementId"]
    if not found.policy:
        raise missing("No policy is associated with the given resource.")
    if sid not in found.policy:
        raise missing(f"Statement {sid} is not found in resource policy.")
    kept = {name: each for name, each in found.policy.items() if name != sid}
    _keep_policy(call, found, kept)
    return {}


@operation("lambda", "GetPolicy")
def get_policy(call: Call) -> dict[str, Any]:
    """The function's policy as a JSON text."""
    found = found_in(call)
    if not found.policy:
        raise missing("The resource you requested does not exist.")
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": list(found.policy.values())}
    text = json.dumps(policy, separators=(",", ":"))
    return {"Policy": text, "RevisionId": found.policy_revision}


@operation("lambda", "PutFunctionConcurrency")
def put_function_concurrency(call: Call) -> dict[str, Any]:
    """How many may run at once; 0 stops a function that has to be stopped."""
    reserved = int(checked(call)["ReservedConcurrentExecutions"])
    call.aws.extension(Functions).keep(replace(refuse_parts(found_in(call)), reserved=reserved))
    return {"ReservedConcurrentExecutions": reserved}


@operation("lambda", "GetFunctionConcurrency")
def get_function_concurrency(call: Call) -> dict[str, Any]:
    """How many may run at once, if that is limited."""
    reserved = found_in(call).reserved
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}


@operation("lambda", "DeleteFunctionConcurrency")
def delete_function_concurrency(call: Call) -> dict[str, Any]:
    """Nothing: how many may run at once is not limited any more."""
    call.aws.extension(Functions).keep(replace(refuse_parts(found_in(call)), reserved=None))
    return {}


@operation("lambda", "PutFunctionEventInvokeConfig")
def put_function_event_invoke_config(call: Call) -> dict[str, Any]:
    """How often an event that fails is tried again."""
    given, found = checked(call), found_in(call)
    if given.get("DestinationConfig") or "MaximumEventAgeInSeconds" in given:
        message = "Not simulated: DestinationConfig and MaximumEventAgeInSeconds; retries are."
        raise AwsError("NotImplemented", message, 501)
    retries, now_s = given.get("MaximumRetryAttempts", MOST_RETRIES), call.aws.clock.now()
    kept = replace(found, retries=retries, retries_set_s=now_s)
    call.aws.extension(Functions).keep(kept)
    return _event_invoke_config(kept)


operation("lambda", "UpdateFunctionEventInvokeConfig")(put_function_event_invoke_config)


@operation("lambda", "GetFunctionEventInvokeConfig")
def get_function_event_invoke_config(call: Call) -> dict[str, Any]:
    """What was chosen, if anything was."""
    return _event_invoke_config(_configured(call))


@operation("lambda", "ListFunctionEventInvokeConfigs")
def list_function_event_invoke_configs(call: Call) -> dict[str, Any]:
    """What was chosen for a function, for its versions and for its aliases."""
    found, functions = found_in(call), call.aws.extension(Functions)
    aliased = [functions.find(call.region, each.arn) for each in functions.aliases(found)]
    every = [*functions.versions(found), *aliased]
    chosen = [_event_invoke_config(each) for each in every if each.retries is not None]
    return {"FunctionEventInvokeConfigs": chosen}


@operation("lambda", "DeleteFunctionEventInvokeConfig")
def delete_function_event_invoke_config(call: Call) -> dict[str, Any]:
    """Nothing: it is as it was at first."""
    call.aws.extension(Functions).keep(replace(_configured(call), retries=None))
    return {}


def _configured(call: Call) -> Function:
    found = found_in(call)
    if found.retries is None:
        raise missing(f"The function {found.arn} doesn't have an EventInvokeConfig")
    return found


def _event_invoke_config(function: Function) -> dict[str, Any]:
    return {
        "LastModified": function.retries_set_s,
        "FunctionArn": function.qualified_arn,
        "MaximumRetryAttempts": function.retries,
    }


@operation("lambda", "ListTags")
def list_tags(call: Call) -> dict[str, Any]:
    """A function's tags."""
    return {"Tags": dict(tagged_in(call).tags)}


@operation("lambda", "TagResource")
def tag_resource(call: Call) -> dict[str, Any]:
    """Nothing: the tags are on."""
    found = tagged_in(call)
    tags = {**found.tags, **call.params["Tags"]}
    call.aws.extension(Functions).keep(replace(found, tags=tags))
    return {}


@operation("lambda", "UntagResource")
def untag_resource(call: Call) -> dict[str, Any]:
    """Nothing: the tags are off."""
    found = tagged_in(call)
    off = set(call.params["TagKeys"])
    tags = {name: value for name, value in found.tags.items() if name not in off}
    call.aws.extension(Functions).keep(replace(found, tags=tags))
    return {}


def tagged_in(call: Call) -> Function:
    found = call.aws.extension(Functions).find(call.region, call.params["Resource"])
    return refuse_parts(found, "Tags on function aliases and versions are not supported. ")


def _keep_policy(call: Call, function: Function, policy: Mapping[str, Mapping[str, Any]]) -> None:
    kept = replace(function, policy=policy, policy_revision=new_request_id())
    call.aws.extension(Functions).keep(kept)
