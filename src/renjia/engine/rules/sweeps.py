"""扫描 — who is owed and not paid, who is paid and not owed, who draws two that exclude each other, who gains by a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import pyarrow.compute as pc

from renjia.engine.rules.decisions import NOT, YES
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.judging import DECISIONS, Judged, judge
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.workset import Tables
from renjia.engine.units import Month

MISSED, SHORT, UNDUE, OVER = "应享未享", "少发", "不应享已享", "多发"
_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Finding:
    """一条发现 — subject, kind (应享未享, 少发, 不应享已享, 多发), what is owed and what was paid, why."""

    subject: str
    kind: str
    owed: Decimal
    paid: Decimal
    reason: str


@dataclass(frozen=True)
class Swept:
    """扫描结果 — findings in order of subject; window: first and last day in which a payment to nobody entitled is undue."""

    judged: Judged
    window: tuple[date, date]
    findings: tuple[Finding, ...]
    unsettled: int

    def of(self, kind: str) -> list[Finding]:
        """某类发现 — one kind."""
        return [one for one in self.findings if one.kind == kind]


def sweep(which: str | Scheme, tables: Tables, on: date, place: str, *, assume: str = "") -> Swept:
    """扫描一个项目 — decisions on the day against the table of payments.

    Who is 符合 is owed what the course gives up to the day, and was paid all payments up to then: nothing paid is 应享未享,
    less is 少发, more is 多发 (of a whole course fixed in advance only nothing and more can be told). Who is 不符合 and was paid
    in the window (the month of `on` for a monthly scheme, its year for a yearly one, ever for one paid once) is 不应享已享.
    A payment stands where its period (`2025`, `2025-03`) says, else on the day it was paid; one to a parent without the child
    named is for his one entitled child. Who is 材料待补 or 需配置, or one of several children such a payment may be for, is
    counted in `unsettled`, never accused. RuleError for a scheme that pays nothing.
    """
    judged = judge(which, tables, on, place, assume=assume)
    course = judged.scheme.course
    if course is None:
        raise RuleError(f"「{judged.scheme.name}」不发钱或规则未定，没有可对的发放；请换一个项目")
    window = _window(course.every, on)
    findings, unclear = [], 0
    for row in _against_payments(judged, tables, on, window):
        owed, paid, recent = (row[name] or _NOTHING for name in ("amount", "paid", "recent"))
        kind = ""
        if row["unclear"]:
            unclear += 1
        elif row["decision"] == YES and owed:
            kind = MISSED if not paid else SHORT if paid < owed and not course.whole else OVER if paid > owed else ""
        elif row["decision"] == NOT and recent:
            kind, owed, paid = UNDUE, _NOTHING, recent
        if kind:
            findings.append(Finding(str(row["id"]), kind, owed, paid, judged.reason(row)))
    counts = judged.counts()
    return Swept(judged, window, tuple(findings), counts["材料待补"] + counts["需配置"] + unclear)


_MASKS = "j.decision, j.failed, j.unknown, j.unset, j.need, j.nulls"
_CHILDREN = "child"  # the fact whose subjects are children: a payment to a parent is for one of them
_SWEEP = f"""
WITH subjects AS (SELECT CAST(id AS VARCHAR) AS id, decision FROM "~judged"),
drawn AS (
  SELECT CAST(person AS VARCHAR) AS person, CAST(child AS VARCHAR) AS child, amount,
    CASE WHEN regexp_full_match(period, '[0-9]{{4}}-[0-9]{{2}}') THEN CAST(period || '-01' AS DATE)
      WHEN regexp_full_match(period, '[0-9]{{4}}') THEN CAST(period || '-01-01' AS DATE) ELSE paid END AS day
  FROM payment WHERE scheme = $scheme),
parents AS (
  SELECT CAST(l.parent AS VARCHAR) AS person, min(s.id) AS child, count(DISTINCT s.id) AS children, list(DISTINCT s.id) AS named
  FROM parentage l JOIN subjects s ON s.id = CAST(l.child AS VARCHAR) AND s.decision = {YES} WHERE $children GROUP BY l.parent),
placed AS (
  SELECT CASE WHEN NOT $children THEN d.person WHEN d.child IS NOT NULL THEN d.child
    WHEN p.children = 1 THEN p.child WHEN p.children IS NULL THEN d.person END AS subject,
    CASE WHEN d.child IS NULL AND p.children > 1 THEN p.named END AS either, d.amount, d.day
  FROM drawn d LEFT JOIN parents p ON p.person = d.person),
unclear AS (SELECT DISTINCT unnest(either) AS id FROM placed WHERE either IS NOT NULL),
paid AS (
  SELECT subject, sum(amount) FILTER (WHERE day IS NULL OR day <= $today) AS paid,
    sum(amount) FILTER (WHERE (day IS NULL AND $once) OR day BETWEEN $first AND $last) AS recent
  FROM placed WHERE subject IS NOT NULL GROUP BY subject)
