"""
Logs that give published queries something to find, in each form those queries expect.

One list of flows, written as default-format records, as JSON with the lower-case
names that many articles use, and in the custom formats that articles parse.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from labkit.insights.events import LogEvents

ACCOUNT: Final = "123456789012"
START_S: Final = 1_571_130_610
MEBIBYTE: Final = 1024 * 1024


class Flow(NamedTuple):
    """A flow: who, whom, on which ports, how much, and what became of it."""

    src: str
    dst: str
    sport: int = 49152
    dport: int = 443
    protocol: int = 6
    bytes: int = 840
    action: str = "ACCEPT"
    seconds: int = 60
    direction: str = "ingress"
    src_az: str = "use1-az1"
    dst_az: str = "use1-az2"

    @property
    def packets(self) -> int:
        return self.bytes // 84


WEB, DB = "10.0.1.100", "10.0.1.200"
OUTSIDE: Final = ("35.190.4.8", "54.239.30.177", "167.71.118.48", "192.0.2.44", "58.10.1.1")

FLOWS: Final = (
    Flow("10.0.1.5", "10.0.2.9"),
    Flow("10.0.2.9", "10.0.1.5", 443, 49152, bytes=6720),
    Flow(WEB, DB, dport=3306),
    Flow(DB, WEB, 3306, 49152),
    Flow(WEB, "10.0.2.50", dport=22, action="REJECT", bytes=60),
    Flow(WEB, "10.0.2.50", dport=443),
    Flow("10.0.1.5", "10.0.20.7", dport=443),
    Flow("10.0.1.5", "10.0.21.7", dport=443, action="REJECT"),
    Flow("10.0.0.1", "10.0.0.10", dport=0, protocol=1, sport=0, bytes=336),
    Flow("10.100.100.36", "10.0.0.5", dport=80, bytes=0),
    Flow("10.123.85.100", "10.0.0.5", dport=8834, action="REJECT"),
    Flow("172.31.88.63", "172.31.3.9", dport=22),
    Flow("172.31.3.8", "172.31.3.9", dport=179),
    Flow("172.31.3.9", "172.31.88.63", 22, 49152),
    Flow("10.1.0.4", "10.2.0.9", dport=80),
    Flow("10.2.0.9", "10.1.0.4", 80, 49152),
    Flow("10.46.244.40", "10.0.0.11", dport=443),
    Flow("10.0.0.11", "10.0.0.12", dport=53, protocol=17, bytes=168),
    Flow(WEB, "58.10.1.2", dport=8443, bytes=12 * MEBIBYTE, seconds=400, direction="egress"),
    Flow(WEB, "58.10.1.2", dport=25, bytes=84, seconds=5, direction="egress"),
    Flow("10.0.0.9", "58.10.1.3", dport=21, direction="egress"),
    Flow("10.0.0.9", "58.10.1.3", dport=4444, direction="egress", src_az="use1-az2"),
    *(Flow(outside, "10.0.2.9", dport=22, action="REJECT", bytes=84) for outside in OUTSIDE),
    *(Flow(outside, "10.0.2.9", dport=3389) for outside in OUTSIDE),
    Flow("10.0.0.7", "10.0.2.9", dport=22, bytes=1000 * 84 + 8400),
    *(Flow("198.51.100.7", "10.0.2.9", dport=1024 + n, action="REJECT") for n in range(25)),
)

_KC: Final = (
    "version account_id vpc_id subnet_id interface_id instance_id type srcaddr srcport dstaddr"
    " dstport protocol packets bytes action log_status start end flow_direction traffic_path"
    " tcp_flags pkt_srcaddr pkt_src_aws_service pkt_dstaddr pkt_dst_aws_service region az_id"
    " sublocation_type sublocation_id"
)
_TGW: Final = (
    "version resource_type account_id tgw_id tgw_attachment_id a b c d e f g h i j k srcaddr"
    " dstaddr srcport dstport protocol packets bytes start end log_status type l m n o tcp_flags"
    " region flow_direction pkt_src_aws_service pkt_dst_aws_service"
)
_SHORT: Final = (
    "version account_id interface_id srcaddr dstaddr srcport dstport protocol packets bytes"
    " start end action log_status flow_direction traffic_path encryption_status"
)
FORMATS: Final = {
    "custom format, 29 fields": _KC.split(),
    "custom format, 29 fields by name": sorted(_KC.split()),
    "custom format, 27 fields": _KC.replace("version ", "").replace(" type", "").split(),
    "custom format, 17 fields": _SHORT.split(),
    "transit gateway format": _TGW.split(),
}
"""Formats that published queries parse, by what they are called in the table of outcomes."""


def _named(flow: Flow, start_s: int) -> dict[str, str | int]:
    """Everything about a flow under the lower-case names of articles."""
    return {
        "version": 5, "account_id": ACCOUNT, "interface_id": "eni-1234567890abcdef0",
        "srcaddr": flow.src, "dstaddr": flow.dst, "srcport": flow.sport, "dstport": flow.dport,
        "protocol": flow.protocol, "packets": flow.packets, "bytes": flow.bytes,
        "start": start_s, "end": start_s + flow.seconds, "action": flow.action,
        "log_status": "OK", "flow_direction": flow.direction, "tcp_flags": 2,
        "srcaz": flow.src_az, "dstaz": flow.dst_az,
    }  # fmt: skip


def _default(flow: Flow, start_s: int) -> str:
    words = ("eni-0123456789abcdef0", *flow[:5], flow.packets, flow.bytes, start_s)
    listed = " ".join(map(str, words))
    return f"2 {ACCOUNT} {listed} {start_s + flow.seconds} {flow.action} OK"


def _without_data(start_s: int) -> str:
    dashes = " ".join("-" * 7)
    return f"2 {ACCOUNT} eni-0123456789abcdef0 {dashes} {start_s} {start_s + 60} - SKIPDATA"


def groups() -> dict[str, LogEvents]:
    """The same flows in every form, a minute apart, by what the form is called."""
    starts = [START_S + 60 * n for n in range(len(FLOWS))]
    named = [_named(flow, start_s) for flow, start_s in zip(FLOWS, starts, strict=True)]
    default = [_default(flow, start_s) for flow, start_s in zip(FLOWS, starts, strict=True)]
    default[-1] = _without_data(starts[-1])
    named[-1] |= {"log_status": "SKIPDATA", "range": 4000, "accountId": ACCOUNT}
    made = {"default format": default, "JSON": [json.dumps(each) for each in named]}
    for name, fields in FORMATS.items():
        made[name] = [" ".join(str(each.get(field, "-")) for field in fields) for each in named]
    return {name: _group(name, starts, lines) for name, lines in made.items()}


def _group(name: str, starts: list[int], lines: list[str]) -> LogEvents:
    group = LogEvents(name=f"namePrefix1/{name}", account_id=ACCOUNT)
    group.append("eni-1", [start_s * 1000 for start_s in starts], lines, starts[-1] * 1000)
    return group
