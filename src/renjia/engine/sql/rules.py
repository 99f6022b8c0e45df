"""规则 — the allow-list: for each kind of node an expression may hold, what it wants and what type it answers."""

from collections.abc import Mapping
from datetime import date

from sqlglot import exp

from renjia.engine.sql.checking import Checker, Rule, refusal, text
from renjia.engine.sql.errors import SqlError
from renjia.engine.sql.vocabulary import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DOUBLE,
    INTEGER,
    NAMES,
    NULL,
    NUMERIC,
    TEXT,
    unified,
)

_FULL_WIDTH = frozenset("（），；：＝＞＜＋－＊／‘’“”。、　")
_CASTS: dict[exp.DType, str] = {
    exp.DType.DATE: DATE,
    exp.DType.INT: INTEGER,
    exp.DType.BIGINT: INTEGER,
    exp.DType.DECIMAL: DECIMAL,
    exp.DType.DOUBLE: DOUBLE,
    exp.DType.TEXT: TEXT,
    exp.DType.VARCHAR: TEXT,
}


def type_of(tree: exp.Expr, vocabulary: Mapping[str, str], *, aggregates: bool) -> str:
    """核整棵树 — its type by these rules; SqlError names the first fragment that may not stand."""
    return Checker(RULES, vocabulary, aggregates).check(tree)


def _column(checker: Checker, node: exp.Expr) -> str:
    name = node.name if node.this.args.get("quoted") else node.name.lower()
    if node.text("table"):
        raise SqlError(f"「{text(node)}」不要写表名，直接写列名", text(node))
    kind = checker.vocabulary.get(name)
    if kind is None:
        hint = "（似有全角符号，请改成半角）" if _FULL_WIDTH & set(name) else ""
        words = "、".join(list(checker.vocabulary)[:30])
        raise SqlError(f"「{node.name}」不在词汇里{hint}；可用的词：{words}", node.name)
    if checker.aggregates and not checker.inside:
        raise SqlError(f"「{name}」要放在 sum、count、avg、min 或 max 里面", name)
    checker.leaf(node.this)
    node.this.set("this", name)
    return kind


def _literal(checker: Checker, node: exp.Expr) -> str:
    if node.is_string:
        return TEXT
    if not node.name.replace(".", "", 1).isdigit():
        raise SqlError(f"「{node.name}」请写成普通的数", node.name)
    return DECIMAL if "." in node.name else INTEGER


def _logic(checker: Checker, node: exp.Expr) -> str:
    for child in node.iter_expressions():
        checker.want(child, BOOLEAN)
    return BOOLEAN


def _comparison(checker: Checker, node: exp.Expr) -> str:
    if isinstance(node.this, exp.Null) or isinstance(node.expression, exp.Null):
        raise SqlError(f"「{text(node)}」和 NULL 比较永远得不到是否；请写 IS NULL 或 IS NOT NULL", text(node))
    kind = checker.same(node, [node.this, node.expression])
    if kind == BOOLEAN and not isinstance(node, exp.EQ | exp.NEQ):
        raise SqlError(f"「{text(node)}」是否之间不能比大小", text(node))
    return BOOLEAN


def _arithmetic(checker: Checker, node: exp.Expr) -> str:
    kinds = [checker.type_of(child) for child in (node.this, node.expression)]
    if DATE in kinds:
        raise SqlError(
            f"「{text(node)}」日期不能直接加减；相差天数用 date_diff('day', 起, 止)，推算用 add_days 或 add_months",
            text(node),
        )
    for kind, child in zip(kinds, (node.this, node.expression), strict=True):
        if kind not in (*NUMERIC, NULL):
            raise SqlError(f"「{text(child)}」是{NAMES[kind]}，不能做四则运算", text(child))
    if isinstance(node, exp.Div):
        return DOUBLE
    return unified(*kinds)


def _is(checker: Checker, node: exp.Expr) -> str:
    checker.type_of(node.this)
    right = node.expression
    if not isinstance(right, exp.Null | exp.Boolean):
        raise SqlError(f"「{text(node)}」IS 后面只能是 NULL、TRUE 或 FALSE", text(node))
    if isinstance(right, exp.Boolean):
        checker.want(node.this, BOOLEAN)
    checker.leaf(right)
    return BOOLEAN


