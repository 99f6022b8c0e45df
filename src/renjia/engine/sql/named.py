"""自有函数 — functions of ours, each written out in plain SQL before it reaches an engine: one meaning on all of them."""

from functools import lru_cache

import sqlglot
from sqlglot import exp

_LEAP = "month({0}) = 2 AND day({0}) = 29 AND day(add_months({0}, 12 * {1})) = 28"
_REACHED = "add_months({0}, 12 * {1})"

# name → number of arguments → the SQL it stands for; {0} is the first argument
EXPANSIONS: dict[str, dict[int, str]] = {
    "month_of": {1: "year({0}) * 12 + month({0})"},
    "age_on": {
        2: "year({1}) - year({0}) - CASE WHEN month({1}) * 100 + day({1}) < month({0}) * 100 + day({0}) "
        "THEN 1 ELSE 0 END"
    },
    "reach_date": {
        2: f"CASE WHEN {_LEAP} THEN add_days({_REACHED}, 1) ELSE {_REACHED} END",
        3: f"CASE WHEN {_LEAP} THEN CASE WHEN {{2}} = 'MAR1' THEN add_days({_REACHED}, 1) "
        f"WHEN {{2}} = 'FEB28' THEN {_REACHED} END ELSE {_REACHED} END",
    },
    # whole 分 in, whole 分 out: half a 分 goes up; for amounts and parts that are not negative
    "share_of": {
        3: "CAST((CAST({0} * 100 AS BIGINT) * {1} * 2 + {2}) // ({2} * 2) AS DECIMAL(18, 0)) * 0.01",
    },
    "within": {
        2: "starts_with({0}, CASE WHEN {1} IN ('000000', '100000') THEN '' "
        "WHEN length({1}) = 6 AND substr({1}, 3, 4) = '0000' THEN substr({1}, 1, 2) "
        "WHEN length({1}) = 6 AND substr({1}, 5, 2) = '00' THEN substr({1}, 1, 4) ELSE {1} END)",
    },
}


def written_out(node: exp.Anonymous) -> exp.Expr | None:
    """写开 — the plain SQL a call stands for, None for a function that is not ours."""
    template = EXPANSIONS.get(str(node.this).lower(), {}).get(len(node.expressions))
    if template is None:
        return None
    words = [f"argument{at}" for at in range(len(node.expressions))]
    tree = _parsed(template.format(*words)).copy()
    for column in list(tree.find_all(exp.Column)):
        given: exp.Expr = node.expressions[words.index(column.name)]
        column.replace(exp.Paren(this=given.copy()))
    return exp.Paren(this=tree)


@lru_cache(maxsize=64)
def _parsed(text: str) -> exp.Expr:
    """Parsed once; copied before it is written into."""
    return sqlglot.parse_one(text, read="duckdb")
