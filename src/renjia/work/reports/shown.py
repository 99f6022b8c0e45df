"""数的写法 — one way to write a figure, so that tables, sentences and papers cannot write it differently."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

DASH = "—"
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Share:
    """占比 — a fraction shown in per cent with two decimals, more where two would round it across a line.

    The lines are 0, 100 and the target: 2464/2489 = 98.996 % is 未达标 against 99 and is never printed 99.00%.
    0/0 is no share (“—”), neither 0 nor 100.
    """

    numerator: int
    denominator: int
    target: int | None = None
    at_most: bool = False

    @property
    def percent(self) -> Decimal | None:
        """百分数 — as printed, rounded half up; None for 0/0."""
        if self.denominator == 0:
            return None
        lines = {0, 100} | ({self.target} if self.target is not None else set())
        places = 2
        while True:
            unit = 10**places
            scaled = (2 * self.numerator * 100 * unit + self.denominator) // (2 * self.denominator)
            if all(
                _side(scaled, line * unit) == _side(self.numerator * 100, line * self.denominator) for line in lines
            ):
                return Decimal(scaled).scaleb(-places)
            places += 1

    @property
    def decimals(self) -> int:
        percent = self.percent
        return 2 if percent is None else -int(percent.as_tuple().exponent)

    @property
    def met(self) -> bool | None:
        """达标 — by the exact fraction; None without target or for 0/0."""
        if self.target is None or self.denominator == 0:
            return None
        exact, line = self.numerator * 100, self.target * self.denominator
        return exact <= line if self.at_most else exact >= line


@dataclass(frozen=True, slots=True)
class Signed:
    """增减 — a difference with its sign: an int in persons or cases, a Decimal in 百分点 or per cent."""

    value: int | Decimal

    @property
    def size(self) -> str:
        """大小 — without the sign, for “增加 36 人”."""
        return f"{abs(self.value):,}"


Cell = int | str | Decimal | Share | Signed | None


def _side(a: int, b: int) -> int:
    return (a > b) - (a < b)


def shown(cell: Cell) -> str:
    """写成文字 — 1,012 · 98.12% · +36 · −0.31 · “—” for what is not there."""
    if cell is None:
        return DASH
    if isinstance(cell, str):
        return cell or DASH
    if isinstance(cell, Share):
        percent = cell.percent
        return DASH if percent is None else f"{percent}%"
    if isinstance(cell, Signed):
        sign = "+" if cell.value > 0 else MINUS if cell.value < 0 else ""
        return sign + cell.size
    return f"{cell:,}".replace("-", MINUS)


def growth(now: int, before: int) -> Decimal | None:
    """增减幅度 — per cent of the month before, two decimals, half up; None where there was none before."""
    if before == 0:
        return None
    size = (2 * abs(now - before) * 10_000 + before) // (2 * before)
    return Decimal(size if now >= before else -size).scaleb(-2)


def per_hundred(part: int, base: int) -> Decimal | None:
    """每百 — part per 100 of base, two decimals, half up (性别比); None where the base is nobody."""
    return None if base == 0 else Decimal((2 * part * 10_000 + base) // (2 * base)).scaleb(-2)
