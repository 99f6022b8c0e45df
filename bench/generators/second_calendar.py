"""Dates as people mistake them: the lunar date, day and month changed over, last year's number in January.

Days are whole numbers since 1970-01-01.
"""

import numpy as np

# Lunar new years from 2021 on and the leap month of each year (0: none), from the almanac.
NEW_YEARS = ["2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29"]
LEAP = [0, 0, 2, 0, 6]
LUNATION = 29.530588861


def parts(day: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    return month.astype(int) // 12 + 1970, month.astype(int) % 12 + 1, (date - month).astype(int) + 1


def number(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The day's number; a day past the month's end falls back to its end."""
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    last = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(int)
    return first.astype("datetime64[D]").astype(int) + np.minimum(day, last) - 1


def lunar_as_if_solar(day: np.ndarray) -> np.ndarray:
    """The lunar month and day written as if they were solar; mean lunations, right to a day."""
    starts = np.array(NEW_YEARS, "datetime64[D]").astype(int)
    year = np.searchsorted(starts, day, side="right") - 1
    since = day - starts[year]
    moon = (since / LUNATION).astype(int)
    lunar_day = np.minimum(since - np.rint(moon * LUNATION).astype(int) + 1, 30)
    leap = np.array(LEAP)[year]
    month = np.where((leap > 0) & (moon >= leap), moon, moon + 1)
    return number(2021 + year, np.clip(month, 1, 12), np.maximum(lunar_day, 1))


def month_and_day_changed_over(day: np.ndarray) -> np.ndarray:
    """Where the day can be a month; other days stay."""
    year, month, of = parts(day)
    can = of <= 12
    return np.where(can, number(year, np.where(can, of, month), np.where(can, month, of)), day)


def one_month_off(day: np.ndarray, step: np.ndarray) -> np.ndarray:
    year, month, of = parts(day)
    return number(year, np.clip(month + step, 1, 12), of)


def year_not_turned(day: np.ndarray) -> np.ndarray:
    """In January last year's number is still in the fingers; other months stay."""
    year, month, of = parts(day)
    return number(np.where(month == 1, year - 1, year), month, of)
