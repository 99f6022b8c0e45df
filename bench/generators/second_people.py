"""Who was born, truly: families, deliveries, children, before any department writes of them.

Nobody real: no such county codes, no such telephone prefixes, check digits that hold.
"""

from dataclasses import dataclass

import numpy as np
from second_characters import (
    BOYS_FIRST,
    BOYS_SECOND,
    DOTTED_MEN,
    DOTTED_WOMEN,
    FOREIGN,
    GIRLS_FIRST,
    GIRLS_SECOND,
    HARD_TO_TYPE,
    MEN_FIRST,
    MEN_SECOND,
    SURNAMES,
    UNDOTTED_MEN,
    UNDOTTED_WOMEN,
    WOMEN_FIRST,
    WOMEN_SECOND,
)
from second_slips import Text, digits, identity_numbers, joined, written

NAME, NUMBER, PHONE = 20, 24, 20
FIRST_DAY, DAYS = int(np.datetime64("2022-01-01").astype(int)), 1096
TWINS, TRIPLETS = 0.0164, 0.0003
SINGLE, MIGRANT, DOTTED, UNDOTTED, FOREIGNER = 0.03, 0.27, 0.012, 0.008, 0.004
SEASON = np.array([0.98, 0.93, 0.95, 0.93, 0.95, 0.97, 1.02, 1.06, 1.08, 1.09, 1.04, 1.0])
STEMS, ENDS = "阿依 祖丽 帕丽 米热 迪丽 海尼 玛依 热依 努尔 茹仙".split(), "古丽 努尔 罕 娜 拜尔 曼 夏木".split()


@dataclass
class Truth:
    """Arrays by delivery (a name `d_…` where a child has one too) and by child; `mother` numbers families."""

    mother: np.ndarray
    day: np.ndarray
    plurality: np.ndarray
    parity: np.ndarray
    migrant: np.ndarray
    single: np.ndarray
    foreign: np.ndarray
    mother_name: Text
    other_script: Text
    mother_id: Text
    father_name: Text
    father_id: Text
    grandma_name: Text
    grandma_id: Text
    phone: Text
    second_phone: Text
    father_phone: Text
    grandma_phone: Text
    home: np.ndarray
    moved_home: np.ndarray
    hukou: np.ndarray
    hospital: np.ndarray
    delivery: np.ndarray
    order: np.ndarray
    sex: np.ndarray
    born: np.ndarray
    minute: np.ndarray
    weight: np.ndarray
    baby_name: Text
    early_name: Text
    certificate: Text
    died: np.ndarray
    hospitals: np.ndarray
    streets: np.ndarray


def zipf(rng: np.random.Generator, rows: int, count: int, bend: float = 0.75, shift: float = 4) -> np.ndarray:
    """Ranks, the first the most frequent."""
    edges = np.cumsum(1 / (np.arange(count) + shift) ** bend)
    return np.searchsorted(edges / edges[-1], rng.random(rows), side="right")


def _points(characters: str) -> np.ndarray:
    return np.array([ord(one) for one in characters], np.uint32)


def surnames(rng: np.random.Generator, rows: int) -> Text:
    words, shares = zip(*((part.rstrip("0123456789."), part) for part in SURNAMES.split()), strict=True)
    weight = np.array([float(part[len(word) :]) for word, part in zip(words, shares, strict=True)])
    edges = np.cumsum(weight / weight.sum())
    return written(words, NAME)[np.minimum(np.searchsorted(edges, rng.random(rows), side="right"), len(words) - 1)]


def given(rng: np.random.Generator, rows: int, first: str, second: str, single: float, doubled: float) -> Text:
    out = np.zeros((rows, 2), np.uint32)
    one, two = _points(first), _points(second)
    out[:, 0], out[:, 1] = one[zipf(rng, rows, len(one))], two[zipf(rng, rows, len(two))]
    kind = rng.random(rows)
    rare = rng.random(rows) < 0.012
    out[rare, 1] = _points(HARD_TO_TYPE)[rng.integers(0, len(HARD_TO_TYPE), int(rare.sum()))]
    twice = (kind >= single) & (kind < single + doubled)
    out[twice, 0] = out[twice, 1]
    alone = kind < single
    out[alone, 0], out[alone, 1] = out[alone, 1], 0
    return out


