"""日期 — how departments write a day or a moment; what is impossible or can be read two ways is said."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

_TIME = (
    r"(?P<half>上午|下午|凌晨|清晨|早上|早晨|中午|晚上|夜间|夜里|AM|PM)?"
    r"(?P<hour>\d{1,2})(?:[:时点](?:(?P<minute>\d{1,2})分?)?|(?=AM|PM))(?:[:]?(?P<second>\d{1,2})(?:\.\d+)?秒?)?"
    r"(?P<after>AM|PM)?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_CLOCK = re.compile(_TIME)
_YMD = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?号?(.*)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ -]?(\d{2})(\d{2})(?:\d{2})?|([T ]?\D?.*[:时点].*)?)")
_DMY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(.*)")
_DAY_MONTH = re.compile(
    r"(\d{1,2})-(\d{1,2}月|[A-Z]{3})-(\d{4}|\d{2})(.*)"
)  # `05-1月 -25`, `05-JAN-25`: database exports
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_BARE_CLOCK = re.compile(r"(\d{2})(\d{2})(?:\d{2})?")
_SHORT_YEAR = re.compile(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?.*|\d{6}")
_NO_DAY = re.compile(r"\d{4}[-/.年]\d{1,2}月?|(?:19|20)\d{4}")
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
_WEEKDAY = re.compile(r"[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?")
_PLACEHOLDERS = (date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1970, 1, 1), date(1111, 11, 11))
_FULLEST = 24 * 60
FORM = "请用 2025-01-25 或 2025-01-25 08:30 的写法"


@dataclass(frozen=True, slots=True)
class Moment:
    """时刻 — day (None when the text is only a clock time or no date), minute of the day (None when not said).

    fault: why there is no day ('' when there is one); note: what was understood; serial: an Excel day number.
    """

    day: date | None
    minute: int | None = None
    fault: str = ""
    note: str = ""
    serial: bool = False


def parse_moment(text: str, epoch1904: bool = False) -> Moment:
    """读日期 — never raises; '' gives a Moment with neither day nor fault."""
    flat = _flat(text)
    if not flat:
        return Moment(None)
    if found := _YMD.fullmatch(flat):
        return _dated(*_numbers(found), found[4])
    if _CLOCK.fullmatch(flat):
        return Moment(None, parse_clock(flat))
    if found := _SERIAL.fullmatch(flat):
        return _serial(found[1], found[2] or "", epoch1904)
    if found := _COMPACT.fullmatch(flat):
        rest = f"{found[4]}:{found[5]}" if found[4] else found[6] or ""
        return _dated(*_numbers(found), rest)
    if found := _DMY.fullmatch(flat):
        return _day_or_month_first(*_numbers(found), found[4])
    if (found := _DAY_MONTH.fullmatch(flat)) and (month := _named_month(found[2])):
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        return _dated(year, month, int(found[1]), found[4])
    if _NO_DAY.fullmatch(flat):
        return Moment(None, fault="只有年月，没有日")
    if _SHORT_YEAR.fullmatch(flat):
        return Moment(None, fault="年份只有两位，分不清年月日")
    return Moment(None, fault="不是日期")


def parse_clock(text: str) -> int | None:
    """读时刻 — minute of the day from `08:30`, `8时30分`, `下午3:05`, `0830` or a fraction of a day; else None."""
    flat = _flat(text)
    if re.fullmatch(r"0?\.\d+", flat):
        return round(float(flat) * _FULLEST) % _FULLEST
    if re.fullmatch(r"\d{3,4}", flat):
        flat = f"{flat[:-2]}:{flat[-2:]}"
    found = _CLOCK.fullmatch(flat)
    return _minute(found) if found else None


def _numbers(found: re.Match[str]) -> tuple[int, int, int]:
    return int(found[1]), int(found[2]), int(found[3])


def _named_month(text: str) -> int:
    """The month that `1月` or `JAN` names; 0 when none."""
    if text.endswith("月"):
        return int(text[:-1])
    return _MONTHS.index(text) + 1 if text in _MONTHS else 0


def _flat(text: str) -> str:
    flat = unicodedata.normalize("NFKC", text).strip().upper()
    flat = re.sub(r"[‐‑‒–—―−\\]", "-", flat)
    flat = _WEEKDAY.sub("", flat)
    flat = re.sub(r"(?<=[\d日号])T(?=\d)", " ", flat).replace("时许", "时").replace("时整", "时")
    flat = re.sub(r"\s*([-/.:年月日号时点分]|上午|下午|凌晨|晚上|AM|PM)\s*", r"\1", flat)
    return flat.strip()


def _minute(found: re.Match[str]) -> int | None:
    """Minute of the day, 1440 for 24:00; None when there is no such time."""
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = found["half"] or found["after"] or ""
    if half in ("下午", "晚上", "夜间", "夜里", "PM") and 1 <= hour < 12:
        hour += 12
    elif half in ("凌晨", "上午", "AM") and hour == 12:
        hour = 0
    elif half == "中午" and hour < 3:
        hour += 12
    if minute > 59 or int(found["second"] or 0) > 59 or hour > 24 or (hour == 24 and minute):
        return None
    return hour * 60 + minute


def _dated(year: int, month: int, day: int, rest: str, note: str = "") -> Moment:
    try:
        found = date(year, month, day)
    except ValueError:
        return Moment(None, fault="没有这一天")
    if found in _PLACEHOLDERS:
        return Moment(None, fault="是占位日期，不是真的日期")
    if not 1900 < year < 2100:
        return Moment(None, fault=f"年份 {year} 不合理")
    return _timed(found, rest.strip(), note)


def _timed(day: date, rest: str, note: str) -> Moment:
    """The day with what follows it: a time, or words that are none."""
    if not rest:
        return Moment(day, note=note)
    if bare := _BARE_CLOCK.fullmatch(rest):
        rest = f"{bare[1]}:{bare[2]}"
    found = _CLOCK.fullmatch(rest.lstrip(",;"))
    if found is None:
        if any(character.isdigit() for character in rest):
            return Moment(None, fault="日期后面还有读不懂的数字")
        return Moment(day, note=note or "日期后的文字没有读")
    minute = _minute(found)
    if minute is None:
        return Moment(day, note=f"没有「{rest}」这个时刻，只取日期")
    zone = found["zone"]
    if zone and zone not in ("+08:00", "+0800"):
        ahead = 0 if zone == "Z" else int(f"{zone[0]}{int(zone[1:3]) * 60 + int(zone[-2:])}")
        minute += 8 * 60 - ahead
        note = f"时区 {zone} 已换算为北京时间"
    elif minute == _FULLEST:
        note = "24:00 按次日 0:00 读"
    shift, minute = divmod(minute, _FULLEST)
    return Moment(day + timedelta(days=shift), minute, note=note)


def _day_or_month_first(first: int, second: int, year: int, rest: str) -> Moment:
    """26/01/2025 can be read one way only; 05/01/2025 cannot."""
    if first <= 12 and second <= 12 and first != second:
        return Moment(None, fault="分不清哪个是月、哪个是日")
    month, day = (second, first) if first > 12 else (first, second)
    return _dated(year, month, day, rest, note="年份写在最后，按只有一种可能的读法读")


def _serial(days: str, fraction: str, epoch1904: bool) -> Moment:
    """Excel's count of days from 1900 (as if that year had a 29 February) or from 1904."""
    number = int(days)
    if not 25_000 <= number <= 75_000:
        return Moment(None, fault="不是日期")
    start = date(1904, 1, 1) if epoch1904 else date(1899, 12, 30)
    minute = round(float(f"0.{fraction}") * _FULLEST) if fraction else None
    shift = 1 if minute == _FULLEST else 0
    return Moment(start + timedelta(days=number + shift), 0 if shift else minute, serial=True)
