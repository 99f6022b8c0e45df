"""公式 — an indicator's page and the facts it reads, checked and ready to be put together as SQL."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path

from sqlglot import exp

from renjia.engine.pages import DEFINITIONS, Page, load_pages, pages_on
from renjia.engine.sql import Fact, SqlError, Summary, column_types, connect, summary, translate
from renjia.measure.indicators.kinds import KINDS, PROFILES, SINGLE
from renjia.measure.snapshot import TABLES, Facts, facts_of

PLACES = {"district": 6, "street": 9, "neighbourhood": 12}
"""地域层级 — columns every fact has, and the length of their codes."""

KEY, MONTH, FIRST_MONTH, AGE = "case", "month", "first_month", "age"
SINCE, UNTIL, BORN = "since", "until", "born"
BIRTH_MONITORING = "birth_monitoring"
"""出生监测 — the subject of a page that names none: what the district board and the bulletin show."""

_NEEDED = (KEY, *PLACES)
_FIXED = (KEY, MONTH, FIRST_MONTH, *PLACES, "base", "origin", "household")


@dataclass(frozen=True)
class Half:
    """半边 — the numerator or the denominator: what is summed over which rows of which fact.

    words: column → type, with `age` and `month` for a fact of people present (they have no month of their own)
    counted: SQL of the whole number one row adds; where: SQL of its condition, `TRUE` if none
    columns: the columns both use
    """

    text: str
    fact: Fact
    words: dict[str, str]
    adds: exp.Expr
    condition: exp.Expr | None

    @cached_property
    def counted(self) -> str:
        """每行所加 — in DuckDB's SQL."""
        return self.counted_in("duckdb")

    @cached_property
    def where(self) -> str:
        """条件 — in DuckDB's SQL."""
        return self.where_in("duckdb")

    @cached_property
    def columns(self) -> frozenset[str]:
        """用到的列 — of the condition and of what is summed."""
        trees = [tree for tree in (self.adds, self.condition) if tree is not None]
        return frozenset(column.name for tree in trees for column in tree.find_all(exp.Column))

    @property
    def is_stock(self) -> bool:
        """时点 — whether rows are spells of people present rather than events of a month."""
        return SINCE in self.words and UNTIL in self.words

    @property
    def summed(self) -> frozenset[str]:
        """所加的列 — never a dimension."""
        return frozenset(column.name for column in self.adds.find_all(exp.Column))

    def counted_in(self, dialect: str) -> str:
        """每行所加 — in the dialect."""
        return translate(self.adds, dialect)

    def where_in(self, dialect: str) -> str:
        """条件 — in the dialect."""
        return translate(self.condition, dialect) if self.condition is not None else "TRUE"

    def fact_in(self, dialect: str) -> str:
        """事实 — its SELECT in the dialect."""
        return self.fact.sql if dialect == "duckdb" else translate(self.fact, dialect)


