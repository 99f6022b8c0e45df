"""状态 — everything an installation holds, without its random keys and clocks, so that two histories can be compared.

Read as the database's superuser, past row-level security, and with the installation's own keys.
"""

import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from renjia.engine.sealing import Keys
from renjia.measure.snapshot import Workset
from renjia.records.store.databases import NAME
from slow.installation import Installation

Part = Counter[tuple[Any, ...]]

RECORD_OF = "join intake_sourcerecord a on a.id = t.a_id join intake_sourcerecord b on b.id = t.b_id"
QUERIES = {
    "batches": """
        select filename, feed, month, digest, size, sender, institution, place, via, state, choice::text, notes::text,
               columns::text, unknown::text, rows, accepted, returned, repeated, reason, closed_at is null
        from intake_batch""",
    "problems": """
        select b.digest, b.state, p.row, p."column", p.reason, p.remedy, p.severity, p.value is null
        from intake_problem p join intake_batch b on b.id = p.batch_id""",
    "records": """
        select r.key, b.digest, b.state, r.source, r.record_no, r.row, r.month, r.place, r.institution, r.born, r.sex, r.reported,
               r.outcome, r.mother_index, r.phone_index, r.fingerprint, r.state, s.fingerprint
        from intake_sourcerecord r join intake_batch b on b.id = r.batch_id
        left join intake_sourcerecord s on s.id = r.supersedes_id""",
    "cases": """
        select no, delivery, state, month, born, sex, "order", outcome, place, home, differences::text, agreement::text,
               escalated, digest, retired from births_birthcase""",
    "membership": """
        select r.key, c.no from births_caserecord m join intake_sourcerecord r on r.id = m.record_id
        join births_birthcase c on c.id = m.case_id""",
    "evidence": f"select a.key, b.key, t.level, t.pattern, t.score, t.model from births_evidence t {RECORD_OF}",
    "questions": f"""
        select t.a_key, t.b_key, a.key, b.key, t.level, t.score, t.pattern, t.reason, t.obsolete, t.same
        from births_question t {RECORD_OF}""",
    "events": """
        select c.no, e.kind, e.text, e.who from births_caseevent e join births_birthcase c on c.id = e.case_id
        where e.kind not in ('issued', 'cleared')""",
    "verifications": """
        select c.no, v.month, v.place, v.reasons::text, v.issued, v.due, v.due_basis, v.result, v.reason, v.answers is null,
               v.done_by, v.cleared is null, v.sampled, v.escalated, v.returned, v.offered_to
        from births_verification v join births_birthcase c on c.id = v.case_id""",
    "asking": """
        select c.no, e.kind, e.text, e.who from births_caseevent e join births_birthcase c on c.id = e.case_id
        where e.kind in ('issued', 'cleared')""",
    "access": """
        select a.account, a.who, a.role, a.place, a.purpose, a.action, a.subject, coalesce(b.filename, a.case_ref), a.fields
        from audit_access a left join intake_batch b on b.id::text = a.case_ref""",
    "changes": 'select "table", op, who, reason, count(*) from audit_change group by 1, 2, 3, 4',
    "places": "select code, name, valid_from from places_place",
    "institutions": "select code, name from places_institution",
    "accounts": "select username from accounts_account",
    "closings": "select month, figures::text from reports_closing",
}  # fmt: skip
RECONCILED = ("cases", "membership", "evidence", "questions", "events")
ISSUED = ("verifications", "asking")


@dataclass
class State:
    """一个状态 — one multiset of rows a part."""

    parts: dict[str, Part] = field(default_factory=dict)

    def differences(self, other: "State") -> dict[str, list[str]]:
        """What differs, part by part; empty when the two are the same."""
        found = {}
        for name in self.parts.keys() | other.parts.keys():
            mine, theirs = self.parts.get(name, Counter()), other.parts.get(name, Counter())
            if mine != theirs:
                lines = [f"- {row}" for row in (mine - theirs).elements()]
                found[name] = (lines + [f"+ {row}" for row in (theirs - mine).elements()])[:6]
        return found

    def only(self, names: tuple[str, ...]) -> dict[str, Part]:
        return {name: self.parts[name] for name in names}


