"""回测 — the same method from an earlier year, held against what was counted since."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.projection.cohort import project
from renjia.engine.demography.projection.inputs import ProjectionInputs
from renjia.engine.demography.projection.migration import patterns


@dataclass(frozen=True, slots=True)
class BackTest:
    """回测结果 — per place (P,): totals and errors in per cent; by_age (P, A) with the sexes summed.

    total_error: projected / counted − 1; wmape: Σ|difference| / Σ counted over ages; unchanged_*: the same had the base
    simply been kept, the error to beat.
    """

    place: tuple[str, ...]
    start: int
    end: int
    counted: Floats
    projected: Floats
    total_error: Floats
    wmape: Floats
    by_age: Floats
    unchanged_error: Floats
    unchanged_wmape: Floats


def _wmape(found: Floats, true: Floats) -> Floats:
    return np.asarray(100.0 * np.abs(found - true).sum(axis=-1) / true.sum(axis=-1), dtype=np.float64)


def back_test(past: ProjectionInputs, counted: ArrayLike) -> BackTest:
    """回测 — project `past` to its last year and compare with `counted` (P, 2, A) of that year.

    Both sexes together by age. A place with nobody counted is refused.
    """
    true = checks.counts(counted, "实际人口")
    checks.same_shape(true, past.base, "实际人口与基年人口")
    checks.exposure(true.sum(axis=(1, 2)), "实际人口合计")
    run = project(past)
    ages_true, ages_run = true.sum(axis=1), run.population[:, -1].sum(axis=1)
    ages_base = past.base.sum(axis=1)
    total_true, total_run, total_base = (a.sum(axis=-1) for a in (ages_true, ages_run, ages_base))
    by_age = np.divide(ages_run, ages_true, out=np.full_like(ages_run, np.nan), where=ages_true > 0)
    return BackTest(
        past.places, past.years[0], past.years[-1], total_true, total_run,
        100.0 * (total_run / total_true - 1.0), _wmape(ages_run, ages_true), 100.0 * (by_age - 1.0),
        100.0 * (total_base / total_true - 1.0), _wmape(ages_base, ages_true),
    )  # fmt: skip


def migration_sensitivity(inputs: ProjectionInputs) -> dict[str, tuple[float, float]]:
    """迁移模式的敏感性 — pattern → (end total, difference from the given pattern in per cent), all places together.

    The yearly totals of net migration stay; only their age pattern changes (and, last, none at all).
    """
    ends = {
        name: float(project(inputs.with_(migration=moves)).totals[:, -1].sum())
        for name, moves in patterns(inputs).items()
        if name == inputs.pattern or not np.allclose(moves, inputs.migration)
    }
    given = ends[inputs.pattern]
    return {name: (end, 100.0 * (end / given - 1.0)) for name, end in ends.items()}
