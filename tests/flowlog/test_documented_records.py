"""
Records as Amazon's own pages print them: an authority outside this project.

Source: Amazon VPC User Guide, "Flow log record examples"; the rows on encryption
come from the AWS Networking blog (VPC encryption controls, 2025).
"""

# ruff: noqa: E501 - these lines are data and keep the length they have

from __future__ import annotations

import pytest

from labkit.flowlog import DEFAULT_FORMAT, FlowRecord, LogFormat

TCP = LogFormat.parse(
    "${version} ${vpc-id} ${subnet-id} ${instance-id} ${interface-id} ${account-id} ${type} "
    "${srcaddr} ${dstaddr} ${srcport} ${dstport} ${pkt-srcaddr} ${pkt-dstaddr} ${protocol} "
    "${bytes} ${packets} ${start} ${end} ${action} ${tcp-flags} ${log-status}"
)
NAT = LogFormat.parse("instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr")
TRANSIT = LogFormat.parse(
    "version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport "
    "protocol tcp-flags type pkt-srcaddr pkt-dstaddr action log-status"
)
SERVICE = LogFormat.parse(
    "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id "
    "vpc-id subnet-id instance-id interface-id region az-id sublocation-type sublocation-id action "
    "tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service traffic-path "
    "flow-direction log-status"
)
ENCRYPTION = LogFormat.parse(
    "flow-direction traffic-path srcaddr dstaddr srcport dstport encryption-status"
)

DEFAULT_LINES = """
2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK
2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA
2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 172.31.16.139 203.0.113.12 0 0 1 4 336 1432917094 1432917142 REJECT OK
2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK
"""

OF_THE_TCP_FLOW = (
    "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 "
    "eni-1235b8ca123456789 123456789010 IPv4"
)
TCP_LINES = """
52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875 1566848933 ACCEPT 2 OK
10.0.0.62 52.213.180.42 5001 43416 10.0.0.62 52.213.180.42 6 376 7 1566848875 1566848933 ACCEPT 18 OK
52.213.180.42 10.0.0.62 43418 5001 52.213.180.42 10.0.0.62 6 100701 70 1566848875 1566848933 ACCEPT 2 OK
10.0.0.62 52.213.180.42 5001 43418 10.0.0.62 52.213.180.42 6 632 12 1566848875 1566848933 ACCEPT 18 OK
10.0.0.62 52.213.180.42 5001 43418 10.0.0.62 52.213.180.42 6 63388 1219 1566848933 1566849113 ACCEPT 1 OK
52.213.180.42 10.0.0.62 43418 5001 52.213.180.42 10.0.0.62 6 23294588 15774 1566848933 1566849113 ACCEPT 1 OK
52.213.180.42 10.0.0.62 43638 5001 52.213.180.42 10.0.0.62 6 1260 17 1566933133 1566933193 ACCEPT 3 OK
10.0.0.62 52.213.180.42 5001 43638  10.0.0.62 52.213.180.42 6 967 14 1566933133 1566933193 ACCEPT 19 OK
"""

NAT_LINES = """
- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5
- eni-1235b8ca123456789 10.0.0.220 203.0.113.5 10.0.0.220 203.0.113.5
- eni-1235b8ca123456789 203.0.113.5 10.0.0.220 203.0.113.5 10.0.0.220
- eni-1235b8ca123456789 10.0.0.220 10.0.1.5 203.0.113.5 10.0.1.5
i-01234567890123456 eni-1111aaaa2222bbbb3 10.0.1.5 203.0.113.5 10.0.1.5 203.0.113.5
i-01234567890123456 eni-1111aaaa2222bbbb3 203.0.113.5 10.0.1.5 203.0.113.5 10.0.1.5
"""

TRANSIT_LINES = """
3 eni-33333333333333333 123456789010 vpc-abcdefab012345678 subnet-22222222bbbbbbbbb i-01234567890123456 10.20.33.164 10.40.2.236 39812 80 6 3 IPv4 10.20.33.164 10.40.2.236 ACCEPT OK
3 eni-33333333333333333 123456789010 vpc-abcdefab012345678 subnet-22222222bbbbbbbbb i-01234567890123456 10.40.2.236 10.20.33.164 80 39812 6 19 IPv4 10.40.2.236 10.20.33.164 ACCEPT OK
3 eni-11111111111111111 123456789010 vpc-abcdefab012345678 subnet-11111111aaaaaaaaa - 10.40.1.175 10.40.2.236 39812 80 6 3 IPv4 10.20.33.164 10.40.2.236 ACCEPT OK
3 eni-22222222222222222 123456789010 vpc-abcdefab012345678 subnet-22222222bbbbbbbbb - 10.40.2.236 10.40.2.31 80 39812 6 19 IPv4 10.40.2.236 10.20.33.164 ACCEPT OK
"""

SERVICE_LINES = """
5 52.95.128.179 10.0.0.71 80 34210 6 1616729292 1616729349 IPv4 14 15044 123456789012 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 19 52.95.128.179 10.0.0.71 S3 - - ingress OK
5 10.0.0.71 52.95.128.179 34210 80 6 1616729292 1616729349 IPv4 7 471 123456789012 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 3 10.0.0.71 52.95.128.179 - S3 8 egress OK
"""

ENCRYPTION_LINES = """
ingress - 10.0.133.8 10.0.128.55 43236 80 1
egress 1 10.0.128.55 10.0.133.8 80 43236 1
ingress - 10.0.130.104 10.0.128.55 55016 80 0
egress 1 10.0.128.55 10.0.130.104 80 55016 0
"""

DOCUMENTED = [
    *((line, DEFAULT_FORMAT) for line in DEFAULT_LINES.strip().splitlines()),
    *((f"{OF_THE_TCP_FLOW} {line}", TCP) for line in TCP_LINES.strip().splitlines()),
    *((line, NAT) for line in NAT_LINES.strip().splitlines()),
    *((line, TRANSIT) for line in TRANSIT_LINES.strip().splitlines()),
    *((line, SERVICE) for line in SERVICE_LINES.strip().splitlines()),
    *((line, ENCRYPTION) for line in ENCRYPTION_LINES.strip().splitlines()),
]


@pytest.mark.parametrize(("line", "log_format"), DOCUMENTED)
def test_a_documented_line_comes_back_as_it_was(line: str, log_format: LogFormat):
    with_single_blanks = " ".join(line.split())

    assert with_single_blanks == FlowRecord.from_line(line, log_format).to_line(log_format)


@pytest.mark.parametrize(("line", "log_format"), DOCUMENTED)
def test_a_documented_version_is_its_formats_version(line: str, log_format: LogFormat):
    record = FlowRecord.from_line(line, log_format)

    assert record.version in (log_format.version, None)


def test_all_documented_lines_are_here():
    assert len(DOCUMENTED) == 7 + 8 + 6 + 4 + 2 + 4
