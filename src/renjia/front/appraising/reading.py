"""事实表 — CSV or Excel as a district keeps it: a row a street, columns by the rubric's own names of its facts."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from renjia.engine.scoring import FactSpec, Rubric, ScoringError
from renjia.front.appraising.faults import Fault, Faults
from renjia.records.intake import Choice, Reading, Refusal, read_file
from renjia.records.intake.cell_marks import CellMarks, cell_marks
from renjia.records.intake.headers import plain_header

PLACES = ("街镇", "居村", "居村委", "单位")
_DIGITS = 15  # what Excel itself keeps of a number; what lies beyond is noise of its arithmetic
_TOTALS = frozenset(("合计", "总计", "小计", "总数", "全区", "全区合计", "平均", "平均值", "全区平均"))
_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_PERCENT = re.compile(r"[0-9]+(?:\.[0-9]+)?\s*[%％]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_FLOAT = re.compile(r"-?\d+\.\d+(?:[eE][+-]?\d+)?")

Value = int | Fraction | str | None


@dataclass(slots=True)
class FactsTable:
    """读到的事实 — facts by street in order of rows; None = not reported. place_word: the first column's name.

    absent: facts that no column reports; notes: what was seen and left out (totals, footers), in Chinese.
    """

    place_word: str
    facts: dict[str, dict[str, Value]]
    rows: dict[str, int]
    absent: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_facts(
    data: bytes, filename: str, rubric: Rubric, *, as_is: bool = False, sheet: str | None = None
) -> FactsTable:
    """读事实表 — every street's facts, parsed exactly.

    as_is: a share between 0 and 1 is meant as written. Raises Faults with everything that is wrong, in Chinese.
    """
    reading = _table(data, filename, rubric, sheet)
    place_word, place_at, columns, faults = _columns(reading, rubric)
    if faults:
        raise Faults(faults)
    digits, marks = 0, CellMarks()
    if reading.encoding == "xlsx":
        digits, marks = _DIGITS, cell_marks(data, filename, reading.sheet)
    read = [_Column(rubric.facts[name], position, digits, as_is) for name, position in columns.items()]
    table = FactsTable(place_word, {}, {})
    seen: dict[str, int] = {}
    totals: list[int] = []
    for row, cells in reading.rows:
        place = cells[place_at]
        if row in reading.rows.surplus:
            extra = "、".join(filter(None, reading.rows.surplus[row]))
            faults.append(
                Fault("这一行比表头多出格子", "请核对是否有格子里多了逗号，或漏了列名", place, value=extra, row=row)
            )
            continue
        if not place:
            faults.append(Fault(f"没有写{place_word}", f"请补上{place_word}的名字，或删去这一行", row=row))
            continue
        plain = _plain_place(place)
        if plain in _TOTALS:
            totals.append(row)
            continue
        if plain in seen:
            what = f"出现两次（前一次在第 {seen[plain]} 行）"
            faults.append(Fault(what, "请只留一行", place, value=place, row=row))
            continue
        seen[plain] = row
        table.rows[place] = row
        table.facts[place], wrong = _parse_row(place, row, cells, read, marks)
        faults += wrong
    if faults:
        raise Faults(faults)
    table.absent = [name for name in rubric.facts if name not in columns]
    table.notes = _left_out(reading, totals)
    return table


def _table(data: bytes, filename: str, rubric: Rubric, sheet: str | None) -> Reading:
    words = frozenset(plain_header(name) for name in (*PLACES, *rubric.facts))
    choice = Choice(sheet=sheet)
    try:
        return read_file(data, filename, choice, words=words)
    except Refusal as refusal:
        # one known name is not enough for a header to be sure of; the street's column is enough here
        rows = [one.value for one in refusal.options if one.asks == "header_row" and _names_place(one.label)]
        if not rows:
            raise _faults(refusal) from None
        choice = Choice(sheet=sheet, header_row=int(rows[0]))
    try:
        return read_file(data, filename, choice, words=words)
    except Refusal as refusal:
        raise _faults(refusal) from None


def _names_place(label: str) -> bool:
    cells = label.partition("：")[2].split("、")
    return any(plain_header(cell) in PLACES for cell in cells)


def _faults(refusal: Refusal) -> Faults:
    sheets = "、".join(one.value for one in refusal.options if one.asks == "sheet")
    more = f"（用 --sheet 指明：{sheets}）" if sheets else ""
    return Faults(
        Fault(f"{one.file}：{one.reason}", one.remedy + more, fact=one.column, value=one.value, row=one.row)
        for one in refusal.problems
    )


def _columns(reading: Reading, rubric: Rubric) -> tuple[str, int, dict[str, int], list[Fault]]:
    """Which column holds the place and which each fact; what no column may be called."""
    known = _by_plain_name(rubric.facts)
    place_word, place_at = "", -1
    found: dict[str, int] = {}
    faults: list[Fault] = []
    for position, written in enumerate(reading.columns):
        twice = re.fullmatch(r"(.+)#\d+", written)
        plain = plain_header(twice[1] if twice else written)
        if plain in PLACES and place_at < 0:
            place_word, place_at = plain, position
        elif plain in known and known[plain] not in found:
            found[known[plain]] = position
        elif plain in known or plain in PLACES:
            faults.append(
                Fault("这一列出现两次", "请只留一列", fact=twice[1] if twice else written, row=reading.header_row)
            )
        elif _empty(reading, position):
            continue  # a column that holds nothing at all says nothing
        else:
            faults.append(Fault("不认识这一列", _nearest(written, rubric.facts), fact=written, row=reading.header_row))
    if place_at < 0:
        faults.insert(
            0, Fault(f"没有「{PLACES[0]}」这一列", f"请把第一列的列名写成「{PLACES[0]}」", row=reading.header_row)
        )
    return place_word, place_at, found, faults


def _plain_place(name: str) -> str:
    """A place's name without width and spaces; its marks stay, for 1-1居 is not 11居."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", name))


