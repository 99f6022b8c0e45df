"""工作表预查 — one exact pass over a sheet's XML before the parser builds its grid.

A 1 KB file may claim 10⁶ × 16,384 cells, or point 10⁶ cells at one long text: both are counted here, not allocated.
"""

import posixpath
import re
from dataclasses import dataclass, field
from xml.parsers import expat

from renjia.records.intake.guards import LIMITS, Limits
from renjia.records.intake.problems import refuse

_REF = re.compile(r"([A-Z]{1,4})([0-9]{1,8})")


@dataclass(slots=True)
class Sheet:
    """一张表的样子 — its part, whether shown, extent of cells that hold something (1-based), formulas by cell name."""

    name: str
    part: str
    hidden: bool
    last_row: int = 0
    last_column: int = 0
    cells: int = 0
    texts: int = 0
    hidden_rows: int = 0
    merges: int = 0
    formulas: list[str] = field(default_factory=list)


def column_name(index: int) -> str:
    """列号 — 1 → A, 27 → AA."""
    name = ""
    while index > 0:
        index, letter = divmod(index - 1, 26)
        name = chr(65 + letter) + name
    return name


def scan(parts: dict[str, bytes], filename: str, limits: Limits = LIMITS) -> tuple[list[Sheet], bool]:
    """预查工作簿 — every worksheet with its measure, and whether dates count from 1904; Refusal over any limit."""
    try:
        sheets, epoch1904 = _workbook(parts, filename)
        longest = _longest_text(parts)
        for sheet in sheets:
            _measure(sheet, parts[sheet.part], filename, limits)
            _weigh(sheet, parts, longest, filename, limits)
    except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
        raise refuse(filename, "工作簿内容损坏", "请用 Excel 打开后另存为 .xlsx 再送") from error
    return sheets, epoch1904


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every start tag of a small part."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: found.append((_local(tag), attributes))
    parser.Parse(content, True)
    return found


def _workbook(parts: dict[str, bytes], filename: str) -> tuple[list[Sheet], bool]:
    by_name = {name.lower(): name for name in parts}
    book = by_name.get("xl/workbook.xml")
    links = by_name.get("xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        raise refuse(filename, "工作簿缺少目录（workbook.xml）", "请用 Excel 打开后另存为 .xlsx 再送")
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for tag, attributes in _elements(parts[links])
        if tag == "Relationship"
    }
    sheets: list[Sheet] = []
    epoch1904 = False
    for tag, attributes in _elements(parts[book]):
        if tag == "workbookPr":
            epoch1904 = attributes.get("date1904", "").lower() in ("1", "true", "on")
        elif tag == "sheet":
            link = next((value for key, value in attributes.items() if _local(key) == "id" and ":" in key), "")
            target = targets.get(link, "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            part = by_name.get(path.lower())
            if part is not None:
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(Sheet(attributes.get("name", ""), part, hidden))
    if not sheets:
        raise refuse(filename, "工作簿里没有工作表", "请确认送的是数据表")
    return sheets, epoch1904


class _Gauge:
    """Counts one sheet while expat reads it."""

    def __init__(self, sheet: Sheet, filename: str, limits: Limits) -> None:
        self.sheet, self.filename, self.limits = sheet, filename, limits
        self.row = self.column = 0
        self.here = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "c":
            self._cell(attributes.get("r"))
            self.shared = attributes.get("t") == "s"
        elif tag in ("v", "is"):
            self._filled()
        elif tag == "row":
            said = attributes.get("r")
            self.row = int(said) if said else self.row + 1
            self.column = 0
            self.sheet.hidden_rows += attributes.get("hidden", "") in ("1", "true")
        elif tag == "f":
            if len(self.sheet.formulas) < 1_000:
                self.sheet.formulas.append(self.here or f"{column_name(self.column)}{self.row}")
        elif tag == "mergeCell":
            self.sheet.merges += 1
            if self.sheet.merges > self.limits.merges:
                raise refuse(
                    self.filename,
                    f"工作表「{self.sheet.name}」合并单元格超过 {self.limits.merges} 处",
                    "请取消合并后另存再送",
                )

    def _cell(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        found = _REF.fullmatch(reference)
        if found is None:
            raise ValueError(reference)
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        self.column, self.row = column, int(found[2])

    def _filled(self) -> None:
        sheet, limits = self.sheet, self.limits
        sheet.cells += 1
        sheet.texts += self.shared
        if self.column > sheet.last_column:
            sheet.last_column = self.column
            if self.column > limits.columns:
                where = f"第 {self.column} 列（{column_name(self.column)}）"
                what = f"工作表「{sheet.name}」用到{where}，超过 {limits.columns} 列"
                raise refuse(self.filename, what, "请删去表外的内容，只留数据列", row=self.row)
        if self.row > sheet.last_row:
            sheet.last_row = self.row
            if self.row > limits.rows:
                what = f"工作表「{sheet.name}」用到第 {self.row} 行，超过 {limits.rows} 行"
                raise refuse(self.filename, what, "请拆成几个文件，或删去表外的内容")

    shared = False


def _measure(sheet: Sheet, content: bytes, filename: str, limits: Limits) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = _Gauge(sheet, filename, limits).start
    parser.Parse(content, True)
    box = sheet.last_row * sheet.last_column
    if box > max(1_000_000, 10 * sheet.cells):
        corner = f"{column_name(sheet.last_column)}{sheet.last_row}"
        what = f"工作表「{sheet.name}」范围到 {corner}，有内容的只有 {sheet.cells} 格"
        raise refuse(filename, what, "请删去远处的零散内容，只留数据区")


def _shared_part(parts: dict[str, bytes]) -> bytes | None:
    return next((content for name, content in parts.items() if name.lower() == "xl/sharedstrings.xml"), None)


def _text_lengths(content: bytes) -> list[int]:
    """Length of each shared text."""
    lengths: list[int] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "si":
            lengths.append(0)

    def text(characters: str) -> None:
        if lengths:
            lengths[-1] += len(characters)

    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.Parse(content, True)
    return lengths


def _longest_text(parts: dict[str, bytes]) -> int:
    content = _shared_part(parts)
    return max(_text_lengths(content), default=0) if content is not None else 0


def _weigh(sheet: Sheet, parts: dict[str, bytes], longest: int, filename: str, limits: Limits) -> None:
    """Refuses a sheet whose shared texts, written out, would pass the limit."""
    if sheet.texts * longest <= limits.text:
        return
    lengths = _text_lengths(_shared_part(parts) or b"")
    total = 0
    inside = shared = False
    digits = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside, shared, digits
        tag = _local(tag)
        if tag == "c":
            shared = attributes.get("t") == "s"
        inside = tag == "v" and shared
        digits = ""

    def text(characters: str) -> None:
        nonlocal digits
        if inside:
            digits += characters[:20]

    def end(tag: str) -> None:
        nonlocal inside, total
        if inside and digits.strip().isdigit() and int(digits) < len(lengths):
            total += lengths[int(digits)]
            if total > limits.text:
                raise refuse(
                    filename,
                    f"工作表「{sheet.name}」的文字写开后超过 {limits.text // 1_000_000} MB",
                    "请删去长篇文字，只留数据",
                )
        inside = False

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.Parse(parts[sheet.part], True)
