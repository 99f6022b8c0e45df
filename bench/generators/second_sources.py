"""What four departments write of the same births, each with its own habits, rates and slips."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from second_calendar import lunar_as_if_solar, month_and_day_changed_over, one_month_off, year_not_turned
from second_characters import LITTLE_NAMES
from second_people import NAME, NUMBER, PHONE, Truth
from second_slips import (
    Slip,
    Text,
    accent,
    apostrophe,
    apply,
    cannot_type,
    cut_short,
    digit_misread,
    digit_mistyped,
    digits,
    dotted_otherwise,
    fifteen,
    full_width,
    heard_alike,
    in_groups,
    joined,
    kinds,
    last_lost,
    one_lost,
    one_twice,
    rounded_by_spreadsheet,
    seen_alike,
    spaced,
    spelt_another_way,
    starred,
    two_changed_over,
    written,
    written_old,
    x_otherwise,
)

Rates = Mapping[str, float]
NAME_SLIPS: Mapping[str, Slip] = {
    "heard": heard_alike, "accent": accent, "seen": seen_alike, "old": written_old, "lost": one_lost, "twice": one_twice,
    "turned": two_changed_over, "spaced": spaced, "starred": starred,
}  # fmt: skip
NUMBER_SLIPS: Mapping[str, Slip] = {
    "mistyped": digit_mistyped, "misread": digit_misread, "turned": lambda rng, text: two_changed_over(rng, text, 6),
    "lost": lambda rng, text: one_lost(rng, text, 4), "twice": lambda rng, text: one_twice(rng, text, 4),
    "fifteen": fifteen, "last": last_lost, "sheet": rounded_by_spreadsheet, "groups": in_groups, "wide": full_width,
    "apostrophe": apostrophe,
}  # fmt: skip
PHONE_SLIPS: Mapping[str, Slip] = {
    "mistyped": lambda rng, text: digit_mistyped(rng, text, 3), "lost": lambda rng, text: one_lost(rng, text, 3),
    "turned": lambda rng, text: two_changed_over(rng, text, 3),
}  # fmt: skip
# Numbers that are nobody's.
FILLERS = written(["000000000000000000", "111111111111111111", "无", "不详", "/", "123456789012345678", "未带"], NUMBER)
UNNAMED_PAPERS = written(["未取名", "待定", "未起名", "无", "", "", ""], NAME)


@dataclass(frozen=True)
class Habits:
    """How one department covers and writes; every rate is a share of its rows unless said otherwise."""

    local: float
    migrant: float
    again: float
    name: Rates
    number: Rates
    no_number: float
    filler: float
    husbands: float
    grandmas: float
    date: Rates
    phone: Rates
    father: float
    father_number: float
    sex_missing: float
    sex_wrong: float
    extra: Rates = field(default_factory=dict)


@dataclass
class Rows:
    """One department's rows: which child each tells of, and the columns so far (texts or whole numbers)."""

    child: np.ndarray
    delivery: np.ndarray
    lead: np.ndarray
    texts: dict[str, Text]
    numbers: dict[str, np.ndarray]
    reported: np.ndarray


def covered(
    rng: np.random.Generator, truth: Truth, habits: Habits, away: np.ndarray, skipped: np.ndarray
) -> np.ndarray:
    """Children with a row here: the whole delivery together, save one baby forgotten now and then."""
    chance = np.where(truth.migrant, habits.migrant, habits.local)
    seen = (rng.random(len(chance)) < chance) & ~away
    multiple = (truth.plurality > 1)[truth.delivery]
    return seen[truth.delivery] & ~(multiple & (rng.random(len(truth.sex)) < 0.015)) & ~skipped


