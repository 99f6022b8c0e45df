"""Made-up districts by month and street: sizes from 3 to 200 births a month, a season, drifting levels; true means known."""

from dataclasses import dataclass

import numpy as np

from renjia.engine.units import Month

FIRST = Month(2020, 1)


@dataclass(frozen=True)
class District:
    """births (T + H, S) as they came, of means `mean`."""

    births: np.ndarray
    mean: np.ndarray
    random: np.random.Generator


def district(
    seed: int, months: int = 72, streets: int = 36, drift: float = 0.01, apart: float = 0.01, size: float = 20.0
) -> District:
    random = np.random.default_rng(seed)
    at = np.arange(months)
    level = np.cumsum(random.normal(-0.003, drift, months))
    own = np.cumsum(random.normal(0, apart, (months, streets)), axis=0) + np.log(
        random.lognormal(np.log(size), 0.8, streets)
    )
    season = 0.08 * np.sin(2 * np.pi * (at % 12) / 12) + 0.03 * np.cos(4 * np.pi * (at % 12) / 12)
    days = np.array([FIRST.plus(int(t)).last.day for t in at]) / 30.4
    mean = np.exp(level[:, None] + own + season[:, None]) * days[:, None]
    return District(random.poisson(mean).astype(float), mean, random)


def triangle(births: np.ndarray, late: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Reporting triangle of a source: births (T,) spread over months of delay with shares `late`, the future nan."""
    cells = np.array([random.multinomial(int(n), late) for n in births]).astype(float)
    future = np.arange(len(births))[:, None] + np.arange(len(late)) >= len(births)
    cells[future] = np.nan
    return cells
