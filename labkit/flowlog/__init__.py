"""What a flow log says: fields, formats, records and how packets become records."""

from labkit.flowlog.aggregate import (
    INTERVALS_S,
    SeenPacket,
    aggregate,
    check_interval,
    window_start,
)
from labkit.flowlog.errors import UnknownInterval
from labkit.flowlog.fields import FIELD_BY_NAME, FIELDS, Field, FieldType, ParquetType, field_named
from labkit.flowlog.files import Line, file_content, read_lines, read_records, write_file
from labkit.flowlog.formats import ALL_FIELDS, DEFAULT_FORMAT, LogFormat
from labkit.flowlog.object_keys import ObjectKeys
from labkit.flowlog.records import FlowRecord
from labkit.flowlog.silence import nodata, skipdata
from labkit.flowlog.traffic_type import TrafficType, keeps, stream_name
from labkit.flowlog.unlogged import never_logged

__all__ = [
    "ALL_FIELDS",
    "DEFAULT_FORMAT",
    "FIELDS",
    "FIELD_BY_NAME",
    "INTERVALS_S",
    "Field",
    "FieldType",
    "FlowRecord",
    "Line",
    "LogFormat",
    "ObjectKeys",
    "ParquetType",
    "SeenPacket",
    "TrafficType",
    "UnknownInterval",
    "aggregate",
    "check_interval",
    "field_named",
    "file_content",
    "keeps",
    "never_logged",
    "nodata",
    "read_lines",
    "read_records",
    "skipdata",
    "stream_name",
    "window_start",
    "write_file",
]
