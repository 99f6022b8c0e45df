"""底座 — the stays that several facts stand on, found once for both halves of a question, and only those of its period.

DuckDB would otherwise join persons, homes and papers again for every mention. Facts in which a stay that does not touch
the period can add nothing are named here; the others keep the whole.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlglot import exp

from renjia.engine.sql import Fact, translate
from renjia.measure.indicators.formulas import Half
from renjia.measure.indicators.presence import Moment

_STAYS, _OWN = "fact__stays", "stays__"
# events fall within the spells they are held against, and a move is told from the day before it or after it
LOCAL = frozenset({"population", "movements", "childbearing"})
_MARGIN = timedelta(days=2)
_BRIEF = timedelta(days=215)  # seven months and more


def standing(halves: Sequence[Half], base: str, found: Sequence[Moment], dialect: str) -> tuple[str, list[str]]:
    """底座与各事实 — what stands after WITH (`""` where nothing is shared), and each half's fact as SQL over it."""
    trees = [half.fact.tree for half in halves]
    shared = [any(cte.alias == _STAYS for cte in tree.ctes) for tree in trees]
    local = all(half.fact.name in LOCAL for half, stands in zip(halves, shared, strict=True) if stands)
    if dialect != "duckdb" or not any(shared) or not local:
        return "", [half.fact_in(dialect) for half in halves]
    whole = trees[shared.index(True)]
    first = min(one.day for one in found) - _MARGIN
    last = max(one.day for one in found) + _MARGIN
    # the last condition says no more, but on a plain column: an engine can hold to it before it joins
    where = f"since <= DATE '{last}' AND until >= DATE '{first}' AND brief >= DATE '{first - _BRIEF}'"
    where += f" AND base = '{base}'" if base else ""
    head = ""
    for cte in whole.ctes:
        if cte.alias.startswith(_OWN):
            head += f'"{cte.alias}" AS NOT MATERIALIZED ({translate(cte.this, dialect)}), '
        elif cte.alias == _STAYS:
            often = sum(table.name == _STAYS for tree in trees for table in tree.find_all(exp.Table)) > 1
            stored = "MATERIALIZED" if often else "NOT MATERIALIZED"
            stays = translate(cte.this, dialect)
            head += f'"{_STAYS}" AS {stored} (SELECT * FROM ({stays}) AS every WHERE {where})'
    return head, [
        _over(half.fact) if stands else half.fact_in(dialect) for half, stands in zip(halves, shared, strict=True)
    ]


def _over(fact: Fact) -> str:
    """The fact's SELECT without the stays it stands on."""
    tree = fact.tree.copy()
    kept = [cte for cte in tree.ctes if cte.alias != _STAYS and not cte.alias.startswith(_OWN)]
    for cte in kept:
        cte.set("materialized", False)
    tree.set("with_", exp.With(expressions=kept) if kept else None)
    return translate(tree, "duckdb")
