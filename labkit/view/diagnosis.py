"""A diagnosis as a page: what is wrong in order, each thing with proof and fix, and the records."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from typing import TYPE_CHECKING, Final

from labkit.diagnose.diagnosis import Diagnosis, Finding
from labkit.diagnose.evidence import Seen
from labkit.view.grid import Grid, Line
from labkit.view.theme import LOOKS, Tone
from labkit.view.trace import verdict_html

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.diagnose.evidence import Sight
    from labkit.diagnose.logs import LogFinding

_TONES: Final = {
    Seen.ACCEPT: Tone.GOOD,
    Seen.REJECT: Tone.BAD,
    Seen.BOTH: Tone.BAD,
    Seen.NOTHING: Tone.OPEN,
    Seen.UNKNOWN: Tone.QUIET,
}
_CARD: Final = "margin:.5em 0;padding:.1em .9em .4em;border-left:4px solid {colour};max-width:52em"


class DiagnosisPage(Diagnosis):
    """A diagnosis that shows itself in a notebook; everything else of it is as it was."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        tone = Tone.BAD if self.findings else Tone.GOOD
        parts = [verdict_html(tone, f"{self.question}: {self.says}")]
        parts += [_finding(number, each) for number, each in enumerate(self.findings, start=1)]
        parts += [_log_finding(each) for each in self.log_findings]
        parts.append(_records(self.sights).to_html())
        parts += [f'<p style="opacity:.85">Note: {escape(note)}</p>' for note in self.notes]
        if self.proof:
            parts.append(verdict_html(Tone.GOOD, self.proof))
        return "".join(parts)


def page(diagnosis: Diagnosis) -> DiagnosisPage:
    """The same diagnosis, to be shown."""
    return DiagnosisPage(**{each.name: getattr(diagnosis, each.name) for each in fields(diagnosis)})


def _finding(number: int, finding: Finding) -> str:
    way = "on the way there" if finding.leg == "request" else "on the way back"
    fix = finding.fix.words if finding.fix else "none that AWS could make"
    rows = [("decided", finding.says), ("nearly", finding.nearly), ("proof", finding.proof)]
    rows.append(("fix", fix))
    if finding.fix and finding.fix.opens_too:
        rows.append(("opens too", "; ".join(map(str, finding.fix.opens_too))))
    return _card(Tone.BAD, f"{number}. {finding.cause}, {way}", rows)


def _log_finding(finding: LogFinding) -> str:
    rows = [("decided", finding.says), ("proof", finding.proof), ("fix", finding.remedy)]
    return _card(Tone.OPEN, f"flow logs: {finding.cause}", rows)


def _card(tone: Tone, heading: str, rows: Iterable[tuple[str, str]]) -> str:
    look = LOOKS[tone]
    lines = "".join(
        f'<div style="margin:.15em 0"><span style="opacity:.7">{label}:</span> {escape(text)}</div>'
        for label, text in rows
        if text
    )
    return (
        f'<div style="{_CARD.format(colour=look.colour)}">'
        f'<div style="font-weight:600;margin:.3em 0">{look.symbol} {escape(heading)}</div>'
        f"{lines}</div>"
    )


def _records(sights: Iterable[Sight]) -> Grid:
    headings = ("interface", "direction", "packet", "record", "packets", "why not known")
    lines = tuple(map(_line, sights))
    return Grid(headings, lines, "What the records say, in the order of the way", frozenset({4}))


def _line(sight: Sight) -> Line:
    tone = _TONES[sight.seen]
    name = sight.interface.name or sight.interface.interface_id
    record = f"{LOOKS[tone].symbol} {sight.seen}"
    packets = str(sight.packets) if sight.packets else ""
    why = str(sight.blind) if sight.seen is Seen.UNKNOWN and sight.blind else ""
    cells = (name, str(sight.direction), str(sight.leg), record, packets, why)
    return Line(cells, None if tone is Tone.GOOD else tone)
