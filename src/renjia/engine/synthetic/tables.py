"""大表 — a year of births of several districts as four departments keep it, one Parquet file a source, truth apart.

The shape every method of `make bench-linkage` reads: all columns text, empty cells null.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from renjia.engine.synthetic.children import delivery_days
from renjia.engine.synthetic.columns import MISSING, Columns, Texts, stream, take, texts
from renjia.engine.synthetic.district import make_truth
from renjia.engine.synthetic.filing import PREFIX
from renjia.engine.synthetic.geography import DISTRICT as DISTRICT_CODE
from renjia.engine.synthetic.numbers import NumberRange
from renjia.engine.synthetic.rates import HUKOU, REGISTRATION, SOURCES, TABLES, VACCINATION, ErrorModel
from renjia.engine.synthetic.recording import record, ward_chart
from renjia.engine.synthetic.schedule import reports

TABLE_SOURCES = tuple(source for source in SOURCES if source != HUKOU)
TRUTH = "truth"
BIRTHS_A_DISTRICT = 50_000  # as the largest districts have
_COLUMNS = (
    "record", "mother_name", "mother_id", "father_name", "father_id", "baby_name", "sex", "born", "time", "weight",
    "order", "plurality", "parity", "phone", "address", "institution", "certificate", "reported",
)  # fmt: skip
_DAYS, _WHOLE = frozenset(("born", "reported")), frozenset(("weight", "order", "plurality", "parity"))
_IN_CHARACTERS = frozenset((REGISTRATION, VACCINATION))  # they write the sex 男 or 女, the others 1 or 2
_TIMES = pa.array([f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440)])


def write_tables(
    out: Path,
    births: int,
    seed: int,
    *,
    year: int = 2024,
    errors: ErrorModel = TABLES,
    processes: int = 0,
    told: Callable[[str, int, int], None] | None = None,
) -> list[Path]:
    """写大表 — `births` children born in `year`: `<source>.parquet` for four sources and truth.parquet, in `out`.

    Districts of at most BIRTHS_A_DISTRICT children, each from its own seed and with its own numbers and codes; one row
    group a district. Same births, seed, year and errors: same bytes, whatever `processes` (0: as many as the machine
    has). truth: source, record, child, delivery. Existing files are replaced. Raises ValueError (Chinese).
    """
    most = NumberRange.MOST * BIRTHS_A_DISTRICT
    if not 1 <= births <= most:
        raise ValueError(f"出生数 {births} 不行；请给 1 到 {most} 的整数，例如 100000")
    sizes = _sizes(births)
    out.mkdir(parents=True, exist_ok=True)
    making = partial(_made, seed, year, errors, len(sizes))
    workers = min(processes or os.cpu_count() or 1, len(sizes))
    unfinished = {name: out / f".{name}.parquet.part" for name in (*TABLE_SOURCES, TRUTH)}
    try:
        with ExitStack() as held:
            writers: dict[str, pq.ParquetWriter] = {}
            for done, made in enumerate(_districts(making, sizes, workers, held), 1):
                for name, table in made.items():
                    if name not in writers:
                        writers[name] = held.enter_context(pq.ParquetWriter(unfinished[name], table.schema))
                    writers[name].write_table(table, row_group_size=max(1, table.num_rows))
                if told:
                    told(f"第 {done} 个区", done, len(sizes))
        return [path.replace(out / f"{name}.parquet") for name, path in unfinished.items()]
    finally:
        for path in unfinished.values():
            path.unlink(missing_ok=True)


def _sizes(births: int) -> list[tuple[int, int]]:
    """(place, births) of each district."""
    whole = -(-births // BIRTHS_A_DISTRICT)
    return [(place, births // whole + (place < births % whole)) for place in range(whole)]


def _districts(
    making: Callable[[tuple[int, int]], dict[str, pa.Table]],
    sizes: list[tuple[int, int]],
    workers: int,
    held: ExitStack,
) -> Iterator[dict[str, pa.Table]]:
    if workers == 1:
        return map(making, sizes)
    pool = held.enter_context(ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")))
    return pool.map(making, sizes)


def _made(seed: int, year: int, errors: ErrorModel, districts: int, size: tuple[int, int]) -> dict[str, pa.Table]:
    """One district: the four sources' tables and the truth."""
    place, births = size
    numbers = NumberRange(place, districts)
    own_seed = int(np.random.SeedSequence([seed, place]).generate_state(1)[0])
    days = delivery_days(own_seed, births, date(year, 1, 1), date(year, 12, 31), look_back=0)
    truth = make_truth(own_seed, days, errors, numbers)
    chart = ward_chart(truth)
    made, links = {}, []
    for source in TABLE_SOURCES:
        rows = reports(source, truth)
        rng = stream(own_seed, f"tables {source}")
        rows = take(rows, np.lexsort((rng.random(len(rows["reported"])), rows["reported"])))
        held = rows | record(source, truth, rows, chart)
        held["record"] = texts(
            f"{PREFIX[source]}{place:03d}{number:06d}" for number in range(1, len(rows["child"]) + 1)
        )
        made[source] = _table(source, held, numbers)
        links.append(_links(source, held, truth.child["delivery"], place))
    return made | {TRUTH: pa.concat_tables(links)}


def _table(source: str, held: Columns, numbers: NumberRange) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    for name in _COLUMNS:
        if name == "time":
            if "minute" in held and (held["minute"] != MISSING).any():
                columns[name] = _TIMES.take(pa.array(held["minute"], mask=held["minute"] == MISSING))
        elif name in held:
            columns[name] = _text(name, held[name])
    if source in _IN_CHARACTERS:
        columns["sex"] = pc.replace_substring(pc.replace_substring(columns["sex"], "1", "男"), "2", "女")
    if numbers.place:
        columns["address"] = pc.replace_substring_regex(columns["address"], f"^{DISTRICT_CODE}", numbers.code)
        columns["institution"] = pc.replace_substring_regex(columns["institution"], "^H31", f"H{numbers.code[2:]}")
    return pa.table(columns)


def _text(name: str, values: npt.NDArray[np.generic]) -> pa.Array:
    if name in _DAYS:
        return pc.cast(pa.array(values.astype(np.int32), pa.int32()).cast(pa.date32()), pa.string())
    if name in _WHOLE:
        return pc.cast(pa.array(values, pa.int64(), mask=np.equal(values, MISSING)), pa.string())
    return pa.array(values, pa.string(), mask=np.asarray(np.equal(values, ""), dtype=np.bool_))


def _links(source: str, held: Columns, delivery: npt.NDArray[np.int64], place: int) -> pa.Table:
    def numbered(values: npt.NDArray[np.int64]) -> Texts:
        return texts(f"{place:03d}-{number:06d}" for number in (values + 1).tolist())

    return pa.table({
        "source": pa.array([source] * len(held["record"]), pa.string()),
        "record": pa.array(held["record"], pa.string()),
        "child": pa.array(numbered(held["child"]), pa.string()),
        "delivery": pa.array(numbered(delivery[held["child"]]), pa.string()),
    })  # fmt: skip
