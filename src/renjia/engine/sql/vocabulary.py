"""词汇 — the types a word of the vocabulary may have, and how DuckDB's own types read as them."""

from collections.abc import Mapping

import duckdb

from renjia.engine.sql.errors import SqlError

TEXT = "text"
INTEGER = "integer"
DECIMAL = "decimal"
DOUBLE = "double"
BOOLEAN = "boolean"
DATE = "date"
NULL = "null"  # of the literal NULL only; fits every other

NAMES = {TEXT: "文字", INTEGER: "整数", DECIMAL: "小数", DOUBLE: "浮点数", BOOLEAN: "是否", DATE: "日期", NULL: "空值"}
TYPES = tuple(name for name in NAMES if name != NULL)
NUMERIC = (INTEGER, DECIMAL, DOUBLE)

_INTEGERS = frozenset(f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE"))
_OF_DUCKDB = {
    **dict.fromkeys((*_INTEGERS, "INTEGER", "UINTEGER"), INTEGER),
    "VARCHAR": TEXT,
    "DOUBLE": DOUBLE,
    "FLOAT": DOUBLE,
    "BOOLEAN": BOOLEAN,
    "DATE": DATE,
}


def unified(one: str, other: str) -> str:
    """合类型 — the type both fit, `""` if there is none: NULL fits all, numbers widen integer → decimal → double."""
    if one == other or other == NULL:
        return one
    if one == NULL:
        return other
    if one in NUMERIC and other in NUMERIC:
        return max(one, other, key=NUMERIC.index)
    return ""


def checked(vocabulary: Mapping[str, str]) -> dict[str, str]:
    """核词汇 — the vocabulary, if every type in it is known."""
    for word, kind in vocabulary.items():
        if kind not in TYPES:
            raise SqlError(f"词汇「{word}」的类型「{kind}」不认得；只有 {'、'.join(TYPES)}", word)
    return dict(vocabulary)


def column_types(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, str]:
    """各列类型 — the vocabulary a query gives; the connection must hold its tables (empty will do)."""
    try:
        described = connection.execute(f"DESCRIBE {query}").fetchall()
    except duckdb.Error as refused:
        raise SqlError(f"查询不成立：{str(refused).splitlines()[0]}", query) from None
    types = {}
    for name, duck, *_ in described:
        kind = _OF_DUCKDB.get(duck) or (DECIMAL if duck.startswith("DECIMAL") else "")
        if duck.startswith("ENUM"):
            kind = TEXT
        if not kind:
            raise SqlError(f"列「{name}」的类型 {duck} 不在词汇之内；请用 CAST 转成文字、整数、小数、是否或日期", name)
        types[name] = kind
    return types
