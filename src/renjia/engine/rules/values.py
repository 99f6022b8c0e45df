"""取值 — a column as written in a file, in Chinese or English, as values of the contract."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.rules.schemas import Column
from renjia.engine.units import fen

EMPTY = frozenset(("", "-", "—", "/", "NULL", "null", "None", "无", "不详", "未知", "未填"))
_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))"
)
_YES_NO = {
    **dict.fromkeys(("true", "是", "1", "有", "符合", "合法", "符合政策", "政策内", "y", "yes", "t", "√"), True),
    **dict.fromkeys(
        ("false", "否", "0", "不符合", "不合法", "违法", "不符合政策", "政策外", "n", "no", "f", "×"), False
    ),
}
_CODE = re.compile(r"[a-z0-9_]+")
_FOLDED = str.maketrans("-()/", "_（）／")
_STILL = frozenset(("至今", "长期", "长期有效", "永久", "现在"))
_EARLIEST, _LATEST = 1850, 2200


class Bad(ValueError):
    """坏值 — `index` of the first row that holds it, the value, why, and what to write instead."""

    def __init__(self, index: int, value: str, what: str, remedy: str) -> None:
        """Keeps the parts; the reader of files says where."""
        super().__init__(f"「{value}」{what}；{remedy}")
        self.index = index
        self.value = value


def converted(column: Column, given: pa.ChunkedArray, more: Mapping[str, str] | None = None) -> pa.ChunkedArray:
    """转换一列 — to the column's Arrow type; `more` are further words for this column. Raises Bad."""
    kind = given.type
    if kind == column.arrow and column.type not in ("text", "int"):
        return given
    if pa.types.is_floating(kind) and column.type != "int":
        first = next((at for at, one in enumerate(given.to_pylist()) if one is not None), None)
        if first is not None:
            shown = str(given[first].as_py())
            raise Bad(first, shown, f"是浮点数，「{column.name}」不收", "金额用 DECIMAL(18,2)，代码用文字")
    if pa.types.is_timestamp(kind) or pa.types.is_date64(kind):
        given = pc.cast(given, pa.date32(), safe=False)
        if column.type == "date":
            return given
    whole = column.type == "int" and not column.words and pa.types.is_integer(kind)
    if whole or (column.type == "money" and pa.types.is_decimal(kind)):
        return _cast(column, given)
    text = pc.utf8_trim_whitespace(pc.cast(given, pa.string()))
    if column.type == "text" and not column.words and not more:
        empty = pa.array([one for one in EMPTY if one != "无"], pa.string())
        return pc.if_else(pc.is_in(text, value_set=empty), pa.scalar(None, pa.string()), text)
    return _by_word(column, text, _reader(column, more or {}))


def _cast(column: Column, given: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return pc.cast(given, column.arrow)
    except pa.ArrowInvalid:
        raise Bad(0, "", f"「{column.name}」有放不下的数", "金额最多两位小数") from None


def _by_word(column: Column, text: pa.ChunkedArray, read: Callable[[str], Any]) -> pa.ChunkedArray:
    """Each distinct word once, then all rows at a stroke."""
    coded = (
        text.combine_chunks().dictionary_encode() if text.num_chunks else pa.array([], pa.string()).dictionary_encode()
    )
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    values: list[Any] = []
    for at, word in enumerate(coded.dictionary.to_pylist()):
        try:
            nothing = (word in EMPTY and word not in column.words) or (column.type == "date" and word in _STILL)
            values.append(None if nothing else read(word))
        except ValueError as wrong:
            what, _, remedy = str(wrong).partition("；")
            raise Bad(pc.index(coded.indices, pa.scalar(at, coded.indices.type)).as_py(), word, what, remedy) from None
    return pa.chunked_array([pc.take(pa.array(values, column.arrow), coded.indices)])


def _reader(column: Column, more: Mapping[str, str]) -> Callable[[str], Any]:
    if column.type == "date":
        return _day
    if column.type == "bool":
        return _yes_no
    if column.type == "money":
        return _money
    if column.type == "int":
        return lambda word: _whole(column, word)
    return lambda word: _word(column, more, word)


def _day(word: str) -> date:
    found = _DAY.fullmatch(word)
    try:
        if found is None and re.fullmatch(r"\d{4}-\d{2}-\d{2}[ T]00:00(:00(\.0+)?)?", word):
            return datetime.fromisoformat(word).date()  # a day, as some programs write it
        if found is None:
            raise ValueError(word)
        year, month, day = (int(part) for part in found.groups() if part)
        answer = date(year, month, day)
    except ValueError:
        raise ValueError("不是日期；请用 2025-03-08 的写法") from None
    if not _EARLIEST <= answer.year <= _LATEST:
        raise ValueError(f"年份不对；应在 {_EARLIEST} 至 {_LATEST} 年之间")
    return answer


def _yes_no(word: str) -> bool:
    if word.lower() not in _YES_NO:
        raise ValueError("不是是否；请写 是 或 否，不知道就留空")
    return _YES_NO[word.lower()]


def _money(word: str) -> Decimal:
    try:
        amount = fen(word)
    except ValueError:
        raise ValueError("不是金额；请用 3600.00 的写法") from None
    return Decimal(amount).scaleb(-2)


def _whole(column: Column, word: str) -> int:
    known = column.words.get(word.lower(), word)
    if (column.closed and word.lower() not in column.words) or not re.fullmatch(r"\d{1,6}(\.0)?", known):
        listed = "、".join(dict.fromkeys(column.words.values()))
        raise ValueError(f"不是{f'「{column.headers[0]}」的代码；只有 {listed}' if column.words else '整数；请写数字'}")
    return int(known.removesuffix(".0"))


def _word(column: Column, more: Mapping[str, str], word: str) -> str:
    known = {**column.words, **more}
    folded = word.lower()
    if more:  # names of schemes, as `schemes.folded` writes them
        folded = folded.translate(_FOLDED)
    if word in known or folded in known:
        return known[word] if word in known else known[folded]
    if column.kept:
        return word.upper() if word.isascii() else word
    if column.words and not column.closed and _CODE.fullmatch(word):
        return word
    if more and not column.words:  # another district's programme is kept and matches nothing; a slip of the pen is not
        near = get_close_matches(folded, sorted(more), n=3, cutoff=0.75)
        if not near:
            return word
        raise ValueError(
            f"不是「{column.headers[0]}」的值；是不是 {'、'.join(f'{one}（{more[one]}）' for one in near)}"
        )
    said = [f"{one}（{code}）" for one, code in known.items() if one != code and not one.isascii()] or sorted(known)
    raise ValueError(f"不是「{column.headers[0]}」的值；可写 {'、'.join(said[:12])}")
