"""文件 — a district written as the departments send it: five files a month in five layouts, and the truth."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import xlsxwriter

from renjia.engine.synthetic.columns import MISSING, Columns, take
from renjia.engine.synthetic.district import District, Told
from renjia.engine.synthetic.filing import NO_SUCH_DAY, NUMBER_AS_FLOAT
from renjia.engine.synthetic.geography import geography
from renjia.engine.synthetic.layouts import LAYOUTS, Layout
from renjia.engine.synthetic.rates import SOURCES
from renjia.engine.units import Month

Cell = str | int | float | None
_EPOCH = date(1970, 1, 1)
_CREATED = datetime(2025, 1, 1, tzinfo=UTC)  # fixed: the same district gives the same bytes
_SEXES = {"1": "男", "2": "女", "": ""}
_NUMBERS = frozenset(("weight", "order", "plurality", "parity"))


def write_district(district: District, out: Path, told: Told | None = None) -> list[Path]:
    """写出一个区 — `<YYYY-MM>/` with five files each, truth.csv, places.csv, institutions.csv, children.csv, in `out`.

    Existing files of these names are replaced. Returns the paths written, in order.
    """
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    whole = len(district.months) * len(SOURCES)
    for place, month in enumerate(district.months):
        folder = out / str(month)
        folder.mkdir(exist_ok=True)
        for source in SOURCES:
            layout, feed = LAYOUTS[source], district.feeds[source]
            path = folder / f"{layout.stem}{layout.suffix}"
            rows = sheet(layout, take(feed, feed["month"] == place))
            (_write_csv if layout.is_csv else _write_xlsx)(path, layout, month, rows)
            written.append(path)
            if told:
                told(f"{month} {layout.stem}", len(written), whole)
    return written + _write_truth(district, out)


def sheet(layout: Layout, feed: Columns) -> list[tuple[Cell, ...]]:
    """表体 — the rows of a file as its layout writes them, without header; None is an empty cell."""
    return list(zip(*(_cells(layout, field, feed) for _, field in layout.columns), strict=True))


def _cells(layout: Layout, field: str, feed: Columns) -> Sequence[Cell]:
    values = feed[field]
    if field == "born":
        return _births(layout, feed)
    if field == "reported":
        return _days(values, layout.day)
    if field == "sex" and not layout.is_csv:
        return [_SEXES[value] or None for value in values]
    if field in _NUMBERS:
        return [None if value == MISSING else value for value in values.tolist()]
    cells: list[Cell] = [value or None for value in values]
    if field == "mother_id":
        for row in np.flatnonzero(feed["flaw"] == NUMBER_AS_FLOAT):
            number = float(values[row][:17] + "0")  # a spreadsheet keeps fifteen digits
            cells[row] = f"{number:.5E}" if layout.is_csv else number
    return cells


def _days(days: Any, style: str) -> list[str]:
    distinct, where = np.unique(days, return_inverse=True)
    shown = [(_EPOCH + timedelta(days=day)).strftime(style) for day in distinct.tolist()]
    return [shown[place] for place in where]


def _births(layout: Layout, feed: Columns) -> list[str]:
    cells = _days(feed["born"], layout.moment.split(" ")[0] or layout.day)
    for row in np.flatnonzero(feed["flaw"] == NO_SUCH_DAY):
        cells[row] = date.fromordinal(_EPOCH.toordinal() + int(feed["born"][row])).strftime(
            layout.day.replace("%d", "00")
        )
    if not layout.moment:
        return cells
    seconds = ":00" if layout.moment.endswith("%S") else ""
    minutes = feed["minute"].tolist()
    return [f"{day} {minute // 60:02d}:{minute % 60:02d}{seconds}" for day, minute in zip(cells, minutes, strict=True)]


def _write_csv(path: Path, layout: Layout, month: Month, rows: Iterable[tuple[Cell, ...]]) -> None:
    with path.open("w", encoding=layout.encoding, newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([header for header, _ in layout.columns])
        table.writerows(rows)


def _write_xlsx(path: Path, layout: Layout, month: Month, rows: list[tuple[Cell, ...]]) -> None:
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": _CREATED})
    page = book.add_worksheet(layout.stem)
    top: list[tuple[Cell, ...]] = [(layout.title.format(month=month),)] if layout.title else []
    top.append(tuple(header for header, _ in layout.columns))
    bottom: list[tuple[Cell, ...]] = [("合计", len(rows))] if layout.total else []
    write: dict[type, Callable[..., Any]] = {str: page.write_string, int: page.write_number, float: page.write_number}
    for line, row in enumerate((*top, *rows, *bottom)):
        for place, cell in enumerate(row):
            if cell is not None:
                write[type(cell)](line, place, cell)
    book.close()


def _write_truth(district: District, out: Path) -> list[Path]:
    links = district.links()
    stems = [LAYOUTS[source].stem for source in links["source"].to_pylist()]
    links = links.set_column(0, "source", pa.array(stems, type=pa.string()))
    places = geography()
    return [
        _written(out / "truth.csv", links),
        _copied(out / "places.csv", places.divisions),
        _copied(out / "institutions.csv", places.institutions),
        _written(out / "children.csv", district.children()),
    ]


def _written(path: Path, table: pa.Table) -> Path:
    return _table(path, table.column_names, zip(*(each.to_pylist() for each in table.columns), strict=True), "\n")


def _copied(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    return _table(path, list(rows[0]), (row.values() for row in rows), "\r\n")


def _table(path: Path, header: list[str], rows: Iterable[Iterable[Any]], end: str) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator=end)
        table.writerow(header)
        table.writerows(rows)
    return path
