"""取值 — one cell of each type to its canonical value; what cannot be read comes back empty with a warning."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from renjia.engine.units import is_code, parse_identity
from renjia.records.intake.feeds import Column
from renjia.records.intake.problems import RETURN, WARN, Severity

Complaint = tuple[str, str, Severity]  # reason, remedy, severity
Reader = Callable[[str], "Value"]

INVISIBLE = re.compile(r"[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+")
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{1,3}")
ABSENT = frozenset((
    "", "无", "没有", "不详", "不祥", "未知", "不明", "未提供", "暂无", "未填", "空", "缺", "无资料",
    "-", "--", "---", "/", "\\", ".", "*",
    "NULL", "NONE", "NA", "N/A", "NAN", "#N/A", "#REF!", "#VALUE!", "#NAME?",
))  # fmt: skip
STILL = re.compile(r"死胎|死产|死婴|死亡胎儿|胎死|宫内死亡|still\s*(?:birth|born)", re.IGNORECASE)
_ENDED = re.compile(r"引产|流产|人流|药流|终止妊娠|堕胎|清宫")
_LIVE = re.compile(
    "活产|存活|活婴|良好|健康|正常|一般|较好|好|差|窒息|早产|足月|畸形|缺陷|异常|live|"
    "新生儿死亡|生后死亡|出生后死亡|早期死亡",  # 活着出生，后来夭折
    re.IGNORECASE,
)
_SEXES = {
    "1": "1", "2": "2", "男": "1", "女": "2", "M": "1", "F": "2", "MALE": "1", "FEMALE": "2", "男性": "1", "女性": "2",
    "男婴": "1", "女婴": "2", "男孩": "1", "女孩": "2", "男童": "1", "女童": "2", "儿子": "1", "女儿": "2",
    "♂": "1", "♀": "2", "01": "1", "02": "2", "1男": "1", "2女": "2", "1-男": "1", "2-女": "2",
    "1-男性": "1", "2-女性": "2", "1.男": "1", "2.女": "2",
}  # fmt: skip
_UNSAID_SEX = frozenset(("0", "9", "3", "未说明", "未知的性别", "未说明的性别", "性别不明", "两性畸形", "其他"))
_DIGITS = {
    "一": 1, "二": 2, "两": 2, "双": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
    "单": 1, "大": 1, "小": 2, "老大": 1, "老二": 2, "老三": 3, "头": 1, "首": 1, "甲": 1, "乙": 2, "丙": 3,
    "A": 1, "B": 2, "C": 3, "D": 4, "I": 1, "II": 2, "III": 3,
}  # fmt: skip
_PLACE_WORDS = re.compile(r"^第|[孩胎个位次娩]|之?[子女婴宝]|及以上|以上|婴儿|胞|儿$")
_AS_TEXT = "请在原系统重新导出，该列设为“文本”后再填"
_CERTIFICATE = re.compile(r"[A-Z]\d{9}")
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●．.", "·"))
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Value:
    """取到的值 — '' or None when there is none; complaints are warnings, or reasons to return the row."""

    value: str | int | None
    complaints: tuple[Complaint, ...] = ()


def _flat(text: str) -> str:
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).strip()


def _tight(text: str) -> str:
    """Half-width without any space."""
    return unicodedata.normalize("NFKC", re.sub(r"\s", "", _flat(text)))


def absent(text: str) -> bool:
    """没有填 — empty, or one of the ways people write “nothing”."""
    return _flat(text).upper() in ABSENT


def read_name(text: str) -> Value:
    """姓名 — half-width, no space between Chinese characters, one kind of middle dot."""
    name = re.sub(r"\s+", " ", _flat(text))
    if name.upper() in ABSENT:
        return Value("")
    if _HAN.search(name):
        name = _tight(name).translate(_DOTS)
    name = name.strip(" ·,，;；、'\"")
    if "\ufffd" in name or "??" in name:
        return Value(name, (("有乱码，原字已丢失", "请按证件补上原字", WARN),))
    if name and not any(character.isalpha() for character in name):
        return Value("", (("不是姓名", "请填姓名，没有就留空", WARN),))
    return Value(name)


def read_identity(text: str) -> Value:
    """证件号码 — the number, half-width; digits lost by Excel return the row, any other fault is a warning."""
    if SCIENTIFIC.fullmatch(_flat(text)):
        return Value("", (("号码成了科学计数法，后几位已丢失", _AS_TEXT, RETURN),))
    identity = parse_identity(INVISIBLE.sub("", text))
    # the reason is shown and stored apart from the sealed value: it must not quote digits of the number
    reason = re.sub(r"「[^」]*」", "", identity.reason)
    if identity.kind == "none":
        return Value("", ((reason, "请按证件填写，没有就留空", WARN),) if identity.number else ())
    if identity.valid:
        return Value(identity.number)
    number = identity.number
    if len(number) == 18 and number.isdigit() and number.endswith("000"):
        return Value(
            "", (("末三位是 000 且校验不符，是 Excel 丢了位", "请在原系统重新导出，该列设为“文本”后再填", RETURN),)
        )
    return Value(number, ((reason, "请按证件核对；核不到也收，另行比对", WARN),))


def read_sex(text: str) -> Value:
    """性别 — '1' 男, '2' 女, '' not said."""
    flat = _flat(text).upper().replace(" ", "")
    if flat in _SEXES:
        return Value(_SEXES[flat])
    bare = re.sub(r"^\d[-.、:]?(?=\D)", "", flat)  # 9-未说明的性别
    if flat in ABSENT or bare in ABSENT or bare in _UNSAID_SEX:
        return Value("")
    return Value("", (("不认得的性别", "请填 男、女 或 1、2", WARN),))


def read_weight(column: Column, unit: str) -> Reader:
    """出生体重 — whole grams; the unit from the cell, else from the column's bracket, else by size."""
    by_kilo = unit in ("kg", "千克", "公斤")

    def read(text: str) -> Value:
        flat = _flat(text).lower().replace(",", "").replace(" ", "")
        if flat.upper() in ABSENT:
            return Value(None)
        found = re.fullmatch(r"(\d+(?:\.\d+)?)(kg|千克|公斤|斤|两|g|克)?", flat)
        if found is None:
            return Value(None, (("不是体重", "请填克数，例如 3250", WARN),))
        number, said = float(found[1]), found[2]
        if said in ("kg", "千克", "公斤") or (said is None and (by_kilo or not unit) and number < 20):
            number *= 1000
        elif said == "斤":
            number *= 500
        grams = round(number)
        if not grams:
            return Value(None)
        if not (column.least or 200) <= grams <= (column.most or 9000):
            return Value(None, ((f"体重 {grams} 克不合理", "请核对数值和单位（克）", WARN),))
        return Value(grams)

    return read


