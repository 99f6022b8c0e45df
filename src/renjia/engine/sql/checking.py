"""核对 — walks a tree by one rule a kind of node; a node without a rule, or unseen by one, is refused."""

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from renjia.engine.sql.errors import SqlError
from renjia.engine.sql.vocabulary import DATE, INTEGER, NAMES, NULL, TEXT, unified

FUNCTIONS = (
    "abs round floor ceil least greatest coalesce nullif year month day last_day date_diff add_days add_months "
    "make_date length starts_with substr trim month_of age_on reach_date share_of within"
).split()

_WORDS: dict[type[exp.Expr], str] = {
    exp.Select: "子查询",
    exp.Subquery: "子查询",
    exp.Exists: "子查询",
    exp.Window: "窗口函数",
    exp.Placeholder: "占位符",
    exp.Parameter: "占位符",
    exp.Star: "星号",
    exp.Alias: "别名",
    exp.Interval: "INTERVAL（请用 add_days、add_months）",
    exp.Command: "语句",
}


class Checker:
    """核对 — walks one tree with one vocabulary; `aggregates` also lets `sum`, `count`, `avg`, `min`, `max` in."""

    def __init__(self, rules: "Mapping[type[exp.Expr], Rule]", vocabulary: Mapping[str, str], aggregates: bool) -> None:
        """核对 — kind of node → rule, word → type."""
        self.rules = rules
        self.vocabulary = vocabulary
        self.aggregates = aggregates
        self.inside = False  # an aggregate
        self.seen: set[int] = set()

    def check(self, tree: exp.Expr) -> str:
        """核整棵树 — its type; SqlError names the first fragment that may not stand."""
        kind = self.type_of(tree)
        for node in tree.walk():
            if id(node) not in self.seen:
                raise refusal(node)
        return kind

    def type_of(self, node: exp.Expr) -> str:
        """类型 — of one node, and of all below it."""
        rule = self.rules.get(type(node))
        if rule is None:
            raise refusal(node)
        self.seen.add(id(node))
        return rule(self, node)

    def want(self, node: exp.Expr, *kinds: str) -> str:
        """应是 — the node's type, which must be one of these or NULL."""
        kind = self.type_of(node)
        if kind != NULL and kind not in kinds:
            wanted = "或".join(NAMES[one] for one in kinds)
            raise SqlError(f"「{text(node)}」是{NAMES[kind]}，这里要{wanted}{_advice(node, kind, kinds)}", text(node))
        return kind

    def same(self, node: exp.Expr, nodes: Sequence[exp.Expr]) -> str:
        """同类 — the type all of them fit; `node` is what the message quotes."""
        kind = NULL
        for one in nodes:
            fit = unified(kind, this := self.type_of(one))
            if not fit:
                advice = _advice(one, this, (kind,))
                raise SqlError(f"「{text(node)}」里{NAMES[kind]}和{NAMES[this]}不能放在一起{advice}", text(node))
            kind = fit
        return kind

    def leaf(self, node: exp.Expr) -> None:
        """旁支 — part of its parent's own grammar (a name, a type, a unit), with all below it."""
        self.seen.update(id(part) for part in node.walk())


def text(node: exp.Expr) -> str:
    """原文 — the fragment as SQL."""
    return node.sql("duckdb", comments=False)


def refusal(node: exp.Expr) -> SqlError:
    """拒绝 — what is not in the allow-list, in Chinese."""
    if isinstance(node, exp.Anonymous | exp.Func) and not isinstance(node, exp.Exists | exp.Connector):
        name = str(node.this) if isinstance(node, exp.Anonymous) else node.sql_name()
        return SqlError(
            f"「{text(node)}」里的函数 {name.lower()} 不能用；可用的函数：{'、'.join(FUNCTIONS)}", text(node)
        )
    word = _WORDS.get(type(node), type(node).__name__)
    return SqlError(f"「{text(node)}」里不能用 {word}；只能写列名、常数、比较、四则运算、CASE 和可用的函数", text(node))


def _advice(node: exp.Expr, kind: str, wanted: Sequence[str]) -> str:
    if (kind == TEXT and DATE in wanted) or (kind == DATE and TEXT in wanted):
        return "；日期请写成 DATE '2025-01-01'"
    if kind == INTEGER and TEXT in wanted and isinstance(node, exp.Literal):
        return f"；代码请加引号：'{node.name}'"
    return ""


Rule = Callable[[Checker, exp.Expr], str]
