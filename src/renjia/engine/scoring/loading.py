"""读细则 — the pages of one rubric, read, resolved by the chosen readings, checked and compiled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from renjia.engine.pages import DEFINITIONS, Page, PageError, Plain, load_folder
from renjia.engine.scoring.errors import ScoringError
from renjia.engine.scoring.expressions import ExpressionError, Term, Vocabulary, read_expression
from renjia.engine.scoring.facts import FactSpec
from renjia.engine.scoring.grading import Veto, read_grading, read_veto
from renjia.engine.scoring.grammar import WORDING
from renjia.engine.scoring.numbers import Number, exact
from renjia.engine.scoring.readings import NONE, Reading, choose, mentions, read_readings, resolve
from renjia.engine.scoring.rubric import Atom, AtomRow, Block, Doubt, Item, Part, Rubric
from renjia.engine.scoring.rules import CAP, COMMON, EARNING, KINDS, Body, Rule, read_rule
from renjia.engine.scoring.sums import Heap, Limited, Plan
from renjia.engine.scoring.wording import Wording, read_wording

FOLDER = "rubrics"


def rubric_ids(root: Path = DEFINITIONS) -> list[str]:
    """已有的细则 — ids of the folders under `rubrics/`, sorted."""
    folder = root / FOLDER
    return (
        sorted(one.name for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
        if folder.is_dir()
        else []
    )


def load_rubric(id: str, root: Path = DEFINITIONS) -> Rubric:
    """读细则 — `rubrics/<id>/` under root, every reading at its default.

    Raises ScoringError when there is no such rubric, PageError (file, line) for a page that is wrong.
    """
    known = rubric_ids(root)
    if id not in known:
        raise ScoringError("", id, "没有这份细则", f"已有：{'、'.join(known) or '（还没有）'}")
    folder = root / FOLDER / id
    words = sorted((root / WORDING.folder).glob("*.yaml"))
    state = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in [*sorted(folder.iterdir()), *words])
    return _built(folder, root, state)


@lru_cache(maxsize=16)
def _built(folder: Path, root: Path, state: tuple[tuple[Path, int, int], ...]) -> Rubric:
    """Built once for each state of the files."""
    cover, leaves = load_folder(folder, "rubric", "item")
    return Source(cover, leaves, read_wording(root)).build({}, read_readings(cover))


@dataclass(frozen=True)
class Source:
    """一份细则的各页 — kept so that another reading can be built; rules whose text a reading leaves alone are reused."""

    cover: Page
    leaves: Mapping[str, Page]
    wording: Wording
    compiled: dict[tuple[str, str], Rule] = field(default_factory=dict)

    def build(self, wanted: Mapping[str, str], readings: Mapping[str, Reading]) -> Rubric:
        """建成 — the rubric with the wanted readings over those given."""
        chosen = choose(readings, wanted)
        return _Builder(self, chosen).rubric()


class _Builder:
    """Builds one rubric from the pages under one choice of readings; used once."""

    def __init__(self, source: Source, readings: Mapping[str, Reading]) -> None:
        self.cover, self.leaves, self.source = source.cover, source.leaves, source
        self.readings = readings
        self.chosen = {one.slug: one.chosen for one in readings.values()}
        self._check_mentions()
        body = resolve(dict(self.cover.body), self.chosen)
        assert isinstance(body, dict)
        self.body = body
        self.parts = self._parts()
        self.blocks = self._blocks()
        self.facts = self._facts()
        terms = {name: Term(index, spec.choices) for index, (name, spec) in enumerate(self.facts.items())}
        self.vocabulary = Vocabulary(terms, {})
        self.atoms: dict[str, Atom] = {}
        self.rows: list[AtomRow] = []
        self.traces: dict[str, tuple[Path, int]] = {}

    def rubric(self) -> Rubric:
        items = {name: self._item(block, name) for block in self.blocks.values() for name in block.items}
        self._check_members()
        grading = read_grading(self.cover, self.body, self.cover.body)
        veto = read_veto(self.cover, self.body.get("veto"), self.vocabulary, tuple(grading.grades))
        for name, grade in grading.grades.items():
            self._trace(grade.atom, self.cover, ("grades", name))
        if veto is not None:
            self._trace(veto.atom, self.cover, ("veto",))
        return Rubric(
            id=self.cover.id, name=self.cover.name, cover=self.cover, parts=self.parts, blocks=self.blocks, items=items,
            atoms=self.atoms, rows=tuple(self.rows), facts=self.facts, readings=self.readings, grading=grading,
            veto=veto, doubts=self._doubts(), wording=self.source.wording, traces=self.traces,
            plan=self._plan(veto), source=self.source,
        )  # fmt: skip

    def _check_mentions(self) -> None:
        """Every reading and value a page names must stand on the cover."""
        slugs = frozenset(self.chosen)
        values = {one.slug: one.values for one in self.readings.values()}
        for page in (self.cover, *self.leaves.values()):
            body: dict[str, Plain] = {key: value for key, value in page.body.items() if key != "readings"}
            for slug, value, keys in mentions(body, slugs):
                if slug not in values:
                    raise page.error(
                        keys, f"没有解读「{slug}」", f"先写进 _rubric.yaml 的 readings；已有：{'、'.join(values)}"
                    )
                if value and value not in values[slug]:
                    raise page.error(keys, f"解读「{slug}」没有读法「{value}」", f"可选：{'、'.join(values[slug])}")

    def _fields(self, page: Page, keys: tuple[str, ...], node: Plain, allowed: tuple[str, ...]) -> dict[str, Plain]:
        if not isinstance(node, dict):
            raise page.error(keys, f"「{keys[-1]}」应是“键: 值”", f"可写：{'、'.join(allowed)}")
        for key in node:
            if key not in allowed:
                raise page.error((*keys, key), f"不认识的键「{key}」", f"这里可写：{'、'.join(allowed)}、readings")
        return node

    def _number(self, page: Page, keys: tuple[str, ...], node: Mapping[str, Plain], key: str) -> Number | None:
        text = node.get(key, NONE)
        if text == NONE:
            return None
        try:
            return exact(str(text))
        except ValueError:
            raise page.error((*keys, key), f"「{key}」的值「{text}」不是数", "写成 10，或 none（不限）") from None

    def _parts(self) -> dict[str, Part]:
        parts = self.body["parts"]
        assert isinstance(parts, dict)
        found: dict[str, Part] = {}
        for id, node in parts.items():
            keys = ("parts", id)
            one = self._fields(self.cover, keys, node, ("name", "limit", "floor"))
            limit, floor = (self._number(self.cover, keys, one, key) for key in ("limit", "floor"))
            found[id] = Part(id, str(one.get("name", id)), limit, floor)
        if "main" not in found:
            raise self.cover.error(
                ("parts",), "缺 main（主要部分）", "补上 main: {name: 主要指标, limit: 100, floor: 0}"
            )
        return found

    def _blocks(self) -> dict[str, Block]:
        blocks = self.body["blocks"]
        assert isinstance(blocks, dict)
        found: dict[str, Block] = {}
        placed: set[str] = set()
        for id, node in blocks.items():
            keys = ("blocks", id)
            one = self._fields(self.cover, keys, node, ("name", "part", "way", "limit", "floor", "items"))
            part, way, items = str(one.get("part", "main")), str(one.get("way", "deduct")), one.get("items", [])
            limit, floor = (self._number(self.cover, keys, one, key) for key in ("limit", "floor"))
            if part not in self.parts or way not in ("deduct", "earn"):
                raise self.cover.error(
                    keys, "part 或 way 不对", f"part 写 {'、'.join(self.parts)}；way 写 deduct 或 earn"
                )
            if way == "deduct" and limit is None:
                raise self.cover.error(keys, "扣分的一块要有 limit（分值）", "写上分值")
            if not isinstance(items, list):
                raise self.cover.error((*keys, "items"), "「items」应是一列", "写成 [甲, 乙]")
            for item in map(str, items):
                if item not in self.leaves:
                    known = "、".join(sorted(set(self.leaves) - placed))
                    raise self.cover.error(
                        (*keys, "items"), f"没有「{item}.yaml」这一页", f"还没编入的页：{known or '（无）'}"
                    )
                if item in placed:
                    raise self.cover.error((*keys, "items"), f"「{item}」编入了两次", "只留一处")
                placed.add(item)
            found[id] = Block(id, str(one.get("name", id)), part, way, limit, floor, tuple(map(str, items)))
        for name, leaf in self.leaves.items():
            if name not in placed:
                raise PageError(leaf.path, 1, "这一页没有编入任何一块", "写进 _rubric.yaml 某一块的 items")
        return found

    def _facts(self) -> dict[str, FactSpec]:
        found: dict[str, FactSpec] = {}
        pages = [(self.leaves[item], item) for block in self.blocks.values() for item in block.items]
        for page, item in [*pages, (self.cover, "")]:
            written = page.body.get("facts", {})
            assert isinstance(written, dict)
            for name, node in written.items():
                if name in found:
                    raise page.error(("facts", name), f"事实「{name}」写了两次", "一个事实只在一页写一次，别页直接引用")
                assert isinstance(node, dict)
                found[name] = self._fact(page, name, node, item)
        return found

    def _fact(self, page: Page, name: str, node: Mapping[str, Plain], item: str) -> FactSpec:
        keys, kind, wording = ("facts", name), str(node["type"]), self.source.wording
        choices = node.get("choices", [])
        words = tuple(map(str, choices)) if isinstance(choices, list) else ()
        if (kind == "choice") != bool(words):
            raise page.error(keys, "choices 与 type 不合", "type: choice 写 choices，别的不写")
        if kind == "yes_no":
            words = (wording.yes, wording.no)
        spec = FactSpec(
            name, kind, str(node.get("unit", "")), None, words, node.get("may_exceed_100") == "yes",
            self._number(page, keys, node, "at_most"), item, wording.synonyms if kind == "yes_no" else (),
        )  # fmt: skip
        try:
            full = spec.parse(node["full"], as_is=True)
        except ScoringError as problem:
            raise page.error((*keys, "full"), problem.reason, problem.remedy) from problem
        return FactSpec(
            name, kind, spec.unit, full, words, spec.may_exceed_100, spec.at_most, item, spec.synonyms
        )  # fmt: skip

    def _item(self, block: Block, name: str) -> Item:
        page = self.leaves[name]
        body = resolve(dict(page.body), self.chosen)
        assert isinstance(body, dict)
        atoms, rows, facts = body["atoms"], body.get("rows", {}), page.body.get("facts", {})
        assert isinstance(atoms, dict) and isinstance(rows, dict) and isinstance(facts, dict)
        for id, node in atoms.items():
            self._trace(id, page, ("atoms", id))
            self.atoms[id] = self._atom(block, name, page, id, node)
        for id, node in rows.items():
            self.rows.append(self._row(page, id, node))
        unscored = body.get("unscored", [])
        assert isinstance(unscored, list)
        return Item(
            name, page.name, block.id, str(body["says"]), tuple(atoms), tuple(facts), tuple(map(str, unscored)), page
        )  # fmt: skip

    def _trace(self, id: str, page: Page, keys: tuple[str, ...]) -> None:
        if not id:
            return
        if id in self.traces:
            path, line = self.traces[id]
            raise page.error(keys, f"「{id}」写了两次（先见 {path.name} 第 {line} 行）", "编号不能重复")
        self.traces[id] = (page.path, page.line_of(*keys))

    def _atom(self, block: Block, item: str, page: Page, id: str, node: Plain) -> Atom:
        keys = ("atoms", id)
        if not isinstance(node, dict):
            raise page.error(keys, "一条评分应是“键: 值”", "写 says 和一种规则")
        kinds = [kind for kind in (*KINDS, CAP) if node.get(kind, NONE) != NONE]
        # an override may name another kind of rule: the last written wins, the keys of the first go with it
        written = page.body["atoms"]
        assert isinstance(written, dict)
        base = written[id]
        if len(kinds) == 2 and isinstance(base, dict):
            own = [kind for kind in kinds if kind not in base]
            kinds = own if len(own) == 1 else kinds
        if len(kinds) != 1:
            raise page.error(keys, "规则应恰有一种", f"可用：{'、'.join((*KINDS, CAP))}")
        kind = kinds[0]
        if not isinstance(node.get("says"), str):
            raise page.error(keys, "缺「says」", "写上这一条的大意")
        extra = KINDS[kind].keys if kind in KINDS else ()
        allowed = (kind, *COMMON, *extra)
        dropped = {key for other in KINDS if other != kind and other in node for key in (other, *KINDS[other].keys)}
        body = {key: value for key, value in node.items() if key in allowed or key not in dropped}
        self._fields(page, keys, body, allowed)
        if kind == CAP:
            return self._cap(block, item, page, id, body)
        if (block.way == "deduct") == (kind in EARNING):
            raise page.error(keys, f"规则 {kind} 与这一块的办法 {block.way} 不合", "扣分的一块不用 bonus、weighted")
        rule = self._rule(page, id, kind, body)
        needs = body.get("needs", [])
        more = tuple(map(str, needs)) if isinstance(needs, list) else (str(needs),)
        for name in more:
            if name not in self.facts:
                raise page.error((*keys, "needs"), f"没有叫「{name}」的事实", "名字与 facts 里一致")
        wanted = tuple(dict.fromkeys((*rule.names, *more)))
        return Atom(id, item, block.id, kind, str(body["says"]), rule.each, rule.names, wanted, rule)

    def _rule(self, page: Page, id: str, kind: str, body: Mapping[str, Plain]) -> Rule:
        key = (id, repr(body))
        if key not in self.source.compiled:
            self.source.compiled[key] = read_rule(Body(page, ("atoms", id), body, self.vocabulary, self.facts), kind)
        return self.source.compiled[key]

    def _cap(self, block: Block, item: str, page: Page, id: str, body: Mapping[str, Plain]) -> Atom:
        limit, members = self._number(page, ("atoms", id), body, "limit"), body[CAP]
        if limit is None or not isinstance(members, list) or not members:
            raise page.error(("atoms", id), "cap 要有一列评分和 limit", "写成 {cap: [甲, 乙], limit: 5}")
        return Atom(id, item, block.id, CAP, str(body["says"]), limit, (), (), None, tuple(map(str, members)))

    def _row(self, page: Page, id: str, node: Plain) -> AtomRow:
        keys = ("rows", id)
        one = self._fields(page, keys, node, ("of", "limit", "keep"))
        of, keep = one.get("of", []), str(one.get("keep", "all"))
        if not isinstance(of, list) or not of or keep not in ("all", "highest"):
            raise page.error(keys, "rows 的 of 或 keep 不对", "of 写一列评分；keep 写 all 或 highest")
        return AtomRow(id, tuple(map(str, of)), self._number(page, keys, one, "limit"), keep)

    def _check_members(self) -> None:
        for atom in self.atoms.values():
            page = self.leaves[atom.item]
            for member in atom.members:
                other = self.atoms.get(member)
                if other is None or other.block != atom.block or other.kind == CAP:
                    raise page.error(("atoms", atom.id, CAP), f"「{member}」不是同一块里的评分", "只能限同一块里的评分")
        for row in self.rows:
            for member in row.members:
                if member not in self.atoms or self.atoms[member].kind == CAP:
                    raise PageError(self.cover.path, 0, f"同行限额 {row.id} 里没有评分「{member}」", "改正 of")

    def _doubts(self) -> tuple[Doubt, ...]:
        written = self.body.get("doubts", [])
        assert isinstance(written, list)
        found: list[Doubt] = []
        for index, one in enumerate(written):
            assert isinstance(one, dict)
            try:
                expression = read_expression(str(one["expect"]), self.vocabulary)
            except ExpressionError as problem:
                raise self.cover.error(("doubts", index, "expect"), str(problem), "事实写「名」") from problem
            found.append(Doubt(expression, str(one["says"])))
        return tuple(found)

    def _plan(self, veto: Veto | None) -> Plan:
        at = {name: index for index, name in enumerate(self.atoms)}
        fact_at = {name: index for index, name in enumerate(self.facts)}
        block_at = {name: index for index, name in enumerate(self.blocks)}
        rows = [
            Limited(None, tuple(at[one] for one in row.members), row.limit, row.keep == "highest") for row in self.rows
        ]
        caps = [
            Limited(at[atom.id], tuple(at[one] for one in atom.members), atom.points)
            for atom in self.atoms.values() if atom.kind == CAP
        ]  # fmt: skip
        blocks = [
            Heap(
                block.id, tuple(at[atom.id] for atom in self.atoms.values() if atom.block == block.id),
                (block.limit or 0) if block.way == "deduct" else 0, block.limit, block.floor,
            )
            for block in self.blocks.values()
        ]  # fmt: skip
        parts = [
            Heap(
                part.id, tuple(block_at[one.id] for one in self.blocks.values() if one.part == part.id), 0, part.limit,
                part.floor,
            )
            for part in self.parts.values()
        ]  # fmt: skip
        return Plan(
            tuple(None if atom.rule is None else atom.rule.evaluate for atom in self.atoms.values()),
            tuple(tuple(fact_at[name] for name in atom.needs) for atom in self.atoms.values()),
            tuple(rows), tuple(caps), tuple(blocks), tuple(parts), veto,
            () if veto is None else tuple(fact_at[name] for name in veto.facts),
        )  # fmt: skip
