"""写结果 — one row a street: what it got, by block and atom; warnings beside it. Whole files or none."""

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from renjia.engine.scoring import Number, PlaceScore, Rubric, Scores, score_text
from renjia.front.appraising.faults import Fault
from renjia.front.appraising.warnings import Warned
from renjia.records.intake import protect

ENDINGS = (".csv", ".xlsx")
NOT_GIVEN = "未提供"
WARNING_COLUMNS = ("街镇", "类别", "事项", "提示", "怎么办")
_NOTES_SHEET = "提示"

Cell = str | Decimal


def warnings_path(out: Path) -> Path:
    """提示写在哪里 — beside a CSV; an Excel workbook holds them itself."""
    return out.with_name(f"{out.stem}-提示.csv") if out.suffix.lower() == ".csv" else out


def check_out(out: Path, facts: Path) -> list[Fault]:
    """结果能不能写 — by name and folder, before anything is read."""
    faults = []
    if out.suffix.lower() not in ENDINGS:
        faults.append(Fault(f"结果文件「{out.name}」的扩展名不对", "请写成 .csv 或 .xlsx"))
    if not out.parent.is_dir():
        faults.append(Fault(f"没有文件夹「{out.parent}」", "请先建好这个文件夹，或换一个"))
    elif out.is_dir():
        faults.append(Fault(f"「{out}」是文件夹", "请写出文件名"))
    if facts.resolve() in (out.resolve(), warnings_path(out).resolve()):
        faults.append(Fault("结果会盖掉事实表", "请换一个文件名"))
    return faults


def result_files(
    out: Path, rubric: Rubric, scores: Scores, warned: Sequence[Warned], place_word: str = "街镇"
) -> dict[Path, bytes]:
    """结果和提示 — what each file is to hold: CSV (UTF-8 with BOM) with warnings beside it, or one Excel workbook."""
    header = header_of(rubric, place_word)
    rows = [row_of(rubric, scores.places[place]) for place in scores.places]
    notes = [(one.place, one.kind, one.about, one.what, one.remedy) for one in warned]
    if out.suffix.lower() == ".xlsx":
        return {out: _workbook(header, rows, notes, readings_in_force(rubric))}
    columns = (place_word, *WARNING_COLUMNS[1:])
    beside = _csv(columns, notes)
    return {warnings_path(out): beside, out: _csv(header, ([_text(cell) for cell in row] for row in rows))}


def header_of(rubric: Rubric, place_word: str = "街镇") -> list[str]:
    """列名 — the six that count, blocks by name, atoms by id."""
    parts = [part.name for part in rubric.parts.values()]
    return [place_word, *parts, "总分", "名次", "等次", *block_names(rubric).values(), *rubric.atoms]


def block_names(rubric: Rubric) -> dict[str, str]:
    """各块的列名 — a block called as a part is told apart."""
    taken = {part.name for part in rubric.parts.values()} | {"总分", "名次", "等次"}
    return {key: f"{block.name}（块）" if block.name in taken else block.name for key, block in rubric.blocks.items()}


def row_of(rubric: Rubric, place: PlaceScore) -> list[Cell]:
    """一个街镇的一行 — what is not reported stands as 未提供; without all of it there is no total, rank or grade."""
    parts = [place.main, place.bonus] if "bonus" in rubric.parts else [place.main]
    rank = "" if place.rank is None else Decimal(place.rank)
    cells: list[Cell] = [place.place, *map(_number, parts), _number(place.total), rank, place.grade or ""]
    cells += [_number(place.blocks[block].points, NOT_GIVEN) for block in rubric.blocks]
    cells += [_number(place.points(atom), NOT_GIVEN) for atom in rubric.atoms]
    return cells


def readings_in_force(rubric: Rubric) -> list[tuple[str, str, str, str]]:
    """所用读法 — key, name, chosen value, its meaning."""
    return [
        (key, one.name, f"{one.chosen}{'（默认）' if one.chosen == one.default else ''}", one.values[one.chosen])
        for key, one in rubric.readings.items()
    ]


@lru_cache(maxsize=65_536)
def _number(points: Number | None, otherwise: str = "") -> Cell:
    """Zero is a number, not nothing."""
    return otherwise if points is None else Decimal(score_text(points))


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else format(cell, "f")


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([protect(cell) for cell in header])
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    """Text that a spreadsheet would run is defused; a negative number stays a number."""
    return cell if cell[:1] == "-" and cell[1:].replace(".", "", 1).isdigit() else protect(cell)


def _workbook(
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    notes: Sequence[Sequence[str]],
    readings: Sequence[Sequence[str]],
) -> bytes:
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("得分")
    _fill(sheet, header, rows, head, None)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 14)
    for name, columns, lines, widths in (
        (_NOTES_SHEET, (header[0], *WARNING_COLUMNS[1:]), notes, (14, 12, 30, 70, 50)),
        ("读法", ("编号", "读法", "所选", "意思"), readings, (8, 36, 26, 60)),
    ):
        sheet = book.add_worksheet(name)
        _fill(sheet, columns, lines, head, wrapped)
        sheet.freeze_panes(1, 0)
        for position, width in enumerate(widths):
            sheet.set_column(position, position, width)
    book.close()
    return whole.getvalue()


def _fill(
    sheet: Worksheet, header: Sequence[str], rows: Iterable[Sequence[Cell]], head: Format, style: Format | None
) -> None:
    sheet.write_row(0, 0, header, head)
    for number, row in enumerate(rows, 1):
        for position, cell in enumerate(row):
            sheet.write(number, position, cell, style)


def replace_files(whole: dict[Path, bytes]) -> None:
    """整批写下 — all written aside first, then put in place; a failure leaves what was there."""
    aside: list[tuple[str, Path]] = []
    try:
        for path, content in whole.items():
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
            aside.append((name, path))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(name, _mode(path))
        while aside:
            name, path = aside[0]
            os.replace(name, path)
            aside.pop(0)
    finally:
        for name, _ in aside:
            Path(name).unlink(missing_ok=True)


def _mode(path: Path) -> int:
    """What the file had, or what a new file gets; a temporary file is the owner's alone."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
