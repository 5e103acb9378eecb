"""Checks and hints: four outcomes, whatever a learner does, and a word for every wrong call."""

from __future__ import annotations

import pytest

from labkit.checks import ____, check, hint, progress
from labkit.checks.feedback import LOOKS, OUTCOME_MIME
from labkit.checks.outcome import Word
from labkit.errors import LabError, NameNotFound


@pytest.fixture
def lab(lab, capsys):
    """A lab as lesson 06 opens it."""
    lab.build("peering")
    capsys.readouterr()
    return lab


def _add_way_back(lab, destination="10.1.0.0/16"):
    table = lab.ec2.create_route_table(
        VpcId=lab.find("vpc", "vpc-b"),
        TagSpecifications=lab.tags.specification("route-table", "routes-b"),
    )["RouteTable"]["RouteTableId"]
    lab.ec2.associate_route_table(RouteTableId=table, SubnetId=lab.find("subnet", "subnet-b"))
    lab.ec2.create_route(
        RouteTableId=table,
        DestinationCidrBlock=destination,
        VpcPeeringConnectionId=lab.find("vpc-peering-connection", "a-to-b"),
    )


def test_the_same_exercise_goes_from_not_attempted_over_not_yet_to_done(lab):
    before = check("06-return-route", lab)
    _add_way_back(lab)
    one_side = check("06-return-route", lab)
    lab.build("routes")

    assert [Word.NOT_ATTEMPTED, Word.NOT_YET] == [before.word, one_side.word]
    assert "no route, on the way there" in repr(one_side) or "no route" in repr(one_side)
    assert Word.DONE is check("06-return-route", lab).word


def test_checking_changes_nothing(lab):
    before, now = lab.topology(), lab.clock.now()
    for _ in range(2):
        check("06-return-route", lab)

    assert before == lab.topology()
    assert now == lab.clock.now()


def test_an_outcome_reads_the_same_as_text_as_a_page_and_for_programs(lab):
    feedback = check("06-return-route", lab)
    shown = feedback._repr_mimebundle_()

    assert repr(feedback) == shown["text/plain"]
    assert "not attempted" in shown["text/html"]
    assert {"exercise": "06-return-route", "outcome": "not attempted"}.items() <= shown[
        OUTCOME_MIME
    ].items()


def test_every_word_has_a_symbol_and_a_line_of_its_own():
    assert set(Word) == set(LOOKS)
    assert 4 == len({look.symbol for look in LOOKS.values()})
    assert 4 == len({look.line.split("#")[0] for look in LOOKS.values()})


@pytest.mark.parametrize("answer", [____, [____], {"a": ____}, "10.2.0.0/____"])
def test_a_blank_anywhere_in_an_answer_is_no_attempt(lab, answer):
    assert Word.NOT_ATTEMPTED is check("06-longest-prefix", lab, answer).word


def test_a_function_that_gives_back_the_blank_is_no_attempt(lab):
    assert Word.NOT_ATTEMPTED is check("06-longest-prefix", lab, lambda *_: ____).word


@pytest.mark.parametrize("answer", [3, "10.2.0.0/16", None, ["a"]])
def test_an_answer_of_the_wrong_type_hears_which_type_is_wanted(lab, answer):
    feedback = check("06-longest-prefix", lab, answer)

    assert Word.NOT_YET is feedback.word
    assert "`row_for` is" in repr(feedback)
    assert "a function." in repr(feedback)


def test_an_exception_of_the_learners_own_comes_message_first_traceback_folded(lab):
    def row_for(destinations, address):
        return destinations[address]

    feedback = check("06-longest-prefix", lab, row_for)
    page = feedback._repr_mimebundle_()["text/html"]

    assert Word.NOT_YET is feedback.word
    assert page.index("TypeError") < page.index("<details>") < page.index("destinations[address]")
    assert "lesson_06.py" not in page


def test_a_check_in_a_lab_that_was_deleted_says_how_to_begin_afresh(lab):
    lab.teardown()
    feedback = check("06-return-route", lab)

    assert Word.NOT_YET is feedback.word
    assert "There is no subnet named 'subnet-b'" in repr(feedback)
    assert "Restart Kernel" in repr(feedback)


def test_a_name_with_a_slip_of_the_finger_gets_the_nearest_one(lab):
    with pytest.raises(NameNotFound, match="Did you mean '06-return-route'"):
        check("06-retrun-route", lab)


@pytest.mark.parametrize("arguments", [(), ("lab",), (None,)])
def test_a_check_without_a_lab_says_how_it_is_written(arguments):
    with pytest.raises(LabError, match=r'check\("06-longest-prefix", lab, row_for\)'):
        check("06-longest-prefix", *arguments)


def test_an_answer_too_many_says_how_the_check_is_written(lab):
    with pytest.raises(LabError, match=r'check\("06-return-route", lab\)'):
        check("06-return-route", lab, "10.1.0.0/16")


def test_each_hint_but_the_last_announces_the_next():
    assert 'hint("06-return-route", 2)' in repr(hint("06-return-route"))
    assert 'hint("06-return-route", 3)' in repr(hint("06-return-route", 2))
    assert "the last one" in repr(hint("06-return-route", 3))


@pytest.mark.parametrize("number", [0, 4, "2", None])
def test_a_hint_that_is_not_there_says_which_are(number):
    with pytest.raises(LabError, match="hints 1 to 3"):
        hint("06-return-route", number)


def test_progress_shows_what_each_check_said_last(lab):
    check("06-return-route", lab)
    rows = dict(line.split("  ", 1) for line in repr(progress("06-routes")).splitlines())

    assert "○ not attempted" == rows["give the reply its way back"].strip()