def state_of(installation: Installation) -> State:
    """现在的状态 — the database, the sealed boxes, the kept files, the working set and the papers."""
    installation.server.ensure()
    with installation.server.connect(database=NAME) as c:
        parts = {name: Counter(c.execute(query).fetchall()) for name, query in QUERIES.items()}
        keys_of_cases = {str(key): no for key, no in c.execute("select workset_key, no from births_birthcase")}
        parts["boxes"] = Counter(_boxes(installation.home, c))
    parts["files"] = Counter(_files(installation.home))
    parts["workset"] = Counter(_workset(installation.home, keys_of_cases))
    parts["papers"] = Counter(_papers(installation.home))
    return State(parts)


def _keys(home: Path) -> Keys:
    return Keys.load(home / "keys.json")


def _boxes(home: Path, c: Any) -> list[tuple[Any, ...]]:
    """What the sealed boxes hold, opened as the product opens them: row by row, each bound to its own row."""
    rows = c.execute("select id::text, key, box from intake_sourcerecord").fetchall()
    if not rows:
        return []
    ids, names, boxes = zip(*rows, strict=True)
    opened = _keys(home).sealer("births").open_many("intake_sourcerecord", list(ids), [bytes(b) for b in boxes])
    return [(name, *sorted(texts.items())) for name, texts in zip(names, opened, strict=True)]


def _files(home: Path) -> list[tuple[Any, ...]]:
    """Every kept file opens and is the file its name says."""
    sealer = _keys(home).sealer("files") if (home / "files").exists() else None
    return [
        (path.stem, len(sealer.open_bytes("files", path.stem, path.read_bytes())))
        for path in sorted((home / "files").glob("*/*.sealed"))
        if sealer is not None
    ]


def _workset(home: Path, keys_of_cases: dict[str, str]) -> list[tuple[Any, ...]]:
    """The working set's rows; cases by their numbers, not their random keys; the day it was written is a clock."""
    if not (home / "workset").exists():
        return []
    workset = Workset(home / "workset", _keys(home).sealer("workset"))
    found = []
    for on in workset.dates():
        for name, table in workset.read(on).items():
            for row in table.to_pylist():
                shown = {k: keys_of_cases.get(v, v) if isinstance(v, str) else v for k, v in row.items()}
                found.append((on, name, *(v for k, v in shown.items() if k != "known_from")))
        found.append((on, "whole"))
    return found


def _papers(home: Path) -> list[tuple[Any, ...]]:
    return [
        (str(path.relative_to(home / "bulletins")), is_whole(path))
        for path in sorted((home / "bulletins").glob("*/*"))
        if not path.name.startswith(".")
    ]


def is_whole(path: Path) -> bool:
    """通报文件完整 — an archive that tests well, a PDF with its end."""
    if path.suffix == ".pdf":
        data = path.read_bytes()
        return data.startswith(b"%PDF-") and b"%%EOF" in data[-64:]
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is None and "[Content_Types].xml" in archive.namelist()


def half_saved(now: State, before: State, after: State) -> list[str]:
    """半存的 — what a moment between two states must not show: every stage is done whole or not begun."""
    wrong = []
    batches = {row[3]: row for row in now.parts["batches"]}
    records = Counter(row[1] for row in now.parts["records"].elements())
    for digest, row in batches.items():
        state, rows, accepted, returned, repeated = row[9], *row[14:18]
        if records[digest] != (accepted if state == "accepted" else 0):
            wrong.append(f"batch {row[0]} is {state} with {accepted} accepted and {records[digest]} records")
        if state == "accepted" and rows != accepted + returned + repeated:
            wrong.append(f"batch {row[0]} lost a row")
        if digest not in {name for name, _ in now.parts["files"]}:
            wrong.append(f"batch {row[0]} has no kept file")
    done = []
    for names in (RECONCILED, ISSUED):
        held = now.only(names)
        if held not in (before.only(names), after.only(names)):
            shown = [State(now.only(names)).differences(State(one.only(names))) for one in (before, after)]
            wrong.append(f"neither as before: {shown[0]}, nor as after: {shown[1]}")
        done.append(held == after.only(names) != before.only(names))
    if done[1] and not done[0]:
        wrong.append("verifications issued on cases that are not there")
    if done[0] and len(batches) < len({row[3] for row in after.parts["batches"]}):
        wrong.append("cases reconciled before all files were in")
    return wrong + [f"{name} is not whole" for name, whole in now.parts["papers"] if not whole]


def whole_workset_days(state: State) -> list[date]:
    return sorted({row[0] for row in state.parts["workset"] if row[1] == "whole"})
