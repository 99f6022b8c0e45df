"""记一次查阅 — in the same transaction as the look; if the row cannot be written, there is no look."""

from collections.abc import Iterable

from renjia.records.audit.models import Access, Action
from renjia.records.store.keys import keys
from renjia.records.store.scope import current


def record_looks(
    *, subjects: Iterable[str], action: Action, case_refs: Iterable[str] | None = None, fields: str = ""
) -> None:
    """记录查阅 — one row a subject, in one statement."""
    asked = current()
    subjects = list(subjects)
    refs = list(case_refs) if case_refs is not None else [""] * len(subjects)
    index = keys().index("access")
    rows = [
        Access(
            account=asked.account, who=asked.name, role=asked.role, place=asked.place_name, purpose=asked.purpose,
            action=action, subject=subject, case_ref=ref, fields=fields,
        )
        for subject, ref in zip(subjects, refs, strict=True)
    ]  # fmt: skip
    for row in rows:
        row.mac = index.of(row.sealed_text())
    Access.objects.bulk_create(rows)


def record_event(*, action: Action, case_ref: str = "", fields: str = "") -> None:
    """记录事件 — signing in and out, refusals, jobs: a row without a subject."""
    record_looks(subjects=[""], action=action, case_refs=[case_ref], fields=fields)


def broken_rows(rows: Iterable[Access]) -> list[Access]:
    """校验 — the rows whose MAC does not fit: changed behind the application's back."""
    index = keys().index("access")
    return [row for row in rows if bytes(row.mac) != index.of(row.sealed_text())]
