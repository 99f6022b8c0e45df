"""来源 — the feed pages as intake uses them: which column is which field, and which columns are forbidden."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from renjia.engine.pages import DEFINITIONS, Page, load_pages
from renjia.records.intake.headers import header_and_unit, plain_header

# 标准字段 — canonical field: Chinese label, and the column types it may be read from (the first is the usual one).
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "record_no": ("记录号", ("code",)),
    "mother_name": ("母亲姓名", ("name",)),
    "mother_id": ("母亲证件号码", ("identity",)),
    "father_name": ("父亲姓名", ("name",)),
    "father_id": ("父亲证件号码", ("identity",)),
    "baby_name": ("新生儿姓名", ("name",)),
    "born": ("出生日期", ("moment", "date")),
    "minute": ("出生时刻", ("time",)),
    "sex": ("性别", ("sex",)),
    "weight": ("出生体重", ("weight",)),
    "order": ("同胎序号", ("ordinal",)),
    "plurality": ("胎数", ("plurality",)),
    "parity": ("孩次", ("ordinal",)),
    "address": ("现住地", ("place",)),
    "hukou_place": ("户籍地", ("place",)),
    "phone": ("联系电话", ("phone",)),
    "institution": ("分娩机构", ("code", "text")),
    "certificate": ("出生医学证明编号", ("code",)),
    "reported": ("上报日期", ("date", "moment")),
    "outcome": ("分娩结局", ("outcome", "remark")),
    "nationality": ("国籍", ("text",)),
}


@dataclass(frozen=True, slots=True)
class Column:
    """一列 — its name on the page, the field it becomes, how it is read, its bounds, the words it is known by."""

    name: str
    field: str
    type: str
    known_as: frozenset[str]
    least: float | None
    most: float | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ban:
    """禁收 — column words no file may carry, with the rule that says so."""

    id: str
    name: str
    rule: str
    words: tuple[str, ...]
    allowed: tuple[str, ...]

    def word_in(self, header: str) -> str:
        """The forbidden word in a column's name; '' when there is none."""
        flat = plain_header(header)
        for harmless in self.allowed:
            flat = flat.replace(harmless, "")
        return next((word for word in self.words if word in flat), "")


@dataclass(frozen=True, slots=True)
class Feed:
    """一个来源 — its page and columns in the page's order: for one field the earlier column wins."""

    id: str
    name: str
    order: int
    senders: tuple[str, ...]
    columns: tuple[Column, ...]
    ignored: frozenset[str]
    known_as: tuple[str, ...]
    bans: tuple[Ban, ...]
    early: bool
    page: Page

    def column_of(self, header: str) -> Column | None:
        """认列 — the column a header names: whole first, then without its bracket."""
        for flat in (plain_header(header), header_and_unit(header)[0]):
            for column in self.columns:
                if flat in column.known_as:
                    return column
        return None

    def ignores(self, header: str) -> bool:
        """不用的列 — known, and of no use here."""
        return bool({plain_header(header), header_and_unit(header)[0]} & self.ignored)

    def due_days(self, on: date) -> int | None:
        """应报期限 — days from birth within which this source should report; None when it has no term."""
        standard = self.page.standards.get("due_days")
        value = standard.on(on) if standard else None
        return None if value in (None, "none") else int(str(value))


def load_feeds(on: date | None = None, root: Path = DEFINITIONS) -> dict[str, Feed]:
    """全部来源 — feeds by id in their fixed order: those in force on the day, or the latest of each."""
    pages: dict[str, Page] = {}
    for page in load_pages("feed", root):
        if on is None or page.in_force(on):
            pages[page.id] = page
    bans = tuple(_ban(page) for page in load_pages("refusal", root) if on is None or page.in_force(on))
    found = [_feed(page, bans) for page in pages.values()]
    return {feed.id: feed for feed in sorted(found, key=lambda feed: feed.order)}


@lru_cache(maxsize=8)
def _words(stamp: tuple[int, ...]) -> frozenset[str]:
    known: set[str] = set()
    for feed in load_feeds().values():
        known |= feed.ignored
        for column in feed.columns:
            known |= column.known_as
    return frozenset(known)


