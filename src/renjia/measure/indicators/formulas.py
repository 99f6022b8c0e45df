"""公式 — an indicator's page and the facts it reads, checked and ready to be put together as SQL."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from sqlglot import exp

from renjia.engine.pages import DEFINITIONS, Page, load_pages, pages_on
from renjia.engine.sql import Fact, SqlError, Summary, column_types, connect, read_facts, summary, translate
from renjia.measure.snapshot import TABLES

PLACES = {"district": 6, "street": 9, "neighbourhood": 12}
"""地域层级 — columns every fact has, and the length of their codes."""

KEY, MONTH = "case", "month"
_NEEDED = (KEY, MONTH, *PLACES)


@dataclass(frozen=True)
class Half:
    """半边 — the numerator or the denominator: what is summed over which rows of which fact.

    counted: SQL of the whole number one row adds; where: SQL of its condition, `TRUE` if none.
    """

    text: str
    fact: Fact
    words: dict[str, str]
    counted: str
    where: str


@dataclass(frozen=True)
class Formula:
    """公式 — both halves, the scale and how the value is written."""

    page: Page
    numerator: Half
    denominator: Half | None
    scale: Decimal
    decimals: int
    version: str

    @property
    def halves(self) -> tuple[Half, ...]:
        """两半 — the halves there are."""
        return (self.numerator, self.denominator) if self.denominator else (self.numerator,)

    @property
    def by(self) -> tuple[str, ...]:
        """通常的分法 — the breakdown the page proposes."""
        return tuple(str(name) for name in self.page.body.get("by", ()))

    @property
    def is_share(self) -> bool:
        """部分占总体 — whether the numerator is a part of the denominator."""
        return self.page.body.get("kind") == "share"

    def dimensions(self) -> dict[str, str]:
        """维度 — text columns that both halves have, beside place and month, with their Chinese meaning."""
        shared = [
            name
            for name, kind in self.numerator.words.items()
            if kind == "text" and name not in _NEEDED and all(h.words.get(name) == kind for h in self.halves)
        ]
        return {name: self.numerator.fact.columns[name] for name in shared}

    def marks(self, target: Decimal | None) -> tuple[Decimal, ...]:
        """界 — values that rounding may not pretend to reach."""
        edges = (Decimal(0), self.scale) if self.is_share else (Decimal(0),)
        return edges if target is None else (*edges, target)


def all_indicators(on: date | None = None) -> list[Page]:
    """全部指标 — pages in force on the day (the latest of each when no day is given), by their group and order."""
    if on is None:
        pages = {page.id: page for page in load_pages("indicator")}
    else:
        pages = pages_on("indicator", on)
    return sorted(pages.values(), key=lambda page: (int(str(page.body.get("order", "9999"))), page.id))


def dimensions(page: Page) -> dict[str, str]:
    """可分的维度 — what the indicator may be broken down by beside place and month: column → 中文."""
    return formula_of(page).dimensions()


def version_of(page: Page) -> str:
    """口径版本 — 12 hex digits of all that changes the number: formula, scale, unit and the facts' SQL."""
    return formula_of(page).version


def target_of(page: Page, on: date) -> Decimal | None:
    """目标值 — the standard `target` on the day; None where the page has none."""
    standard = page.standards.get("target")
    text = standard.on(on) if standard else None
    return Decimal(text) if text is not None else None


def is_unplaced(code: str) -> bool:
    """未落到下级 — whether the code stands for what a district or street could not place further (…000)."""
    return len(code) in (PLACES["street"], PLACES["neighbourhood"]) and code.endswith("000")


def facts(root: Path = DEFINITIONS) -> dict[str, Fact]:
    """事实 — all facts by name; SqlError naming file and place for the first that is wrong."""
    return {name: fact for name, (fact, _) in _vocabulary(*_state(root / "facts")).items()}


