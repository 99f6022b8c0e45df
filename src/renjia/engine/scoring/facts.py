"""事实 — what a street hands in: name, type, unit, the value that costs nothing; how its text is read or refused."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from renjia.engine.scoring.errors import ScoringError
from renjia.engine.scoring.numbers import PLAIN, Number, exact, shown, whole

Value: TypeAlias = int | Fraction | str | None

TYPES = ("count", "percentage", "ratio", "choice", "yes_no")
MAX_DIGITS = 30
_QUOTIENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*[/／]\s*([0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True, slots=True)
class FactSpec:
    """一个事实 — its name (= the column's), type, unit, full-marks value, words of a choice.

    type: count (whole, ≥ 0), percentage (of 100; above only where `may_exceed_100`), ratio (≥ 0), choice, yes_no.
    full: typed value with which the fact costs nothing. at_most: largest sensible value, for doubts and maxima.
    also: other ways to write a yes or no. item: the item that declares it, "" for the rubric itself.
    """

    name: str
    type: str
    unit: str
    full: Value
    choices: tuple[str, ...] = ()
    may_exceed_100: bool = False
    at_most: Number | None = None
    item: str = ""
    synonyms: tuple[tuple[str, str], ...] = ()

    def parse(self, text: object, *, as_is: bool = False) -> Value:
        """读值 — int or Fraction for a number, the page's word for a choice or yes/no, None for an empty cell.

        Raises ScoringError for what is negative, not a number, beyond 100, in (0, 1] for a percentage (unless as_is),
        without a denominator, a fraction of a count, or not one of the words.
        """
        if text is None:
            return None
        written = str(text).strip()
        if not written:
            return None
        if self.choices:
            return self._word(written)
        # 97/300 says itself that it is a quotient: only a bare decimal can be a share written in the wrong unit
        return self.checked(self._number(written), written, as_is=as_is or not PLAIN.fullmatch(written))

    def _word(self, written: str) -> str:
        if written in self.choices:
            return written
        for other, meant in self.synonyms:
            if written.casefold() == other.casefold():
                return meant
        raise self._refused(written, "不在可选之内", f"写 {'、'.join(self.choices)} 之一")

    def _number(self, written: str) -> Number:
        if len(written) > MAX_DIGITS:
            raise self._refused(written[:MAX_DIGITS] + "…", "数太长", "核对这一格")
        if PLAIN.fullmatch(written):
            return exact(written)
        quotient = _QUOTIENT.fullmatch(written)
        if quotient and self.type != "count":
            top, bottom = exact(quotient[1]), exact(quotient[2])
            if bottom == 0:
                raise self._refused(written, "分母是 0，比率无从算起", "核对分母；确无对象的，请区里说明如何计")
            return whole(Fraction(top) / bottom * (100 if self.type == "percentage" else 1))
        if re.fullmatch(r"[-−–－]\s*[0-9]+(\.[0-9]+)?", written):
            raise self._refused(written, "不能是负数", "核对后写 0 或正数")
        if self.type == "percentage" and re.fullmatch(r"[0-9]+(\.[0-9]+)?\s*[%％]", written):
            raise self._refused(written, "带了百分号", f"只写数：{written.rstrip('%％ ')}")
        raise self._refused(written, "不是数", "只写阿拉伯数字，不带单位、文字和千分位")

    def checked(self, value: Number, written: object = None, *, as_is: bool = True) -> Number:
        """对照范围 — the number itself when it may stand for this fact; ScoringError otherwise."""
        if value < 0:
            raise self._refused(_as(value, written), "不能是负数", "核对后写 0 或正数")
        if self.type == "count" and not isinstance(value, int):
            raise self._refused(_as(value, written), f"应是整数（{self.unit or '个数'}）", "写整数")
        if self.type == "percentage":
            if value > 100 and not self.may_exceed_100:
                raise self._refused(
                    _as(value, written), "占比不会超过 100", "核对分子分母；按百分数写，98.99 即 98.99%"
                )
            if 0 < value <= 1 and not as_is:
                remedy = f"若是 {shown(value * 100)}%，写 {shown(value * 100)}；若确是 {shown(value)}%，加 --as-is"
                raise self._refused(_as(value, written), "单位是 %，这个数像是小数写法", remedy)
        return value

    def typed(self, value: object) -> Value:
        """已有类型的值 — a value from code as the engine keeps it; ScoringError for a float or a wrong type."""
        if value is None:
            return None
        if self.choices:
            if isinstance(value, str):
                return value if value in self.choices else self._word(value)
            raise self._refused(value, "应是文字", f"写 {'、'.join(self.choices)} 之一")
        if type(value) is Fraction or type(value) is int:
            return self.checked(whole(value))
        if isinstance(value, bool) or not hasattr(value, "as_integer_ratio") or isinstance(value, float):
            raise self._refused(value, "不是精确的数", "用 int、Fraction 或 Decimal")
        try:
            top, bottom = value.as_integer_ratio()
        except (ValueError, OverflowError):
            raise self._refused(value, "不是数", "核对这一格") from None
        return self.checked(whole(Fraction(top, bottom)))

    def _refused(self, value: object, reason: str, remedy: str) -> ScoringError:
        return ScoringError(self.name, value, reason, remedy)


def _as(value: Number, written: object) -> object:
    """The value as it was written, when it was."""
    return shown(value) if written is None else written
