"""修匀 — smoothing of five-year groups and of single years; ages a formula cannot reach are missing (NaN), not guessed."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.grouping import five_year_groups

_SPENCER_15 = np.array([-3, -6, -5, 3, 21, 46, 67, 74, 67, 46, 21, 3, -5, -6, -3]) / 320
_SPENCER_21 = np.array([-1, -3, -5, -5, -2, 6, 18, 33, 47, 57, 60, 57, 47, 33, 18, 6, -2, -5, -5, -3, -1]) / 350


def _tens(pop: ArrayLike, age: ArrayLike, open_group: bool, least: int) -> tuple[Floats, Floats, int]:
    """(five-year groups, ten-year groups of the closed ones, number of five-year groups they cover)."""
    groups, starts = five_year_groups(pop, age, open_group=open_group)
    if starts[0] % 10:
        raise DemographyError(f"第一组从 {starts[0]} 岁开始", "年龄", "十岁组须从 10 的倍数开始，请补上前五岁")
    pairs = (groups.shape[-1] - int(open_group)) // 2
    if pairs < least:
        raise DemographyError(f"只有 {pairs} 个封闭的十岁组", "人口", f"这种修匀至少要 {least} 个")
    covered = groups[..., : 2 * pairs]
    return groups, covered.reshape(*covered.shape[:-1], pairs, 2).sum(axis=-1), 2 * pairs


def _spread(groups: Floats, upper: Floats, tens: Floats, fill: bool) -> Floats:
    """Pairs back into five-year groups: the older half `upper`, the younger what remains; elsewhere NaN, or as given."""
    result = groups.copy() if fill else np.full_like(groups, np.nan)
    covered = 2 * tens.shape[-1]
    result[..., 0:covered:2] = tens - upper
    result[..., 1:covered:2] = upper
    return result


def carrier_farrag(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> Floats:
    """Carrier–Farrag 修匀 — older half = T / (1 + K), K⁴ = T(before) / T(after), T the ten-year groups.

    Shapes: pop (…, A), age (A,) lower bounds (0 and 1–4 or single years are added up); result (…, G), five-year groups.
    Ten-year totals are kept; the first and last ten-year groups, a single five-year group left over above them and the
    open group are NaN. Source: Carrier & Farrag 1959, Population Studies 12; PAS, AGESMTH.
    """
    groups, tens, _ = _tens(pop, age, open_group, 3)
    empty = tens[..., 2:] <= 0
    if empty.any():
        raise DemographyError("有十岁组人口为零", "人口", "这种修匀要相除，请改用 arriaga 或合并高龄组")
    upper = np.full_like(tens, np.nan)
    upper[..., 1:-1] = tens[..., 1:-1] / (1 + (tens[..., :-2] / tens[..., 2:]) ** 0.25)
    return _spread(groups, upper, tens, fill=False)


def karup_king_newton(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> Floats:
    """Karup–King–Newton 修匀 — younger half = T/2 + (T(before) − T(after)) / 16.

    Shapes, kept totals and missing ends as `carrier_farrag`. Source: PAS, AGESMTH.
    """
    groups, tens, _ = _tens(pop, age, open_group, 3)
    upper = np.full_like(tens, np.nan)
    upper[..., 1:-1] = tens[..., 1:-1] / 2 - (tens[..., :-2] - tens[..., 2:]) / 16
    return _spread(groups, upper, tens, fill=False)


def _arriaga_upper(tens: Floats) -> Floats:
    upper = np.empty_like(tens)
    upper[..., 1:-1] = (-tens[..., :-2] + 11 * tens[..., 1:-1] + 2 * tens[..., 2:]) / 24
    upper[..., 0] = (8 * tens[..., 0] + 5 * tens[..., 1] - tens[..., 2]) / 24
    upper[..., -1] = tens[..., -1] - (8 * tens[..., -1] + 5 * tens[..., -2] - tens[..., -3]) / 24
    return upper


def arriaga(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> Floats:
    """Arriaga 修匀 — a second-degree curve through three ten-year groups; ten-year totals are kept.

    Older half = (−T(before) + 11·T + 2·T(after)) / 24; youngest group: older half = (8·T + 5·T(after) − T(second after))
    / 24; oldest: younger half by the same weights turned round.
    Shapes as `carrier_farrag`; nothing missing: the open group, and a single five-year group left over, pass through.
    Source: Arriaga 1968; Arriaga, Johnson & Jamison 1994, Population Analysis with Microcomputers; PAS, AGESMTH.
    """
    groups, tens, _ = _tens(pop, age, open_group, 3)
    return _spread(groups, _arriaga_upper(tens), tens, fill=True)


def strong(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> Floats:
    """强修匀 — ten-year groups by (1, 2, 1)/4, scaled to the inner total, then halved as `arriaga`.

    The first and last ten-year totals are kept, the inner ones together. Shapes and the rest as `arriaga`.
    Source: Arriaga, Johnson & Jamison 1994; PAS, AGESMTH.
    """
    groups, tens, _ = _tens(pop, age, open_group, 3)
    smooth = tens.copy()
    inner = (tens[..., :-2] + 2 * tens[..., 1:-1] + tens[..., 2:]) / 4
    whole = inner.sum(axis=-1, keepdims=True)
    factor = np.divide(tens[..., 1:-1].sum(axis=-1, keepdims=True), whole, out=np.ones_like(whole), where=whole > 0)
    smooth[..., 1:-1] = inner * factor
    return _spread(groups, _arriaga_upper(smooth), smooth, fill=True)


def united_nations(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> Floats:
    """联合国修匀 — (−1, 4, 10, 4, −1)/16 over five-year groups; the two groups at each end and the open one are NaN.

    Shapes as `carrier_farrag`. Source: United Nations 1955, Manual II; Carrier & Farrag 1959.
    """
    groups, _ = five_year_groups(pop, age, open_group=open_group)
    closed = groups[..., :-1] if open_group else groups
    if closed.shape[-1] < 5:
        raise DemographyError(f"只有 {closed.shape[-1]} 个封闭的五岁组", "人口", "这种修匀至少要 5 个")
    result = np.full_like(groups, np.nan)
    inner = -closed[..., :-4] + 4 * closed[..., 1:-3] + 10 * closed[..., 2:-2] + 4 * closed[..., 3:-1] - closed[..., 4:]
    result[..., 2 : closed.shape[-1] - 2] = inner / 16
    return result


def spencer(pop: ArrayLike, age: ArrayLike, *, terms: int = 21) -> Floats:
    """Spencer 修匀 — weighted moving average of single years, of 21 terms (default) or 15.

    21: (−1 −3 −5 −5 −2 6 18 33 47 57 60 57 …)/350; 15: (−3 −6 −5 3 21 46 67 74 …)/320.
    Shapes: pop (…, A) by single year, age (A,); result (…, A), NaN for the first and last 10 (or 7) ages. Leave out an
    open last group. Source: Spencer 1904; Roger, Waltisperger & Corbille-Guitton 1981, p. 375 (Ghana 1970, 21 terms).
    """
    bounds = checks.single_ages(age)
    people = checks.counts(pop, "人口", age=bounds)
    if terms not in (15, 21):
        raise DemographyError(f"没有 {terms} 项式", "terms", "可选 15 或 21")
    weights = _SPENCER_21 if terms == 21 else _SPENCER_15
    if people.shape[-1] < terms:
        raise DemographyError(f"只有 {people.shape[-1]} 个年龄", "人口", f"{terms} 项修匀至少要 {terms} 个单岁")
    result = np.full_like(people, np.nan)
    edge = terms // 2
    windows = np.lib.stride_tricks.sliding_window_view(people, terms, axis=-1)
    result[..., edge : people.shape[-1] - edge] = windows @ weights
    return result
