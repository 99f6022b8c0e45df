"""姓名 — what a name is when it is compared: one spelling, one sound, and infants who have no name yet.

Hospitals write an unnamed newborn in dozens of ways (李梅之子, 李某大女, 双二, 毛毛, Baby B …). Such a text is
*a missing name plus, at times, an order and a sex* — never a name.
"""

import re
import unicodedata
from dataclasses import dataclass

from renjia.engine.linkage.characters import SIMPLIFIED, is_chinese, sound, syllable

_NOTE = re.compile(r"[(（\[【<].*?[)）\]】>]")
_LOOSE = re.compile(r"[\W_]+")
NO_NAME = frozenset("无 不详 未知 未提供 暂无 待定 保密 NULL NONE NA UNKNOWN".split())

_ORDER = {}
for _rank, _words in enumerate(
    ("大 长 头 一 1 甲 A I", "二 次 小 2 乙 B II 贰", "三 3 丙 C III 叁", "四 4 丁 D IV"), 1
):
    _ORDER.update(dict.fromkeys(_words.split(), _rank))
_RANK = "[大长头一甲次二乙小三丙四丁叁贰1-4ABCD]"
_BOY = "儿子|男孩子?|男婴儿?|男宝宝?|男婴幼儿|男新生儿|公子|BABYBOY|BOY|小子|子|男"
_GIRL = "女儿|女孩子?|女婴儿?|女宝宝?|女婴幼儿|女新生儿|千金|BABYGIRL|GIRL|女"
_CHILD = (
    "新生儿|新生婴儿|婴幼儿|婴儿|婴|小宝贝|宝宝|宝贝|宝|小毛头|毛毛头|毛毛|毛头|毛|囡囡|囡|娃娃|娃|小孩子?|孩子|孩|贝贝|崽|"
    "BABIES|BABY|BBY|BB|INFANT|NEWBORN|NB|儿|胎"
)
_KID = f"(?P<boy>{_BOY})|(?P<girl>{_GIRL})|(?P<child>{_CHILD})"
_SUFFIX = re.compile(
    rf"(?P<link>之|的|S)?(?P<twin>双胞?胎?|孪生|多胎|三胎)?第?老?(?P<before>(?!BB|BA|小毛头|小宝贝|小孩){_RANK}双?)?(?:号|胎|位|个)?(?:{_KID})?之?"
    rf"(?P<after>III?|{_RANK}|[二三四]号)?(?:号|胎)?"
)
_WITH_SURNAME = re.compile(r"(?P<who>\w{1,2}?)(?:某{1,3}|X{1,3}|氏|女士|先生)")
_PLAIN = frozenset(
    "未取名 未命名 没取名 未起名 未定名 待取名 待起名 待命名 未报名 暂未取名 暂无名 尚未取名 无名 无名氏 未名 "
    "新生儿 婴儿 男婴 女婴 男 女 宝宝 宝贝 毛毛 毛头 小毛头 囡囡 娃娃 大宝 小宝 二宝 三宝 男孩 女孩 "
    "贝贝 大毛 小毛 二毛 弃婴 新生男婴 新生女婴".split()
)
_BABY_WORD = re.compile(
    r"(?P<baby>BABY|BABIES|BB|NB|INFANT|NEWBORN|TWIN|OF|S|BOY|GIRL|SON|DAUGHTER|[BG](?=\d)|BG)+(?P<rank>[A-D1-4])?"
)
# 未起名字, 暂无姓名, 名字待定, 未上户, 取名中, 某某, XX: no family name begins so
_NOT_YET = re.compile(
    r"(?:姓名|名字)?(?:还|尚|暂|暂时|目前)?(?:未|没|无|待|缺|空|不[知明详])[取起命报定上填登记写提供有名姓字户口称中]*"
    r"|暂[定缺空名]|取名中|起名中|X+|某+"
)
_CHILD_FIRST = re.compile(r"(?P<said>新生[男女]?婴?儿?|[男女]?婴儿?|[男女]宝宝?|BABY|BB)(?P<rest>\w{1,8})")
_SUSPECT = re.compile(
    r"^\w$|[空缺暂没不取起崽之的某氏宝毛婴囡娃胎孩贝双孪子女男儿大小长次甲乙丙丁金头一二三四无未待弃A-Z0-9]"
)
_TAILS = frozenset("大宝 二宝 小宝 三宝 大女 二女 长女 次女 长子 次子 大子 二子 双大 双二 双小 双A 双B".split())
_PARENT = re.compile(r"(?P<parent>\w{2,4}?)(?:之[大长次二小双三]?[子女儿婴宝]|[大二小]?宝$)")
_DEAD = re.compile("死胎|死产|死婴|死亡|引产|已故")


