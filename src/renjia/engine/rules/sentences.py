"""句子 — everything on a scheme's page that is an expression: givens, conditions, course, amount."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from renjia.engine.pages import Page, Plain
from renjia.engine.rules.standards import UNSETTLED, Parameter
from renjia.engine.rules.words import Keys, checked, columns
from renjia.engine.sql import Expression

ASKED_WORDS = {"today": "date", "this_year": "integer", "this_month": "integer"}
PLACE_WORDS = {"place": "text", "district": "text", "city": "text", "province": "text"}
PERIOD_WORDS = {"months": "integer", "pay_year": "integer", "pay_month": "integer"}
_RESERVED = {**ASKED_WORDS, **PLACE_WORDS, **PERIOD_WORDS, "id": "text"}


@dataclass(frozen=True)
class Line:
    """一句 — clause and sentence as the page says them, the expression, and the paper that settles a ？."""

    clause: str
    sentence: str
    test: Expression
    paper: str = ""


@dataclass(frozen=True)
class Exclusion:
    """互斥 — which schemes may not be drawn together with this one."""

    clause: str
    sentence: str
    schemes: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """期间 — how it is paid, and from when to when.

    every: month, year or once; first, last: month indices (year * 12 + month), for `once` first is a date;
    whole: 金额 is the whole course, else up to the period asked for; takes_last: a period takes the value of its last day;
    at_most: most years a course has, None = not said
    """

    every: str
    first: Expression
    last: Expression | None
    whole: bool
    takes_last: bool
    at_most: int | None


@dataclass(frozen=True)
class Sentences:
    """各句 — givens in an order in which each can be computed."""

    givens: dict[str, Expression]
    conditions: tuple[Line, ...]
    exclusions: tuple[Exclusion, ...]
    course: Course | None
    amount: Line | None
    monthly: Expression | None

    def reach(self, *trees: exp.Expr) -> set[str]:
        """所及的词 — words the trees use, through givens; the givens themselves too."""
        found: set[str] = set()
        todo: set[str] = set().union(*(columns(tree) for tree in trees))
        while todo:
            word = todo.pop()
            found.add(word)
            if word in self.givens:
                todo |= columns(self.givens[word].tree) - found
        return found


def read_sentences(page: Page, facts: Mapping[str, str], parameters: Mapping[str, Parameter]) -> Sentences:
    """读各句 — PageError at the line of the first that is wrong."""
    standards = {name: one.type for name, one in parameters.items()}
    words = {**ASKED_WORDS, **PLACE_WORDS, **facts}
    for name in standards:
        if name in words or name in _RESERVED:
            raise page.error(("standards", name), f"标准「{name}」与事实或保留的词重名", "换一个名字")
    words |= standards
    givens = _givens(page, words)
    words |= {name: one.type for name, one in givens.items()}
    conditions, exclusions = _conditions(page, words), []
    for at, item in enumerate(_list(page, "exclusions")):
        exclusion, test = _exclusion(page, ("exclusions", at), item, words)
        exclusions.append(exclusion)
        conditions += [test] if test else []
    course = _course(page, words)
    amount = _amount(page, words, course)
    found = Sentences(givens, tuple(conditions), tuple(exclusions), course, amount, _monthly(page, words, course))
    _check_choices(page, found, parameters)
    return found


def _givens(page: Page, words: Mapping[str, str]) -> dict[str, Expression]:
    written = page.body.get("given", {})
    assert isinstance(written, dict)
    for name in written:
        keys = ("given", name)
        if name in words or name in _RESERVED:
            raise page.error(keys, f"given「{name}」与事实、标准或保留的词重名", "换一个名字")
        if not name.isidentifier() or not name.isascii():
            raise page.error(keys, f"given「{name}」写法不对", "用小写英文、数字和下划线")
    done: dict[str, Expression] = {}

    def read(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            ring = " → ".join((*above[above.index(name) :], name))
            raise page.error(("given", name), f"given 互相引用成了圈：{ring}", "去掉其中一处引用")
        if name in done:
            return
        # types of other givens are needed first; which are used shows in the words themselves
        for other in written:
            if other != name and _mentions(str(written[name]), other):
                read(other, (*above, name))
        if _mentions(str(written[name]), name):
            raise page.error(("given", name), f"given「{name}」引用了自己", "写成别的词的式子")
        known = {**words, **{one: done[one].type for one in done}}
        done[name] = checked(page, ("given", name), str(written[name]), known)

    for name in written:
        read(name, ())
    return done


def _mentions(text: str, word: str) -> bool:
    quoted, token, inside = False, "", False
    for character in text + " ":
        if character == "'":
            quoted = not quoted
        inside = not quoted and (character.isalnum() or character == "_")
        if inside:
            token += character
            continue
        if token.lower() == word:
            return True
        token = ""
    return False


def _conditions(page: Page, words: Mapping[str, str]) -> list[Line]:
    return [_line(page, ("conditions", at), item, words) for at, item in enumerate(_list(page, "conditions"))]


def _line(page: Page, keys: Keys, item: Plain, words: Mapping[str, str]) -> Line:
    key, value = _one(page, keys, item)
    clause, sentence = _clause(page, (*keys, key), key)
    if isinstance(value, str):
        return Line(clause, sentence, checked(page, (*keys, key), value, words, boolean=True))
    if not isinstance(value, dict) or "test" not in value or set(value) - {"test", "paper"}:
        raise page.error((*keys, key), f"「{key}」后面应是一个式子，或 test 和 paper", "写成 {test: 式子, paper: 材料}")
    test = checked(page, (*keys, key, "test"), str(value["test"]), words, boolean=True)
    return Line(clause, sentence, test, str(value.get("paper", "")))


def _exclusion(page: Page, keys: Keys, item: Plain, words: Mapping[str, str]) -> tuple[Exclusion, Line | None]:
    key, value = _one(page, keys, item)
    clause, sentence = _clause(page, (*keys, key), key)
    listed = value.get("schemes") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(listed, list) or set(value) - {"schemes", "test", "paper"}:
        raise page.error((*keys, key), f"「{key}」应写与哪些项目互斥", "写成 {schemes: [编号], test: 式子}")
    exclusion = Exclusion(clause, sentence, tuple(str(one) for one in listed))
    if "test" not in value:
        return exclusion, None
    test = checked(page, (*keys, key, "test"), str(value["test"]), words, boolean=True)
    return exclusion, Line(clause, sentence, test, str(value.get("paper", "")))


def _course(page: Page, words: Mapping[str, str]) -> Course | None:
    written = page.body.get("course")
    if written is None:
        return None
    assert isinstance(written, dict)
    every = str(written["every"])
    first = checked(page, ("course", "first"), str(written["first"]), words)
    wanted = "date" if every == "once" else "integer"
    _want(page, ("course", "first"), first, wanted, "一次性的写到期日（日期），按月按年的写月序 month_of(日期)")
    last = None
    if "last" in written:
        if every == "once":
            raise page.error(("course", "last"), "一次性的没有 last", "删去这一行")
        last = checked(page, ("course", "last"), str(written["last"]), words)
        _want(page, ("course", "last"), last, "integer", "写月序 month_of(日期)，没有终止的写 NULL")
    whole = written.get("total") == "whole"
    if whole and last is None and every != "once":
        raise page.error(("course", "total"), "total: whole 要有 last", "写上 last，或改成 to_date")
    at_most = int(str(written["at_most"])) if "at_most" in written else None
    return Course(every, first, last, whole, written.get("takes") == "last", at_most)


def _amount(page: Page, words: Mapping[str, str], course: Course | None) -> Line | None:
    written = _list(page, "amount")
    if not written:
        if course is not None:
            raise page.error(("course",), "有期间，没有 amount（金额）", "写一条 amount，或删去 course")
        return None
    if course is None:
        raise page.error(("amount",), "有金额，没有 course（期间）", "写 course: {every: month, first: …}")
    if len(written) > 1:
        raise page.error(("amount", 1), "金额只写一条", "几种情形写进一个 CASE")
    key, value = _one(page, ("amount", 0), written[0])
    keys = ("amount", 0, key)
    clause, sentence = _clause(page, keys, key)
    allowed = {"year": ("months", "pay_year"), "month": ("pay_month", "pay_year"), "once": ()}[course.every]
    test = checked(page, keys, str(value), {**words, **{one: PERIOD_WORDS[one] for one in allowed}})
    _want_money(page, keys, test)
    return Line(clause, sentence, test)


def _monthly(page: Page, words: Mapping[str, str], course: Course | None) -> Expression | None:
    if "monthly" not in page.body:
        return None
    if course is None or course.every != "year":
        raise page.error(("monthly",), "monthly 只用于按年的项目", "删去这一行；按月的项目月标准就是 amount")
    found = checked(page, ("monthly",), str(page.body["monthly"]), words)
    _want_money(page, ("monthly",), found)
    return found


def _want_money(page: Page, keys: Keys, found: Expression) -> None:
    if found.type not in ("integer", "decimal", "null"):
        what = f"金额「{found.text}」是浮点数或不是数，存不准一分钱"
        raise page.error(keys, what, "乘除写成 share_of(金额, 分子, 分母)，不用 /；标准写单位 元")


def _want(page: Page, keys: Keys, found: Expression, kind: str, remedy: str) -> None:
    if found.type not in (kind, "null"):
        raise page.error(keys, f"「{found.text}」的类型不对", remedy)


def _check_choices(page: Page, found: Sentences, parameters: Mapping[str, Parameter]) -> None:
    """A code word compared with a parameter must be one the page lists."""
    choices = page.body.get("choices", {})
    assert isinstance(choices, dict)
    lines = [*found.givens.values(), *(one.test for one in found.conditions)]
    lines += [found.amount.test] if found.amount else []
    lines += [one for one in ((found.course.first, found.course.last) if found.course else ()) if one]
    for line in lines:
        for node in line.tree.find_all(exp.EQ, exp.NEQ, exp.In):
            named = [one.name for one in (node.this, node.args.get("expression")) if isinstance(one, exp.Column)]
            given = [one.name for one in node.find_all(exp.Literal) if one.is_string and one.parent is node]
            for name in named:
                listed = choices.get(name)
                wrong = [one for one in given if listed and one not in listed]
                if name in parameters and wrong:
                    raise page.error(
                        ("choices", name), f"式子「{line.text}」里的「{wrong[0]}」不在「{name}」的可选之内",
                        f"可选：{'、'.join(str(one) for one in listed or [])}",
                    )  # fmt: skip
                if name in parameters and set(given) & set(UNSETTLED):
                    raise page.error((), f"式子「{line.text}」拿「{name}」与 待定 相比", "待定就是没有值，不必比")


def _list(page: Page, key: str) -> list[Plain]:
    value = page.body.get(key, [])
    assert isinstance(value, list)
    return value


def _one(page: Page, keys: Keys, item: Plain) -> tuple[str, Plain]:
    if not isinstance(item, dict) or len(item) != 1:
        raise page.error(keys, "每句应是「条款 句子: 式子」", "以 - 开头，一句一行；句子里有冒号的加引号")
    return next(iter(item.items()))


def _clause(page: Page, keys: Keys, key: str) -> tuple[str, str]:
    clause, _, sentence = key.partition(" ")
    if not clause or not sentence.strip():
        raise page.error(keys, f"「{key}」没有写条款", "条款写在句前，空一格，例如「二（一） 具有中国国籍」")
    return clause, sentence.strip()
