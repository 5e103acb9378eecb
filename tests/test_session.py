"""One Lab, three ways to a cloud."""

from __future__ import annotations

import threading

import pytest

from labkit import Lab
from labkit.errors import EndpointError, LabError, NameNotFound
from labkit.session import serve
from labkit.session.lab import _outside_of


@pytest.fixture
def server():
    """Labkit serve on a free port of the loopback interface."""
    server = serve("127.0.0.1", 0, delivery="instant")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(timeout=10)


def test_an_endpoint_that_was_not_up_yet_is_asked_again_who_is_on_its_internet():
    server = serve("127.0.0.1", 0)
    server.close()
    assert {} == _outside_of(server.url, "us-east-1")

    server = serve("127.0.0.1", int(server.url.rpartition(":")[2]))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    assert "www.example" in {each.name for each in _outside_of(server.url, "us-east-1").values()}
    server.shutdown()
    thread.join(timeout=10)


def test_an_unknown_cloud_is_refused_with_the_known_ones():
    with pytest.raises(LabError, match="'embedded' or 'aws'"):
        Lab.open(cloud="azure")


def test_settings_of_the_embedded_aws_are_refused_elsewhere():
    with pytest.raises(LabError, match="seed"):
        Lab.open(endpoint_url="http://127.0.0.1:1", seed=3)


def test_an_unknown_step_is_refused_before_anything_is_opened():
    with pytest.raises(NameNotFound, match="flow_logs"):
        Lab.open(through="flowlogs")


def test_opening_tells_of_each_step(capsys):
    Lab.open(through="subnets")
    lines = capsys.readouterr().out.splitlines()

    assert ["vpcs", "subnets"] == [line.split(":")[0] for line in lines]


def test_the_same_lab_works_over_an_endpoint(server):
    lab = Lab.open(through="flow_logs", endpoint_url=server.url)
    lab.ping("app-a", "app-b")
    lines = lab.logs.filter_log_events(logGroupName=lab.log_group)["events"]

    assert len(lines) == 4
    assert all(" 0 0 1 4 336 " in event["message"] for event in lines)


def test_a_lab_left_on_an_endpoint_is_found_again_by_another(server):
    first = Lab.open(through="routes", endpoint_url=server.url)
    second = Lab.open(through="routes", endpoint_url=server.url)

    assert first.topology() == second.topology()
    assert first.topology().outside == Lab.open().topology().outside != {}
    assert not any(second.teardown().values())


def test_a_port_already_taken_says_what_to_do(server):
    port = int(server.url.rsplit(":", 1)[1])
    with pytest.raises(EndpointError, match="--port"):
        serve("127.0.0.1", port)


def test_a_drawing_shows_the_network_and_the_last_ping():
    lab = Lab.open(through="routes")
    before = lab.draw()._repr_html_()
    lab.ping("app-a", "app-b")
    after = lab.draw()._repr_html_()

    assert "vpc-a" in before
    assert before != after
    assert after == lab.draw()._repr_html_()


def test_a_trace_names_every_station(built_lab):
    text = repr(built_lab.trace("app-a", "app-b"))

    assert "allow-icmp-b" in text
    assert "routes-a" in text
    assert "a-to-b" in text


def test_a_picture_leaves_out_a_ping_whose_ends_are_gone(built_lab):
    built_lab.ping("app-a", "app-b")
    before = repr(built_lab.draw())
    built_lab.ec2.terminate_instances(InstanceIds=[built_lab.instance_id("app-b")])

    assert "Walk of ICMP echo request from app-a to app-b" in before
    assert "Walk" not in repr(built_lab.draw())
