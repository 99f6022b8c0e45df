"""一个月有多快 — reading, checking and reconciling synthetic files, beside the floor: only parsing the same files.

Run by `make bench`; prints a table, asserts nothing. Both figures come from one run on one machine.
"""

import csv
import io
import resource
import tempfile
import time
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table

from renjia.engine.linkage import link
from renjia.engine.synthetic import make_district, write_district
from renjia.engine.units import Month
from renjia.records.intake import check, load_feeds, read_file, recognise
from renjia.work.births.schema import RECORDS

MONTHS = [Month(2025, m) for m in range(1, 7)]


def parse_only(path: Path) -> int:
    """底线 — the cells of a file and nothing else."""
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        return len(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python())
    text = data.decode("gb18030" if path.stem == "住院分娩" else "utf-8-sig")
    return sum(1 for _ in csv.reader(io.StringIO(text)))


def rows_of(path: Path) -> list[dict[str, object]]:
    feeds = load_feeds()
    reading = read_file(path.read_bytes(), path.name)
    feed = recognise(reading, feeds.values())
    checked = check(reading, feed)
    return [
        {name: row.values[name] if row.values[name] != "" else None for name in RECORDS.names if name in row.values}
        | {"record": f"{feed.id}|{path.parent.name}|{row.record}", "source": feed.id}
        for row in checked.accepted
    ]


def main() -> None:
    table = Table("出生／年", "记录", "只解析 秒", "读件查件 秒", "比对 秒", "全程 条/秒", "全程÷底线", "内存峰值 MB")
    for births in (12_000, 60_000):
        with tempfile.TemporaryDirectory() as folder:
            write_district(make_district(births, MONTHS, 7), Path(folder))
            files = sorted(p for p in Path(folder).glob("*/*") if p.is_file())
            start = time.perf_counter()
            for path in files:
                parse_only(path)
            floor = time.perf_counter() - start
            start = time.perf_counter()
            rows = [row for path in files for row in rows_of(path)]
            read = time.perf_counter() - start
            unique = list({row["record"]: row for row in rows}.values())
            start = time.perf_counter()
            link(pa.Table.from_pylist(unique, RECORDS))
            linked = time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            table.add_row(
                f"{births:,}", f"{len(unique):,}", f"{floor:.2f}", f"{read:.2f}", f"{linked:.2f}",
                f"{len(unique) / (read + linked):,.0f}", f"{(read + linked) / floor:.1f}", f"{peak:,.0f}",
            )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
