"""发布 — what of a figure may leave the house: small counts, and rates of few events, are withheld.

Inside, figures stay exact and lead down to their cases; only what goes to print or onto a public page passes here.
The thresholds are the standard `publication`. Withheld are single figures: a neighbour could still be subtracted from a
total beside it, and closing that (complementary suppression, and its audit over all tables released) is not done here,
which `Published.note` says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from renjia.engine.pages import page as get_page
from renjia.measure.indicators.errors import MeasureError
from renjia.measure.indicators.figures import Figure, format_value
from renjia.measure.indicators.formulas import PLACES

NOTE = "只隐去了单个的小数；由合计相减仍可能推出，成表发布前还要做补充隐去"
WITHHELD = "*"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """门槛 — fewest people in a count, in a count of a whole district, fewest events behind a rate."""

    cell: int
    district: int
    events: int


@dataclass(frozen=True, slots=True)
class Published:
    """发布的数 — text as it may be printed; reason why it is withheld, `""` where it is not; note to stand under it."""

    text: str
    reason: str = ""
    note: str = NOTE

    @property
    def withheld(self) -> bool:
        """隐去 — whether the value is not shown."""
        return bool(self.reason)


def thresholds_on(day: date) -> Thresholds:
    """当日门槛 — MeasureError before the standard begins."""
    standards = get_page("standard", "publication").standards
    found = []
    for name in ("small_cell_min", "small_cell_min_district", "fewest_events"):
        value = standards[name].on(day)
        if value is None:
            raise MeasureError(f"{day} 还没有对外发布的门槛；请先在 standards/publication 里定下")
        found.append(int(value))
    return Thresholds(*found)


def published(figure: Figure, thresholds: Thresholds) -> Published:
    """可发布的一个数 — the value as text, or `*` with the reason.

    A count is withheld below the least cell, nought included (that nobody is there tells too); a rate, share or
    mean when fewer events stand behind it, or when people outside it are fewer than the least cell.
    """
    whole = len(figure.place) in (0, PLACES["district"]) and not (figure.dims.keys() - {"month"})
    least = thresholds.district if whole else thresholds.cell
    if figure.kind == "count":
        few = figure.events < least
        return Published(WITHHELD, f"不足 {least}，不发布") if few else Published(format_value(figure))
    if figure.value is None:
        return Published(format_value(figure))
    if figure.events < thresholds.events:
        return Published(WITHHELD, f"事件不足 {thresholds.events}，不发布率")
    if figure.kind == "share" and 0 < (figure.denominator or 0) - figure.numerator < least:
        return Published(WITHHELD, f"其余的不足 {least}，由此可推出，不发布")
    if figure.denominator is not None and figure.exposure < least:
        return Published(WITHHELD, f"分母不足 {least}，不发布")
    return Published(format_value(figure))


def publish(figures: Iterable[Figure], on: date) -> list[Published]:
    """可发布的各数 — in the order of the figures, by the thresholds of the day of publication."""
    thresholds = thresholds_on(on)
    return [published(figure, thresholds) for figure in figures]
