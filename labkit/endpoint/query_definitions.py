"""
Logs Insights queries saved to be run again: query definitions.

Source: Amazon CloudWatch Logs API Reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.insights_api import refuse_other_languages
from labkit.endpoint.insights_store import InsightsStore, SavedQuery
from labkit.endpoint.moto_seam.protocols import new_request_id
from labkit.endpoint.operations import AwsError, operation
from labkit.endpoint.paging import first_of, page_of
from labkit.units import ms

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

_IN_A_PAGE: Final = 1000


@operation("logs", "PutQueryDefinition")
def put_query_definition(call: Call) -> dict[str, Any]:
    """The id of a definition that is now saved; one with an id replaces the definition it names."""
    refuse_other_languages(call)
    saved = _saved(call)
    definition_id = call.params.get("queryDefinitionId")
    if definition_id is not None and definition_id not in saved:
        raise _unknown(definition_id)
    definition = SavedQuery(
        definition_id or new_request_id(),
        call.params["name"],
        call.params["queryString"],
        tuple(call.params.get("logGroupNames", ())),
        tuple(call.params.get("parameters", ())),
        ms(call.aws.clock.now()),
    )
    saved[definition.definition_id] = definition
    return {"queryDefinitionId": definition.definition_id}


@operation("logs", "DescribeQueryDefinitions")
def describe_query_definitions(call: Call) -> dict[str, Any]:
    """A page of the saved definitions, by name."""
    refuse_other_languages(call)
    prefix = call.params.get("queryDefinitionNamePrefix", "")
    found = [each for each in _saved(call).values() if each.name.startswith(prefix)]
    found.sort(key=lambda each: (each.name, each.definition_id))
    size = call.params.get("maxResults", _IN_A_PAGE)
    shown, token = page_of(found, first_of(call), size)
    return {"queryDefinitions": [each.described() for each in shown], **token}


@operation("logs", "DeleteQueryDefinition")
def delete_query_definition(call: Call) -> dict[str, Any]:
    """Whether the definition is gone."""
    definition_id = call.params["queryDefinitionId"]
    if _saved(call).pop(definition_id, None) is None:
        raise _unknown(definition_id)
    return {"success": True}


def _saved(call: Call) -> dict[str, SavedQuery]:
    return call.aws.extension(InsightsStore).of(call.region).saved


def _unknown(definition_id: str) -> AwsError:
    message = f"Query definition {definition_id} does not exist."
    return AwsError("ResourceNotFoundException", message)
