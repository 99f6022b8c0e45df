"""判定库各表 — the contract between the rooms that fill the working set and the facts that read it.

Exact days, random keys, codes of places; no name, number or address. Change a column here first.
"""

from collections.abc import Mapping

import pyarrow as pa

from renjia.measure.snapshot.errors import WorksetError


def _schema(columns: str) -> pa.Schema:
    """`name:type` words; text when no type is written."""
    types = {"text": pa.string(), "date": pa.date32(), "int": pa.int32(), "long": pa.int64(), "bool": pa.bool_()}
    words = (word.partition(":") for word in columns.split())
    return pa.schema([(name, types[kind or "text"]) for name, _, kind in words])


_KNOWN = "known_from:date known_to:date source"

TABLES: dict[str, pa.Schema] = {
    "person": _schema(f"person sex born:date died:date nationality {_KNOWN}"),
    "parentage": _schema(f"parent child kind from:date to:date delivery lawful:bool {_KNOWN}"),
    "marriage": _schema(f"a b from:date to:date end {_KNOWN}"),
    "hukou": _schema(f"person place kind basis from:date to:date {_KNOWN}"),
    "residence": _schema(f"person place from:date to:date household {_KNOWN}"),
    "birth_case": _schema(
        "case child delivery born:date sex order:int street neighbourhood registered:date delivered:date vaccinated:date "
        f"certified:date hukou_entered:date issued:date due:date verified:date result period outcome {_KNOWN}"
    ),
    "birth_verification": _schema(
        f"case street neighbourhood period result issued:date due:date verified:date {_KNOWN}"
    ),
    "birth_report": _schema(f"case feed institution street born:date reported:date arrived due_days:int {_KNOWN}"),
    "birth_agreement": _schema(f"case street period field sources:int agree:bool {_KNOWN}"),
    "place": _schema("code name level parent from:date to:date"),
    # totals typed in from another office's paper; period is 2024-12 (a stock: at its end) or 2024-01..2024-12 (a flow)
    "entered_totals": _schema(f"series place base period sex age:int parity value:long unit {_KNOWN}"),
}


def check_tables(tables: Mapping[str, pa.Table]) -> None:
    """核表 — every table is of the contract, with its columns and types and no other; WorksetError naming the first."""
    for name, table in tables.items():
        schema = TABLES.get(name)
        if schema is None:
            raise WorksetError(f"判定库没有「{name}」这张表；可存的表：{'、'.join(TABLES)}，新表先写进约定")
        held = dict(zip(table.schema.names, table.schema.types, strict=True))
        wanted = dict(zip(schema.names, schema.types, strict=True))
        missing, extra = [c for c in wanted if c not in held], [c for c in table.schema.names if c not in wanted]
        if extra or len(held) != len(table.schema.names):
            shown = "、".join(extra) or "（有列写了两次）"
            raise WorksetError(f"「{name}」多出约定之外的列：{shown}；判定库不存姓名、号码、住址，请先去掉")
        if missing:
            raise WorksetError(f"「{name}」缺列：{'、'.join(missing)}；请由填表的一方补上，没有值就留空")
        for column, kind in wanted.items():
            if held[column] != kind:
                raise WorksetError(f"「{name}」的「{column}」是 {held[column]}，约定是 {kind}；请转换后再存")
