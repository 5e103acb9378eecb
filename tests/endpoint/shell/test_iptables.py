"""A host's own firewall."""

from __future__ import annotations

from typing import Any


def test_dropped_pings_get_no_answer_until_the_rule_is_deleted(instant: Any):
    instant.run("sudo iptables -A INPUT -p icmp --icmp-type echo-request -j DROP", on="b")
    assert instant.run("ping -c 1 10.2.1.10")["ResponseCode"] == 1
    assert instant.run("iptables -D INPUT -p icmp -j DROP", on="b")["ResponseCode"] == 0
    assert instant.run("ping -c 1 10.2.1.10")["ResponseCode"] == 0


def test_a_dropped_port_is_silent_and_the_others_are_not(instant: Any):
    instant.run("iptables -A INPUT -p tcp --dport 22 -j DROP", on="b")
    assert "timed out" in instant.run("nc -zvw 1 10.2.1.10 22")["StandardErrorContent"]
    assert "refused" in instant.run("nc -zvw 1 10.2.1.10 23")["StandardErrorContent"]
    assert instant.run("iptables -S", on="b")["StandardOutputContent"] == (
        "-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j DROP\n"
    )
    instant.run("iptables -F", on="b")
    assert instant.run("nc -z 10.2.1.10 22")["ResponseCode"] == 0


def test_only_what_drops_incoming_packets_is_simulated(instant: Any):
    for rest in ("-A OUTPUT -p icmp -j DROP", "-A INPUT -p icmp -j REJECT", "-A INPUT -j DROP"):
        assert instant.run(f"iptables {rest}")["ResponseCode"] == 127
    assert instant.run("iptables -D INPUT -p icmp -j DROP")["ResponseCode"] == 1
