"""编号的更新 — lasting numbers and events for what changed; equal to `stable_ids` over all records.

Groups that hold just what they held keep their number without a word. Groups of new records only, and groups that
records joined or left, are numbered here; only where groups met or parted is `stable_ids` asked.
"""

from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.numbering import SOURCE_LABELS, Event, stable_ids
from renjia.engine.linkage.store.memory import Flags, Ints, Memory, wide

LETTERS = {"case": "G", "delivery": "F"}


def number_text(level: str, number: int) -> str:
    """号 — G0000001 for a case, F0000001 for a delivery."""
    return f"{LETTERS[level]}{number:07d}"


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups that are not what they were, by first row: their rows, one after the other, and numbers before (0 = none).

    number: what all numbered rows carry, 0 = none; mixed: they carry several, or other groups carry it too.
    """

    rows: Ints
    starts: Ints
    sizes: Ints
    before: Ints
    number: Ints
    mixed: Flags

    def slice(self, at: int) -> slice:
        """Where a group's rows are."""
        return slice(int(self.starts[at]), int(self.starts[at] + self.sizes[at]))


def texts_of(memory: Memory, level: str) -> pa.StringArray:
    """各记录的号."""
    digits = pc.utf8_lpad(pa.array(memory.rows[f"{level}_number"]).cast(pa.string()), 7, "0")
    return pc.binary_join_element_wise(LETTERS[level], digits, "")


def renumber(held: Memory, memory: Memory, solved: Flags, level: str, withdrawn: Ints | None) -> list[Event]:
    """更新编号 — sets `case_number` (or `delivery_number`) of the rows solved again, and tells what happened.

    held: `record` and numbers as they were; memory: its rows carry the numbers their records had, 0 = none;
    withdrawn: rows of `held` whose record is here no more; None: tell nothing.
    """
    column = f"{level}_number"
    rows = np.flatnonzero(solved)
    sizes = np.bincount(wide(held.rows[column]), minlength=int(memory.facts.get(column, 0)) + 1)
    groups = _changed(rows, wide(memory.rows[level][rows]), wide(memory.rows[column][rows]), sizes)
    found, happened = _asked(memory, groups, level)
    serial = count(int(memory.facts.get(column, 0)) + 1)
    numbers = [found.get(at, number) or next(serial) for at, number in enumerate(groups.number.tolist())]
    memory.facts = {**memory.facts, column: next(serial) - 1}
    memory.rows[column][groups.rows] = np.repeat(numbers, groups.sizes)
    if withdrawn is None:
        return []
    events: list[Event] = []
    records = memory.record.take(pa.array(groups.rows)).to_pylist()
    for at, own in enumerate(numbers):
        text = number_text(level, own)
        if at in happened:
            events += [replace(one, case=text) for one in happened[at]]
            continue
        mine = groups.slice(at)
        if not groups.number[at]:
            said = f"新建，含 {groups.sizes[at]} 条来源记录"
            events.append(Event("created", text, records[mine.start], "", said))
            continue
        for record, earlier in zip(records[mine], groups.before[mine].tolist(), strict=True):
            if not earlier:
                events.append(Event("joined", text, record, "", f"加入 {_label(record)}"))
    return events + _left(held, memory, withdrawn, level)


def _changed(at: Ints, label: Ints, before: Ints, sizes_before: Ints) -> _Groups:
    """Of the rows `at` (whole groups, sorted) the groups that do not hold just what their number held."""
    order = np.argsort(label, kind="stable")
    rows, own, mine = at[order], label[order], before[order]
    starts, sizes = _runs(own)
    if len(starts):
        most, least = np.maximum.reduceat(mine, starts), np.minimum.reduceat(mine, starts)
        other = np.repeat((most != least) | (most == 0) | (sizes_before[most] != sizes), sizes)
        rows, own, mine = rows[other], own[other], mine[other]
        starts, sizes = _runs(own)
    number = np.maximum.reduceat(mine, starts) if len(starts) else np.zeros(0, np.int64)
    group = np.repeat(np.arange(len(starts)), sizes)
    pairs = np.unique(mine * (len(starts) + 1) + group)
    carried, in_group = pairs // (len(starts) + 1), pairs % (len(starts) + 1)
    known = carried > 0
    spread = np.bincount(carried[known], minlength=int(mine.max(initial=0)) + 1) > 1
    mixed = np.bincount(in_group[known], minlength=len(starts)) > 1
    mixed[in_group[known & spread[carried]]] = True
    return _Groups(rows, starts, sizes, mine, np.where(mixed, 0, number), mixed)


def _runs(label: Ints) -> tuple[Ints, Ints]:
    """Where equal labels begin, and how many there are."""
    starts = np.flatnonzero(np.r_[True, label[1:] != label[:-1]]) if len(label) else np.zeros(0, np.int64)
    return starts, np.diff(np.r_[starts, len(label)])


def _asked(memory: Memory, groups: _Groups, level: str) -> tuple[dict[int, int], dict[int, list[Event]]]:
    """Numbers (0 = a new one) and events of the groups that met or parted."""
    which = np.flatnonzero(groups.mixed)
    if not len(which):
        return {}, {}
    rows = np.concatenate([groups.rows[groups.slice(at)] for at in which.tolist()])
    records = memory.record.take(pa.array(rows)).to_pylist()
    key = np.repeat(which, groups.sizes[which])
    before = np.concatenate([groups.before[groups.slice(at)] for at in which.tolist()]).tolist()
    previous = {r: number_text(level, n) for r, n in zip(records, before, strict=True) if n}
    table = pa.table({"record": records, level: key})
    mapping, events = stable_ids(previous, table, lambda own: f"?{own[0]}", level=level)
    # the keys of this table are the groups' own numbers
    group_of = {text: int(group) for group, text in mapping.items()}
    happened: dict[int, list[Event]] = {at: [] for at in group_of.values()}
    for one in events:
        happened[group_of[one.case]].append(one)
    return {at: 0 if text.startswith("?") else int(text[1:]) for text, at in group_of.items()}, happened


def _left(held: Memory, memory: Memory, withdrawn: Ints, level: str) -> list[Event]:
    """Records that are here no more, of groups that still are."""
    column = f"{level}_number"
    number = wide(held.rows[column])[withdrawn]
    lives = np.zeros(int(memory.facts[column]) + 1, np.bool_)
    lives[memory.rows[column]] = True
    at = withdrawn[lives[number]]
    records = held.record.take(pa.array(at)).to_pylist()
    return [
        Event("left", number_text(level, n), record, "", f"{_label(record)} 已撤回")
        for record, n in zip(records, held.rows[column][at].tolist(), strict=True)
    ]


def _label(record: str) -> str:
    source, _, number = record.partition("|")
    return f"{SOURCE_LABELS.get(source, source)} {number}"