@dataclass(frozen=True)
class Formula:
    """公式 — both halves, the scale and how the value is written."""

    page: Page
    numerator: Half
    denominator: Half | None
    scale: Decimal
    decimals: int
    version: str
    facts: Facts
    deaths: Half | None = None

    @property
    def kind(self) -> str:
        """类 — how the value follows from the halves."""
        return str(self.page.body.get("kind", "count" if self.denominator is None else "ratio"))

    @property
    def at(self) -> str:
        """时点 — mean, end or change; how people present are counted."""
        return str(self.page.body.get("at", "end"))

    @property
    def base(self) -> str:
        """口径 — 户籍, 常住 or 实有; `""` where the page has none."""
        return str(self.page.body.get("base", ""))

    @property
    def is_profile(self) -> bool:
        """逐龄 — whether the value is made from both halves age by age."""
        return self.kind in PROFILES

    @property
    def halves(self) -> tuple[Half, ...]:
        """两半 — the halves there are."""
        return (self.numerator, self.denominator) if self.denominator else (self.numerator,)

    @property
    def read(self) -> tuple[Half, ...]:
        """所读 — the halves, and the deaths of a life table where the kind needs them."""
        return (*self.halves, self.deaths) if self.deaths else self.halves

    @property
    def by(self) -> tuple[str, ...]:
        """通常的分法 — the breakdown the page proposes."""
        return tuple(str(name) for name in self.page.body.get("by", ()))

    @property
    def is_share(self) -> bool:
        """部分占总体 — whether the numerator is a part of the denominator."""
        return self.page.body.get("kind") == "share"

    def dimensions(self) -> dict[str, str]:
        """维度 — text and whole-number columns that both halves have, beside place and month, with their meaning.

        A column that is summed is none; neither is what the page fixes (its base), nor the age of an age-by-age kind.
        """
        summed = frozenset[str]().union(*(half.summed for half in self.halves))
        shared = [
            name
            for name, kind in self.numerator.words.items()
            if kind in ("text", "integer") and name not in _FIXED and name not in summed
            and all(h.words.get(name) == kind for h in self.read)
            and not (self.is_profile and name == AGE) and name != "entered_age"
        ]  # fmt: skip
        return {name: self.numerator.fact.columns.get(name, "周岁（时点）") for name in shared}

    def marks(self, target: Decimal | None) -> tuple[Decimal, ...]:
        """界 — values that rounding may not pretend to reach."""
        edges = (Decimal(0), self.scale) if self.is_share else (Decimal(0),)
        return edges if target is None else (*edges, target)


def all_indicators(on: date | None = None, *, subject: str | None = BIRTH_MONITORING) -> list[Page]:
    """一个题目的全部指标 — pages in force on the day (the latest of each when no day is given), in their order.

    subject: birth_monitoring (what board and bulletin show), population, repealed; None for every subject.
    """
    if on is None:
        pages = {page.id: page for page in load_pages("indicator")}
    else:
        pages = pages_on("indicator", on)
    shown = [page for page in pages.values() if subject in (None, subject_of(page))]
    return sorted(shown, key=lambda page: (int(str(page.body.get("order", "9999"))), page.id))


def subject_of(page: Page) -> str:
    """题目 — the subject a page belongs to."""
    return str(page.body.get("subject", BIRTH_MONITORING))


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
    return {name: fact for name, (fact, _) in _vocabulary(facts_of(root)).items()}


def formula_of(page: Page) -> Formula:
    """读公式 — PageError at the line of what cannot be computed."""
    root = page.path.parents[1] if page.path.parent.name == "indicators" else page.path.parents[2]
    if not (root / "facts").is_dir():
        root = DEFINITIONS
    facts = facts_of(root)
    vocabulary = _vocabulary(facts)
    numerator = _half(page, "numerator", vocabulary)
    denominator = _half(page, "denominator", vocabulary) if "denominator" in page.body else None
    kind = str(page.body.get("kind", "count" if denominator is None else "ratio"))
    if (kind in SINGLE) != (denominator is None):
        what = f"{'、'.join(SINGLE)} 没有分母，{'、'.join(k for k in KINDS if k not in SINGLE)} 要有分母"
        raise page.error(("kind",), what, "改 kind，或增删 denominator 一行")
    if kind == "share" and denominator is not None and numerator.fact.name != denominator.fact.name:
        raise page.error(
            ("numerator",), "share 的分子是分母的一部分，两行应出自同一事实", "改成同一事实，或写 kind: ratio"
        )
    deaths = _half(page, "deaths", vocabulary) if "deaths" in page.body else None
    if (kind == "net_reproduction") != (deaths is not None):
        raise page.error(("deaths",), "净再生育率要写 deaths（女性死亡），别的算法不写", "增删 deaths 一行")
    formula = Formula(
        page=page,
        numerator=numerator,
        denominator=denominator,
        scale=Decimal(str(page.body.get("scale", "1"))),
        decimals=int(str(page.body.get("decimals", "0" if denominator is None else "2"))),
        version=_version(page, numerator, denominator, *([deaths] if deaths else [])),
        facts=facts,
        deaths=deaths,
    )
    _check_population(formula)
    for at, name in enumerate(formula.by):
        if name not in PLACES and name != MONTH and name not in formula.dimensions():
            raise page.error(
                ("by", at), f"不能按「{name}」分", f"可分：{'、'.join((*PLACES, MONTH, *formula.dimensions()))}"
            )
    if "target" in page.standards:
        _check_target(page)
    return formula


