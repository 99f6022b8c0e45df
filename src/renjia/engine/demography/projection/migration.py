"""迁移的年龄模式 — named schedules, net moves from a total, and moves between places."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.inputs import ProjectionInputs

ROGERS_CASTRO: Mapping[str, float] = {
    "a1": 0.02, "alpha1": 0.10, "a2": 0.06, "alpha2": 0.10, "mu2": 20.0, "lambda2": 0.40, "c": 0.0,
}  # fmt: skip


def rogers_castro(age: ArrayLike, **parameters: float) -> Floats:
    """Rogers–Castro 迁移率 — a1·e^(−α1·x) + a2·e^(−α2·(x − μ2) − e^(−λ2·(x − μ2))) + c at exact ages x, shape kept.

    The parameters not given are the textbook ones (a1 0.02, α1 0.10, a2 0.06, α2 0.10, μ2 20, λ2 0.40); c, the level that
    does not fall with age, is 0.003 in the textbook for gross rates and 0 here: see `docs/demography/projection.md`.
    Source: Rogers & Castro 1981, Model Migration Schedules, IIASA RR-81-30.
    """
    unknown = set(parameters) - set(ROGERS_CASTRO)
    if unknown:
        raise DemographyError(
            f"没有参数 {'、'.join(sorted(unknown))}", "Rogers–Castro", "可用：" + "、".join(ROGERS_CASTRO)
        )
    p = dict(ROGERS_CASTRO) | parameters
    x = np.asarray(age, dtype=np.float64)
    child = p["a1"] * np.exp(-p["alpha1"] * x)
    labour = p["a2"] * np.exp(-p["alpha2"] * (x - p["mu2"]) - np.exp(-p["lambda2"] * (x - p["mu2"])))
    return np.asarray(child + labour + p["c"], dtype=np.float64)


def rogers_castro_shares(width: int, count: int, **parameters: float) -> Floats:
    """Rogers–Castro 年龄构成 — shares (count,) adding to 1: the rate at the middle of every single age, summed by group.

    The open group is taken `width` years wide.
    """
    rate = rogers_castro(np.arange(width * count) + 0.5, **parameters).reshape(count, width).sum(axis=1)
    return np.asarray(rate / rate.sum(), dtype=np.float64)


def uniform_shares(population: ArrayLike) -> Floats:
    """按人口分布 — the shares (A,) of the people themselves: moves as if every age moved alike."""
    people = checks.counts(population, "人口")
    if people.sum() <= 0:
        raise DemographyError("一个人也没有", "人口", "请给出有人口的年龄构成")
    return np.asarray(people / people.sum(), dtype=np.float64)


def net_by_age(total: ArrayLike, shares: ArrayLike, male_share: float = 0.5) -> Floats:
    """净迁移分性别年龄 — total (…) times shares (A,) split by sex: (…, 2, A), adding to the total."""
    part = checks.fraction(male_share, "男性份额")
    by_sex = np.stack([part * np.asarray(shares), (1.0 - part) * np.asarray(shares)])
    return np.asarray(checks.numbers(total, "净迁移总数")[..., None, None] * by_sex, dtype=np.float64)


def observed_residual(start: ArrayLike, end: ArrayLike, lived: ArrayLike) -> Floats:
    """残差法净迁移 — end population less those of the start who lived on: (…, 2, A) from two counts `width` years apart.

    start (…, 2, A), end (…, 2, A), lived (…, 2, A) survival ratios as `step_ratios` gives (entry 0 is not used: the youngest
    group is left 0, its moves cannot be told from births). Half-and-half convention: net / (1 + ratio) · 2 per cohort.
    """
    first, last = checks.counts(start, "期初人口"), checks.counts(end, "期末人口")
    ratio = checks.numbers(lived, "存活比")
    checks.same_shape(first, last, "期初人口与期末人口")
    net = np.zeros_like(last)
    net[..., 1:] = last[..., 1:] - first[..., :-1] * ratio[..., 1:]
    net[..., -1] -= first[..., -1] * ratio[..., -1]
    net[..., 1:] *= 2.0 / (1.0 + ratio[..., 1:])
    return net


def patterns(inputs: ProjectionInputs) -> dict[str, Floats]:
    """可比的模式 — the same yearly totals under other age patterns: name → migration (P, T, 2, A).

    given; Rogers–Castro; as the people themselves; Rogers–Castro five years younger and older; none.
    """
    count = inputs.ages.size
    total = inputs.migration.sum(axis=(2, 3))
    found = {inputs.pattern: inputs.migration}
    for name, mu in (("Rogers–Castro", 20.0), ("Rogers–Castro，早 5 岁", 15.0), ("Rogers–Castro，晚 5 岁", 25.0)):
        found.setdefault(name, net_by_age(total, rogers_castro_shares(inputs.width, count, mu2=mu)))
    people = inputs.base / inputs.base.sum(axis=(1, 2), keepdims=True)
    found["按人口分布"] = total[:, :, None, None] * people[:, None]
    found["不迁移"] = np.zeros_like(inputs.migration)
    return found


def check_moves(rates: ArrayLike, places: int, ages: int) -> Floats:
    """地区间迁移率 — (O, D, 2, A) yearly rates of moving from O to D; none from a place to itself; a half-step keeps ≥ 0."""
    found = checks.rates(rates, "地区间迁移率")
    if found.shape != (places, places, 2, ages):
        raise DemographyError(
            f"形状是 {found.shape}，应为 {(places, places, 2, ages)}",
            "地区间迁移率",
            "请按迁出地、迁入地、性别、年龄排列",
        )
    if np.abs(found[np.arange(places), np.arange(places)]).max() > 0:
        raise DemographyError("有从一地迁到同一地的率", "地区间迁移率", "请把对角线填 0")
    if (found.sum(axis=1) > 2.0).any():
        raise DemographyError("迁出率之和大于 2", "地区间迁移率", "半年内迁出的人不能多于现有的人，请查各迁入地之和")
    return found


@dataclass(frozen=True, slots=True)
class Exchange:
    """地区间迁移 — half of the yearly rates and what the kernels want of them; made by `exchange_of`.

    rates (D, 2, O, A) float32, O filled up to fours with zeros; leave (O, 2, A) their sum; table uint64 (O, 2, A, P):
    Walker's alias tables of the destinations, by which a leaver is placed with one draw: threshold above, other below.
    """

    rates: np.ndarray[Any, np.dtype[np.float32]]
    leave: Floats
    table: np.ndarray[Any, np.dtype[np.uint64]]


def exchange_of(rates: ArrayLike, places: int, ages: int) -> Exchange:
    """备好地区间迁移 — from yearly rates (O, D, 2, A), checked by `check_moves`."""
    half = (check_moves(rates, places, ages) / 2.0).astype(np.float32)
    leave = half.astype(np.float64).sum(axis=1)
    shares = np.moveaxis(half.astype(np.float64), 1, -1)
    total = shares.sum(axis=-1, keepdims=True)
    shares = np.divide(shares, total, out=np.full_like(shares, 1.0 / places), where=total > 0)
    table = _alias(shares.reshape(-1, places)).reshape(places, 2, ages, places)
    by_destination = np.zeros((places, 2, -(-places // 4) * 4, ages), np.float32)
    by_destination[:, :, :places] = half.transpose(1, 2, 0, 3)
    return Exchange(by_destination, leave, table)


def _alias(shares: Floats) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Walker's tables, row by row: shares (R, P); each entry its threshold in the upper 32 bits, the other place below."""
    rows, places = shares.shape
    fill = shares * places
    keep, other = np.full((rows, places), 2**32 - 1, np.uint64), np.tile(np.arange(places, dtype=np.uint64), (rows, 1))
    waiting = np.ones((rows, places), dtype=bool)
    at = np.arange(rows)
    for _ in range(places):
        low = np.where(waiting, fill, np.inf).argmin(axis=1)
        high = np.where(waiting, fill, -np.inf).argmax(axis=1)
        keep[at, low] = np.clip(np.round(fill[at, low] * 2.0**32), 0, 2.0**32 - 1).astype(np.uint64)
        other[at, low] = high.astype(np.uint64)
        waiting[at, low] = False
        apart = low != high
        fill[at[apart], high[apart]] -= 1.0 - fill[at[apart], low[apart]]
    return (keep << np.uint64(32)) | other


def exchanged(people: Floats, half: Floats) -> Floats:
    """交换一次 — people (P, 2, A) after half a year's moves `half` (O, D, 2, A): leavers out, arrivals in."""
    leave = np.einsum("odsa,osa->osa", half, people)
    return np.asarray(people - leave + np.einsum("odsa,osa->dsa", half, people), dtype=np.float64)
