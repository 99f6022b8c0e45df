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
    connection.execute("SET lock_configuration = true")
    return connection
