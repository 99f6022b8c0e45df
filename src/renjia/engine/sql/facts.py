"""事实 — `definitions/facts/*.sql`: one SELECT an entity over the working set, every output column commented."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from renjia.engine.sql.dialects import translate
from renjia.engine.sql.errors import SqlError
from renjia.engine.sql.rules import NAMED, RULES

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HAN = re.compile(r"[\u3400-\u9fff]")

# what a fact may use beyond an expression: the grammar of one SELECT …
_GRAMMAR: frozenset[type[exp.Expr]] = frozenset(
    (
        *(exp.Select, exp.Union, exp.Subquery, exp.With, exp.CTE, exp.From, exp.Join, exp.Where, exp.Group, exp.Having),
        *(exp.Table, exp.TableAlias, exp.Alias, exp.Identifier, exp.Exists, exp.Distinct, exp.Star, exp.Filter),
        *(exp.Window, exp.WindowSpec, exp.Order, exp.Ordered, exp.DataType, exp.DataTypeParam, exp.Var),
    )
)
# … and these functions
_FUNCTIONS: frozenset[type[exp.Expr]] = frozenset(
    (
        *(exp.RowNumber, exp.Rank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.LogicalOr, exp.LogicalAnd),
        *(exp.TimeToStr, exp.Quarter, exp.DPipe, exp.Concat, exp.Left, exp.Right, exp.Upper, exp.Lower),
        *(exp.NullSafeEQ, exp.NullSafeNEQ),
    )
)
_ALLOWED = frozenset(RULES) | _GRAMMAR | _FUNCTIONS


@dataclass(frozen=True)
class Fact:
    """事实 — one entity of the vocabulary.

    name     the file's stem
    title    its Chinese name, from the first comment line
    columns  column → 中文 comment, in order
    sql      the SELECT for DuckDB, without comments, ready to stand in parentheses
    tables   the working-set tables it reads
    tree     for `translate(fact, "spark")`
    """

    name: str
    title: str
    columns: dict[str, str]
    sql: str
    tables: tuple[str, ...]
    tree: exp.Query


def read_fact(path: Path, tables: Collection[str] | None = None) -> Fact:
    """读事实 — one file; `tables`, if given, are the only ones it may read. Raises SqlError naming the file."""
    where = f"facts/{path.name}"
    if not _NAME.fullmatch(path.stem):
        raise SqlError(f"{where}：文件名应是小写英文和下划线，它就是事实的名字", path.stem)
    text = path.read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    if not first.startswith("--") or not _HAN.search(first):
        raise SqlError(f"{where} 第 1 行：应是「-- 中文名 — 一行说明」", first)
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except SqlglotError as wrong:
        found = (getattr(wrong, "errors", None) or [{}])[0]
        place = f"第 {found['line']} 行" if "line" in found else ""
        raise SqlError(f"{where} {place}：读不懂，错在「{found.get('highlight', '')}」附近", text) from None
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Select | exp.Union):
        raise SqlError(f"{where}：一个文件只写一句 SELECT", text)
    _check_nodes(where, tree)
    read = _tables(where, tree)
    unknown = [name for name in read if tables is not None and name not in tables]
    if unknown:
        raise SqlError(f"{where}：没有表 {'、'.join(unknown)}；只能读判定库的表 {'、'.join(tables or ())}", unknown[0])
    title = re.split(r"\s+—\s+", first.lstrip("- "))[0].strip()
    return Fact(path.stem, title, _columns(where, tree), translate(tree, "duckdb"), read, tree)


def read_facts(folder: Path, tables: Collection[str] | None = None) -> dict[str, Fact]:
    """读全部事实 — every `.sql` of a folder, by name.

    A fact may stand on another fact of the folder as on a table; it is put in its place, so that one definition serves
    both. A name that is both is the table. Raises SqlError for facts that stand on one another in a circle.
    """
    paths = sorted(folder.glob("*.sql"))
    names = {path.stem for path in paths} - set(tables or ())
    read = {path.stem: read_fact(path, None if tables is None else (*tables, *sorted(names))) for path in paths}
    on_facts = {name: names & set(fact.tables) for name, fact in read.items()}
    whole: dict[str, Fact] = {}
    return {name: _standing(name, read, on_facts, whole, ()) for name in read}


def _standing(
    name: str, read: dict[str, Fact], on_facts: dict[str, set[str]], whole: dict[str, Fact], above: tuple[str, ...]
) -> Fact:
    """The fact with every fact below it put in place; `whole` holds those already done."""
    if name in above:
        raise SqlError(f"facts/{name}.sql：事实互相引用：{'、'.join((*above, name))}；请去掉其中一处", name)
    if name in whole:
        return whole[name]
    fact = read[name]
    if on_facts[name]:
        below = [_standing(one, read, on_facts, whole, (*above, name)) for one in sorted(on_facts[name])]
        tree = _stood(fact.tree, below)
        fact = replace(fact, tree=tree, sql=_inlined(tree), tables=_tables(f"facts/{name}.sql", tree))
    whole[name] = fact
    return fact


def _stood(tree: exp.Query, below: list[Fact]) -> exp.Query:
    """The tree with the facts below as common tables before its own, each once; their own tables take their name.

    Not subqueries: sqlglot lifts every WITH of a Spark query to the top, where two of the same name would meet.
    """
    tree = tree.copy()
    _renamed(tree, {fact.name: f"fact__{fact.name}" for fact in below})
    lifted: dict[str, exp.CTE] = {}
    for fact in below:
        inner = fact.tree.copy()
        own = {cte.alias: f"{fact.name}__{cte.alias}" for cte in inner.ctes if "__" not in cte.alias}
        _renamed(inner, own)
        for cte in inner.ctes:
            name = own.get(cte.alias, cte.alias)
            lifted.setdefault(name, _named(name, cte.this))
        inner.set("with_", None)
        lifted[f"fact__{fact.name}"] = _named(f"fact__{fact.name}", inner)
    tree.set("with_", exp.With(expressions=[*lifted.values(), *tree.ctes]))
    return tree


def _renamed(tree: exp.Query, names: dict[str, str]) -> None:
    """Tables take their new names and keep their old ones as aliases."""
    for table in tree.find_all(exp.Table):
        if table.name in names:
            called = table.alias_or_name
            table.set("this", exp.to_identifier(names[table.name]))
            table.set("alias", exp.TableAlias(this=exp.to_identifier(called)))


def _inlined(tree: exp.Query) -> str:
    """DuckDB's SQL: it would store a common table used twice whole, before the conditions on it are known."""
    tree = tree.copy()
    for cte in tree.ctes:
        cte.set("materialized", False)
    return translate(tree, "duckdb")


