"""方案 — the same projection under other assumptions, each named."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.inputs import ProjectionInputs

VARIANT_STEPS = ((5, 0.25), (10, 0.40), (10_000, 0.50))  # children per woman, by years since the base (UN variants)


def total_fertility(inputs: ProjectionInputs) -> Floats:
    """总和生育率 — (P, T)."""
    return np.asarray(inputs.asfr.sum(axis=2) * inputs.width, dtype=np.float64)


def with_total_fertility(inputs: ProjectionInputs, wanted: ArrayLike) -> ProjectionInputs:
    """给定总和生育率 — (T,) or (P, T), the age pattern kept."""
    target = checks.counts(wanted, "总和生育率")
    now = total_fertility(inputs)
    if target.shape not in ((inputs.steps,), now.shape):
        raise DemographyError(f"有 {target.size} 个数", "总和生育率", f"请每期给一个，共 {inputs.steps} 个")
    if ((now == 0) & (np.broadcast_to(target, now.shape) > 0)).any():
        raise DemographyError("没有年龄模式可用", "总和生育率", "请先给出分年龄生育率")
    factor = np.divide(target, now, out=np.ones_like(now), where=now > 0)
    return inputs.with_(asfr=inputs.asfr * factor[:, :, None])


def _shifted(inputs: ProjectionInputs, sign: float) -> ProjectionInputs:
    since = (np.arange(inputs.steps) + 1) * inputs.width
    add = np.array([next(v for until, v in VARIANT_STEPS if y <= until) for y in since])
    return with_total_fertility(inputs, np.maximum(total_fertility(inputs) + sign * add, 0.0))


def high_fertility(inputs: ProjectionInputs) -> ProjectionInputs:
    """高方案 — TFR +0.25 in the first five years, +0.40 in the next five, +0.50 after (UN variants)."""
    return _shifted(inputs, 1.0)


def low_fertility(inputs: ProjectionInputs) -> ProjectionInputs:
    """低方案 — as the high one, less."""
    return _shifted(inputs, -1.0)


def constant_fertility(inputs: ProjectionInputs) -> ProjectionInputs:
    """生育率不变 — the first step's rates throughout."""
    return inputs.with_(asfr=np.repeat(inputs.asfr[:, :1], inputs.steps, axis=1))


def constant_mortality(inputs: ProjectionInputs) -> ProjectionInputs:
    """死亡率不变 — the first step's rates throughout."""
    return inputs.with_(mx=np.repeat(inputs.mx[:, :1], inputs.steps, axis=1))


def zero_migration(inputs: ProjectionInputs) -> ProjectionInputs:
    """不迁移 — for comparison only, never a silent default."""
    return inputs.with_(migration=np.zeros_like(inputs.migration), pattern="不迁移")


def with_migration_factor(inputs: ProjectionInputs, factor: float) -> ProjectionInputs:
    """净迁移乘一个倍数 — every age alike."""
    if not np.isfinite(factor):
        raise DemographyError(f"{factor}", "净迁移倍数", "请填一个数，例如 0.5、2")
    return inputs.with_(migration=inputs.migration * factor, pattern=f"{inputs.pattern} × {factor:g}")


NAMED: Mapping[str, Callable[[ProjectionInputs], ProjectionInputs]] = {
    "medium": lambda inputs: inputs,
    "high": high_fertility,
    "low": low_fertility,
    "constant_fertility": constant_fertility,
    "constant_mortality": constant_mortality,
    "zero_migration": zero_migration,
}
CHINESE = {
    "中方案": "medium", "高方案": "high", "低方案": "low",
    "生育率不变": "constant_fertility", "死亡率不变": "constant_mortality", "不迁移": "zero_migration",
}  # fmt: skip


def scenario(inputs: ProjectionInputs, name: str) -> ProjectionInputs:
    """取方案 — medium 中方案, high 高方案, low 低方案, constant_fertility, constant_mortality, zero_migration."""
    found = NAMED.get(CHINESE.get(name, name))
    if found is None:
        raise DemographyError(f"没有「{name}」这个方案", "方案", "可选：" + "、".join([*CHINESE, *NAMED]))
    return found(inputs)