def family(rng: np.random.Generator, truth: Truth, habits: Habits, child: np.ndarray, repeats: int) -> Rows:
    """Rows with what is told of mother, father and telephone; the last `repeats` rows tell of a child once more."""
    of = truth.delivery[child]
    at = np.arange(len(child))
    fresh = len(child) - repeats
    first = np.concatenate([[True], of[1:fresh] != of[: fresh - 1]]) if fresh else np.zeros(0, bool)
    lead = np.concatenate([np.maximum.accumulate(np.where(first, at[:fresh], 0)), at[fresh:]])
    mother, number = truth.mother_name[of].copy(), truth.mother_id[of].copy()
    father, his = truth.father_name[of].copy(), truth.father_id[of].copy()
    letters = truth.foreign[of] & (rng.random(len(of)) < habits.extra.get("characters", 0.15))
    mother[letters] = truth.other_script[of[letters]]
    number_rows = {
        "husband": habits.husbands, "grandma": habits.grandmas, "filler": habits.filler, "missing": habits.no_number,
    }  # fmt: skip
    drawn = kinds(rng, len(of), number_rows)
    his_own = drawn["husband"][his[drawn["husband"], 0] != 0]
    number[his_own] = his[his_own]
    grandma = drawn["grandma"]
    number[grandma] = truth.grandma_id[of[grandma]]
    named = grandma[rng.random(len(grandma)) < habits.extra.get("grandma_named", 0.3)]
    mother[named] = truth.grandma_name[of[named]]
    number[drawn["filler"]] = FILLERS[rng.integers(0, len(FILLERS), len(drawn["filler"]))]
    number[drawn["missing"]] = 0
    apply(rng, number, habits.number, NUMBER_SLIPS)
    ends_x = np.flatnonzero((number == ord("X")).any(1) & (rng.random(len(of)) < habits.extra.get("x", 0.12)))
    number[ends_x] = x_otherwise(rng, number[ends_x])
    apply(rng, mother, habits.name, NAME_SLIPS)
    strange_names(rng, mother, truth.foreign[of])
    told = rng.random(len(of)) < habits.father
    father[~told], his[~told] = 0, 0
    his[rng.random(len(of)) >= habits.father_number / habits.father] = 0
    apply(rng, father, habits.name, NAME_SLIPS)
    apply(rng, his, habits.number, NUMBER_SLIPS)
    turned = (rng.random(len(of)) < habits.extra.get("columns_turned", 0.001)) & (father[:, 0] != 0) & (his[:, 0] != 0)
    mother[turned], father[turned] = father[turned], mother[turned]
    number[turned], his[turned] = his[turned], number[turned]
    texts = {"mother_name": mother, "mother_id": number, "father_name": father, "father_id": his}
    if habits.phone:
        texts["phone"] = phones(rng, truth, habits, of, named)
    same_hand(rng, lead, list(texts.values()))
    return Rows(child, of, lead, texts, {}, np.zeros(len(child), int))


def same_hand(rng: np.random.Generator, lead: np.ndarray, columns: list[np.ndarray], share: float = 0.88) -> None:
    """A twin's sheet is filled from the first one's: the same slips, mostly."""
    rows = np.flatnonzero((lead != np.arange(len(lead))) & (rng.random(len(lead)) < share))
    for one in columns:
        one[rows] = one[lead[rows]]


def strange_names(rng: np.random.Generator, names: Text, foreign: np.ndarray) -> None:
    """Dots, transliterations, rooms too short, letters, characters that cannot be typed."""
    dotted = np.flatnonzero((names == ord("·")).any(1))
    lot = rng.random(len(dotted))
    for low, high, slip in ((0, 0.35, dotted_otherwise), (0.35, 0.43, spelt_another_way), (0.43, 0.53, cut_short)):
        rows = dotted[(lot >= low) & (lot < high)]
        names[rows] = slip(rng, names[rows])
    rows = np.flatnonzero(foreign & (names[:, 0] < 128) & (rng.random(len(names)) < 0.45))
    closed = rows[rng.random(len(rows)) < 0.5]
    flat = names[closed]
    names[closed] = np.take_along_axis(
        np.where(flat == 0x20, 0, flat), np.argsort((flat == 0) | (flat == 0x20), axis=1, kind="stable"), 1
    )
    small = np.setdiff1d(rows, closed)
    names[small] = np.where((names[small] >= 65) & (names[small] <= 90), names[small] + 32, names[small])
    rows = np.flatnonzero(rng.random(len(names)) < 0.12)
    names[rows] = cannot_type(rng, names[rows])


