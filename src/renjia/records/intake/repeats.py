"""重复 — the same record sent again in one file is one record; two children under one number are two."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from renjia.records.intake.problems import WARN, Problem

_CHILD = ("sex", "minute", "weight", "baby_name")
_UNNAMED = re.compile("之[子女]|[某宝婴]|未取名")
_FAMILY = ("mother_id", "mother_name", "born")
MOST_CHILDREN = 50
"""同号上限 — a number that so many different children bear in one list identifies none of them."""


class _Row(Protocol):
    row_number: int
    record: str
    values: dict[str, object]
    problems: list[Problem]


R = TypeVar("R", bound=_Row)


@dataclass(frozen=True, slots=True)
class Repeat:
    """重复的一行 — its row, the row kept instead, and how they differ ('' when they are equal)."""

    row_number: int
    kept_row: int
    record: str
    difference: str = ""


class Repeats(Generic[R]):
    """去重 — rows are placed in file order; a later row of the same record takes the earlier one's place."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.repeated: list[Repeat] = []
        self._rows: dict[int, R] = {}
        self._by_number: dict[str, list[int]] = defaultdict(list)
        self._whole: dict[int, list[int]] = defaultdict(list)

    def place(self, row: R) -> None:
        """放入一行 — kept, counted as a repeat, or put in the place of the version it corrects."""
        number = str(row.values["record_no"])
        if number:
            self._place_numbered(row, number)
        else:
            self._place_nameless(row)

    def kept(self) -> list[R]:
        """留下的 — in file order."""
        return [self._rows[number] for number in sorted(self._rows)]

    def _place_numbered(self, row: R, number: str) -> None:
        earlier = self._by_number[number]
        if len(earlier) >= MOST_CHILDREN:
            self._number_means_another(row, number, earlier[0])
            self._place_nameless(row)
            return
        for position, kept_row in enumerate(earlier):
            kept = self._rows[kept_row]
            changed = [name for name in row.values if row.values[name] != kept.values[name]]
            if not changed:
                self.repeated.append(Repeat(row.row_number, kept_row, number))
                return
            if same_record(kept.values, row.values):
                # the later version corrects the earlier
                del self._rows[kept_row]
                row.record = kept.record
                self.repeated.append(Repeat(kept_row, row.row_number, number, "、".join(changed)))
                self._rows[row.row_number] = row
                earlier[position] = row.row_number
                return
        if earlier:
            self._number_means_another(row, number, earlier[0])
        earlier.append(row.row_number)
        self._rows[row.row_number] = row

    def _number_means_another(self, row: R, number: str, first: int) -> None:
        row.record = f"{number}:{row.row_number}"
        row.problems.append(
            Problem(
                self.filename, row.row_number, "", number, f"记录号与第 {first} 行相同，内容是另一个孩子",
                "两行都收；请核对记录号", WARN,
            )
        )  # fmt: skip

    def _place_nameless(self, row: R) -> None:
        """Without a number only a row equal in everything is a repeat, and not where the row says there are twins."""
        key = hash(tuple(row.values.values()))
        plural = isinstance(row.values["plurality"], int) and row.values["plurality"] > 1
        for kept_row in self._whole[key]:
            if not plural and self._rows[kept_row].values == row.values:
                self.repeated.append(Repeat(row.row_number, kept_row, row.record))
                return
        self._whole[key].append(row.row_number)
        self._rows[row.row_number] = row


def same_record(one: dict[str, object], other: dict[str, object]) -> bool:
    """同一记录 — of one number: the same family, and not plainly another child of it."""
    if len(_conflicts(one, other, _FAMILY)) > 1:
        return False
    return not _conflicts(one, other, ("order",)) and len(_conflicts(one, other, _CHILD)) < 2


def _conflicts(one: dict[str, object], other: dict[str, object], fields: Iterable[str]) -> list[str]:
    """Fields both rows state, differently; a name given later to 王某之子 is no conflict."""
    return [name for name in fields if _stated(one[name]) and _stated(other[name]) and one[name] != other[name]]


def _stated(value: object) -> bool:
    return value not in ("", None) and not (isinstance(value, str) and _UNNAMED.search(value))