def header_words() -> frozenset[str]:
    """认得的列名 — every word by which any feed knows a column, plain."""
    stamps = [path.stat().st_mtime_ns for path in sorted((DEFINITIONS / "feeds").glob("**/*.yaml"))]
    return _words(tuple(stamps))


def _texts(page: Page, key: str) -> tuple[str, ...]:
    value = page.body.get(key, [])
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _ban(page: Page) -> Ban:
    cite = page.cites[0]
    source = "".join(cite.get(key, "") for key in ("document", "number", "article"))
    return Ban(
        page.id, page.name, f"{page.body['rule']}（{source}）",
        tuple(plain_header(word) for word in _texts(page, "words")),
        tuple(plain_header(word) for word in _texts(page, "allowed")),
    )  # fmt: skip


def _feed(page: Page, bans: tuple[Ban, ...]) -> Feed:
    columns: list[Column] = []
    owner: dict[str, str] = {}
    body = page.body["columns"]
    assert isinstance(body, dict)
    for name, said in body.items():
        assert isinstance(said, dict)
        column = _column(page, name, said)
        for word in column.known_as:
            if owner.setdefault(word, name) != name:
                what = f"「{word}」既是「{owner[word]}」又是「{name}」"
                raise page.error(("columns", name), what, "一个列名只归一列")
        columns.append(column)
    ignored = frozenset(plain_header(word) for word in _texts(page, "ignored"))
    both = ignored & owner.keys()
    if both:
        raise page.error(("ignored",), f"「{min(both)}」既要用又不用", "只留一处")
    if not {"record_no", "born", "reported"} <= {column.field for column in columns}:
        raise page.error(
            ("columns",), "缺记录号、出生日期或上报日期的列", "补上 field 为 record_no、born、reported 的列"
        )
    return Feed(
        id=page.id, name=page.name, order=int(str(page.body["order"])), senders=_texts(page, "senders"),
        columns=tuple(columns), ignored=ignored, known_as=(page.name, *_texts(page, "known_as")), bans=bans,
        early=page.body.get("reported_before_birth") == "true", page=page,
    )  # fmt: skip


def _column(page: Page, name: str, said: Mapping[str, object]) -> Column:
    field_name = str(said["field"])
    if field_name not in FIELDS:
        raise page.error(("columns", name, "field"), f"没有标准字段「{field_name}」", f"可用：{'、'.join(FIELDS)}")
    types = FIELDS[field_name][1]
    kind = str(said.get("type", types[0]))
    if kind not in types:
        raise page.error(("columns", name, "type"), f"「{field_name}」不能按「{kind}」读", f"可用：{'、'.join(types)}")
    least = most = None
    if "between" in said:
        least, most = (float(bound) for bound in str(said["between"]).split("~"))
    also = said.get("also", [])
    assert isinstance(also, list)
    values = said.get("values", {})
    assert isinstance(values, dict)
    # the page's own first column of a field answers to the canonical name too (English headers come in)
    first = next(key for key, one in _columns(page).items() if one["field"] == field_name) == name
    known = {name, *(spelling for word in also for spelling in _spellings(str(word)))} | (
        {field_name} if first else set()
    )
    return Column(
        name, field_name, kind, frozenset(plain_header(word) for word in known), least, most,
        {plain_header(str(key)): str(value) for key, value in values.items()},
    )  # fmt: skip


def _spellings(word: str) -> list[str]:
    """`(母亲|产妇)姓名` → 母亲姓名, 产妇姓名; a word without `|` stands for itself."""
    if "|" not in word:
        return [word]
    pieces = [piece.split("|") for piece in re.split(r"[()]", word)]
    return ["".join(spelling) for spelling in itertools.product(*pieces)]


def _columns(page: Page) -> dict[str, Mapping[str, object]]:
    body = page.body["columns"]
    assert isinstance(body, dict)
    return {name: said for name, said in body.items() if isinstance(said, dict)}