def _numbers(rng: np.random.Generator, place: np.ndarray, birthday: np.ndarray, female: int) -> Text:
    """Identity numbers nobody shares."""
    date = birthday.astype("datetime64[D]")
    year = date.astype("datetime64[Y]").astype(int) + 1970
    month = date.astype("datetime64[M]").astype(int) % 12 + 1
    day = (date - date.astype("datetime64[M]")).astype(int) + 1
    stem = place * 10**11 + (year * 10000 + month * 100 + day) * 1000
    number = stem + rng.integers(0, 500, len(stem)) * 2 + (1 - female)
    for _ in range(60):
        _, kept = np.unique(number, return_index=True)
        again = np.ones(len(number), bool)
        again[kept] = False
        if not again.any():
            break
        number[again] = stem[again] + rng.integers(0, 500, int(again.sum())) * 2 + (1 - female)
    return identity_numbers(number, NUMBER)


def _phones(rng: np.random.Generator, rows: int) -> Text:
    prefix = np.array([160, 161, 163, 164, 168, 169])[rng.integers(0, 6, rows)]
    return digits(prefix * 10**8 + rng.integers(0, 10**8, rows), 11, PHONE)


def _elsewhere(rng: np.random.Generator, rows: int) -> np.ndarray:
    """County codes of other provinces that nobody has."""
    provinces = np.array([41, 34, 36, 52, 43, 51, 42, 32, 37, 45, 61, 53, 50, 13, 62, 23, 65])
    return (provinces[zipf(rng, rows, len(provinces))] * 100 + rng.integers(86, 90, rows)) * 100 + rng.integers(
        71, 79, rows
    )