def _check_population(formula: Formula) -> None:
    """A page over people says which people, counted when."""
    page = formula.page
    based = [half for half in formula.halves if "base" in half.words]
    if based and not formula.base:
        raise page.error((), "没有写 base（人口口径）", "补一行 base: 常住（或 户籍、实有）；先定口径再算")
    if formula.base and not based:
        raise page.error(("base",), f"事实 {formula.numerator.fact.name} 不分口径", "删去 base 一行")
    stock = any(half.is_stock for half in formula.halves)
    if stock != ("at" in page.body):
        what = "读时点人口要写 at，不读就不写" if stock else "没有读时点人口，at 用不上"
        raise page.error(("at",), what, "at: mean（年平均）、end（期末）或 change（期末减期初）")
    if formula.at == "mean" and formula.numerator.is_stock:
        raise page.error(("at",), "at: mean 只用来折算分母，分子不能是时点人口", "分子也是人口的，写 at: end")
    if formula.is_profile and not all(AGE in half.words for half in formula.read):
        raise page.error(("kind",), f"「{formula.kind}」逐龄计算，两半都要有 age", "换有 age 的事实")


def _half(page: Page, key: str, vocabulary: dict[str, tuple[Fact, dict[str, str]]]) -> Half:
    text = str(page.body[key])
    try:
        found = summary(text, {name: words for name, (_, words) in vocabulary.items()})
    except SqlError as wrong:
        raise page.error((key,), str(wrong), "词汇见 definitions/facts") from wrong
    fact, words = vocabulary[found.fact]
    return Half(text, fact, words, _counted(page, key, found), found.where)


def _counted(page: Page, key: str, found: Summary) -> exp.Expr:
    """What one row adds. Only whole numbers that add up over places, months and dimensions."""
    value = found.value
    if isinstance(value, exp.Count) and isinstance(value.this, exp.Star):
        return exp.Literal.number(1)
    if isinstance(value, exp.Sum) and found.type == "integer":
        return exp.Coalesce(this=value.this, expressions=[exp.Literal.number(0)])
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
    meaning += [[key, page.body[key]] for key in _MEANING if key in page.body]
    return hashlib.sha256(json.dumps(meaning, ensure_ascii=False).encode()).hexdigest()[:12]


_MEANING = ("base", "at", "period", "width", "weights", "sex", "ages", "interval", "rolling")


@lru_cache(maxsize=8)
def _vocabulary(facts: Facts) -> dict[str, tuple[Fact, dict[str, str]]]:
    """Each fact and the types of its columns, found on empty tables of the contract."""
    found = {}
    with connect(threads=1) as empty:
        for name, schema in TABLES.items():
            empty.register(name, schema.empty_table())
        for name, fact in facts.by_name.items():
            words = column_types(empty, fact.sql)
            stock = words.get(SINCE) == words.get(UNTIL) == "date"
            if stock:
                words |= {MONTH: "text"} | ({AGE: "integer"} if words.get(BORN) == "date" else {})
            missing = [column for column in (*_NEEDED, MONTH) if words.get(column) != "text"]
            if missing:
                raise SqlError(
                    f"facts/{name}.sql：缺文字列 {'、'.join(missing)}；事实都要能按个案、地域、月份归类", name
                )
            found[name] = (fact, words)
    return found
