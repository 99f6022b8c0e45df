"""日期 — the slips of the pen that move a date far; days are counted from 1970. Compiled."""

from numba import njit

from renjia.engine.linkage.levels import BornLevel

NO_DATE = -(1 << 30)
PREGNANCY = 150
_MIDNIGHT_AFTER, _MIDNIGHT_BEFORE = 120, 1320


@njit(cache=True, nogil=True)
def parts(days: int) -> tuple[int, int, int]:
    """年月日 — year, month and day of the Gregorian calendar."""
    # years begin in March here, so that a leap day is the last of its year; 400 years are 146,097 days
    shifted = days + 719468
    era = shifted // 146097
    day_of_era = shifted - era * 146097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    from_march = (5 * day_of_year + 2) // 153
    month = from_march + 3 if from_march < 10 else from_march - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * from_march + 2) // 5 + 1


@njit(cache=True, nogil=True)
def slip(x: int, y: int, level: int) -> int:
    """笔误 — BornLevel where two dates differ by one: day and month swapped, the year, one digit; else `level`."""
    (year, month, day), (other_year, other_month, other_day) = parts(x), parts(y)
    if year == other_year and month == other_day and day == other_month:
        return BornLevel.SWAPPED
    if month == other_month and day == other_day and abs(year - other_year) == 1:
        return BornLevel.YEAR
    if level == BornLevel.FEW_DAYS:
        return level
    one, other = year * 10000 + month * 100 + day, other_year * 10000 + other_month * 100 + other_day
    wrong, turned = 0, 0
    for _ in range(8):
        wrong += one % 10 != other % 10
        turned += one % 100 == other % 10 * 10 + other // 10 % 10 and one % 10 != other % 10
        one, other = one // 10, other // 10
    return BornLevel.DIGIT if wrong == 1 or (wrong == 2 and turned == 1) else level


@njit(cache=True, nogil=True)
def born_level(x: int, y: int, minute: int, other_minute: int) -> int:
    """出生日期层级 — BornLevel of two dates with their minutes of the day (-1: unknown)."""
    if x == NO_DATE or y == NO_DATE:
        return BornLevel.MISSING
    gap = abs(x - y)
    if gap == 0:
        return BornLevel.SAME
    if gap == 1:
        return BornLevel.MIDNIGHT if _near_midnight(minute) or _near_midnight(other_minute) else BornLevel.ONE_DAY
    if gap <= 3:
        return slip(x, y, BornLevel.FEW_DAYS)
    return slip(x, y, BornLevel.SAME_PREGNANCY if gap <= PREGNANCY else BornLevel.OTHER_PREGNANCY)


@njit(cache=True, nogil=True)
def _near_midnight(minute: int) -> bool:
    return 0 <= minute < _MIDNIGHT_AFTER or minute >= _MIDNIGHT_BEFORE
