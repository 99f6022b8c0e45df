"""说明 — why: every condition a column, every fact with its value and source, every month with its standard."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from renjia.engine.rules.decisions import NO_MARK, SETTINGS, UNKNOWN_MARK, YES_MARK, Decision, Mark, Payment, Used
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.judging import DECISIONS, Judged, asked, judged_by, prepared
from renjia.engine.rules.periods import month_start
from renjia.engine.rules.queries import Compiled
from renjia.engine.rules.schemas import KEYS, TABLES
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.sides import left_of
from renjia.engine.rules.workset import Tables

_MARKS = {True: YES_MARK, False: NO_MARK, None: UNKNOWN_MARK}
_MOST_SOURCES = 12


def explain(
    which: str | Scheme,
    tables: Tables,
    on: date,
    place: str,
    *,
    assume: str = "",
    subjects: Sequence[str] | None = None,
    root: Path | None = None,
) -> Iterator[Decision]:
    """逐人说明 — decisions in full, in order of subject; `subjects` None means everyone. Raises as `judge`."""
    scheme, query = prepared(which, tables, on, place, assume, root)
    judged = judged_by(scheme, on, query, assume)
    where = "" if subjects is None else " WHERE id IN (SELECT unnest(?))"
    sql = f"SELECT * FROM ({query.detail}) AS answers{where} ORDER BY id"
    rows = tables.rows(sql, [] if subjects is None else [list(subjects)])
    waiting = [row["id"] for row in rows if row["decision"] == SETTINGS and not scheme.lacking]
    told = tables.left(scheme.per, pa.array(waiting, pa.string()), query.wants).to_pylist() if waiting else []
    masks = {one["id"]: one for one in told}
    for row in rows:
        yield _decision(judged, row | masks.get(row["id"], {}), "")


def judge_one(
    which: str | Scheme,
    tables: Tables,
    subject: str,
    on: date,
    place: str,
    *,
    assume: str = "",
    root: Path | None = None,
) -> Decision:
    """判定一人 — the decision with each condition, facts and sources, schedule, what would change it.

    RuleError when the scheme's fact has no such subject (for 育儿补贴 the subject is the child). `next_change` is not
    looked for here: see `next_change`.
    """
    scheme, query = asked(which, tables, on, place, assume, root)
    row = tables.row(scheme.per, subject, on, query.reads)
    if row is None:
        raise RuleError(f"数据里没有「{subject}」这个对象；请核对编号，也可能他不在这个项目所看的人里")
    answers = _sharpened(tables, query, [row], tables.side.judged(scheme.per, [row], on, query.detail), on)
    judged = judged_by(scheme, on, query, assume)
    return _decision(judged, answers[0], _sources(scheme, tables, subject))


def judge_family(which: str | Scheme, family: Tables, on: date, place: str, *, assume: str = "") -> list[Decision]:
    """判定一家 — everyone the scheme's fact speaks of, in tables opened without the optimiser; sources are not told."""
    scheme, query = asked(which, family, on, place, assume)
    judged = judged_by(scheme, on, query, assume)
    rows = family.family_rows(scheme.per, on, query.reads)
    answers = _sharpened(family, query, rows, family.side.judged(scheme.per, rows, on, query.detail), on)
    return [_decision(judged, row, "") for row in answers]


def _sharpened(
    tables: Tables, query: Compiled, rows: list[dict[str, Any]], answers: list[dict[str, Any]], on: date
) -> list[dict[str, Any]]:
    """The answers; those that are 需配置 with the masks that say which parameters matter."""
    waiting = {one["id"] for one in answers if one["decision"] == SETTINGS}
    if query.scheme.lacking or not waiting:
        return answers
    left = left_of(query.scheme.per)
    told = tables.side.judged(query.scheme.per, [one for one in rows if one["id"] in waiting], on, query.wants, left)
    masks = {one["id"]: one for one in told}
    return [one | masks.get(one["id"], {}) for one in answers]