def _by_plain_name(names: Iterable[str]) -> dict[str, str]:
    """Full names by their plain spelling; a spelling that two names share is no name at all."""
    plain: dict[str, str] = {}
    shared: set[str] = set()
    for name in names:
        key = plain_header(name)
        if key in plain:
            shared.add(key)
        plain[key] = name
    return {key: name for key, name in plain.items() if key not in shared} | {name: name for name in plain.values()}


def _empty(reading: Reading, position: int) -> bool:
    return reading.columns[position].endswith("（无列名）") and not any(reading.rows.column(position))


def _nearest(written: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(written, [*names, *PLACES[:1]], n=1, cutoff=0.4)
    if near:
        return f"最接近的是「{near[0]}」，请照样写（括号也要），或删去这一列"
    return "请照评分细则的事实名写，或删去这一列"


@dataclass(slots=True)
class _Column:
    """One fact's column; what its cells said already is not read twice."""

    spec: FactSpec
    position: int
    digits: int
    as_is: bool
    known: dict[str, Value] = field(default_factory=dict)

    def value(self, written: str, *, shown_as_percent: bool = False) -> Value:
        percent = shown_as_percent and self.spec.type == "percentage" and _NUMBER.fullmatch(written) is not None
        key = f"{written}%" if percent else written
        if key in self.known:
            return self.known[key]
        text = written
        if percent:  # the sheet holds 0.9899 and shows 98.99%
            text = format(Decimal(f"{float(written):.{_DIGITS}g}") * 100, "f")
        if self.spec.type == "percentage" and _PERCENT.fullmatch(text):
            text = text.rstrip("%％ ")  # a spreadsheet saved as text writes the sign into the cell
        if self.digits and _FLOAT.fullmatch(text):
            text = format(Decimal(f"{float(text):.{self.digits}g}"), "f")
        found = self.spec.parse(text, as_is=self.as_is)
        self.known[key] = found
        return found


def _parse_row(
    place: str, row: int, cells: tuple[str, ...], columns: Sequence[_Column], marks: CellMarks
) -> tuple[dict[str, Value], list[Fault]]:
    """One street's facts; what cannot be read is told, never guessed."""
    facts: dict[str, Value] = {}
    faults: list[Fault] = []
    for column in columns:
        written, at = cells[column.position], (row, column.position)
        if at in marks.errors or at in marks.unworked:
            what = f"格子里是错误值 {marks.errors[at]}" if at in marks.errors else "格子里是公式，没有存下算出的数"
            remedy = "请改好公式（分母为 0 的请区里说明如何计），复制后“选择性粘贴—数值”再送"
            faults.append(Fault(what, remedy, place, column.spec.name, written or marks.errors.get(at, "公式"), row))
            continue
        try:
            facts[column.spec.name] = column.value(written, shown_as_percent=at in marks.percent)
        except ScoringError as error:
            faults.append(Fault(error.reason, error.remedy, place, column.spec.name, written, row))
    return facts, faults


def _left_out(reading: Reading, totals: list[int]) -> list[str]:
    """What the reader took for no data: said, so that no street vanishes unseen."""
    found: list[str] = []
    for rows, what in (([*reading.total_rows, *totals], "合计行"), (reading.note_rows, "表尾说明")):
        if rows:
            found.append(f"第 {'、'.join(map(str, rows))} 行看作{what}，没有评分")
    found += [f"{one.reason}；{one.remedy}" for one in reading.problems]
    return found
