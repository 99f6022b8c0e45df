"""模型 — what each outcome of a comparison weighs, and how evidence is kept as one 64-bit pattern.

A pattern holds the level of every comparison (4 bits each, first comparison lowest), the rounded log2 of the number of
records (6 bits, for the prior) and whether delivery or child was compared (1 bit). Pattern and model version rebuild
the waterfall exactly, for ever. Weights are log2 likelihood ratios in quarters, so that sums are exact in any order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from math import log2

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.levels import (
    BornLevel,
    CertificateLevel,
    IdLevel,
    InstitutionLevel,
    MinuteLevel,
    NameLevel,
    OrderLevel,
    ParityLevel,
    PhoneLevel,
    PlaceLevel,
    SexLevel,
    SourceLevel,
    WeightLevel,
)

LEVEL_BITS = 4
MOST = 13
_SIZE_AT = LEVEL_BITS * MOST
_CHILD_AT = _SIZE_AT + 6
_LEVEL_MASK = (1 << LEVEL_BITS) - 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """一项比较 — a field, its Chinese name, and per level a Chinese label and a weight in bits."""

    field: str
    label: str
    levels: dict[IntEnum, tuple[str, float]]

    def weights(self) -> npt.NDArray[np.float64]:
        """各层级权重 — array indexed by level; level 0 (missing) is 0."""
        table = np.zeros(1 << LEVEL_BITS)
        for level, (_, weight) in self.levels.items():
            table[level] = weight
        return table


@dataclass(frozen=True, slots=True)
class Weight:
    """一行证据 — one line of the waterfall; `running` is the sum so far."""

    label: str
    weight: float
    running: float


@dataclass(frozen=True, slots=True)
class Model:
    """判定模型 — comparisons of deliveries and of children, prior and thresholds (all in bits).

    partners: expected partners of a record, which with the number of records gives the prior;
    link: a pair at or above is linked; review: a pair between is put before a person;
    certain: how much better the best split of a delivery must be than any other, or it is left undecided;
    another: cost of a further child where nobody stated how many; contradicted: cost of each child beyond those stated;
    unseen: cost of each stated child nobody reported; unreported: cost of each child a reporting source leaves out.
    """

    version: str
    delivery: tuple[Comparison, ...]
    child: tuple[Comparison, ...]
    partners: float = 2.75
    link: float = 5.0
    review: float = 0.0
    certain: float = 4.5
    another: float = 6.0
    contradicted: float = 10.0
    unseen: float = 2.0
    unreported: float = 1.5
    tables: dict[str, npt.NDArray[np.float64]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Weights as arrays, made once."""
        tables = {
            name: np.array([one.weights() for one in comparisons])
            for name, comparisons in (("delivery", self.delivery), ("child", self.child))
        }
        object.__setattr__(self, "tables", tables)

    def prior(self, size: int) -> float:
        """先验 — log2 odds that two of 2**size records are of one delivery, in quarters."""
        return round(4 * (log2(self.partners) - size)) / 4

    def scores(self, kind: str, levels: npt.NDArray[np.uint8], size: int = 0) -> npt.NDArray[np.float64]:
        """得分 — sum of weights of each row of levels (rows: pairs, columns: comparisons), with the prior."""
        table = self.tables[kind]
        total = np.full(len(levels), self.prior(size) if kind == "delivery" else 0.0)
        for at in range(len(table)):
            total += table[at][levels[:, at]]
        return total


def size_of(records: int) -> int:
    """规模 — rounded log2 of the number of records, as the pattern keeps it; a small file is taken for 512 records.

    A name and a date must not be enough in a file of ten only because it is small.
    """
    return round(log2(max(records, 512)))


def patterns(kind: str, levels: npt.NDArray[np.uint8], size: int = 0) -> npt.NDArray[np.int64]:
    """编码 — one 64-bit pattern a row of levels."""
    packed = np.full(len(levels), (size << _SIZE_AT) | ((kind == "child") << _CHILD_AT), dtype=np.int64)
    for at in range(levels.shape[1]):
        packed |= levels[:, at].astype(np.int64) << (LEVEL_BITS * at)
    return packed


def explain(pattern: int, model: Model) -> list[Weight]:
    """说明 — the waterfall of one pattern: prior first, then every comparison that says something.

    The last `running` equals the stored score exactly.
    """
    lines = list(_lines(pattern, model))
    running, shown = 0.0, []
    for label, weight in lines:
        running += weight
        shown.append(Weight(label, weight, running))
    return shown


