"""
CreateFlowLogs, DescribeFlowLogs and DeleteFlowLogs.

A request that contradicts itself is refused as a whole.  What is wrong with
one resource is told of that resource only, in ``Unsuccessful``.  What is wrong
with the role shows later, when records are to be delivered.

Source: Amazon EC2 API Reference, CreateFlowLogs; Amazon VPC User Guide,
"Work with flow logs".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.flow_logs import RESOURCE_TYPES
from labkit.endpoint.ids import check_form, not_found
from labkit.endpoint.moto_seam import flow_log_objects
from labkit.endpoint.moto_seam.protocols import new_request_id
from labkit.endpoint.operations import AwsError, MotoObject, operation
from labkit.endpoint.tag_specifications import tags_for
from labkit.endpoint.wildcards import like
from labkit.errors import RecordFormatError
from labkit.flowlog.formats import DEFAULT_FORMAT, LogFormat

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, Params

_INTERVALS_S: Final = (60, 600)
_DEFAULT_INTERVAL_S: Final = 600
_MOST_RESOURCES: Final = 300
_TRAFFIC_TYPES: Final = ("ACCEPT", "REJECT", "ALL")
_PREFIX_BY_RESOURCE_TYPE: Final = {name: prefix for prefix, name in RESOURCE_TYPES.items()}
_LOG_GROUP_ARN: Final = re.compile(r"arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:([^:*]+)(:\*)?")
_BUCKET_ARN: Final = re.compile(r"arn:[\w-]+:s3:::([^/]+)(/.*)?")
_ROLE_ARN: Final = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+")
_EXISTS_ALREADY: Final = AwsError(
    "FlowLogAlreadyExists",
    "Error. There is an existing Flow Log with the same configuration and log destination.",
)


@operation("ec2", "CreateFlowLogs")
def create_flow_logs(call: Call) -> dict[str, Any]:
    """The ids of the flow logs made, and which resources got none and why."""
    attributes = _attributes(call)
    made, unsuccessful = [], []
    for resource_id in _resource_ids(call.params):
        try:
            _check_resource(call, resource_id)
            made.append(_make(call, {**attributes, "resource_id": resource_id}))
        except AwsError as error:
            reason = {"Code": error.code, "Message": error.message}
            unsuccessful.append({"ResourceId": resource_id, "Error": reason})
    # AWS makes a token up for who gives none
    token = call.params.get("ClientToken") or new_request_id()
    return {"ClientToken": token, "FlowLogIds": made, "Unsuccessful": unsuccessful}


@operation("ec2", "DescribeFlowLogs")
def describe_flow_logs(call: Call) -> dict[str, Any]:
    """The flow logs asked for, oldest first."""
    asked = call.params.get("FlowLogIds", [])
    _check_known(call, asked)
    stored = [each for each in _stored(call).values() if not asked or each.id in asked]
    for condition in call.params.get("Filter", []):
        stored = [each for each in stored if _meets(each, condition)]
    return {"FlowLogs": [_described(each) for each in stored]}


@operation("ec2", "DeleteFlowLogs")
def delete_flow_logs(call: Call) -> dict[str, Any]:
    """Nothing unsuccessful; all flow logs named are gone, what they delivered stays."""
    asked = call.params.get("FlowLogIds", [])
    if not asked:
        raise _missing("flowLogId")
    _check_known(call, asked)
    for flow_log_id in asked:
        del _stored(call)[flow_log_id]
    return {"Unsuccessful": []}


def _stored(call: Call) -> dict[str, MotoObject]:
    stored: dict[str, MotoObject] = call.backend.flow_logs
    return stored


def _attributes(call: Call) -> dict[str, Any]:
    """What all flow logs of one request have in common, by moto's names."""
    params = call.params
    _check_supported(params)
    return {
        "traffic_type": _traffic_type(params),
        "max_aggregation_interval": _interval_s(params),
        "log_format": _log_format(params),
        **_destination(call),
    }


