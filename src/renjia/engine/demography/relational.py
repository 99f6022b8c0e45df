"""关系模型 — one schedule as a line in another: Brass's logit system for survival, Gompertz relational fertility."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError


def _inside(values: ArrayLike, name: str) -> Floats:
    array = checks.numbers(values, name)
    if ((array <= 0) | (array >= 1)).any():
        raise DemographyError("应在 0 与 1 之间，不含两端", name, "请去掉 0 和 1 的年龄（如 l0、全部生完的年龄）")
    return array


def brass_logit(lx: ArrayLike) -> Floats:
    """Brass logit 变换 — Y = ½·ln((1 − l) / l). Shapes: lx any, l0 = 1, strictly between 0 and 1; result the same.

    Source: Brass 1971; Preston, Heuveline & Guillot 2001, ch. 9.
    """
    alive = _inside(lx, "存活比例 lx")
    return 0.5 * np.log((1 - alive) / alive)


def brass_survivors(standard: ArrayLike, alpha: ArrayLike, beta: ArrayLike) -> Floats:
    """由标准表得存活 — l = 1 / (1 + exp(2·(α + β·Y_standard))).

    Shapes: standard (A,) or (…, A), survivors of the standard (l0 = 1, without l0 itself); alpha, beta scalar or (…);
    result (…, A).
    """
    y = brass_logit(standard)
    a, b = checks.numbers(alpha, "alpha"), checks.numbers(beta, "beta")
    a, b = (v[..., None] if v.ndim else v for v in (a, b))
    return np.asarray(1 / (1 + np.exp(2 * (a + b * y))))


def fit_brass(lx: ArrayLike, standard: ArrayLike) -> dict[str, float]:
    """拟合 Brass 关系 — α, β of Y = α + β·Y_standard by least squares over the ages given.

    Shapes: lx, standard (A,), l0 = 1, without ages where either is 0 or 1. Result: alpha, beta.
    """
    y, s = brass_logit(lx), brass_logit(standard)
    return _fit(y, s, "存活比例")


def _fit(y: Floats, s: Floats, name: str) -> dict[str, float]:
    checks.same_shape(y, s, f"{name}、标准")
    if y.ndim != 1 or len(y) < 2:
        raise DemographyError("少于两个年龄", name, "一条直线至少要两点")
    spread = s - s.mean()
    if float(spread @ spread) == 0:
        raise DemographyError("各年龄都相同", f"{name}的标准", "请换一个标准")
    beta = float(spread @ y / (spread @ spread))
    return {"alpha": float(y.mean() - beta * s.mean()), "beta": beta}


def gompit(cumulated: ArrayLike) -> Floats:
    """Gompit 变换 — −ln(−ln F), F the share of total fertility reached by an age, strictly between 0 and 1."""
    share = _inside(cumulated, "累计生育比例")
    return -np.log(-np.log(share))


def gompertz_fertility(standard: ArrayLike, age: ArrayLike, alpha: float, beta: float, tfr: float) -> dict[str, Floats]:
    """Gompertz 关系生育模型 — F(x) = exp(−exp(−(α + β·gompit of the standard))), and the rates between its ages.

    Shapes: standard (A,), share of total fertility reached by exact age `age` (A,), ascending; tfr children per woman.
    Result: cumulated (A,), children per woman by each exact age; asfr (A + 1,), births per woman below the first age,
    between the ages, and above the last (sums to tfr, not divided by widths).
    Source: Brass 1974; Booth 1984, Population Studies 38; Zaba 1981.
    """
    bounds = checks.ages(age)
    y = gompit(checks.numbers(standard, "标准累计生育比例", age=bounds))
    if (np.diff(y) <= 0).any():
        raise DemographyError("没有随年龄增加", "标准累计生育比例", "请给出累计值")
    slope, level = checks.positive(beta, "beta"), checks.positive(tfr, "总和生育率")
    cumulated = level * np.exp(-np.exp(-(float(alpha) + slope * y)))
    return {"cumulated": cumulated, "asfr": np.diff(np.concatenate([[0.0], cumulated, [level]]))}


def fit_gompertz(cumulated: ArrayLike, standard: ArrayLike) -> dict[str, float]:
    """拟合 Gompertz 关系 — α, β of gompit(F) = α + β·gompit(standard) by least squares.

    Shapes: cumulated, standard (A,), shares of total fertility reached by the same exact ages. Result: alpha, beta.
    """
    return _fit(gompit(cumulated), gompit(standard), "累计生育比例")
