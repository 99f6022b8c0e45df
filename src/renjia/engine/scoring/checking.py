"""查细则 — before the year starts: points out of reach, holes and overlaps in grades, facts, items and demands that miss."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from renjia.engine.pages import Plain
from renjia.engine.scoring.bands import bands
from renjia.engine.scoring.numbers import Number, shown
from renjia.engine.scoring.readings import mentions
from renjia.engine.scoring.rubric import Atom, Block, Rubric
from renjia.engine.scoring.rules import CAP, KINDS


@dataclass(frozen=True, slots=True)
class Finding:
    """一处问题 — where, what, remedy in Chinese, without a full stop.

    kind: unreachable, idle_cap, full_marks, overlap, hole, conditional_hole, item_without_facts, fact_without_item,
    demand_without_points, unused_reading.
    """

    kind: str
    where: str
    what: str
    remedy: str


def check(rubric: Rubric) -> list[Finding]:
    """查一遍 — grades as their sentences are written, before a reading settles them; the rest under the chosen readings."""
    return [
        *_points(rubric), *_full_marks(rubric), *_grades(rubric), *_facts(rubric), *_demands(rubric),
        *_readings(rubric),
    ]  # fmt: skip


def _most(rubric: Rubric, block: Block, kinds: frozenset[str]) -> Number | None:
    """The most the block's atoms of these kinds can move together; None when nothing bounds it."""
    atoms = [atom for atom in rubric.atoms.values() if atom.block == block.id]
    most = {atom.id: atom.rule.most for atom in atoms if atom.rule is not None and atom.kind in kinds}
    for ids, together in _levels(rubric, atoms):
        if all(id in most for id in ids):
            for id in ids:
                del most[id]
            most[ids[0]] = together
    limits = [(row.members, row.limit) for row in rubric.rows if row.limit is not None]
    limits += [(atom.members, atom.points) for atom in atoms if atom.kind == CAP]
    for members, limit in limits:
        known = [most.pop(member) for member in members if member in most]
        if known:
            most[members[0]] = limit if None in known else min(limit, sum(one or 0 for one in known))
    return None if None in most.values() else sum(one or 0 for one in most.values())


def _levels(rubric: Rubric, atoms: list[Atom]) -> Iterator[tuple[list[str], Number]]:
    """Atoms on the levels of one fact, and the most they deduct together: one word holds at a time."""
    by_fact: dict[str, list[Atom]] = {}
    for atom in atoms:
        if atom.kind == "level":
            by_fact.setdefault(atom.facts[0], []).append(atom)
    full = {name: spec.full for name, spec in rubric.facts.items()}
    for fact, together in by_fact.items():
        found: list[Number] = []
        for word in rubric.facts[fact].choices:
            row = rubric.row("", {**full, fact: word})
            found.append(-sum(atom.rule.evaluate(row) for atom in together if atom.rule is not None))
        yield [atom.id for atom in together], max(found)


ALL = frozenset(KINDS)
FIXED = frozenset({"once", "level", "short"})


def _points(rubric: Rubric) -> Iterator[Finding]:
    for block in rubric.blocks.values():
        if block.limit is None:
            continue
        most, fixed = _most(rubric, block, ALL), _most(rubric, block, FIXED)
        if block.way == "deduct" and most is not None and most < block.limit:
            what = f"分值 {shown(block.limit)} 分，各条合起来最多扣 {shown(most)} 分，{shown(block.limit - most)} 分人人都有"
            yield Finding("unreachable", block.name, what, "减分值，或补上扣分的条款")
        if block.way == "deduct" and fixed is not None and fixed > block.limit and block.floor is not None:
            beyond = shown(fixed - block.limit)
            what = f"分值 {shown(block.limit)} 分，单是不计例数的各条合计 {shown(fixed)} 分，其中 {beyond} 分扣不到"
            yield Finding("unreachable", block.name, what, "扣到底以后再错不再扣；要都有分量的，调整分值或各条分数")
        if block.way == "earn" and most is not None and most < block.limit:
            what = f"分值 {shown(block.limit)} 分，各条合起来最多得 {shown(most)} 分，{shown(block.limit - most)} 分谁也得不到"
            yield Finding("unreachable", block.name, what, "减分值，或补上得分的条款")
    for part in rubric.parts.values():
        limits = [block.limit for block in rubric.blocks.values() if block.part == part.id]
        if part.limit is None or None in limits:
            continue
        together = sum(limit for limit in limits if limit is not None)
        if together != part.limit:
            what = f"「{part.name}」{shown(part.limit)} 分，各块分值合计 {shown(together)} 分"
            yield Finding("unreachable", part.name, what, "使两数相等")
    for atom in rubric.atoms.values():
        known = [rubric.atoms[member].rule for member in atom.members]
        sums = [rule.most for rule in known if rule is not None]
        if atom.kind == CAP and None not in sums and sum(one or 0 for one in sums) <= atom.points:
            what = f"所限各条最多扣 {shown(sum(one or 0 for one in sums))} 分，{shown(atom.points)} 分的限额永远用不上"
            yield Finding("idle_cap", atom.id, what, "去掉这个限额，或改小")


