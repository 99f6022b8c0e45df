"""对账 — `renjia link`: a folder of departments' files in, one case per child and every difference out; no database."""

import csv
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Self

import pyarrow as pa
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from renjia.engine.linkage import Model, differences, learn, model_from_json, model_to_json, rules, stable_ids
from renjia.engine.linkage import link as link_records
from renjia.engine.units import system_said
from renjia.records.intake import FIELDS, Feed, Refusal, Row, check, load_feeds, read_file, recognise
from renjia.records.intake.problems import Problem, refuse
from renjia.records.intake.repeats import same_record
from renjia.records.intake.tables import protect

STATES = {"decided": "已决", "twins_undecided": "双胎待定", "in_review": "待复核", "alone": "单独", "returned": "退回"}
CASES = ("来源", "记录号", "个案号", "分娩号", "状态")
MODEL = "模型.json"
DIFFERENCES = ("个案号", "字段", "来源", "值", "采用值", "规则")

_ENDINGS = (".csv", ".xlsx", ".xls", ".xlsm", ".txt", ".tsv", ".zip")
_WHOLE = ("minute", "weight", "order", "plurality", "parity")
_DATES = ("born", "reported")
_QUIET_SECONDS = 2.0

Told = Callable[[str, int, int], None]


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
class Outcome:
    """结果 — what was read and written."""

    files: int = 0
    rows: int = 0
    records: int = 0
    cases: int = 0
    differences: int = 0
    questions: int = 0
    states: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    model: str = ""


def link_folder(
    directory: Path,
    out: Path,
    told: Told = lambda *_: None,
    *,
    learned: bool = False,
    model: Model | None = None,
) -> Outcome:
    """对账一个文件夹 — flat or month folders; writes out/个案.csv and out/差异.csv, UTF-8 with BOM.

    learned: learn the model from these files first and write out/模型.json; model: use this one.

    Raises Refusal (Chinese) when the folder has no feed file or one of them cannot be taken; then nothing is written.
    """
    outcome = Outcome()
    received = _received(directory, out, outcome, told)
    accepted = [one for one in received if not one.returned]
    table = _table(accepted)
    if learned:
        told("学习参数", 0, 3)
        found = learn(table)
        model, outcome.notes = found.model, [*outcome.notes, *found.notes]
    told("对账", 0, 3)
    linked = link_records(table, model=model)
    outcome.model = linked.model_version
    told("对账", 1, 3)
    case, delivery, state = _numbers(linked.assignment, received)
    rows = differences(table, linked.assignment).to_pylist()
    told("对账", 2, 3)
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "个案.csv", CASES, ((one.origin, one.number, case[one.key], delivery[one.key], STATES[state[one.key]])
                                   for one in received))  # fmt: skip
    origin = {one.key: one.origin for one in received}
    labels = {name: rule.label for name, rule in rules().items()}
    listed = sorted(
        (
            case[row["record"]],
            position,
            labels[row["field"]],
            origin[row["record"]],
            row["value"],
            row["chosen"],
            row["rule"],
        )
        for position, row in enumerate(rows)
    )
    _write(out / "差异.csv", DIFFERENCES, ((number, *rest) for number, _, *rest in listed))
    if learned and model is not None:
        (out / MODEL).write_text(model_to_json(model), encoding="utf-8")
    told("对账", 3, 3)
    outcome.records, outcome.cases = len(received), len(set(case.values()))
    outcome.differences, outcome.questions = len(listed), linked.questions.num_rows
    outcome.states = dict(Counter(STATES[state[one.key]] for one in received))
    return outcome


