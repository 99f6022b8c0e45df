"""收件的办理 — receive, accept, withdraw; each is whole or not at all, and the same file twice is one batch."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from renjia.engine.units import Month, level_of
from renjia.records.audit.actions import record_event
from renjia.records.audit.models import Action
from renjia.records.intake import (
    Checked,
    Choice,
    Problem,
    Refusal,
    check,
    load_feeds,
    read_file,
    recognise,
    returned_file,
)
from renjia.records.intake.boxes import blind_mother, blind_phone, fingerprint, open_records, seal_rows, to_texts
from renjia.records.intake.models import Batch, BatchState, RecordState, SourceRecord, Via
from renjia.records.intake.models import Problem as StoredProblem
from renjia.records.intake.repeats import same_record
from renjia.records.places.models import Place
from renjia.records.store import files
from renjia.records.store.keys import keys
from renjia.records.store.scope import SYSTEM_ROLE, current
from renjia.records.store.staging import load

VALUES = "intake_problem"
COLUMNS = (
    "id", "batch_id", "source", "key", "record_no", "row", "month", "place", "institution", "born", "sex", "reported",
    "outcome", "box", "mother_index", "phone_index", "fingerprint", "state", "supersedes_id",
)  # fmt: skip


class NotReceived(Exception):
    """不能收 — why and what to do, in Chinese."""


@transaction.atomic
def receive_file(
    *, data: bytes, filename: str, month: Month | None, via: Via, place: str, choice: Choice | None = None
) -> Batch:
    """收一个文件 — kept sealed as received, read and checked; a file already received is the batch it was.

    The result is 待入库 with the problems found, or 整件退回 with why. A file that holds what may not be held is refused
    and not kept.
    """
    digest = files.digest_of(data)
    asked = current()
    same = Batch.objects.filter(digest=digest, place=place)
    known = same.filter(state__in=(BatchState.CHECKED, BatchState.ACCEPTED)).first()
    if known is not None and (choice is None or known.state == BatchState.ACCEPTED):
        return known
    # What was refused is looked at again, for the rules or the choice may have changed; it stays the batch it was.
    again = same.filter(state=BatchState.REFUSED, sender=asked.name, institution=asked.institution).first()
    batch = known or again or Batch(
        id=uuid4(), digest=digest, size=len(data), sender=asked.name, institution=asked.institution, place=place
    )  # fmt: skip
    if known is None:
        batch.filename, batch.via, batch.month = filename[:200], via, str(month) if month else ""
    batch.choice = _choice_as_json(choice)
    try:
        checked = examine_file(data, filename, month, choice, role=asked.role, institution=asked.institution)
    except Refusal as refusal:
        return _refuse(batch, refusal, data)
    files.keep(data)
    batch.state, batch.reason, batch.closed_at = BatchState.CHECKED, "", None
    batch.feed, batch.month = checked.feed.id, str(checked.month or month or "")
    batch.notes, batch.unknown = checked.notes, checked.unknown_columns
    batch.columns = [[name, field] for name, field in checked.columns]
    batch.rows, batch.returned, batch.repeated = checked.rows, len(checked.returned), len(checked.repeated)
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError:  # sent at the same moment, or by someone whose batches the sender may not see
        raise NotReceived(f"“{filename}”已经收到过，不用再送。") from None
    batch.problems.all().delete()
    _keep_problems(batch, checked.problems)
    record_event(action=Action.CHANGE, case_ref=str(batch.pk), fields="收件")
    return batch


def examine_file(
    data: bytes, filename: str, month: Month | None, choice: Choice | None, *, role: str, institution: str
) -> Checked:
    """读件查件 — raises Refusal; a role may send only the feeds whose page names it, a hospital only its own births."""
    reading = read_file(data, filename, choice)
    feed = recognise(reading, load_feeds().values())
    if role not in (SYSTEM_ROLE, *feed.senders):
        raise Refusal(
            [Problem(filename, 0, "", "", f"您的角色不能报送“{feed.name}”", "请由该来源的报送单位送来", "refuse_file")]
        )
    checked = check(reading, feed, month)
    if institution:
        _send_back_foreign_rows(checked, institution)
    return checked


def _send_back_foreign_rows(checked: Checked, institution: str) -> None:
    """A hospital reports its own births only."""
    own = [r for r in checked.accepted if r.values["institution"] == institution]
    for row in checked.accepted:
        if row.values["institution"] != institution:
            problem = Problem(
                checked.filename, row.row_number, "机构代码", str(row.values["institution"]), "不是本机构的分娩",
                f"本机构代码是 {institution}；别的机构由它自己报送", "return_row",
            )  # fmt: skip
            row.problems.append(problem)
            checked.problems.append(problem)
            checked.returned.append(row)
    checked.accepted[:] = own


def _refuse(batch: Batch, refusal: Refusal, data: bytes) -> Batch:
    batch.state, batch.closed_at = BatchState.REFUSED, timezone.now()
    batch.reason = str(refusal.problems[0])[:300] if refusal.problems else ""
    batch.notes = [option.label for option in refusal.options]
    if refusal.options:  # a person can still settle what is unclear: the file is kept for that
        files.keep(data)
    batch.save()
    batch.problems.all().delete()
    _keep_problems(batch, refusal.problems)
    record_event(action=Action.REFUSED, case_ref=str(batch.pk), fields="收件")
    return batch


def _choice_as_json(choice: Choice | None) -> dict[str, Any]:
    if choice is None:
        return {}
    return {name: getattr(choice, name) for name in Choice.__slots__ if getattr(choice, name)}


def choice_of(batch: Batch) -> Choice | None:
    """人工选定 — as it was given for this batch."""
    return Choice(**batch.choice) if batch.choice else None


def _keep_problems(batch: Batch, problems: Iterable[Problem]) -> None:
    seal = keys().sealer("births")
    StoredProblem.objects.bulk_create(
        [
            StoredProblem(
                batch=batch, row=p.row or None, column=p.column[:100], reason=p.reason[:300], remedy=p.remedy[:300],
                severity=p.severity,
                value=seal.seal(VALUES, f"{batch.pk}|{p.row}|{p.column[:100]}", {"value": p.value}) if p.value else None,
            )
            for p in problems
        ],
        batch_size=2000,
    )  # fmt: skip


def problem_value(problem: StoredProblem) -> str:
    """问题的原值 — opened for a page whose viewer sees the batch."""
    if problem.value is None:
        return ""
    row = f"{problem.batch_id}|{problem.row or 0}|{problem.column}"
    return keys().sealer("births").open(VALUES, row, bytes(problem.value))["value"]


def checked_again(batch: Batch) -> Checked:
    """再查一遍 — from the kept file; the same file and choice give the same result."""
    return examine_file(
        files.fetch(batch.digest), batch.filename, Month.parse(batch.month) if batch.month else None, choice_of(batch),
        role=SYSTEM_ROLE, institution=batch.institution,
    )  # fmt: skip


def mend_file(*, batch: Batch) -> bytes:
    """退回件 — the rows to mend, with reasons, as a workbook."""
    record_event(action=Action.EXPORT, case_ref=str(batch.pk), fields="退回件")
    return returned_file(checked_again(batch))


@transaction.atomic
def accept_batch(*, batch_id: UUID) -> Batch:
    """入库 — the good rows become records; a record sent again unchanged is counted, changed it replaces the earlier.

    Runs under a system scope: what an earlier batch brought must be seen to be replaced.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.state == BatchState.ACCEPTED:
        return batch
    if batch.state != BatchState.CHECKED:
        raise NotReceived(f"“{batch.filename}”{batch.get_state_display()}，不能入库。")
    if not batch.month:
        raise NotReceived("请先写明是哪个月上报的：重新上传并选好月份。")
    checked = checked_again(batch)
    # The rules or the day may have moved on since it was received: what holds now is what is kept.
    batch.rows, batch.returned = checked.rows, len(checked.returned)
    rows = list(zip(_keys(batch.feed, checked), checked.accepted, strict=True))
    before = {
        record.key: record
        for record in SourceRecord.objects.filter(key__in=[k for k, _ in rows], state=RecordState.CURRENT)
    }
    old_values = dict(zip(before, open_records(before.values()), strict=True))
    places = set(Place.objects.values_list("code", flat=True))
    fresh, replaced, repeated = [], [], 0
    for key, row in rows:
        texts = to_texts(row.values)
        mark = fingerprint(texts)
        old = before.get(key)
        if old is not None and bytes(old.fingerprint) == mark:
            repeated += 1
            continue
        if old is not None and not same_record(_plain(old_values[key]), _plain(row.values)):
            key, old = f"{key}@{batch.digest[:8]}:{row.row_number}", None  # one number, another child
        if old is not None:
            replaced.append(old.pk)
        fresh.append((uuid4(), key, row, texts, mark, old.pk if old else None))
    SourceRecord.objects.filter(pk__in=replaced).update(state=RecordState.SUPERSEDED)
    boxes = seal_rows([str(f[0]) for f in fresh], [f[3] for f in fresh])
    load(
        SourceRecord,
        COLUMNS,
        (
            (
                pk, batch.pk, batch.feed, key, row.values["record_no"], row.row_number, batch.month,
                _place(row.values, places, batch.place), row.values["institution"], row.values["born"], row.values["sex"],
                row.values["reported"], row.values["outcome"], box, blind_mother(row.values), blind_phone(row.values), mark,
                RecordState.CURRENT.value, replaces,
            )
            for (pk, key, row, _, mark, replaces), box in zip(fresh, boxes, strict=True)
        ),
    )  # fmt: skip
    batch.accepted, batch.repeated = len(fresh), len(checked.repeated) + repeated
    batch.state, batch.closed_at = BatchState.ACCEPTED, timezone.now()
    batch.save()
    record_event(action=Action.CHANGE, case_ref=str(batch.pk), fields="入库")
    return batch


