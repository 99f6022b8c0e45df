"""一张表 — what both kinds of file become before layout is looked for; how a raw cell becomes text."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field

from renjia.records.intake.rows import Rows

HEAD_ROWS = 10
_EXACT = 2**53
_EQUALS = re.compile(r'="([^"]*)"')
_SPACES = " \t\r\n\u00a0\u3000\u2002\u2003\u2009\ufeff"
_RUNS = frozenset("=+-@\t\r|%")  # what a spreadsheet may run, once full-width forms are folded


@dataclass(slots=True)
class Table:
    """一张表 — rows that hold something, by row number; where it came from and what was seen on the way."""

    name: str
    rows: Rows
    encoding: str = ""
    delimiter: str = ""
    hidden: bool = False
    epoch1904: bool = False
    ends_whole: bool = True
    notes: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)


def clean_cell(text: str) -> str:
    """去外壳 — outer spaces (full-width too), Excel's `="…"` and our own protecting `'` taken off."""
    if text.isalnum():
        return text
    if len(text) > 1 and text[0] == "'" and _runs(text[1:]):
        return text[1:]
    text = text.strip(_SPACES)
    found = _EQUALS.fullmatch(text) if text.startswith('="') else None
    return found[1].strip(_SPACES) if found else text.removeprefix("'") if text[1:2].isalnum() else text


def protect(text: str) -> str:
    """防公式 — a `'` before what a spreadsheet would run; `clean_cell` takes it off again."""
    return "'" + text if _runs(text) else text


def _runs(text: str) -> bool:
    bare = unicodedata.normalize("NFKC", text)
    return bare[:1] in _RUNS or bare.lstrip()[:1] in _RUNS


def cell_text(value: object) -> str:
    """格子成文字 — a number without `.0`, a date as 2025-01-25, past 2⁵³ (digits are lost) as 3.1E+17."""
    if isinstance(value, str):
        return clean_cell(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value) if abs(value) < _EXACT else f"{float(value):.14E}"
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value)) if abs(value) < _EXACT else f"{value:.14E}"
        return repr(value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return "" if value is None else str(value)
