"""一页 — the head every page shares: id, name, citations, dates in force, standards, cases."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from renjia.engine.pages.errors import PageError
from renjia.engine.pages.grammar import HEAD, Grammar, check_body
from renjia.engine.pages.nodes import Keys, Lines, Plain, read_page

ALWAYS = date.min
_CITE_KEYS = ("document", "number", "article", "from", "checked", "url")
_STANDARD_KEYS = ("confirmed", "confirmed_until", "source", "checked", "unit", "note")


@dataclass(frozen=True, slots=True)
class Standard:
    """一个标准 — a dated parameter: values by the day they start, whether confirmed, where from.

    confirmed_until: what is in force up to that day is confirmed, what comes later is not, whatever `confirmed` says.
    """

    id: str
    values: dict[date, str]
    confirmed: bool = False
    source: str = ""
    checked: date | None = None
    unit: str = ""
    note: str = ""
    confirmed_until: date | None = None

    def is_confirmed(self, day: date) -> bool:
        """某日已确认 — whether the value in force on the day has been confirmed."""
        return self.confirmed if self.confirmed_until is None else day <= self.confirmed_until

    def on(self, day: date) -> str | None:
        """某日的值 — the text in force on the day; None before the first date."""
        started = [since for since in self.values if since <= day]
        return self.values[max(started)] if started else None


@dataclass(frozen=True, slots=True)
class Page:
    """定义页 — one definition in force from `since` to `until` (last day, inclusive; None = still).

    cites: one dict a document; standards: by id; cases, body: plain nested dict/list of str, nothing typed.
    `since` is `date.min` for a kind that need not be dated and does not say.
    """

    kind: str
    id: str
    name: str
    cites: tuple[dict[str, str], ...]
    since: date
    until: date | None
    standards: dict[str, Standard]
    cases: list[Plain]
    body: dict[str, Plain]
    path: Path
    lines: Lines = field(default_factory=dict, repr=False, compare=False)

    def line_of(self, *keys: str | int) -> int:
        """行号 — line of the key path; of the nearest written ancestor when the path itself is not written."""
        for end in range(len(keys), -1, -1):
            if keys[:end] in self.lines:
                return self.lines[keys[:end]]
        return 0

    def in_force(self, on: date) -> bool:
        """当日有效 — whether the page is in force on the day."""
        return self.since <= on and (self.until is None or on <= self.until)

    def error(self, keys: Keys, what: str, remedy: str) -> PageError:
        """就地报错 — a PageError at the line of the key path, for the room that reads the body."""
        return PageError(self.path, self.line_of(*keys), what, remedy)

    def standard(self, keys: Keys, value: Plain) -> Standard:
        """正文里的标准 — what is written at the key path, read as the head's standards are; its id is the last key."""
        return _Head(self.path, self.lines).standard(keys, value)


