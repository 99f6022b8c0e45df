"""待复核 — the pairs between the two thresholds, put as questions a person can answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.columns import Columns, Ints
from renjia.engine.linkage.decisions import Decided
from renjia.engine.linkage.model import Model, explain
from renjia.engine.linkage.ordering import grouped

# A side with more records than this is settled in itself: only the other side waits for the answer.
_SETTLED = 2


@dataclass(frozen=True, slots=True)
class Question:
    """一个问题 — are records a and b of one delivery (or child)? `records`: those whose place waits for the answer."""

    a: int
    b: int
    level: str
    score: float
    pattern: int
    reason: str
    records: tuple[int, ...]


def open_questions(
    columns: Columns,
    label: Ints,
    a: Ints,
    b: Ints,
    score: npt.NDArray[np.float64],
    pattern: Ints,
    model: Model,
    said: Decided,
) -> list[Question]:
    """提出问题 — the best undecided pair between each two deliveries, if its score lies between the thresholds."""
    # an answer on one pair answers for the two deliveries: their next best pair is not asked instead
    settled = {_sides(label, p, q) for p, q in said.settled()}
    asked: dict[tuple[int, int], int] = {}
    open_ = np.flatnonzero((score >= model.review) & (label[a] != label[b]))
    for at in open_[np.lexsort((b[open_], a[open_], -score[open_]))].tolist():
        sides = _sides(label, int(a[at]), int(b[at]))
        if sides not in settled:
            asked.setdefault(sides, at)
    members = _Members(label)
    found: list[Question] = []
    waiting: set[int] = set()
    for at in asked.values():
        p, q = int(a[at]), int(b[at])
        waits = _waiting(members, label, p, q)
        # one question a waiting record: its best
        if not waiting.issuperset(waits):
            waiting.update(waits)
            code = int(pattern[at])
            found.append(Question(p, q, "delivery", float(score[at]), code, reason(code, model), waits))
    return found


def _sides(label: Ints, p: int, q: int) -> tuple[int, int]:
    return min(int(label[p]), int(label[q])), max(int(label[p]), int(label[q]))


class _Members:
    """Records of a delivery, by its label; put in order once for all questions."""

    def __init__(self, label: Ints) -> None:
        self.ordered, self.rows = grouped(label, np.arange(len(label)))

    def __getitem__(self, label: int) -> list[int]:
        found: list[int] = self.rows[slice(*np.searchsorted(self.ordered, (label, label + 1)))].tolist()
        return found


def _waiting(members: _Members, label: Ints, p: int, q: int) -> tuple[int, ...]:
    one, other = members[int(label[p])], members[int(label[q])]
    if max(len(one), len(other)) > _SETTLED:
        small, record = (one, p) if len(one) <= len(other) else (other, q)
        return tuple(small) if len(small) <= _SETTLED else (record,)
    return tuple(sorted(one + other))


def reason(pattern: int, model: Model) -> str:
    """理由 — what speaks for and against, in one Chinese sentence."""
    lines = explain(pattern, model)[1:]
    ahead = sorted((one for one in lines if one.weight > 0), key=lambda one: -one.weight)[:4]
    against = sorted((one for one in lines if one.weight < 0), key=lambda one: one.weight)[:3]
    parts = ["、".join(one.label for one in ahead) or "没有相同之处"]
    if against:
        parts.append("但" + "、".join(one.label for one in against))
    return "；".join(parts)


def same_source_question(
    pair: tuple[int, int], score: float, pattern: int, model: Model, waits: Sequence[int]
) -> Question:
    """重复或双胎 — two records in one delivery that may be one child told twice, or two children."""
    return Question(
        *pair, "child", score, pattern, "同一次分娩，是一个孩子还是两个：" + reason(pattern, model), tuple(waits)
    )


def crowd_question(pair: tuple[int, int], score: float, pattern: int, model: Model, waits: Sequence[int]) -> Question:
    """一组过大 — more records in one delivery than any delivery has: one question for all of them."""
    said = (
        f"这一组过大：{len(waits)} 条记录像是同一次分娩，请核对是不是统一填写的默认值、测试数据或反复上报；其中两条："
    )
    return Question(*pair, "child", score, pattern, said + reason(pattern, model), tuple(waits))
