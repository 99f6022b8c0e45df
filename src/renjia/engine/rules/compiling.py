"""编成查询 — one scheme at one place on one day as a single projection over its fact's table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from renjia.engine.rules.binding import Binder, Reading, readings
from renjia.engine.rules.marking import depth_of, first_pass, mask
from renjia.engine.rules.periods import Stretch, index_of, stretches
from renjia.engine.rules.places import Place
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.sentences import PERIOD_WORDS, Course, Line
from renjia.engine.rules.sides import left_of
from renjia.engine.rules.standards import Setting
from renjia.engine.sql import expression

NOT, YES, PAPERS, SETTINGS = 0, 1, 2, 3
FIRST_UNSET, AMOUNT_UNSET, FIRST_UNKNOWN, AMOUNT_UNKNOWN = 1, 2, 4, 8
OVER = Line("期间", "发放期未满", expression("TRUE", {}))
_MOST_CONDITIONS = 60


@dataclass(frozen=True)
class Compiled:
    """已编 — the query, and what its columns mean.

    sql: rows of `id, decision, first, last, monthly, amount, failed, unknown, unset, need, nulls` (bit i of the masks is
    condition i; of nulls, word i of `words`), ordered by nothing; detail: the same and every condition, word, given
    and stretch. first_pass: rows of the fact that no condition fails ("" where it saves nothing); rest: `sql` over the
    table `left_of` of such rows. lines: the conditions in order, “发放期未满” last where a course can end.
    """

    scheme: Scheme
    place: Place
    sql: str
    detail: str
    first_pass: str
    rest: str
    lines: tuple[Line, ...]
    words: tuple[str, ...]
    settings: Mapping[str, Setting]
    stretches: tuple[Stretch, ...]
    used: tuple[tuple[str, ...], ...]
    course_used: tuple[str, ...]
    amount_used: tuple[str, ...]


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
        facts = [word for word in scheme.words if word != "id"]
        words = tuple(word for word in facts if any(word in one for one in used))[:_MOST_CONDITIONS]
        sql = self._query(lines, words, detail=False)
        return Compiled(
            scheme=scheme, place=self.place, sql=sql,
            detail=self._query(lines, words, detail=True), first_pass=self._first_pass(),
            rest=sql.replace(f"FROM {self.q(scheme.per)} t CROSS", f"FROM {self.q(left_of(scheme.per))} t CROSS"),
            lines=tuple(lines), words=words, settings=self.settings,
            stretches=tuple(self.spans), used=tuple(used), course_used=tuple(sorted(reach(*ends))) if ends else (),
            amount_used=tuple(sorted(reach(scheme.sentences.amount.test.tree))) if scheme.sentences.amount else (),
        )  # fmt: skip

    def _first_pass(self) -> str:
        if self.dialect != "duckdb" or self.scheme.course is None or not self.scheme.conditions:
            return ""  # a page that pays nothing has little to ask: once over everyone is quicker
        return first_pass(self.scheme, self.binder, self.reading, ["id", *self._columns(False)])

    # -- layers ------------------------------------------------------------------------------------------------------

    def _query(self, lines: list[Line], words: tuple[str, ...], *, detail: bool) -> str:
        q = self.q
        fact = q(self.scheme.per)
        columns = ["id", *self._columns(detail)]
        asked = "a.today, a.this_year, a.this_month"
        layers = [f"SELECT {', '.join(f't.{q(one)}' for one in columns)}, {asked} FROM {fact} t CROSS JOIN asked a"]
        layers += self._given_layers()
        layers.append(self._condition_layer(lines))
        layers.append(self._mask_layer(lines))
        layers.append(self._amount_layer())
        layers.append(self._decision_layer())
        ctes = ", ".join(f"l{at} AS ({text.replace('FROM ~', f'FROM l{at - 1}')})" for at, text in enumerate(layers))
        return f"WITH {ctes} {self._final(lines, words, detail).replace('FROM ~', f'FROM l{len(layers) - 1}')}"

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

    def _condition_layer(self, lines: list[Line]) -> str:
        columns = []
        for at, line in enumerate(self.scheme.conditions):
            columns += self._variants(f"~c{at}", line.test.tree)
        course = self.scheme.course
        if course is not None:
            columns += self._variants("~first", course.first.tree)
            if course.last is not None:
                columns += self._variants("~last", course.last.tree)
        return f"SELECT *, {', '.join(columns) or '1 AS nothing'} FROM ~"

    def _mask_layer(self, lines: list[Line]) -> str:
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
        until = f", {self._until()} AS {q('~until')}" if course is not None and course.every != "once" else ""
        masks = f"{failed} AS {q('~failed')}, {unknown} AS {q('~unknown')}, {mask(unset)} AS {q('~unset')}"
        return f"SELECT *, {masks}{until} FROM {f'({layer} FROM ~) AS ended' if layer else '~'}"

    def _amount_layer(self) -> str:
        if self.scheme.course is None:
            return f"SELECT *, CAST(NULL AS DECIMAL(18, 2)) AS {self.q('~amount')}, {self._null_money()} FROM ~"
        q = self.q
        course = self.scheme.course
        total = " + ".join(
            f"CASE WHEN {count} > 0 THEN {unit if span.single else f'{count} * {unit}'} ELSE 0 END"
            for span, (count, unit) in zip(self.spans, self._counted(), strict=course.every != "once")
        )
        if course.every == "once":
            total = self._on_the_day()
        settled = f"{q('~failed')} = 0 AND {q('~unknown')} = 0 AND {q('~first')} IS NOT NULL"
        amount = f"CASE WHEN {settled} THEN CAST({total} AS DECIMAL(18, 2)) END"
        return f"SELECT *, {amount} AS {q('~amount')}, {self._monthly()} AS {q('~monthly')} FROM ~"

    def _null_money(self) -> str:
        return f"CAST(NULL AS DECIMAL(18, 2)) AS {self.q('~monthly')}"

    # -- amounts -----------------------------------------------------------------------------------------------------

    def _counted(self) -> list[tuple[str, str]]:
        """For each stretch: SQL of how many periods of the course lie in it, and of the amount of one."""
        course = self.scheme.course
        if course is None or course.every == "once":
            return []
        assert self.scheme.sentences.amount is not None
        found = []
        for span in self.spans:
            months = self._overlap(span)
            replaced = self._period_words(span, months)
            unit = self._unit(self.scheme.sentences.amount.test.tree, span, replaced)
            found.append((months, unit))
        return found

    def _overlap(self, span: Stretch) -> str:
        """SQL: periods of the course in a stretch; months of the year for a single year."""
        course = self.scheme.course
        assert course is not None
        first, until, low, high = self.q("~first"), self.q("~until"), span.first, span.last
        if course.every == "year" and span.single and span.first is not None:
            low, high = span.first * 12 + 1, span.first * 12 + 12
        elif course.every == "year":
            first, until = _year_of(first), _year_of(until)
        start = first if low is None else f"greatest({first}, {low})"
        end = until if high is None else f"least({until}, {high})"
        return f"greatest(0, {end} - {start} + 1)"

    def _until(self) -> str:
        """SQL: the last month that counts, as far as 金额 goes."""
        course = self.scheme.course
        assert course is not None
        now = "this_month" if course.every == "month" else "this_year * 12 + 12"
        until = f"coalesce({self.q('~last')}, {now})" if course.last else now
        return until if course.whole else f"least({until}, {now})"

    def _period_words(self, span: Stretch, months: str) -> dict[str, str]:
        course = self.scheme.course
        assert course is not None
        if not span.single or span.first is None:
            return {word: "CAST(NULL AS INT)" for word in PERIOD_WORDS}
        if course.every == "year":
            return {"months": months, "pay_year": str(span.first), "pay_month": "CAST(NULL AS INT)"}
        return {"months": "1", "pay_month": str(span.first), "pay_year": str((span.first - 1) // 12)}

    def _unit(self, tree: exp.Expr, span: Stretch, replaced: dict[str, str]) -> str:
        values = {name: one.value if self.assume or one.confirmed else None for name, one in span.settings.items()}
        sql = self._binder(replaced).sql(tree, Reading("", {**self.reading.values, **values}))
        return f"CAST({sql} AS DECIMAL(18, 2))"

    def _on_the_day(self) -> str:
        assert self.scheme.sentences.amount is not None
        tree, due = self.scheme.sentences.amount.test.tree, self.q("~first")
        branches = ""
        for span in self.spans[:-1]:
            assert span.last is not None
            day = date.fromordinal(span.last).isoformat()
            branches += f"WHEN {due} <= DATE '{day}' THEN {self._unit(tree, span, {})} "
        last = self._unit(tree, self.spans[-1], {})
        return f"CASE {branches}ELSE {last} END" if branches else last

    def _monthly(self) -> str:
        """月标准: of the month asked for."""
        course, sentences = self.scheme.course, self.scheme.sentences
        assert course is not None and sentences.amount is not None
        tree = sentences.amount.test.tree if course.every == "month" else None
        if sentences.monthly is not None:
            tree = sentences.monthly.tree
        if tree is None or not self.spans:
            return "CAST(NULL AS DECIMAL(18, 2))"
        span = self.spans[self.at]
        return f"CASE WHEN {self.q('~failed')} = 0 THEN {self._unit(tree, span, self._period_words(span, '1'))} END"

    # -- the answer --------------------------------------------------------------------------------------------------

    def _decision_layer(self) -> str:
        q, course = self.q, self.scheme.course
        if self.scheme.lacking:
            return f"SELECT *, {SETTINGS} AS {q('~decision')}, 0 AS {q('~need')} FROM ~"
        need = "0"
        if course is not None:
            first_hangs = self._known_if_tried("~first", course.first.tree)
            unset_amount = any(self._blocks(one) for span in self.spans for one in span.settings.values())
            now = self.spans[self.at].settings.values() if self.spans and course.every == "month" else ()
            unset_now = any(self._blocks(one) for one in now)
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

    def _blocks(self, setting: Setting) -> bool:
        return setting.value is None or not (setting.confirmed or self.assume)

    def _final(self, lines: list[Line], words: tuple[str, ...], detail: bool) -> str:
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
            first = self._month_day("~first", "first") if course.every != "once" else q("~first")
            last = self._month_day("~last", "last") if course.last else last
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

    def _detail(self, lines: list[Line]) -> list[str]:
        q = self.q
        columns = [q(f"~c{at}") for at in range(len(self.scheme.conditions))]
        columns += [q("~over")] if len(lines) > len(self.scheme.conditions) else []
        columns += [q(one) for one in self._columns(True)]
        if self.scheme.course is not None:
            columns += [q("~first"), q("~last")] if self.scheme.course.last else [q("~first")]
        for at, (count, unit) in enumerate(self._counted()):
            columns += [f"{count} AS {q(f'~n{at}')}", f"CASE WHEN {count} > 0 THEN {unit} END AS {q(f'~u{at}')}"]
        return columns

    def _month_day(self, name: str, which: str) -> str:
        index = self.q(name)
        day = f"make_date({_year_of(index)}, CAST(({index} - 1) % 12 + 1 AS INT), 1)"
        return day if which == "first" else f"last_day({day})"


def _year_of(index: str) -> str:
    return f"CAST(floor(({index} - 1) / 12) AS INT)"
