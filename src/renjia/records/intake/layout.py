"""版式 — where the header is, which rows above are titles, which rows below are totals or footers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from renjia.records.intake.headers import header_and_unit, plain_header
from renjia.records.intake.rows import Cells
from renjia.records.intake.tables import HEAD_ROWS, Table

Hits = Callable[[Cells], int]

_TOTAL = re.compile(
    r"(?:本[页月期]|累计|[全各]?[区街镇院]{0,2})?(?:合|总|小|共)计.{0,6}|总数|累计|total", re.IGNORECASE
)
_FOOTER = re.compile(
    r"(?:注|备注|说明|填表说明|填[表报]人?|填报单位|制表人?|审核人?|复核人?|单位负责人|负责人|经办人|联系人|联系电话|统计人|单位[（(]?盖?章"
    r"|(?:填[表报]|制表|打印|导出|上报)(?:日期|时间)|数据来源)[:：].*|共\d+[条行人例].*|[（(]?以下空白[)）]?|[-—]+完[-—]+"
)
_GROUP = re.compile(r"(?:基本)?(?:信息|情况|资料)$")
_NUMBER = re.compile(r"[0-9]+(?:\.0)?")


@dataclass(frozen=True, slots=True)
class Header:
    """表头 — position in the table's rows, rows it takes (1 or 2), names, how many of them are known."""

    position: int
    height: int
    names: Cells
    known: int


@dataclass(slots=True)
class Below:
    """表头以下 — positions of data rows, and of those that are no data."""

    data: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    footers: list[int] = field(default_factory=list)
    repeats: list[int] = field(default_factory=list)


def counter(words: frozenset[str]) -> Hits:
    """认列名 — a function counting how many cells of a row are known column names."""

    def hits(cells: Cells) -> int:
        return len({plain_header(cell) for cell in cells if cell and is_known(cell, words)})

    return hits


def is_known(name: str, words: frozenset[str]) -> bool:
    """是否认得 — the name itself, or the name without its bracket."""
    return len(name) <= 40 and (plain_header(name) in words or header_and_unit(name)[0] in words)


def find_header(table: Table, words: frozenset[str]) -> Header | None:
    """找表头 — the row of the first ten with most known names, alone or with the row under it; None if none has two."""
    hits = counter(words)
    head = list(table.rows[:HEAD_ROWS])
    best: Header | None = None
    for position, (_, cells) in enumerate(head):
        found = Header(position, 1, cells, hits(cells))
        if best is None or found.known > best.known:
            best = found
    for position in range(len(head) - 1):
        names = _joined(head[position][1], head[position + 1][1], words)
        found = Header(position, 2, names, hits(names))
        if best is not None and found.known > best.known + 1 and not _holds_data(head[position + 1][1]):
            best = found
    if best is None:
        return None
    width = sum(bool(cell) for cell in best.names)
    return best if best.known >= 2 or best.known == width else None


def header_at(table: Table, row: int) -> Header | None:
    """指定表头 — the header a person chose by row number."""
    for position, (number, cells) in enumerate(table.rows[: 5 * HEAD_ROWS]):
        if number == row:
            return Header(position, 1, cells, 0)
    return None


def _joined(upper: Cells, lower: Cells, words: frozenset[str]) -> Cells:
    """Names of a two-row header: 母亲 over 姓名 → 母亲姓名."""
    names: list[str] = []
    group = ""
    width = max(len(upper), len(lower))
    for above, below in zip(_padded(upper, width), _padded(lower, width), strict=True):
        group = above or group
        joined = _GROUP.sub("", group) + below
        if not below:
            names.append(above)
        elif is_known(joined, words) or not is_known(below, words):
            names.append(joined)
        else:
            names.append(below)
    return tuple(names)


def _padded(cells: Cells, width: int) -> Cells:
    return cells + ("",) * (width - len(cells))


def _holds_data(cells: Cells) -> bool:
    return any(any(character.isdigit() for character in cell) for cell in cells)


def sort_rows(table: Table, header: Header) -> Below:
    """分行 — which rows under the header are data, totals, footers, the header again or its column numbers."""
    below = Below()
    names = [plain_header(name) for name in header.names]
    width = sum(map(bool, names))
    start = header.position + header.height
    for position, (_, cells) in enumerate(table.rows):
        if position < start:
            continue
        filled = [cell for cell in cells if cell]
        if [plain_header(cell) for cell in _padded(cells, len(names))[: len(names)]] == names:
            below.repeats.append(position)
        elif position == start and _counts(filled, width):
            below.repeats.append(position)
        elif len(filled) <= max(2, width // 2) and _TOTAL.fullmatch(plain_header(filled[0])):
            below.totals.append(position)
        elif len(filled) <= max(2, width // 3) and _FOOTER.fullmatch(filled[0]):
            below.footers.append(position)
        else:
            below.data.append(position)
    return below


def _counts(filled: Sequence[str], width: int) -> bool:
    """A row that only numbers the columns: 1 2 3 … under the header."""
    return (
        len(filled) == width > 2
        and all(_NUMBER.fullmatch(cell) for cell in filled)
        and [int(float(cell)) for cell in filled] == list(range(1, width + 1))
    )
