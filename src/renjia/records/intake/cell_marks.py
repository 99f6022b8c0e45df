"""格子的记号 — what an .xlsx says of a cell beside its value: shown as per cent, an error, a formula never worked out.

The parser of values drops all three; a table of figures must not be read without them.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from renjia.records.intake.guards import LIMITS, unpack
from renjia.records.intake.sheet_scan import Sheet, scan

_BUILT_IN_PERCENT = frozenset(("9", "10"))
At = tuple[int, int]  # row as Excel numbers it, column from 0


@dataclass(slots=True)
class CellMarks:
    """一张表的记号 — cells shown as per cent; cells that hold an error, with its name; formulas without a value."""

    percent: set[At] = field(default_factory=set)
    errors: dict[At, str] = field(default_factory=dict)
    unworked: set[At] = field(default_factory=set)


def cell_marks(data: bytes, filename: str, sheet: str) -> CellMarks:
    """读记号 — of the named sheet of a workbook that was read already; Refusal as reading it would."""
    parts = unpack(data, filename, LIMITS)
    sheets, _ = scan(parts, filename)
    found = next((one for one in sheets if one.name == sheet), None)
    styles = next((content for name, content in parts.items() if name.lower() == "xl/styles.xml"), b"")
    marks = CellMarks()
    if found is not None:
        _read(found, parts[found.part], _percent_styles(styles), marks)
    return marks


def _percent_styles(content: bytes) -> set[str]:
    """Numbers of the cell styles that show per cent."""
    formats: set[str] = set(_BUILT_IN_PERCENT)
    styles: set[str] = set()
    inside, number = False, 0

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal inside, number
        name = tag.rpartition(":")[2]
        if name == "numFmt" and "%" in given.get("formatCode", ""):
            formats.add(given.get("numFmtId", ""))
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            if given.get("numFmtId") in formats:
                styles.add(str(number))
            number += 1

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and tag.rpartition(":")[2] != "cellXfs"

    if content:
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.Parse(content, True)
    return styles


def _read(sheet: Sheet, content: bytes, percent: set[str], marks: CellMarks) -> None:
    row = column = 0
    kind, text, formula, value, in_value = "", "", False, False, False

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal row, column, kind, text, formula, value, in_value
        name = tag.rpartition(":")[2]
        if name == "row":
            row, column = int(given["r"]) if given.get("r") else row + 1, 0
        elif name == "c":
            column = _column(given["r"]) if given.get("r") else column + 1
            kind, text, formula, value = given.get("t", "n"), "", False, False
            if given.get("s") in percent and kind in ("n", ""):
                marks.percent.add((row, column - 1))
        elif name == "f":
            formula = True
        elif name in ("v", "is"):
            value, in_value = True, True

    def end(tag: str) -> None:
        nonlocal in_value
        name = tag.rpartition(":")[2]
        in_value = in_value and name not in ("v", "is")
        if name == "c":
            if kind == "e":
                marks.errors[row, column - 1] = text.strip() or "#VALUE!"
            elif formula and not (value and text):
                marks.unworked.add((row, column - 1))

    def characters(said: str) -> None:
        nonlocal text
        if in_value:
            text += said[:40]

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.Parse(content, True)


def _column(reference: str) -> int:
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter) - 64
    return number
