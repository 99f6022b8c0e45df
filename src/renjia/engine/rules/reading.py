"""读文件夹 — a folder of CSV or Parquet tables as the tables of the contract; what is wrong is refused, all at once."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.schemas import TABLES, Column, Table
from renjia.engine.rules.values import Bad, converted
from renjia.engine.rules.words import nearest
from renjia.engine.units import is_code

_MOST_SHOWN = 20
_SUFFIXES = (".csv", ".parquet")


@dataclass
class Folder:
    """一夹表 — tables by name, and what was passed over (files and columns that are none of ours)."""

    tables: dict[str, pa.Table]
    passed_over: list[str] = field(default_factory=list)


def read_folder(folder: Path, names: Mapping[str, str] | None = None) -> Folder:
    """读一夹 — `person.csv` or `人员.csv`, … ; missing tables are empty, only `person` must be there.

    names: what a scheme may be called → its id, for the columns that hold one. Raises RuleError listing what is wrong:
    file, row, column, value, remedy.
    """
    if not folder.is_dir():
        raise RuleError(f"没有文件夹「{folder}」；请写一个放着 person.csv 等表的文件夹")
    found = Folder({})
    problems: list[str] = []
    taken: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        table = _table_of(path)
        if table is None:
            if not path.name.startswith("."):
                found.passed_over.append(f"文件 {path.name} 不是判定库的表，没有读")
            continue
        if table.name in taken:
            problems.append(f"{taken[table.name].name} 和 {path.name} 都是「{table.titles[0]}」；只留一个")
            continue
        taken[table.name] = path
        _read(path, table, names or {}, found, problems)
    if "person" not in taken:
        problems.append(f"文件夹「{folder.name}」里没有 person.csv（人员）；一人一行，列：编号、性别、出生日期 …")
    if problems:
        more = f"\n……共 {len(problems)} 处" if len(problems) > _MOST_SHOWN else ""
        raise RuleError("\n".join(problems[:_MOST_SHOWN]) + more)
    return found


def _table_of(path: Path) -> Table | None:
    if path.suffix.lower() not in _SUFFIXES or not path.is_file():
        return None
    stem = path.stem.strip().lower()
    return next((one for one in TABLES.values() if stem == one.name or stem in one.titles), None)


def _read(path: Path, table: Table, names: Mapping[str, str], found: Folder, problems: list[str]) -> None:
    try:
        raw = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    except RuleError as wrong:
        problems.append(str(wrong))
        return
    columns: dict[str, pa.ChunkedArray] = {}
    said: dict[str, str] = {}
    for at, header in enumerate(raw.schema.names):
        column = _column(table, header.strip(), set(columns))
        if column is None:
            missing = [name for one in table.columns if one.name not in columns for name in (one.name, *one.headers)]
            near = nearest(header.strip(), missing)
            if near:
                problems.append(f"{path.name} 第 1 行：不认识的列「{header}」{near}；请改表头，或删去这一列")
            else:
                found.passed_over.append(f"{path.name} 的列「{header}」不在约定之内，没有读")
            continue
        if column.name in columns:
            problems.append(f"{path.name} 第 1 行：「{said[column.name]}」和「{header}」是同一列；只留一列")
            continue
        said[column.name] = header
        more = names if column.name == "scheme" else {}
        try:
            columns[column.name] = converted(column, raw.column(at), more)
        except Bad as bad:
            problems.append(f"{path.name} 第 {bad.index + 2} 行「{header}」列：{bad}")
    missing_columns = [one for one in table.needed if one not in columns and one not in said]
    for name in missing_columns:
        known = next(one for one in table.columns if one.name == name)
        problems.append(f"{path.name} 第 1 行：缺列「{name}」（{known.headers[0]}）；补上这一列")
    whole = pa.table(columns)
    found.tables[table.name] = whole
    if not missing_columns:
        problems += [f"{path.name} {one}" for one in _wrong_rows(table, whole, said)]


def _column(table: Table, header: str, taken: set[str]) -> Column | None:
    known = table.column(header)
    if known is not None and known.name in taken and table.name == "marriage" and header == "双方":
        return table.column("b")  # one header over both columns
    return known


def _wrong_rows(table: Table, whole: pa.Table, said: Mapping[str, str]) -> list[str]:
    """What single values cannot show: nothing where something must be, days out of order, a code that is none, twins."""
    problems = []
    for name in (one for one in table.needed if one in whole.schema.names):
        nulls = whole[name].is_null().to_pylist() if whole[name].null_count else []
        if nulls:
            problems.append(f"第 {nulls.index(True) + 2} 行「{said[name]}」列：是空的；这一列必须有值")
    for first, last in (("born", "died"), ("from", "to"), ("applied", "confirmed")):
        if first in whole.schema.names and last in whole.schema.names:
            at = _first_true(pc.greater(whole[first], whole[last]))
            if at is not None:
                what = f"{whole[last][at]} 早于「{said[first]}」{whole[first][at]}"
                problems.append(f"第 {at + 2} 行「{said[last]}」列：{what}；请核对两个日期")
    for name in ("place",) if table.name in ("hukou", "residence", "application") else ():
        if name in whole.schema.names:
            codes = whole[name].combine_chunks().dictionary_encode() if len(whole) else None
            wrong = [
                one for one in (codes.dictionary.to_pylist() if codes is not None else []) if one and not is_code(one)
            ]
            if wrong:
                at = whole[name].to_pylist().index(wrong[0])
                problems.append(f"第 {at + 2} 行「{said[name]}」列：「{wrong[0]}」不是区划代码；写 6、9 或 12 位代码")
    if table.name == "person" and "person" in whole.schema.names:
        current = whole if "known_to" not in whole.schema.names else whole.filter(whole["known_to"].is_null())
        counts = current["person"].value_counts()
        twice = pc.filter(counts.field("values"), pc.greater(counts.field("counts"), 1))
        if len(twice):
            rows = [at + 2 for at, one in enumerate(whole["person"].to_pylist()) if one == twice[0].as_py()]
            where = f"第 {rows[1]} 行「{said['person']}」列"
            problems.append(
                f"{where}：「{twice[0]}」有不止一行（第 {rows[0]} 行已有）；一人一行，旧的一行填上 known_to（失效日）"
            )
    return problems


def _first_true(mask: pa.ChunkedArray) -> int | None:
    at = pc.index(mask, pa.scalar(True)).as_py()
    return None if at < 0 else int(at)


def _parquet(path: Path) -> pa.Table:
    try:
        whole = pa_parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as wrong:
        raise RuleError(f"{path.name}：不是 Parquet 文件；请重新导出") from wrong
    return pa.table([_plain(whole.column(at)) for at in range(whole.num_columns)], names=whole.schema.names)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    return column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column


def _csv(path: Path) -> pa.Table:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise RuleError(f"{path.name}：既不是 UTF-8 也不是 GB18030 文字；请另存为 UTF-8 的 CSV") from None
    if not text.strip():
        raise RuleError(f"{path.name}：文件是空的；第一行写列名，没有数据也要有列名")
    line = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",\t;", key=line.count)
    headers = next(csv.reader(io.StringIO(text), delimiter=delimiter))
    bad: list[tuple[int, int, int]] = []

    def refuse(row: pa_csv.InvalidRow) -> str:
        bad.append((row.number or 0, row.expected_columns, row.actual_columns))
        return "skip"

    names = [f"c{at}" for at in range(len(headers))]
    try:
        whole = pa_csv.read_csv(
            io.BytesIO(text.encode()),
            read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse, ignore_empty_lines=True
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""],
                quoted_strings_can_be_null=True,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as wrong:
        if "Empty CSV" in str(wrong):
            return pa.table([pa.array([], pa.string()) for _ in headers], names=headers)
        raise RuleError(f"{path.name}：不是正确的 CSV；请核对引号和逗号") from wrong
    if bad:
        number, expected, actual = bad[0]
        raise RuleError(f"{path.name} 第 {number} 行：有 {actual} 个值，表头有 {expected} 列；请核对这一行的逗号和引号")
    return pa.table(whole.columns, names=headers)