def _check_supported(params: Params) -> None:
    if params.get("LogDestinationType") == "kinesis-data-firehose":
        raise AwsError("NotImplemented", "Not simulated: flow logs to Firehose.", 501)
    if params.get("ResourceType") not in _PREFIX_BY_RESOURCE_TYPE:
        raise AwsError(
            "NotImplemented", f"Not simulated: flow logs of {params.get('ResourceType')}.", 501
        )
    if params.get("TagFieldSpecifications"):
        raise AwsError("NotImplemented", "Not simulated: tag fields in flow logs.", 501)
    if (params.get("DestinationOptions") or {}).get("FileFormat") == "parquet":
        raise AwsError("NotImplemented", "Not simulated: flow logs in Parquet files.", 501)


def _resource_ids(params: Params) -> list[str]:
    resource_ids: list[str] = params.get("ResourceIds", [])
    if not resource_ids:
        raise _missing("resourceId")
    if len(resource_ids) > _MOST_RESOURCES:
        raise _invalid(f"A request may name {_MOST_RESOURCES} resources, not {len(resource_ids)}.")
    return resource_ids


def _traffic_type(params: Params) -> str:
    traffic_type = params.get("TrafficType")
    if traffic_type is None:
        raise _missing("trafficType")
    if traffic_type not in _TRAFFIC_TYPES:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({traffic_type}) for parameter trafficType is invalid. "
            f"Valid values: {', '.join(_TRAFFIC_TYPES)}.",
        )
    return str(traffic_type)


def _interval_s(params: Params) -> int:
    interval_s = params.get("MaxAggregationInterval", _DEFAULT_INTERVAL_S)
    if interval_s not in _INTERVALS_S:
        raise _invalid("Invalid Flow Log Max Aggregation Interval")
    return int(interval_s)


def _log_format(params: Params) -> str:
    text = params.get("LogFormat")
    if text is None:
        return str(DEFAULT_FORMAT)
    try:
        return str(LogFormat.parse(text))
    except RecordFormatError as wrong:
        raise _invalid(f"Invalid LogFormat. {wrong}") from wrong


def _destination(call: Call) -> dict[str, Any]:
    params = call.params
    group, arn = params.get("LogGroupName"), params.get("LogDestination")
    if group and arn:
        raise _invalid("Please only provide LogGroupName or only provide LogDestination.")
    if not group and not arn:
        raise _invalid("LogDestination can't be empty if LogGroupName is not provided.")
    kind = params.get("LogDestinationType", "cloud-watch-logs")
    if kind == "s3":
        return _to_s3(params)
    if kind != "cloud-watch-logs":
        raise _invalid(f"Invalid LogDestinationType {kind}; it is cloud-watch-logs or s3.")
    return _to_log_group(params)


def _to_log_group(params: Params) -> dict[str, Any]:
    role_arn, arn = params.get("DeliverLogsPermissionArn"), params.get("LogDestination")
    if not role_arn:
        raise _invalid(
            "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs."
        )
    if not _ROLE_ARN.fullmatch(role_arn):
        raise _invalid(f"DeliverLogsPermissionArn {role_arn} is not the ARN of a role.")
    if params.get("DestinationOptions"):
        raise _invalid("DestinationOptions is only applicable to LogDestinationType s3.")
    named = _LOG_GROUP_ARN.fullmatch(arn) if arn else None
    if arn and named is None:
        raise _invalid(f"LogDestination {arn} is not the ARN of a log group.")
    return {
        "log_destination_type": "cloud-watch-logs",
        "log_destination": arn,
        "log_group_name": named[1] if named else params["LogGroupName"],
        "deliver_logs_permission_arn": role_arn,
    }


def _to_s3(params: Params) -> dict[str, Any]:
    arn = params.get("LogDestination")
    if not arn:
        raise _invalid("LogDestination type must be cloud-watch-logs if LogGroupName is provided.")
    if params.get("DeliverLogsPermissionArn"):
        raise _invalid("DeliverLogsPermissionArn not applicable for s3 delivery")
    named = _BUCKET_ARN.fullmatch(arn)
    if named is None:
        raise _invalid(f"LogDestination {arn} is not the ARN of a bucket.")
    if "AWSLogs" in (named[2] or "").split("/"):
        raise _invalid("LogDestination: AWSLogs is a reserved term and cannot be a prefix.")
    return {
        "log_destination_type": "s3",
        "log_destination": arn,
        "log_group_name": None,
        "deliver_logs_permission_arn": None,
    }


