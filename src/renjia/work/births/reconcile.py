"""比对入案 — every current record to one case a child; run again on the same records it changes nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pyarrow as pa
from django.utils import timezone
from psycopg.types.json import Jsonb

from renjia.engine.linkage import Decision, Linked, chosen_values, differences, link, stable_ids
from renjia.engine.units import district_of, street_of
from renjia.records.intake import FIELDS
from renjia.records.intake.boxes import open_records
from renjia.records.intake.models import RecordState, SourceRecord
from renjia.records.places.models import Place
from renjia.records.store.staging import change, load
from renjia.work.births.actions import Refused
from renjia.work.births.corrections import apply, overrides
from renjia.work.births.models import BirthCase, CaseEvent, CaseRecord, EventKind, Evidence, Question
from renjia.work.births.schema import RECORDS

Progress = Callable[[str, int, int], None]


@dataclass
class Outcome:
    """比对结果 — what this run changed."""

    records: int = 0
    cases: int = 0
    created: int = 0
    changed: int = 0
    retired: int = 0
    questions: int = 0
    events: list[CaseEvent] = field(default_factory=list)


def current_records() -> list[SourceRecord]:
    """现行记录 — in a fixed order, so that nothing depends on how they arrived."""
    return list(SourceRecord.objects.filter(state=RecordState.CURRENT).order_by("key"))


def records_table(values: Iterable[Mapping[str, Any]]) -> pa.Table:
    """成表 — canonical values as the linkage engine wants them."""
    return pa.Table.from_pylist([dict(v) for v in values], RECORDS)


def decisions() -> list[Decision]:
    """复核决定 — must-links and cannot-links that survive every re-run."""
    answered = Question.objects.filter(same__isnull=False).order_by("a_key", "b_key")
    return [Decision(*row) for row in answered.values_list("a_key", "b_key", "same", "level")]


LABELS = {name: label for name, (label, _) in FIELDS.items() if name not in ("record_no", "reported", "outcome")}


class Numbers:
    """编号 — case numbers by month of first arrival, in order, never used again."""

    def __init__(self) -> None:
        self.last: dict[str, int] = defaultdict(int)
        for no in BirthCase.objects.values_list("no", flat=True):
            month, _, serial = no.partition("-")
            self.last[month] = max(self.last[month], int(serial))

    def next(self, month: str) -> str:
        short = month[2:4] + month[5:7]
        self.last[short] += 1
        return f"{short}-{self.last[short]:05d}"


def place_of(address: str | None, known: set[str], district: str) -> str:
    """承办区划 — the neighbourhood if we know it, else its street, else the district's pool."""
    code = address or ""
    if code in known and district_of(code) == district:
        return code
    street = street_of(code) if len(code) >= 9 else ""
    return street if street in known and district_of(code) == district else district


def reconcile(*, district: str, progress: Progress) -> Outcome:
    """比对 — reads all current records, links them, writes only what differs from what is stored."""
    progress("打开来源记录", 0, 5)
    records = current_records()
    if not records:
        return _emptied()
    by_key = {r.key: r for r in records}
    table = records_table(open_records(records))
    progress("比对", 1, 5)
    try:
        linked = link(table, decisions=decisions())
    except ValueError as contradiction:
        raise Refused(str(contradiction)) from contradiction
    previous = dict(CaseRecord.objects.filter(record__state=RecordState.CURRENT).values_list("record__key", "case__no"))
    numbers = Numbers()
    mapping, happened = stable_ids(
        previous, linked.assignment, lambda keys: numbers.next(min(by_key[k].month for k in keys))
    )
    progress("取值与差异", 2, 5)
    assignment = linked.assignment.to_pylist()
    case_of = {row["record"]: mapping[row["case"]] for row in assignment}
    outcome = _write_cases(table, linked.assignment, mapping, by_key, district, progress)
    _write_membership(case_of, by_key)
    _write_events(happened, outcome)
    _retire(set(mapping.values()), case_of, previous, outcome)
    progress("证据与复核", 4, 5)
    _write_evidence(linked, by_key)
    outcome.questions = _write_questions(linked, by_key)
    CaseEvent.objects.bulk_create(outcome.events, batch_size=2000)
    outcome.records, outcome.cases = len(records), len(set(mapping.values()))
    progress("比对完成", 5, 5)
    return outcome


def _emptied() -> Outcome:
    """Everything was withdrawn: no case holds anything any more."""
    outcome = Outcome()
    CaseRecord.objects.all().delete()
    Evidence.objects.all().delete()
    Question.objects.filter(same__isnull=True).update(obsolete=True)
    _retire(set(), {}, {}, outcome)
    CaseEvent.objects.bulk_create(outcome.events, batch_size=2000)
    return outcome


