"""学习参数 — a Model learned from the records themselves, without known truth; its version is made from its content.

Fellegi–Sunter on counted patterns: strangers from random pairs, matches and the mix by EM on candidates, the number of
records in the prior. What the data cannot say keeps its hand-set weight, and a note says so.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.columns import Columns, normalise
from renjia.engine.linkage.learning.bounds import guarded
from renjia.engine.linkage.learning.children import inside, learn_children
from renjia.engine.linkage.learning.em import Counted, Shares, Sought, counted, shares
from renjia.engine.linkage.learning.keeping import versioned
from renjia.engine.linkage.learning.pairs import agreements, at_random, in_chunks, known_pairs
from renjia.engine.linkage.linking import link
from renjia.engine.linkage.model import HAND_SET, Model, size_of
from renjia.engine.linkage.trust.calibration import OWN_ODDS, Calibration, Thresholds, calibrate, thresholds, vouched

# Expected matches below which nothing is learned: a level with 1 % of them would rest on five pairs.
ENOUGH = 500
# Pairs in deliveries of several children below which the child weights stay.
ENOUGH_SEVERAL = 200
# Random pairs: so many a record, at most so many.
_STRANGERS_EACH, _STRANGERS = 40, 600_000
_AGREEING = 20_000
_CANDIDATES = 8_000_000
_STEPS = 30
_STILL = 1e-3
# Levels named in the note on thin evidence.
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Learned:
    """学得 — the model; notes (Chinese) on what was learned from how much and what was not; the curve of its scores.

    matches: expected pairs of one delivery among the candidates; mix: of pairs of different sources in deliveries of
    several children, the share of one child (0 = not learned); lines: what the two thresholds are expected to cost.
    """

    model: Model
    notes: tuple[str, ...]
    calibration: Calibration
    matches: float
    mix: float = 0.0
    lines: Thresholds | None = None


def learn(
    records: pa.Table, *, start: Model = HAND_SET, seed: int = 20250101, ppv: float = 0.9995, npv: float = 0.995
) -> Learned:
    """学习 — weights, prior and thresholds from records as `link` takes them; same records and seed, same model.

    ppv, npv: wanted shares of right links and of rightly separate pairs, which set the two thresholds.
    Too few records to learn from: `start` unchanged, with a note. ValueError (Chinese) as `link` and `thresholds`.
    """
    columns = normalise(records)
    rng = np.random.default_rng(seed)
    linkable = ~columns.still
    if int(linkable.sum()) < 2:
        return _unlearned(start, 0.0)
    a, b, share = known_pairs(columns, linkable, _CANDIDATES, rng)
    levels = in_chunks(columns, a, b)
    found = _delivery(columns, counted(levels), share, start, rng)
    if found.matches < ENOUGH:
        return _unlearned(start, found.matches)
    model, notes = _weighted(start, found, len(columns) * share)
    notes.insert(0, f"分娩层：由 {len(columns):,} 条记录、约 {found.matches:,.0f} 对同一次分娩的记录学得")
    score = model.scores("delivery", levels, size_of(len(columns)))
    curve = calibrate(score, vouched(len(columns), a, b, score)) if share == 1 else OWN_ODDS
    lines = thresholds(curve, score, ppv=ppv, npv=npv)
    model = replace(model, link=lines.link, review=lines.review)
    notes.append(
        f"归并线 {lines.link:+g}，复核线 {lines.review:+g}：预计误并 {lines.wrong_links:.3%}，漏并 {lines.missed:.3%}；"
        f"校准用了 {curve.company:,} 对有旁证的记录"
    )
    model, mix, told = _children(columns, records, model)
    return Learned(versioned(model), (*notes, told), curve, found.matches, mix, lines)


def _children(columns: Columns, records: pa.Table, model: Model) -> tuple[Model, float, str]:
    seen = inside(columns, link(records, model=model).assignment)
    whole = seen.several.total
    if whole < ENOUGH_SEVERAL:
        return model, 0.0, f"孩子层：多胎分娩内只有 {whole:,.0f} 对记录（至少 {ENOUGH_SEVERAL}），权重未学，保留手设"
    model, mix = learn_children(seen, model)
    return model, mix, f"孩子层：由多胎分娩内 {whole:,.0f} 对记录学得，其中约 {mix:.0%} 是同一个孩子"


def _unlearned(start: Model, matches: float) -> Learned:
    note = f"只有约 {matches:,.0f} 对同一次分娩的记录，不足 {ENOUGH} 对，参数未学，保留「{start.version}」"
    return Learned(start, (note,), OWN_ODDS, matches)


def _delivery(columns: Columns, candidates: Counted, share: float, start: Model, rng: np.random.Generator) -> Shares:
    """EM from the hand-set weights; each step's weights are guarded, as the model's will be."""
    linkable = ~columns.still
    strangers = counted(at_random(columns, linkable, min(_STRANGERS, _STRANGERS_EACH * len(columns)), rng).levels)
    sought = [
        Sought(one.at, one.levels, counted(one.sampled.levels), one.sampled.share)
        for one in agreements(columns, linkable, _AGREEING, rng)
    ]
    table = start.tables["delivery"]
    prior = start.prior(size_of(len(columns)))
    for _ in range(_STEPS):
        found = shares(candidates, strangers, sought, table, prior)
        model, _ = _weighted(start, found, len(columns) * share)
        before, table = table, model.tables["delivery"]
        moved = abs(prior - model.prior(size_of(len(columns))))
        prior = model.prior(size_of(len(columns)))
        if float(np.abs(table - before).max()) < _STILL and moved < _STILL:
            break
    return found


def _weighted(start: Model, found: Shares, records: float) -> tuple[Model, list[str]]:
    delivery, thin = [], []
    for at, comparison in enumerate(start.delivery):
        kept, hand = guarded(comparison, found.m[at], found.u[at], found.m_pairs[at], found.u_pairs[at])
        delivery.append(kept)
        thin += [f"{comparison.label}{comparison.levels[level][0]}" for level in hand]
    shown = "、".join(thin[:_SHOWN]) + ("等" if len(thin) > _SHOWN else "")
    notes = [f"{len(thin)} 个层级依据太少、主要仍按手设：{shown}"] if thin else []
    partners = round(max(2 * found.matches / max(records, 1.0), 0.01), 4)
    return replace(start, delivery=tuple(delivery), partners=partners), notes
