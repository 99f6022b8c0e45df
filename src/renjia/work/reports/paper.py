"""月报的 PDF — set by typst from the bulletin's strings; no text of ours or others' is read as markup."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import typst

import renjia
from renjia.work.reports.layout import Bulletin, Chart, Table, misses
from renjia.work.reports.shown import Cell, shown

_SHEET = Path(__file__).with_name("bulletin.typ")
_VENDOR = Path(renjia.__file__).parent / "front" / "static" / "vendor"
_NEEDED = ("Noto Serif", "Noto Sans")


def default_fonts() -> Path | None:
    """字体目录 — where the asset command put the papers' fonts; None when it has not run."""
    return next((folder for name in ("papers", "fonts") if any((folder := _VENDOR / name).glob("*.[to]t[fc]"))), None)


def paper_data(bulletin: Bulletin) -> str:
    """版面数据 — the JSON the sheet reads: every cell already written as it will be printed."""
    return json.dumps(
        {
            "title": bulletin.title,
            "district": bulletin.district,
            "month": str(bulletin.month),
            "taken": f"数据截至 {bulletin.as_of}",
            "caution": bulletin.caution,
            "sections": [
                {
                    "heading": section.heading,
                    "sentences": [one.text for one in section.sentences],
                    "chart": _chart(section.chart),
                    "tables": [_table(table) for table in section.tables],
                    "remarks": list(section.remarks),
                }
                for section in bulletin.sections
            ],
        },
        ensure_ascii=False,
    )


def write_paper(bulletin: Bulletin, fonts: Path | None = None) -> bytes:
    """做 PDF — A4, header, page numbers, a chart of the trend. `fonts`: a folder, else the vendored one, else the system's.

    The same bulletin and fonts give the same bytes. Raises RuntimeError (Chinese) when no Chinese font is found.
    """
    folder = fonts or default_fonts()
    found = typst.Fonts(
        include_system_fonts=folder is None, include_embedded_fonts=False, font_paths=[str(folder)] if folder else []
    )
    families = found.families()
    if not all(any(name in (f"{start} SC", f"{start} CJK SC") for name in families) for start in _NEEDED):
        raise RuntimeError(
            f"没有找到中文字体（{'、'.join(f'{name} SC' for name in _NEEDED)}）：查了{folder or '系统字体'}。"
            "请先运行 make 取页面材料，或安装 Noto CJK 字体后再做 PDF"
        )
    taken = datetime(bulletin.as_of.year, bulletin.as_of.month, bulletin.as_of.day, tzinfo=UTC)
    compiler = typst.Compiler(
        input=_SHEET.read_bytes(),
        font_paths=found,
        sys_inputs={"bulletin": paper_data(bulletin)},
    )
    pdf = compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=int(taken.timestamp()))
    assert isinstance(pdf, bytes)
    return pdf


def _cell(cell: Cell) -> dict[str, object]:
    return {"text": shown(cell), "miss": misses(cell)}


def _table(table: Table) -> dict[str, object]:
    lines = [(row, False) for row in table.rows] + ([(table.total, True)] if table.total else [])
    return {
        "title": table.title,
        "id": table.id,
        "note": table.note,
        "unit": table.unit,
        "columns": [{"title": one.title, "number": one.kind == "number", "width": one.width} for one in table.columns],
        "rows": [{"total": total, "cells": [_cell(cell) for cell in row]} for row, total in lines],
    }


def _chart(chart: Chart | None) -> dict[str, object] | None:
    if chart is None:
        return None
    return {
        "title": chart.title,
        "table": chart.table,
        "points": [[name, value, f"{value:,}"] for name, value in chart.points],
    }
