"""展望 — where each place may stand at the year's end, from facts to date: ranges of total and rank, chances of grades."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, TypeVar

from renjia.engine.scoring.errors import ScoringError
from renjia.engine.scoring.facts import Value
from renjia.engine.scoring.numbers import Number, whole
from renjia.engine.scoring.outlook_draws import count_draws, generator, share_draws
from renjia.engine.scoring.rubric import Rubric
from renjia.engine.scoring.scores import score

Shares: TypeAlias = Mapping[str, Mapping[str, tuple[int, int]]]

_T = TypeVar("_T")
_FLOWING = ("short", "case", "nth", "bonus")


@dataclass(frozen=True, slots=True)
class Prospect:
    """一个地方的展望 — now: total if the year ended today; low, middle, high: of the year-end total; ranks likewise.

    grades: grade → chance (0 to 1, shares of the draws); held: facts taken to stay as reported.
    """

    place: str
    now: Number | None
    low: Number
    middle: Number
    high: Number
    best_rank: int | None
    worst_rank: int | None
    grades: Mapping[str, Fraction]
    held: tuple[str, ...]


def flowing(rubric: Rubric) -> frozenset[str]:
    """随月增加的事实 — counts that a case, shortfall, nth or bonus rule counts as they are; all others stay as reported."""
    found: set[str] = set()
    for atom in rubric.atoms.values():
        if atom.kind in _FLOWING and len(atom.needs) == 1 and rubric.facts[atom.needs[0]].type == "count":
            found.add(atom.needs[0])
    return frozenset(found)


def outlook(
    rubric: Rubric,
    facts: Mapping[str, Mapping[str, object]],
    months: int,
    *,
    of: int = 12,
    shares: Shares | None = None,
    flows: Collection[str] | None = None,
    level: Fraction = Fraction(4, 5),
    draws: int = 200,
    seed: int = 2024,
) -> dict[str, Prospect]:
    """年末展望 — place → Prospect, from facts of the first `months` months of `of`; places without a total are left out.

    shares: place → percentage fact → (numerator, denominator) to date; a share without them stays as reported.
    flows: counts that go on at their rate (default `flowing(rubric)`). level: how much of the draws low–high holds.
    Method: see outlook_draws. The same input and seed give the same answer. Raises ScoringError as `score` does, and for
    months outside 1…of, a level outside 0…1, an unknown fact in flows or shares, a share of nothing.
    """
    growing = flowing(rubric) if flows is None else frozenset(flows)
    shares = shares or {}
    _check(rubric, facts, months, of, shares, growing, level)
    if draws < 1:
        raise ScoringError("", draws, "抽样次数不对", "写 1 以上，通常 200")
    now = score(rubric, facts)
    rows = {place: dict(one.facts) for place, one in now.places.items() if one.total is not None}
    drawn = _drawn(rows, months, of - months, shares, growing, draws, seed)
    totals: dict[str, list[Number]] = {place: [] for place in rows}
    ranks: dict[str, list[int]] = {place: [] for place in rows}
    grades: dict[str, Counter[str]] = {place: Counter() for place in rows}
    scores = score(rubric, rows)
    for number in range(draws):
        scores = scores.changed({place: {name: one[number] for name, one in drawn[place].items()} for place in rows})
        for place, one in scores.places.items():
            assert one.total is not None
            totals[place].append(one.total)
            grades[place][one.grade or ""] += 1
            if one.rank is not None:
                ranks[place].append(one.rank)
    low, high = (1 - level) / 2, (1 + level) / 2
    found: dict[str, Prospect] = {}
    for place in rows:
        ordered, ranked = sorted(totals[place]), sorted(ranks[place])
        found[place] = Prospect(
            place=place,
            now=now.places[place].total,
            low=_quantile(ordered, low),
            middle=_quantile(ordered, Fraction(1, 2)),
            high=_quantile(ordered, high),
            best_rank=_quantile(ranked, low) if ranked else None,
            worst_rank=_quantile(ranked, high) if ranked else None,
            grades={name: Fraction(count, draws) for name, count in grades[place].most_common()},
            held=tuple(name for name in rubric.facts if name not in drawn[place]),
        )
    return found


def _check(
    rubric: Rubric,
    facts: Mapping[str, object],
    months: int,
    of: int,
    shares: Shares,
    growing: Collection[str],
    level: Fraction,
) -> None:
    if not 1 <= months <= of:
        raise ScoringError("", months, "已过的月数不对", f"写 1 到 {of}")
    if not 0 < level < 1:
        raise ScoringError("", level, "区间的把握应在 0 与 1 之间", "例如 4/5")
    for name in growing:
        if name not in rubric.facts or rubric.facts[name].type != "count":
            raise ScoringError(name, None, "不是细则里的计数事实", "随月增加的只能是计数的事实")
    for place, pairs in shares.items():
        if place not in facts:
            raise ScoringError("", place, "没有这个街镇", f"已有 {len(facts)} 个，名称须一字不差")
        for name, (hits, cases) in pairs.items():
            if name not in rubric.facts or rubric.facts[name].type != "percentage":
                raise ScoringError(name, None, "不是细则里的占比事实", "分子分母只用于占比", place)
            if cases <= 0 or not 0 <= hits <= cases:
                raise ScoringError(name, f"{hits}/{cases}", "分子分母不对", "分母大于 0，分子在 0 与分母之间", place)


def _drawn(
    rows: Mapping[str, Mapping[str, Value]],
    months: int,
    left: int,
    shares: Shares,
    growing: Collection[str],
    draws: int,
    seed: int,
) -> dict[str, dict[str, Sequence[Number]]]:
    """Year-end values by place and fact, one for each draw."""
    found: dict[str, dict[str, Sequence[Number]]] = {place: {} for place in rows}
    for name in growing:
        seen = {place: value for place, row in rows.items() if isinstance(value := row[name], int)}
        if not seen:
            continue
        pooled = Fraction(sum(seen.values()), months * len(seen))
        for place, count in seen.items():
            drawn = count_draws(generator(seed, place, name), count, pooled, months, left, draws)
            found[place][name] = [int(one) for one in drawn]
    for name in dict.fromkeys(name for pairs in shares.values() for name in pairs):
        pairs = {place: one[name] for place, one in shares.items() if name in one and place in rows}
        pooled = Fraction(sum(hits for hits, _ in pairs.values()), sum(cases for _, cases in pairs.values()) or 1)
        for place, (hits, cases) in pairs.items():
            rest = share_draws(generator(seed, place, name), hits, cases, pooled, months, left, draws)
            found[place][name] = [whole(one) for one in rest]
    return found


def _quantile(ordered: Sequence[_T], share: Fraction) -> _T:
    """The smallest value that at least this share of the draws do not exceed: always one of them."""
    at = -(-share * len(ordered) // 1) - 1
    return ordered[max(int(at), 0)]