def _write_cases(
    table: pa.Table,
    assignment: pa.Table,
    mapping: Mapping[str, str],
    by_key: Mapping[str, SourceRecord],
    district: str,
    progress: Progress,
) -> Outcome:
    """Insert new cases, update those whose content changed; unchanged ones are not touched."""
    outcome = Outcome()
    wanted = _wanted(table, assignment, mapping, by_key, district)
    have = {c.no: c for c in BirthCase.objects.filter(no__in=list(wanted))}
    fresh, changed = [], []
    now = timezone.now()
    for no, values in sorted(wanted.items()):
        digest = sha256(repr(sorted(values.items())).encode()).hexdigest()
        old = have.get(no)
        if old is None:
            fresh.append((uuid4(), no, uuid4(), False, None, digest, now, *(_stored(values[c]) for c in CASE_VALUES)))
        elif old.digest != digest or old.retired is not None:
            changed.append((old.pk, None, digest, now, *(_stored(values[c]) for c in CASE_VALUES)))
    load(BirthCase, ("id", "no", "workset_key", "escalated", "retired", "digest", "changed", *CASE_VALUES), fresh)
    if changed:
        change(BirthCase, "id", ("retired", "digest", "changed", *CASE_VALUES), changed)
    outcome.created, outcome.changed = len(fresh), len(changed)
    progress("写入个案", 3, 5)
    return outcome


CASE_VALUES = (
    "delivery",
    "state",
    "month",
    "born",
    "sex",
    "order",
    "outcome",
    "place",
    "home",
    "differences",
    "agreement",
)


def _stored(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, list | dict) else value


def _wanted(
    table: pa.Table, assignment: pa.Table, mapping: Mapping[str, str], by_key: Mapping[str, SourceRecord], district: str
) -> dict[str, dict[str, Any]]:
    """What each case should say: the chosen values, its place, how its sources differ."""
    rows = assignment.to_pylist()
    members: dict[str, list[str]] = defaultdict(list)
    delivery: dict[str, str] = {}
    state: dict[str, str] = {}
    for row in rows:
        no = mapping[row["case"]]
        members[no].append(row["record"])
        delivery[no] = min(delivery.get(no, row["delivery"]), row["delivery"])
        state[no] = worst(state.get(no), row["state"])
    first_of_delivery: dict[str, str] = {}
    for no in sorted(members):
        first_of_delivery.setdefault(delivery[no], no)
    differing: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in differences(table, assignment).to_pylist():
        no = mapping[row["case"]]
        entry = {"field": row["field"], "label": LABELS[row["field"]], "rule": row["rule"]}
        differing[no].setdefault(row["field"], entry)
    stated = _stated(table, rows, mapping)
    known = set(Place.objects.values_list("code", flat=True))
    corrected = overrides()
    wanted = {}
    for row in chosen_values(table, assignment).to_pylist():
        no = mapping[row["case"]]
        values = apply(row, corrected.get(no, {}))
        home = place_of(values.get("address"), known, district)
        wanted[no] = {
            "delivery": first_of_delivery[delivery[no]],
            "state": state[no],
            "month": min(by_key[k].month for k in members[no]),
            "born": as_day(values["born"]),
            "sex": values["sex"] or "",
            "order": values["parity"],
            "outcome": values["outcome"] or "",
            "place": home,
            "home": home,
            "differences": sorted(differing[no].values(), key=lambda d: d["field"]),
            "agreement": {f: [n, f not in differing[no]] for f, n in sorted(stated[no].items()) if n > 1},
        }
    return wanted


def worst(one: str | None, other: str) -> str:
    """个案的状态 — in review before undecided before decided; alone only when its one record is."""
    order = ("in_review", "twins_undecided", "decided", "alone")
    return other if one is None else min(one, other, key=order.index)