def phones(rng: np.random.Generator, truth: Truth, habits: Habits, of: np.ndarray, grandmas: np.ndarray) -> Text:
    out = truth.phone[of].copy()
    drawn = kinds(
        rng, len(of), {key: habits.phone[key] for key in ("second", "father", "grandma", "landline", "missing")}
    )
    for key, source in (
        ("second", truth.second_phone),
        ("father", truth.father_phone),
        ("grandma", truth.grandma_phone),
    ):
        out[drawn[key]] = source[of[drawn[key]]]
    out[grandmas] = truth.grandma_phone[of[grandmas]]
    rows = drawn["landline"]
    line = joined(
        written(["0300-"], PHONE)[np.zeros(len(rows), int)], digits(truth.mother[of[rows]] * 37 % 10**8, 8, 8)
    )
    out[rows] = line
    out[drawn["missing"]] = 0
    apply(rng, out, {key: habits.phone["slips"] / 3 for key in PHONE_SLIPS}, PHONE_SLIPS)
    full = np.flatnonzero((out[:, 10] != 0) & (out[:, 11] == 0) & (rng.random(len(of)) < habits.phone["dressed"]))
    plain = out[full]
    dress = rng.integers(0, 4, len(full))
    for kind, head in ((0, "+86"), (1, "86"), (2, " ")):
        rows = full[dress == kind]
        out[rows] = joined(written([head], PHONE)[np.zeros(len(rows), int)], out[rows])
    rows = full[dress == 3]
    parts = plain[dress == 3]
    dash = np.full((len(rows), 1), ord("-"), np.uint32)
    out[rows] = 0
    out[rows, :13] = np.concatenate([parts[:, :3], dash, parts[:, 3:7], dash, parts[:, 7:11]], 1)
    return out


def dates(rng: np.random.Generator, truth: Truth, habits: Habits, rows: Rows) -> None:
    """Birth dates as written; 0 is missing."""
    born = truth.born[rows.child].copy()
    minute = truth.minute[rows.child]
    drawn = kinds(
        rng, len(born), {key: rate for key, rate in habits.date.items() if key not in ("midnight", "january")}
    )
    for kind, at in drawn.items():
        day = born[at]
        if kind == "changed_over":
            born[at] = month_and_day_changed_over(day)
        elif kind == "lunar":
            born[at] = lunar_as_if_solar(day)
        elif kind == "off":
            born[at] = day + rng.choice([-1, 1, 1, 2, -2, 10, -10], len(at))
        elif kind == "month":
            born[at] = one_month_off(day, rng.choice([-1, 1], len(at)))
        elif kind == "reported":
            born[at] = rows.reported[at]
        elif kind == "expected":
            born[at] = day + np.rint(rng.normal(2, 9, len(at))).astype(int)
        elif kind == "missing":
            born[at] = 0
    night = (minute < 75) | (minute > 1400)
    slip = np.flatnonzero(night & (rng.random(len(born)) < habits.date.get("midnight", 0.0)) & (born > 0))
    born[slip] += np.where(minute[slip] < 75, -1, 1)
    new_year = np.flatnonzero(rng.random(len(born)) < habits.date.get("january", 0.0))
    new_year = new_year[born[new_year] > 0]
    born[new_year] = year_not_turned(born[new_year])
    same_hand(rng, rows.lead, [born])
    split = np.flatnonzero(
        (rows.lead != np.arange(len(born))) & (truth.born[rows.child] != truth.born[rows.child[rows.lead]])
    )
    kept = split[rng.random(len(split)) < 0.8]
    born[kept] = truth.born[rows.child[kept]]
    rows.numbers["born"] = born


def sexes(rng: np.random.Generator, truth: Truth, habits: Habits, rows: Rows, forms: tuple[str, str]) -> None:
    sex = truth.sex[rows.child].copy()
    sex = np.where(rng.random(len(sex)) < habits.sex_wrong, 3 - sex, sex)
    sex = np.where(rng.random(len(sex)) < habits.sex_missing, 0, sex)
    rows.texts["sex"] = written(["", *forms], 2)[sex]


