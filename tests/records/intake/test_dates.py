"""Dates as departments write them; what is open to two readings is not read."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renjia.records.intake.dates import parse_clock, parse_moment

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)).filter(lambda day: day != dt.date(1970, 1, 1))
MINUTES = st.integers(0, 1439)
STYLES = (
    "{y:04}-{m:02}-{d:02}", "{y:04}/{m:02}/{d:02}", "{y:04}{m:02}{d:02}", "{y}年{m:02}月{d:02}日", "{y}.{m}.{d}",
    "{y}年{m}月{d}日", "{y}/{m}/{d}", " {y:04}-{m:02}-{d:02}　", "{y} 年 {m} 月 {d} 日", "{y}年{m}月{d}号（星期三）",
)  # fmt: skip
TIMES = (
    " {h:02}:{n:02}",
    " {h:02}:{n:02}:59",
    " {h}时{n}分",
    "T{h:02}:{n:02}:00.000",
    " {h}:{n:02}",
    "T{h:02}:{n:02}:00+08:00",
)


@given(DAYS, st.sampled_from(STYLES))
def test_every_style_gives_the_day_back(day: dt.date, style: str) -> None:
    found = parse_moment(style.format(y=day.year, m=day.month, d=day.day))
    assert (found.day, found.minute, found.fault) == (day, None, "")


@given(DAYS, MINUTES, st.sampled_from(STYLES[:7]), st.sampled_from(TIMES))
def test_day_and_time(day: dt.date, minute: int, style: str, time: str) -> None:
    text = (style + time).format(y=day.year, m=day.month, d=day.day, h=minute // 60, n=minute % 60)
    found = parse_moment(text)
    assert (found.day, found.minute, found.fault) == (day, minute, "")


@given(DAYS, st.sampled_from(STYLES))
def test_full_width_digits_are_digits(day: dt.date, style: str) -> None:
    text = style.format(y=day.year, m=day.month, d=day.day)
    wide = text.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    assert parse_moment(wide).day == day


@given(st.dates(dt.date(1975, 1, 1), dt.date(2099, 12, 31)), st.booleans())
def test_excel_serial_numbers(day: dt.date, epoch1904: bool) -> None:
    start = dt.date(1904, 1, 1) if epoch1904 else dt.date(1899, 12, 30)
    found = parse_moment(str((day - start).days), epoch1904)
    assert (found.day, found.serial) == (day, True)


@given(st.text(max_size=30))
@example("2025-02-29 99:99")
@example("９９９９９９９９")
def test_no_text_raises_and_a_day_is_whole(text: str) -> None:
    found = parse_moment(text)
    assert found.day is None or not found.fault
    assert found.minute is None or 0 <= found.minute <= 1440


@pytest.mark.parametrize(
    ("text", "day", "minute"),
    [
        ("2025/01/25 00:27", "2025-01-25", 27),
        ("2025-01-25 00:00:00", "2025-01-25", 0),
        ("2025-01-25 24:00", "2025-01-26", 0),
        ("2024-12-31 24:00", "2025-01-01", 0),
        ("202501252359", "2025-01-25", 1439),
        ("20250125235959", "2025-01-25", 1439),
        ("20250125 08:30", "2025-01-25", 510),
        ("20250125 083059", "2025-01-25", 510),
        ("20250125T0830", "2025-01-25", 510),
        ("2025-01-25 083059", "2025-01-25", 510),
        ("2025年1月25日 0830", "2025-01-25", 510),
        ("2025—01—25", "2025-01-25", None),
        ("25-1月 -25", "2025-01-25", None),
        ("05-JAN-2025 08:30:00", "2025-01-05", 510),
        ("45682.354166667", "2025-01-25", 510),
        ("45682.99999", "2025-01-26", 0),
        ("2025年1月25日下午3时5分", "2025-01-25", 905),
        ("2025年1月25日 上午12:10", "2025-01-25", 10),
        ("2025年1月25日 凌晨0点", "2025-01-25", 0),
        ("2025-01-25 3:05 PM", "2025-01-25", 905),
        ("2025-01-24T16:30:00Z", "2025-01-25", 30),
        ("2025-01-25T08:30:00+0800", "2025-01-25", 510),
        ("2025-01-25 25:10", "2025-01-25", None),
        ("26/01/2025", "2025-01-26", None),
        ("01/26/2025", "2025-01-26", None),
        ("05/05/2025", "2025-05-05", None),
        ("2025-01-25（推算）", "2025-01-25", None),
    ],
)
def test_moments(text: str, day: str, minute: int | None) -> None:
    found = parse_moment(text)
    assert (str(found.day), found.minute, found.fault) == (day, minute, "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2026-02-30", "没有这一天"), ("2025-13-01", "没有这一天"), ("20250231", "没有这一天"), ("2025-00-10",
        "没有这一天"),
        ("05/01/2025", "分不清"), ("25-01-05", "年份只有两位"), ("250105", "年份只有两位"), ("2025-01", "没有日"),
        ("202501", "没有日"),
        ("05-XYZ-25", "不是日期"), ("31-6月-25", "没有这一天"),
        ("1900-01-01", "占位"), ("1899-12-31", "占位"), ("12345", "不是日期"), ("abc", "不是日期"), ("3250",
        "不是日期"),
        ("2025-01-25 2025-01-26", "读不懂"), ("0025-01-25", "不合理"), ("2２５０-01-01", "不合理"),
    ],
)  # fmt: skip
def test_what_is_no_day_says_why(text: str, fault: str) -> None:
    found = parse_moment(text)
    assert found.day is None
    assert fault in found.fault


@pytest.mark.parametrize(
    ("text", "minute"),
    [("08:30", 510), ("8时30分", 510), ("0830", 510), ("830", 510), ("下午8:30", 1230), ("0.354166667", 510),
     ("23:59:59", 1439),
     ("24:00", 1440), ("25:00", None), ("无", None), ("８：３０", 510), ("8点", 480)],
)  # fmt: skip
def test_clock(text: str, minute: int | None) -> None:
    assert parse_clock(text) == minute
