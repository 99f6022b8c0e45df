"""遮盖 — how names and numbers look on a page until someone opens them: 张*, 310***********1234, 137****6287."""

from __future__ import annotations

import re

_COMPOUND = frozenset(
    (
        "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 "
        "公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 "
        "拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五 贺兰 完颜 纳兰 叶赫"
    ).split()
)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_UNNAMED = re.compile(r"之[子女婴儿男]|[男女]?婴$|未取名|未命名|未起名|暂无|某[子女]|(?:宝宝|毛毛|毛头|贝贝)$")
_CHILD = {"1": "子", "2": "女"}


def surname(name: str) -> str:
    """姓 — the family name of a Han name, two characters where it is a compound one; `""` for other names."""
    if _HAN.fullmatch(name) is None:
        return ""
    return name[:2] if len(name) > 2 and name[:2] in _COMPOUND else name[:1]


def mask_name(name: str) -> str:
    """遮盖姓名 — 张三 张*, 陈若溪 陈*溪, 欧阳娟 欧阳*; other scripts keep each part's first letter."""
    flat = "".join(name.split())
    if flat and not any(place.isalnum() for place in flat):
        return "*"
    if _HAN.fullmatch(flat) is None:
        return re.sub(r"[^\s·•.\-]+", _first_only, name.strip())
    if len(flat) == 1:
        return "*"
    family = surname(flat)
    tail = flat[-1] if len(flat) - len(family) > 1 else ""
    return f"{family}*{tail}"


def mask_identity(number: str) -> str:
    """遮盖证件号 — 310***********1234; shorter papers keep less, never more than half."""
    number = number.strip()
    if len(number) >= 15:
        return _middle(number, 3, 4)
    return _middle(number, len(number) // 6, len(number) // 4)


def mask_phone(number: str) -> str:
    """遮盖电话 — 137****6287; a landline keeps its last four, a short number nothing."""
    number = number.strip()
    digits = sum(place.isdigit() for place in number)
    if digits >= 11 and number[:1] in "1+０１":
        return _middle(number, len(number) - 8, 4)
    return _middle(number, 0, 4 if digits >= 7 else 0)


def mask_certificate(number: str) -> str:
    """遮盖证书编号 — X*****1001: the printing letter and the last four."""
    number = number.strip()
    return _middle(number, int(number[:1].isalpha() and len(number) > 8), 4 if len(number) >= 8 else 0)


def mask_infant(name: str, mother: str = "", sex: str = "") -> str:
    """遮盖婴儿姓名 — a named infant as any name, an unnamed one as 未取名（王某之子）.

    Unnamed: no name, a wording like 王芳之子, or the mother's name with something after it.
    `sex` ('1', '2') is asked only when the wording does not tell.
    """
    name, mother = name.strip(), mother.strip()
    unnamed = not name or _UNNAMED.search(name) is not None or (len(mother) > 1 and name.startswith(mother))
    if not unnamed:
        return mask_name(name)
    parent = mother or re.split(r"之|某|未|暂", name)[0]
    told = re.search(r"[子女]", name[len(mother) :] if mother and name.startswith(mother) else name[1:])
    child = told[0] if told else _CHILD.get(sex, "婴")
    family = surname(parent)
    who = f"{family}某" if family else mask_name(parent)
    return f"未取名（{who}之{child}）" if who else "未取名"


def _first_only(part: re.Match[str]) -> str:
    return f"{part[0][0]}*" if len(part[0]) > 1 else "*"


def _middle(text: str, head: int, tail: int) -> str:
    hidden = max(len(text) - head - tail, 0)
    if text and not hidden:
        return "*" * len(text)
    return text[:head] + "*" * hidden + (text[-tail:] if tail else "")
