"""地方与机构 — the synthetic divisions and institutions, and the habits each hospital and clinic has."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from renjia.engine.pages import DEFINITIONS
from renjia.engine.synthetic.columns import Columns, Floats, Texts, happens, stream, texts, weighted
from renjia.engine.synthetic.numbers import landlines

CODELISTS = DEFINITIONS / "codelists"
DISTRICT = "310115"
FIRST_TOWN = "310115013"  # streets before it are subdistricts of the old town, with fewer migrants

# How a ward writes a child without a name; the shares are those of hospitals, not of children.
UNNAMED_STYLES = ("blank", "child_of", "surname_x", "baby", "infant", "sexed_infant", "letter", "maomao", "placeholder",
                  "child_of_father", "bb")  # fmt: skip
_UNNAMED_WEIGHTS = (26, 22, 9, 12, 7, 8, 4, 4, 4, 2, 2)
ORDER_STYLES = ("elder", "big_small", "one_two", "letter", "cyclic", "none")
_ORDER_WEIGHTS = (30, 20, 16, 10, 6, 18)


@dataclass(frozen=True, slots=True)
class Geography:
    """地方 — the two code lists, and their neighbourhoods, streets and institutions as columns."""

    divisions: tuple[dict[str, str], ...]
    institutions: tuple[dict[str, str], ...]
    neighbourhoods: Texts
    streets: Texts
    hospitals: Texts


@lru_cache(maxsize=1)
def geography(folder: Path = CODELISTS) -> Geography:
    """读代码表 — `divisions.csv` and `institutions.csv` of the definitions."""
    divisions, institutions = _read(folder / "divisions.csv"), _read(folder / "institutions.csv")
    return Geography(
        divisions=divisions,
        institutions=institutions,
        neighbourhoods=texts(row["代码"] for row in divisions if row["级别"] == "居村"),
        streets=texts(row["代码"] for row in divisions if row["级别"] == "街镇"),
        hospitals=texts(row["代码"] for row in institutions if row["类别"] == "助产机构"),
    )


def _read(path: Path) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def hospital_habits(seed: int) -> Columns:
    """医院习惯 — one row an institution: how much it delivers and how it keeps its records.

    code, volume, private, pace (factor on delays), style and ordering (positions in UNNAMED_STYLES, ORDER_STYLES),
    named (share of children entered under their name), spouse_blank, id_missing, spaced (pads two-character names),
    rounding (g), own_phone (types its own number for every mother), phone.
    """
    rng = stream(seed, "hospitals")
    count = len(geography().hospitals)
    volume = (np.arange(count) + 4.0) ** -0.85 * rng.lognormal(0, 0.35, count)
    big = np.argsort(-volume)
    own_phone = np.zeros(count, dtype=bool)
    own_phone[big[int(rng.integers(4, 12))]] = True
    style = weighted(rng, _UNNAMED_WEIGHTS, count)
    return {
        "code": geography().hospitals,
        "volume": volume,
        "private": happens(rng, 0.15, count) & (volume < np.median(volume)),
        "pace": rng.lognormal(0, 0.35, count),
        "style": style,
        "ordering": weighted(rng, _ORDER_WEIGHTS, count),
        "named": np.where(happens(rng, 0.2, count), rng.uniform(0.3, 0.7, count), rng.uniform(0.0, 0.1, count)),
        "spouse_blank": np.where(happens(rng, 0.22, count), 1.0, rng.uniform(0.02, 0.3, count)),
        "id_missing": np.where(happens(rng, 0.08, count), rng.uniform(0.05, 0.15, count), rng.uniform(0, 0.02, count)),
        "spaced": happens(rng, 0.06, count),
        "rounding": np.array([1, 5, 10, 50])[weighted(rng, (30, 40, 25, 5), count)],
        "own_phone": own_phone,
        "phone": landlines(rng, count),
    }


def clinic_habits(seed: int, no_number: tuple[float, float]) -> Columns:
    """接种门诊习惯 — one row a street: shares of cards without mother's number, father, weight, certificate number.

    no_number: the two shapes of the beta over clinics for mother's number.
    """
    rng = stream(seed, "clinics")
    count = len(geography().streets)
    return {
        "id_missing": rng.beta(*no_number, count),
        "father_missing": rng.beta(1.2, 6.0, count),
        "weight_missing": rng.beta(1.0, 1.2, count),
        "certificate_missing": rng.beta(1.0, 5.0, count),
    }


def street_weights(seed: int) -> Floats:
    """街镇大小 — how many births each street has, relatively; towns have more."""
    rng = stream(seed, "streets")
    streets = geography().streets
    towns = np.array([code >= FIRST_TOWN for code in streets])
    return np.asarray(np.where(towns, 1.25, 0.8) * rng.lognormal(0, 0.5, len(streets)))