def _received(directory: Path, out: Path, outcome: Outcome, told: Told) -> list[Received]:
    """Every record of every feed file once, in order of files and rows; what is sent again replaces what came first."""
    feeds = load_feeds()
    paths = _files(directory, out)
    shelf = _Shelf()
    seen: set[bytes] = set()
    refused: list[Problem] = []
    for position, path in enumerate(paths):
        told(f"读 {path.name}", position, len(paths))
        data = path.read_bytes()
        digest = hashlib.sha256(data).digest()
        shown = path.relative_to(directory).as_posix()
        if digest in seen:
            outcome.notes.append(f"「{shown}」与前面的一个文件逐字节相同，只计一次")
            continue
        seen.add(digest)
        try:
            reading = read_file(data, path.name)
            feed = recognise(reading, feeds.values())
        except Refusal as refusal:
            if _named_as_feed(path, feeds.values()):
                refused += [replace(problem, file=shown) for problem in refusal.problems]
                continue
            outcome.notes.append(f"跳过「{shown}」：不是五个来源的文件")
            continue
        checked = check(reading, feed)
        outcome.files += 1
        outcome.rows += checked.rows
        for row, returned in sorted(
            [(row, False) for row in checked.accepted] + [(row, True) for row in checked.returned],
            key=lambda one: one[0].row_number,
        ):
            shelf.place(path, shown, feed.id, row, returned)
    if refused:
        raise Refusal(refused)
    if not outcome.files:
        raise refuse(
            directory.name, "文件夹里没有五个来源的文件",
            "请放入生育登记、住院分娩、预防接种、出生医学证明、户籍出生的文件（.csv 或 .xlsx），可按月分文件夹",
        )  # fmt: skip
    return shelf.records


def _files(directory: Path, out: Path) -> list[Path]:
    if not directory.is_dir():
        raise refuse(str(directory), "没有这个文件夹", "请核对路径")
    skip = out.resolve()
    return sorted(
        path
        for path in directory.rglob("*")
        if path.is_file()
        and path.suffix.lower() in _ENDINGS
        and not path.name.startswith((".", "~$"))
        and skip not in path.resolve().parents
    )


def _named_as_feed(path: Path, feeds: Sequence[Feed] | Any) -> bool:
    return any(word in path.stem for feed in feeds for word in feed.known_as)


class _Shelf:
    """架上的记录 — one place per record; a number that another child already has gets its row added."""

    def __init__(self) -> None:
        self.records: list[Received] = []
        self.keys: set[str] = set()
        self.by_number: dict[tuple[str, str], list[Received]] = {}

    def place(self, path: Path, shown: str, feed: str, row: Row, returned: bool) -> None:
        """放一条."""
        number = str(row.values["record_no"])
        earlier = self.by_number.setdefault((feed, number), []) if number else []
        for kept in earlier:
            if returned or kept.returned or same_record(kept.values, row.values):
                # a mended row takes the place of the one sent back, never the other way round
                if not returned or kept.returned:
                    kept.values, kept.returned = row.values, returned
                return
        said = number or f"{path.name}:{row.row_number}"
        if f"{feed}|{said}" in self.keys:
            said = f"{number}:{row.row_number}" if number else f"{shown}:{row.row_number}"
        if f"{feed}|{said}" in self.keys:
            said = f"{number}@{shown}:{row.row_number}"
        self.keys.add(f"{feed}|{said}")
        one = Received(path.stem, said, f"{feed}|{said}", feed, row.values, returned)
        self.records.append(one)
        earlier.append(one)


def _table(received: Sequence[Received]) -> pa.Table:
    kinds: dict[str, pa.DataType] = dict.fromkeys(FIELDS, pa.string())
    kinds |= dict.fromkeys(_WHOLE, pa.int64()) | dict.fromkeys(_DATES, pa.date32())
    columns = {"record": pa.array([one.key for one in received], pa.string()),
               "source": pa.array([one.feed for one in received], pa.string())}  # fmt: skip
    for name, kind in kinds.items():
        values = [one.values[name] for one in received]
        columns[name] = pa.array([None if value == "" else value for value in values], kind)
    return pa.table(columns)


