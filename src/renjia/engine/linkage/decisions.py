"""复核决定 — a person's answers as must-links and cannot-links that survive every run."""

from collections.abc import Sequence
from dataclasses import dataclass

from renjia.engine.linkage.packed import Keys

_UNION_ERROR = "复核决定互相矛盾：「{a}」与「{b}」被定为不同，又经其他决定连成同一个；请撤回其中一项"


@dataclass(frozen=True, slots=True)
class Decision:
    """一项决定 — records a and b are (same) or are not one child; level delivery: one delivery."""

    a: str
    b: str
    same: bool
    level: str = "child"


@dataclass(frozen=True, slots=True)
class Decided:
    """决定（按序号） — pairs of record indexes: same delivery, same child, other child, other delivery."""

    same: tuple[tuple[int, int], ...]
    same_child: tuple[tuple[int, int], ...]
    other_child: tuple[tuple[int, int], ...]
    other_delivery: tuple[tuple[int, int], ...]

    def settled(self) -> set[tuple[int, int]]:
        """已答 — pairs nobody need ask about again."""
        return {*self.same, *self.other_child, *self.other_delivery}


def decided(decisions: Sequence[Decision], records: Sequence[str]) -> Decided:
    """整理决定 — by record index (a < b); a decision on a record no longer held is kept aside.

    ValueError (Chinese) when the answers contradict one another.
    """
    named = {record for one in decisions for record in (one.a, one.b)}
    if isinstance(records, Keys):
        index = records.places(sorted(named))
    else:
        index = {record: at for at, record in enumerate(records) if record in named}
    kinds: dict[tuple[str, bool], set[tuple[int, int]]] = {}
    for one in decisions:
        if one.level not in ("child", "delivery"):
            raise ValueError(f"决定的层级「{one.level}」应是 child（孩子）或 delivery（分娩）")
        if one.a in index and one.b in index and one.a != one.b:
            pair = (min(index[one.a], index[one.b]), max(index[one.a], index[one.b]))
            kinds.setdefault((one.level, one.same), set()).add(pair)
    same_child = kinds.get(("child", True), set())
    same = same_child | kinds.get(("delivery", True), set())
    other_delivery = kinds.get(("delivery", False), set())
    other_child = kinds.get(("child", False), set()) | other_delivery
    _refuse(same_child, kinds.get(("child", False), set()), records)
    _refuse(same, other_delivery, records)
    return Decided(*(tuple(sorted(pairs)) for pairs in (same, same_child, other_child, other_delivery)))


def _refuse(joined: set[tuple[int, int]], parted: set[tuple[int, int]], records: Sequence[str]) -> None:
    root: dict[int, int] = {}

    def find(at: int) -> int:
        while root.get(at, at) != at:
            at = root[at]
        return at

    for p, q in sorted(joined):
        p, q = find(p), find(q)
        root[max(p, q)] = min(p, q)
    for p, q in sorted(parted):
        if find(p) == find(q):
            raise ValueError(_UNION_ERROR.format(a=records[p], b=records[q]))