def places(
    rng: np.random.Generator, truth: Truth, rows: Rows, moved: float, hukou: float, detail: tuple[float, float]
) -> None:
    """Where the family lives: before or after it moved, or where it is registered; down to village, street or county."""
    of, count = rows.delivery, len(rows.child)
    home = np.where(rng.random(count) < moved, truth.moved_home[of], truth.home[of])
    village = digits(home, 12, 14)
    lot = rng.random(count)
    keep = np.where(lot < detail[0], 12, np.where(lot < detail[0] + detail[1], 9, 6))
    out = np.where(np.arange(14) < keep[:, None], village, 0)
    registered = np.flatnonzero(rng.random(count) < hukou)
    out[registered] = digits(truth.hukou[of[registered]], 6, 14)
    same_hand(rng, rows.lead, [out])
    rows.texts["address"] = out


def reports(
    rng: np.random.Generator, truth: Truth, rows: Rows, usual: float, late: float, very: float, before: float
) -> None:
    """Days of report: a usual lag, a late tail, and some before the birth (registration in pregnancy)."""
    count = len(rows.child)
    lag = rng.gamma(1.3, usual / 1.3, count).astype(int)
    slow = rng.random(count) < np.where(truth.migrant[rows.delivery], 2 * late, late)
    lag = np.where(slow, lag + rng.gamma(1.5, very / 1.5, count).astype(int), lag)
    lag = np.where(rng.random(count) < before, -rng.integers(5, 150, count), lag)
    same_hand(rng, rows.lead, [lag], 0.95)
    rows.reported = truth.born[rows.child] + lag


def little_names(rng: np.random.Generator, truth: Truth, child: np.ndarray) -> Text:
    """A name of the house: 大宝 and 小宝 for twins, often after the family name."""
    little = written(LITTLE_NAMES, 4)
    pick = rng.integers(3, len(little), len(child))
    multiple = truth.plurality[truth.delivery[child]] > 1
    pick = np.where(multiple & (rng.random(len(child)) < 0.5), np.where(truth.order[child] == 1, 0, 2), pick)
    head = truth.baby_name[child].copy()
    head[:, 1:] = 0
    bare = np.flatnonzero(rng.random(len(child)) < 0.4)
    head[bare] = 0
    return joined(head, little[pick])


def order_of(
    rng: np.random.Generator, truth: Truth, rows: Rows, told: float, told_single: float, turned: float
) -> None:
    """Which baby of the delivery; 0 is not told; twins taken for one another for the whole delivery."""
    order, plural = truth.order[rows.child].copy(), truth.plurality[rows.delivery]
    swap = (rng.random(len(truth.day)) < turned)[rows.delivery] & (plural == 2)
    order = np.where(swap, 3 - order, order)
    tell = (rng.random(len(truth.day)) < np.where(truth.plurality > 1, told, told_single))[rows.delivery]
    rows.numbers["order"] = np.where(tell, order, 0)


def plurals(rng: np.random.Generator, truth: Truth, rows: Rows, missing: float, one: float) -> None:
    plural = truth.plurality[rows.delivery].copy()
    plural = np.where((rng.random(len(plural)) < one) & (plural > 1), 1, plural)
    plural = np.where(rng.random(len(plural)) < missing, 0, plural)
    same_hand(rng, rows.lead, [plural], 0.97)
    rows.numbers["plurality"] = plural


def parities(rng: np.random.Generator, truth: Truth, rows: Rows, missing: float, wrong: float) -> None:
    parity = truth.parity[rows.delivery].copy()
    parity = np.where(rng.random(len(parity)) < wrong, np.maximum(parity + rng.choice([-1, 1], len(parity)), 1), parity)
    parity = np.where(rng.random(len(parity)) < missing, 0, parity)
    same_hand(rng, rows.lead, [parity])
    rows.numbers["parity"] = parity