def _decision(judged: Judged, row: dict[str, Any], sources: str) -> Decision:
    scheme, query = judged.scheme, judged.query
    marks = [] if scheme.lacking else list(_marks(judged, row, sources))
    schedule = [] if row["amount"] is None else list(_schedule(judged, row))
    papers = tuple(dict.fromkeys(one.paper for one in marks if one.paper))
    wanted = tuple(judged.wanted(row)) if row["decision"] == SETTINGS else ()
    if scheme.lacking:
        wanted = scheme.lacking
    return Decision(
        scheme=scheme.id, name=scheme.name, version=scheme.page.since, subject=str(row["id"]), on=judged.on,
        place=query.place.code, decision=DECISIONS[row["decision"]], first=row["first"], last=row["last"],
        monthly=row["monthly"], amount=row["amount"], reason=judged.reason(row), conditions=tuple(marks),
        schedule=tuple(schedule), papers=papers, wanted=wanted, turns=tuple(_turns(marks, wanted)),
        unconfirmed=judged.unconfirmed if row["amount"] is not None else (),
        once=scheme.course is not None and scheme.course.every == "once",
    )  # fmt: skip


def _marks(judged: Judged, row: dict[str, Any], sources: str) -> Iterator[Mark]:
    scheme, query = judged.scheme, judged.query
    columns = scheme.vocabulary.sources(scheme.per)
    for at, line in enumerate(query.lines):
        own = at < len(scheme.conditions)
        mark = _MARKS[row[f"~c{at}" if own else "~over"]]
        facts = tuple(
            Used(word, scheme.comment(word), row[word], str(row.get(columns.get(word, ""), "") or sources))
            for word in query.used[at]
            if word in scheme.words and word != "id"
        )
        settings = tuple(query.settings[word] for word in query.used[at] if word in query.settings)
        hangs = mark == UNKNOWN_MARK and bool(row["unset"] >> at & 1)
        yield Mark(
            mark, line.clause, line.sentence, facts, settings,
            paper=judged.paper(at, row["nulls"]) if mark == UNKNOWN_MARK and not hangs else "",
            unset=tuple(one for one in settings if judged.blocks(one) and judged.matters(row, at, one)) if hangs else (),
        )  # fmt: skip


def _turns(marks: Sequence[Mark], wanted: Sequence[str]) -> Iterator[str]:
    failed = [one for one in marks if one.mark == NO_MARK]
    for one in failed:
        yield f"「{one.sentence}」由 ✗ 变 ✓" + ("" if len(failed) == 1 else f"（{len(failed)} 条都要变）")
    for one in marks:
        if one.mark == UNKNOWN_MARK and one.paper:
            yield f"补交 {one.paper}，「{one.sentence}」由 ？ 变 ✓ 或 ✗"
    yield from (f"确认 {one}" for one in wanted)


def _schedule(judged: Judged, row: dict[str, Any]) -> Iterator[Payment]:
    course = judged.scheme.course
    assert course is not None
    if course.every == "once":
        span = next(one for one in judged.query.stretches if one.last is None or row["~first"].toordinal() <= one.last)
        yield Payment(row["~first"].isoformat(), row["amount"], None, tuple(span.settings.values()))
        return
    first = int(row["~first"])
    for at, span in enumerate(judged.query.stretches):
        count, unit = int(row[f"~n{at}"]), row[f"~u{at}"]
        if count <= 0 or unit is None:
            continue
        settings = tuple(span.settings.values())
        if span.single:
            assert span.first is not None
            months = count if course.every == "year" else None
            yield Payment(_period(course.every, span.first), unit, months, settings)
            continue
        start = first if course.every == "month" else (first - 1) // 12
        start = start if span.first is None else max(start, span.first)
        for one in range(start, start + count):
            yield Payment(_period(course.every, one), unit, None, settings)


def _period(every: str, index: int) -> str:
    return f"{index:04d}" if every == "year" else month_start(index).isoformat()[:7]


def _sources(scheme: Scheme, tables: Tables, subject: str) -> str:
    """Where the subject's own rows came from, for words whose fact does not say."""
    parts: list[str] = []
    for table in scheme.vocabulary.base_tables(scheme.per):
        named = [one.name for one in TABLES[table].columns if one.name in KEYS]
        if named and table in tables.sourced:
            test = " OR ".join(f'"{one}" = $subject' for one in named)
            parts.append(f"SELECT '{table}' AS held, source FROM \"{table}\" WHERE ({test}) AND source IS NOT NULL")
    if not parts:
        return ""
    sql = f"SELECT DISTINCT held, source FROM ({' UNION ALL '.join(parts)}) ORDER BY 1, 2 LIMIT {_MOST_SOURCES}"
    return "；".join(f"{one['held']}：{one['source']}" for one in tables.rows(sql, {"subject": subject}))