def _lines(pattern: int, model: Model) -> Iterator[tuple[str, float]]:
    size = (pattern >> _SIZE_AT) & 0x3F
    comparisons: Sequence[Comparison]
    if pattern >> _CHILD_AT & 1:
        comparisons = model.child
        yield "同一次分娩", 0.0
    else:
        comparisons = model.delivery
        yield f"先验：约 {1 << size:,} 条记录中的任意两条", model.prior(size)
    for at, comparison in enumerate(comparisons):
        level = (pattern >> (LEVEL_BITS * at)) & _LEVEL_MASK
        for known, (label, weight) in comparison.levels.items():
            if known == level:
                yield f"{comparison.label}{label}", weight


def _name(rare: float, sound: float, near: float, surname: float, different: float) -> dict[IntEnum, tuple[str, float]]:
    return {
        NameLevel.SAME_RARE: ("相同（少见）", rare),
        NameLevel.SAME: ("相同", rare - 2),
        NameLevel.SAME_COMMON: ("相同（常见）", rare - 4),
        NameLevel.SAME_VERY_COMMON: ("相同（极常见）", rare - 6),
        NameLevel.SOUND_RARE: ("同音（少见）", sound),
        NameLevel.SOUND: ("同音", sound - 2),
        NameLevel.SOUND_COMMON: ("同音（常见）", sound - 4),
        NameLevel.NEAR: ("差一字", near),
        NameLevel.OTHER_PARENT: ("与对方另一位家长相同", 5.0),
        NameLevel.GIVEN: ("名同姓不同", -1.0),
        NameLevel.SURNAME: ("姓同名不同", surname),
        NameLevel.SCRIPT: ("一为汉字一为外文", 0.0),
        NameLevel.DROPPED: ("少一字", near),
        NameLevel.DIFFERENT: ("不同", different),
    }


def _id(same: float, near: float, doubtful: float, different: float) -> dict[IntEnum, tuple[str, float]]:
    return {
        IdLevel.SAME: ("相同", same),
        IdLevel.SAME_UNCHECKED: ("相同（校验不符）", same - 1),
        IdLevel.NEAR: ("差一位", near),
        IdLevel.NEAR_TWO: ("差两位", near - 4),
        IdLevel.OTHER_PARENT: ("与对方另一位家长相同", same - 3),
        IdLevel.OTHER_KIND: ("证件种类不同", -1.0),
        IdLevel.MAN: ("一方填了男性号码", -0.5),
        IdLevel.NEAR_BOTH_VALID: ("相近但都有效", different + 2),
        IdLevel.DOUBTFUL: ("不同（有一方校验不符）", doubtful),
        IdLevel.DIFFERENT: ("不同", different),
    }


