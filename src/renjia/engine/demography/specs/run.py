"""跑一份说明书 — everything is worked out in a hidden folder first; what a stop leaves is taken up again."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.backtest import BackTest, back_test
from renjia.engine.demography.projection.cohort import project
from renjia.engine.demography.projection.draws import Mode, Uncertainty
from renjia.engine.demography.projection.graduated import in_single_years
from renjia.engine.demography.projection.inputs import ProjectionInputs
from renjia.engine.demography.projection.scenarios import CHINESE
from renjia.engine.demography.projection.shrinkage import Levels
from renjia.engine.demography.projection.summary import (
    BROAD,
    Quantiles,
    measure_names,
    parts,
    quantiles_of,
    sample_part,
)
from renjia.engine.demography.specs.build import (
    counted_at,
    exchange_rates,
    inputs_of,
    scenarios_of,
    shrunk,
    span,
    uncertainty_of,
)
from renjia.engine.demography.specs.outputs import summary, write_consequences, write_intervals, write_tables
from renjia.engine.demography.specs.spec import MODES, Spec, Value, read_spec

Progress = Callable[[str, int, int], None]

WORKING = ".renjia-project"
STATE = "state.json"
DONE = "project.json"
SUMMARY = "摘要.md"
_METHOD = "1"  # raise when the same spec would give other figures


@dataclass(frozen=True, slots=True)
class Finished:
    """跑完的结果 — folder, files written, whether it was already there, parts taken up from an earlier stop."""

    out: Path
    files: tuple[str, ...]
    already: bool
    resumed: int

    @property
    def summary(self) -> Path:
        """摘要 — the page to read first."""
        return self.out / SUMMARY


def run_spec(
    path: Path | str, out: Path | str, progress: Progress | None = None, *, thread_count: int | None = None
) -> Finished:
    """跑说明书 — read, check, project, draw, write into `out`; nothing there is touched until all of it is ready.

    A folder that holds something else is refused. Stopped in between (KeyboardInterrupt), the finished parts stay in
    `out`/.renjia-project; the same spec with the same data takes them up, another starts afresh. Same spec, same bytes.
    Raises DemographyError with what, where, remedy.
    """
    spec, folder = read_spec(path), Path(out)
    tell = progress or (lambda stage, done, total: None)
    digest = _digest(spec)
    finished = _already(folder, digest)
    if finished is not None:
        return finished
    start, end = span(spec)
    draws, seed = spec.whole("draws", default=0, high=100_000), spec.whole("seed", default=1, high=2**31 - 1)
    if 0 < draws < 20:
        raise DemographyError(
            f"只抽 {draws} 次", spec.where("draws"), "至少 20 次才有区间，通常 1000 次；不要区间就写 0"
        )
    month = spec.whole("consequences", "month", default=12, low=1, high=12)
    per_thousand = (
        spec.number("consequences", "nursery_per_thousand")
        if spec.has("consequences", "nursery_per_thousand")
        else None
    )
    uncertainty = uncertainty_of(spec)
    mode: Mode = "counts" if MODES[spec.text("mode", default="rates")] == "counts" else "rates"
    central, levels = shrunk(spec, inputs_of(spec, start, end))
    chosen = scenarios_of(spec, central)
    tested = _test(spec)
    moves = exchange_rates(spec, central)
    runs = {}
    for done, (name, inputs) in enumerate(chosen.items()):
        tell("推算", done, len(chosen))
        runs[name] = project(inputs, moves)
    tell("推算", len(chosen), len(chosen))
    working = folder / WORKING
    _begin(working, digest)
    sampled = {}
    resumed = 0
    if draws:
        spread = _with_levels(uncertainty, levels)
        for name, inputs in chosen.items():
            sampled[name], taken = _sample(working, name, inputs, spread, draws, seed, mode, tell, thread_count, moves)
            resumed += taken
    ready = working / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir()
    tell("写文件", 0, 1)
    write_tables(ready, runs)
    write_consequences(ready, runs, month, per_thousand)
    if sampled:
        write_intervals(ready, sampled)
    title = spec.text("name", default=spec.path.stem)
    page = summary(title, runs, sampled, tested, levels, draws, mode, central.width == 5)
    (ready / SUMMARY).write_text(page, encoding="utf-8")
    files = _hand_over(ready, folder, digest)
    tell("写文件", 1, 1)
    return Finished(folder, files, False, resumed)


def _digest(spec: Spec) -> str:
    """Of the spec, every file it names, and the method."""
    found = hashlib.sha256(_METHOD.encode() + spec.path.read_bytes())

    def walk(value: Value, keys: tuple[str, ...]) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, (*keys, key))
        elif isinstance(value, str) and keys[-1] in ("file", "folder", "tfr") and not _is_number(value):
            named = spec.file(*keys)
            for file in sorted(named.glob("*.csv")) if named.is_dir() else [named]:
                found.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())

    walk(dict(spec.values), ())
    return found.hexdigest()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _already(folder: Path, digest: str) -> Finished | None:
    """The finished run that is there; DemographyError when the folder holds something else."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise DemographyError("不是文件夹", str(folder), "请换一个 --out")
    there = {p.name for p in folder.iterdir()} - {WORKING}
    if not there:
        return None
    if DONE in there:
        state = json.loads((folder / DONE).read_text(encoding="utf-8"))
        if state.get("digest") == digest and all((folder / f).exists() for f in state.get("files", [])):
            return Finished(folder, tuple(state["files"]), True, 0)
    raise DemographyError("文件夹里已有别的东西", str(folder), "请换一个 --out，或先清空它")


