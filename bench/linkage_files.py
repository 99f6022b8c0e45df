"""The raw Parquet files of a linkage bench as the one record table `renjia.engine.linkage.link` takes.

A folder holds `<source>.parquet`, all columns text: record, mother_name, mother_id, father_name, father_id, baby_name,
sex (男/女 or 1/2), born (YYYY-MM-DD), time (HH:MM), weight, order, plurality, parity, phone, address, hukou_place,
institution, certificate, reported; a column a source does not have is absent. `truth.parquet` lies beside them.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

SOURCES = ("registration", "hospital_delivery", "vaccination", "birth_certificate", "hukou_birth")
_TEXTS = (
    "mother_name", "mother_id", "father_name", "father_id", "baby_name", "phone", "address", "hukou_place", "institution",
    "certificate",
)  # fmt: skip
_WHOLE = ("weight", "order", "plurality", "parity")
_DATES = ("born", "reported")


def read(folder: Path, con: duckdb.DuckDBPyConnection | None = None) -> pa.Table:
    """读大表 — every source of `folder` in one Arrow table: `record` is `source|record`, sex 1 or 2, minute of the day."""
    return (con or duckdb.connect()).sql(query(folder)).to_arrow_table()


def query(folder: Path) -> str:
    """读大表的 SQL — the same as one SELECT, for those who read out of core."""
    held = [(source, folder / f"{source}.parquet") for source in SOURCES]
    found = [(source, path) for source, path in held if path.exists()]
    if not found:
        raise FileNotFoundError(f"文件夹「{folder}」里没有 {SOURCES[0]}.parquet 等来源文件；请先用 renjia synth 造数据")
    return "\nUNION ALL\n".join(_select(source, path) for source, path in found)


def _select(source: str, path: Path) -> str:
    rows = duckdb.connect().execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    held = {row[0] for row in rows}

    def told(name: str, kind: str, text: str = "{}") -> str:
        value = text.format(f'"{name}"') if name in held else "NULL"
        return f'TRY_CAST({value} AS {kind}) AS "{name}"'

    columns = [f"'{source}|' || record AS record", f"'{source}' AS source"]
    columns += [told(name, "VARCHAR") for name in _TEXTS]
    columns += [told(name, "BIGINT") for name in _WHOLE] + [told(name, "DATE") for name in _DATES]
    columns.append(told("sex", "VARCHAR", "CASE {0} WHEN '男' THEN '1' WHEN '女' THEN '2' ELSE {0} END"))
    time = """TRY_CAST(split_part("time", ':', 1) AS BIGINT) * 60 + TRY_CAST(split_part("time", ':', 2) AS BIGINT)"""
    columns.append(f"{time if 'time' in held else 'NULL::BIGINT'} AS minute")
    return f"SELECT {', '.join(columns)} FROM '{path}'"
