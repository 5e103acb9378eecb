"""Rows for windows without traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.flowlog import LogFormat, nodata, skipdata

if TYPE_CHECKING:
    from labkit.network.topology import Topology


def test_a_silent_interface_leaves_seven_dashes_between_its_name_and_the_window(
    two_vpcs: Topology,
):
    row = nodata(two_vpcs.interfaces["eni-a"], 1431280876, 1431280934, two_vpcs)

    assert row.to_line() == ("2 123456789012 eni-a - - - - - - - 1431280876 1431280934 - NODATA")


def test_lost_records_leave_the_same_row_under_another_status(two_vpcs: Topology):
    row = skipdata(two_vpcs.interfaces["eni-a"], 1431280876, 1431280934, two_vpcs)

    assert row.to_line() == ("2 123456789012 eni-a - - - - - - - 1431280876 1431280934 - SKIPDATA")


def test_a_custom_format_keeps_what_belongs_to_the_interface(two_vpcs: Topology):
    log_format = LogFormat.parse(
        "version vpc-id az-id tcp-flags type pkt-srcaddr flow-direction traffic-path log-status"
    )
    row = nodata(two_vpcs.interfaces["eni-a"], 0, 59, two_vpcs, log_format=log_format)

    assert row.to_line(log_format) == "5 vpc-a use1-az1 - - - - - NODATA"
