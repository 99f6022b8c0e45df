"""人员比较层级 — the outcomes of comparing one field of two persons, the same for every field; 0 is missing."""

from enum import IntEnum


class Likeness(IntEnum):
    """相像程度 — equal values by how many share them (SAME_1 nearly all … SAME_6 hardly anybody), then less and less."""

    MISSING = 0
    SAME_1 = 1
    SAME_2 = 2
    SAME_3 = 3
    SAME_4 = 4
    SAME_5 = 5
    SAME_6 = 6
    SOUND = 7
    NEAR = 8
    NEAR_TWO = 9
    ALIKE = 10
    CROSSED = 11
    PART = 12
    SWAPPED = 13
    BOTH_VALID = 14
    DIFFERENT = 15


LABELS = {
    Likeness.SAME_1: "相同（几乎人人如此）",
    Likeness.SAME_2: "相同（极常见）",
    Likeness.SAME_3: "相同（常见）",
    Likeness.SAME_4: "相同",
    Likeness.SAME_5: "相同（少见）",
    Likeness.SAME_6: "相同（罕见）",
    Likeness.SOUND: "同音",
    Likeness.NEAR: "差一处",
    Likeness.NEAR_TWO: "差两处",
    Likeness.ALIKE: "相近",
    Likeness.CROSSED: "填在对方的另一栏",
    Likeness.PART: "部分相同",
    Likeness.SWAPPED: "日月颠倒",
    Likeness.BOTH_VALID: "不同，两个号码都有效",
    Likeness.DIFFERENT: "不同",
}
# Bits of rarity (-log2 of the share of records with the value) at which SAME_2 … SAME_6 begin.
RARITY = (2.0, 5.0, 7.0, 9.0, 11.0)
FIRST_SAME, LAST_SAME = int(Likeness.SAME_1), int(Likeness.SAME_6)
LEVELS = 16