def _named(name: str, query: exp.Expr) -> exp.CTE:
    return exp.CTE(this=query.copy(), alias=exp.TableAlias(this=exp.to_identifier(name)))


def _check_nodes(where: str, tree: exp.Expr) -> None:
    for node in tree.walk():
        if type(node) not in _ALLOWED or (isinstance(node, exp.Anonymous) and str(node.this).lower() not in NAMED):
            fragment = node.sql("duckdb", comments=False)
            raise SqlError(f"{where}：「{fragment}」里不能用 {type(node).__name__}", fragment)
        if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            raise SqlError(f"{where}：不要写 *，把列一个个写出来", "*")


def _tables(where: str, tree: exp.Expr) -> tuple[str, ...]:
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    read = set()
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.args.get("db") or not _NAME.fullmatch(table.name):
            fragment = table.sql("duckdb", comments=False)
            raise SqlError(f"{where}：「{fragment}」不是判定库的表；不能读文件、函数或别的库", fragment)
        if table.name not in named:
            read.add(table.name)
    return tuple(sorted(read))


def _columns(where: str, tree: exp.Query) -> dict[str, str]:
    columns: dict[str, str] = {}
    for at, column in enumerate(tree.selects, 1):
        name = column.alias_or_name
        if not isinstance(column, exp.Alias | exp.Column):
            raise SqlError(f"{where}：第 {at} 列没有名字，请写 AS 名字", column.sql("duckdb", comments=False))
        comment = (column.comments or [""])[-1].strip()
        if not _HAN.search(comment):
            raise SqlError(f"{where}：列「{name}」后面没有中文注释；请写成 {name}, -- 它是什么", name)
        if name in columns:
            raise SqlError(f"{where}：列「{name}」写了两次", name)
        columns[name] = comment
    return columns
