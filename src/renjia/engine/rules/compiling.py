"""编成查询 — one scheme at one place on one day as a single projection over its fact's table."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlglot import exp

from renjia.engine.rules.amounts import NO_MONEY, Amounts, year_of
from renjia.engine.rules.binding import Binder, Reading, readings
from renjia.engine.rules.decisions import (
    AMOUNT_UNKNOWN,
    AMOUNT_UNSET,
    FIRST_UNKNOWN,
    FIRST_UNSET,
    NOT,
    PAPERS,
    SETTINGS,
    YES,
)
from renjia.engine.rules.mattering import AMOUNT, FIRST, Mattering, of_line
from renjia.engine.rules.periods import Stretch, index_of, stretches
from renjia.engine.rules.places import Place
from renjia.engine.rules.queries import Compiled
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.sentences import ASKED_WORDS, PERIOD_WORDS, Course, Line
from renjia.engine.rules.sides import left_of
from renjia.engine.rules.sifting.meshes import Mesh
from renjia.engine.rules.sifting.sieve import Sieve, depth_of, mask
from renjia.engine.rules.standards import Setting
from renjia.engine.sql import expression

OVER = Line("期间", "发放期未满", expression("TRUE", {}))
COURSES = "~courses"
_MOST_CONDITIONS = 60

_KNOWN: dict[tuple[object, ...], Compiled] = {}


def compiled(scheme: Scheme, place: Place, on: date, assume: bool, dialect: str = "duckdb") -> Compiled:
    """编成 — kept for as long as the page, the values and the stretch the day lies in are the same."""
    settings = scheme.settings(place, on)
    spans = _stretches(scheme, place, on)
    at = _within(scheme.course, spans, on) if scheme.course else 0
    values = (*settings.values(), *(setting for one in spans for setting in one.settings.values()))
    ends = tuple((one.first, one.last) for one in spans)
    key = (id(scheme.sentences), place.code, assume, dialect, values, ends, at)
    if key not in _KNOWN or _KNOWN[key].scheme.sentences is not scheme.sentences:
        if len(_KNOWN) > 4000:
            _KNOWN.clear()
        _KNOWN[key] = _Compiler(scheme, place, settings, spans, at, assume, dialect).compiled()
    return _KNOWN[key]


def _stretches(scheme: Scheme, place: Place, on: date) -> list[Stretch]:
    amount, course = scheme.sentences.amount, scheme.course
    if amount is None or course is None:
        return []
    trees = [amount.test.tree, *([scheme.sentences.monthly.tree] if scheme.sentences.monthly else [])]
    used = scheme.sentences.reach(*trees)
    return stretches(course, used, bool(used & set(PERIOD_WORDS)), scheme.parameters, place, on)


def _within(course: Course, spans: list[Stretch], on: date) -> int:
    """Which stretch the day lies in."""
    now = {"month": index_of(on), "year": on.year, "once": on.toordinal()}[course.every]
    return next((at for at, one in enumerate(spans) if one.last is None or now <= one.last), len(spans) - 1)


class _Compiler:
    """One compilation: settings of the day, readings, then layer upon layer of columns."""

    def __init__(
        self, scheme: Scheme, place: Place, settings: Mapping[str, Setting], spans: list[Stretch], at: int,
        assume: bool, dialect: str,
    ) -> None:  # fmt: skip
        self.scheme, self.place, self.settings, self.spans, self.at = scheme, place, settings, spans, at
        self.assume, self.dialect = assume, dialect
        said = scheme.page.body.get("choices", {})
        assert isinstance(said, dict)
        self.choices = {name: [str(one) for one in listed] for name, listed in said.items() if isinstance(listed, list)}
        self.reading, self.tried = readings(scheme.parameters, settings, self.choices, assume)
        self.unset = {name for name, value in self.reading.values.items() if value is None}
        self.types = {name: one.type for name, one in scheme.parameters.items()}
        self.givens = scheme.sentences.givens
        self.binder = self._binder({})
        self.hung = {name for name in self.givens if scheme.sentences.reach(self.givens[name].tree) & self.unset}
        self.amounts = Amounts(scheme, spans, at, self.reading, self._usable, self._binder, dialect)

    def _binder(self, replaced: dict[str, str]) -> Binder:
        return Binder(self.types, self.place, self.givens, self.dialect, replaced, self.tried[0].values)

    def q(self, name: str) -> str:
        return f'"{name}"' if self.dialect == "duckdb" else f"`{name}`"

    def compiled(self) -> Compiled:
        scheme = self.scheme
        course = scheme.course
        lines = list(scheme.conditions)
        if course is not None and course.last is not None:
            lines.append(OVER)
        if len(lines) > _MOST_CONDITIONS:
            raise scheme.page.error(("conditions",), f"条件超过 {_MOST_CONDITIONS} 条", "合并几条")
        reach = scheme.sentences.reach
        used = [tuple(sorted(reach(line.test.tree))) for line in scheme.conditions]
        ends = [course.first.tree, *([course.last.tree] if course.last else [])] if course else []
        if len(lines) > len(used):
            used.append(tuple(sorted(reach(ends[1]))))
        return Compiled(
            scheme=scheme, place=self.place, writer=self,
            lines=tuple(lines), words=self.nameable, settings=self.settings,
            stretches=tuple(self.spans), used=tuple(used), reads=tuple(self._columns(True)), course_used=tuple(sorted(reach(*ends))) if ends else (),
            amount_used=tuple(sorted(reach(scheme.sentences.amount.test.tree))) if scheme.sentences.amount else (),
        )  # fmt: skip

    @property
    def nameable(self) -> tuple[str, ...]:
        """可缺的词 — columns of the fact that conditions and the end of the course read, as `nulls` counts them."""
        course = self.scheme.course
        trees = [line.test.tree for line in self.scheme.conditions]
        trees += [course.last.tree] if course is not None and course.last is not None else []
        reached = self.scheme.sentences.reach(*trees)
        return tuple(word for word in self.scheme.words if word != "id" and word in reached)[:_MOST_CONDITIONS]

    # -- the quick way over everyone ---------------------------------------------------------------------------------

    def keys(self) -> dict[str, str]:
        """价由何定 — what the worth of a course hangs on: its ends and the columns amounts read → their types."""
        course = self.scheme.course
        if course is None:
            return {}
        ends = {
            "~first": "date" if course.every == "once" else "integer",
            **({"~last": "integer"} if course.last else {}),
        }
        types = {**self.scheme.words, **{name: one.type for name, one in self.givens.items()}}
        return ends | {word: types[word] for word in self.amounts.words() if word not in ASKED_WORDS}

    def sieve(self) -> Sieve | None:
        """先筛 — see `Sieve`; None where there is nothing to sift by, or what the page says is left to SQL."""
        if self.dialect != "duckdb" or self.scheme.lacking or not self.scheme.conditions:
            return None
        mesh = Mesh(self.scheme, self.binder, self.reading, self.tried, self.hung, self.unset)
        keys = [one for one in self.keys() if not one.startswith("~")]
        return mesh.sieve(keys, self.nameable, whole=not self._unset_now())

    def wants(self) -> str:
        """要定哪几个 — see `Mattering`: a row a subject, a mask for each condition, the first month and the amount."""
        q, course = self.q, self.scheme.course
        hung = frozenset(self.hung)
        matter = Mattering(self.binder, self.tried, hung, self.blocked)
        reach = self.scheme.sentences.reach
        trees = {of_line(at): (line.test.tree, f"~c{at}") for at, line in enumerate(self.scheme.conditions)}
        if course is not None:
            over = {of_line(len(trees)): (course.last.tree, "~last")} if course.last else {}
            trees |= {FIRST: (course.first.tree, "~first")} | over
        masks = [
            f"{matter.mask(tree, column, reach(tree) & self.unset)} AS {q(name)}"
            for name, (tree, column) in trees.items()
        ]
        if course is not None:
            masks.append(f"{matter.amount_mask(self.amounts, course)} AS {q(AMOUNT)}")
        columns = ", ".join(f"t.{q(one)}" for one in ("id", *self._columns(False)))
        asked = f"a.today, a.this_year, a.this_month FROM {q(left_of(self.scheme.per))} t CROSS JOIN asked a"
        layers = [f"SELECT {columns}, {asked}", *self._given_layers(), self._condition_layer()]
        if course is not None and course.every != "once":
            layers.append(f"SELECT *, {self.amounts.until()} AS {q('~until')} FROM ~")
        return self._stacked(layers, f"SELECT id, {', '.join(masks)} FROM ~")

    @property
    def blocked(self) -> tuple[str, ...]:
        """未定的参数 — of the day and of the stretches that amounts are taken from, in the page's order."""
        found = {name for name, one in self.settings.items() if self._blocks(one)}
        found |= {name for span in self.spans for name, one in span.settings.items() if self._blocks(one)}
        return tuple(name for name in self.scheme.parameters if name in found)

    def price(self) -> str:
        """算价 — of courses that nothing fails and nothing leaves open."""
        q, course = self.q, self.scheme.course
        if course is None or self.dialect != "duckdb" or self.scheme.lacking:
            return ""
        columns = ", ".join(f"t.{q(one)}" for one in ("~at", *self.keys()))
        until = "" if course.every == "once" else f", {self.amounts.until()} AS {q('~until')}"
        worth = f"CAST({self.amounts.total()} AS DECIMAL(18, 2)) AS {q('~amount')}, {self.amounts.monthly()} AS {q('~monthly')}"
        lost = AMOUNT_UNSET if self._amount_unset() else AMOUNT_UNKNOWN
        decision = SETTINGS if lost == AMOUNT_UNSET else PAPERS
        first, last = self._ends()
        return (
            f"SELECT {q('~at')}, CAST(CASE WHEN {q('~amount')} IS NULL THEN {decision} ELSE {YES} END AS TINYINT) AS decision, "
            f"CASE WHEN {q('~amount')} IS NOT NULL OR {decision == SETTINGS} THEN {first} END AS first, "
            f"CASE WHEN {q('~amount')} IS NOT NULL OR {decision == SETTINGS} THEN {last} END AS last, "
            f"CASE WHEN {q('~amount')} IS NOT NULL THEN {q('~monthly')} END AS monthly, {q('~amount')} AS amount, "
            f"CASE WHEN {q('~amount')} IS NULL THEN {lost} ELSE 0 END AS need "
            f"FROM (SELECT *, {worth} FROM (SELECT *{until} FROM (SELECT {columns}, a.today, a.this_year, a.this_month "
            f"FROM {q(COURSES)} t CROSS JOIN asked a) l) l) l"
        )

    # -- layers ------------------------------------------------------------------------------------------------------

    def query(self, lines: Sequence[Line], words: Sequence[str], *, detail: bool) -> str:
        """整句 — over everyone of the fact."""
        q = self.q
        fact = q(self.scheme.per)
        columns = ["id", *self._columns(detail)]
        asked = "a.today, a.this_year, a.this_month"
        layers = [f"SELECT {', '.join(f't.{q(one)}' for one in columns)}, {asked} FROM {fact} t CROSS JOIN asked a"]
        layers += self._given_layers()
        layers.append(self._condition_layer())
        layers.append(self._mask_layer(lines))
        layers.append(self._amount_layer())
        layers.append(self._decision_layer())
        return self._stacked(layers, self._final(lines, words, detail))

    def _stacked(self, layers: Sequence[str], final: str) -> str:
        """Each layer over the one before it."""
        ctes = ", ".join(f"l{at} AS ({text.replace('FROM ~', f'FROM l{at - 1}')})" for at, text in enumerate(layers))
        return f"WITH {ctes} {final.replace('FROM ~', f'FROM l{len(layers) - 1}')}"

    def _columns(self, detail: bool) -> list[str]:
        """Columns of the fact the page reaches, in the fact's order; where they came from, when all is told."""
        sentences, course = self.scheme.sentences, self.scheme.course
        trees = [given.tree for given in self.givens.values()] + [line.test.tree for line in sentences.conditions]
        trees += [course.first.tree] if course else []
        trees += [course.last.tree] if course and course.last else []
        trees += [sentences.amount.test.tree] if sentences.amount else []
        trees += [sentences.monthly.tree] if sentences.monthly else []
        reached = sentences.reach(*trees)
        sources = self.scheme.vocabulary.sources(self.scheme.per)
        found = [word for word in self.scheme.words if word in reached and word != "id"]
        return found + [sources[word] for word in found if detail and word in sources]

    def _given_layers(self) -> list[str]:
        depth = depth_of({name: given.tree for name, given in self.givens.items()})
        layers = []
        for level in range(1, max(depth.values(), default=0) + 1):
            columns = []
            for name in (one for one in depth if depth[one] == level):
                columns += self._variants(name, self.givens[name].tree)
            layers.append(f"SELECT *, {', '.join(columns)} FROM ~")
        return layers

    def _variants(self, name: str, tree: exp.Expr) -> list[str]:
        """The expression as a column, and once more for each reading tried when it hangs on an unset parameter."""
        columns = [f"{self.binder.sql(tree, self.reading, lambda given: given)} AS {self.q(name)}"]
        for reading in self.tried if self._hangs(tree) else ():
            column = self.binder.sql(tree, reading, self._tried_given(reading))
            columns.append(f"{column} AS {self.q(name + reading.suffix)}")
        return columns

    def _tried_given(self, reading: Reading) -> Callable[[str], str]:
        return lambda given: given + reading.suffix if given in self.hung else given

    def _hangs(self, tree: exp.Expr) -> bool:
        return bool(self.scheme.sentences.reach(tree) & self.unset)

    def _lost(self, name: str, tree: exp.Expr) -> str:
        """SQL: the expression is NULL because a parameter is unset."""
        known = self._known_if_tried(name, tree)
        return "FALSE" if known == "FALSE" else f"{self.q(name)} IS NULL AND {known}"

    def _known_if_tried(self, name: str, tree: exp.Expr) -> str:
        """SQL: some reading tried gives a value; FALSE when the expression hangs on no unset parameter."""
        if not self._hangs(tree):
            return "FALSE"
        return "(" + " OR ".join(f"{self.q(name + one.suffix)} IS NOT NULL" for one in self.tried) + ")"

    def _condition_layer(self) -> str:
        columns = []
        for at, line in enumerate(self.scheme.conditions):
            columns += self._variants(f"~c{at}", line.test.tree)
        course = self.scheme.course
        if course is not None:
            columns += self._variants("~first", course.first.tree)
            if course.last is not None:
                columns += self._variants("~last", course.last.tree)
        return f"SELECT *, {', '.join(columns) or '1 AS nothing'} FROM ~"

    def _mask_layer(self, lines: Sequence[Line]) -> str:
        q, course = self.q, self.scheme.course
        layer = ""
        marks = [q(f"~c{at}") for at in range(len(self.scheme.conditions))]
        unset = [self._lost(f"~c{at}", line.test.tree) for at, line in enumerate(self.scheme.conditions)]
        if course is not None and course.last is not None:
            open_now = "this_month" if course.every == "month" else "this_year * 12 + 1"
            lost = self._lost("~last", course.last.tree)
            over = f"coalesce({open_now} <= {q('~last')}, TRUE)"
            layer = f"SELECT *, {over if lost == 'FALSE' else f'CASE WHEN {lost} THEN NULL ELSE {over} END'} AS {q('~over')}"
            marks.append(q("~over"))
            unset.append(lost)
        failed = mask([f"NOT {mark}" for mark in marks])
        unknown = mask([f"{mark} IS NULL" for mark in marks])
        until = f", {self.amounts.until()} AS {q('~until')}" if course is not None and course.every != "once" else ""
        masks = f"{failed} AS {q('~failed')}, {unknown} AS {q('~unknown')}, {mask(unset)} AS {q('~unset')}"
        return f"SELECT *, {masks}{until} FROM {f'({layer} FROM ~) AS ended' if layer else '~'}"

    def _amount_layer(self) -> str:
        q = self.q
        if self.scheme.course is None:
            return f"SELECT *, {NO_MONEY} AS {q('~amount')}, {NO_MONEY} AS {q('~monthly')} FROM ~"
        settled = f"{q('~failed')} = 0 AND {q('~unknown')} = 0 AND {q('~first')} IS NOT NULL"
        amount = f"CASE WHEN {settled} THEN CAST({self.amounts.total()} AS DECIMAL(18, 2)) END"
        monthly = self.amounts.monthly()
        if monthly != NO_MONEY:
            monthly = f"CASE WHEN {q('~failed')} = 0 THEN {monthly} END"
        return f"SELECT *, {amount} AS {q('~amount')}, {monthly} AS {q('~monthly')} FROM ~"

    # -- the answer --------------------------------------------------------------------------------------------------

    def _decision_layer(self) -> str:
        q, course = self.q, self.scheme.course
        if self.scheme.lacking:
            return f"SELECT *, {SETTINGS} AS {q('~decision')}, 0 AS {q('~need')} FROM ~"
        need = "0"
        if course is not None:
            first_hangs = self._known_if_tried("~first", course.first.tree)
            unset_amount = self._amount_unset()
            unset_now = self._unset_now()
            first = (
                f"CASE WHEN {q('~first')} IS NOT NULL THEN 0 WHEN {first_hangs} THEN {FIRST_UNSET} "
                f"ELSE {FIRST_UNKNOWN} END"
            )
            lost = (
                f"CASE WHEN {q('~amount')} IS NULL THEN {AMOUNT_UNSET if unset_amount else AMOUNT_UNKNOWN} ELSE 0 END"
            )
            later = f"CASE WHEN {q('~monthly')} IS NULL THEN {AMOUNT_UNSET} ELSE 0 END" if unset_now else "0"
            settled = f"{q('~unknown')} = 0 AND {q('~first')} IS NOT NULL"
            need = f"CASE WHEN {q('~failed')} > 0 THEN 0 ELSE {first} + CASE WHEN {settled} THEN {lost} ELSE {later} END END"
        decision = (
            f"CASE WHEN {q('~failed')} > 0 THEN {NOT} "
            f"WHEN {q('~unknown')} > 0 THEN CASE WHEN {q('~unset')} > 0 THEN {SETTINGS} ELSE {PAPERS} END "
            f"WHEN {q('~need')} & {FIRST_UNSET | AMOUNT_UNSET} > 0 THEN {SETTINGS} "
            f"WHEN {q('~need')} > 0 THEN {PAPERS} ELSE {YES} END"
        )
        return f"SELECT *, {decision} AS {q('~decision')} FROM (SELECT *, {need} AS {q('~need')} FROM ~) AS needed"

    def _unset_now(self) -> bool:
        """Whether the month asked for has no amount for want of a parameter."""
        course = self.scheme.course
        now = (
            self.spans[self.at].settings.values()
            if self.spans and course is not None and course.every == "month"
            else ()
        )
        return any(self._blocks(one) for one in now)

    def _amount_unset(self) -> bool:
        return any(self._blocks(one) for span in self.spans for one in span.settings.values())

    def _usable(self, setting: Setting) -> str | None:
        return setting.value if self.assume or setting.confirmed else None

    def _blocks(self, setting: Setting) -> bool:
        return setting.value is None or not (setting.confirmed or self.assume)

    def _final(self, lines: Sequence[Line], words: Sequence[str], detail: bool) -> str:
        q, course = self.q, self.scheme.course
        first = last = "CAST(NULL AS DATE)"
        ended = f"{q('~decision')} IN ({YES}, {SETTINGS})"
        if course is not None and not self.scheme.lacking:
            over = (
                f"{q('~last')} < this_month AND coalesce({q('~first')} <= {q('~last')}, TRUE)"
                if course.last
                else "FALSE"
            )
            ended = f"({ended} OR {over})"
            first, last = self._ends()
        nulls = mask([f"{q(word)} IS NULL" for word in words])  # read only where something is not known
        columns = [
            q("id"), f"CAST({q('~decision')} AS TINYINT) AS decision", f"CASE WHEN {ended} THEN {first} END AS first",
            f"CASE WHEN {ended} THEN {last} END AS last", f"CASE WHEN {q('~decision')} = {YES} THEN {q('~monthly')} END AS monthly",
            f"{q('~amount')} AS amount", f"{q('~failed')} AS failed", f"{q('~unknown')} AS unknown",
            f"{q('~unset')} AS unset", f"{q('~need')} AS need",
            f"CASE WHEN {q('~unknown')} > 0 THEN {nulls} ELSE 0 END AS nulls",
        ]  # fmt: skip
        if detail:
            columns += self._detail(lines)
        return f"SELECT {', '.join(columns)} FROM ~"

    def _detail(self, lines: Sequence[Line]) -> list[str]:
        q = self.q
        columns = [q(f"~c{at}") for at in range(len(self.scheme.conditions))]
        columns += [q("~over")] if len(lines) > len(self.scheme.conditions) else []
        columns += [q(one) for one in self._columns(True)]
        if self.scheme.course is not None:
            columns += [q("~first"), q("~last")] if self.scheme.course.last else [q("~first")]
        for at, (count, unit) in enumerate(self.amounts.counted()):
            columns += [f"{count} AS {q(f'~n{at}')}", f"CASE WHEN {count} > 0 THEN {unit} END AS {q(f'~u{at}')}"]
        return columns

    def _ends(self) -> tuple[str, str]:
        """SQL: first and last day of the course."""
        course = self.scheme.course
        assert course is not None
        first = self._month_day("~first", "first") if course.every != "once" else self.q("~first")
        return first, self._month_day("~last", "last") if course.last else "CAST(NULL AS DATE)"

    def _month_day(self, name: str, which: str) -> str:
        index = self.q(name)
        day = f"make_date({year_of(index, self.dialect)}, CAST(({index} - 1) % 12 + 1 AS INT), 1)"
        return day if which == "first" else f"last_day({day})"