def parse_page(path: Path, grammar: Grammar) -> Page:
    """读成一页 — head read, body checked against the grammar; PageError with file and line otherwise."""
    plain, lines = read_page(path)
    head = _Head(path, lines)
    identifier = head.text(plain, grammar.kind)
    if identifier is None:
        first = next(iter(plain), "")
        raise PageError(
            path, 1, f"第一个键是「{first}」，不是「{grammar.kind}」", f"这个文件夹的页面以 {grammar.kind}: 编号 开头"
        )
    if not re.fullmatch(grammar.ids, identifier):
        raise PageError(
            path, lines[(grammar.kind,)], f"编号「{identifier}」写法不对", "用小写英文、数字和下划线，字母开头"
        )
    name = head.text(plain, "name")
    if not name:
        raise PageError(path, lines.get(("name",), 1), "缺 name（中文名称）", "补一行 name: 名称")
    since = head.day(plain, "since")
    if since is None and grammar.dated:
        raise PageError(path, lines.get(("since",), 1), "缺 since（从哪天起有效）", "补一行 since: 2025-01-01")
    until = head.day(plain, "until")
    if until is not None and until < (since or ALWAYS):
        raise PageError(path, lines[("until",)], f"until {until} 早于 since {since}", "until 是最后有效的一天")
    cites = head.cites(plain)
    if grammar.cited and not cites:
        raise PageError(
            path, lines.get(("cites",), 1), "缺 cites（依据）", "补一行 cites: {document: 文件名, number: 文号}"
        )
    body = {key: value for key, value in plain.items() if key not in HEAD and key != grammar.kind}
    check_body(body, grammar, lines, path)
    return Page(
        kind=grammar.kind, id=identifier, name=name, cites=cites, since=since or ALWAYS, until=until,
        standards=head.standards(plain), cases=head.cases(plain), body=body, path=path, lines=lines,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Head:
    """Reads head keys and blames the right line."""

    path: Path
    lines: Lines

    def wrong(self, keys: Keys, what: str, remedy: str) -> PageError:
        return PageError(self.path, self.lines.get(keys, 1), what, remedy)

    def text(self, plain: dict[str, Plain], key: str) -> str | None:
        value = plain.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong((key,), f"「{key}」应是一段文字", "不要写成列表或多级")
        return value

    def day(self, plain: dict[str, Plain], key: str) -> date | None:
        value = self.text(plain, key)
        return None if value is None else self.as_day(value, (key,))

    def as_day(self, value: str, keys: Keys) -> date:
        try:
            if len(value) != 10:
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError as error:
            raise self.wrong(keys, f"「{value}」不是日期", "写成 2025-01-01") from error

    def cites(self, plain: dict[str, Plain]) -> tuple[dict[str, str], ...]:
        value = plain.get("cites", [])
        many = value if isinstance(value, list) else [value]
        found: list[dict[str, str]] = []
        for index, one in enumerate(many):
            keys: Keys = ("cites", index) if isinstance(value, list) else ("cites",)
            if isinstance(one, str):
                one = {"document": one}
            if not isinstance(one, dict) or not one.get("document"):
                raise self.wrong(keys, "依据没有写文件名", "写成 {document: 文件名, number: 文号, article: 条款}")
            cite: dict[str, str] = {}
            for key, text in one.items():
                if key not in _CITE_KEYS or not isinstance(text, str):
                    raise self.wrong((*keys, key), f"依据里不认识「{key}」", f"可写：{'、'.join(_CITE_KEYS)}")
                cite[key] = text
            found.append(cite)
        return tuple(found)

    def standards(self, plain: dict[str, Plain]) -> dict[str, Standard]:
        value = plain.get("standards", {})
        if not isinstance(value, dict):
            raise self.wrong(
                ("standards",),
                "「standards」应是“编号: {日期: 值}”",
                "例如 due_days: {2025-01-01: 30, confirmed: false}",
            )
        return {key: self.standard(("standards", key), one) for key, one in value.items()}

    def standard(self, keys: Keys, value: Plain) -> Standard:
        key = str(keys[-1])
        if not isinstance(value, dict):
            raise self.wrong(keys, f"标准「{key}」没有写起始日期", f"写成 {key}: {{2025-01-01: 值, confirmed: false}}")
        values: dict[date, str] = {}
        said: dict[str, str] = {}
        for name, text in value.items():
            if not isinstance(text, str) or not text:
                raise self.wrong((*keys, name), f"标准「{key}」的「{name}」没有写值", "写一段文字或一个数")
            if name in _STANDARD_KEYS:
                said[name] = text
            else:
                values[self.as_day(name, (*keys, name))] = text
        if not values:
            raise self.wrong(keys, f"标准「{key}」没有任何起始日期和值", f"写成 {key}: {{2025-01-01: 值}}")
        if said.get("confirmed", "false") not in ("true", "false"):
            raise self.wrong((*keys, "confirmed"), f"confirmed 写了「{said['confirmed']}」", "写 true 或 false")
        checked, until = said.get("checked"), said.get("confirmed_until")
        return Standard(
            id=key, values=dict(sorted(values.items())), confirmed=said.get("confirmed") == "true",
            source=said.get("source", ""), unit=said.get("unit", ""), note=said.get("note", ""),
            checked=self.as_day(checked, (*keys, "checked")) if checked else None,
            confirmed_until=self.as_day(until, (*keys, "confirmed_until")) if until else None,
        )  # fmt: skip

    def cases(self, plain: dict[str, Plain]) -> list[Plain]:
        value = plain.get("cases", [])
        if not isinstance(value, list):
            raise self.wrong(("cases",), "「cases」应是一列", "每例一行，以 - 开头")
        return value