def _full_marks(rubric: Rubric) -> Iterator[Finding]:
    """The facts' own full-marks values must cost nothing."""
    row = rubric.row("", {name: spec.full for name, spec in rubric.facts.items()})
    sums = rubric.plan.sums(row)
    for atom, points in zip(rubric.atoms.values(), sums.atoms, strict=True):
        full = 0 if atom.rule is None else atom.rule.untouched
        if points is not None and (points < 0 or points < full):
            what = f"事实都取满分值时仍失 {shown(full - points)} 分"
            yield Finding("full_marks", atom.id, what, "改正事实的 full，或改正目标")


def _grades(rubric: Rubric) -> Iterator[Finding]:
    limits = [part.limit for part in rubric.parts.values()]
    highest = None if None in limits else sum(limit for limit in limits if limit is not None)
    settled = "、".join(
        one.slug for one in rubric.readings.values()
        if any(one.slug in grade.readings for grade in rubric.grades.values())
    )  # fmt: skip
    remedy = "在年初写明归哪一等" + (f"；眼下由解读定（{settled}）" if settled else "")
    for band in bands(rubric.grading, highest):
        named = "、".join(f"「{name}」" for name in band.grades)
        if band.kind == "overlap":
            yield Finding("overlap", "等次", f"总分{band.span}同在{named}", remedy)
        elif band.kind == "hole":
            yield Finding("hole", "等次", f"总分{band.span}不在任何等次", remedy)
        elif band.kind == "conditional_hole":
            what = (
                f"总分{band.span}只有{named}，而不满足其余条件（{rubric.wording.measured(band.others)}）的不在任何等次"
            )
            yield Finding("conditional_hole", "等次", what, remedy)
        elif band.kind == "unreachable":
            yield Finding(
                "unreachable", "等次", f"{named}要的总分谁也到不了（满分 {shown(highest or 0)}）", "改正等次的界线"
            )


def _words(node: Plain) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        for one in node.values() if isinstance(node, dict) else node:
            yield from _words(one)


def _facts(rubric: Rubric) -> Iterator[Finding]:
    used: list[str] = []
    for item in rubric.items.values():
        atoms = item.page.body["atoms"]
        words = list(_words(atoms))
        used += words
        named = [name for name in rubric.facts if _named(name, words)]
        if not named:
            yield Finding("item_without_facts", item.name, "这一项没有用到任何事实，评不出分", "写上评分条款和所需事实")
    used += list(_words(rubric.cover.body.get("veto", {})))
    for name in rubric.facts:
        if not _named(name, used):
            where = rubric.facts[name].item
            holder = rubric.items[where].name if where else rubric.name
            yield Finding(
                "fact_without_item", holder, f"事实「{name}」没有一条评分用到", "去掉这个事实，或补上用它的条款"
            )


def _named(name: str, words: list[str]) -> bool:
    quoted = f"「{name}」"
    return any(word == name or quoted in word for word in words)


def _demands(rubric: Rubric) -> Iterator[Finding]:
    for item in rubric.items.values():
        for demand in item.unscored:
            yield Finding(
                "demand_without_points", item.name, f"「{demand}」没有扣分条款", "要考核的补上条款；否则从要求里去掉"
            )


def _readings(rubric: Rubric) -> Iterator[Finding]:
    slugs = frozenset(one.slug for one in rubric.readings.values())
    used: set[tuple[str, str]] = set()
    for page in (rubric.cover, *(item.page for item in rubric.items.values())):
        body: Mapping[str, Plain] = {key: value for key, value in page.body.items() if key != "readings"}
        used.update((slug, value) for slug, value, _ in mentions(dict(body), slugs))
    for one in rubric.readings.values():
        if len(one.values) > 1 and not any(slug == one.slug for slug, _ in used):
            yield Finding(
                "unused_reading", one.slug, f"解读「{one.name}」没有改变任何一条", "写到它所说的条款上，或去掉"
            )
