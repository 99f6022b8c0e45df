"""刻度 — round tick values, thinned labels, numbers as Chinese papers write them; needs no drawing library."""

from collections.abc import Sequence

import numpy as np

from renjia.engine.demography.checks import Floats


def ticks_between(low: float, high: float, most: int = 7) -> Floats:
    """整数刻度 — at most `most` round values covering low … high, steps of 1, 2 or 5 × 10ⁿ."""
    if high <= low:
        high = low + max(1.0, abs(low))
    span = high - low
    for step in (m * 10.0**e for e in range(int(np.floor(np.log10(span))) - 2, 15) for m in (1, 2, 5)):
        first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
        if last - first + 1 <= most:
            return np.arange(first, last + 1) * step
    return np.array([low, high])


def thinned(count: int, most: int, months: bool = False) -> list[int]:
    """抽稀 — positions of at most `most` labels, evenly spaced from the first; months go by 1, 2, 3, 6, 12, 24 …"""
    steps = (1, 2, 3, 6, 12, 24, 36, 60, 120) if months else (1, 2, 5, 10, 20, 25, 50, 100)
    step = next((s for s in steps if (count - 1) // s + 1 <= most), max(1, -(-count // most)))
    return list(range(0, count, step))


def round_years(years: Sequence[int], most: int) -> list[int]:
    """整年 — at most `most` of the years, those divisible by 1, 2, 5, 10, 20 or 50."""
    for step in (1, 2, 5, 10, 20, 50):
        shown = [year for year in years if year % step == 0]
        if 0 < len(shown) <= most:
            return shown
    return [years[0], years[-1]]


def written(value: float) -> str:
    """写数 — thousands parted, no needless decimals, a true minus sign."""
    rounded = round(value, 6) + 0.0  # −0 becomes 0
    text = f"{rounded:,.0f}" if float(rounded).is_integer() else f"{rounded:,.6f}".rstrip("0")
    return text.replace("-", "−")