def _between(checker: Checker, node: exp.Expr) -> str:
    if node.args.get("symmetric"):
        raise SqlError(f"「{text(node)}」里不能用 SYMMETRIC", text(node))
    checker.same(node, [node.this, node.args["low"], node.args["high"]])
    return BOOLEAN


def _in(checker: Checker, node: exp.Expr) -> str:
    listed = node.expressions
    if not listed:
        raise SqlError(f"「{text(node)}」IN 后面只能是括号里的几个值，不能用子查询", text(node))
    if any(isinstance(value, exp.Null) for value in listed):
        raise SqlError(f"「{text(node)}」IN 的值里不能有 NULL；请另写 IS NULL", text(node))
    checker.same(node, [node.this, *listed])
    return BOOLEAN


def _case(checker: Checker, node: exp.Expr) -> str:
    branches = node.args["ifs"] if isinstance(node, exp.Case) else [node]
    subject = node.this if isinstance(node, exp.Case) else None
    for branch in branches:
        checker.seen.add(id(branch))
        if subject is None:
            checker.want(branch.this, BOOLEAN)
    if subject is not None:
        checker.same(node, [subject, *(branch.this for branch in branches)])
    last = node.args.get("default" if isinstance(node, exp.Case) else "false")
    return checker.same(node, [branch.args["true"] for branch in branches] + ([last] if last else []))


def _like(checker: Checker, node: exp.Expr) -> str:
    checker.want(node.this, TEXT)
    checker.want(node.expression, TEXT)
    return BOOLEAN


def _cast(checker: Checker, node: exp.Expr) -> str:
    target = node.args["to"]
    kind = _CASTS.get(target.this) if isinstance(target, exp.DataType) else None
    if kind is None:
        raise SqlError(f"「{text(node)}」只能转成 DATE、INTEGER、DECIMAL(位数, 小数位)、DOUBLE 或 VARCHAR", text(node))
    checker.leaf(target)
    if kind == DATE and node.this.is_string:
        checker.leaf(node.this)
        try:
            date.fromisoformat(node.this.name)
        except ValueError:
            raise SqlError(f"「{node.this.name}」不是日期；请用 2025-01-31 的写法", node.this.name) from None
        return DATE
    if kind == DATE:
        checker.want(node.this, DATE)
    elif kind in NUMERIC:
        checker.want(node.this, *NUMERIC)
    else:
        checker.type_of(node.this)
    return kind


def _takes(answer: str, *kinds: tuple[str, ...]) -> Rule:
    """A function of fixed arguments; the arguments are the node's children in order."""

    def rule(checker: Checker, node: exp.Expr) -> str:
        given = node.expressions if isinstance(node, exp.Anonymous) else list(node.iter_expressions())
        if len(given) != len(kinds):
            raise SqlError(f"「{text(node)}」应有 {len(kinds)} 个参数，写了 {len(given)} 个", text(node))
        for child, wanted in zip(given, kinds, strict=True):
            checker.want(child, *wanted)
        return answer

    return rule


def _number(checker: Checker, node: exp.Expr) -> str:
    given = list(node.iter_expressions())
    if isinstance(node, exp.Round) and len(given) == 2 and isinstance(given[1], exp.Literal):
        checker.want(given[1], INTEGER)
    elif len(given) != 1:
        raise SqlError(f"「{text(node)}」参数不对；round 可以再写一个小数位数（常数），其余只有一个参数", text(node))
    return checker.want(node.this, *NUMERIC)


def _alike(checker: Checker, node: exp.Expr) -> str:
    given = list(node.iter_expressions())
    if len(given) < 2:
        raise SqlError(f"「{text(node)}」至少要两个参数", text(node))
    return checker.same(node, given)


def _date_diff(checker: Checker, node: exp.Expr) -> str:
    unit = node.args.get("unit")
    if unit is None or unit.name.upper() != "DAY":
        raise SqlError(f"「{text(node)}」只能按 'day' 计；按月、按年请用 year、month 算", text(node))
    checker.leaf(unit)
    checker.want(node.this, DATE)
    checker.want(node.expression, DATE)
    return INTEGER


def _anonymous(checker: Checker, node: exp.Expr) -> str:
    rule = NAMED.get(str(node.this).lower())
    if rule is None:
        raise refusal(node)
    return rule(checker, node)


