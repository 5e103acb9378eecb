"""
Reachability Analyzer: paths that were asked for, and analyses of the network as it stands.

What an analysis finds is ``labkit.network.reachability``'s to say; here is what
AWS asks and answers around it. ICMP is an addition of the lab's: AWS's analyzer
knows TCP and UDP, so it cannot be asked why a ping fails.

Source: Amazon EC2 API Reference, CreateNetworkInsightsPath and its neighbours;
error codes that the Terraform provider for AWS handles.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.ids import found
from labkit.endpoint.moto_seam.corrections.resource_ids import new_id
from labkit.endpoint.network_insights import InRegion, NetworkInsights, StoredAnalysis, StoredPath
from labkit.endpoint.network_insights_ends import id_of, question
from labkit.endpoint.network_insights_shapes import Naming, shown
from labkit.endpoint.operations import AwsError, before, operation
from labkit.endpoint.snapshot import Snapshots
from labkit.endpoint.tag_specifications import tags_for
from labkit.errors import TopologyError
from labkit.network.reachability import Analysis, analyze, filtered
from labkit.units import utc

if TYPE_CHECKING:
    from datetime import datetime

    from labkit.endpoint.operations import Call, Params

_PATH: Final = "network-insights-path"
_ANALYSIS: Final = "network-insights-analysis"
_ECHOED: Final = (
    *("SourceIp", "DestinationIp", "DestinationPort"),
    *("FilterAtSource", "FilterAtDestination"),
)
_ICMP_NOTE: Final = "ICMP is an addition of the lab's: AWS's analyzer knows TCP and UDP only."


@operation("ec2", "CreateNetworkInsightsPath")
def create_path(call: Call) -> dict[str, Any]:
    """A new path to analyze."""
    path_id = new_id("nip")
    made = StoredPath(path_id, call.aws.clock.now(), dict(call.params), question(call))
    _here(call).paths[path_id] = made
    _tag(call, path_id, _PATH)
    return {"NetworkInsightsPath": _shown_path(call, made)}


@operation("ec2", "DescribeNetworkInsightsPaths")
def describe_paths(call: Call) -> dict[str, Any]:
    """The paths asked for, oldest first."""
    asked = call.params.get("NetworkInsightsPathIds", [])
    stored = _known(_here(call).paths, "nip", asked)
    return {"NetworkInsightsPaths": [_shown_path(call, each) for each in stored]}


@operation("ec2", "DeleteNetworkInsightsPath")
def delete_path(call: Call) -> dict[str, Any]:
    """The id of a path that is gone; it may have no analyses."""
    here, path_id = _here(call), call.params["NetworkInsightsPathId"]
    found("nip", path_id, here.paths)
    left = [each.analysis_id for each in here.analyses.values() if each.path_id == path_id]
    if left:
        raise AwsError(
            "AnalysisExistsForNetworkInsightsPath",
            f"The network insights path '{path_id}' has analyses and cannot be deleted: "
            f"{', '.join(left)}",
        )
    del here.paths[path_id]
    _forget(call, path_id)
    return {"NetworkInsightsPathId": path_id}


@operation("ec2", "StartNetworkInsightsAnalysis")
def start_analysis(call: Call) -> dict[str, Any]:
    """An analysis of a path in the network as it stands, which is still running."""
    analysis_id = new_id("nia")
    path = found("nip", call.params["NetworkInsightsPathId"], _here(call).paths)
    started = StoredAnalysis(
        analysis_id, path.path_id, call.aws.clock.now(), dict(call.params), _result(call, path)
    )
    _here(call).analyses[analysis_id] = started
    _tag(call, analysis_id, _ANALYSIS)
    return {"NetworkInsightsAnalysis": {**_head(call, started), "Status": "running"}}


@operation("ec2", "DescribeNetworkInsightsAnalyses")
def describe_analyses(call: Call) -> dict[str, Any]:
    """The analyses asked for with what they found, oldest first."""
    params, here = call.params, _here(call)
    stored = _known(here.analyses, "nia", params.get("NetworkInsightsAnalysisIds", []))
    path_id = params.get("NetworkInsightsPathId")
    if path_id:
        found("nip", path_id, here.paths)
    of_path = [each for each in stored if path_id in (None, "", each.path_id)]
    since_s, until_s = _unix_s(params, "AnalysisStartTime"), _unix_s(params, "AnalysisEndTime")
    return {
        "NetworkInsightsAnalyses": [
            {**_head(call, each), **each.result}
            for each in of_path
            if (since_s is None or each.started_s >= since_s)
            and (until_s is None or each.started_s <= until_s)
        ]
    }


def _unix_s(params: Params, name: str) -> float | None:
    """A time given, which the parser leaves without its zone, UTC [Unix s]."""
    at: datetime | None = params.get(name)
    return None if at is None else at.replace(tzinfo=UTC).timestamp()


@operation("ec2", "DeleteNetworkInsightsAnalysis")
def delete_analysis(call: Call) -> dict[str, Any]:
    """The id of an analysis that is gone."""
    analysis_id = call.params["NetworkInsightsAnalysisId"]
    found("nia", analysis_id, _here(call).analyses)
    del _here(call).analyses[analysis_id]
    _forget(call, analysis_id)
    return {"NetworkInsightsAnalysisId": analysis_id}


@before("ec2", "*NetworkInsightsAccessScope*")
def refuse_access_scopes(call: Call) -> None:
    """Say that Network Access Analyzer is not there, and what is."""
    raise AwsError(
        "NotImplemented",
        f"Not simulated: {call.operation}, of Network Access Analyzer. Of Reachability Analyzer "
        "there are CreateNetworkInsightsPath, StartNetworkInsightsAnalysis and what belongs to "
        "them.",
        501,
    )


@before("ec2", "CreateTags")
def check_tagged(call: Call) -> None:
    """Refuse to tag paths and analyses that are not there."""
    here = _here(call)
    for resource_id in call.params.get("Resources", []):
        for prefix, known in (("nip", here.paths), ("nia", here.analyses)):
            if resource_id.startswith(f"{prefix}-"):
                found(prefix, resource_id, known)


def _here(call: Call) -> InRegion:
    return call.aws.extension(NetworkInsights).of(call.region)


def _known(stored: dict[str, Any], prefix: str, asked: list[str]) -> list[Any]:
    """Those of *stored* that are asked for, or all if none are."""
    for each in asked:
        found(prefix, each, stored)
    return [value for each, value in stored.items() if not asked or each in asked]


# Tags.


def _tag(call: Call, resource_id: str, kind: str) -> None:
    call.backend.create_tags([resource_id], tags_for(kind, call.params))


def _forget(call: Call, resource_id: str) -> None:
    call.backend.tags.pop(resource_id, None)


def _tags(call: Call, resource_id: str) -> list[dict[str, str]]:
    tags = call.backend.tags.get(resource_id, {})
    return [{"Key": key, "Value": value} for key, value in tags.items()]


# What is shown.


def _naming(call: Call) -> Naming:
    names = {each: tags["Name"] for each, tags in call.backend.tags.items() if "Name" in tags}
    return Naming(call.region, call.account_id, names)


def _arn(call: Call, kind: str, resource_id: str) -> str:
    return f"arn:aws:ec2:{call.region}:{call.account_id}:{kind}/{resource_id}"


def _shown_path(call: Call, stored: StoredPath) -> dict[str, Any]:
    asked, naming = stored.asked, _naming(call)
    ends = {name: id_of(asked[name]) for name in ("Source", "Destination") if asked.get(name)}
    return {
        "NetworkInsightsPathId": stored.path_id,
        "NetworkInsightsPathArn": _arn(call, _PATH, stored.path_id),
        "CreatedDate": utc(stored.created_s),
        **ends,
        **{f"{name}Arn": naming.arn(each) for name, each in ends.items()},
        "Protocol": asked["Protocol"].lower(),
        **{name: asked[name] for name in _ECHOED if asked.get(name) is not None},
        "Tags": _tags(call, stored.path_id),
    }


def _head(call: Call, stored: StoredAnalysis) -> dict[str, Any]:
    """What is said of an analysis whatever it found."""
    lists = ("AdditionalAccounts", "FilterInArns", "FilterOutArns")
    return {
        "NetworkInsightsAnalysisId": stored.analysis_id,
        "NetworkInsightsAnalysisArn": _arn(call, _ANALYSIS, stored.analysis_id),
        "NetworkInsightsPathId": stored.path_id,
        "StartDate": utc(stored.started_s),
        **{name: stored.asked[name] for name in lists if stored.asked.get(name)},
        "Tags": _tags(call, stored.analysis_id),
    }


def _result(call: Call, stored: StoredPath) -> dict[str, Any]:
    topology = call.aws.extension(Snapshots).of(call.region).topology
    wanted, unwanted = (
        [id_of(each) for each in call.params.get(name) or []]
        for name in ("FilterInArns", "FilterOutArns")
    )
    try:
        analysis = filtered(analyze(topology, stored.path), wanted, unwanted)
    except TopologyError as missing:  # of a VPC in somebody else's account, say
        analysis = Analysis(found=False, unknown=str(missing))
    note = {"WarningMessage": _ICMP_NOTE} if stored.asked["Protocol"].lower() == "icmp" else {}
    return {**shown(analysis, _naming(call)), **note}
