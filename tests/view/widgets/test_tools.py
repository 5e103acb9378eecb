"""Every tool beside its plain calls, and its controls as a page would use them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from labkit import Lab
from labkit.errors import LabError, NameNotFound
from labkit.view.moments import Past
from labkit.view.widgets import live
from labkit.view.widgets.controls.reporting import reporting
from labkit.view.widgets.scrubber import Scrubber
from labkit.view.widgets.tool import Tool

if TYPE_CHECKING:
    from ipywidgets import Widget

ROUTE = "route table routes-b, 10.1.0.0/16 -> a-to-b"


@pytest.fixture(scope="module")
def lab() -> Lab:
    lab = Lab.open(through="flow_logs")
    lab.ping("app-a", "app-b")
    lab.wait_for_logs()
    return lab


@pytest.fixture(params=["console", "panel", "reachability", "scrub"])
def tool(lab: Lab, request: pytest.FixtureRequest) -> Tool:
    made: Tool = getattr(lab, request.param)()
    return made


def parts(widget: Any, kind: str) -> list[Any]:
    """All widgets of one class below *widget*, in the order of the page."""
    found = [widget] if type(widget).__name__ == kind else []
    return found + [
        each for child in getattr(widget, "children", ()) for each in parts(child, kind)
    ]


def button(widget: Any, words: str) -> Any:
    [found] = [each for each in parts(widget, "Button") if words in each.description]
    return found


def shown(widget: Any) -> str:
    return "\n".join(each.value for each in parts(widget, "HTML"))


def test_a_tool_has_a_still_view_in_words_and_as_a_page(tool: Tool) -> None:
    assert repr(tool)
    assert tool.still_html() == tool._repr_html_()
    assert "object at 0x" not in repr(tool)


def test_a_tool_has_controls(tool: Tool) -> None:
    assert parts(tool.widget(), "HTML")


def test_programs_get_the_still_view_and_pages_the_controls(
    tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    displayed: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(
        "IPython.display.display", lambda what, **how: displayed.append((what, how))
    )
    tool._ipython_display_()
    assert displayed == [
        ({"text/plain": repr(tool), "text/html": tool.still_html()}, {"raw": True})
    ]
    displayed.clear()
    monkeypatch.setenv(live.SWITCH, "on")
    tool._ipython_display_()
    (widget, _), (still, _) = displayed
    assert type(widget).__name__ == "VBox"
    assert tool.still_html() in still["text/html"]
    assert "<details>" in still["text/html"]


def test_the_console_runs_what_stands_in_the_box(lab: Lab) -> None:
    console = lab.console()
    widget = console.widget()
    [box] = parts(widget, "Editor")
    box.value = 'filter action="ACCEPT" | stats count(*) as n by srcAddr'
    button(widget, "Run").click()
    assert console.answer is not None
    assert len(console.answer.frame) == 2
    assert "10.1.1.10" in shown(widget)
    box.value = "stats count(*) | srot n"
    button(widget, "Run").click()
    assert "Did you mean sort?" in shown(widget)


def test_the_console_answers_the_keys_of_its_box(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    console = lab.console()
    [box] = parts(console.widget(), "Editor")
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(box, "send", sent.append)
    ask = {"kind": "complete", "number": 7, "text": "filter act", "caret": 10}
    box._handle_custom_msg(ask, [])  # noqa: SLF001  as a message from the page does
    [answer] = sent
    assert json.dumps(answer)
    assert (7, 7, 10) == (answer["number"], answer["start"], answer["end"])
    assert [each["text"] for each in answer["suggestions"]] == ["action"]
    box._handle_custom_msg({"kind": "run", "text": "stats count(*) as n"}, [])  # noqa: SLF001
    assert console.session.history == ["stats count(*) as n"]


def test_examples_and_history_go_into_the_box(lab: Lab) -> None:
    widget = lab.console("limit 3").widget()
    [box] = parts(widget, "Editor")
    examples, history = parts(widget, "Dropdown")
    examples.index = 1
    assert box.value.startswith('filter action="REJECT"')
    assert examples.index == 0
    history.index = 1
    assert box.value == "limit 3"


def test_a_box_of_the_panel_breaks_and_mends_the_network(lab: Lab) -> None:
    panel = lab.panel()
    widget = panel.widget()
    [box] = [each for each in parts(widget, "Checkbox") if each.tooltip == ROUTE]
    box.value = False
    assert not lab.ping("app-a", "app-b").answered
    assert "0 received" in shown(widget)
    assert "ec2.delete_route(" in shown(widget)
    assert "has no route to 10.1.1.10" in shown(widget)
    box.value = True
    assert lab.ping("app-a", "app-b").answered
    assert "ec2.create_route(" in shown(widget)
    assert "Flow records to come: 4" in shown(widget)


def test_the_panel_does_the_same_by_plain_calls(lab: Lab) -> None:
    panel = lab.panel()
    assert not panel.turn_off("routes-b, 10.1").walk.answered
    assert "[ ] " + ROUTE in repr(panel)
    assert panel.turn_on(ROUTE).walk.answered
    assert panel.turn_on(ROUTE).walk.answered
    assert panel.between("app-b", "app-a").walk.answered
    with pytest.raises(NameNotFound, match="no switch named 'routes-z'"):
        panel.turn_off("routes-z")
    with pytest.raises(LabError, match="fits several switches: .*routes-a.*routes-b"):
        panel.turn_off("route table")


def test_what_the_cloud_refuses_is_shown_and_the_box_stays_as_the_network_is() -> None:
    lab = Lab.open(through="routes")
    panel = lab.panel()
    widget = panel.widget()
    [box] = [each for each in parts(widget, "Checkbox") if each.tooltip == ROUTE]
    box.value = False
    interface = lab.topology().find_interface("app-b").interface_id
    lab.ec2.create_route(
        RouteTableId=lab.find("route-table", "routes-b"),
        DestinationCidrBlock="10.1.0.0/16",
        NetworkInterfaceId=interface,
    )
    box.value = True
    assert box.value is False
    assert "RouteAlreadyExists" in shown(widget)
    with pytest.raises(ClientError):
        panel.turn_on(ROUTE)


def test_another_end_is_pinged_at_once(lab: Lab) -> None:
    widget = lab.panel().widget()
    source, target = parts(widget, "Dropdown")
    target.value = "app-a"
    source.value = "app-b"
    assert "from app-b to app-a" in shown(widget)


def test_a_cell_of_the_matrix_shows_the_way(lab: Lab) -> None:
    matrix = lab.reachability()
    widget = matrix.widget()
    cell = next(each for each in parts(widget, "Button") if each.description == "✓ answered")
    cell.click()
    assert "Hop by hop: ICMP echo request from app-a to app-b" in shown(widget)
    button(widget, "Ping all").click()
    words = [each.description for each in parts(widget, "Button")]
    assert words.count("✓ answered; ping 4 of 4") == 2
    assert matrix.pair("app-a", "app-b").pinged is not None


def test_the_slider_shows_each_instant(lab: Lab) -> None:
    scrubber = lab.scrub()
    widget = scrubber.widget()
    [slider] = parts(widget, "SelectionSlider")
    slider.index = 0
    assert "0 records in the log" in shown(widget)
    button(widget, "Earlier").click()
    assert slider.index == 0
    button(widget, "Later").click()
    assert slider.index == 1
    last = scrubber.instants[-1]
    assert repr(scrubber.at(f"{last:%H:%M:%S}")) == repr(scrubber.at(last)) == repr(scrubber)
    with pytest.raises(ValueError, match="no time"):
        scrubber.at("12 o'clock")


def test_there_is_no_time_to_slide_through_before_anything_happened(lab: Lab) -> None:
    nothing = lab.scrub().past.records.iloc[:0]
    with pytest.raises(LabError, match="nothing has been pinged"):
        Scrubber(Past(nothing, []))


def test_no_exception_of_a_callback_is_lost() -> None:
    import ipywidgets

    message = ipywidgets.HTML()

    def mendable() -> None:
        raise LabError("Say <which> one.")

    def bug() -> None:
        raise ZeroDivisionError

    reporting(message, mendable)()
    assert "Say &lt;which&gt; one." in message.value
    with pytest.raises(ZeroDivisionError):
        reporting(message, bug)()
    assert "Traceback" in message.value
    reporting(message, lambda: None)()
    assert message.value == ""


@pytest.mark.parametrize(
    ("choice", "metadata", "expected"),
    [
        (None, {"cellId": "a1"}, True),
        (None, {}, False),
        ("off", {"cellId": "a1"}, False),
        ("on", {}, True),
    ],
)
def test_a_page_is_told_from_a_program(
    choice: str | None,
    metadata: dict[str, str],
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "_request_metadata", lambda: metadata)
    monkeypatch.delenv(live.SWITCH, raising=False)
    if choice:
        monkeypatch.setenv(live.SWITCH, choice)
    assert live.page_is_live() == expected


WITHOUT = """
import sys
sys.modules["ipywidgets"] = sys.modules["anywidget"] = None
from labkit import Lab
from labkit.view.widgets.tool import WidgetsMissing
lab = Lab.open(through="flow_logs")
for tool in (lab.console("limit 2"), lab.panel(), lab.reachability(ping=True), lab.scrub()):
    tool._ipython_display_()
    try:
        tool.widget()
    except WidgetsMissing as missing:
        print(f"MISSING {missing}")
lab.panel().turn_off("routes-b, 10.1")
print("DONE", lab.reachability().result.description)
"""


def test_everything_works_without_ipywidgets() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, live.SWITCH: "on"},
    )
    assert run.stdout.count("MISSING ") == 4
    assert "pip install ipywidgets anywidget" in run.stdout
    assert "DONE 0 of 2 pairs are answered" in run.stdout
    # Once by the exception, and once in each form of what is shown instead.
    assert run.stdout.count("so there is nothing to click") == 4 * 3


class Broken(Tool):
    """A tool whose controls cannot be made, though all libraries are there."""

    plain_call = "none"

    def still_html(self) -> str:
        return ""

    def controls(self) -> Widget:
        raise ImportError("cannot import name 'css' from 'labkit'", name="labkit")


def test_a_fault_in_the_controls_is_not_taken_for_a_library_that_is_missing() -> None:
    with pytest.raises(ImportError, match="cannot import name 'css'"):
        Broken().widget()
