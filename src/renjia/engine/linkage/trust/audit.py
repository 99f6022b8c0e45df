"""抽查 — an audited random sample of links estimates precision in production, where nobody knows the truth.

Links are drawn at random inside bands of score, so that the doubtful ones are looked at too; each band counts for its
share of all links. The interval is Wilson's, on the effective number of answers.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import pyarrow as pa

# Bits: up to here a link is doubtful, fair, good; above, sure.
BANDS = (5.0, 10.0, 20.0)
_LABELS = ("5 比特以下", "5 至 10 比特", "10 至 20 比特", "20 比特以上")
_LEAST_A_BAND = 10
_TWO_SIDED_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Drawn:
    """抽中的一对 — records a and b, score, band (position in BANDS), and how many links its band holds."""

    a: str
    b: str
    score: float
    band: int
    pattern: int
    of: int


@dataclass(frozen=True, slots=True)
class Precision:
    """正确率 — share of links that are right, 95 % interval, answers counted; bands: label, right, asked, links."""

    share: float
    low: float
    high: float
    answers: int
    bands: tuple[tuple[str, int, int, int], ...]


def wilson(right: float, asked: float, z: float = _TWO_SIDED_95) -> tuple[float, float]:
    """威尔逊区间 — for `right` of `asked`; (0, 1) where nobody was asked."""
    if asked <= 0:
        return 0.0, 1.0
    share, square = right / asked, z * z
    middle = (share + square / (2 * asked)) / (1 + square / asked)
    half = z * sqrt(share * (1 - share) / asked + square / (4 * asked * asked)) / (1 + square / asked)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def sample_for_audit(seed: int, n: int, evidence: pa.Table) -> list[Drawn]:
    """抽样 — `n` delivery-level links of `Linked.evidence`, at least ten a band where there are; same seed, same sample.

    The draw goes by a hash of the pair: new links change it little, and nobody can choose what is looked at.
    ValueError (Chinese) for n < 1.
    """
    if n < 1:
        raise ValueError(f"抽查数 {n} 不行；请给 1 以上的整数，例如 200")
    bands: dict[int, list[tuple[str, str, str, float, int]]] = {}
    for row in evidence.to_pylist():
        if row["level"] == "delivery":
            drawn = hashlib.sha256(f"{seed}|{row['a']}|{row['b']}".encode()).hexdigest()
            entry = (drawn, row["a"], row["b"], row["score"], row["pattern"])
            bands.setdefault(band_of(row["score"]), []).append(entry)
    whole = sum(len(links) for links in bands.values())
    found = []
    for band, links in sorted(bands.items()):
        wanted = min(len(links), max(_LEAST_A_BAND, round(n * len(links) / whole)))
        found += [Drawn(a, b, score, band, pattern, len(links)) for _, a, b, score, pattern in sorted(links)[:wanted]]
    return found


def band_of(score: float) -> int:
    """所在分层 — position of the band of score."""
    return sum(score >= edge for edge in BANDS)


def estimate_precision(sample: Sequence[Drawn], answers: Mapping[tuple[str, str], bool]) -> Precision:
    """估计正确率 — from a person's answers (pair → right?); each band counts for its share of the links.

    Unanswered pairs are left out. ValueError (Chinese) when a band that holds links has no answer at all.
    """
    shares, bands = [], []
    whole = sum({one.band: one.of for one in sample}.values())
    for band in sorted({one.band for one in sample}):
        links = [one for one in sample if one.band == band]
        said = [answers[one.a, one.b] for one in links if (one.a, one.b) in answers]
        if not said:
            raise ValueError(f"「{_LABELS[band]}」这一层还没有回答，不能估计全体；请至少答其中一对")
        bands.append((_LABELS[band], sum(said), len(said), links[0].of))
        shares.append((links[0].of / whole, sum(said), len(said)))
    if not shares:
        return Precision(0.0, 0.0, 1.0, 0, ())
    share = sum(part * right / asked for part, right, asked in shares)
    # variance of the stratified share, each band's own share drawn towards one half so that none is taken for certain
    spread = sum(
        part**2 * (right + 1) * (asked - right + 1) / (asked + 2) ** 2 / asked for part, right, asked in shares
    )
    answered = sum(asked for _, _, asked in shares)
    alike = (share * answered + 1) / (answered + 2)
    effective = min(alike * (1 - alike) / spread, answered)
    low, high = wilson(share * effective, effective)
    return Precision(share, low, high, answered, tuple(bands))
