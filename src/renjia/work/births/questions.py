"""要问的几件事 — only what differs or is missing; answers come back as choices, never as sensitive values in a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from renjia.records.places.models import Place
from renjia.work.births.case_page import CasePage
from renjia.work.births.masked import NAMES, SEX
from renjia.work.births.models import Result, Verification

ASKS = {
    "address": "孩子现在住在哪里？", "born": "孩子是哪天出生的？", "sex": "孩子的性别是？", "baby_name": "孩子现在的姓名是？",
    "mother_name": "母亲姓名以哪个为准？", "mother_id": "母亲证件号码以哪个为准？", "father_name": "父亲姓名以哪个为准？",
    "father_id": "父亲证件号码以哪个为准？", "phone": "现在用哪个电话？", "weight": "出生体重以哪个为准？", "minute": "出生时刻以哪个为准？",
    "parity": "是第几个孩子？", "order": "同胎中是第几个？", "plurality": "这次是几胎？", "certificate": "出生医学证明编号以哪个为准？",
    "institution": "在哪家医院出生？",
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """收到的回答。"""

    result: str
    reason: str
    answers: dict[str, str]


def questions_of(verification: Verification, page: CasePage) -> list[dict[str, Any]]:
    """问题 — one a differing field, options named by the sources that say so."""
    questions = []
    for reason in verification.reasons:
        if reason["kind"] == "difference" and reason["on"] in ASKS:
            field = reason["on"]
            stated = _options(page, field)
            labels = told_apart([page.text(field, found) for _, found, _ in stated], [found for _, found, _ in stated])
            options = [
                {"value": value, "label": label, "from": "、".join(NAMES[s] for s in sources)}
                for label, (value, _, sources) in zip(labels, stated, strict=True)
            ]
            questions.append(
                {
                    "field": field,
                    "label": page_label(field),
                    "ask": ASKS[field],
                    "options": options,
                    "free": field in FREE,
                    "hint": FREE.get(field, ""),
                }
            )
    return questions


def told_apart(labels: list[str], values: list[Any]) -> list[str]:
    """分得开的写法 — where the masks of two answers look alike, only the places in which they differ are shown."""
    if len(set(labels)) == len(labels):
        return labels
    texts = [str(value) for value in values]
    if all(text.isdigit() and len(text) in (6, 9, 12) for text in texts):
        return texts  # codes of places tell nothing of a person
    if {len(t) for t in texts} != {len(label) for label in labels} or len({len(t) for t in texts}) > 1:
        return [f"{label}（第 {at} 种）" for at, label in enumerate(labels, 1)]
    differ = [len(set(column)) > 1 for column in zip(*texts, strict=True)]
    return [
        "".join(raw if shown else masked for raw, masked, shown in zip(text, label, differ, strict=True))
        for text, label in zip(texts, labels, strict=True)
    ]


FREE = {
    "address": "在下面选现在的居村；搬到外街镇选街镇，外区选“区外”",
    "born": "在下面选对的日期",
    "baby_name": "在下面写户口本或出生证上的姓名",
    "phone": "在下面写现在打得通的号码",
}


def page_label(field: str) -> str:
    return ASKS[field].rstrip("？")


def _options(page: CasePage, field: str) -> list[tuple[str, Any, list[str]]]:
    """Distinct values with the sources that state them; the option's value is its first source, not the value itself."""
    by_value: dict[Any, list[str]] = {}
    for source, record in page.by_source.items():
        if record[field] not in (None, ""):
            by_value.setdefault(record[field], []).append(source)
    return [(sources[0], value, sources) for value, sources in by_value.items()]


def answers_from(post: Mapping[str, str], verification: Verification, page: CasePage) -> Given:
    """读回答 — picks the values from the sources chosen; what equals the value in use is a confirmation.

    ValueError (Chinese) when a question is open or a typed value cannot be read.
    """
    wanted = post.get("result", "")
    reason = post.get("reason", "")
    if wanted == Result.UNVERIFIABLE:
        return Given(wanted, reason, {})
    answers: dict[str, str] = {}
    for question in questions_of(verification, page):
        field, picked = question["field"], post.get(f"q_{question['field']}", "")
        if not picked:
            raise ValueError(f"还没有回答“{question['ask']}”")
        if picked == "other":
            answers[field] = typed(field, post.get(f"other_{field}", "").strip())
        elif picked in page.by_source:
            answers[field] = _text(page.by_source[picked][field])
        else:
            raise ValueError(f"“{question['ask']}”的回答不在选项里，请重新选")
    used = {f: _text(page.chosen.get(f)) for f in answers} | page.corrected
    changed = {f: v for f, v in answers.items() if v != used.get(f, "")}
    return Given(Result.CORRECTED if changed else Result.CONFIRMED, reason, changed)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def typed(field: str, text: str) -> str:
    """另填的值 — checked as its field demands."""
    if not text:
        raise ValueError("选了“都不是”，请填上正确的内容")
    if field == "born":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError(f"“{text}”不是日期，请写成 2025-03-07") from None
    if field == "sex":
        code = {label: code for code, label in SEX.items()}.get(text)
        if code is None:
            raise ValueError("性别请写男或女")
        return code
    if field == "address" and text != "区外" and not Place.objects.filter(code=text).exists():
        raise ValueError(f"没有居村代码 {text}；请从区划表里查，或写“区外”")
    return text
