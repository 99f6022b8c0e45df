"""文法 — what a scheme's page and a locality's page may say."""

from renjia.engine.pages import Anything, Fields, Grammar, Many, Named, Words, register

_TEXT = Words()
_TEXTS = Many(_TEXT)
_WORD = r"[a-z][a-z0-9_]*"

SCHEME = register(
    Grammar(
        kind="scheme",
        folder="schemes",
        required={"per": Words(pattern=_WORD, meaning="写事实的名字，例如 child")},
        optional={
            "known_as": _TEXTS,
            "uses": Many(Words(pattern=_WORD, meaning="写共用标准页的编号")),
            "wants": Named(_TEXT),
            "choices": Named(_TEXTS),
            "given": Named(_TEXT),
            "conditions": Many(Anything()),
            "exclusions": Many(Anything()),
            "course": Fields(
                required={"every": Words(one_of=("month", "year", "once")), "first": _TEXT},
                optional={
                    "last": _TEXT,
                    "total": Words(one_of=("whole", "to_date")),
                    "takes": Words(one_of=("first", "last")),
                    "at_most": Words(pattern=r"[1-9]\d?", meaning="写最多几个年度，例如 3"),
                },
            ),
            "amount": Many(Named(_TEXT)),
            "monthly": _TEXT,
            "evidence": _TEXTS,
            "papers": Named(_TEXT),
            "review": Named(Anything()),
            "lacking": _TEXTS,
            "why": _TEXT,
        },
    )
)

LOCALITY = register(
    Grammar(
        kind="locality",
        folder="localities",
        required={"schemes": Named(Named(Anything()))},
        optional={"why": _TEXT},
        cited=False,
        dated=False,
        ids=r"\d{6}",
    )
)
