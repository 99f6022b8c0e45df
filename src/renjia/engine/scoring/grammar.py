"""细则的文法 — the two kinds of pages of a rubric, and the page of wordings; bodies are checked further where read."""

from renjia.engine.pages import Anything, Fields, Grammar, Many, Named, Words, register

IDS = r"[a-z][a-z0-9_-]*"
_YES_NO = Words(one_of=("yes", "no"))


_FACT = Fields(
    required={
        "type": Words(one_of=("count", "percentage", "ratio", "choice", "yes_no")),
        "full": Words(),
    },
    optional={"unit": Words(), "choices": Many(Words()), "may_exceed_100": _YES_NO, "at_most": Words()},
)
_FACTS = Named(_FACT)

RUBRIC = register(
    Grammar(
        kind="rubric",
        folder="rubrics",
        ids=IDS,
        required={
            "parts": Named(Anything(), keys="main|bonus"),
            "blocks": Named(Anything(), keys=r"[a-z][a-z0-9_]*"),
            "ranking": Anything(),
            "grades": Named(Anything()),
        },
        optional={
            "grading": Anything(),
            "veto": Anything(),
            "facts": _FACTS,
            "readings": Named(Fields(required={"name": Words(), "why": Words(), "values": Named(Words())})),
            "doubts": Many(Fields(required={"expect": Words(), "says": Words()})),
            "why": Words(),
        },
    )
)

ITEM = register(
    Grammar(
        kind="item",
        folder="rubrics",
        dated=False,
        required={"says": Words(), "atoms": Named(Anything(), keys=r"[A-Z][A-Za-z0-9.]*")},
        optional={
            "facts": _FACTS,
            "unscored": Many(Words()),
            "rows": Named(Anything(), keys=r"[a-z][a-z0-9_]*"),
            "why": Words(),
        },
    )
)

WORDING = register(
    Grammar(
        kind="wording",
        folder="wordings",
        required={
            "yes": Words(),
            "no": Words(),
            "synonyms": Named(Words()),
            "measures": Named(Words(), keys="total|main|bonus|rank|last_of_tie"),
            "reasons": Named(Words()),
        },
        cited=False,
        dated=False,
    )
)

__all__ = ["IDS", "ITEM", "RUBRIC", "WORDING"]
