"""从文件夹到文件夹 — `link_folder`: departments' files in; 个案, 差异, 待复核, 退回 and, with a store, 变动 out."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from renjia.engine.linkage import Decision, Model, differences, learn, model_to_json, rules
from renjia.front.reconciling.answers import feed_names, named, question_rows, read_answers
from renjia.front.reconciling.received import STATES, Reading, Received, Told, read_folder, received, record_table
from renjia.front.reconciling.roads import Answer, by_engine, by_store, store_at
from renjia.records.intake import protect
from renjia.records.intake.problems import refuse

CASES = ("来源", "记录号", "个案号", "分娩号", "状态")
DIFFERENCES = ("个案号", "字段", "来源", "值", "采用值", "规则")
QUESTIONS = ("甲", "乙", "问的是", "分值", "缘由", "决定")
RETURNED = ("文件", "行", "列", "值", "缘由", "改法")
EVENTS = ("变动", "个案号", "记录", "另一个案号", "说明")
MODEL = "模型.json"
_KINDS = {"created": "新建", "joined": "加入", "left": "撤回", "moved": "移来", "merged": "并入", "split": "分出"}


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
    changes: dict[str, int] = field(default_factory=dict)


def link_folder(
    directory: Path,
    out: Path,
    told: Told = lambda *_: None,
    *,
    learned: bool = False,
    model: Model | None = None,
    engine: str = "memory",
    store: Path | None = None,
    answers: Path | None = None,
) -> Outcome:
    """对账一个文件夹 — flat or month folders; writes out/个案.csv, 差异.csv, 待复核.csv and 退回.csv, UTF-8 with BOM.

    learned: learn the model from these files first and write out/模型.json; model: use this one. engine: see ENGINES.
    store: the folder of a LinkStore to which these files come; then the lists tell of all it holds, and 变动.csv what
    happened to case numbers. answers: a 待复核.csv with decisions.

    Raises Refusal (Chinese) when the folder has no feed file or one of them cannot be taken; then nothing is written.
    """
    decisions = read_answers(answers) if answers else None
    if store is not None:
        return _monthly(directory, out, told, model, store, decisions)
    reading = read_folder(directory, [out], told)
    outcome = Outcome(reading.files, reading.rows, notes=reading.notes)
    records = received(reading)
    table = record_table([one for one in records if not one.returned])
    if learned:
        told("学习参数", 0, 3)
        found = learn(table)
        model, outcome.notes = found.model, [*outcome.notes, *found.notes]
    told("对账", 0, 3)
    with _taught(answers or directory):
        answer = by_engine(table, engine, model, decisions or (), [one.key for one in records if one.returned])
    _finish(outcome, answer, records, out, told)
    _write_returned(out, reading)
    if learned and model is not None:
        (out / MODEL).write_text(model_to_json(model), encoding="utf-8")
    told("对账", 3, 3)
    return outcome


def _monthly(
    directory: Path, out: Path, told: Told, model: Model | None, folder: Path, decisions: Sequence[Decision] | None
) -> Outcome:
    reading = read_folder(directory, [out, folder], told, f"{directory.resolve().name}/")
    outcome = Outcome(reading.files, reading.rows, notes=reading.notes)
    with _taught(folder), store_at(folder) as store:
        told("打开存储", 0, 3)
        records = received(reading, store.records())
        accepted = [one for one in records if not one.returned]
        told("对账", 0, 3)
        answer = by_store(store, record_table(accepted), model, decisions)
    names, said = feed_names(), {one.key: one for one in records}
    held = zip(*(answer.records[name].to_pylist() for name in ("record", "source")), strict=True)
    rest = [Received(names.get(s, s), k.partition("|")[2], k, s, {}, False) for k, s in held if k not in said]
    outcome.notes += answer.notes
    _finish(outcome, answer, [*records, *rest], out, told)
    _write_returned(out, reading)
    name = named(names)
    rows = ((_KINDS[e.kind], e.case, name(e.record) if e.record else "", e.other, e.text) for e in answer.events)
    _write(out / "变动.csv", EVENTS, rows)
    outcome.changes = dict(Counter(_KINDS[event.kind] for event in answer.events))
    told("对账", 3, 3)
    return outcome


@contextmanager
def _taught(where: Path) -> Iterator[None]:
    """The engine's errors as refusals: reason and remedy stand either side of the last 「；」."""
    try:
        yield
    except ValueError as error:
        reason, _, remedy = str(error).rpartition("；")
        raise refuse(where.name, reason or remedy, remedy if reason else "请核对后再试") from None


def _finish(outcome: Outcome, answer: Answer, records: Sequence[Received], out: Path, told: Told) -> None:
    told("对账", 1, 3)
    linked, assignment = answer.linked, answer.linked.assignment
    state = dict(zip(assignment["record"].to_pylist(), assignment["state"].to_pylist(), strict=True))
    state |= {one.key: "returned" for one in records if one.returned}
    case, delivery = answer.case, answer.delivery
    rows = differences(answer.records, assignment).to_pylist()
    told("对账", 2, 3)
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "个案.csv", CASES, ((one.origin, one.number, case.get(one.key, ""), delivery.get(one.key, ""),
                                   STATES[state[one.key]]) for one in records))  # fmt: skip
    origin = {one.key: one.origin for one in records}
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
    _write(out / "待复核.csv", QUESTIONS, question_rows(linked.questions))
    outcome.model = linked.model_version
    outcome.records, outcome.cases = len(records), len({case[one.key] for one in records if not one.returned})
    outcome.differences, outcome.questions = len(listed), linked.questions.num_rows
    outcome.states = dict(Counter(STATES[state[one.key]] for one in records))


def _write_returned(out: Path, reading: Reading) -> None:
    rows = ((p.file, p.row, p.column, p.value, p.reason, p.remedy) for p in reading.problems)
    _write(out / "退回.csv", RETURNED, rows)


def _write(path: Path, header: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([protect(str(cell)) for cell in row] for row in rows)
