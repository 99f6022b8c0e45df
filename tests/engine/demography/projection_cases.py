"""小例子 — small inputs the projection tests share: single years, several places, nothing of anyone's data."""

import numpy as np

from renjia.engine.demography.projection.inputs import ProjectionInputs


def small_inputs(places: int = 3, steps: int = 4, ages: int = 101, scale: float = 30.0) -> ProjectionInputs:
    """单岁输入 — streets of about 60 × `scale` people, different in age, fertility, mortality and moves."""
    x = np.arange(ages)
    mx = np.minimum(0.00006 * np.exp(0.092 * x) + 0.004 * (x == 0) + 0.0002, 0.6)
    asfr = np.where((x >= 15) & (x < 50), 0.11 * np.exp(-(((x - 29.0) / 6.0) ** 2)), 0.0)
    lived = np.exp(-np.cumsum(mx))
    waves = np.array([1.0 + 0.3 * np.sin(x / 7.0 + p) for p in range(places)])
    base = scale * np.stack([waves * lived, waves * lived * 1.02], axis=1)
    moves = 0.02 * scale * np.exp(-(((x - 25.0) / 8.0) ** 2)) - 0.004 * scale * np.exp(-(((x - 68.0) / 9.0) ** 2))
    sign = np.where(np.arange(places) % 2 == 0, 1.0, -1.0)
    level = 1.0 + 0.1 * np.arange(places)
    return ProjectionInputs(
        2024,
        tuple(f"街道{p + 1}" for p in range(places)),
        base,
        np.broadcast_to(np.stack([mx * 1.1, mx])[None, None], (places, steps, 2, ages)) / level[:, None, None, None],
        np.broadcast_to(asfr, (places, steps, ages)) * level[:, None, None],
        np.full((places, steps), 1.06),
        np.broadcast_to(moves, (places, steps, 2, ages)) * sign[:, None, None, None],
        infant_rule="andreev_kingkade",
    )