SELECT CAST(j.id AS VARCHAR) AS id, {_MASKS}, j.amount, p.paid, p.recent, u.id IS NOT NULL AS unclear
FROM "~judged" j LEFT JOIN paid p ON p.subject = CAST(j.id AS VARCHAR) LEFT JOIN unclear u ON u.id = CAST(j.id AS VARCHAR)
WHERE (j.decision = {YES} AND j.amount <> coalesce(p.paid, 0)) OR (j.decision = {NOT} AND p.recent <> 0)
ORDER BY 1
"""


def _against_payments(judged: Judged, tables: Tables, on: date, window: tuple[date, date]) -> list[dict[str, Any]]:
    tables.connection.register("~judged", judged.rows)
    try:
        once = window[0] == date.min
        first = date(1, 1, 1) if once else window[0]
        given = {"scheme": judged.scheme.id, "today": on, "once": once, "first": first, "last": window[1]}
        return tables.rows(_SWEEP, given | {"children": judged.scheme.per == _CHILDREN})
    finally:
        tables.connection.unregister("~judged")


def _window(every: str, on: date) -> tuple[date, date]:
    if every == "month":
        return Month.of(on).first, Month.of(on).last
    if every == "year":
        return date(on.year, 1, 1), date(on.year, 12, 31)
    return date.min, on


@dataclass(frozen=True, slots=True)
class Overlap:
    """一对项目 — persons entitled to both and paid both; exclusive: a page says they may not be drawn together."""

    one: str
    other: str
    entitled: int
    paid: int
    exclusive: bool
    persons: tuple[str, ...]


def overlaps(
    which: Sequence[str | Scheme], tables: Tables, on: date, place: str, *, assume: str = "", name_up_to: int = 1000
) -> list[Overlap]:
    """互斥矩阵 — every pair of the schemes with somebody entitled to both on the day, or paid both in its year.

    persons: who was paid both of an exclusive pair (at most name_up_to). Pairs that exclude each other are told even when
    nobody draws both.
    """
    judged = [judge(one, tables, on, place, assume=assume) for one in which]
    paid = {one.scheme.id: _paid_in_year(tables, one.scheme.id, on.year) for one in judged}
    entitled = {
        one.scheme.id: {str(id) for id in one.rows.filter(pc.equal(one.rows["decision"], YES))["id"].to_pylist()}
        for one in judged
    }  # fmt: skip
    excludes = {
        frozenset((one.scheme.id, other))
        for one in judged
        for exclusion in one.scheme.sentences.exclusions
        for other in exclusion.schemes
    }
    found = []
    for a, b in combinations(sorted(paid), 2):
        both, drawn = entitled[a] & entitled[b], paid[a] & paid[b]
        exclusive = frozenset((a, b)) in excludes
        if both or drawn or exclusive:
            named = tuple(sorted(drawn)[:name_up_to]) if exclusive else ()
            found.append(Overlap(a, b, len(both), len(drawn), exclusive, named))
    return found


def _paid_in_year(tables: Tables, scheme: str, year: int) -> set[str]:
    rows = tables.rows(
        "SELECT DISTINCT CAST(person AS VARCHAR) AS person FROM payment WHERE scheme = ? AND person IS NOT NULL"
        " AND coalesce(left(period, 4), CAST(year(paid) AS VARCHAR)) = ?",
        [scheme, str(year)],
    )
    return {str(row["person"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Change:
    """一人的变化 — decision and amount before and after a change of rule."""

    subject: str
    before: str
    after: str
    amount_before: Decimal
    amount_after: Decimal

    @property
    def gain(self) -> Decimal:
        """增减 — 元, positive for who gains."""
        return self.amount_after - self.amount_before


@dataclass(frozen=True)
class Compared:
    """两版对比 — everyone whose decision or amount differs, with the money of all."""

    changes: tuple[Change, ...]
    total_before: Decimal
    total_after: Decimal

    @property
    def winners(self) -> list[Change]:
        """多得的人。"""
        return [one for one in self.changes if one.gain > 0]

    @property
    def losers(self) -> list[Change]:
        """少得的人。"""
        return [one for one in self.changes if one.gain < 0]


def compare(
    before: str | Scheme, after: str | Scheme, tables: Tables, on: date, place: str, *, assume: str = ""
) -> Compared:
    """两版规则对比 — two versions of a rule over one population on one day: winners, losers and money.

    before, after: schemes over the same fact (`scheme(name, on=…)` gives a version, `assuming` one with other values).
    """
    first, second = (judge(one, tables, on, place, assume=assume) for one in (before, after))
    if first.scheme.per != second.scheme.per:
        raise RuleError(
            f"「{first.scheme.name}」按{first.scheme.per}、「{second.scheme.name}」按{second.scheme.per}，不能对比"
        )
    for name, one in (("~before", first), ("~after", second)):
        tables.connection.register(name, one.rows)
    rows = tables.rows(
        "SELECT CAST(b.id AS VARCHAR) AS id, b.decision AS was, a.decision AS is_now, b.amount AS had, a.amount AS has"
        ' FROM "~before" b JOIN "~after" a ON a.id = b.id'
        " WHERE b.decision <> a.decision OR b.amount IS DISTINCT FROM a.amount ORDER BY 1"
    )
    totals = [
        Decimal(str(tables.rows(f'SELECT coalesce(sum(amount), 0) AS total FROM "{name}" WHERE decision = {YES}')[0]["total"]))
        for name in ("~before", "~after")
    ]  # fmt: skip
    for name in ("~before", "~after"):
        tables.connection.unregister(name)
    changes = tuple(
        Change(
            str(row["id"]), DECISIONS[row["was"]], DECISIONS[row["is_now"]],
            _given(row["was"], row["had"]), _given(row["is_now"], row["has"]),
        )
        for row in rows
    )  # fmt: skip
    return Compared(changes, *totals)


def _given(decision: int, amount: Decimal | None) -> Decimal:
    return amount if decision == YES and amount is not None else _NOTHING
