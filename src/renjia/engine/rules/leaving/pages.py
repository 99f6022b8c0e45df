"""假期页 — a leave's page read and checked: who, from when, how many days, and how they are counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from renjia.engine.pages import DEFINITIONS, Grammar, Many, Named, Page, Words, load_pages, register
from renjia.engine.rules.grammar import LOCALITY
from renjia.engine.rules.inheritance import parameters_of
from renjia.engine.rules.sentences import PLACE_WORDS, Line
from renjia.engine.rules.standards import Parameter
from renjia.engine.rules.words import checked
from renjia.engine.sql import Expression

PEOPLE = ("母亲", "父亲")
WORDS = {
    "born": "date", "babies": "integer", "difficult": "boolean", "miscarriage_weeks": "integer", "married": "date",
}  # fmt: skip
_TEXTS = Many(Words())

LEAVE = register(
    Grammar(
        kind="leave",
        folder="leaves",
        required={"who": Many(Words(one_of=PEOPLE)), "on": Words(one_of=("born", "married"))},
        optional={
            "uses": _TEXTS,
            "wants": Named(Words()),
            "choices": Named(_TEXTS),
            "conditions": Many(Named(Words())),
            "after": Words(pattern=r"[a-z][a-z0-9_]*", meaning="写接在哪个假之后的编号"),
            "days": Many(Named(Words())),
            "hours": Many(Named(Words())),
            "yearly_until": Words(),
            "statutory": Words(one_of=("顺延", "不顺延")),
            "note": Words(),
            "lacking": _TEXTS,
            "order": Words(pattern=r"\d+", meaning="写成整数"),
        },
    )
)


@dataclass(frozen=True)
class LeavePage:
    """假期页 — one version of a leave.

    who: 母亲, 父亲; on: the day that decides which version and standards hold; days: whole days, or hours a day where
    the leave is a part of each day; yearly_until: the child's age up to which it is given anew each year;
    after: the leave it follows; extended: statutory holidays are not counted; lacking: no rule is known, only what is wanted
    """

    page: Page
    who: tuple[str, ...]
    on: str
    parameters: Mapping[str, Parameter]
    conditions: tuple[Line, ...]
    days: Line | None
    hours: Line | None
    yearly_until: Expression | None
    after: str
    extended: bool
    lacking: tuple[str, ...]

    @property
    def clause(self) -> str:
        """条款 — document, number and article the answer cites."""
        cites = self.page.cites[0]
        number = f"（{cites['number']}）" if cites.get("number") else ""
        stated = [line.clause for line in (self.days, self.hours) if line]
        return f"《{cites['document']}》{number}{''.join(stated)}"


def leave_pages(root: Path = DEFINITIONS) -> dict[str, list[LeavePage]]:
    """全部假期页 — versions by id, in order of date; leaves in the order their pages give. PageError where one is wrong."""
    read = [page for kind in (LEAVE.kind, LOCALITY.kind, "standard") for page in load_pages(kind, root)]
    return _cached(tuple(map(_Same, read)))


class _Same:
    """A page with its file's state: equal to any other reading of the same state."""

    def __init__(self, page: Page) -> None:
        self.page, self.state = page, (page.path, page.until, page.path.stat().st_mtime_ns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.state == other.state

    def __hash__(self) -> int:
        return hash(self.state)


@lru_cache(maxsize=16)
def _cached(given: tuple[_Same, ...]) -> dict[str, list[LeavePage]]:
    by_kind: dict[str, list[Page]] = {}
    for one in given:
        by_kind.setdefault(one.page.kind, []).append(one.page)
    pages, localities = by_kind.get(LEAVE.kind, []), by_kind.get(LOCALITY.kind, [])
    shared = {one.id: one for one in by_kind.get("standard", [])}
    known = {page.id for page in pages}
    found: dict[str, list[LeavePage]] = {}
    for page in sorted(pages, key=lambda one: (int(str(one.body.get("order", "99"))), one.id, one.since)):
        after = str(page.body.get("after", ""))
        if after and after not in known:
            raise page.error(("after",), f"没有假期「{after}」", f"已有：{'、'.join(sorted(known))}")
        found.setdefault(page.id, []).append(_read(page, parameters_of(page, localities, shared)))
    return found


def in_force(versions: list[LeavePage], on: date) -> LeavePage | None:
    """某日的版本 — None when the leave did not exist."""
    return next((one for one in versions if one.page.in_force(on)), None)


def _read(page: Page, parameters: Mapping[str, Parameter]) -> LeavePage:
    words = {**WORDS, **PLACE_WORDS, **{name: one.type for name, one in parameters.items()}}
    lacking = tuple(str(one) for one in _items(page, "lacking"))
    days, hours = (_line(page, key, words, "integer") for key in ("days", "hours"))
    if not lacking and (days is None) == (hours is None):
        raise page.error(
            (), "天数（days）和每日小时（hours）应写一个", "写一个；文件没有给出的写 lacking: [所缺的文件]"
        )
    until = None
    if "yearly_until" in page.body:
        until = checked(page, ("yearly_until",), str(page.body["yearly_until"]), words)
    return LeavePage(
        page=page, who=tuple(str(one) for one in _items(page, "who")), on=str(page.body["on"]), parameters=parameters,
        conditions=tuple(_lines(page, "conditions", words, boolean=True)), days=days, hours=hours, yearly_until=until,
        after=str(page.body.get("after", "")), extended=page.body.get("statutory") == "顺延", lacking=lacking,
    )  # fmt: skip


def _line(page: Page, key: str, words: Mapping[str, str], kind: str) -> Line | None:
    found = _lines(page, key, words)
    if len(found) > 1:
        raise page.error((key, 1), f"{key} 只写一条", "几种情形写进一个式子")
    if found and found[0].test.type not in (kind, "null"):
        raise page.error((key, 0), f"「{found[0].test.text}」不是整数", "天数和小时写成整数")
    return found[0] if found else None


def _lines(page: Page, key: str, words: Mapping[str, str], *, boolean: bool = False) -> list[Line]:
    found = []
    for at, item in enumerate(_items(page, key)):
        if not isinstance(item, dict) or len(item) != 1:
            raise page.error((key, at), "每句应是「条款 句子: 式子」", "以 - 开头，一句一行")
        said, text = next(iter(item.items()))
        clause, _, sentence = said.partition(" ")
        if not sentence:
            raise page.error((key, at, said), f"「{said}」没有写条款", "条款写在句前，空一格")
        test = checked(page, (key, at, said), str(text), words, boolean=boolean)
        found.append(Line(clause, sentence, test))
    return found


def _items(page: Page, key: str) -> list[object]:
    value = page.body.get(key, [])
    assert isinstance(value, list)
    return list(value)
