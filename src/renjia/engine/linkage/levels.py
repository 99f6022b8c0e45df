"""比较层级 — the outcomes a comparison can have; 0 is always "missing on one side" and weighs nothing."""

from enum import IntEnum


class IdLevel(IntEnum):
    """证件号码 — mother's or father's document."""

    MISSING = 0
    SAME = 1
    SAME_UNCHECKED = 2
    NEAR = 3
    NEAR_TWO = 4
    OTHER_PARENT = 5
    OTHER_KIND = 6
    MAN = 7
    NEAR_BOTH_VALID = 8
    DOUBTFUL = 9
    DIFFERENT = 10


class NameLevel(IntEnum):
    """姓名 — a name against a name, by how many births carry it."""

    MISSING = 0
    SAME_RARE = 1
    SAME = 2
    SAME_COMMON = 3
    SAME_VERY_COMMON = 4
    SOUND_RARE = 5
    SOUND = 6
    SOUND_COMMON = 7
    NEAR = 8
    OTHER_PARENT = 9
    GIVEN = 10
    SURNAME = 11
    SCRIPT = 12
    DROPPED = 13
    DIFFERENT = 14
    RENAMED = 15


class BornLevel(IntEnum):
    """出生日期 — two dates of birth."""

    MISSING = 0
    SAME = 1
    MIDNIGHT = 2
    ONE_DAY = 3
    FEW_DAYS = 4
    SWAPPED = 5
    YEAR = 6
    DIGIT = 7
    SAME_PREGNANCY = 8
    OTHER_PREGNANCY = 9


class PhoneLevel(IntEnum):
    """电话."""

    MISSING = 0
    SAME = 1
    NEAR = 2
    DIFFERENT = 3


class PlaceLevel(IntEnum):
    """地址 — neighbourhood or street; against a hukou place it says less."""

    MISSING = 0
    NEIGHBOURHOOD = 1
    STREET = 2
    DIFFERENT = 3
    HUKOU_NEIGHBOURHOOD = 4
    HUKOU_STREET = 5
    HUKOU_DIFFERENT = 6


class InstitutionLevel(IntEnum):
    """分娩机构."""

    MISSING = 0
    SAME = 1
    SAME_LARGE = 2
    DIFFERENT = 3


class MinuteLevel(IntEnum):
    """出生时刻."""

    MISSING = 0
    SAME = 1
    NEAR = 2
    HOUR = 3
    HALF_DAY = 4
    DIFFERENT = 5


class WeightLevel(IntEnum):
    """出生体重."""

    MISSING = 0
    SAME = 1
    ROUNDED = 2
    NEAR = 3
    DIFFERENT = 4


class CertificateLevel(IntEnum):
    """出生医学证明编号."""

    MISSING = 0
    SAME = 1
    NEAR = 2
    ADJACENT = 3
    DIFFERENT = 4
    REISSUED = 5


class SexLevel(IntEnum):
    """性别."""

    MISSING = 0
    SAME = 1
    DIFFERENT = 2


class OrderLevel(IntEnum):
    """胎儿序号 — stated in its own column, or read from an unnamed infant's label."""

    MISSING = 0
    SAME = 1
    DIFFERENT = 2
    LABEL_SAME = 3
    LABEL_DIFFERENT = 4


class ParityLevel(IntEnum):
    """孩次."""

    MISSING = 0
    SAME = 1
    DIFFERENT = 2


class SourceLevel(IntEnum):
    """来源 — two records of one source are the same child only when one of them is a repetition."""

    MISSING = 0
    SAME = 1