# Every character that has a meaning in a label; all others are alike to `unnamed`.
SAID = frozenset(
    character
    for text in (
        *(one.pattern for one in (_SUFFIX, _WITH_SURNAME, _BABY_WORD, _NOT_YET, _CHILD_FIRST, _SUSPECT, _PARENT, _DEAD)),
        *_ORDER, *_PLAIN, *_TAILS,
    )
    for character in text
    if is_chinese(character)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unnamed:
    """未取名 — what an unnamed infant's label still says.

    order  which of the delivery, 0 = not said; weak: the order may count the family's children or one sex only
    twins  the label itself says there are several (双大, 双胎之二, Baby B)
    sex    '1', '2' or ''
    """

    order: int = 0
    weak: bool = False
    twins: bool = False
    sex: str = ""


def canonical(text: str) -> str:
    """规范写法 — NFKC, simplified, upper case, without notes in brackets, spaces and dots; `""` when no name is given.

    The words of a foreign name are sorted, as offices disagree which comes first.
    """
    plain = unicodedata.normalize("NFKC", text).translate(SIMPLIFIED).upper().strip()
    plain = _NOTE.sub("", plain) or plain
    if plain.isascii():
        words = _LOOSE.sub(" ", plain).split()
        plain = " ".join(sorted(words))
    else:
        plain = _LOOSE.sub("", plain)
    return "" if plain in NO_NAME else plain


def sounded(name: str) -> str:
    """同音写法 — a canonical name with every character replaced by its sound; as long as the name."""
    return "".join(map(sound, name))


def spelled(name: str) -> str:
    """字母 — sorted letters of the name's spelling, so that 李梅, LI MEI and MEI LI meet."""
    return "".join(sorted("".join(map(syllable, name)).upper().replace(" ", "").replace("V", "U")))


def is_latin(name: str) -> bool:
    """是否外文名 — no Chinese character in it."""
    return not any(map(is_chinese, name))


def may_be_unnamed(text: str) -> bool:
    """是否可能未取名 — cheap sieve before `unnamed`; never misses one."""
    return _SUSPECT.search(text) is not None


def says_stillborn(text: str) -> bool:
    """是否写明死产 — the name column says the child was not born alive."""
    return _DEAD.search(text) is not None


def unnamed(baby: str, mother: str = "", father: str = "") -> Unnamed | None:
    """读新生儿称呼 — None when the text is a real name.

    All three texts canonical; the parents' names are needed to read 李梅宝 or 王大女.
    """
    if baby.isascii():
        if _NOT_YET.fullmatch(baby):
            return Unnamed()
        return _latin(baby.split(), set(mother.split()) | set(father.split()))
    baby = baby.replace(" ", "")
    bare = _SUFFIX.fullmatch(baby)
    if baby in _PLAIN:
        return _read(bare) or Unnamed(sex=_sex_of(baby))
    if _NOT_YET.fullmatch(baby) or baby in (mother[:1], father[:1]):
        return Unnamed()
    if first := _CHILD_FIRST.fullmatch(baby):
        behind = first["rest"]
        label = _read(_SUFFIX.fullmatch(behind)) or unnamed(behind, mother, father)
        if label or behind in (mother, mother[:1], mother[:2], father, father[:1], father[:2]):
            return label or Unnamed(sex=_sex_of(first["said"]))
    if bare and baby[0] not in (mother[:1], father[:1]) and (len(baby) == 1 or baby[0] != "丁"):
        return _read(bare)
    for rest in _after_parent(baby, mother, father):
        found = _read(_SUFFIX.fullmatch(rest))
        if found:
            return found
    return _without_parent(baby, mother, father)


def _latin(words: list[str], parents: set[str]) -> Unnamed | None:
    """BABY B, LI MEI S BABY, BABYOFLIMEI, SMITH 2: words that say baby, or a parent's name with a rank behind it."""
    said = [found for found in map(_BABY_WORD.fullmatch, words) if found]
    ranks = [word for word in words if word in _ORDER and len(word) == 1] + [one["rank"] for one in said if one["rank"]]
    glued = any(word.startswith(("BABY", "NEWBORN")) or word.endswith("BABY") for word in words)
    labelled = glued or any(one["baby"] not in ("OF", "S") for one in said)
    if not labelled and not (ranks and (parents & set(words) or len(words) == 1)):
        return None
    text = " ".join(words)
    sex = "1" if "BOY" in text or "SON" in words else "2" if "GIRL" in text or "DAUGHTER" in words else ""
    return Unnamed(order=_ORDER[ranks[0]] if ranks else 0, twins=bool(ranks) or "TWIN" in text, sex=sex)


def _after_parent(baby: str, mother: str, father: str) -> list[str]:
    """What follows the mother's or father's name, or 姓某, at the head of the text."""
    rests = []
    by_surname = _WITH_SURNAME.match(baby)
    if by_surname:
        rests.append(baby[by_surname.end() :] or "之")
    for parent in (mother.replace(" ", ""), father.replace(" ", "")):
        head = baby[: len(parent)]
        rest = baby[len(parent) :]
        # 吴怡's 吴依一 is a name; only behind the very name is a bare numeral a rank
        if len(parent) >= 2 and rest and (head == parent or (rest not in _ORDER and _alike(head, parent))):
            rests.append(rest)
    return rests


def _alike(head: str, parent: str) -> bool:
    """Same sound, or one character off in a name of three — the label copied a misspelt name."""
    wrong = sum(sound(one) != sound(other) for one, other in zip(head, parent, strict=True))
    return wrong == 0 or (wrong == 1 and len(parent) >= 3 and head[0] == parent[0])


def _without_parent(baby: str, mother: str, father: str) -> Unnamed | None:
    cut = baby.rfind("之")
    if cut > 0:
        tail = _SUFFIX.fullmatch(baby[cut:])
        # 陈之一 and 王之女 are rare as names; 陈之大 is nobody's
        if tail and (tail["boy"] or tail["girl"] or tail["child"] or cut >= 2):
            return _read(tail)
    for surname in sorted({mother[:1], mother[:2], father[:1], father[:2]} - {""}, key=len):
        if baby.startswith(surname) and len(baby) > len(surname):
            tail = _SUFFIX.fullmatch(baby[len(surname) :])
            # 李宝 or 李二 may be a name; 李宝宝, 李大宝, 李女婴 hardly
            if tail and (tail["twin"] or len(baby) - len(surname) >= 2) and _says_child(tail):
                return _read(tail)
            if tail and baby[len(surname) :] in ("男", "女", "婴"):
                return _read(tail)
    return _tail_of_label(baby)


def _tail_of_label(baby: str) -> Unnamed | None:
    """A label whose head nobody knows (the mother's name was mistyped or is missing): the tail alone must say so."""
    for length in (5, 4, 3, 2):
        tail = baby[-length:]
        if len(baby) - len(tail) >= 2 and re.fullmatch(
            rf"(?:之|的)?{_RANK}?(?:新生儿|婴儿|男婴|女婴|宝宝|毛毛|儿子|女儿|双胞胎)(?:之?{_RANK})?", tail
        ):
            return _read(_SUFFIX.fullmatch(tail))
    if len(baby) >= 4 and baby[-2:] in _TAILS:
        return _read(_SUFFIX.fullmatch(baby[-2:]))
    return Unnamed() if len(baby) == 4 and baby[-1] == "宝" else None


def noted(text: str) -> Unnamed | None:
    """括注里的次序 — what brackets behind a child's name say: 李梅（双1）, 王宇轩(乙); None when they say no rank.

    `text` as sent; `canonical` drops the brackets, so a named child keeps its name and gains an order.
    """
    for note in _NOTE.findall(unicodedata.normalize("NFKC", text).upper()):
        found = _read(_SUFFIX.fullmatch(_LOOSE.sub("", note)))
        if found and (found.order or found.twins):
            return found
    return None


def parent_within(baby: str) -> str:
    """称呼中的家长姓名 — 李梅 from the label 李梅之子 or 李小梅宝; `""` when the label does not spell one out."""
    found = _PARENT.match(baby)
    return found["parent"] if found and "某" not in found["parent"] else ""


def may_name_a_parent_behind(baby: str) -> bool:
    """是否称呼在前 — 新生儿李梅, 男婴王某: whether a parent's name may follow the label instead of leading it."""
    return baby not in _PLAIN and _CHILD_FIRST.fullmatch(baby) is not None


def _says_child(tail: re.Match[str]) -> bool:
    text = tail[0]
    if text[0] in "一甲乙丙丁":
        return False
    return (
        bool(tail["twin"])
        or text in ("宝宝", "毛毛", "宝贝", "囡囡", "娃娃", "贝贝")
        or bool(tail["before"] and (tail["boy"] or tail["girl"] or tail["child"]))
        or bool(re.search("婴|新生|毛头|孩|BABY|BB", text))
    )


def _sex_of(text: str) -> str:
    return "1" if "男" in text else "2" if "女" in text else ""


def _read(found: re.Match[str] | None) -> Unnamed | None:
    if found is None or not found[0]:
        return None
    rank = found["before"] or found["after"]
    order = (_ORDER.get(rank) or _ORDER.get(rank[0], 0)) if rank else 0
    sex = "1" if found["boy"] else "2" if found["girl"] else ""
    twins = bool(found["twin"]) or found[0][-1] == "双" or (rank or "-")[0] in "ABCDI甲乙丙丁"
    return Unnamed(order=order, weak=order > 0 and not twins, twins=twins, sex=sex or _sex_of(found[0]))