def _begin(working: Path, digest: str) -> None:
    """An empty working folder, or the one the same run left."""
    state = working / STATE
    if working.exists() and not (
        state.exists() and json.loads(state.read_text(encoding="utf-8")) == {"digest": digest}
    ):
        shutil.rmtree(working)
    working.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps({"digest": digest}), encoding="utf-8")


def _test(spec: Spec) -> BackTest | None:
    if not spec.has("backtest"):
        return None
    start = spec.whole("backtest", "from", low=1900, high=2200)
    end = spec.whole("backtest", "to", low=1900, high=2300)
    if end <= start:
        raise DemographyError(f"止于 {end} 年", spec.where("backtest", "to"), "请晚于回测的起点")
    past = inputs_of(spec, start, end)
    return back_test(past, counted_at(spec, past, end))


def _with_levels(uncertainty: Uncertainty, levels: dict[str, Levels]) -> Uncertainty:
    """Levels already in the rates: what is drawn is the level over its mean, gamma(shape, shape)."""
    born, died = levels.get("出生"), levels.get("死亡")
    return replace(
        uncertainty,
        fertility_levels=None if born is None else (born.shape, born.shape),
        mortality_levels=None if died is None else (died.shape, died.shape),
    )


def _sample(
    working: Path,
    name: str,
    inputs: ProjectionInputs,
    uncertainty: Uncertainty,
    draws: int,
    seed: int,
    mode: Mode,
    tell: Progress,
    thread_count: int | None,
    moves: Floats | None,
) -> tuple[Quantiles, int]:
    """Quantiles of a scenario, part by part; parts already on disk are read, not drawn again."""
    single = in_single_years(inputs)
    key = hashlib.sha256(CHINESE.get(name, name).encode()).hexdigest()[:12]
    sample = np.empty((len(single.places) + 1, draws, single.steps, len(measure_names(BROAD))), np.float32)
    taken = 0
    for first, count in parts(draws):
        tell(f"抽样 {name}", first, draws)
        file = working / f"{key}-{first}.npy"
        if file.exists():
            sample[:, first : first + count] = np.load(file)
            taken += 1
            continue
        found = sample_part(
            single, uncertainty, count, seed, first=first, mode=mode, thread_count=thread_count, moves=moves
        )
        sample[:, first : first + count] = found
        half = working / "half.npy"
        np.save(half, found)
        os.replace(half, file)  # a part is there whole or not at all
    tell(f"抽样 {name}", draws, draws)
    return quantiles_of(single, sample, BROAD), taken


def _hand_over(ready: Path, folder: Path, digest: str) -> tuple[str, ...]:
    """Move the finished files out, the mark of completion last; then clear the working folder."""
    files = tuple(sorted(p.name for p in ready.iterdir()))
    done = ready / DONE
    done.write_text(json.dumps({"digest": digest, "files": files}, ensure_ascii=False, indent=1), encoding="utf-8")
    for name in (*files, DONE):
        os.replace(ready / name, folder / name)
    shutil.rmtree(folder / WORKING)
    return files
