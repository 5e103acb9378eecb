"""
Every field of a VPC flow log record through version 11, in one table.

The table is the class ``Columns``: one line of it says a field's name, type,
version, Parquet type, unit, meaning and source. Names in Python have
underscores where AWS has hyphens. Formats, records and documentation derive
all they know from here, so no field is listed a second time.

There is no version 6 below: AWS gave that number to the loss counters of
transit gateway flow logs.
"""

# ruff: noqa: RUF009 - column() is dataclasses.field() with the facts of one row filled in

from __future__ import annotations

from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, TypeAlias, get_type_hints

from labkit.errors import RecordFormatError

# A field that does not apply, or that AWS could not work out, is None and prints as a dash.
Integer: TypeAlias = int | None
Text: TypeAlias = str | None


class FieldType(StrEnum):
    """What the values of a field are, once read."""

    INTEGER = "integer"
    TEXT = "text"


class ParquetType(StrEnum):
    """Column types of flow log files in Parquet format."""

    INT_32 = "INT_32"
    INT_64 = "INT_64"
    STRING = "STRING"


INT_32: Final = ParquetType.INT_32
INT_64: Final = ParquetType.INT_64
STRING: Final = ParquetType.STRING

_GUIDE: Final = "Amazon VPC User Guide, Flow log records, Available fields"
_ENCRYPTION: Final = "Amazon VPC User Guide, VPC encryption controls"
_VERSION_11: Final = "Announcement of VPC flow log version 11, June 2026"
_TAGS: Final = "Amazon EC2 API Reference, CreateFlowLogs, TagFieldSpecifications"


