"""A second population of births in four departments' files, for the linkage bench; another error model than the product's.

    python bench/generators/second_births.py --births 100000 --seed 7 --out DIR

Writes registration, hospital_delivery, vaccination and birth_certificate.parquet, all strings, and truth.parquet (source,
record, child, delivery). Written without sight of the product's generator or of its linkage. Same arguments, same bytes.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from second_people import NAME, PHONE, Truth, people
from second_rates import CERTIFICATE, HOSPITAL, REGISTRATION, VACCINATION
from second_slips import Text, apply, column, digit_mistyped, digits, heard_alike, joined, seen_alike, written
from second_sources import (
    UNNAMED_PAPERS,
    Habits,
    Rows,
    covered,
    dates,
    family,
    little_names,
    order_of,
    parities,
    places,
    plurals,
    reports,
    same_hand,
    sexes,
)

# What a labour ward writes for a baby without a name: of one baby by sex, of several by order (and sex).
HOUSES = (
    ("之子 之女", "之长子 之次子 之三子", "之长女 之次女 之三女"),
    ("之男婴 之女婴", "之男婴大 之男婴小 之男婴三", "之女婴大 之女婴小 之女婴三"),
    ("婴 婴", "婴A 婴B 婴C", "婴A 婴B 婴C"),
    ("宝宝 宝宝", "大宝 二宝 三宝", "大宝 二宝 三宝"),
    ("BB BB", "BB1 BB2 BB3", "BB1 BB2 BB3"),
    ("毛毛 毛毛", "大毛 小毛 三毛", "大毛 小毛 三毛"),
    ("之子 之女", "大双 小双 三胎", "大双 小双 三胎"),
    ("之婴 之婴", "之婴（1） 之婴（2） 之婴（3）", "之婴（1） 之婴（2） 之婴（3）"),
    ("之子 之女", "之子 之子 之子", "之女 之女 之女"),
    ("孩 孩", "孩甲 孩乙 孩丙", "孩甲 孩乙 孩丙"),
)
PLAIN = ("", "未取名", "无名氏", "男婴 女婴", "待定", "新生儿")
# Far fewer than in life: linkage.md's band for Splink leaves room for the twins' errors only, and it joins siblings too.
SIBLINGS = 0.003
SOURCES = ("registration", "hospital_delivery", "vaccination", "birth_certificate")


def unnamed(truth: Truth, child: np.ndarray, mother: Text, house: np.ndarray) -> Text:
    """What the ward writes instead of a name, after the mother's name as written there."""
    several = np.where(truth.plurality[truth.delivery[child]] > 1, truth.order[child], 0)
    sex = truth.sex[child] - 1
    table = written(
        [
            style[0].split()[of] if nth == 0 else style[1 + of].split()[nth - 1]
            for style in HOUSES
            for of in range(2)
            for nth in range(4)
        ],
        8,
    )
    out = joined(mother, table[np.minimum(house, len(HOUSES) - 1) * 8 + sex * 4 + several])
    plain = written([(word.split() or [""])[of if " " in word else 0] for word in PLAIN for of in range(2)], NAME)
    rows = np.flatnonzero(house >= len(HOUSES))
    out[rows] = plain[(house[rows] - len(HOUSES)) * 2 + sex[rows]]
    return out


def house_of(truth: Truth, child: np.ndarray) -> np.ndarray:
    """Each hospital has one way of writing unnamed babies."""
    return truth.hospital[truth.delivery[child]] * 7919 % 97 % (len(HOUSES) + len(PLAIN))


def begun(
    rng: np.random.Generator, truth: Truth, habits: Habits, away: np.ndarray, skipped: np.ndarray
) -> tuple[Rows, np.ndarray]:
    """Rows of one department: each covered child once, and some of them once more."""
    child = np.flatnonzero(covered(rng, truth, habits, away, skipped))
    more = rng.choice(child, int(len(child) * habits.again), replace=False)
    again = np.sort(more)
    return family(rng, truth, habits, np.concatenate([child, again]), len(again)), again


