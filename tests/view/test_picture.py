from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.view.picture import Picture

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = Picture("<svg/>", "a square", 800)


def test_a_picture_prints_its_words() -> None:
    assert repr(PICTURE) == "a square"


def test_a_picture_shows_its_drawing_inline() -> None:
    assert "<svg/>" in PICTURE._repr_html_()


def test_a_saved_picture_is_the_drawing(tmp_path: Path) -> None:
    assert PICTURE.save(tmp_path / "network.svg").read_text(encoding="utf-8") == "<svg/>\n"