def column(
    version: int,
    parquet_type: ParquetType | None,
    meaning: str,
    *,
    unit: str = "",
    source: str = _GUIDE,
) -> Any:  # noqa: ANN401 - stands for the default of whichever type the row declares
    """One row of the table: an attribute that is None until set, with its facts attached."""
    facts = {
        "version": version,
        "parquet_type": parquet_type,
        "meaning": meaning,
        "unit": unit,
        "source": source,
    }
    return field(default=None, metadata=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """
    The values of one record, every field of AWS's table in AWS's order.

    Times are Unix seconds; addresses are text. None stands for AWS's dash.
    """

    version: Integer = column(
        2, INT_32, "Highest version among the fields of the record's format; 2 for the default."
    )
    account_id: Text = column(
        2, STRING, "Account that owns the network interface; unknown for some made by AWS services."
    )
    interface_id: Text = column(
        2, STRING, "Network interface that saw the traffic; none for a regional NAT gateway."
    )
    srcaddr: Text = column(
        2,
        STRING,
        "Who sent: the far address for incoming traffic, the interface's own for outgoing. "
        "Own IPv4 is always the primary private one.",
    )
    dstaddr: Text = column(
        2,
        STRING,
        "Who was addressed: the far address for outgoing traffic, the interface's own for "
        "incoming. Own IPv4 is always the primary private one.",
    )
    srcport: Integer = column(2, INT_32, "Source port; 0 where the protocol has none, as ICMP.")
    dstport: Integer = column(
        2, INT_32, "Destination port; 0 where the protocol has none, as ICMP."
    )
    protocol: Integer = column(
        2, INT_32, "IANA protocol number: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6, ..."
    )
    packets: Integer = column(
        2, INT_64, "Packets of the flow within the aggregation interval.", unit="packets"
    )
    bytes: Integer = column(2, INT_64, "Their total size, from the IP header on.", unit="bytes")
    start: Integer = column(
        2, INT_64, "When the first packet of the flow was seen in the interval.", unit="Unix s"
    )
    end: Integer = column(
        2, INT_64, "When the last packet of the flow was seen in the interval.", unit="Unix s"
    )
    action: Text = column(
        2,
        STRING,
        "ACCEPT, or REJECT: refused by a security group or network ACL, or sent after the "
        "connection had closed. Never a matter of routes.",
    )
    log_status: Text = column(
        2,
        STRING,
        "OK; NODATA: no traffic in the interval; SKIPDATA: AWS lost records in the interval.",
    )
    vpc_id: Text = column(3, STRING, "VPC of the interface.")
    subnet_id: Text = column(3, STRING, "Subnet of the interface.")
    instance_id: Text = column(
        3, STRING, "Instance the interface belongs to; none where AWS manages the interface."
    )
    tcp_flags: Integer = column(
        3,
        INT_32,
        "TCP flags seen in the interval, ORed: FIN 1, SYN 2, RST 4, SYN-ACK 18. "
        "A lone ACK counts as 0.",
    )
    type: Text = column(3, STRING, "Kind of traffic: IPv4, IPv6 or EFA.")
    pkt_srcaddr: Text = column(
        3, STRING, "Source address in the packet itself; differs from srcaddr on intermediaries."
    )
    pkt_dstaddr: Text = column(
        3,
        STRING,
        "Destination address in the packet itself; differs from dstaddr on intermediaries.",
    )
    region: Text = column(4, STRING, "Region of the interface.")
    az_id: Text = column(
        4, STRING, "Id of the Availability Zone, such as use1-az1; none in a sublocation."
    )
    sublocation_type: Text = column(4, STRING, "wavelength, outpost or localzone.")
    sublocation_id: Text = column(4, STRING, "Id of the sublocation.")
    pkt_src_aws_service: Text = column(
        5, STRING, "AWS service whose published ranges hold pkt-srcaddr, such as S3."
    )
    pkt_dst_aws_service: Text = column(
        5, STRING, "AWS service whose published ranges hold pkt-dstaddr, such as S3."
    )
    flow_direction: Text = column(5, STRING, "ingress or egress, seen from the interface.")
    traffic_path: Integer = column(
        5,
        INT_32,
        "Way out of outgoing traffic: 1 same VPC, 2 internet gateway or gateway endpoint, "
        "3 virtual private gateway, 4 peering within the Region, 5 peering between Regions, "
        "6 local gateway, 7 gateway endpoint, 8 internet gateway.",
    )
    ecs_cluster_arn: Text = column(7, STRING, "ARN of the ECS cluster of the task.")
    ecs_cluster_name: Text = column(7, STRING, "Name of the ECS cluster of the task.")
    ecs_container_instance_arn: Text = column(
        7, STRING, "ARN of the ECS container instance; none on Fargate."
    )
    ecs_container_instance_id: Text = column(
        7, STRING, "Id of the ECS container instance; none on Fargate."
    )
    ecs_container_id: Text = column(7, STRING, "Docker runtime id of the task's first container.")
    ecs_second_container_id: Text = column(
        7, STRING, "Docker runtime id of the task's second container."
    )
    ecs_service_name: Text = column(
        7, STRING, "ECS service that started the task; none if no service did."
    )
    ecs_task_definition_arn: Text = column(7, STRING, "ARN of the ECS task definition.")
    ecs_task_arn: Text = column(7, STRING, "ARN of the ECS task.")
    ecs_task_id: Text = column(7, STRING, "Id of the ECS task.")
    reject_reason: Text = column(
        8,
        STRING,
        "BPA (VPC Block Public Access) or EC (encryption controls); none for any other "
        "REJECT: it does not tell a security group from a network ACL.",
    )
    resource_id: Text = column(9, None, "Id of the regional NAT gateway the flow went through.")
    encryption_status: Integer = column(
        10,
        None,
        "Encryption in transit: 0 none, 1 by the Nitro hardware, 2 by the application, 3 both.",
        source=_ENCRYPTION,
    )
    instance_tag: Text = column(
        11, None, "Value of the first chosen tag of the instance, percent-encoded.", source=_TAGS
    )
    instance_tag_2: Text = column(
        11, None, "Value of the second chosen tag of the instance, percent-encoded.", source=_TAGS
    )
    interface_tag: Text = column(
        11, None, "Value of the first chosen tag of the interface, percent-encoded.", source=_TAGS
    )
    interface_tag_2: Text = column(
        11, None, "Value of the second chosen tag of the interface, percent-encoded.", source=_TAGS
    )
    asg_tag: Text = column(
        11,
        None,
        "Value of the first chosen tag of the Auto Scaling group, percent-encoded.",
        source=_TAGS,
    )
    asg_tag_2: Text = column(
        11,
        None,
        "Value of the second chosen tag of the Auto Scaling group, percent-encoded.",
        source=_TAGS,
    )
    interface_type: Text = column(
        11,
        None,
        "Service the interface serves: nat_gateway, network_load_balancer, "
        "regional_nat_gateway, transit_gateway or vpc_endpoint.",
        source=_VERSION_11,
    )
    next_hop_interface_id: Text = column(
        11,
        None,
        "Interface at the other end of the hop: the receiver for egress, the sender for ingress.",
        source=_VERSION_11,
    )
    next_hop_subnet_id: Text = column(
        11, None, "Subnet of the next-hop interface.", source=_VERSION_11
    )
    next_hop_az_id: Text = column(
        11, None, "Availability Zone id of the next-hop interface.", source=_VERSION_11
    )
    next_hop_vpc_id: Text = column(11, None, "VPC of the next-hop interface.", source=_VERSION_11)
    next_hop_interface_type: Text = column(
        11,
        None,
        "Service the next-hop interface serves; values as for interface-type.",
        source=_VERSION_11,
    )


@dataclass(frozen=True, slots=True)
class Field:
    """
    The facts about one field.

    ``name`` is AWS's spelling; ``attribute`` is the Python one; ``parquet_type``
    is None where no document says it; ``unit`` is empty for plain values.
    """

    name: str
    attribute: str
    version: int
    type: FieldType
    parquet_type: ParquetType | None
    unit: str
    meaning: str
    source: str

    def __str__(self) -> str:
        return self.name


def _read_table() -> tuple[Field, ...]:
    types = {Integer: FieldType.INTEGER, Text: FieldType.TEXT}
    hints = get_type_hints(Columns)
    return tuple(
        Field(
            name=row.name.replace("_", "-"),
            attribute=row.name,
            type=types[hints[row.name]],
            **row.metadata,
        )
        for row in fields(Columns)
    )


FIELDS: Final = _read_table()
FIELD_BY_NAME: Final = {each.name: each for each in FIELDS}


def field_named(name: str) -> Field:
    """
    The field AWS calls *name*.

    Raises:
        RecordFormatError: There is none; says which known name is nearest.

    >>> field_named("srcaddr").version
    2
    >>> field_named("srcAddr")
    Traceback (most recent call last):
    labkit.errors.RecordFormatError: Unknown flow log field 'srcAddr'. Did you mean 'srcaddr'?
    """
    try:
        return FIELD_BY_NAME[name]
    except KeyError:
        spelled = name.lower().replace("_", "-")
        near = get_close_matches(spelled, FIELD_BY_NAME, n=1)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        raise RecordFormatError(f"Unknown flow log field {name!r}.{guess}") from None
