"""连接 — an in-memory DuckDB that can compute and do nothing else."""

import duckdb


def connect(
    *, threads: int | None = None, memory: str | None = None, optimised: bool = True
) -> duckdb.DuckDBPyConnection:
    """连接 DuckDB — in memory: no files, no network, no extensions, no Python variables as tables, settings locked.

    Give it data with `connection.register(name, arrow_table)`. Nothing spills to disk: past `memory` (such as `1GB`)
    a query fails. DuckDB 2 keeps an unfinished result open and refuses the next statement: always `fetchall()` or
    read to Arrow whole. `optimised=False` plans each query as it is written: right for long queries over a few rows,
    where planning is nearly all the work.
    """
    connection = _opened(threads, memory, optimised)
    connection.execute("SET lock_configuration = true")
    return connection


def connect_twice(
    *, threads: int | None = None, memory: str | None = None
) -> tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]:
    """连接两次 — one database, two connections as `connect` makes them: the first optimises, the second does not.

    Tables are the same for both; temporary ones and registered ones are not. A table made in the catalog `packed` is
    kept compressed once `CHECKPOINT packed` was asked for. Close both.
    """
    connection = _opened(threads, memory, optimised=True)
    connection.execute("ATTACH ':memory:' AS packed (COMPRESS)")
    beside = connection.cursor()
    beside.execute("SET TimeZone = 'Asia/Shanghai'")
    beside.execute("PRAGMA disable_optimizer")
    for one in (connection, beside):
        one.execute("SET search_path = 'memory,packed'")
    connection.execute("SET lock_configuration = true")
    return connection, beside


def _opened(threads: int | None, memory: str | None, optimised: bool) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "temp_directory": "",
    }
    if threads is not None:
        settings["threads"] = threads
    if memory is not None:
        settings["memory_limit"] = memory
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET TimeZone = 'Asia/Shanghai'")  # an extension's setting: not known before the start
    if not optimised:
        connection.execute("PRAGMA disable_optimizer")
    return connection