def _keys(feed: str, checked: Checked) -> list[str]:
    """记录键 — the record's number; without one, its content, so that the same row sent again is known again."""
    seen: Counter[str] = Counter()
    keys = []
    for row in checked.accepted:
        number = row.record if row.values["record_no"] else f"~{fingerprint(to_texts(row.values)).hex()[:16]}"
        seen[number] += 1
        keys.append(f"{feed}|{number}" + (f"#{seen[number]}" if seen[number] > 1 else ""))
    return keys


def _plain(values: dict[str, Any]) -> dict[str, object]:
    return {name: "" if value is None else value for name, value in values.items()}


def _place(values: dict[str, Any], known: set[str], district: str) -> str:
    code = str(values["address"] or values["hukou_place"] or "")
    if code in known:
        return code
    return code[:9] if code[:9] in known and level_of(code[:9]) == "street" else district


@transaction.atomic
def withdraw_batch(*, batch_id: UUID, reason: str) -> Batch:
    """撤回 — the batch and all it brought; what it had replaced holds again. The next reconciliation follows."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.state not in (BatchState.CHECKED, BatchState.ACCEPTED):
        raise NotReceived(f"“{batch.filename}”{batch.get_state_display()}，不用撤回。")
    if not reason.strip():
        raise NotReceived("撤回须写缘由。")
    mine = SourceRecord.objects.filter(batch=batch)
    if SourceRecord.objects.filter(supersedes__batch=batch, state=RecordState.CURRENT).exclude(batch=batch).exists():
        raise NotReceived("后来的批次已更正了其中的记录，请先撤回后来的批次。")
    restored = list(
        mine.filter(state=RecordState.CURRENT, supersedes__isnull=False).values_list("supersedes_id", flat=True)
    )
    mine.update(state=RecordState.WITHDRAWN)
    SourceRecord.objects.filter(pk__in=restored).update(state=RecordState.CURRENT)
    batch.state, batch.reason, batch.closed_at = BatchState.WITHDRAWN, reason.strip()[:300], timezone.now()
    batch.save()
    record_event(action=Action.CHANGE, case_ref=str(batch.pk), fields="撤回")
    return batch
