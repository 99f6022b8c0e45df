"""模型存取 — a Model as JSON and back; its version is made from its content, so a stored pattern always finds its own."""

import hashlib
import json
from dataclasses import replace
from enum import IntEnum
from typing import Any

from renjia.engine.linkage.levels import (
    BornLevel,
    CertificateLevel,
    IdLevel,
    InstitutionLevel,
    MinuteLevel,
    NameLevel,
    OrderLevel,
    ParityLevel,
    PhoneLevel,
    PlaceLevel,
    SexLevel,
    SourceLevel,
    WeightLevel,
)
from renjia.engine.linkage.model import HAND_SET, Comparison, Model

_KINDS: dict[str, type[IntEnum]] = {
    one.__name__: one
    for one in (
        BornLevel, CertificateLevel, IdLevel, InstitutionLevel, MinuteLevel, NameLevel, OrderLevel, ParityLevel,
        PhoneLevel, PlaceLevel, SexLevel, SourceLevel, WeightLevel,
    )
}  # fmt: skip
_NUMBERS = ("partners", "link", "review", "certain", "another", "contradicted", "unseen", "unreported")
_PREFIX = "学得"


def versioned(model: Model) -> Model:
    """定版本 — the model named after its content: equal content, equal name."""
    content = json.dumps(_content(model), ensure_ascii=False, sort_keys=True)
    return replace(model, version=_PREFIX + hashlib.sha256(content.encode()).hexdigest()[:12])


def model_to_json(model: Model) -> str:
    """写成 JSON — everything `explain` and `link` need, labels too: what was once shown can be shown again."""
    return json.dumps({"version": model.version, **_content(model)}, ensure_ascii=False, indent=1)


def model_from_json(text: str) -> Model:
    """读回 — ValueError (Chinese) if the text is no model, or a learned one whose content does not fit its version."""
    try:
        held = json.loads(text)
        model = Model(
            version=str(held["version"]),
            delivery=tuple(_comparison(one) for one in held["delivery"]),
            child=tuple(_comparison(one) for one in held["child"]),
            **{name: float(held[name]) for name in _NUMBERS},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"这不是判定模型文件（{error}）；请用「renjia link --learn」写出的 模型.json") from None
    for kind, own, known in (("分娩", model.delivery, HAND_SET.delivery), ("孩子", model.child, HAND_SET.child)):
        if [one.field for one in own] != [one.field for one in known]:
            raise ValueError(f"模型「{model.version}」的{kind}层比较项与本程序的不同，不能用它对账；请重新学习")
    if model.version.startswith(_PREFIX) and versioned(model).version != model.version:
        raise ValueError(f"模型「{model.version}」的内容与版本号不符：文件被改过；请用原来的文件，或重新学习")
    return model


def _content(model: Model) -> dict[str, Any]:
    numbers = {name: getattr(model, name) for name in _NUMBERS}
    return {**numbers, "delivery": [_listed(one) for one in model.delivery],
            "child": [_listed(one) for one in model.child]}  # fmt: skip


def _listed(one: Comparison) -> dict[str, Any]:
    kind = type(next(iter(one.levels)))
    levels = [[int(level), label, weight] for level, (label, weight) in one.levels.items()]
    return {"field": one.field, "label": one.label, "kind": kind.__name__, "levels": levels}


def _comparison(held: dict[str, Any]) -> Comparison:
    kind = _KINDS[held["kind"]]
    levels = {kind(level): (str(label), float(weight)) for level, label, weight in held["levels"]}
    return Comparison(str(held["field"]), str(held["label"]), levels)