def child_names(rng: np.random.Generator, rows: Rows, final: Text, ways: list[tuple[float, Text]]) -> None:
    """The final name, or by chance one of the other ways of calling the child."""
    out, lot, low = final.copy(), rng.random(len(final)), 0.0
    for share, other in ways:
        taken = (lot >= low) & (lot < low + share)
        out[taken] = other[taken]
        low += share
    apply(rng, out, {"heard": 0.02, "seen": 0.004}, {"heard": heard_alike, "seen": seen_alike})
    rows.texts["baby_name"] = out


def weights(
    rng: np.random.Generator, truth: Truth, rows: Rows, missing: float, by50: float, kilos: float, jin: float
) -> None:
    """Grams; some rounded, some in kilograms or jin, as text with a point."""
    grams = truth.weight[rows.child].copy()
    lot = rng.random(len(grams))
    grams = np.where(lot < by50, (grams + 25) // 50 * 50, grams)
    grams = np.where(
        (lot > by50) & (lot < by50 + 0.006), grams + rng.choice([-1000, 1000, 100, -100, 300], len(grams)), grams
    )
    text = digits(grams, 4, 6)
    odd = rng.random(len(grams))
    for low, high, unit in ((0.0, kilos, 1000), (kilos, kilos + jin, 500)):
        at = np.flatnonzero((odd >= low) & (odd < high))
        tenths = np.rint(grams[at] / unit * (100 if unit == 1000 else 10)).astype(int)
        text[at] = written(np.char.mod("%g", tenths / (100 if unit == 1000 else 10)).tolist(), 6)
    text[rng.random(len(grams)) < missing] = 0
    rows.texts["weight"] = text


def times(rng: np.random.Generator, truth: Truth, rows: Rows, missing: float, rounded: float, moved: float) -> None:
    """Minutes of the day; rounded to five or thirty, taken from the other half of the day, or never filled (00:00)."""
    minute = truth.minute[rows.child].copy()
    lot = rng.random(len(minute))
    minute = np.where(lot < rounded, minute // 5 * 5, minute)
    minute = np.where((lot >= rounded) & (lot < rounded + moved), minute + rng.integers(-20, 21, len(minute)), minute)
    odd = rng.random(len(minute))
    minute = np.where(odd < 0.012, minute + 720, np.where(odd < 0.022, minute // 30 * 30, minute)) % 1440
    minute = np.where((odd > 0.99), 0, minute)
    minute = np.where(rng.random(len(minute)) < missing, -1, minute)
    text = np.zeros((len(minute), 5), np.uint32)
    text[:, :2], text[:, 3:] = digits(minute // 60, 2, 2), digits(minute % 60, 2, 2)
    text[:, 2] = ord(":")
    text[minute < 0] = 0
    rows.texts["time"] = text


def codes(values: np.ndarray, places: int) -> Text:
    out = digits(values, places, places)
    out[values <= 0] = 0
    return out


def registration(rng: np.random.Generator, truth: Truth, away: np.ndarray) -> Rows:
    """生育登记: told by the couple, some before the birth with the day expected."""
    rows, _ = begun(rng, truth, REGISTRATION, away, truth.died & (rng.random(len(truth.died)) < 0.85))
    child = rows.child
    reports(rng, truth, rows, 45, 0.1, 160, 0.008)
    dates(rng, truth, REGISTRATION, rows)
    early = rows.reported < truth.born[child]
    due = rng.random(len(child)) < 0.75
    expected = truth.day[rows.delivery] + np.rint(rng.normal(2, 8, len(child))).astype(int)
    rows.numbers["born"] = np.where(early, np.where(due, expected, 0), rows.numbers["born"])
    same_hand(rng, rows.lead, [rows.numbers["born"]], 0.9)
    sexes(rng, truth, REGISTRATION, rows, ("男", "女"))
    rows.texts["sex"][early & (rng.random(len(child)) < 0.9)] = 0
    papers = UNNAMED_PAPERS[rng.integers(0, len(UNNAMED_PAPERS), len(child))]
    child_names(rng, rows, truth.baby_name[child], [(0.1, papers), (0.5, truth.early_name[child])])
    rows.texts["baby_name"][early] = papers[early]
    order_of(rng, truth, rows, 0.6, 0.2, 0.02)
    plurals(rng, truth, rows, 0.25, 0.08)
    parities(rng, truth, rows, 0.03, 0.02)
    places(rng, truth, rows, 0.25, 0.08, (0.65, 0.27))
    rows.texts["hukou_place"] = codes(truth.hukou[rows.delivery], 6)
    rows.texts["hukou_place"][rng.random(len(child)) < 0.06] = 0
    return rows


def hospital(rng: np.random.Generator, truth: Truth, away: np.ndarray) -> Rows:
    """住院分娩: exact about the hour, careless about papers; babies have no name yet."""
    rows, _ = begun(rng, truth, HOSPITAL, away, np.zeros(len(truth.died), bool))
    child = rows.child
    reports(rng, truth, rows, 3, 0.03, 40, 0.0)
    dates(rng, truth, HOSPITAL, rows)
    sexes(rng, truth, HOSPITAL, rows, ("1", "2"))
    times(rng, truth, rows, 0.01, 0.1, 0.0)
    weights(rng, truth, rows, 0.006, 0.08, 0.004, 0.001)
    style = unnamed(truth, child, rows.texts["mother_name"], house_of(truth, child))
    child_names(rng, rows, style, [(0.08, truth.early_name[child]), (0.06, np.zeros_like(style))])
    order_of(rng, truth, rows, 0.965, 0.85, 0.006)
    plurals(rng, truth, rows, 0.02, 0.015)
    parities(rng, truth, rows, 0.03, 0.03)
    places(rng, truth, rows, 0.5, 0.2, (0.45, 0.35))
    rows.texts["hukou_place"] = codes(np.where(rng.random(len(child)) < 0.75, truth.hukou[rows.delivery], 0), 6)
    rows.texts["institution"] = codes(truth.hospital[rows.delivery], 9)
    return rows


def certificate(rng: np.random.Generator, truth: Truth, away: np.ndarray, before: Rows) -> Rows:
    """出生医学证明: filled from the ward's sheet by many, so that its slips go on; a lost paper is issued again."""
    rows, again = begun(rng, truth, CERTIFICATE, away, truth.died & (rng.random(len(truth.died)) < 0.5))
    child = rows.child
    copied = pass_on(rng, truth, before, rows, 0.3, ("mother_name", "mother_id"))
    reports(rng, truth, rows, 9, 0.12, 130, 0.0)
    dates(rng, truth, CERTIFICATE, rows)
    rows.numbers["born"] = np.where(copied >= 0, before.numbers["born"][copied], rows.numbers["born"])
    sexes(rng, truth, CERTIFICATE, rows, ("1", "2"))
    times(rng, truth, rows, 0.01, 0.12, 0.05)
    weights(rng, truth, rows, 0.02, 0.12, 0.003, 0.0)
    papers = UNNAMED_PAPERS[rng.integers(0, len(UNNAMED_PAPERS), len(child))]
    child_names(rng, rows, truth.baby_name[child], [(0.006, papers), (0.5, truth.early_name[child])])
    order_of(rng, truth, rows, 0.6, 0.15, 0.008)
    places(rng, truth, rows, 0.4, 0.3, (0.45, 0.3))
    rows.texts["institution"] = codes(truth.hospital[rows.delivery], 9)
    paper = truth.certificate[child].copy()
    anew = len(child) - len(again) + np.flatnonzero(rng.random(len(again)) < 0.5)
    paper[anew] = digit_mistyped(rng, digit_mistyped(rng, paper[anew], 4), 4)
    apply(rng, paper, {"mistyped": 0.002}, {"mistyped": digit_mistyped})
    rows.texts["certificate"] = paper
    return rows


def vaccination(rng: np.random.Generator, truth: Truth, away: np.ndarray, before: Rows) -> Rows:
    """预防接种: whoever brings the child tells; numbers often left out, the house's name for the child."""
    rows, _ = begun(rng, truth, VACCINATION, away, truth.died)
    child = rows.child
    pass_on(rng, truth, before, rows, 0.15, ("mother_name", "mother_id"))
    reports(rng, truth, rows, 25, 0.1, 120, 0.0)
    dates(rng, truth, VACCINATION, rows)
    sexes(rng, truth, VACCINATION, rows, ("男", "女"))
    weights(rng, truth, rows, 0.55, 0.35, 0.04, 0.03)
    style = unnamed(truth, child, rows.texts["mother_name"], house_of(truth, child))
    blank = np.zeros_like(style)
    little = little_names(rng, truth, child)
    child_names(
        rng,
        rows,
        truth.baby_name[child],
        [(0.18, style), (0.17, little), (0.05, blank), (0.3, truth.early_name[child])],
    )
    order_of(rng, truth, rows, 0.2, 0.02, 0.03)
    places(rng, truth, rows, 0.85, 0.06, (0.5, 0.4))
    clinic = truth.moved_home[rows.delivery] // 1000 + 500
    where = rng.random(len(child))
    place = np.where(where < 0.78, truth.hospital[rows.delivery], np.where(where < 0.88, clinic, 0))
    rows.texts["institution"] = codes(place, 9)
    paper = truth.certificate[child].copy()
    paper[rng.random(len(child)) > 0.3] = 0
    filled = np.flatnonzero(paper[:, 0])
    slip = filled[rng.random(len(filled)) < 0.04]
    paper[slip] = digit_mistyped(rng, paper[slip])
    rows.texts["certificate"] = paper
    return rows


def pass_on(
    rng: np.random.Generator, truth: Truth, before: Rows, rows: Rows, share: float, names: tuple[str, ...]
) -> np.ndarray:
    """Copy another department's slips: for each row its row there, or -1."""
    at = np.full(len(truth.sex), -1)
    at[before.child[::-1]] = np.arange(len(before.child))[::-1]
    copied = np.where(rng.random(len(truth.day))[rows.delivery] < share, at[rows.child], -1)
    taken = copied >= 0
    for name in names:
        rows.texts[name][taken] = before.texts[name][copied[taken]]
    return copied


def finished(rng: np.random.Generator, rows: Rows, habits: Habits, again: int) -> None:
    """The file as sent: in order of report and place, with telephones copied down and repetitions that are true copies."""
    fresh = len(rows.child) - again
    first = np.searchsorted(rows.child[:fresh], rows.child[fresh:])
    copies = np.flatnonzero(rng.random(again) < 0.45)
    for text in rows.texts.values():
        text[fresh + copies] = text[first[copies]]
    for values in rows.numbers.values():
        values[fresh + copies] = values[first[copies]]
    rows.reported[fresh:] += rng.integers(0, 120, again)
    place = rows.texts.get("institution", rows.texts["address"])
    whereabouts = (place[:, :9].astype(np.int64) * 11 ** np.arange(9)[::-1]).sum(1) % (1 << 40)
    order = np.lexsort([rng.random(len(rows.child)), whereabouts, rows.reported])
    rows.child, rows.delivery, rows.reported = rows.child[order], rows.delivery[order], rows.reported[order]
    rows.texts = {key: text[order] for key, text in rows.texts.items()}
    rows.numbers = {key: values[order] for key, values in rows.numbers.items()}
    if "phone" in rows.texts:
        phone = rows.texts["phone"]
        down = np.flatnonzero(rng.random(len(phone)) < habits.phone["copied"])
        phone[down[down > 0]] = phone[down[down > 0] - 1]
        desk = np.flatnonzero(rng.random(len(phone)) < habits.phone["desk"])
        if "institution" in rows.texts:
            number = whereabouts[order][desk] * 7907 % 10**7 + 10**7
            phone[desk] = joined(written(["0300-"], PHONE)[np.zeros(len(desk), int)], digits(number, 8, 8))


def saved(rows: Rows, source: str, folder: Path) -> pa.Table:
    """Write one file; the truth of its rows."""
    count = len(rows.child)
    mark = {"registration": "SY", "hospital_delivery": "ZY", "vaccination": "JZ", "birth_certificate": "YX"}[source]
    record = pc.binary_join_element_wise(
        mark, pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), 8, "0"), ""
    )
    columns = {"record": record} | {name: column(text) for name, text in rows.texts.items()}
    for name, values in rows.numbers.items():
        if name == "born":
            columns[name] = day_text(values)
        else:
            columns[name] = column(codes(values, 1))
    columns["reported"] = day_text(rows.reported)
    pq.write_table(pa.table(columns), folder / f"{source}.parquet", compression="zstd")
    return pa.table(
        {
            "source": pa.array([source]).take(pa.array(np.zeros(count, np.int64))),
            "record": record,
            "child": labelled("B", rows.child),
            "delivery": labelled("D", rows.delivery),
        }
    )


def day_text(values: np.ndarray) -> pa.Array:
    return pa.array(values.astype(np.int32), mask=values <= 0).cast(pa.date32()).cast(pa.string())


def labelled(mark: str, values: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(mark, pa.array(values).cast(pa.string()), "")


def generate(births: int, seed: int, folder: Path, siblings: float = SIBLINGS) -> dict[str, int]:
    """Write the five files; rows of each source."""
    folder.mkdir(parents=True, exist_ok=True)
    streams = [np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(6)]
    truth = people(streams[0], births, siblings)
    chance = streams[1]
    # Some go home to be delivered, others leave after it: two departments miss them at once.
    elsewhere = chance.random(len(truth.day)) < np.where(truth.migrant, 0.05, 0.012)
    gone = chance.random(len(truth.day)) < np.where(truth.migrant, 0.07, 0.006)
    shy = chance.random(len(truth.day)) < np.where(truth.single, 0.12, 0.0)
    kept: dict[str, Rows] = {}
    makers: dict[str, tuple[Habits, Callable[[np.random.Generator], Rows]]] = {
        "hospital_delivery": (HOSPITAL, lambda rng: hospital(rng, truth, elsewhere)),
        "birth_certificate": (CERTIFICATE, lambda rng: certificate(rng, truth, elsewhere, kept["hospital_delivery"])),
        "vaccination": (VACCINATION, lambda rng: vaccination(rng, truth, gone, kept["birth_certificate"])),
        "registration": (REGISTRATION, lambda rng: registration(rng, truth, gone | shy)),
    }
    for stream, (name, (_, make)) in zip(streams[2:], makers.items(), strict=True):
        kept[name] = make(stream)
    truths = []
    for stream, (name, (habits, _)) in zip(streams[2:], makers.items(), strict=True):
        rows = kept.pop(name)
        again = len(rows.child) - len(np.unique(rows.child))
        finished(stream, rows, habits, again)
        truths.append(saved(rows, name, folder))
    truths.sort(key=lambda one: SOURCES.index(one["source"][0].as_py()))
    pq.write_table(pa.concat_tables(truths).combine_chunks(), folder / "truth.parquet", compression="zstd")
    return {one["source"][0].as_py(): one.num_rows for one in truths}


def main() -> None:
    parser = argparse.ArgumentParser(description="第二套出生数据（联接评测用）")
    parser.add_argument("--births", type=int, required=True, help="出生数")
    parser.add_argument("--seed", type=int, default=7, help="随机种子")
    parser.add_argument("--out", type=Path, required=True, help="写到哪个文件夹")
    parser.add_argument("--siblings", type=float, default=SIBLINGS, help="愿意很快再生的母亲占比（约四成生在三年之内）")
    asked = parser.parse_args()
    if asked.births < 20:
        parser.error("--births 至少 20")
    for source, rows in generate(asked.births, asked.seed, asked.out, asked.siblings).items():
        print(f"{source} {rows:,} 行")


if __name__ == "__main__":
    main()