def formula_of(page: Page) -> Formula:
    """读公式 — PageError at the line of what cannot be computed."""
    root = page.path.parents[1] if page.path.parent.name == "indicators" else page.path.parents[2]
    if not (root / "facts").is_dir():
        root = DEFINITIONS
    vocabulary = _vocabulary(*_state(root / "facts"))
    numerator = _half(page, "numerator", vocabulary)
    denominator = _half(page, "denominator", vocabulary) if "denominator" in page.body else None
    kind = str(page.body.get("kind", "count" if denominator is None else "ratio"))
    if kind not in ("count", "share", "ratio"):
        raise page.error(("kind",), f"还不会算「{kind}」这一类", "写 count、share 或 ratio")
    if (kind == "count") != (denominator is None):
        what = "count 没有分母，share、ratio 要有分母"
        raise page.error(("kind",), what, "改 kind，或增删 denominator 一行")
    if kind == "share" and denominator is not None and numerator.fact.name != denominator.fact.name:
        raise page.error(
            ("numerator",), "share 的分子是分母的一部分，两行应出自同一事实", "改成同一事实，或写 kind: ratio"
        )
    formula = Formula(
        page, numerator, denominator, Decimal(str(page.body.get("scale", "1"))),
        int(str(page.body.get("decimals", "0" if denominator is None else "2"))), _version(page, numerator, denominator),
    )  # fmt: skip
    for at, name in enumerate(formula.by):
        if name not in PLACES and name != MONTH and name not in formula.dimensions():
            raise page.error(
                ("by", at), f"不能按「{name}」分", f"可分：{'、'.join((*PLACES, MONTH, *formula.dimensions()))}"
            )
    if "target" in page.standards:
        _check_target(page)
    return formula


def _half(page: Page, key: str, vocabulary: dict[str, tuple[Fact, dict[str, str]]]) -> Half:
    text = str(page.body[key])
    try:
        found = summary(text, {name: words for name, (_, words) in vocabulary.items()})
    except SqlError as wrong:
        raise page.error((key,), str(wrong), "词汇见 definitions/facts") from wrong
    fact, words = vocabulary[found.fact]
    where = translate(found.where, "duckdb") if found.where is not None else "TRUE"
    return Half(text, fact, words, _counted(page, key, found), where)


def _counted(page: Page, key: str, found: Summary) -> str:
    """What one row adds. Only whole numbers that add up over places, months and dimensions."""
    value = found.value
    if isinstance(value, exp.Count) and isinstance(value.this, exp.Star):
        return "1"
    if isinstance(value, exp.Sum) and found.type == "integer":
        return f"coalesce({translate(value.this, 'duckdb')}, 0)"
    raise page.error(
        (key,),
        f"「{found.text.strip()}」各地各月不能相加，或不是整数",
        "写 count(*) FROM … WHERE …，或 sum(整数列) FROM …",
    )


def _check_target(page: Page) -> None:
    for day, text in page.standards["target"].values.items():
        try:
            sound = Decimal(text).is_finite()
        except ArithmeticError:
            sound = False
        if not sound:
            raise page.error(("standards", "target", str(day)), f"目标「{text}」不是数", "写成 99 或 99.5")


def _version(page: Page, *halves: Half | None) -> str:
    meaning = [page.id, page.body.get("kind"), page.body.get("scale"), page.body["unit"]]
    for half in halves:
        meaning.append([half.fact.name, half.fact.sql, half.counted, half.where] if half else None)
    return hashlib.sha256(json.dumps(meaning, ensure_ascii=False).encode()).hexdigest()[:12]


def _state(folder: Path) -> tuple[Path, tuple[tuple[str, int, int], ...]]:
    files = sorted(folder.glob("*.sql"))
    return folder, tuple((f.name, (s := f.stat()).st_mtime_ns, s.st_size) for f in files)


@lru_cache(maxsize=8)
def _vocabulary(folder: Path, state: tuple[tuple[str, int, int], ...]) -> dict[str, tuple[Fact, dict[str, str]]]:
    """Each fact and the types of its columns, found on empty tables of the contract; once for each state of the files."""
    found = {}
    with connect(threads=1) as empty:
        for name, schema in TABLES.items():
            empty.register(name, schema.empty_table())
        for name, fact in read_facts(folder, tuple(TABLES)).items():
            words = column_types(empty, fact.sql)
            missing = [column for column in _NEEDED if words.get(column) != "text"]
            if missing:
                raise SqlError(
                    f"facts/{name}.sql：缺文字列 {'、'.join(missing)}；事实都要能按个案、地域、月份归类", name
                )
            found[name] = (fact, words)
    return found
