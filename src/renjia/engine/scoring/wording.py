"""措辞 — the words of reasons and of yes and no, from a page; the engine holds none of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from renjia.engine.pages import DEFINITIONS, page
from renjia.engine.scoring.numbers import shown

REASONS = {
    "short": ("value", "target", "count", "each", "points"),
    "case": ("count", "each", "points"),
    "step": ("value", "target", "gap", "step", "count", "each", "points"),
    "once": ("each", "points"),
    "nth": ("value", "target", "count", "each", "points"),
    "level": ("value", "each", "points"),
    "bonus": ("count", "each", "target", "points"),
    "weighted": ("value", "from", "target", "each", "points"),
    "cap": ("members", "count", "limit", "points"),
    "nothing": (),
    "missing": ("facts",),
    "not_applicable": (),
    "labels": ("labels",),
    "cut": ("points",),
    "floor": ("count", "limit"),
    "limit": ("count", "limit"),
    "fact": ("name", "value"),
    "between": (),
    "join": (),
    "absent": (),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """措辞 — words for yes and no, other ways to write them, templates of reasons by rule kind."""

    yes: str
    no: str
    synonyms: tuple[tuple[str, str], ...]
    reasons: Mapping[str, str]
    measures: Mapping[str, str]

    def measured(self, text: str) -> str:
        """换成中文 — a grade's condition with its variables named as an officer names them."""
        return re.sub(r"[a-z_]+", lambda found: self.measures.get(found[0], found[0]), text)

    def say(self, key: str, **values: object) -> str:
        """填一句 — the template with its numbers written out exactly."""
        return self.reasons[key].format_map({name: shown(value) for name, value in values.items()})


def read_wording(root: Path) -> Wording:
    """读措辞页 — `wordings/scoring.yaml` under root, else the one that ships; PageError for a template that is wrong."""
    home = root if (root / "wordings").is_dir() else DEFINITIONS
    found = page("wording", "scoring", root=home)
    reasons, synonyms, measures = (found.body[key] for key in ("reasons", "synonyms", "measures"))
    assert isinstance(reasons, dict) and isinstance(synonyms, dict) and isinstance(measures, dict)
    meant = {"yes": str(found.body["yes"]), "no": str(found.body["no"])}
    for key, fields in REASONS.items():
        if key not in reasons:
            raise found.error(("reasons",), f"缺「{key}」的措辞", "补上这一行")
        try:
            str(reasons[key]).format_map(dict.fromkeys(fields, ""))
        except (KeyError, ValueError, IndexError) as problem:
            known = "、".join(f"{{{name}}}" for name in fields) or "（无）"
            raise found.error(("reasons", key), f"「{reasons[key]}」填不成句", f"可用：{known}") from problem
    for word, which in synonyms.items():
        if which not in meant:
            raise found.error(("synonyms", word), f"「{word}」应指 yes 或 no", "写 yes 或 no")
    return Wording(
        meant["yes"], meant["no"], tuple((word, meant[str(which)]) for word, which in synonyms.items()),
        {key: str(text) for key, text in reasons.items()}, {key: str(text) for key, text in measures.items()},
    )  # fmt: skip
