from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.view import lettering


@given(text=st.text(max_size=80), room=st.floats(20, 400))
def test_fitted_text_fits_and_keeps_its_ends(text: str, room: float) -> None:
    fitted = lettering.fit(text, room, 12)
    assert lettering.width(fitted, 12) <= room
    if fitted != text:
        head, _, tail = fitted.rpartition(lettering.ELLIPSIS)
        assert text.startswith(head)
        assert text.endswith(tail)


def test_names_that_begin_alike_can_still_be_told_apart() -> None:
    names = ["application-server-number-one-blue", "application-server-number-two-green"]
    first, second = (lettering.fit(f"● {name}", 180, 13, bold=True) for name in names)
    assert first != second


@given(text=st.text(max_size=200), room=st.floats(30, 400))
def test_wrapping_loses_no_letter_and_fits(text: str, room: float) -> None:
    lines = lettering.wrap(text, room, 12)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert [line for line in lines if lettering.width(line, 12) > room] == []


def test_letters_are_never_narrower_than_in_the_widest_usual_face() -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    measure = TextToPath()
    for weight in ("normal", "bold"):
        face = FontProperties(family="DejaVu Sans", size=100, weight=weight)
        for words in (
            "route table rtb-0123456789abcdef0 of subnet subnet-b has no route to 10.1.1.10",
            "in: ICMP type 8, 10.1.0.0/16; TCP 22, 0.0.0.0/0",
            "100 allow all, 0.0.0.0/0",
            "internet gateway",
        ):
            drawn, _, _ = measure.get_text_width_height_descent(words, face, ismath=False)
            assert lettering.width(words, 100, bold=weight == "bold") >= drawn * 0.99
