"""为什么没并 — for any two records of a run: what spoke for and against, and the rule that kept them apart.

The lines are rebuilt from the pair's pattern, so they sum exactly to the score the run saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.candidates import pairs
from renjia.engine.linkage.columns import NO_DATE, Columns, Ints, normalise
from renjia.engine.linkage.compare import child_levels, delivery_levels, reissued
from renjia.engine.linkage.dates import PREGNANCY
from renjia.engine.linkage.decisions import Decision
from renjia.engine.linkage.linking import ALONE, REVIEW, UNDECIDED, Linked, link
from renjia.engine.linkage.model import HAND_SET, Model, Weight, explain, patterns, size_of


@dataclass(frozen=True, slots=True)
class WhyNot:
    """为什么没并 — rule: its name below; sentence: in Chinese; lines: the waterfall of `pattern` under the model.

    rule  joined · still · decided · pregnancies · never_compared · below · asked · better_partner (other deliveries)
          joined · decided · undecided · same_source · plurality · other_child (one delivery)
    level delivery or child: what `pattern`, `score` and `lines` compare
    """

    rule: str
    sentence: str
    level: str
    pattern: int
    score: float
    lines: tuple[Weight, ...]
    model_version: str


def why_not(
    a: str,
    b: str,
    records: pa.Table,
    *,
    model: Model | None = None,
    decisions: Sequence[Decision] = (),
    linked: Linked | None = None,
) -> WhyNot:
    """为什么没并 — why records `a` and `b` are (not) one case. `linked`: the run in question, else it is run again.

    ValueError (Chinese) for a record the table does not hold, for a with itself, or for a run of another model.
    """
    model = model or HAND_SET
    if a == b:
        raise ValueError(f"「{a}」与自己比没有意义；请给两条不同的记录")
    linked = linked or link(records, model=model, decisions=decisions)
    if linked.model_version != model.version:
        raise ValueError(f"这次对账用的模型是「{linked.model_version}」，不是「{model.version}」；请给同一个模型")
    columns = normalise(records)
    index = {record: at for at, record in enumerate(columns.records)}
    for record in (a, b):
        if record not in index:
            raise ValueError(f"没有记录「{record}」；记录的写法是「来源|记录号」，请核对")
    case = _Case(columns, linked, model, decisions, *sorted((index[a], index[b])))
    return case.of_delivery() if case.delivery[case.p] != case.delivery[case.q] else case.of_child()


class _Case:
    """两条记录及其去处 — the pair (p < q) in a run."""

    def __init__(
        self, columns: Columns, linked: Linked, model: Model, decisions: Sequence[Decision], p: int, q: int
    ) -> None:
        self.columns, self.linked, self.model, self.p, self.q = columns, linked, model, p, q
        self.decisions = decisions
        place = {record: at for at, record in enumerate(columns.records)}
        rows = [place[record] for record in linked.assignment["record"].to_pylist()]
        self.case, self.delivery = _placed(linked, "case", rows), _placed(linked, "delivery", rows)
        self.state = _placed(linked, "state", rows)

    def of_delivery(self) -> WhyNot:
        """不是同一次分娩."""
        c, p, q = self.columns, self.p, self.q
        pair = np.array([p]), np.array([q])
        size = size_of(len(c))
        levels = delivery_levels(c, *pair)
        pattern = int(patterns("delivery", levels, size)[0])
        score = float(self.model.scores("delivery", levels, size)[0])
        at = [one.field for one in self.model.delivery].index("born")
        rule, sentence = self._apart(score, score - float(self.model.tables["delivery"][at][levels[0, at]]))
        return self._told(rule, sentence, "delivery", pattern, score)

    def _apart(self, score: float, else_: float) -> tuple[str, str]:
        """Rule and sentence; `else_`: the score without the dates."""
        c, p, q = self.columns, self.p, self.q
        if c.still[p] or c.still[q]:
            return "still", "其中一条是死胎或死产，只登记，不与活产归并"
        if said := self._decision("delivery", {self.delivery[p], self.delivery[q]}):
            return "decided", f"复核决定：{said}不是同一次分娩"
        days = _days_apart(c, self._members(p), self._members(q))
        if days > PREGNANCY and else_ >= self.model.link:
            return "pregnancies", f"像是同一位母亲，但两次分娩相隔 {days} 天；{PREGNANCY} 天以上是两次怀孕"
        shown = f"得分 {score:+g}，归并线 {self.model.link:+g}"
        if score >= self.model.link:
            if not self._compared():
                return "never_compared", f"{shown}：够归并，但两条没有一项共同的线索使它们被放在一起比较；请人工核对"
            kept = "、".join(self._company(p)[:3]) or "单独", "、".join(self._company(q)[:3]) or "单独"
            return "better_partner", (
                f"{shown}：够归并，但各有更可靠的同伴（一边：{kept[0]}；另一边：{kept[1]}），"
                "并到一起会把两位母亲或两次怀孕连成一次"
            )
        if any({row["a"], row["b"]} == {c.records[p], c.records[q]} for row in self.linked.questions.to_pylist()):
            return "asked", f"{shown}，复核线 {self.model.review:+g}：介于两线之间，正等人工复核"
        if score >= self.model.review:
            return "below", f"{shown}：不够自动归并；这两次分娩之间有更值得先问的一对，或已问过"
        return "below", f"{shown}：依据不足"

    def of_child(self) -> WhyNot:
        """同一次分娩，不是同一个孩子."""
        c, p, q = self.columns, self.p, self.q
        grid = np.array(self._members(p))
        a, b = np.repeat(grid, len(grid)), np.tile(grid, len(grid))
        mixed = bool((c.sex[grid] == 1).any() and (c.sex[grid] == 2).any())
        levels = child_levels(c, a, b, np.full(len(a), mixed))
        reissued(c, a, b, np.zeros(len(a), np.int64), levels)
        cell = int(np.flatnonzero((a == p) & (b == q))[0])
        pattern = int(patterns("child", levels[cell : cell + 1])[0])
        score = float(self.model.scores("child", levels[cell : cell + 1])[0])
        rule, sentence = self._inside(score)
        return self._told(rule, sentence, "child", pattern, score)

    def _inside(self, score: float) -> tuple[str, str]:
        c, p, q = self.columns, self.p, self.q
        if self.case[p] == self.case[q]:
            return "joined", "两条已在同一个个案"
        if said := self._decision("child", {self.case[p], self.case[q]}):
            return "decided", f"复核决定：{said}不是同一个孩子"
        if c.source[p] == c.source[q]:
            return "same_source", f"同一次分娩、同一来源的两条：同一来源对一个孩子只报一次，按两个孩子算（{score:+g}）"
        if self.state[p] in (UNDECIDED, REVIEW) or self.state[q] in (UNDECIDED, REVIEW):
            return "undecided", "同一次分娩的多胎，资料分不清哪条属于哪个孩子：不猜，待定"
        for one, other in ((p, q), (q, p)):
            better = [c.records[at] for at in self._members(one, "case") if c.source[at] == c.source[other]]
            if better:
                return "better_partner", (
                    f"「{c.records[one]}」的个案里，「{c.records[other]}」那个来源已有更相符的「{better[0]}」；"
                    "一个孩子一个来源只一条"
                )
        stated = max(int(c.plurality[at]) for at in self._members(p))
        if score >= 0 and stated > 1:
            return "plurality", f"这次分娩登记了 {stated} 个孩子，按全部资料分给不同孩子最相符（这一对得分 {score:+g}）"
        return "other_child", f"同一次分娩的两个孩子：这一对得分 {score:+g}，分开比合起来更相符"

    def _told(self, rule: str, sentence: str, level: str, pattern: int, score: float) -> WhyNot:
        lines = tuple(explain(pattern, self.model))
        return WhyNot(rule, sentence, level, pattern, score, lines, self.model.version)

    def _members(self, at: int, kind: str = "delivery") -> list[int]:
        """Records of a record's delivery or case, itself among them."""
        label = self.case if kind == "case" else self.delivery
        return [other for other, name in enumerate(label) if name == label[at]]

    def _company(self, at: int) -> list[str]:
        return [self.columns.records[other] for other in self._members(at) if other != at]

    def _compared(self) -> bool:
        a, b = pairs(self.columns, ~self.columns.still)
        return bool(((a == self.p) & (b == self.q)).any())

    def _decision(self, level: str, sides: set[str]) -> str:
        """The decision that keeps the two sides apart, said in Chinese; empty if there is none."""
        label = self.delivery if level == "delivery" else self.case
        side = dict(zip(self.columns.records, label, strict=True))
        for one in self.decisions:
            if not one.same and {side.get(one.a), side.get(one.b)} == sides and level in (one.level, "child"):
                return f"「{one.a}」与「{one.b}」"
        return ""


def _placed(linked: Linked, column: str, rows: list[int]) -> list[str]:
    found = [ALONE] * len(rows)
    for at, value in zip(rows, linked.assignment[column].to_pylist(), strict=True):
        found[at] = value
    return found


def _days_apart(c: Columns, one: list[int], other: list[int]) -> int:
    """Days between the nearest dates of two deliveries; 0 where either has none."""
    x, y = _dates(c, one), _dates(c, other)
    return int(np.abs(x[:, None] - y[None, :]).min()) if len(x) and len(y) else 0


def _dates(c: Columns, rows: list[int]) -> Ints:
    born = c.born[rows]
    dates: Ints = born[born != NO_DATE]
    return dates
