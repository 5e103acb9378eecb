"""
Lambda's calls about aliases.

All invocations of an alias go to one version: shares of them for a second one are
refused, since which event goes where is chance.

Source: AWS Lambda API Reference; wording of errors from public bug reports.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.functions.alias import Alias
from labkit.endpoint.functions.function import Function, Functions
from labkit.endpoint.functions.requests import checked, conflict, found_in, missing, same_alias
from labkit.endpoint.moto_seam.protocols import new_request_id
from labkit.endpoint.operations import AwsError, operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

_IN_A_PAGE: Final = 50


@operation("lambda", "CreateAlias")
def create_alias(call: Call) -> dict[str, Any]:
    """
    The alias made.

    Raises:
        AwsError: There is one of that name, or no such version.
    """
    given, function = _checked(call), found_in(call)
    version = _version(call, function, given["FunctionVersion"])
    made = Alias(
        name=given["Name"],
        function_arn=function.arn,
        version=version.version,
        description=given.get("Description", ""),
        revision=new_request_id(),
    )
    functions = call.aws.extension(Functions)
    if any(each.name == made.name for each in functions.aliases(function)):
        raise conflict(f"Alias already exists: {made.arn}")
    functions.keep_alias(made)
    return made.configuration()


@operation("lambda", "GetAlias")
def get_alias(call: Call) -> dict[str, Any]:
    """An alias."""
    return _found(call, "Cannot find alias arn").configuration()


@operation("lambda", "ListAliases")
def list_aliases(call: Call) -> dict[str, Any]:
    """A page of the aliases of a function, or of one of its versions, by name."""
    function, wanted = found_in(call), call.params.get("FunctionVersion")
    marker = call.params.get("Marker", "")
    left = [
        each
        for each in call.aws.extension(Functions).aliases(function)
        if each.name > marker and wanted in (None, each.version)
    ]
    size = min(int(call.params.get("MaxItems", _IN_A_PAGE)), _IN_A_PAGE)
    follows = {"NextMarker": left[size - 1].name} if len(left) > size else {}
    return {"Aliases": [each.configuration() for each in left[:size]], **follows}


@operation("lambda", "UpdateAlias")
def update_alias(call: Call) -> dict[str, Any]:
    """The alias changed: from now on, who invokes it invokes another version."""
    given = _checked(call)
    old = same_alias(_found(call, "Alias not found"), given)
    version = _version(call, found_in(call), given.get("FunctionVersion", old.version))
    description = given.get("Description", old.description)
    new = replace(old, version=version.version, description=description, revision=new_request_id())
    call.aws.extension(Functions).keep_alias(new)
    return new.configuration()


@operation("lambda", "DeleteAlias")
def delete_alias(call: Call) -> dict[str, Any]:
    """Nothing: the alias is gone, if there was one; its version stays."""
    call.aws.extension(Functions).remove_alias(found_in(call), call.params["Name"])
    return {}


def _checked(call: Call) -> dict[str, Any]:
    given = checked(call)
    if given.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
        message = "Not simulated: RoutingConfig of an alias; all go to its FunctionVersion."
        raise AwsError("NotImplemented", message, 501)
    return given


def _version(call: Call, function: Function, version: str) -> Function:
    return call.aws.extension(Functions).find(call.region, function.arn, version)


def _found(call: Call, otherwise: str) -> Alias:
    function, name = found_in(call), call.params["Name"]
    for each in call.aws.extension(Functions).aliases(function):
        if each.name == name:
            return each
    raise missing(f"{otherwise}: {function.arn}:{name}")
