"""底座 — the stays that several facts stand on, and only those of the period asked.

A working set written whole holds them ready (`snapshot.derive`); over plain tables they are found once for both halves,
as DuckDB would otherwise join persons, homes and papers again for every mention. Facts in which a stay that does not
touch the period can add nothing are named here; the others keep the whole.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlglot import exp

from renjia.engine.sql import Fact, translate
from renjia.measure.indicators.formulas import Half
from renjia.measure.indicators.presence import Moment
from renjia.measure.snapshot import over_derived

_STAYS, _OWN = "fact__stays", "stays__"
# events fall within the spells they are held against, and a move is told from the day before it or after it
LOCAL = frozenset({"population", "movements", "childbearing"})
_MARGIN = timedelta(days=2)
_BRIEF = timedelta(days=215)  # seven months and more


def standing(
    halves: Sequence[Half], base: str, found: Sequence[Moment], dialect: str, held: Mapping[str, str]
) -> tuple[str, list[str]]:
    """底座与各事实 — what stands after WITH (`""` where nothing is shared), and each half's fact as SQL over it.

    held: fact → name of the derived tables there are.
    """
    if held:
        of_period = {"stays": _of_period(base, found)}
        return "", [
            over_derived(half.fact, held, dialect, of_period if half.fact.name in LOCAL else {}) for half in halves
        ]
    trees = [half.fact.tree for half in halves]
    shared = [any(cte.alias == _STAYS for cte in tree.ctes) for tree in trees]
    local = all(half.fact.name in LOCAL for half, stands in zip(halves, shared, strict=True) if stands)
    if dialect != "duckdb" or not any(shared) or not local:
        return "", [half.fact_in(dialect) for half in halves]
    whole = trees[shared.index(True)]
    where = _of_period(base, found)
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


def _of_period(base: str, found: Sequence[Moment]) -> str:
    """Which stays can matter."""
    first = min(one.day for one in found) - _MARGIN
    last = max(one.day for one in found) + _MARGIN
    # the last condition on days says no more, but on a plain column: an engine can hold to it before it joins
    where = f"since <= DATE '{last}' AND until >= DATE '{first}' AND brief >= DATE '{first - _BRIEF}'"
    return f"{where} AND base = '{base}'" if base else where


def _over(fact: Fact) -> str:
    """The fact's SELECT without the stays it stands on."""
    tree = fact.tree.copy()
    kept = [cte for cte in tree.ctes if cte.alias != _STAYS and not cte.alias.startswith(_OWN)]
    for cte in kept:
        cte.set("materialized", False)
    tree.set("with_", exp.With(expressions=kept) if kept else None)
    return translate(tree, "duckdb")
