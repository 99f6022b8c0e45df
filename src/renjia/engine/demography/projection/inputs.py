"""推算的输入 — base, deaths, births and moves of every place, checked before anything is computed."""

from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np

from renjia.engine.demography.checks import Floats, Ints
from renjia.engine.demography.errors import DemographyError

InfantRule = Literal["andreev_kingkade", "coale_demeny_west_m0"]
SEXES = ("male", "female")
SEX_NAMES = ("男", "女")
CHILDBEARING = (10, 55)


def age_starts(width: int, count: int) -> Ints:
    """年龄下限 — 0, width, 2·width, …; the last group is open."""
    return np.arange(count, dtype=np.int64) * width


def mortality_starts(width: int, count: int) -> Ints:
    """死亡率的年龄下限 — as `age_starts` for single years; 0, 1, 5, 10, … for five-year groups."""
    if width == 1:
        return age_starts(1, count)
    return np.concatenate([np.array([0, 1], dtype=np.int64), age_starts(width, count - 1)[1:]])


@dataclass(frozen=True, slots=True)
class ProjectionInputs:
    """推算输入 — everything a projection knows; P places, T steps of `width` years, A ages, M ages of mortality.

    start: year of the base population; base (P, 2, A) persons, sexes male, female, ages 0, width, …, last open;
    mx (P, T, 2, M) deaths per person-year, M = A for width 1, M = A + 1 (0, 1–4, 5–9, …) for width 5;
    asfr (P, T, A) births per woman and year; boys_per_girl (P, T); migration (P, T, 2, A) net persons in the step, by age at
    the time of moving; infant_rule: 1a0 (and 4a1 with Coale–Demeny); pattern: name of the age pattern of migration;
    unit: what one person in the arrays stands for (人, 千人). Raises DemographyError at the first cell that cannot be.
    """

    start: int
    places: tuple[str, ...]
    base: Floats
    mx: Floats
    asfr: Floats
    boys_per_girl: Floats
    migration: Floats
    width: int = 1
    infant_rule: InfantRule = "coale_demeny_west_m0"
    pattern: str = "给定"
    unit: str = "人"

    def __post_init__(self) -> None:
        """Check shapes, then every cell."""
        if self.width not in (1, 5):
            raise DemographyError(f"年龄组距 {self.width}", "推算输入", "请用 1 岁或 5 岁一组")
        ages, steps = self.ages.size, self.steps
        places = len(self.places)
        if len(set(self.places)) != places:
            raise DemographyError("地名有重复", "地区", "请让每个地区只出现一次")
        mortality = ages + (self.width == 5)
        for name, array, shape in (
            ("基年人口", self.base, (places, 2, ages)),
            ("死亡率", self.mx, (places, steps, 2, mortality)),
            ("生育率", self.asfr, (places, steps, ages)),
            ("出生性别比", self.boys_per_girl, (places, steps)),
            ("净迁移", self.migration, (places, steps, 2, ages)),
        ):
            if array.shape != shape:
                raise DemographyError(
                    f"形状是 {array.shape}，应为 {shape}", name, "请让地区、期数、性别（男女都要有）、年龄一一对应"
                )
            self._finite(name, array)
        self._range("基年人口", self.base, 0.0, np.inf, "人数为负", "请查来源，人数不能小于零")
        self._range("死亡率", self.mx, 0.0, 1.0, "不在 0 与 1 之间", "率按每人每年填；千分率请除以 1000")
        self._range("生育率", self.asfr, 0.0, 1.0, "不在 0 与 1 之间", "率按每名妇女每年填；千分率请除以 1000")
        self._range("出生性别比", self.boys_per_girl, 0.5, 2.0, "不在 0.5 与 2 之间", "按男／女填，106 请写 1.06")
        outside = (self.ages + self.width <= CHILDBEARING[0]) | (self.ages >= CHILDBEARING[1])
        if (self.asfr[..., outside] > 0).any():
            raise DemographyError("10 岁以下或 55 岁以上有生育率", "生育率", "请只填育龄各岁，其余留空")
        if (self.mx[..., -1] <= 0).any():
            raise DemographyError("最后一个（开口）年龄组的死亡率为零", "死亡率", "请合并高龄组，使它有死亡")
        empty = self.base.sum(axis=(1, 2)) <= 0
        if empty.any():
            where = f"基年人口 {self.places[int(np.argmax(empty))]}"
            raise DemographyError("一个人也没有", where, "请去掉这个地区，或补上它的人口")

    @property
    def ages(self) -> Ints:
        """年龄下限 — of the base population."""
        return age_starts(self.width, int(self.base.shape[-1]))

    @property
    def steps(self) -> int:
        """期数."""
        return int(self.mx.shape[1])

    @property
    def years(self) -> list[int]:
        """年份 — of the base and after every step."""
        return [self.start + self.width * t for t in range(self.steps + 1)]

    def with_(self, **changes: Any) -> Self:
        """换几项 — the same inputs with some replaced, checked again."""
        return replace(self, **changes)

    def _where(self, name: str, array: Floats, bad: np.ndarray) -> str:
        at = tuple(int(i) for i in np.argwhere(bad)[0])
        words = [name, self.places[at[0]]]
        rest = at[1:]
        if array.ndim >= 2 and name != "基年人口":
            year = self.start + self.width * rest[0]
            words.append(f"{year} 年起" if self.width > 1 else f"{year + 1} 年")
            rest = rest[1:]
        if len(rest) == 2:
            words.append(SEX_NAMES[rest[0]])
            rest = rest[1:]
        if rest:
            starts = mortality_starts(self.width, array.shape[-1]) if name == "死亡率" else self.ages
            words.append(f"{starts[rest[0]]} 岁")
        return " ".join(words)

    def _finite(self, name: str, array: Floats) -> None:
        bad = ~np.isfinite(array)
        if bad.any():
            raise DemographyError("缺数，或不是有限的数", self._where(name, array, bad), "请补上这一格；确实没有的填 0")

    def _range(self, name: str, array: Floats, low: float, high: float, what: str, remedy: str) -> None:
        bad = (array < low) | (array > high)
        if bad.any():
            raise DemographyError(f"{what}（{array[bad][0]:g}）", self._where(name, array, bad), remedy)
