"""指标有多快 — a working set of 25 million rows made in DuckDB, asked by street, age, sex and month.

Run by `make bench`; prints a table, asserts nothing. Rows are written to Parquet in a folder that is removed again.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from renjia.engine.units import Month
from renjia.measure.indicators import compute
from renjia.measure.snapshot import TABLES

YEAR = (Month(2025, 1), Month(2025, 12))
TARGET = 3.0
_KNOWN = "DATE '2026-01-01' AS known_from, CAST(NULL AS DATE) AS known_to, '造' AS source"
_KEY = "format('{:016x}', hash(i))"
_PLACE = "'310115' || lpad(CAST(1 + hash(i, 1) % 36 AS VARCHAR), 3, '0') || lpad(CAST(1 + hash(i, 2) % 30 AS VARCHAR), 3, '0')"
_BORN = "DATE '1930-01-01' + CAST(hash(i, 3) % 35000 AS INTEGER)"
_MOVED = "DATE '2010-01-01' + CAST(hash(i, 4) % 6200 AS INTEGER)"
# about 3.6 rows a person, so that a million persons are 3.6 million rows
MAKE = {
    "person": f"SELECT {_KEY} AS person, CAST(1 + hash(i, 5) % 2 AS VARCHAR) AS sex, {_BORN} AS born, "
    "CASE WHEN hash(i, 6) % 40 = 0 THEN DATE '2023-01-01' + CAST(hash(i, 7) % 1200 AS INTEGER) END AS died, "
    f"'CHN' AS nationality, {_KNOWN} FROM range($people) AS t(i)",
    "residence": f'SELECT {_KEY} AS person, {_PLACE} AS place, {_MOVED} AS "from", '
    f'CASE WHEN hash(i, 8) % 10 = 0 THEN {_MOVED} + 700 END AS "to", CAST(i // 3 AS VARCHAR) AS household, {_KNOWN} '
    "FROM range($people) AS t(i)",
    "hukou": f"SELECT {_KEY} AS person, {_PLACE} AS place, 'resident' AS kind, 'born' AS basis, {_BORN} AS \"from\", "
    f'CAST(NULL AS DATE) AS "to", {_KNOWN} FROM range($people) AS t(i) WHERE hash(i, 9) % 2 = 0',
    "parentage": f"SELECT {_KEY} AS parent, 'k' || CAST(i AS VARCHAR) AS child, 'borne' AS kind, CAST(NULL AS DATE) AS \"from\", "
    f"CAST(NULL AS DATE) AS \"to\", 'd' || CAST(i AS VARCHAR) AS delivery, TRUE AS lawful, {_KNOWN} "
    "FROM range($people) AS t(i) WHERE hash(i, 10) % 2 = 0",
    "marriage": f'SELECT {_KEY} AS a, format(\'{{:016x}}\', hash(i + 1)) AS b, {_MOVED} AS "from", CAST(NULL AS DATE) AS "to", '
    f'CAST(NULL AS VARCHAR) AS "end", {_KNOWN} FROM range($people) AS t(i) WHERE hash(i, 11) % 5 = 0',
    "birth_case": "SELECT 'c' || CAST(i AS VARCHAR) AS \"case\", 'k' || CAST(i AS VARCHAR) AS child, "
    "DATE '2021-01-01' + CAST(hash(i, 12) % 1826 AS INTEGER) AS born, CAST(1 + hash(i, 13) % 2 AS VARCHAR) AS sex, "
    f"CAST(1 + hash(i, 14) % 3 AS INTEGER) AS \"order\", left({_PLACE}, 9) AS street, {_PLACE} AS neighbourhood, 'live' AS outcome, "
    f"{_KNOWN} FROM range($people) AS t(i) WHERE hash(i, 10) % 2 = 0 AND hash(i, 15) % 5 < 2",
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


def make(folder: Path, people: int) -> duckdb.DuckDBPyConnection:
    """造表 — Parquet under the folder, a view a table."""
    con = duckdb.connect(config={"threads": os.cpu_count() or 1})
    for name, schema in TABLES.items():
        if name in MAKE:
            sql = MAKE[name].replace("$people", str(people))
            made = {row[0] for row in con.execute(f"DESCRIBE {sql}").fetchall()}
            lacking = [
                f'CAST(NULL AS {"DATE" if "date" in str(f.type) else "VARCHAR"}) AS "{f.name}"'
                for f in schema
                if f.name not in made
            ]
            path = folder / f"{name}.parquet"
            con.execute(f"COPY (SELECT {', '.join(['*', *lacking])} FROM ({sql})) TO '{path}' (FORMAT parquet)")
            con.execute(f"CREATE VIEW {name} AS SELECT * FROM '{path}'")
        else:
            con.register(name, schema.empty_table())
    return con


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=7_400_000)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as folder:
        con = make(Path(folder), people)
        rows = sum(con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in MAKE)
        table = Table(
            "指标",
            "得数",
            "秒",
            "处理器秒",
            "纳秒/行",
            f"≤ {TARGET:.0f} 秒",
            title=f"判定库 {rows:,} 行，{people:,} 人",
        )
        compute("crude_death_rate", con, ("district",), period=(YEAR[0].plus(-300), YEAR[0].plus(-289)))  # pages read
        for id, by, base, label in ASKED:
            start, busy = time.perf_counter(), time.process_time()
            figures = compute(id, con, by, period=YEAR, base=base)
            took, cpu = time.perf_counter() - start, time.process_time() - busy
            shown = f"{label}（{base}）" if base else label
            each = f"{cpu / rows * 1e9:.0f}"
            table.add_row(
                shown, f"{len(figures):,}", f"{took:.2f}", f"{cpu:.2f}", each, "是" if took <= TARGET else "否"
            )
        con.close()
    Console(width=110).print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"内存峰值 {peak} MB，{os.cpu_count()} 核，负载 {os.getloadavg()[0]:.1f}；纳秒/行＝处理器秒÷全部行数")


if __name__ == "__main__":
    main()
