"""先筛 — the cheap first pass over everyone: whom no condition fails; all the rest is asked only of them."""

from sqlglot import exp

from renjia.engine.rules.binding import Binder, Reading
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.words import columns


def mask(tests: list[str]) -> str:
    """SQL: bit i is set where test i is true."""
    if not tests:
        return "0"
    parts = [f"CASE WHEN {test} THEN {1 << at} ELSE 0 END" for at, test in enumerate(tests) if test != "FALSE"]
    return f"CAST({' + '.join(parts) or '0'} AS BIGINT)"


def depth_of(givens: dict[str, exp.Expr]) -> dict[str, int]:
    """层数 — of each middle value: 1 where it uses no other, else one more than the deepest it uses."""
    depth: dict[str, int] = {}
    for name, tree in givens.items():  # each comes after those it uses
        inner = columns(tree) & set(givens)
        depth[name] = 1 + max((depth[one] for one in inner), default=0)
    return depth


def first_pass(scheme: Scheme, binder: Binder, reading: Reading, wanted: list[str]) -> str:
    """先筛的查询 — `wanted` columns of the fact's rows that no condition of the page fails, in DuckDB's SQL.

    The conditions stand in one WHERE: DuckDB asks first what it finds cheap and telling, and stops at the first ✗.
    """
    sentences = scheme.sentences
    reached = sentences.reach(*(line.test.tree for line in scheme.conditions))
    listed = ", ".join(f't."{one}"' for one in wanted)
    layer = f'SELECT {listed}, a.today, a.this_year, a.this_month FROM "{scheme.per}" t CROSS JOIN asked a'

    def column(name: str, tree: exp.Expr) -> str:
        return f'{binder.sql(tree, reading, lambda given: given)} AS "{name}"'

    givens = {name: one.tree for name, one in sentences.givens.items()}
    needed = {name: level for name, level in depth_of(givens).items() if name in reached}
    for level in sorted(set(needed.values())):
        found = [column(name, givens[name]) for name in needed if needed[name] == level]
        layer = f"SELECT *, {', '.join(found)} FROM ({layer}) l"
    marks = [column(f"~c{at}", line.test.tree) for at, line in enumerate(scheme.conditions)]
    kept = " AND ".join(f'"~c{at}" IS DISTINCT FROM FALSE' for at in range(len(marks)))
    listed = ", ".join(f'"{one}"' for one in wanted)
    return f"SELECT {listed} FROM (SELECT *, {', '.join(marks)} FROM ({layer}) l) l WHERE {kept}"
