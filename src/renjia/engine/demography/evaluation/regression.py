"""计数回归 — log-linear models of counts with an offset: Poisson, quasi-Poisson, negative binomial, by reweighted least squares.

Own thirty lines rather than a library's: an import of seconds would be paid by every page. A test holds it to statsmodels.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError

FAMILIES = ("quasi_poisson", "negative_binomial", "poisson")


@dataclass(frozen=True)
class CountModel:
    """拟合结果 — coefficients, their covariance, fitted counts, Pearson residuals, dispersion φ, NB's α (variance μ + αμ²)."""

    family: str
    coefficient: Floats
    covariance: Floats
    fitted: Floats
    residual: Floats
    dispersion: float
    alpha: float
    freedom: int


def fit_counts(counts: Floats, design: Floats, offset: Floats, family: str = "quasi_poisson") -> CountModel:
    """拟合 ln μ = offset + design·β — counts (n,), design (n, k), offset (n,). Covariance is scaled by φ under quasi_poisson.

    φ = Pearson χ² / (n − k), never taken below 1. Raises DemographyError when columns say the same thing or it does not converge.
    """
    checks.choice(family, FAMILIES, "family")
    n, k = design.shape
    if n <= k:
        raise DemographyError(f"{n} 个月估不出 {k} 个系数", "月份", "请加长序列，或少放几项")
    if np.linalg.matrix_rank(design / np.linalg.norm(design, axis=0)) < k:
        raise DemographyError("有两项说的是同一件事，分不开", "terms", "请去掉与断点、季节或趋势完全重合的那一项")
    alpha = 0.0
    coefficient, mean = _reweighted(counts, design, offset, alpha)
    if family == "negative_binomial":
        for _ in range(100):
            before, alpha = alpha, _overdispersion(counts, mean)
            coefficient, mean = _reweighted(counts, design, offset, alpha)
            if abs(alpha - before) <= 1e-10 + 1e-8 * alpha:
                break
    variance = mean + alpha * mean**2
    residual = (counts - mean) / np.sqrt(variance)
    dispersion = float(residual @ residual) / (n - k)
    information = design.T @ (design * (mean**2 / variance)[:, None])
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    scale = max(1.0, dispersion) if family == "quasi_poisson" else 1.0
    return CountModel(family, coefficient, scale * covariance, mean, residual, dispersion, alpha, n - k)


def _reweighted(counts: Floats, design: Floats, offset: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Coefficients and means at a given α."""
    mean = np.maximum(counts, 0.5)
    coefficient: Floats = np.zeros(design.shape[1])
    for _ in range(100):
        working = np.log(mean) - offset + (counts - mean) / mean
        root = np.sqrt(mean / (1 + alpha * mean))
        found: Floats = np.linalg.lstsq(design * root[:, None], working * root, rcond=None)[0].astype(np.float64)
        moved, coefficient = float(np.max(np.abs(found - coefficient))), found
        mean = np.exp(np.clip(offset + design @ coefficient, -50, 50))
        if moved < 1e-11:
            return coefficient, mean
    raise DemographyError("迭代 100 次没有收敛", "births", "多半是有些月份为 0 或个别项过大；请核对数据或少放几项")


def _overdispersion(counts: Floats, mean: Floats) -> float:
    """α of the negative binomial by maximum likelihood at given means; 0 when the counts spread no more than Poisson."""

    def loss(log_alpha: float) -> float:
        size = np.exp(-log_alpha)
        terms = special.gammaln(counts + size) - special.gammaln(size) + size * np.log(size / (size + mean))
        return -float(np.sum(terms + counts * np.log(mean / (size + mean))))

    found = optimize.minimize_scalar(loss, bounds=(np.log(1e-9), np.log(10)), method="bounded", options={"xatol": 1e-9})
    return 0.0 if found.x < np.log(1e-8) else float(np.exp(found.x))
