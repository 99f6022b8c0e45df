"""未取名 — what wards and clinics write for a child without a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renjia.engine.synthetic.columns import one_of
from renjia.engine.synthetic.geography import ORDER_STYLES, UNNAMED_STYLES
from renjia.engine.synthetic.names import surname_of

_PLACEHOLDERS = ("新生儿", "未取名", "未命名", "婴儿", "待定", "宝宝", "无")
_STILL = ("死胎", "死产", "{mother}之死胎", "{mother}（死产）", "死婴")
_MARKS = {
    "elder": (("长", "次", "三"), ("长", "次", "三")),
    "big_small": (("大", "小", "三"), ("大", "小", "三")),
    "one_two": (("一", "二", "三"), ("1", "2", "3")),
    "letter": (("A", "B", "C"), ("A", "B", "C")),
    "cyclic": (("甲", "乙", "丙"), ("甲", "乙", "丙")),
    "none": (("", "", ""), ("", "", "")),
}


@dataclass(frozen=True, slots=True)
class Newborn:
    """新生儿 — what the person at the keyboard can see of a child."""

    male: bool
    order: int
    plurality: int
    mother: str
    father: str


def unnamed(style: int, ordering: int, baby: Newborn, rng: np.random.Generator) -> str:
    """按习惯写 — the entry in one of UNNAMED_STYLES, twins marked in one of ORDER_STYLES."""
    kind = UNNAMED_STYLES[style]
    inner, after = "", ""
    if baby.plurality > 1:
        marks, ends = _MARKS[ORDER_STYLES[ordering]]
        inner, after = marks[min(baby.order, 3) - 1], ends[min(baby.order, 3) - 1]
    mother, sexed = baby.mother.strip(), "子" if baby.male else "女"
    surname = surname_of(mother)
    if kind == "child_of_father" and baby.father:
        return f"{baby.father}之{inner}{sexed}"
    if kind in ("child_of", "child_of_father"):
        return f"{mother}之{inner}{sexed}"
    if kind == "surname_x":
        return f"{surname}某之{inner}{sexed}"
    if kind == "baby":
        return f"{mother}{inner}宝" if inner else f"{mother}{one_of(rng, ('宝', '宝宝'))}"
    if kind == "infant":
        return f"{mother}之婴{after}"
    if kind == "sexed_infant":
        return f"{mother}{'男' if baby.male else '女'}婴{after}"
    if kind == "letter":
        return f"{mother}{after}" if after else f"{mother}{'男' if baby.male else '女'}"
    if kind == "maomao":
        return f"{mother}{inner}毛毛"
    if kind == "bb":
        return f"{mother}BB{after}"
    if kind == "placeholder":
        return _PLACEHOLDERS[(style + ordering) % len(_PLACEHOLDERS)] + after
    return ""


def stillborn(mother: str, rng: np.random.Generator) -> str:
    """死胎死产 — how a ward marks one in the name column, the only place the layout leaves."""
    return one_of(rng, _STILL).format(mother=mother.strip())