def _when(rng: np.random.Generator, births: int, siblings: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mother, day and number of babies of each delivery; the babies add up to `births`."""
    mothers = births + 8
    months = np.arange(DAYS) // 30.45
    chance = np.cumsum(SEASON[(months % 12).astype(int)])
    first = np.searchsorted(chance / chance[-1], rng.random(mothers), side="right")
    second = first + 320 + rng.gamma(3.2, 110, mothers).astype(int)
    third = second + 330 + rng.gamma(3.0, 100, mothers).astype(int)
    has_second = (rng.random(mothers) < siblings) & (second < DAYS)
    has_third = has_second & (rng.random(mothers) < 0.12) & (third < DAYS)
    mother = np.concatenate([np.arange(mothers), np.flatnonzero(has_second), np.flatnonzero(has_third)])
    day = np.concatenate([first, second[has_second], third[has_third]])
    order = np.lexsort([day, mother])
    mother, day = mother[order], day[order]
    lot = rng.random(len(mother))
    plurality = np.where(lot < TRIPLETS, 3, np.where(lot < TRIPLETS + TWINS, 2, 1))
    whole = int(np.searchsorted(np.cumsum(plurality), births))
    mother, day, plurality = mother[: whole + 1], day[: whole + 1], plurality[: whole + 1]
    plurality[-1] -= plurality.sum() - births
    return mother, day + FIRST_DAY, plurality


def _names(rng: np.random.Generator, mothers: int, kind: np.ndarray) -> tuple[Text, Text, Text]:
    """Mother's name, the same in characters where the passport is in letters, father's name."""
    own = joined(surnames(rng, mothers), given(rng, mothers, WOMEN_FIRST, WOMEN_SECOND, 0.16, 0.1))
    his = joined(surnames(rng, mothers), given(rng, mothers, MEN_FIRST, MEN_SECOND, 0.2, 0.01))
    other = np.zeros_like(own)
    women = written(DOTTED_WOMEN + [stem + end for stem in STEMS for end in ENDS], NAME)
    men, dot = written(DOTTED_MEN, NAME), written(["·"], 1)
    for rows, both in ((np.flatnonzero(kind == 1), True), (np.flatnonzero(kind == 2), False)):
        if both:
            lots = [men[zipf(rng, len(rows), len(men), 0.5)] for _ in range(3)]
            dots = np.repeat(dot, len(rows), 0)
            own[rows] = joined(joined(women[zipf(rng, len(rows), len(women), 0.5)], dots), lots[0])
            his[rows] = joined(joined(lots[1], dots), lots[2])
        else:
            pairs = [first + second for firsts, seconds in UNDOTTED_WOMEN for first in firsts for second in seconds]
            own[rows] = written(pairs, NAME)[rng.integers(0, len(pairs), len(rows))]
            his[rows] = written(UNDOTTED_MEN, NAME)[rng.integers(0, len(UNDOTTED_MEN), len(rows))]
    rows = np.flatnonzero(kind == 3)
    which = zipf(rng, len(rows), len(FOREIGN), 0.6)
    own[rows] = written([pair.split("|")[0] for pair in FOREIGN], NAME)[which]
    other[rows] = written([pair.split("|")[1] for pair in FOREIGN], NAME)[which]
    return own, other, his


def _babies(rng: np.random.Generator, sex: np.ndarray) -> Text:
    boys = given(rng, len(sex), BOYS_FIRST, BOYS_SECOND, 0.06, 0.02)
    girls = given(rng, len(sex), GIRLS_FIRST, GIRLS_SECOND, 0.05, 0.06)
    return np.where((sex == 1)[:, None], boys, girls)


def people(rng: np.random.Generator, births: int, siblings: float) -> Truth:
    """A province's births of three years, in proportion to `births`; a share `siblings` of the mothers wants another child soon."""
    of, day, plurality = _when(rng, births, siblings)
    mothers = int(of.max()) + 1
    lot = rng.random(mothers)
    kind = np.searchsorted(np.cumsum([DOTTED, UNDOTTED, FOREIGNER]), lot, side="right")
    kind = np.where(kind == 3, 0, kind + 1)
    foreign, migrant, single = kind == 3, (rng.random(mothers) < MIGRANT) | (kind == 3), rng.random(mothers) < SINGLE
    counties = 338771 + np.arange(max(2, births // 40_000)) % 29 + 100 * (np.arange(max(2, births // 40_000)) // 29)
    streets = max(6, births // 1050)
    street = counties[np.arange(streets) % len(counties)] * 1000 + 1 + np.arange(streets) // len(counties)
    size = np.cumsum(rng.lognormal(0, 0.5, streets))
    at = np.searchsorted(size / size[-1], rng.random(mothers), side="right")
    home = street[at] * 1000 + rng.integers(1, 10, mothers)
    moved = np.where(
        rng.random(mothers) < 0.13,
        street[rng.integers(0, streets, mothers)] * 1000 + rng.integers(1, 10, mothers),
        home,
    )
    hukou = np.where(migrant, _elsewhere(rng, mothers), home // 10**6)
    age = np.clip(rng.normal(29.3, 4.6, mothers), 17, 48)
    birthday = (FIRST_DAY + rng.integers(0, DAYS, mothers) - age * 365.25).astype(int)
    mother_name, other, father_name = _names(rng, mothers, kind)
    born_at = np.where(rng.random(mothers) < 0.14, _elsewhere(rng, mothers), hukou)
    mother_id = _numbers(rng, born_at, birthday, 1)
    rows = np.flatnonzero(foreign)
    passport = digits(rng.integers(0, 10**8, len(rows)), 8, NUMBER - 1)
    letter = _points("ABCEGKMNPT")[rng.integers(0, 10, len(rows))]
    mother_id[rows] = np.concatenate([letter[:, None], passport], 1)
    his_place = np.where(rng.random(mothers) < 0.6, hukou, _elsewhere(rng, mothers))
    father_id = _numbers(rng, his_place, birthday - rng.normal(650, 1000, mothers).astype(int), 0)
    father_name[single], father_id[single] = 0, 0
    grandma_id = _numbers(rng, his_place, birthday - rng.normal(9300, 1200, mothers).astype(int), 1)
    grandma_name = joined(
        surnames(rng, mothers), given(rng, mothers, "秀桂玉淑美春金凤素爱", "英兰珍芳梅香莲花华琴云", 0.08, 0.0)
    )
    phones = [_phones(rng, mothers) for _ in range(4)]

    deliveries = len(of)
    before = np.concatenate([[False], of[1:] == of[:-1]])
    parity = 1 + (rng.random(mothers) < 0.36)[of].astype(int) + (rng.random(mothers) < 0.06)[of]
    parity += before + np.concatenate([[False], before[1:] & before[:-1]])
    wards = max(3, births // 5200)
    hospitals = counties[np.arange(wards) % len(counties)] * 1000 + 201 + np.arange(wards) // len(counties)
    same = np.searchsorted(np.arange(1, wards + 1) / wards, rng.random(deliveries) ** 1.7)
    near = (at[of] % len(counties)) + len(counties) * (
        rng.random(deliveries) ** 1.5 * np.maximum(wards // len(counties), 1)
    ).astype(int)
    ward = np.where((rng.random(deliveries) < 0.78) & (near < wards), near, np.minimum(same, wards - 1))

    delivery = np.repeat(np.arange(deliveries), plurality)
    start = np.cumsum(plurality) - plurality
    order = np.arange(births) - start[delivery] + 1
    multiple = (plurality > 1)[delivery]
    sex = np.where(rng.random(births) < 0.522, 1, 2)
    alike = (rng.random(deliveries) < 0.34)[delivery] & multiple
    sex = np.where(alike, sex[start[delivery]], sex)
    planned = rng.random(deliveries) < 0.5
    minute = np.where(
        planned, np.clip(rng.normal(650, 140, deliveries), 480, 1080), rng.integers(0, 1440, deliveries)
    ).astype(int)
    later = rng.integers(1, 14, births)
    minute = minute[delivery] + np.where(order > 1, later + 3 * (order - 2), 0)
    weight = np.where(multiple, rng.normal(2480, 380, births), rng.normal(3270, 430, births)) + np.where(
        sex == 1, 50, -40
    )
    weight = (np.clip(weight, 700, 5200) // 5 * 5).astype(int)

    given_name = _babies(rng, sex)
    shared = multiple & (rng.random(deliveries) < 0.6)[delivery]
    given_name[shared, 0] = given_name[start[delivery[shared]], 0]
    dotted = kind[of][delivery] == 1
    head = surnames_of(father_name, mother_name, kind, of, delivery, rng)
    baby = joined(head, given_name)
    baby[dotted] = dotted_babies(rng, sex[dotted], father_name[of][delivery[dotted]])
    changed = rng.random(births) < 0.055
    early = np.where((changed & ~dotted)[:, None], joined(head, _babies(rng, sex)), baby)
    letters = _points("TUVW")[rng.integers(0, 4, births)]
    paper = digits(rng.permutation(births) + 338 * 10**6 + 1, 9, 11)
    return Truth(
        of, day, plurality, parity, migrant[of], single[of], foreign[of], mother_name[of], other[of], mother_id[of],
        father_name[of], father_id[of], grandma_name[of], grandma_id[of], *(one[of] for one in phones),
        home[of], moved[of], hukou[of], hospitals[ward], delivery, order, sex, day[delivery] + minute // 1440, minute % 1440,
        weight, baby, early, np.concatenate([letters[:, None], paper], 1),
        rng.random(births) < np.where(multiple, 0.02, 0.003), hospitals, street,
    )  # fmt: skip


def dotted_babies(rng: np.random.Generator, sex: np.ndarray, father: Text) -> Text:
    """Own name, a dot, the father's own name."""
    girls = written(DOTTED_WOMEN + [stem + end for stem in STEMS for end in ENDS], NAME)
    boys = written(DOTTED_MEN, NAME)
    own = np.where(
        (sex == 2)[:, None], girls[zipf(rng, len(sex), len(girls), 0.5)], boys[zipf(rng, len(sex), len(boys), 0.5)]
    )
    dot = father == ord("·")
    end = np.where(dot.any(1), dot.argmax(1), 0)
    his = np.where(np.arange(NAME) < end[:, None], father, 0)
    return joined(joined(own, np.where(end[:, None] > 0, ord("·"), 0).astype(np.uint32)), his)


def surnames_of(
    father: Text, mother: Text, kind: np.ndarray, of: np.ndarray, delivery: np.ndarray, rng: np.random.Generator
) -> Text:
    """The child's family name: his mostly, hers now and then, both in a few; other peoples' children bear none."""
    mine, his = mother[of][:, :1], father[of][:, :1]
    lot = rng.random(len(of))
    hers = (lot < 0.07) | (his[:, 0] == 0)
    out = np.zeros((len(of), NAME), np.uint32)
    out[:, 0] = np.where(hers, mine[:, 0], his[:, 0])
    both = (lot > 0.985) & ~hers
    out[both, 1] = mine[both, 0]
    strange = (kind[of] == 1) | (kind[of] == 2) | ((kind[of] == 3) & (his[:, 0] == 0))
    out[strange] = 0
    return out[delivery]
