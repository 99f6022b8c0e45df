"""指标有多快 — a working set of 25 million rows made in DuckDB, asked by street, age, sex and month.

Run by `make bench-indicators`; prints a table, asserts nothing. The working set is written and opened as the system does,
sealed, in a folder that is removed again; what that costs once stands first. `--plain` asks without the derived tables.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from renjia.engine.sealing import Keys
from renjia.engine.units import Month
from renjia.measure.indicators import compute
from renjia.measure.snapshot import TABLES, Workset, derived_in, facts_of

ON = date(2026, 1, 1)
YEAR = (Month(2025, 1), Month(2025, 12))
TARGET = 3.0
_KNOWN = "DATE '2026-01-01' AS known_from, CAST(NULL AS DATE) AS known_to, '造' AS source"
_KEY = "format('{:016x}', hash(i))"
_PLACE = (
    "'310115' || lpad(CAST(1 + h(i, 1) % 36 AS VARCHAR), 3, '0') || lpad(CAST(1 + h(i, 2) % 30 AS VARCHAR), 3, '0')"
)
_BORN = "DATE '1930-01-01' + CAST(h(i, 3) % 35000 AS INTEGER)"
_MOVED = "DATE '2010-01-01' + CAST(h(i, 4) % 6200 AS INTEGER)"
# about 3.6 rows a person, so that a million persons are 3.6 million rows
MAKE = {
    "person": f"SELECT {_KEY} AS person, CAST(1 + h(i, 5) % 2 AS VARCHAR) AS sex, {_BORN} AS born, "
    "CASE WHEN h(i, 6) % 40 = 0 THEN DATE '2023-01-01' + CAST(h(i, 7) % 1200 AS INTEGER) END AS died, "
    f"'CHN' AS nationality, {_KNOWN} FROM range($people) AS t(i)",
    "residence": f'SELECT {_KEY} AS person, {_PLACE} AS place, {_MOVED} AS "from", '
    f'CASE WHEN h(i, 8) % 10 = 0 THEN {_MOVED} + 700 END AS "to", CAST(i // 3 AS VARCHAR) AS household, {_KNOWN} '
    "FROM range($people) AS t(i)",
    "hukou": f"SELECT {_KEY} AS person, {_PLACE} AS place, 'resident' AS kind, 'born' AS basis, {_BORN} AS \"from\", "
    f'CAST(NULL AS DATE) AS "to", {_KNOWN} FROM range($people) AS t(i) WHERE h(i, 9) % 2 = 0',
    "parentage": f"SELECT {_KEY} AS parent, 'k' || CAST(i AS VARCHAR) AS child, 'borne' AS kind, CAST(NULL AS DATE) AS \"from\", "
    f"CAST(NULL AS DATE) AS \"to\", 'd' || CAST(i AS VARCHAR) AS delivery, TRUE AS lawful, {_KNOWN} "
    "FROM range($people) AS t(i) WHERE h(i, 10) % 2 = 0",
    "marriage": f'SELECT {_KEY} AS a, format(\'{{:016x}}\', hash(i + 1)) AS b, {_MOVED} AS "from", CAST(NULL AS DATE) AS "to", '
    f'CAST(NULL AS VARCHAR) AS "end", {_KNOWN} FROM range($people) AS t(i) WHERE h(i, 11) % 5 = 0',
    "birth_case": "SELECT 'c' || CAST(i AS VARCHAR) AS \"case\", 'k' || CAST(i AS VARCHAR) AS child, "
    "DATE '2021-01-01' + CAST(h(i, 12) % 1826 AS INTEGER) AS born, CAST(1 + h(i, 13) % 2 AS VARCHAR) AS sex, "
    f"CAST(1 + h(i, 14) % 3 AS INTEGER) AS \"order\", left({_PLACE}, 9) AS street, {_PLACE} AS neighbourhood, 'live' AS outcome, "
    f"{_KNOWN} FROM range($people) AS t(i) WHERE h(i, 10) % 2 = 0 AND h(i, 15) % 5 < 2",
    "place": "SELECT '310115' AS code, '甲区' AS name, 'district' AS level",
}
FINE = ("street", "age", "sex", "month")
ASKED = (
    ("births", ("street", "sex", "parity", "month"), "", "出生数，街镇×性别×孩次×月"),
    ("population_end", ("street", "sex"), "常住", "期末人口，街镇×性别，年末"),
    ("population_end", FINE, "常住", "期末人口，街镇×周岁×性别×月"),
    ("population_end", FINE, "实有", "期末人口，街镇×周岁×性别×月"),
    ("crude_death_rate", FINE, "常住", "死亡率，街镇×周岁×性别×月"),
    ("crude_death_rate", FINE, "实有", "死亡率，街镇×周岁×性别×月"),
    ("total_fertility", ("street",), "常住", "总和生育率，街镇，一年"),
)


def make(people: int) -> dict[str, pa.Table]:
    """造表 — the tables of the contract, those not made empty."""
    tables = {name: schema.empty_table() for name, schema in TABLES.items()}
    with duckdb.connect() as con:
        con.execute("CREATE MACRO h(i, n) AS hash(i * 100 + n)")  # hash(i, n) goes by pairs: all parents would be men
        for name, sql in MAKE.items():
            made = con.sql(sql.replace("$people", str(people))).to_arrow_table()
            tables[name] = pa.table(
                {
                    f.name: made[f.name].cast(f.type) if f.name in made.schema.names else pa.nulls(len(made), f.type)
                    for f in TABLES[name]
                },
                schema=TABLES[name],
            )
    return tables


@contextmanager
def timed(label: str, table: Table) -> Iterator[None]:
    """计时 — a row of the table."""
    start, busy = time.perf_counter(), time.process_time()
    yield
    table.add_row(label, "", f"{time.perf_counter() - start:.2f}", f"{time.process_time() - busy:.2f}", "", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=7_400_000)
    parser.add_argument("--plain", action="store_true", help="不用备好的表，每问现连")
    given = parser.parse_args()
    tables = make(given.people)
    rows = sum(len(tables[name]) for name in MAKE)
    title = f"判定库 {rows:,} 行，{given.people:,} 人" + ("，不用备好的表" if given.plain else "")
    table = Table("指标", "得数", "秒", "处理器秒", "纳秒/行", f"≤ {TARGET:.0f} 秒", title=title)
    with tempfile.TemporaryDirectory() as folder:
        workset = Workset(Path(folder) / "workset", Keys.create(Path(folder) / "keys.json").sealer("workset"))
        with timed("（写入判定库一次，含备表与封存）", table):
            workset.write(ON, tables)
        size = sum(file.stat().st_size for file in (Path(folder) / "workset" / str(ON)).iterdir())
        del tables
        with timed("（打开判定库一次，含启封）", table):
            con = workset.open(ON)
    if given.plain:
        for name in derived_in(con, "duckdb", facts_of()).values():
            con.unregister(name)
    compute("crude_death_rate", con, ("district",), period=(YEAR[0].plus(-300), YEAR[0].plus(-289)))  # pages read
    for id, by, base, label in ASKED:
        start, busy = time.perf_counter(), time.process_time()
        figures = compute(id, con, by, period=YEAR, base=base)
        took, cpu = time.perf_counter() - start, time.process_time() - busy
        shown = f"{label}（{base}）" if base else label
        each = f"{cpu / rows * 1e9:.0f}"
        table.add_row(shown, f"{len(figures):,}", f"{took:.2f}", f"{cpu:.2f}", each, "是" if took <= TARGET else "否")
    con.close()
    Console(width=110).print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"盘上 {size / 1e6:.0f} MB（封存）；内存峰值 {peak} MB，{os.cpu_count()} 核，负载 {os.getloadavg()[0]:.1f}；",
        end="",
    )
    print("纳秒/行＝处理器秒÷全部行数")


if __name__ == "__main__":
    main()
