"""事实 — the vocabulary: facts over the working set and over one another, in the order they can be computed."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlglot import exp

from renjia.engine.pages import DEFINITIONS, PageError
from renjia.engine.rules.schemas import TABLES
from renjia.engine.sql import Fact, SqlError, column_types, connect, read_fact, translate

ASKED = "asked"
_ASKED_SQL = (
    "CREATE TABLE asked AS SELECT DATE '2025-01-01' AS today, 2025 AS this_year, 2025 * 12 + 1 AS this_month LIMIT 0"
)
_SOURCE = "__source"
_LINE = re.compile(r"第 (\d+) 行")


@dataclass(frozen=True)
class Vocabulary:
    """词汇 — facts by name, the words of each with their types, and the order to compute them in.

    words: fact → column → type, without `id`'s companions `<word>__source`; order: facts, each after those it reads
    """

    facts: dict[str, Fact]
    words: dict[str, dict[str, str]]
    order: tuple[str, ...]

    def needed(self, name: str) -> list[str]:
        """所需事实 — the fact and all it stands on, in order."""
        wanted, todo = {name}, [name]
        while todo:
            for one in self.facts[todo.pop()].tables:
                if one in self.facts and one not in wanted:
                    wanted.add(one)
                    todo.append(one)
        return [one for one in self.order if one in wanted]

    def narrowed(self, name: str, words: Collection[str]) -> list[tuple[str, str]]:
        """只为几个词 — the fact with only `id` and these words, and the facts it then still stands on, in order, as SQL.

        A LEFT JOIN of a fact by its `id` that no word is left to look at falls away: it adds neither rows nor words.
        """
        top = _narrowed(self.facts[name], {"id", *words}, self.facts)
        read = {table.name for table in top.find_all(exp.Table)}
        needed = {one for direct in read if direct in self.facts and direct != name for one in self.needed(direct)}
        return [(one, self.facts[one].sql) for one in self.order if one in needed] + [(name, translate(top, "duckdb"))]

    def base_tables(self, name: str) -> list[str]:
        """所读各表 — the tables of the working set a fact stands on."""
        read = {table for one in self.needed(name) for table in self.facts[one].tables}
        return [table for table in TABLES if table in read]

    def sources(self, name: str) -> dict[str, str]:
        """来源列 — word → the column that says where it came from, for the words that have one."""
        columns = self.facts[name].columns
        return {one.removesuffix(_SOURCE): one for one in columns if one.endswith(_SOURCE)}


def vocabulary(root: Path = DEFINITIONS) -> Vocabulary:
    """读词汇 — every fact of `facts/people` under the root; PageError names the file and the word that is wrong."""
    folder = root / "facts" / "people"
    state = tuple((path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.sql")))
    return _read(state)


def _narrowed(fact: Fact, words: Collection[str], facts: Mapping[str, Fact]) -> exp.Select:
    tree = fact.tree.copy()
    assert isinstance(tree, exp.Select)
    tree.set("expressions", [one for one in tree.expressions if one.alias_or_name in words])
    joins = list(tree.args.get("joins") or [])
    for join in reversed(joins):
        table, alias = join.this, join.alias_or_name
        if (
            not isinstance(table, exp.Table)
            or table.name not in facts
            or join.side != "LEFT"
            or not _by_id(join, alias)
        ):
            continue
        own = {id(column) for column in join.find_all(exp.Column)}
        if not any(column.table == alias for column in tree.find_all(exp.Column) if id(column) not in own):
            joins.remove(join)
            tree.set("joins", joins)
    return tree


def _by_id(join: exp.Join, alias: str) -> bool:
    """Joined by `alias.id = …` and nothing else."""
    on = join.args.get("on")
    key = on.this if isinstance(on, exp.EQ) else None
    return isinstance(key, exp.Column) and key.table == alias and key.name == "id"


@lru_cache(maxsize=32)
def _read(state: tuple[tuple[Path, int], ...]) -> Vocabulary:
    paths = {path.stem: path for path, _ in state}
    allowed = (*TABLES, ASKED, *paths)
    facts: dict[str, Fact] = {}
    for name, path in paths.items():
        if name in TABLES or name == ASKED:
            raise PageError(path, 0, f"事实「{name}」与判定库的表同名", "换一个名字")
        try:
            facts[name] = read_fact(path, allowed)
        except SqlError as wrong:
            raise PageError(path, _line(path, wrong), str(wrong), "事实只写一句 SELECT，每列有中文注释") from wrong
    order = _ordered(facts, paths)
    words: dict[str, dict[str, str]] = {}
    with connect(threads=1) as connection:
        connection.execute(_ASKED_SQL)
        for table in TABLES.values():
            connection.register(table.name, table.schema.empty_table())
        for name in order:
            try:
                types = column_types(connection, facts[name].sql)
            except SqlError as wrong:
                raise PageError(paths[name], _line(paths[name], wrong), str(wrong), "核对列名、类型和函数") from wrong
            words[name] = {word: kind for word, kind in types.items() if not word.endswith(_SOURCE)}
            connection.execute(f'CREATE VIEW "{name}" AS {facts[name].sql}')
    return Vocabulary(facts, words, order)


def _ordered(facts: dict[str, Fact], paths: dict[str, Path]) -> tuple[str, ...]:
    order: list[str] = []

    def place(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            ring = " → ".join((*above[above.index(name) :], name))
            raise PageError(paths[name], 0, f"事实互相引用成了圈：{ring}", "去掉其中一处引用")
        if name in order:
            return
        for read in facts[name].tables:
            if read in facts:
                place(read, (*above, name))
        order.append(name)

    for name in facts:
        place(name, ())
    return tuple(order)


def _line(path: Path, wrong: SqlError) -> int:
    """The line the message names, or the first that holds the fragment's first line."""
    told = _LINE.search(str(wrong))
    if told:
        return int(told[1])
    first = wrong.fragment.strip().partition("\n")[0][:60]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if first and first.lower() in line.lower():
            return number
    return 1
