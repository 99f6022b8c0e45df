"""一个数 — numerator and denominator exact, the value from them; how it is written stands apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_CONTEXT = Context(prec=50, rounding=ROUND_HALF_UP)
_MOST_DECIMALS = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """一个数 — one indicator at one place, in one period, for one value of each dimension.

    place        code, `""` for the whole; one ending in 000 below the district is what could not be placed further
    period       `2025-03`, or `2025-01..2025-03`
    dims         dimension → value, `""` where unknown
    numerator, denominator   integers counted; denominator None for a count
    value        numerator × scale / denominator to 50 digits; None for 0/0 and n/0, never 0 or 100; for a kind that
                 goes age by age, what that makes of them
    exact        the same as a fraction
    target       the value aimed at in the period, None where there is none; better: higher, lower or neither
    kind         how the value follows from the halves
    base, origin 户籍, 常住 or 实有; register or entered; `""` where the page has no people
    worth        what one unit of the denominator stands for: person-years of a mean population, else 1
    events       how many things happened that the numerator nets or sums; what is too few to publish goes by it
    interval     95 % limits of the value where the page asks for them, low and high
    caution      what must be said beside this value; rolling: the same over the months that suffice, where these do not
    """

    place: str
    period: str
    dims: Mapping[str, str]
    numerator: int
    denominator: int | None
    value: Decimal | None
    unit: str
    version: str
    indicator: str = ""
    scale: Decimal = Decimal(1)
    decimals: int = 0
    target: Decimal | None = None
    better: str = "neither"
    marks: tuple[Decimal, ...] = field(default=(), repr=False)
    kind: str = "ratio"
    base: str = ""
    origin: str = ""
    worth: Fraction = Fraction(1)
    events: int = 0
    made: Fraction | None = field(default=None, repr=False)
    interval: tuple[Decimal, Decimal] | None = None
    caution: str = ""
    rolling: "Figure | None" = None

    @property
    def exact(self) -> Fraction | None:
        """精确值 — as a fraction, None where `value` is."""
        if self.kind not in ("count", "share", "ratio"):
            return self.made
        if self.denominator is None:
            return Fraction(self.numerator) * Fraction(self.scale)
        return Fraction(self.numerator * Fraction(self.scale), self.exposure) if self.exposure else None

    @property
    def exposure(self) -> Fraction:
        """分母所值 — the denominator in persons or person-years; 0 for a count."""
        return (self.denominator or 0) * self.worth


def decimal_of(exact: Fraction | None) -> Decimal | None:
    """写成小数 — to 50 digits."""
    return None if exact is None else quotient(exact.numerator, exact.denominator)


def quotient(numerator: int, denominator: int) -> Decimal:
    """相除 — to 50 digits."""
    return _CONTEXT.divide(Decimal(numerator), Decimal(denominator))


def is_met(figure: Figure) -> bool | None:
    """达标 — the unrounded value against the target; None without a value, a target or a better direction."""
    if figure.value is None or figure.target is None or figure.better == "neither":
        return None
    return figure.value >= figure.target if figure.better == "higher" else figure.value <= figure.target


def format_value(figure: Figure) -> str:
    """写成文字 — `99.17%`, `1,234 人`, `—`; rounded half up.

    Rounding never reaches 0, the whole or the target when the value does not: 98.996 stays 98.996% beside a target of 99.
    """
    if figure.value is None:
        return "—"
    unit = figure.unit if figure.unit in ("", "%", "‰") else f" {figure.unit}"
    exact = figure.value
    places = figure.decimals
    shown = _rounded(exact, places)
    while places < _MOST_DECIMALS and shown != exact and shown in figure.marks:
        places += 1
        shown = _rounded(exact, places)
    return f"{shown:,.{places}f}{unit}"


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)