def _small_number(text: str) -> int | None:
    flat = _flat(text).upper().replace(" ", "")
    flat = re.split(r"[/\-之:：]", flat)[0] if re.match(r"\d+[/\-]\d+$", flat) else flat
    if found := re.search(r"之([一二三四大小12345])$", flat):
        flat = found[1]
    bare = _PLACE_WORDS.sub("", flat)
    for candidate in (flat, bare):
        if re.fullmatch(r"\d{1,2}(?:\.0+)?", candidate):
            return int(float(candidate))
        if candidate in _DIGITS:
            return _DIGITS[candidate]
    return None


def read_ordinal(text: str) -> Value:
    """次序 — 1, `第二孩`, `老大`, `A`, `1/2`; 0 and “nothing” are none."""
    number = _small_number(text)
    if number:
        return Value(number) if number <= 20 else Value(None, (("次序过大", "请核对", WARN),))
    if number == 0 or absent(text) or "单" in text or text.strip() in ("否", "是"):
        return Value(None)
    return Value(None, (("不是次序", "请填 1、2、3 …", WARN),))


def read_plurality(text: str) -> Value:
    """胎数 — `单胎`, `双胎`, `三胎`, 1, 2, 3; `否` to “more than one?” is 1, `是` alone says no number."""
    flat = _flat(text)
    if flat in ("否", "单胎", "单"):
        return Value(1)
    number = _small_number(flat)
    if number and number <= 9:
        return Value(number)
    if number == 0 or absent(flat) or flat in ("是", "多胎"):
        return Value(None)
    return Value(None, (("不是胎数", "请填 1、2、3 或 单胎、双胎", WARN),))


