"""问题和答复 — 待复核.csv: what a person should decide; the same table, with 决定 filled in, is what they decided."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from renjia.engine.linkage import Decision
from renjia.records.intake import RETURN, Problem, Refusal, load_feeds
from renjia.records.intake.problems import refuse

_LEVELS = {"child": "同一孩子", "delivery": "同一分娩"}
_SAID = {"是": True, "否": False}


def feed_names() -> dict[str, str]:
    """来源名 — what a source is called, by its id."""
    return {id: feed.name for id, feed in load_feeds().items()}


def named(names: dict[str, str]) -> Callable[[str], str]:
    """记录的叫法 — 住院分娩|H1 of a record's key."""

    def name(key: str) -> str:
        source, _, number = key.partition("|")
        return f"{names.get(source, source)}|{number}"

    return name


def question_rows(questions: pa.Table) -> Iterator[Sequence[str]]:
    """问题的行 — most likely first; 决定 is empty."""
    name = named(feed_names())
    for one in questions.to_pylist():
        yield name(one["a"]), name(one["b"]), _LEVELS[one["level"]], f"{one['score']:.1f}", one["reason"], ""


def read_answers(path: Path) -> list[Decision]:
    """读答复 — 待复核.csv with 决定 是 or 否, rows without one left out; Refusal (Chinese) with every wrong row."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lacking = [name for name in ("甲", "乙", "问的是", "决定") if name not in (reader.fieldnames or ())]
            if lacking:
                raise refuse(
                    path.name, f"缺「{'、'.join(lacking)}」列", "请用「renjia link」写出的 待复核.csv，填好“决定”再传入"
                )
            lines = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise refuse(str(path), f"读不了这份答复（{type(error).__name__}）", "请存成 UTF-8 的 CSV 再传入") from None
    ids = {name: id for id, name in feed_names().items()}
    levels = {said: level for level, said in _LEVELS.items()}
    found, wrong = [], []
    for number, line in enumerate(lines, 2):
        said = (line["决定"] or "").strip()
        if not said:
            continue
        sides = [_key(line[side] or "", ids) for side in ("甲", "乙")]
        unknown = {
            "甲": not sides[0], "乙": not sides[1], "问的是": line["问的是"] not in levels, "决定": said not in _SAID,
        }  # fmt: skip
        for column, bad in unknown.items():
            if bad:
                remedy = "写 是 或 否" if column == "决定" else "照写出时的样子，不要改"
                wrong.append(Problem(path.name, number, column, line[column] or "", "不认得", remedy, RETURN))
        if not wrong:
            found.append(Decision(sides[0], sides[1], _SAID[said], levels[line["问的是"]]))
    if wrong:
        raise Refusal(wrong)
    return found


def _key(text: str, ids: dict[str, str]) -> str:
    name, mark, number = text.removeprefix("'").partition("|")
    return f"{ids[name]}|{number}" if mark and number and name in ids else ""
