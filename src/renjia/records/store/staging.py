"""分步装载 — bulk rows go by COPY into a temporary table and from there into the guarded one, in one transaction.

PostgreSQL refuses COPY straight into a table under row-level security.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg import sql


def load(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """装载 — insert many rows; returns how many."""
    table = sql.Identifier(model._meta.db_table)
    stage = sql.Identifier(f"stage_{model._meta.db_table}")
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("create temporary table {} on commit drop as select {} from {} with no data").format(
                stage, names, table
            )
        )
        with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(stage, names)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(sql.SQL("insert into {} ({}) select {} from {}").format(table, names, names, stage))
        written = cursor.rowcount
        cursor.execute(sql.SQL("drop table {}").format(stage))
    return int(written)


def change(model: type[Model], key: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """批量更正 — update many rows by `key` (first value of each row) in one statement; returns how many."""
    table, stage = sql.Identifier(model._meta.db_table), sql.Identifier(f"change_{model._meta.db_table}")
    names = sql.SQL(", ").join(map(sql.Identifier, [key, *columns]))
    sets = sql.SQL(", ").join(sql.SQL("{} = s.{}").format(sql.Identifier(c), sql.Identifier(c)) for c in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("create temporary table {} on commit drop as select {} from {} with no data").format(
                stage, names, table
            )
        )
        with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(stage, names)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            sql.SQL("update {} t set {} from {} s where t.{} = s.{}").format(
                table, sets, stage, sql.Identifier(key), sql.Identifier(key)
            )
        )
        written = cursor.rowcount
        cursor.execute(sql.SQL("drop table {}").format(stage))
    return int(written)
