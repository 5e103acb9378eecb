"""Code of somebody else's ends when its time is up, on either kind of thread."""

from __future__ import annotations

import itertools
import signal
import sys
import threading
import time
from contextlib import suppress

import pytest

from labkit.patience import TookTooLong, uninterrupted, within

_SECONDS = 0.2


def _endless():
    while True:
        pass


def _deaf():
    while True:
        with suppress(BaseException):  # as bad as code can be
            _endless()


def _asleep():
    time.sleep(60)


def _excuses_itself():
    try:
        _endless()
    except BaseException:  # noqa: BLE001  as bad as code can be
        return "as if nothing had happened"


def _in_this_thread(work):
    return work()


def _in_another_thread(work):
    found = []

    def attempt():
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001  to be raised where the test sees it
            found.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join(30)
    [result] = found
    if isinstance(result, BaseException):
        raise result
    return result


each_thread = pytest.mark.parametrize("run", [_in_this_thread, _in_another_thread])


@pytest.mark.parametrize(
    ("run", "function"),
    [
        (_in_this_thread, _endless),
        (_in_this_thread, _deaf),
        (_in_this_thread, _asleep),
        (_in_this_thread, _excuses_itself),
        (_in_another_thread, _endless),
        (_in_another_thread, _excuses_itself),
    ],
)
def test_a_function_that_does_not_come_back_is_ended(run, function):
    began_s = time.monotonic()

    with pytest.raises(TookTooLong):
        run(lambda: within(_SECONDS, function))

    assert _SECONDS <= time.monotonic() - began_s < 30


@each_thread
def test_time_that_is_up_in_a_destructor_is_told_again_and_nothing_is_printed(run, capfd):
    class Slow:
        def __del__(self):
            entered.append(None)
            _endless()

    def let_it_go():
        Slow()
        _endless()

    entered = []
    while not entered:  # on a busy machine, time may be up before it gets there
        with pytest.raises(TookTooLong):
            run(lambda: within(_SECONDS, let_it_go))
    assert [None] == entered
    assert "" == capfd.readouterr().err


def test_a_debugger_can_be_used_although_a_function_was_left_behind():
    held = threading.Lock()
    held.acquire()
    seen, outside = [], sys.gettrace()
    try:
        with pytest.raises(TookTooLong):
            _in_another_thread(lambda: within(_SECONDS, held.acquire))
        sys.settrace(lambda frame, *_: seen.append(frame.f_code.co_name))
        _in_this_thread(int)
    finally:
        sys.settrace(outside)
        held.release()
    assert "_in_this_thread" in seen


@each_thread
def test_what_a_function_gives_back_or_raises_comes_through(run):
    assert 42 == run(lambda: within(5, int, "2a", base=16))
    with pytest.raises(ValueError, match="invalid literal"):
        run(lambda: within(5, int, "x"))


@each_thread
def test_what_must_not_be_half_done_is_finished_before_a_function_is_ended(run):
    begun, done = [], []

    def step_by_step():
        for each in itertools.count():
            with uninterrupted():
                begun.append(each)
                until_s = time.monotonic() + 3 * _SECONDS
                while time.monotonic() < until_s:
                    pass
                done.append(each)

    with pytest.raises(TookTooLong):
        run(lambda: within(_SECONDS, step_by_step))
    assert begun == done


def test_of_two_limits_the_outer_one_goes_on_when_the_inner_one_is_over():
    def again():
        with pytest.raises(TookTooLong):
            within(_SECONDS, _endless)
        _endless()

    began_s = time.monotonic()
    with pytest.raises(TookTooLong):
        within(2 * _SECONDS, again)
    assert 2 * _SECONDS <= time.monotonic() - began_s < 30


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")
def test_a_timer_that_somebody_had_set_before_goes_on_from_where_it_would_be():
    def ring(*_):
        """What somebody has rung."""

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 60, 30)
        with pytest.raises(TookTooLong):
            within(_SECONDS, _endless)
        left_s, again_s = signal.getitimer(signal.ITIMER_REAL)
        rings = signal.getsignal(signal.SIGALRM)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert 0 < left_s < 60 - _SECONDS / 2
    assert (ring, 30) == (rings, again_s)


def test_a_loop_over_calls_to_aws_is_ended_between_two_calls(lab):
    lab.build("vpcs")

    def tag_for_ever():
        number = 0
        while True:
            number += 1
            tags = [{"Key": "Round", "Value": str(number)}]
            lab.ec2.create_tags(Resources=[lab.find("vpc", "vpc-a")], Tags=tags)

    with pytest.raises(TookTooLong):
        within(_SECONDS, tag_for_ever)
    lab.build("routes")
