"""密封与打开 — a received row's canonical values to one sealed box and back; one row, one box."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from renjia.engine.units import parse_identity
from renjia.records.intake.models import SourceRecord
from renjia.records.store.keys import keys

CONTEXT = "intake_sourcerecord"
TEXTS = (
    "record_no", "mother_name", "mother_id", "father_name", "father_id", "baby_name", "sex", "address", "hukou_place",
    "phone", "institution", "certificate", "outcome", "nationality",
)  # fmt: skip
NUMBERS = ("minute", "weight", "order", "plurality", "parity")
DATES = ("born", "reported")


def to_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """成文字 — every value that is there, as text; the inverse of `to_values`."""
    found = {name: str(values[name]) for name in (*TEXTS, *NUMBERS) if values.get(name) not in (None, "")}
    return found | {name: values[name].isoformat() for name in DATES if values.get(name)}


def to_values(texts: Mapping[str, str]) -> dict[str, Any]:
    """还原 — typed values; what is missing is None."""
    return (
        {name: texts.get(name) for name in TEXTS}
        | {name: int(texts[name]) if name in texts else None for name in NUMBERS}
        | {name: date.fromisoformat(texts[name]) if name in texts else None for name in DATES}
    )


def fingerprint(texts: Mapping[str, str]) -> bytes:
    """内容指纹 — a keyed digest of the whole row, to know the same record sent again."""
    return keys().index("record").of("\x1f".join(f"{k}={texts[k]}" for k in sorted(texts)))


def blind_mother(values: Mapping[str, Any]) -> bytes | None:
    """母亲证件盲索引 — over the normalised number, so that forms of one number meet."""
    number = values.get("mother_id")
    if not number:
        return None
    found = parse_identity(number)
    return keys().index("identity").of(found.id15 or found.number)


def blind_phone(values: Mapping[str, Any]) -> bytes | None:
    """电话盲索引。"""
    digits = "".join(c for c in values.get("phone") or "" if c.isdigit())[-11:]
    return keys().index("phone").of(digits) if digits else None


def seal_rows(ids: Sequence[str], rows: Sequence[Mapping[str, str]]) -> list[bytes]:
    """密封 — one box a row, bound to the row's id."""
    return keys().sealer("births").seal_many(CONTEXT, list(ids), [dict(r) for r in rows])


def open_records(records: Iterable[SourceRecord]) -> list[dict[str, Any]]:
    """打开 — canonical values of records already in scope, each with its `record` key and `source`."""
    records = list(records)
    texts = keys().sealer("births").open_many(CONTEXT, [str(r.pk) for r in records], [bytes(r.box) for r in records])
    return [{"record": r.key, "source": r.source} | to_values(t) for r, t in zip(records, texts, strict=True)]