def _numbers(
    assignment: pa.Table, received: Sequence[Received]
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Case number, delivery number and state by record key; what goes back stands alone."""
    records = assignment["record"].to_pylist()
    found = []
    for level, letter in (("case", "G"), ("delivery", "F")):
        serial = _serial(letter)
        numbers, _ = stable_ids({}, assignment, lambda _, serial=serial: next(serial), level=level)  # type: ignore[misc]
        by_record = {record: numbers[key] for record, key in zip(records, assignment[level].to_pylist(), strict=True)}
        by_record |= {one.key: next(serial) for one in sorted(received, key=lambda one: one.key) if one.returned}
        found.append(by_record)
    state = dict(zip(records, assignment["state"].to_pylist(), strict=True))
    state |= {one.key: "returned" for one in received if one.returned}
    return found[0], found[1], state


def _serial(letter: str) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"{letter}{number:07d}"


def _write(path: Path, header: Sequence[str], rows: Any) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([protect(cell) for cell in row] for row in rows)


class _Bar:
    """进度 — a bar that appears once the work has lasted two seconds."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console, transient=True)
        self.begun = time.monotonic()
        self.task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.progress.stop()

    def told(self, stage: str, done: int, whole: int) -> None:
        """报进度."""
        if time.monotonic() - self.begun < _QUIET_SECONDS:
            return
        self.progress.start()
        if self.task is None:
            self.task = self.progress.add_task(stage, total=whole)
        self.progress.update(self.task, description=stage, completed=done, total=whole, refresh=True)


def _held(path: Path | None, learned: bool) -> Model | None:
    """The model of a file; refused together with learning, or when it is none."""
    if path is None:
        return None
    if learned:
        raise refuse(path.name, "「--learn」与「--model」不能同时用", "要么重新学习，要么用以前学得的模型")
    try:
        return model_from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(
            str(path), f"读不了这个模型文件（{error}）", "请核对路径；要用「renjia link --learn」写出的文件"
        ) from None
    except ValueError as error:
        raise refuse(path.name, str(error).split("；")[0], str(error).split("；")[-1]) from None


def link(
    directory: Annotated[Path, typer.Argument(help="来源文件夹：五个部门的文件，平放或按月分文件夹")],
    out: Annotated[Path, typer.Option(help="结果写到哪个文件夹：个案.csv 与 差异.csv", file_okay=False)],
    learned: Annotated[bool, typer.Option("--learn", help="先从这些记录学习判定参数，模型写到 模型.json")] = False,
    model: Annotated[Path | None, typer.Option(help="用以前学得的 模型.json", dir_okay=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="摘要写成 JSON，给程序读")] = False,
) -> None:
    """对账：五部门的出生记录归到每个孩子一个个案，列出各来源的不同。不用数据库。"""
    console = Console(stderr=True, soft_wrap=True)
    begun = time.monotonic()
    try:
        with _Bar(console) as bar:
            outcome = link_folder(directory, out, bar.told, learned=learned, model=_held(model, learned))
    except Refusal as refusal:
        console.print("不能对账，没有写任何文件：", markup=False)
        for problem in refusal.problems:
            console.print(str(problem), markup=False)
        raise typer.Exit(2) from None
    except OSError as error:
        console.print(
            f"不能写到「{out}」：{system_said(error)}；请换一个文件夹，或关掉正打开着的结果文件", markup=False
        )
        raise typer.Exit(2) from None
    if as_json:
        print(json.dumps(asdict(outcome), ensure_ascii=False))
        return
    for note in outcome.notes:
        console.print(note, markup=False)
    states = "，".join(f"{name} {outcome.states.get(name, 0):,}" for name in STATES.values())
    read = f"读 {outcome.files} 个文件 {outcome.rows:,} 行"
    print(f"{read}，{outcome.records:,} 条记录归为 {outcome.cases:,} 个个案：{states}")
    asked = f"待复核问题 {outcome.questions:,} 个，差异 {outcome.differences:,} 行"
    print(f"{asked}；写在「{out}」，用时 {time.monotonic() - begun:.1f} 秒")