HAND_SET = Model(
    version="手设一",
    delivery=(
        Comparison("mother_id", "母亲证件号", _id(14.0, 8.0, -3.0, -6.0)),
        Comparison("mother_name", "母亲姓名", _name(12.0, 9.0, 3.5, -5.0, -9.0)),
        Comparison("father_id", "父亲证件号", _id(12.0, 7.0, -1.5, -3.5)),
        Comparison("father_name", "父亲姓名", _name(10.5, 8.0, 3.0, -2.5, -3.5)),
        Comparison(
            "born",
            "出生日期",
            {
                BornLevel.SAME: ("相同", 8.5),
                BornLevel.MIDNIGHT: ("差一天（近午夜）", 4.0),
                BornLevel.ONE_DAY: ("差一天", 2.0),
                BornLevel.FEW_DAYS: ("差二至三天", -2.0),
                BornLevel.SWAPPED: ("日月颠倒", 1.0),
                BornLevel.YEAR: ("月日相同，差一年", -1.5),
                BornLevel.DIGIT: ("差一个数字", -3.0),
                BornLevel.SAME_PREGNANCY: ("相差不足150天", -8.5),
                BornLevel.OTHER_PREGNANCY: ("相差150天以上，不是同一次怀孕", -60.0),
            },
        ),
        Comparison(
            "phone",
            "电话",
            {PhoneLevel.SAME: ("相同", 9.5), PhoneLevel.NEAR: ("差一位", 4.0), PhoneLevel.DIFFERENT: ("不同", -1.5)},
        ),
        Comparison(
            "place",
            "地址",
            {
                PlaceLevel.NEIGHBOURHOOD: ("同一居村", 7.5),
                PlaceLevel.STREET: ("同一街镇", 2.5),
                PlaceLevel.DIFFERENT: ("不同街镇", -2.0),
                PlaceLevel.HUKOU_NEIGHBOURHOOD: ("与户籍地同一居村", 6.5),
                PlaceLevel.HUKOU_STREET: ("与户籍地同一街镇", 2.0),
                PlaceLevel.HUKOU_DIFFERENT: ("与户籍地不同街镇", -0.5),
            },
        ),
        Comparison(
            "institution",
            "分娩机构",
            {
                InstitutionLevel.SAME: ("相同", 5.0),
                InstitutionLevel.SAME_LARGE: ("相同（大医院）", 3.0),
                InstitutionLevel.DIFFERENT: ("不同", -2.5),
            },
        ),
        Comparison(
            "minute",
            "出生时刻",
            {
                MinuteLevel.SAME: ("相同", 8.0),
                MinuteLevel.NEAR: ("差五分钟内", 3.5),
                MinuteLevel.HOUR: ("差一小时内", 0.5),
                MinuteLevel.HALF_DAY: ("正差十二小时", 3.0),
                MinuteLevel.DIFFERENT: ("不同", -3.5),
            },
        ),
        Comparison(
            "weight",
            "出生体重",
            {
                WeightLevel.SAME: ("相同", 5.5),
                WeightLevel.ROUNDED: ("凑整后相同", 2.5),
                WeightLevel.NEAR: ("相近", 0.0),
                WeightLevel.DIFFERENT: ("不同", -2.5),
            },
        ),
        Comparison(
            "certificate",
            "出生医学证明编号",
            {
                CertificateLevel.SAME: ("相同", 14.0),
                CertificateLevel.NEAR: ("差一位", 5.0),
                CertificateLevel.ADJACENT: ("相邻", 3.0),
                CertificateLevel.DIFFERENT: ("不同", -2.5),
            },
        ),
        Comparison("baby_name", "新生儿姓名", _name(9.5, 7.0, 2.5, -2.0, -3.0)),
        Comparison("sex", "性别", {SexLevel.SAME: ("相同", 1.0), SexLevel.DIFFERENT: ("不同", -3.0)}),
    ),
    child=(
        Comparison("sex", "性别", {SexLevel.SAME: ("相同", 0.75), SexLevel.DIFFERENT: ("不同", -6.5)}),
        Comparison(
            "minute",
            "出生时刻",
            {
                MinuteLevel.SAME: ("相同", 4.0),
                MinuteLevel.NEAR: ("差五分钟内", -2.0),
                MinuteLevel.HOUR: ("差一小时内", -4.0),
                MinuteLevel.HALF_DAY: ("正差十二小时", 0.0),
                MinuteLevel.DIFFERENT: ("不同", -3.0),
            },
        ),
        Comparison(
            "weight",
            "出生体重",
            {
                WeightLevel.SAME: ("相同", 5.0),
                WeightLevel.ROUNDED: ("凑整后相同", 2.5),
                WeightLevel.NEAR: ("相近", -1.5),
                WeightLevel.DIFFERENT: ("不同", -4.5),
            },
        ),
        Comparison(
            "order",
            "同胎序号",
            {
                OrderLevel.SAME: ("相同", 1.0),
                OrderLevel.DIFFERENT: ("不同", -6.0),
                OrderLevel.LABEL_SAME: ("与称呼所示相同", 1.0),
                OrderLevel.LABEL_DIFFERENT: ("与称呼所示不同", -4.0),
            },
        ),
        Comparison(
            "baby_name",
            "新生儿姓名",
            {
                NameLevel.SAME: ("相同", 6.0),
                NameLevel.SOUND: ("同音", 4.5),
                NameLevel.NEAR: ("差一字", -1.5),
                NameLevel.GIVEN: ("名同姓不同", 4.0),
                NameLevel.DROPPED: ("少一字", -0.5),
                NameLevel.SCRIPT: ("一为汉字一为外文", 0.0),
                NameLevel.DIFFERENT: ("不同", -5.5),
                NameLevel.RENAMED: ("为换发前后", 4.0),
            },
        ),
        Comparison(
            "certificate",
            "出生医学证明编号",
            {
                CertificateLevel.SAME: ("相同", 4.0),
                CertificateLevel.NEAR: ("差一位", -0.5),
                CertificateLevel.ADJACENT: ("相邻", -5.0),
                CertificateLevel.DIFFERENT: ("不同", -4.5),
                CertificateLevel.REISSUED: ("为换发前后", 3.0),
            },
        ),
        Comparison("parity", "孩次", {ParityLevel.SAME: ("相同", 0.25), ParityLevel.DIFFERENT: ("不同", -1.5)}),
        Comparison(
            "born",
            "出生日期",
            {BornLevel.SAME: ("相同", 0.25), BornLevel.ONE_DAY: ("差一天", -3.0), BornLevel.FEW_DAYS: ("不同", -2.0)},
        ),
        Comparison("source", "同一来源", {SourceLevel.SAME: ("重复上报", -7.0)}),
    ),
)
