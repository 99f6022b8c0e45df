"""Files as departments send them, built in the test."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
import xlsxwriter

from renjia.engine.units import Month, check_character
from renjia.records.intake import Checked, Choice, check, load_feeds, read_file, recognise

HEADER = (
    "病案号", "机构代码", "产妇姓名", "产妇证件号码", "新生儿姓名", "分娩时间", "新生儿性别", "出生体重(g)", "胎儿序号",
    "现住址代码", "联系电话", "上报日期",
)  # fmt: skip
Build = Callable[..., bytes]


def identity(body: str = "31011519931218668") -> str:
    """A whole number for a body of 17."""
    return body + check_character(body)


def row(number: int = 1, **changes: str) -> list[str]:
    """One good row of 住院分娩, with changes by column name."""
    good = (
        f"H{number:08d}", "H310002", "李梅", identity(f"31011519931218{600 + 2 * (number % 190)}"), "李梅之子",
        f"2025/03/{number % 28 + 1:02d} 08:30", "1", "3250", "1", "310115024029", "13800000000", "2025/03/30",
    )  # fmt: skip
    values = dict(zip(HEADER, good, strict=True))
    assert changes.keys() <= values.keys()
    return list((values | changes).values())


def csv_bytes(rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(
    rows: Sequence[Sequence[object]] = (), *, sheets: dict[str, Sequence[Sequence[object]]] | None = None,
    hidden: Sequence[str] = (), date_format: str = "yyyy-mm-dd hh:mm", **options: object,
) -> bytes:  # fmt: skip
    packed = io.BytesIO()
    workbook = xlsxwriter.Workbook(packed, options)
    style = workbook.add_format({"num_format": date_format})
    for name, content in (sheets or {"表一": rows}).items():
        sheet = workbook.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for line, cells in enumerate(content):
            for index, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(line, index, cell, style)
                elif isinstance(cell, int | float):
                    sheet.write_number(line, index, cell)
                elif isinstance(cell, str) and cell.startswith("{="):
                    sheet.write_formula(line, index, cell[1:-1])
                elif cell != "":
                    sheet.write_string(line, index, str(cell))
    workbook.close()
    return packed.getvalue()


def with_parts(data: bytes, changes: dict[str, bytes | None], *, extra: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """The workbook with parts replaced (None: left out) and others added."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = changes.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in extra:
            new.writestr(name, content)
    return packed.getvalue()


@pytest.fixture(scope="session")
def build():
    """The builders by name: csv, xlsx, parts, row, identity, check, HEADER."""

    class Builders:
        csv = staticmethod(csv_bytes)
        xlsx = staticmethod(xlsx_bytes)
        parts = staticmethod(with_parts)
        row = staticmethod(row)
        identity = staticmethod(identity)
        HEADER = HEADER

        @staticmethod
        def check(
            rows: Sequence[Sequence[object]], month: str | None = "2025-03", header: Sequence[str] = HEADER,
            filename: str = "住院分娩.xlsx", mapping: dict[str, str] | None = None, on: dt.date = dt.date(2025, 12, 31),
        ) -> Checked:  # fmt: skip
            data = xlsx_bytes([header, *rows])
            reading = read_file(data, filename, Choice(mapping=mapping or {}))
            feed = recognise(reading, load_feeds().values())
            return check(reading, feed, Month.parse(month) if month else None, on=on)

    return Builders
