"""代入 — an expression of the page as SQL for one place, day and reading of the parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.folding import fold, lazily
from renjia.engine.rules.places import Place, prefix_of
from renjia.engine.rules.standards import Parameter, Setting
from renjia.engine.rules.words import columns
from renjia.engine.sql import Expression, translate

_PLACES = ("place", "district", "city", "province")
_MOST_NODES = 20_000
_MOST_KEPT = 20_000
_SQL_TYPES = {"integer": "INT", "decimal": "DECIMAL(18, 2)", "boolean": "BOOLEAN", "date": "DATE", "text": "VARCHAR"}
# for a parameter without a value: does the answer hang on it, or is something else missing?
_TRIED = {"integer": ("1", "100"), "decimal": ("1.00", "100.00"), "boolean": ("false", "true"), "text": ("", "~")}
_TRIED_DATES = ("1900-01-01", "2100-01-01")


_Kept = dict[tuple[object, ...], tuple[exp.Expr, str, frozenset[str]]]
_KEPT: _Kept = {}  # the tree is kept beside its SQL, so that its id stays its own


@dataclass(frozen=True)
class Reading:
    """一种读法 — values of the parameters by id, None where there is none; `suffix` names columns computed with it."""

    suffix: str
    values: Mapping[str, str | None]


@dataclass
class Binder:
    """代入者 — puts values, place words and givens into expressions.

    replaced: words with SQL of their own; tried: values to try for parameters that are unset
    """

    types: Mapping[str, str]
    place: Place
    givens: Mapping[str, Expression]
    dialect: str = "duckdb"
    replaced: dict[str, str] = field(default_factory=dict)
    tried: Mapping[str, str | None] = field(default_factory=dict)

    def sql(self, tree: exp.Expr, reading: Reading, given: Callable[[str], str | None] | None = None) -> str:
        """SQL — the tree with its words replaced; `given` names the column a given stands in, None writes it out.

        Kept by tree and by what can change it: the values, places and columns of the words it reaches.
        """
        return self.written(tree, reading, given)[0]

    def written(
        self, tree: exp.Expr, reading: Reading, given: Callable[[str], str | None] | None = None
    ) -> tuple[str, frozenset[str]]:
        """SQL 与所用各列 — as `sql`, and the columns that text reads."""
        reach = self._reach(tree, columns(tree))
        values = tuple((name, reading.values.get(name)) for name in sorted(reach & set(self.types)))
        tried = tuple(self.tried.get(name) for name, value in values if value is None)
        named_by = tuple(given(name) for name in sorted(reach & set(self.givens))) if given else None
        named = tuple(sorted(reach & set(self.replaced)))
        place = self.place.code if reach & set(_PLACES) else ""
        key = (id(tree), self.dialect, values, tried, named_by, named, place)
        kept = _KEPT.get(key)
        if kept is None or kept[0] is not tree:
            if len(_KEPT) > _MOST_KEPT:
                _KEPT.clear()
            kept = _KEPT[key] = (tree, *self._written(tree, reading, given))
        text = kept[1]
        for name in named:
            text = text.replace(self._stand_in(name), f"({self.replaced[name]})")
        return text, kept[2]

    def _stand_in(self, name: str) -> str:
        """A column no page can name: `~months`, quoted."""
        return f'"~{name}"' if self.dialect == "duckdb" else f"`~{name}`"

    def _written(
        self, tree: exp.Expr, reading: Reading, given: Callable[[str], str | None] | None
    ) -> tuple[str, frozenset[str]]:
        whole = self.bound(tree, reading, given)
        if self.dialect == "duckdb":
            lazily(whole)
        inner: exp.Expr = whole.this
        return f"({translate(inner, self.dialect)})", frozenset(node.name for node in whole.find_all(exp.Column))

    def bound(self, tree: exp.Expr, reading: Reading, given: Callable[[str], str | None] | None) -> exp.Paren:
        """代入的树 — in brackets, with what is known worked out."""
        whole = exp.Paren(this=tree.copy())
        self._guard(whole, reading)
        self._place(whole)
        self._replace(whole, reading, given, 0)
        fold(whole)
        return whole

    def _guard(self, whole: exp.Expr, reading: Reading) -> None:
        """least, greatest and coalesce pass over NULL: one that hangs on an unset parameter must stay unsettled."""
        unset = {name for name, value in reading.values.items() if value is None}
        for node in reversed(list(whole.find_all(exp.Least, exp.Greatest, exp.Coalesce))):
            lost = [
                exp.and_(exp.Is(this=exp.paren(one.copy()), expression=exp.Null()), self._is_known_if_tried(one, unset))
                for one in (node.this, *node.expressions)
                if self._reach(one) & unset
            ]
            if lost:
                node.replace(exp.paren(exp.Case().when(exp.or_(*lost), exp.Null()).else_(node.copy())))

    def _is_known_if_tried(self, tree: exp.Expr, unset: set[str]) -> exp.Expr:
        whole = exp.Paren(this=tree.copy())
        todo = list(whole.find_all(exp.Column))
        while todo:
            node = todo.pop()
            if node.name in self.givens and self._reach(node) & unset:
                inner = exp.Paren(this=self.givens[node.name].tree.copy())
                todo += list(inner.find_all(exp.Column))
                node.replace(inner)
            elif node.name in unset:
                node.replace(literal(self.types[node.name], self.tried.get(node.name)))
        return exp.not_(exp.Is(this=whole, expression=exp.Null()))

    def _place(self, whole: exp.Expr) -> None:
        """`within(code, place)` with the place known is a plain beginning of the code."""
        for node in list(whole.find_all(exp.Anonymous)):
            inside = node.expressions[1] if len(node.expressions) == 2 else None
            if str(node.this).lower() != "within" or not isinstance(inside, exp.Column) or inside.name not in _PLACES:
                continue
            code = self.place.code if inside.name == "place" else getattr(self.place, inside.name)
            start = exp.cast(exp.Null(), "VARCHAR") if not code else exp.Literal.string(prefix_of(code))
            node.replace(exp.StartsWith(this=exp.paren(node.expressions[0].copy()), expression=start))

    def _reach(self, tree: exp.Expr, words: frozenset[str] | None = None) -> set[str]:
        found: set[str] = set()
        todo = set(words) if words is not None else {node.name for node in tree.find_all(exp.Column)}
        while todo:
            word = todo.pop()
            found.add(word)
            if word in self.givens:
                todo |= columns(self.givens[word].tree) - found
        return found

    def _replace(
        self, whole: exp.Expr, reading: Reading, given: Callable[[str], str | None] | None, depth: int
    ) -> None:
        for node in list(whole.find_all(exp.Column)):
            name = node.name
            if name in self.givens:
                stands = given(name) if given is not None else None
                if stands is not None:
                    node.replace(exp.column(stands, quoted=True))
                    continue
                inner = exp.Paren(this=self.givens[name].tree.copy())
                self._guard(inner, reading)
                self._place(inner)
                self._replace(inner, reading, given, depth + 1)
                node.replace(inner)
            elif name in self.replaced:
                node.replace(exp.column(f"~{name}", quoted=True))
            elif name in self.types:
                node.replace(literal(self.types[name], reading.values.get(name)))
            elif name in _PLACES:
                code = self.place.code if name == "place" else getattr(self.place, name)
                node.replace(literal("text", code or None))
        if sum(1 for _ in whole.walk()) > _MOST_NODES or depth > 60:
            raise RuleError("given 套 given 展开后太长；请拆开，或少用几次")


def literal(kind: str, value: str | None) -> exp.Expr:
    """常数 — a parameter's value as SQL of its type; NULL of that type for None."""
    if value is None:
        return exp.cast(exp.Null(), _SQL_TYPES[kind])
    if kind == "date":
        return exp.cast(exp.Literal.string(value), "DATE")
    if kind == "boolean":
        return exp.true() if value == "true" else exp.false()
    if kind == "text":
        return exp.Literal.string(value)
    digits = value.lstrip("-")
    if kind == "decimal" and "." not in digits:
        digits += ".00"
    number = exp.Literal.number(digits)
    return exp.paren(exp.Neg(this=number)) if value.startswith("-") else number


def readings(
    parameters: Mapping[str, Parameter], settings: Mapping[str, Setting], choices: Mapping[str, list[str]], assume: bool
) -> tuple[Reading, list[Reading]]:
    """读法 — the one that decides, and those tried to learn whether an unsettled row hangs on a parameter.

    Deciding: confirmed values (with `assume` unconfirmed ones too), NULL for the rest. Tried: unconfirmed values as
    they are, missing ones as two or three values far apart.
    """
    deciding = {name: one.value if assume or one.confirmed else None for name, one in settings.items()}
    tried: list[Reading] = []
    missing = [name for name, one in settings.items() if one.value is None]
    for at in range(3 if any(len(choices.get(name, [])) > 2 for name in missing) else 2 if missing else 1):
        values = {name: one.value for name, one in settings.items()}
        for name in missing:
            known = choices.get(name) or _tried(parameters[name].type)
            values[name] = known[min(at, len(known) - 1)]
        tried.append(Reading(f"~{at}", values))
    return Reading("", deciding), tried


def _tried(kind: str) -> tuple[str, ...]:
    return _TRIED_DATES if kind == "date" else _TRIED[kind]


def day_sql(day: date) -> str:
    """日期常数 — as SQL."""
    return f"DATE '{day.isoformat()}'"
