"""个案编号 — numbers that stay: each new group keeps the number most of its records had; the rest are events.

A number is never given to another group later: those that vanish are merged, those that appear come from `new_id`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

SOURCE_LABELS = {
    "registration": "生育登记",
    "hospital_delivery": "住院分娩",
    "vaccination": "预防接种",
    "birth_certificate": "出生医学证明",
    "hukou_birth": "户籍出生",
}


@dataclass(frozen=True, slots=True)
class Event:
    """变动 — what happened to a number.

    kind    created, joined (a new record), left (a record withdrawn), moved (a record from case `other`), merged
            (`other` ended in this case), split (this case came out of `other`)
    """

    kind: str
    case: str
    record: str
    other: str
    text: str


def stable_ids(
    previous: Mapping[str, str],
    assignment: pa.Table,
    new_id: Callable[[Sequence[str]], str],
    *,
    level: str = "case",
) -> tuple[dict[str, str], list[Event]]:
    """定号 — provisional key of every case (or delivery: `level`) to its lasting number, and the events.

    previous: record → number before this run; new_id: called with the sorted records of a group that needs a new
    number, groups in order of their smallest record. Same input, same output, whatever the order of rows.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for record, key in zip(assignment["record"].to_pylist(), assignment[level].to_pylist(), strict=True):
        groups[key].append(record)
    members = {min(records): (key, sorted(records)) for key, records in groups.items()}
    order = sorted(members)
    votes = {first: Counter(previous[record] for record in members[first][1] if record in previous) for first in order}
    numbers = _keep(votes)
    kept = set(numbers.values())
    for first in order:
        if first not in numbers:
            numbers[first] = new_id(members[first][1])
            if numbers[first] in kept:
                raise ValueError(f"新编号「{numbers[first]}」已有个案使用；编号不可重复使用")
            kept.add(numbers[first])
    events: list[Event] = []
    for first in order:
        events += _events(numbers[first], members[first][1], previous, kept)
    events += _left(previous, {record for records in groups.values() for record in records}, kept)
    return {members[first][0]: numbers[first] for first in order}, events


def _keep(votes: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Each number to the group with most of its records, each group one number; the older number wins a tie."""
    claims = sorted((-count, number, first) for first, counted in votes.items() for number, count in counted.items())
    numbers: dict[str, str] = {}
    taken: set[str] = set()
    for _, number, first in claims:
        if number not in taken and first not in numbers:
            numbers[first] = number
            taken.add(number)
    return numbers


def _events(number: str, records: Sequence[str], previous: Mapping[str, str], kept: set[str]) -> list[Event]:
    before = {record: previous.get(record, "") for record in records}
    if not any(before.values()):
        return [Event("created", number, records[0], "", f"新建，含 {len(records)} 条来源记录")]
    found = []
    if number not in before.values():
        origin = min(other for other in before.values() if other)
        found.append(Event("split", number, records[0], origin, f"自 {origin} 分出"))
        before = {record: number if other == origin else other for record, other in before.items()}
    for other in sorted({other for other in before.values() if other and other != number and other not in kept}):
        found.append(Event("merged", number, "", other, f"{other} 并入本个案"))
    for record, other in before.items():
        if not other:
            found.append(Event("joined", number, record, "", f"加入 {_label(record)}"))
        elif other != number and other in kept:
            found.append(Event("moved", number, record, other, f"{_label(record)} 自 {other} 移来"))
    return found


def _left(previous: Mapping[str, str], present: set[str], kept: set[str]) -> list[Event]:
    gone = sorted(record for record, number in previous.items() if record not in present and number in kept)
    return [Event("left", previous[record], record, "", f"{_label(record)} 已撤回") for record in gone]


def _label(record: str) -> str:
    source, _, number = record.partition("|")
    return f"{SOURCE_LABELS.get(source, source)} {number}"