def read_place(text: str) -> Value:
    """区划代码 — as sent; anything else is kept and goes to a person."""
    flat = _tight(text)
    if flat.upper() in ABSENT:
        return Value("")
    if SCIENTIFIC.fullmatch(flat):
        return Value("", (("区划代码成了科学计数法，后几位已丢失", _AS_TEXT, WARN),))
    if not is_code(flat):
        return Value(flat, (("不是 6、9 或 12 位的区划代码", "请填区划代码；不填代码的由街镇人工分派", WARN),))
    return Value(flat)


def read_phone(text: str) -> Value:
    """电话 — digits, half-width; several numbers in one cell: the first that is whole."""
    flat = _flat(text)
    if flat.upper() in ABSENT:
        return Value("")
    if SCIENTIFIC.fullmatch(flat):
        return Value("", (("电话成了科学计数法，后几位已丢失", _AS_TEXT, WARN),))
    for part in (re.sub(r"\s", "", flat), *re.split(r"[,，;；、/\s|]+", flat)):
        digits = re.sub(r"[-()（）]", "", part).removeprefix("+86").removeprefix("0086")
        if re.fullmatch(r"1\d{10}|0\d{9,11}|[2-9]\d{6,7}", digits):
            return Value(digits)
    return Value(_tight(text), (("不像电话号码", "请核对；收下但不能据此联系", WARN),))


def read_code(text: str) -> Value:
    """编号 — as sent, half-width, upper case, no spaces; digits lost by Excel return the row."""
    flat = _tight(text).upper()
    if flat in ABSENT:
        return Value("")
    if SCIENTIFIC.fullmatch(flat):
        return Value("", (("编号成了科学计数法，后几位已丢失", "请把该列设为“文本”后重新导出", RETURN),))
    return Value(flat)


def read_certificate(text: str) -> Value:
    """出生医学证明编号 — one letter and nine digits; another form is kept with a warning."""
    found = read_code(text)
    if found.complaints:
        return Value("", tuple((reason, remedy, WARN) for reason, remedy, _ in found.complaints))
    if found.value and not _CERTIFICATE.fullmatch(str(found.value)):
        return Value(found.value, (("不是 1 个字母加 9 位数字", "请按出生医学证明核对", WARN),))
    return found


def read_text(text: str) -> Value:
    """文字 — half-width."""
    flat = _flat(text)
    return Value("" if flat.upper() in ABSENT else flat)


def read_outcome(column: Column) -> Reader:
    """分娩结局 — 'live', 'still', '' not said; an ended pregnancy is no birth and returns the row."""

    def read(text: str) -> Value:
        flat = _flat(text)
        if flat.lower() in column.values:
            return Value(column.values[flat.lower()])
        if STILL.search(flat):
            return Value("still")
        if _ENDED.search(flat):
            return Value("", (("不是出生", "本系统只收出生；请删去这一行", RETURN),))
        if flat.upper() in ABSENT or flat in ("0", "9"):
            return Value("")
        if _LIVE.search(flat):
            return Value("live")
        return Value("", (("不认得的结局", "请填 活产 或 死胎、死产", WARN),))

    return read


def read_remark(text: str) -> Value:
    """备注 — read for one thing only: whether it says the child was stillborn."""
    return Value("still" if STILL.search(_flat(text)) else "")


def reader_of(column: Column, unit: str) -> Reader:
    """读法 — the reader for a column's type; dates and times are read by `checking` itself."""
    if column.type == "weight":
        return read_weight(column, unit)
    if column.type == "outcome":
        return read_outcome(column)
    if column.field == "certificate":
        return read_certificate
    return _READERS[column.type]


_READERS: dict[str, Reader] = {
    "name": read_name, "identity": read_identity, "sex": read_sex, "ordinal": read_ordinal, "plurality": read_plurality,
    "place": read_place, "phone": read_phone, "code": read_code, "text": read_text, "remark": read_remark,
}  # fmt: skip
