"""已有的页面种类 — the kinds known from the start; a room may `register` more of its own."""

from renjia.engine.pages.grammar import Anything, Fields, Grammar, Many, Named, Words, register

_YES_NO = Words(one_of=("true", "false"))
_TEXTS = Many(Words())
_DATE = Words(pattern=r"\d{4}-\d{2}-\d{2}", meaning="写成 2026-11-01")

_COLUMN = Fields(
    required={"field": Words(pattern=r"[a-z][a-z_]*", meaning="写出生记录的标准字段名，例如 mother_id")},
    optional={
        "also": _TEXTS,
        "type": Words(pattern=r"[a-z]+", meaning="写读法，例如 moment"),
        "between": Words(pattern=r"-?\d+(\.\d+)? ~ -?\d+(\.\d+)?", meaning="写成 200 ~ 9000"),
        "values": Named(Words(empty=True)),
        "why": Words(),
    },
)

FEED = register(
    Grammar(
        kind="feed",
        folder="feeds",
        required={
            "order": Words(pattern=r"\d+", meaning="写成整数，来源依此排列"),
            "senders": _TEXTS,
            "columns": Named(_COLUMN),
        },
        optional={"known_as": _TEXTS, "ignored": _TEXTS, "reported_before_birth": _YES_NO, "why": Words()},
    )
)

REFUSAL = register(
    Grammar(
        kind="refusal",
        folder="refusals",
        required={"rule": Words(), "words": _TEXTS},
        optional={"allowed": _TEXTS, "why": Words()},
    )
)

INDICATOR = register(
    Grammar(
        kind="indicator",
        folder="indicators",
        required={"unit": Words(), "numerator": Words()},
        optional={
            "kind": Words(
                one_of=(
                    *("count", "share", "ratio", "difference", "sum_of_rates", "mean_age", "standardised"),
                    *("expectation", "median", "singulate_mean", "myers", "age_sex_accuracy", "net_reproduction"),
                )
            ),
            "denominator": Words(),
            "scale": Words(pattern=r"\d+(\.\d+)?", meaning="写成数，例如 1000"),
            "by": _TEXTS,
            "source": Words(),
            "why": Words(),
            "better": Words(one_of=("higher", "lower", "neither")),
            "owner": Words(),
            "checked": _DATE,
            "next_review": _DATE,
            "decimals": Words(pattern=r"\d", meaning="写小数位数，例如 2"),
            "group": Words(),
            "order": Words(pattern=r"\d+", meaning="写成整数"),
            "target": Words(),
            "cautions": Anything(),
            # of whom, over what year, counted when; how surely the source says so
            "subject": Words(one_of=("birth_monitoring", "population", "repealed")),
            "base": Words(one_of=("户籍", "常住", "实有")),
            "period": Words(one_of=("CAL", "OCT_SEP", "NOV_OCT")),
            "at": Words(one_of=("mean", "end", "change")),
            "grade": Words(one_of=("A", "B", "C", "D", "E", "MEM high", "MEM medium", "MEM low", "CALC", "DESIGN")),
            # of the kinds that go age by age
            "ages": Words(pattern=r"\d+-\d+", meaning="写首末周岁，例如 15-49"),
            "width": Words(pattern=r"[15]", meaning="单岁写 1，五岁组写 5"),
            "sex": Words(one_of=("1", "2")),
            "weights": Words(one_of=("whole",)),
            "deaths": Words(),
            # of ratios of small numbers
            "interval": Words(one_of=("sex_ratio",)),
            "rolling": Words(pattern=r"\d+/\d+", meaning="写成 36/100：不足 100 人的只看近 36 个月"),
        },
        cited=False,
        dated=False,
    )
)

SURVIVORSHIP = register(
    Grammar(
        kind="survivorship",
        folder="survivorships",
        required={"fields": Named(Anything())},
        optional={"why": Words()},
        cited=False,
    )
)

STANDARD = register(Grammar(kind="standard", folder="standards", required={}, optional={"why": Words()}))

__all__ = ["FEED", "INDICATOR", "REFUSAL", "STANDARD", "SURVIVORSHIP"]
