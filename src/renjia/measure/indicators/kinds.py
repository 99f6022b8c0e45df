"""几类算法 — how a value follows from its halves, age by age: each kind one function on exact fractions.

A profile is age → (numerator, denominator): whole years of age; the denominator in persons or person-years, 0 where
the kind has none. Ages are lower bounds of groups where totals were typed in by groups.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

Profile = Mapping[int, tuple[Fraction, Fraction]]
Groups = list[tuple[int, int | None, Fraction, Fraction]]

_OPEN = 85


@dataclass(frozen=True, slots=True)
class Options:
    """页上的选项 — ages: first and last, both included; width of a group in years; sex 1 or 2; weights, deaths by age."""

    ages: tuple[int, int] = (0, 200)
    width: int = 1
    sex: str = ""
    weights: Mapping[int, Fraction] | None = None
    deaths: Mapping[int, Fraction] = field(default_factory=dict)


def sum_of_rates(profile: Profile, options: Options) -> Fraction | None:
    """各龄率之和 — width × Σ n/d, one woman's children were the rates of the period hers; None where an age has n but no d.

    >>> p = {20: (Fraction(1), Fraction(10)), 21: (Fraction(3), Fraction(10))}
    >>> sum_of_rates(p, Options(ages=(15, 49)))
    Fraction(2, 5)
    """
    rates = _rates(profile, options)
    return None if rates is None else options.width * sum(rates.values(), Fraction(0))


def mean_age(profile: Profile, options: Options) -> Fraction | None:
    """率的平均年龄 — Σ (x + width/2) f(x) / Σ f(x): the mean age at childbearing free of how many women each age has.

    >>> p = {20: (Fraction(1), Fraction(10)), 30: (Fraction(2), Fraction(20))}
    >>> mean_age(p, Options(ages=(15, 49)))
    Fraction(51, 2)
    """
    rates = _rates(profile, options)
    total = sum(rates.values(), Fraction(0)) if rates else Fraction(0)
    if not rates or not total:
        return None
    return sum(((age + Fraction(options.width, 2)) * rate for age, rate in rates.items()), Fraction(0)) / total


def standardised(profile: Profile, options: Options) -> Fraction | None:
    """标准化率 — Σ w·n/d / Σ w, the rate had the place the ages of the standard; None where a weighted age has no d.

    >>> p = {0: (Fraction(1), Fraction(100)), 1: (Fraction(1), Fraction(10))}
    >>> standardised(p, Options(weights={0: Fraction(1), 1: Fraction(1)}))
    Fraction(11, 200)
    """
    weights = {age: w for age, w in (options.weights or {}).items() if w}
    total = sum(weights.values(), Fraction(0))
    groups = {lower: (n, d) for lower, _, n, d in _grouped(profile, options)}
    if not total or any(not groups.get(age, (0, 0))[1] for age in weights):
        return None
    return sum((w * groups[age][0] / groups[age][1] for age, w in weights.items()), Fraction(0)) / total


def expectation(profile: Profile, options: Options) -> Fraction | None:
    """平均预期寿命 — e0 of the abridged life table of policy.md §2.5: groups 0, 1–4, 5–9 … 85+, a = n/2, at 0 and 1–4
    Coale–Demeny West by m0 (in the form of Preston et al.), the open group 1/m. None where a group has no people, or
    the open group no deaths.

    >>> p = {age: (Fraction(1), Fraction(100)) for age in range(0, 90)}
    >>> expectation(p, Options(sex="1"))
    Fraction(100, 1)
    """
    groups = _life_groups(profile)
    if any(not people for _, _, _, people in groups) or not groups[-1][2]:
        return None
    years, alive = _lived(groups, options.sex)
    _, _, deaths, people = groups[-1]
    return sum(years, Fraction(0)) + alive * people / deaths


def net_reproduction(profile: Profile, options: Options) -> Fraction | None:
    """净再生育率 — Σ girls/women × L of the groups 15–19 … 45–49, l0 = 1: the girls a girl born will bear, dying as women of
    the period do; the life table is that of `expectation`, from `deaths`. None where a group under 50 has no people.

    >>> p = {age: (Fraction(1 if age >= 15 else 0), Fraction(35)) for age in range(50)}
    >>> net_reproduction(p, Options(sex="2"))
    Fraction(1, 1)
    """
    groups = _life_groups(profile)[:11]
    women = {age: (options.deaths.get(age, Fraction(0)), people) for age, (_, people) in profile.items()}
    if any(not people for _, _, _, people in groups):
        return None
    years, _ = _lived(_life_groups(women)[:11], options.sex)
    fertile = zip(groups, years, strict=True)
    return sum((girls / people * lived for (lower, _, girls, people), lived in fertile if lower >= 15), Fraction(0))


def median(profile: Profile, options: Options) -> Fraction | None:
    """年龄中位数 — L + (N/2 − F)/f × w in single years.

    >>> median({10: (Fraction(2), Fraction(0)), 11: (Fraction(4), Fraction(0))}, Options())
    Fraction(45, 4)
    """
    total = sum((n for n, _ in profile.values()), Fraction(0))
    before = Fraction(0)
    for age in sorted(profile):
        number = profile[age][0]
        if number and before + number >= total / 2:
            return age + (total / 2 - before) / number * options.width
        before += number
    return None


def singulate_mean(profile: Profile, options: Options) -> Fraction | None:
    """平均初婚年龄（SMAM）— Hajnal, from shares never married at 15–19 … 50–54: (A − 50B)/(1 − B); None where a group has
    nobody or nobody married by 50.

    >>> p = {a: (Fraction(1 if a < 25 else 0), Fraction(1)) for a in range(15, 55)}
    >>> singulate_mean(p, Options())
    Fraction(25, 1)
    """
    shares = []
    for lower in range(15, 55, 5):
        single, people = (
            sum((profile[a][half] for a in profile if lower <= a < lower + 5), Fraction(0)) for half in (0, 1)
        )
        if not people:
            return None
        shares.append(single / people)
    never = (shares[6] + shares[7]) / 2
    return None if never == 1 else (15 + 5 * sum(shares[:7], Fraction(0)) - 50 * never) / (1 - never)


def myers(profile: Profile, options: Options) -> Fraction | None:
    """Myers 混合指数 — ages 10–89, 0 (no digit preferred) to 90 (all ages end alike).

    >>> myers({age: (Fraction(1000), Fraction(0)) for age in range(100)}, Options())
    Fraction(0, 1)
    """
    blended = []
    for digit in range(10):
        early = sum((profile[a][0] for k in range(7) if (a := 10 + digit + 10 * k) in profile), Fraction(0))
        late = sum((profile[a][0] for k in range(1, 8) if (a := 10 + digit + 10 * k) in profile), Fraction(0))
        blended.append((digit + 1) * early + (9 - digit) * late)
    total = sum(blended, Fraction(0))
    return sum((abs(one / total - Fraction(1, 10)) for one in blended), Fraction(0)) * 50 if total else None


def age_sex_accuracy(profile: Profile, options: Options) -> Fraction | None:
    """联合国年龄性别准确性指数 — 3 × sex-ratio score + age-ratio score of men (numerator) + of women, five-year groups to
    the last below 75, the open group dropped; no correction for size, no verdict. None where a group is empty.

    >>> age_sex_accuracy({a: (Fraction(5), Fraction(5)) for a in range(0, 80)}, Options())
    Fraction(0, 1)
    """
    five = [_between(profile, lower, lower + 5) for lower in range(0, 75, 5)]
    if any(not men or not women for men, women in five):
        return None
    ratios = [100 * men / women for men, women in five]
    sexes = sum((abs(b - a) for a, b in pairwise(ratios)), Fraction(0)) / (len(ratios) - 1)
    return 3 * sexes + sum((_age_ratio_score([group[sex] for group in five]) for sex in (0, 1)), Fraction(0))


Kind = Callable[[Profile, Options], Fraction | None]
PROFILES: dict[str, Kind] = {
    "sum_of_rates": sum_of_rates,
    "mean_age": mean_age,
    "standardised": standardised,
    "expectation": expectation,
    "median": median,
    "singulate_mean": singulate_mean,
    "myers": myers,
    "age_sex_accuracy": age_sex_accuracy,
    "net_reproduction": net_reproduction,
}
SINGLE = ("count", "median", "myers")
KINDS = ("count", "share", "ratio", "difference", *PROFILES)


def _grouped(profile: Profile, options: Options) -> Groups:
    """The profile within the page's ages, in groups of the page's width."""
    first, last = options.ages
    found: dict[int, tuple[Fraction, Fraction]] = {}
    for age, (n, d) in profile.items():
        if first <= age <= last:
            lower = first + (age - first) // options.width * options.width
            held = found.get(lower, (Fraction(0), Fraction(0)))
            found[lower] = (held[0] + n, held[1] + d)
    return [(lower, options.width, n, d) for lower, (n, d) in sorted(found.items())]


def _rates(profile: Profile, options: Options) -> dict[int, Fraction] | None:
    """Rates by group; None where events have no people to happen to, or nobody was there at all."""
    groups = _grouped(profile, options)
    if any(n and not d for _, _, n, d in groups) or not any(d for _, _, _, d in groups):
        return None
    return {lower: n / d for lower, _, n, d in groups if d}


def _between(profile: Profile, lower: int, upper: int | None) -> tuple[Fraction, Fraction]:
    inside = [pair for age, pair in profile.items() if age >= lower and (upper is None or age < upper)]
    return sum((n for n, _ in inside), Fraction(0)), sum((d for _, d in inside), Fraction(0))


def _life_groups(profile: Profile) -> Groups:
    lowers = [0, 1, *range(5, _OPEN + 1, 5)]
    uppers: list[int | None] = [*lowers[1:], None]
    groups: Groups = []
    for lower, upper in zip(lowers, uppers, strict=True):
        groups.append((lower, None if upper is None else upper - lower, *_between(profile, lower, upper)))
    return groups


def _lived(groups: Groups, sex: str) -> tuple[list[Fraction], Fraction]:
    """Years lived in each closed group by one newborn, and how many come to the end of the last."""
    infants = groups[0][2] / groups[0][3]
    alive, years = Fraction(1), []
    for lower, size, deaths, people in groups:
        if size is None:  # the open group, where nobody is left
            break
        rate = deaths / people
        a = _lived_by_the_dying(lower, size, infants, sex)
        dying = alive * min(Fraction(1), size * rate / (1 + (size - a) * rate))
        years.append(size * (alive - dying) + a * dying)
        alive -= dying
    return years, alive


_WEST = {  # sex: m0 from which a0 is fixed, a0 and 4a1 there, and their lines in m0 below
    "1": (Fraction("0.330"), Fraction("1.352"), (Fraction("0.045"), Fraction("2.684")), (Fraction("1.651"), Fraction("-2.816"))),
    "2": (Fraction("0.350"), Fraction("1.361"), (Fraction("0.053"), Fraction("2.800")), (Fraction("1.522"), Fraction("-1.518"))),
}  # fmt: skip


def _lived_by_the_dying(lower: int, size: int, infants: Fraction, sex: str) -> Fraction:
    """nax of the group."""
    if lower >= 5:
        return Fraction(size, 2)
    first, second, line, next_line = _WEST[sex]
    if infants >= Fraction("0.107"):
        return first if lower == 0 else second
    constant, slope = line if lower == 0 else next_line
    return constant + slope * infants


def _age_ratio_score(counts: list[Fraction]) -> Fraction:
    inner = range(1, len(counts) - 1)
    off = (abs(200 * counts[i] / (counts[i - 1] + counts[i + 1]) - 100) for i in inner)
    return sum(off, Fraction(0)) / len(inner)
