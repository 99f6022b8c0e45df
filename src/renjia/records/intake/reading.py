"""读件 — any file a department sends, as one table with its header found; what was found is said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from renjia.records.intake.encodings import NAMES
from renjia.records.intake.feeds import header_words
from renjia.records.intake.guards import LIMITS, Limits, kind_of
from renjia.records.intake.headers import plain_header
from renjia.records.intake.layout import Below, Header, counter, find_header, header_at, sort_rows
from renjia.records.intake.problems import WARN, Choice, Option, Problem, Refusal, refuse
from renjia.records.intake.rows import Cells, Rows
from renjia.records.intake.spreadsheets import read_workbook
from renjia.records.intake.tables import HEAD_ROWS, Table
from renjia.records.intake.text_tables import read_text


@dataclass(slots=True)
class Reading:
    """读件结果 — one table of text cells, rows numbered as Excel does.

    encoding: utf-8, utf-8-sig, gb18030, utf-16-le, utf-16-be, big5, or xlsx; sheet, delimiter: '' where there is none;
    title_rows, total_rows, note_rows, repeated_headers: row numbers that are no data; columns: names, made unique;
    rows: `Rows` of (row number, cells); problems: warnings of the file; notes: what was found, in Chinese;
    hints: texts that may name the feed (file name, sheet, titles).
    """

    filename: str
    encoding: str
    sheet: str
    delimiter: str
    header_row: int
    columns: tuple[str, ...]
    rows: Rows
    title_rows: list[int] = field(default_factory=list)
    total_rows: list[int] = field(default_factory=list)
    note_rows: list[int] = field(default_factory=list)
    repeated_headers: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    hints: tuple[str, ...] = ()
    epoch1904: bool = False
    choice: Choice = field(default_factory=Choice)

    def preview(self, rows: int = 20) -> list[tuple[int, Cells]]:
        """前几行 — the first rows, to be seen before anything is accepted."""
        return self.rows[:rows]


def read_file(
    data: bytes,
    filename: str,
    choice: Choice | None = None,
    *,
    words: frozenset[str] | None = None,
    limits: Limits = LIMITS,
) -> Reading:
    """读一个文件 — the table in it; `words` are known column names (plain), those of every feed unless given.

    Raises Refusal, with options where a person can settle it, for whatever is broken, hostile or not plain.
    """
    choice = choice or Choice()
    filename = PurePosixPath(filename.replace("\\", "/")).name or "未命名"
    known = header_words() if words is None else words
    if kind_of(data, filename, limits) == "xlsx":
        tables = read_workbook(data, filename, limits)
        table, header, notes = _choose_sheet(tables, filename, choice, known)
        hidden = [one.name for one in tables if one.hidden]
    else:
        hidden = []
        table = read_text(data, filename, choice, counter(known), limits)
        header, notes = _header(table, filename, choice, known), []
    below = sort_rows(table, header)
    if not below.data:
        raise refuse(
            filename,
            "表头下面没有数据行（只收到半个文件？）",
            "请确认导出的是有数据的表",
            row=table.rows[header.position][0],
        )
    columns = _names(header, table, below)
    reading = Reading(
        filename=filename, encoding=table.encoding, sheet=table.name, delimiter=table.delimiter,
        header_row=table.rows[header.position + header.height - 1][0], columns=columns,
        rows=table.rows.only(below.data, len(columns)), epoch1904=table.epoch1904, choice=choice,
        notes=table.notes + notes,
    )  # fmt: skip
    _describe(reading, table, header, below)
    _warn_of_hidden(reading, hidden)
    _look_for_cut(reading, table)
    return reading


def _choose_sheet(
    tables: list[Table], filename: str, choice: Choice, known: frozenset[str]
) -> tuple[Table, Header, list[str]]:
    if choice.sheet is not None:
        chosen = next((table for table in tables if table.name == choice.sheet), None)
        if chosen is None:
            names = "、".join(table.name for table in tables)
            raise refuse(filename, f"没有有内容的工作表「{choice.sheet}」", f"有：{names}")
        return chosen, _header(chosen, filename, choice, known), [f"工作表「{chosen.name}」，人工选定"]
    found = [(table, header) for table in tables if (header := find_header(table, known))]
    full = [(table, header) for table, header in found if sort_rows(table, header).data]
    shown = [one for one in full if not one[0].hidden]
    if len(shown) == 1:
        table, header = shown[0]
        if choice.header_row is not None:
            header = _header(table, filename, choice, known)
        return table, header, _other_sheets(tables, table, found)
    visible = [table for table in tables if not table.hidden]
    if not shown and len(tables) == 1 and visible:
        return visible[0], _header(visible[0], filename, choice, known), [f"工作表「{visible[0].name}」"]
    asked = [table for table, _ in shown or full or found] or visible or tables
    what = (
        "有几张表都像数据"
        if len(shown) > 1
        else "看得见的工作表里没有认得的数据，隐藏的表里有"
        if full
        else "没有认得的表头"
    )
    options = [
        Option("sheet", table.name, table.name + ("（隐藏）" if table.hidden else ""), _preview(table))
        for table in asked
    ]
    raise refuse(filename, what, "请选定一张工作表；各表都要收的，请分成几个文件送", options=options)


def _other_sheets(tables: list[Table], chosen: Table, found: list[tuple[Table, Header]]) -> list[str]:
    """What is said of the sheet taken and of those left."""
    notes = [f"工作表「{chosen.name}」"]
    with_header = {id(table) for table, _ in found}
    for table in tables:
        if table is chosen:
            continue
        why = "隐藏的表" if table.hidden else "只有表头" if id(table) in with_header else "没有认得的表头"
        notes.append(f"另有工作表「{table.name}」未用：{why}")
    return notes


def _header(table: Table, filename: str, choice: Choice, known: frozenset[str]) -> Header:
    if choice.header_row is not None:
        header = header_at(table, choice.header_row)
        if header is None:
            raise refuse(
                filename, f"第 {choice.header_row} 行没有内容，不能作表头", "请另选一行", row=choice.header_row
            )
        return header
    header = find_header(table, known)
    if header is None:
        options = [
            Option("header_row", str(number), f"第 {number} 行：{'、'.join(filter(None, cells))[:60]}")
            for number, cells in table.rows[:HEAD_ROWS]
            if sum(map(bool, cells)) > 1
        ]
        remedy = "请选定表头所在的行，再说明各列是什么" if options else "请确认送的是数据表，列名在前十行之内"
        raise refuse(filename, f"前 {HEAD_ROWS} 行里没有认得的列名", remedy, options=options)
    return header


def _preview(table: Table) -> tuple[Cells, ...]:
    return tuple(cells for _, cells in table.rows[:20])


def _names(header: Header, table: Table, below: Below) -> Cells:
    """Column names: blank ones named by place, repeated ones numbered, empty columns at the end dropped."""
    names = list(header.names)
    while names and not names[-1]:
        names.pop()
    seen: Counter[str] = Counter()
    unique: list[str] = []
    for place, name in enumerate(names, 1):
        name = name.replace("\n", "") or f"第{place}列（无列名）"
        seen[plain_header(name)] += 1
        count = seen[plain_header(name)]
        unique.append(name if count == 1 else f"{name}#{count}")
    return tuple(unique)


def _describe(reading: Reading, table: Table, header: Header, below: Below) -> None:
    """Fills in row numbers, notes, and the warnings of the file as a whole."""

    def numbers(positions: Sequence[int]) -> list[int]:
        return [table.rows[position][0] for position in positions]

    titles = [table.rows[position] for position in range(header.position)]
    reading.title_rows = [number for number, _ in titles]
    reading.total_rows, reading.note_rows = numbers(below.totals), numbers(below.footers)
    reading.repeated_headers = numbers(below.repeats)
    reading.hints = (reading.filename, table.name, *("".join(cells) for _, cells in titles))
    height = f"（连同上一行，共 {header.height} 行）" if header.height > 1 else ""
    chosen = "，人工选定" if reading.choice.header_row is not None else ""
    reading.notes.append(f"表头在第 {reading.header_row} 行{height}{chosen}")
    for number, cells in titles:
        reading.notes.append(f"第 {number} 行是标题：{' '.join(filter(None, cells))[:60]}")
    for label, found in (
        ("合计行", reading.total_rows), ("表尾说明", reading.note_rows), ("重复的表头或列号", reading.repeated_headers),
    ):  # fmt: skip
        if found:
            listed = "、".join(map(str, found[:5])) + ("…" if len(found) > 5 else "")
            reading.notes.append(f"第 {listed} 行是{label}，不作数据")
    reading.notes.append(f"数据 {len(reading.rows)} 行，{len(reading.columns)} 列")
    _compare_total(reading, table, below)
    if table.formulas:
        shown = "、".join(table.formulas[:5])
        reading.problems.append(
            Problem(
                reading.filename, 0, "", shown, f"有 {len(table.formulas)} 格由公式算出，按保存的结果读",
                "请核对这些格子；最好复制后“选择性粘贴→数值”再送", WARN,
            )
        )  # fmt: skip


def _warn_of_hidden(reading: Reading, hidden: list[str]) -> None:
    for name in hidden:
        what = "已照选定读了隐藏的" if name == reading.sheet else "有隐藏的"
        reading.problems.append(
            Problem(reading.filename, 0, "", "", f"{what}工作表「{name}」", "请确认其中没有漏送或不该送的内容", WARN)
        )


def _compare_total(reading: Reading, table: Table, below: Below) -> None:
    """A grand total that is not the number of rows is a sign of half a file."""
    if len(below.totals) != 1:
        return
    number, cells = table.rows[below.totals[0]]
    said = [cell for cell in cells if cell.isascii() and cell.isdigit()]
    if len(said) == 1 and int(said[0]) != len(reading.rows):
        reading.problems.append(
            Problem(
                reading.filename, number, "", said[0], f"合计写 {said[0]}，读到 {len(reading.rows)} 行",
                "请核对是否漏了行或多了行", WARN,
            )
        )  # fmt: skip


def _look_for_cut(reading: Reading, table: Table) -> None:
    """A text file whose last line has no end may stop in mid-row; what can be told from the other rows is refused."""
    if table.ends_whole or reading.encoding not in NAMES:
        return
    rows, last = reading.rows, len(reading.rows) - 1
    number = rows[last][0]
    if number != table.rows[-1][0]:
        return
    others = [cell for cell in rows.column(len(reading.columns) - 1)[:-1] if cell]
    final = rows[last][1][-1]
    lengths = {len(cell) for cell in others}
    cut = number in rows.short and len(rows.short) == 1
    cut = cut or (bool(others) and len(others) == last and len(final) < min(lengths))
    if cut:
        raise refuse(reading.filename, "写到一半断开（只收到半个文件？）", "请重新导出完整的文件再送", row=number)
    if not (len(lengths) == 1 and len(final) in lengths):
        reading.problems.append(
            Problem(
                reading.filename, number, reading.columns[-1], final, "文件末尾没有换行，这一行可能不完整",
                "请核对最后一行；不全就重新导出", WARN,
            )
        )  # fmt: skip


__all__ = ["Reading", "Refusal", "read_file"]
