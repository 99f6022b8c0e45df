"""比较的说法 — up, down, level; highest and lowest with their ties. Compared as printed, so words and tables agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from renjia.work.reports.layout import Figure
from renjia.work.reports.shown import Share, Signed

SMALL = 20  # below this one case moves a share by more than five points: said beside every comparison
_NAMED = 5


def change(word_up: str, word_down: str, difference: Signed) -> str:
    """增减词 — 增加/减少 or 提高/下降; 持平 is the caller's, it takes no figure."""
    return word_up if difference.value > 0 else word_down


@dataclass(frozen=True, slots=True)
class Extremes:
    """高低 — the names that share the highest and the lowest value."""

    high: Decimal
    highest: tuple[str, ...]
    low: Decimal
    lowest: tuple[str, ...]

    @property
    def level(self) -> bool:
        return self.high == self.low


def extremes(shares: Sequence[tuple[str, Share]]) -> Extremes | None:
    """找高低 — among the names whose share exists; None when there is none."""
    values = [(name, percent) for name, share in shares if (percent := share.percent) is not None]
    if not values:
        return None
    high, low = max(value for _, value in values), min(value for _, value in values)
    return Extremes(
        high,
        tuple(name for name, value in values if value == high),
        low,
        tuple(name for name, value in values if value == low),
    )


def named(names: Sequence[str]) -> str:
    """点名 — up to five names; of more the first five and 等."""
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")


def high_and_low(what: str, found: Extremes, high: Figure, low: Figure) -> list[str | Figure]:
    """高低句 — “退回占比最高的是甲、乙（5.00%），最低的是丙（0.00%）”, or all alike."""
    if found.level:
        return [f"{what}均为 ", high]
    return [
        f"{what}最高的是{named(found.highest)}（",
        high,
        f"），最低的是{named(found.lowest)}（",
        low,
        "）",
    ]


def counted(pairs: Sequence[tuple[str, Figure]], unit: str) -> list[str | Figure]:
    """逐个带数 — “甲（5 件）、乙（4 件）”, at most five and 等."""
    parts: list[str | Figure] = []
    for index, (name, figure) in enumerate(pairs[:_NAMED]):
        parts += [f"{'、' if index else ''}{name}（", figure, f" {unit}）"]
    return [*parts, "等"] if len(pairs) > _NAMED else parts
