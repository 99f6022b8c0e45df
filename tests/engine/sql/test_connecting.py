"""The connection computes and does nothing else: no file, no network, no extension, no variable, no setting."""

import duckdb
import pyarrow as pa
import pytest

from renjia.engine.sql import connect


@pytest.fixture
def duck():
    connection = connect(threads=1, memory="200MB")
    connection.register("given", pa.table({"a": [1, 2]}))
    yield connection
    connection.close()


def test_it_computes(duck):
    assert duck.execute("SELECT sum(a) FROM given").fetchall() == [(3,)]
    assert duck.execute("SELECT current_setting('TimeZone'), current_setting('threads')").fetchall() == [
        ("Asia/Shanghai", 1)
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_parquet('https://127.0.0.1/x.parquet')",
        "COPY given TO '{folder}/x.csv'",
        "ATTACH '{folder}/x.db'",
        "EXPORT DATABASE '{folder}/x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "INSTALL spatial FROM community",
        "SET enable_external_access = true",
        "SET temp_directory = '{folder}'",
        "SET lock_configuration = false",
        "SET threads = 8",
    ],
)
def test_it_does_nothing_else(duck, statement, tmp_path):
    with pytest.raises(duckdb.Error):
        duck.execute(statement.format(folder=tmp_path)).fetchall()
    assert list(tmp_path.iterdir()) == []


def test_python_variables_are_no_tables(duck):
    secret = pa.table({"a": [1]})
    with pytest.raises(duckdb.CatalogException):
        duck.execute("SELECT * FROM secret").fetchall()
    assert secret.num_rows == 1


def test_past_its_memory_it_fails_and_spills_nothing(duck, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(duckdb.OutOfMemoryException):
        duck.execute(
            "SELECT x, list(y) FROM range(3000000) AS t(x), range(20) AS u(y) GROUP BY x ORDER BY x"
        ).fetchall()
    assert list(tmp_path.iterdir()) == []
