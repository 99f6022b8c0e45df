"""一家 — one subject and those around him, taken out of a population: enough to judge him on any day."""

from collections.abc import Iterable

import pyarrow as pa

from renjia.engine.rules.schemas import KEYS, TABLES
from renjia.engine.rules.workset import Tables

_HOPS = 4
_MOST = 400


def family_of(tables: Tables, subject: str) -> Tables:
    """取出一家 — tables of the subject, and of parents, children, partners and theirs, four steps out.

    Opened without the optimiser: right for a family, wrong for a population. The caller closes them.
    """
    known = {subject}
    edge = {subject}
    for _ in range(_HOPS):
        edge = _around(tables, edge) - known
        known |= edge
        if not edge or len(known) > _MOST:
            break
    rows = {name: _rows(tables, name, sorted(known)) for name in TABLES}
    return Tables(
        {name: table for name, table in rows.items() if table.num_rows}, root=tables.root, facts=tables.given,
        threads=1, optimised=False,
    )  # fmt: skip


def _around(tables: Tables, edge: Iterable[str]) -> set[str]:
    asked = sorted(edge)
    sql = (
        "SELECT child FROM parentage WHERE parent IN (SELECT unnest(?)) UNION SELECT parent FROM parentage "
        "WHERE child IN (SELECT unnest(?)) UNION SELECT b FROM marriage WHERE a IN (SELECT unnest(?)) "
        "UNION SELECT a FROM marriage WHERE b IN (SELECT unnest(?))"
    )
    return {str(row["child"]) for row in tables.rows(sql, [asked] * 4) if row["child"] is not None}


def _rows(tables: Tables, name: str, known: list[str]) -> pa.Table:
    keys = [column.name for column in TABLES[name].columns if column.name in KEYS]
    schema = TABLES[name].schema
    columns = ", ".join(f'CAST("{one}" AS VARCHAR) AS "{one}"' if one in KEYS else f'"{one}"' for one in schema.names)
    where = " OR ".join(f'"{key}" IN (SELECT unnest(?))' for key in keys) or "TRUE"
    found = tables.rows(f'SELECT {columns} FROM "{name}" WHERE {where}', [known] * len(keys))
    return pa.Table.from_pylist(found, schema)
