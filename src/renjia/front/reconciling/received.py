"""收到的记录 — every record of every file once; a number sent again is the same record, unless plainly another child."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renjia.records.intake import FIELDS, Feed, Refusal, Row, check, load_feeds, read_file, recognise
from renjia.records.intake.problems import Problem, refuse
from renjia.records.intake.repeats import MOST_CHILDREN, same_record

STATES = {"decided": "已决", "twins_undecided": "双胎待定", "in_review": "待复核", "alone": "单独", "returned": "退回"}
Told = Callable[[str, int, int], None]

_ENDINGS = (".csv", ".xlsx", ".xls", ".xlsm", ".txt", ".tsv", ".zip")
_WHOLE = ("minute", "weight", "order", "plurality", "parity")
_DATES = ("born", "reported")
_MORE = re.compile("[:@]")


@dataclass(slots=True)
class Received:
    """收到的一条记录 — one line of 个案.csv; origin: file stem; number: as sent; returned: intake sends it back."""

    origin: str
    number: str
    key: str
    feed: str
    values: dict[str, Any]
    returned: bool


@dataclass(slots=True)
class Reading:
    """读到的 — rows in order of files and lines, not yet one a record; notes; problems of the rows sent back."""

    files: int = 0
    rows: int = 0
    lines: list[tuple[Path, str, str, Row, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_folder(directory: Path, apart: Iterable[Path], told: Told, named: str = "") -> Reading:
    """读文件夹 — flat or month folders, `apart` left out; `named` goes before the names of files in records' keys.

    Raises Refusal (Chinese) when there is no feed file or one of them cannot be taken.
    """
    feeds = load_feeds()
    paths = _files(directory, [one.resolve() for one in apart])
    reading = Reading()
    seen: set[bytes] = set()
    refused: list[Problem] = []
    for position, path in enumerate(paths):
        told(f"读 {path.name}", position, len(paths))
        data = path.read_bytes()
        digest = hashlib.sha256(data).digest()
        shown = path.relative_to(directory).as_posix()
        if digest in seen:
            reading.notes.append(f"「{shown}」与前面的一个文件逐字节相同，只计一次")
            continue
        seen.add(digest)
        try:
            sheet = read_file(data, path.name)
            feed = recognise(sheet, feeds.values())
        except Refusal as refusal:
            if _named_as_feed(path, feeds.values()):
                refused += [replace(problem, file=shown) for problem in refusal.problems]
                continue
            reading.notes.append(f"跳过「{shown}」：不是五个来源的文件")
            continue
        checked = check(sheet, feed)
        reading.files += 1
        reading.rows += checked.rows
        for row, returned in sorted(
            [(row, False) for row in checked.accepted] + [(row, True) for row in checked.returned],
            key=lambda one: one[0].row_number,
        ):
            reading.lines.append((path, f"{named}{shown}", feed.id, row, returned))
            if returned:
                reading.problems += [replace(problem, file=shown) for problem in row.problems]
    if refused:
        raise Refusal(refused)
    if not reading.files:
        raise refuse(
            directory.name, "文件夹里没有五个来源的文件",
            "请放入生育登记、住院分娩、预防接种、出生医学证明、户籍出生的文件（.csv 或 .xlsx），可按月分文件夹",
        )  # fmt: skip
    return reading


def received(reading: Reading, held: pa.Table | None = None) -> list[Received]:
    """每条一次 — what is sent again replaces what came first; held: records of earlier months, by the same rule."""
    shelf = _Shelf(monthly=held is not None)
    if held is not None:
        shelf.keep(_sent_before(held, reading))
    for path, shown, feed, row, returned in reading.lines:
        shelf.place(path, shown, feed, row, returned)
    return shelf.records


def record_table(received: Sequence[Received]) -> pa.Table:
    """记录表 — for the engine: record, source and the canonical fields; what nobody stated is null."""
    kinds: dict[str, pa.DataType] = dict.fromkeys(FIELDS, pa.string())
    kinds |= dict.fromkeys(_WHOLE, pa.int64()) | dict.fromkeys(_DATES, pa.date32())
    columns = {"record": pa.array([one.key for one in received], pa.string()),
               "source": pa.array([one.feed for one in received], pa.string())}  # fmt: skip
    for name, kind in kinds.items():
        values = [one.values[name] for one in received]
        columns[name] = pa.array([None if value == "" else value for value in values], kind)
    return pa.table(columns)


def _files(directory: Path, apart: Sequence[Path]) -> list[Path]:
    if not directory.is_dir():
        raise refuse(str(directory), "没有这个文件夹", "请核对路径")
    return sorted(
        path
        for path in directory.rglob("*")
        if path.is_file()
        and path.suffix.lower() in _ENDINGS
        and not path.name.startswith((".", "~$"))
        and not any(one in path.resolve().parents for one in apart)
    )


def _named_as_feed(path: Path, feeds: Sequence[Feed] | Any) -> bool:
    return any(word in path.stem for feed in feeds for word in feed.known_as)


def _sent_before(held: pa.Table, reading: Reading) -> list[Received]:
    """Records held whose number comes again, or is one that a second child made longer by `:row`."""
    coming = {
        f"{feed}|{_MORE.split(str(row.values['record_no']) or shown)[0]}" for _, shown, feed, row, _ in reading.lines
    }
    bare = pc.replace_substring_regex(held["record"], pattern=f"{_MORE.pattern}.*$", replacement="")
    again = held.filter(pc.is_in(bare, value_set=pa.array(sorted(coming), pa.string())))
    found = []
    for line in again.to_pylist():
        number = line["record"].partition("|")[2]
        values = {name: "" if line.get(name) is None else line[name] for name in FIELDS}
        found.append(Received("", number, line["record"], line["source"], values, False))
    return found


class _Shelf:
    """架上的记录 — one place per record; a number that another child already has gets its row added."""

    def __init__(self, monthly: bool) -> None:
        self.monthly = monthly
        self.records: list[Received] = []
        self.keys: set[str] = set()
        self.by_number: dict[tuple[str, str], list[Received]] = {}
        self.before: dict[str, Received] = {}
        self.equal: dict[tuple[object, ...], Received] = {}

    def keep(self, held: Sequence[Received]) -> None:
        """上架 — records of earlier months: their keys are taken, and a later version of one bears its key."""
        for one in held:
            self.keys.add(one.key)
            self.before[one.key] = one
            for number in {one.number, _MORE.split(one.number)[0]}:
                self.by_number.setdefault((one.feed, number), []).append(one)

    def place(self, path: Path, shown: str, feed: str, row: Row, returned: bool) -> None:
        """放一条."""
        number = str(row.values["record_no"])
        earlier = self.by_number.setdefault((feed, number), []) if number else []
        if len(earlier) >= MOST_CHILDREN:
            # only an equal row is a repeat: see Repeats
            whole = (feed, returned, *row.values.values())
            if whole in self.equal:
                return
        for kept in earlier[:MOST_CHILDREN]:
            if returned or kept.returned or same_record(kept.values, row.values):
                # a mended row takes the place of the one sent back, never the other way round
                if not returned or kept.returned:
                    kept.values, kept.returned = row.values, returned
                    if self.before.pop(kept.key, None):
                        kept.origin = path.stem
                        self.records.append(kept)
                return
        said = number or f"{shown if self.monthly else path.name}:{row.row_number}"
        if not number and (sent := self.before.pop(f"{feed}|{said}", None)):
            # the same line of the same file, read again
            sent.origin, sent.values, sent.returned = path.stem, row.values, returned
            self.records.append(sent)
            return
        if f"{feed}|{said}" in self.keys:
            said = f"{number}:{row.row_number}" if number else f"{shown}:{row.row_number}"
        if f"{feed}|{said}" in self.keys:
            said = f"{number}@{shown}:{row.row_number}"
        self.keys.add(f"{feed}|{said}")
        one = Received(path.stem, said, f"{feed}|{said}", feed, row.values, returned)
        self.records.append(one)
        self.equal[feed, returned, *row.values.values()] = one
        earlier.append(one)