def as_day(value: Any) -> date | None:
    """日期 — a correction comes as text."""
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _stated(table: pa.Table, rows: list[dict[str, Any]], mapping: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """How many sources of a case state each field."""
    case_of = {row["record"]: mapping[row["case"]] for row in rows}
    count: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record in table.select(["record", "source", *LABELS]).to_pylist():
        for name in LABELS:
            if record[name] not in (None, ""):
                count[case_of[record["record"]]][name].add(record["source"])
    return {no: {name: len(sources) for name, sources in fields.items()} for no, fields in count.items()}


def _write_membership(case_of: Mapping[str, str], by_key: Mapping[str, SourceRecord]) -> None:
    ids = dict(BirthCase.objects.values_list("no", "pk"))
    have = dict(CaseRecord.objects.values_list("record_id", "case_id"))
    wanted = {by_key[key].pk: ids[no] for key, no in case_of.items()}
    gone = [pk for pk in have if pk not in wanted]
    CaseRecord.objects.filter(record__in=gone).delete()
    moved = [(pk, case) for pk, case in wanted.items() if pk in have and have[pk] != case]
    if moved:
        change(CaseRecord, "record_id", ("case_id",), moved)
    load(CaseRecord, ("record_id", "case_id"), ((pk, case) for pk, case in wanted.items() if pk not in have))


def _write_events(happened: Iterable[Any], outcome: Outcome) -> None:
    ids = dict(BirthCase.objects.values_list("no", "pk"))
    for event in happened:
        if event.case in ids:
            outcome.events.append(
                CaseEvent(case_id=ids[event.case], kind=EVENT_KINDS[event.kind], text=event.text[:300], who="系统比对")
            )


EVENT_KINDS = {
    "created": EventKind.CREATED, "joined": EventKind.JOINED, "left": EventKind.LEFT, "moved": EventKind.JOINED,
    "merged": EventKind.MERGED, "split": EventKind.SPLIT,
}  # fmt: skip


def _retire(alive: set[str], case_of: Mapping[str, str], previous: Mapping[str, str], outcome: Outcome) -> None:
    """Cases that hold nothing any more: merged into where their records went, or emptied by a withdrawal."""
    heirs: dict[str, str] = {}
    for key, no in sorted(previous.items()):
        if no not in alive and key in case_of:
            heirs.setdefault(no, case_of[key])
    empty = BirthCase.objects.living().exclude(no__in=alive)
    for case in empty:
        case.retired, case.changed = heirs.get(case.no, ""), timezone.now()
        text = f"并入 {case.retired}" if case.retired else "来源记录已撤回"
        outcome.events.append(CaseEvent(case=case, kind=EventKind.RETIRED, text=text, who="系统比对"))
        case.save(update_fields=["retired", "changed"])
        outcome.retired += 1


def _write_evidence(linked: Linked, by_key: Mapping[str, SourceRecord]) -> None:
    have = {
        (a, b, level): (pk, pattern)
        for pk, a, b, level, pattern in Evidence.objects.values_list("pk", "a_id", "b_id", "level", "pattern")
    }
    wanted = {(by_key[e["a"]].pk, by_key[e["b"]].pk, e["level"]): e for e in linked.evidence.to_pylist()}
    stale = [pk for at, (pk, pattern) in have.items() if at not in wanted or wanted[at]["pattern"] != pattern]
    Evidence.objects.filter(pk__in=stale).delete()
    gone = set(stale)
    load(
        Evidence,
        ("a_id", "b_id", "level", "pattern", "score", "model"),
        (
            (*at, e["pattern"], e["score"], linked.model_version)
            for at, e in wanted.items()
            if at not in have or have[at][0] in gone
        ),
    )


def _write_questions(linked: Linked, by_key: Mapping[str, SourceRecord]) -> int:
    """New doubts are asked, doubts that are gone are put aside; decided ones stay as they are."""
    wanted = {(q["a"], q["b"]): q for q in linked.questions.to_pylist()}
    have = {(q.a_key, q.b_key): q for q in Question.objects.all()}
    for at, question in have.items():
        obsolete = at not in wanted and question.same is None
        if question.obsolete != obsolete:
            question.obsolete = obsolete
            question.save(update_fields=["obsolete"])
        if (
            at in wanted
            and question.same is None
            and (question.a_id, question.b_id) != (by_key[at[0]].pk, by_key[at[1]].pk)
        ):
            question.a, question.b = by_key[at[0]], by_key[at[1]]  # a corrected record took the earlier one's place
            question.score, question.pattern, question.reason = (
                wanted[at]["score"],
                wanted[at].get("pattern"),
                wanted[at]["reason"][:200],
            )
            question.save(update_fields=["a", "b", "score", "pattern", "reason"])
    Question.objects.bulk_create(
        [
            Question(
                a=by_key[a], b=by_key[b], a_key=a, b_key=b, level=q["level"], score=q["score"], pattern=q.get("pattern"),
                reason=q["reason"][:200],
            )
            for (a, b), q in wanted.items()
            if (a, b) not in have
        ]
    )  # fmt: skip
    return Question.objects.waiting().count()