def _aggregate(checker: Checker, node: exp.Expr) -> str:
    if not checker.aggregates:
        raise SqlError(f"「{text(node)}」这里不能汇总，一次只看一行", text(node))
    if checker.inside:
        raise SqlError(f"「{text(node)}」汇总里不能再汇总", text(node))
    checker.inside = True
    kind = _aggregated(checker, node)
    checker.inside = False
    return kind


def _aggregated(checker: Checker, node: exp.Expr) -> str:
    inner = node.this
    if isinstance(node, exp.Count):
        if len(list(node.iter_expressions())) != 1:
            raise SqlError(f"「{text(node)}」请写 count(*)、count(列) 或 count(DISTINCT 列)", text(node))
        if isinstance(inner, exp.Star):
            checker.leaf(inner)
        elif isinstance(inner, exp.Distinct) and len(inner.expressions) == 1:
            checker.seen.add(id(inner))
            checker.type_of(inner.expressions[0])
        else:
            checker.type_of(inner)
        return INTEGER
    if isinstance(node, exp.CountIf):
        checker.want(inner, BOOLEAN)
        return INTEGER
    if isinstance(node, exp.Sum | exp.Avg):
        kind = checker.want(inner, *NUMERIC)
        return DOUBLE if isinstance(node, exp.Avg) else kind
    return checker.want(inner, *NUMERIC, DATE, TEXT)


def _filter(checker: Checker, node: exp.Expr) -> str:
    kind = checker.type_of(node.this)
    checker.seen.add(id(node.expression))
    checker.inside = True
    checker.want(node.expression.this, BOOLEAN)
    checker.inside = False
    return kind


RULES: dict[type[exp.Expr], Rule] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda checker, node: BOOLEAN,
    exp.Null: lambda checker, node: NULL,
    exp.Paren: lambda checker, node: checker.type_of(node.this),
    **dict.fromkeys((exp.And, exp.Or, exp.Not), _logic),
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE), _comparison),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod), _arithmetic),
    exp.Neg: lambda checker, node: checker.want(node.this, *NUMERIC),
    exp.Is: _is,
    exp.Between: _between,
    exp.In: _in,
    exp.Case: _case,
    exp.If: _case,
    exp.Like: _like,
    exp.Cast: _cast,
    **dict.fromkeys((exp.Round, exp.Abs, exp.Floor, exp.Ceil), _number),
    **dict.fromkeys((exp.Least, exp.Greatest, exp.Coalesce, exp.Nullif), _alike),
    **dict.fromkeys((exp.Year, exp.Month, exp.Day), _takes(INTEGER, (DATE,))),
    exp.LastDay: _takes(DATE, (DATE,)),
    exp.DateDiff: _date_diff,
    exp.AddMonths: _takes(DATE, (DATE,), (INTEGER,)),
    exp.DateFromParts: _takes(DATE, (INTEGER,), (INTEGER,), (INTEGER,)),
    exp.Length: _takes(INTEGER, (TEXT,)),
    exp.StartsWith: _takes(BOOLEAN, (TEXT,), (TEXT,)),
    exp.Substring: _takes(TEXT, (TEXT,), (INTEGER,), (INTEGER,)),
    exp.Trim: _takes(TEXT, (TEXT,)),
    exp.Anonymous: _anonymous,
    **dict.fromkeys((exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Count, exp.CountIf), _aggregate),
    exp.Filter: _filter,
}


def _reach_date(checker: Checker, node: exp.Expr) -> str:
    rule: tuple[tuple[str, ...], ...] = ((TEXT,),) if len(node.expressions) == 3 else ()
    return _takes(DATE, (DATE,), (INTEGER,), *rule)(checker, node)


NAMED: dict[str, Rule] = {
    "add_days": _takes(DATE, (DATE,), (INTEGER,)),
    "month_of": _takes(INTEGER, (DATE,)),
    "age_on": _takes(INTEGER, (DATE,), (DATE,)),
    "reach_date": _reach_date,
    "share_of": _takes(DECIMAL, (INTEGER, DECIMAL), (INTEGER,), (INTEGER,)),
    "within": _takes(BOOLEAN, (TEXT,), (TEXT,)),
}
