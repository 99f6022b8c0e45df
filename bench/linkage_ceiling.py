"""How far twins can be told apart at all: an oracle that is given the truth of every field the records carry.

Two records of one delivery can be told apart, or together, when both carry a field of the child that differs between
the children of that delivery: which of the delivery it was, sex, exact time, weight, own name, certificate number.
What is known of one record helps the others: a source that lists every child of the delivery once tells its own
records apart, and so on from record to record. A pair no such chain joins is undecidable, whatever the method.
"""

import sys
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
from cleaning import SOURCES, read

FIELDS = ("nth", "sex", "minute", "weight", "baby_sound", "certificate")


@dataclass(frozen=True, slots=True)
class Ceiling:
    """上限 — true pairs across sources that touch a twin, and those of them an oracle could decide."""

    twins: int
    decidable: int

    @property
    def recall(self) -> float:
        return self.decidable / self.twins if self.twins else 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """记录 — one record of a delivery of several children; `known` the fields it carries."""

    source: str
    child: str
    known: frozenset[str]


def ceiling(folder: Path) -> Ceiling:
    """真值文件夹的上限 — reads the raw files and truth.parquet of `folder`."""
    con = duckdb.connect()
    read(con, folder)
    rows = " UNION ALL ".join(f"SELECT unique_id, source, {', '.join(FIELDS)} FROM {source}" for source in SOURCES)
    told = con.execute(f"""
        WITH truth AS (SELECT source || '|' || record AS unique_id, child, delivery FROM '{folder}/truth.parquet'),
            several AS (SELECT delivery FROM truth GROUP BY delivery HAVING count(DISTINCT child) > 1)
        SELECT delivery, child, source, {", ".join(f"{name}::VARCHAR" for name in FIELDS)}
        FROM ({rows}) JOIN truth USING (unique_id) SEMI JOIN several USING (delivery)
    """).fetchall()
    deliveries: dict[str, list[tuple[str, str, tuple[str | None, ...]]]] = defaultdict(list)
    for delivery, child, source, *values in told:
        deliveries[delivery].append((child, source, tuple(values)))
    counted = [decidable(_rows(one)) for one in deliveries.values()]
    return Ceiling(sum(true for true, _ in counted), sum(held for _, held in counted))


def _rows(told: list[tuple[str, str, tuple[str | None, ...]]]) -> list[Row]:
    telling = {name for place, name in enumerate(FIELDS) if tells(name, [(child, v[place]) for child, _, v in told])}
    return [
        Row(source, child, frozenset(name for name, value in zip(FIELDS, values, strict=True) if value is not None) & telling)
        for child, source, values in told
    ]  # fmt: skip


def tells(field: str, values: list[tuple[str, str | None]]) -> bool:
    """Whether the true values differ: the truth of a child is what most of its records say."""
    said: dict[str, list[str]] = defaultdict(list)
    for child, value in values:
        if value is not None:
            said[child].append(value)
    true = [max(sorted(set(each)), key=each.count) for each in said.values()]
    enough = 2 if field == "sex" else 1  # one child's sex says nothing of the other's
    return len(true) >= enough and len(set(true)) == len(true)


def decidable(rows: list[Row]) -> tuple[int, int]:
    """一次分娩 — its true pairs across sources, and how many of them a chain of told-apart records joins."""
    group = list(range(len(rows)))
    children = {row.child for row in rows}
    listed: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        listed[row.source].append(row.child)
    whole = {source for source, held in listed.items() if len(held) == len(children) == len(set(held))}
    for x, y in combinations(range(len(rows)), 2):
        one, other = rows[x], rows[y]
        if one.known & other.known or (one.source == other.source and one.source in whole):
            old, new = group[y], group[x]
            group = [new if each == old else each for each in group]
    true = [
        (x, y)
        for x, y in combinations(range(len(rows)), 2)
        if rows[x].child == rows[y].child and rows[x].source != rows[y].source
    ]
    return len(true), sum(group[x] == group[y] for x, y in true)
