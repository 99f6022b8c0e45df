"""Lee–Carter — ln m(x, t) = a(x) + b(x)·k(t), by the ratio estimate or by singular values; two results, say which."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError


def lee_carter(mx: ArrayLike, method: str = "ratio", *, ages_in: str = "rows") -> dict[str, Floats]:
    """Lee–Carter 拟合 — a(x) = mean of ln m over years; then k and b by one of two methods.

    "ratio": k(t) = Σ_x (ln m − a), b(x) = Σ_t k·(ln m − a) / Σ_t k² (the way of the UN and MortCast); "svd": the first
    singular vectors of ln m − a (Lee & Carter). Both: Σ b = 1, Σ k = 0.
    Shapes: mx (A, T) per person-year, ages in rows and years in columns as the method's papers have it, or (T, A) with
    ages_in = "columns"; all above 0, at least two years. Result: ax, bx (A,), kt (T,), explained scalar (share of the
    variance of ln m − a).
    Source: Lee & Carter 1992, J. Amer. Statist. Assoc. 87; Ševčíková et al. 2016.
    """
    checks.choice(method, ("ratio", "svd"), "Lee–Carter 口径")
    checks.choice(ages_in, ("rows", "columns"), "ages_in")
    rate = checks.rates(mx, "分年龄死亡率")
    if rate.ndim != 2 or rate.shape[1 if ages_in == "rows" else 0] < 2:
        raise DemographyError("不是 年龄 × 年份 的表，或少于两年", "分年龄死亡率", "请给出至少两年的死亡率")
    if (rate == 0).any():
        where = f"分年龄死亡率 {checks.place(tuple(np.argwhere(rate == 0)[0]))}"
        raise DemographyError("死亡率为零，不能取对数", where, "请合并年份或年龄组，使每格都有死亡")
    logs = np.log(rate.T if ages_in == "rows" else rate)
    ax = logs.mean(axis=0)
    centred = logs - ax
    if method == "ratio":
        kt = centred.sum(axis=1)
        power = float(kt @ kt)
        if power == 0:
            raise DemographyError("各年死亡率没有变化", "分年龄死亡率", "没有趋势可拟合")
        bx = kt @ centred / power
    else:
        left, strength, right = np.linalg.svd(centred, full_matrices=False)
        whole = right[0].sum()
        if strength[0] == 0 or whole == 0:
            raise DemographyError("各年死亡率没有变化", "分年龄死亡率", "没有趋势可拟合")
        bx, kt = right[0] / whole, left[:, 0] * strength[0] * whole
    rest = centred - np.outer(kt, bx)
    explained = np.asarray(1 - (rest**2).sum() / (centred**2).sum())
    return {"ax": ax, "bx": bx, "kt": kt, "explained": explained}


def lee_carter_rates(ax: ArrayLike, bx: ArrayLike, kt: ArrayLike) -> Floats:
    """由 Lee–Carter 得死亡率 — exp(a(x) + b(x)·k). Shapes: ax, bx (A,); kt (…); result (…, A), ages last, per person-year."""
    a, b, k = checks.numbers(ax, "ax"), checks.numbers(bx, "bx"), checks.numbers(kt, "kt")
    checks.same_shape(a, b, "ax、bx")
    return np.asarray(np.exp(a + b * k[..., None]))
