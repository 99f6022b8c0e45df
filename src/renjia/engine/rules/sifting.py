"""先筛 — once over everyone, cheapest conditions first: whom nothing fails, his course, and whether anything is open."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from renjia.engine.rules.binding import Binder, Reading
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.sentences import ASKED_WORDS
from renjia.engine.rules.words import columns

_TEXT_COST, _NODE_COST = 40, 1
_TEXTS = ("within", "starts_with")
_CALLS = (exp.Anonymous, exp.StartsWith)
_COLUMN = re.compile(r'"([^"]+)"')
_ROW = "~row"
_OPEN = '"~open"'


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


@dataclass
class Sieve:
    """筛 — writes the query; DuckDB's SQL, for a connection that plans it as it stands.

    keys: columns wanted of who is left; the query answers `~row` (which row of the fact), `~first` and `~last` where the
    scheme has them, `keys`, and `~open`: something he would need is NULL, so that only the whole query can say why.
    """

    scheme: Scheme
    binder: Binder
    reading: Reading
    unset: set[str]
    keys: Sequence[str]
    done: set[str] = field(default_factory=set)
    inlined: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[str, object]] = field(default_factory=list)

    def query(self) -> str:
        """筛的查询 — one SELECT within another, a step each."""
        trees = {f"~c{at}": line.test.tree for at, line in enumerate(self.scheme.conditions)}
        waiting = [name for name, tree in trees.items() if self._sql(tree) != "(TRUE)"]
        self.inlined = self._once(trees)
        while waiting:
            cost = {name: self._cost(trees[name]) for name in waiting}
            cheapest = min(waiting, key=lambda name: (cost[name], name))
            self._prepare([trees[cheapest]])
            ready = [name for name in waiting if not self._missing([trees[name]])]
            self._test(
                {name: trees[name] for name in ready if self._cost(trees[name]) <= 2 * cost[cheapest] + _TEXT_COST}
            )
            waiting = [name for name in waiting if name not in self.done]
        ends = self._ends()
        needed = [self.scheme.sentences.givens[key].tree for key in self.keys if key in self.scheme.sentences.givens]
        self._prepare([*ends.values(), *needed])
        missing = [key for key in self.keys if key in self.scheme.sentences.givens and key not in self.done]
        self._columns({key: self.scheme.sentences.givens[key].tree for key in missing} | ends)
        self._over()
        return self._written()

    # -- steps: ("columns", {name: tree}) and ("keep", [names that must not be false]) -----------------------------------

    def _prepare(self, trees: Sequence[exp.Expr]) -> None:
        """Steps for the givens the trees still want, shallowest first."""
        missing = self._missing(trees)
        depth = depth_of({name: one.tree for name, one in self.scheme.sentences.givens.items()})
        for level in sorted({depth[name] for name in missing}):
            self._columns({name: self.scheme.sentences.givens[name].tree for name in missing if depth[name] == level})

    def _missing(self, trees: Sequence[exp.Expr]) -> list[str]:
        reached = self.scheme.sentences.reach(*trees) if trees else set()
        held = self.done | self.inlined
        return [name for name in self.scheme.sentences.givens if name in reached and name not in held]

    def _once(self, conditions: Mapping[str, exp.Expr]) -> set[str]:
        """Givens that look at texts and stand in one place only: written out there, where they may not be asked at all."""
        givens = {name: one.tree for name, one in self.scheme.sentences.givens.items()}
        trees = [*conditions.values(), *self._ends().values()]
        reached = self.scheme.sentences.reach(*trees) | set(self.keys)
        trees += [givens[name] for name in givens if name in reached]
        uses = Counter(node.name for tree in trees for node in tree.find_all(exp.Column))
        return {
            name for name, tree in givens.items()
            if uses[name] == 1 and name not in self.keys and any(_on_text(call) for call in tree.find_all(*_CALLS))
        }  # fmt: skip

    def _stands(self, given: str) -> str | None:
        return None if given in self.inlined else given

    def _columns(self, trees: dict[str, exp.Expr]) -> None:
        if trees:
            self.steps.append(("columns", trees))
            self.done |= set(trees)

    def _test(self, trees: dict[str, exp.Expr]) -> None:
        columns = {*self.scheme.words, *self.scheme.sentences.givens} - self.inlined
        bare = {name for name, tree in trees.items() if isinstance(tree, exp.Column) and tree.name in columns}
        self._columns({name: tree for name, tree in trees.items() if name not in bare})
        self.done |= bare
        self.steps.append(("keep", [trees[name].name if name in bare else name for name in trees]))

    def _ends(self) -> dict[str, exp.Expr]:
        course = self.scheme.course
        if course is None:
            return {}
        return {"~first": course.first.tree} | ({"~last": course.last.tree} if course.last else {})

    def _over(self) -> None:
        course = self.scheme.course
        if course is None:
            return
        if course.last is not None:
            now = "this_month" if course.every == "month" else "this_year * 12 + 1"
            self.steps.append(("within", f'coalesce({now} <= "~last", TRUE)'))
        self.steps.append(("open", ['"~first" IS NULL']))
        if course.last is not None and self.scheme.sentences.reach(course.last.tree) & self.unset:
            self.steps.append(("open", ['"~last" IS NULL']))

    def _cost(self, tree: exp.Expr) -> int:
        wanted = [tree, *(self.scheme.sentences.givens[name].tree for name in self._missing([tree]))]
        nodes = sum(1 for one in wanted for _ in one.walk())
        texts = sum(1 for one in wanted for call in one.find_all(*_CALLS) if _on_text(call))
        return nodes * _NODE_COST + texts * _TEXT_COST

    # -- the text ----------------------------------------------------------------------------------------------------

    def _written(self) -> str:
        """From the last step back to know what each must hand on, then from the first on."""
        course = self.scheme.course
        ends = [*(["~first"] if course else []), *(["~last"] if course and course.last else [])]
        final = [_ROW, *ends, *self.keys]
        live = set(final) | {"~open"}
        plan: list[tuple[str, object, set[str]]] = []
        for kind, what in reversed(self.steps):
            plan.append((kind, what, set(live)))
            if kind == "columns":
                assert isinstance(what, dict)
                live -= set(what)
                for tree in what.values():
                    live |= self._read(tree)
            elif kind == "keep":
                assert isinstance(what, list)
                live |= set(what)
            else:
                live |= {"this_month", "this_year", *ends}
        read = [f't."{one}"' for one in self.scheme.words if one in live] + [
            f"a.{one}" for one in ASKED_WORDS if one in live
        ]
        read += [f'{test} AS "{name}"' for test, name in self.texts.items() if name in live]
        read.append(f't.rowid AS "{_ROW}"')
        text = f'SELECT {", ".join(read)}, FALSE AS "~open" FROM "{self.scheme.per}" t CROSS JOIN asked a'
        for kind, what, after in reversed(plan):
            text = self._step(text, kind, what, after)
        listed = ", ".join(f'"{one}"' for one in [*final, "~open"])
        return f"SELECT {listed} FROM ({text}) l"

    def _step(self, text: str, kind: str, what: object, after: set[str]) -> str:
        def listed(names: set[str]) -> list[str]:
            return [f'"{one}"' for one in sorted(names)]

        if kind == "columns":
            assert isinstance(what, dict)
            added = [f'{self._sql(tree)} AS "{name}"' for name, tree in what.items() if name in after]
            return f"SELECT {', '.join([*listed(after - set(what)), *added])} FROM ({text}) l"
        if kind == "keep":
            assert isinstance(what, list)
            opened = " OR ".join([_OPEN, *(f'"{one}" IS NULL' for one in what)])
            kept = " AND ".join(f'"{one}" IS DISTINCT FROM FALSE' for one in what)
            columns = [*listed(after - {"~open"}), f"{opened} AS {_OPEN}"]
            return f"SELECT {', '.join(columns)} FROM ({text}) l WHERE {kept}"
        if kind == "within":
            return f"SELECT {', '.join(listed(after))} FROM ({text}) l WHERE {what}"
        assert isinstance(what, list)
        columns = [*listed(after - {"~open"}), f"{' OR '.join([_OPEN, *what])} AS {_OPEN}"]
        return f"SELECT {', '.join(columns)} FROM ({text}) l"

    def _sql(self, tree: exp.Expr) -> str:
        """The expression with every test of one text against a constant made a column of the first step.

        There DuckDB still sees the dictionary of the text, and asks each word once.
        """
        sql = self.binder.sql(tree, self.reading, self._stands).replace("STARTS_WITH(", "PREFIX(")
        return self._text_test.sub(self._hoisted, sql)

    def _hoisted(self, found: re.Match[str]) -> str:
        test = found.group()
        name = self.texts.setdefault(test, f"~t{len(self.texts)}")
        return f'"{name}"'

    @cached_property
    def _text_test(self) -> re.Pattern[str]:
        words = "|".join(re.escape(word) for word, kind in self.scheme.words.items() if kind == "text") or "$^"
        column, constant = rf'\(*"(?:{words})"\)*', "'[^']*'"
        return re.compile(
            rf"PREFIX\({column}, {constant}\)|PREFIX\({constant}, {column}\)|\"(?:{words})\" (?:=|<>) {constant}"
        )

    def _read(self, tree: exp.Expr) -> set[str]:
        """Columns the written text reads: parameters and places have become constants."""
        return set(_COLUMN.findall(self._sql(tree)))


def _on_text(call: exp.Expr) -> bool:
    return isinstance(call, exp.StartsWith) or str(call.this).lower() in _TEXTS