def _check_resource(call: Call, resource_id: str) -> None:
    prefix = _PREFIX_BY_RESOURCE_TYPE[call.params["ResourceType"]]
    check_form(prefix, resource_id)
    known = {
        "vpc": call.backend.vpcs,
        "eni": call.backend.enis,
        "subnet": {subnet.id for subnet in call.backend.describe_subnets()},
    }
    if resource_id not in known[prefix]:
        raise not_found(prefix, resource_id)
    if call.params.get("LogDestinationType") == "s3":
        _check_bucket(call)


def _check_bucket(call: Call) -> None:
    named = _BUCKET_ARN.fullmatch(call.params["LogDestination"])
    bucket = named[1] if named else ""
    if bucket not in call.aws.backend("s3", call.region).buckets:
        raise AwsError("400", f"LogDestination: {bucket} does not exist.")


def _make(call: Call, attributes: dict[str, Any]) -> str:
    for other in _stored(call).values():
        if all(getattr(other, name) == value for name, value in attributes.items()):
            raise _EXISTS_ALREADY
    flow_log_id = flow_log_objects.add(call.backend, attributes)
    stored = _stored(call)[flow_log_id]
    stored.destination_options = call.params.get("DestinationOptions")
    stored.add_tags(tags_for("vpc-flow-log", call.params))
    return flow_log_id


def _check_known(call: Call, flow_log_ids: list[str]) -> None:
    unknown = [each for each in flow_log_ids if each not in _stored(call)]
    if unknown:
        raise AwsError(
            "InvalidFlowLogId.NotFound",
            "These flow log ids in the input list are not found: "
            f"[TotalCount: {len(unknown)}] {' '.join(unknown)}",
        )


_FILTERS: Final = {
    "deliver-log-status": "deliver_logs_status",
    "flow-log-id": "id",
    "log-destination-type": "log_destination_type",
    "log-group-name": "log_group_name",
    "resource-id": "resource_id",
    "traffic-type": "traffic_type",
}


def _meets(stored: MotoObject, condition: Params) -> bool:
    name, accepted = condition["Name"], condition.get("Values", [])
    return any(like(pattern, value) for value in _filtered(stored, name) for pattern in accepted)


def _filtered(stored: MotoObject, name: str) -> list[str]:
    tags = {tag["key"]: tag["value"] for tag in stored.get_tags()}
    if name.startswith("tag:"):
        return [tags[name[4:]]] if name[4:] in tags else []
    if name == "tag-key":
        return list(tags)
    if name not in _FILTERS:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    value = getattr(stored, _FILTERS[name])
    return [] if value is None else [value]


def _described(stored: MotoObject) -> dict[str, Any]:
    described = {
        "CreationTime": stored.creation_time,
        "DeliverLogsErrorMessage": stored.deliver_logs_error_message,
        "DeliverLogsPermissionArn": stored.deliver_logs_permission_arn,
        "DeliverLogsStatus": stored.deliver_logs_status,
        "FlowLogId": stored.id,
        "FlowLogStatus": stored.flow_log_status,
        "LogGroupName": stored.log_group_name,
        "ResourceId": stored.resource_id,
        "TrafficType": stored.traffic_type,
        "LogDestinationType": stored.log_destination_type,
        "LogDestination": stored.log_destination,
        "LogFormat": stored.log_format,
        "MaxAggregationInterval": stored.max_aggregation_interval,
        "DestinationOptions": getattr(stored, "destination_options", None),
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in stored.get_tags()],
    }
    return {name: value for name, value in described.items() if value is not None}


def _missing(parameter: str) -> AwsError:
    return AwsError("MissingParameter", f"The request must contain the parameter {parameter}")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameter", message)
