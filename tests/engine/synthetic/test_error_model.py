"""How wrong the records are: coverage, delays and errors within bands, and the naive join finds what it should."""

import re
from collections import Counter, defaultdict

import numpy as np
import pytest

from renjia.engine.synthetic import SOURCES
from renjia.engine.synthetic.filing import late_street

REGISTRATION, HOSPITAL, VACCINATION, CERTIFICATE, HUKOU = SOURCES


def truth_of(district, source, name):
    feed, child, family = district.feeds[source], district.truth.child, district.truth.family
    held = child if name in child else family
    rows = feed["child"] if name in child else child["delivery"][feed["child"]]
    return held[name][rows]


def naive_pairs(large_district):
    """Exact mother's number and date: precision, recall and F1 of the pairs across sources."""
    held, groups = defaultdict(Counter), defaultdict(list)
    for source in SOURCES:
        feed = large_district.feeds[source]
        fresh = ~feed["again"]
        for child, number, born in zip(*(feed[name][fresh] for name in ("child", "mother_id", "born")), strict=True):
            held[child][source] += 1
            if number:
                groups[number, born].append((source, child))
    true = sum((counts.total() ** 2 - sum(n * n for n in counts.values())) // 2 for counts in held.values())
    same = Counter(
        a[1] == b[1] for group in groups.values() for i, a in enumerate(group) for b in group[i + 1 :] if a[0] != b[0]
    )
    precision, recall = same[True] / same.total(), same[True] / true
    return precision, recall, 2 * precision * recall / (precision + recall)


def test_a_naive_join_finds_what_it_finds_in_practice(large_district):
    precision, recall, f1 = naive_pairs(large_district)
    assert 0.95 < precision < 0.98
    assert 0.73 < recall < 0.80
    assert 0.84 < f1 < 0.875


@pytest.mark.parametrize(
    ("source", "lowest", "highest"),
    [(REGISTRATION, 0.01, 0.04), (HOSPITAL, 0.02, 0.08), (VACCINATION, 0.30, 0.55), (CERTIFICATE, 0.005, 0.035),
     (HUKOU, 0.03, 0.08)],
)  # fmt: skip
def test_share_of_mothers_numbers_not_as_they_are(large_district, source, lowest, highest):
    wrong = large_district.feeds[source]["mother_id"] != truth_of(large_district, source, "mother_id")
    assert lowest < wrong.mean() < highest


@pytest.mark.parametrize(
    ("source", "lowest", "highest"),
    [(REGISTRATION, 0.006, 0.03), (HOSPITAL, 0.002, 0.02), (VACCINATION, 0.004, 0.03), (CERTIFICATE, 0.0005, 0.01),
     (HUKOU, 0.002, 0.015)],
)  # fmt: skip
def test_share_of_wrong_birth_dates(large_district, source, lowest, highest):
    wrong = large_district.feeds[source]["born"] != truth_of(large_district, source, "born")
    assert lowest < wrong.mean() < highest


@pytest.mark.parametrize("source", SOURCES)
def test_names_and_sexes_are_mostly_right(large_district, source):
    feed = large_district.feeds[source]
    written = feed["sex"] != ""
    assert 0.005 < (feed["mother_name"] != truth_of(large_district, source, "mother_name")).mean() < 0.12
    assert (feed["sex"] != truth_of(large_district, source, "sex"))[written].mean() < 0.01


def test_dates_go_wrong_around_midnight_first(large_district):
    feed = large_district.feeds[HOSPITAL]
    minute = truth_of(large_district, HOSPITAL, "minute")
    near = np.minimum(minute, 1440 - minute) <= 30
    wrong = feed["born"] != truth_of(large_district, HOSPITAL, "born")
    assert wrong[near].mean() > 5 * wrong[~near].mean()


def test_migrants_are_missed_by_several_sources_at_once(large_district):
    child, family = large_district.truth.child, large_district.truth.family
    alive = (child["outcome"] == "live") & (child["born"] >= child["born"].max() - 75)
    group = family["group"][child["delivery"]]
    seen = {source: np.isin(np.arange(len(group)), large_district.feeds[source]["child"]) for source in SOURCES}
    local, migrant = (alive & (group == kind) for kind in (0, 1))
    for source in (REGISTRATION, VACCINATION, HUKOU):
        assert seen[source][migrant].mean() < seen[source][local].mean()
    both = (~seen[REGISTRATION] & ~seen[VACCINATION])[migrant].mean()
    assert both > 1.1 * (~seen[REGISTRATION])[migrant].mean() * (~seen[VACCINATION])[migrant].mean()


def test_children_at_home_are_in_no_hospital_file(large_district):
    place = truth_of(large_district, HOSPITAL, "hospital")
    assert (place >= 0).all()
    assert (truth_of(large_district, CERTIFICATE, "hospital") == -1).any()


def test_delays_have_tails(large_district):
    for source, usual, tail in ((HOSPITAL, 5, 8), (VACCINATION, 30, 60), (CERTIFICATE, 15, 60), (HUKOU, 60, 150)):
        wait = large_district.feeds[source]["reported"] - truth_of(large_district, source, "born")
        assert np.median(wait) < usual
        assert 0.001 < (wait > tail).mean() < 0.12


def test_twins_triplets_and_both_kinds_of_twins(large_district):
    child = large_district.truth.child
    twins = child["plurality"] == 2
    assert 0.025 < twins.mean() < 0.042
    assert (child["plurality"] == 3).any()
    males = np.bincount(child["delivery"][twins], weights=child["male"][twins])[np.unique(child["delivery"][twins])]
    assert 0.25 < (males == 1).mean() < 0.42  # two thirds fraternal, half of those of both sexes


def test_twins_are_reported_together_and_bear_different_names(large_district):
    child = large_district.truth.child
    live = (child["plurality"] == 2) & (child["outcome"] == "live")
    pairs = [pair for pair in pairs_of(child["delivery"], np.flatnonzero(live)) if len(pair) == 2]
    assert all(child["baby_name"][first] != child["baby_name"][second] for first, second in pairs)
    seen = set(large_district.feeds[REGISTRATION]["child"])
    recent = [pair for pair in pairs if child["born"][pair[0]] > child["born"].max() - 80]
    apart = sum((first in seen) != (second in seen) for first, second in recent)
    assert apart / len(recent) < 0.07


def pairs_of(delivery, rows):
    held = defaultdict(list)
    for row in rows:
        held[delivery[row]].append(row)
    return held.values()


def test_stillborn_children_are_in_hospital_files_only(large_district):
    for source in SOURCES:
        still = truth_of(large_district, source, "outcome") == "still"
        assert 0 < still.mean() < 0.01 if source == HOSPITAL else not still.any()
    feed = large_district.feeds[HOSPITAL]
    still = truth_of(large_district, HOSPITAL, "outcome") == "still"
    assert all("死" in name for name in feed["baby_name"][still])
    assert not any("死" in name for name in feed["baby_name"][~still])


def test_some_children_are_recorded_twice_and_some_records_sent_again(large_district):
    for source in SOURCES:
        feed = large_district.feeds[source]
        fresh = ~feed["again"]
        twice = fresh.sum() - len(set(feed["child"][fresh]))
        assert 0 < twice / fresh.sum() < 0.02
        assert 0 < feed["again"].mean() < 0.03
        assert set(feed["record"][~fresh]) <= set(feed["record"][fresh])


def test_a_certificate_issued_again_has_a_new_number(large_district):
    feed = large_district.feeds[CERTIFICATE]
    fresh = ~feed["again"]
    numbers = defaultdict(set)
    for child, number in zip(feed["child"][fresh], feed["certificate"][fresh], strict=True):
        numbers[child].add(number)
    assert any(len(held) == 2 for held in numbers.values())
    known = large_district.feeds[VACCINATION]["certificate"]
    issued = truth_of(large_district, VACCINATION, "issued") <= large_district.feeds[VACCINATION]["reported"]
    assert not (known[~issued] != "").any()
    assert (known[issued] != "").mean() > 0.6


def test_one_hospital_types_its_own_telephone(large_district):
    phones = Counter(phone for phone in large_district.feeds[HOSPITAL]["phone"] if phone.startswith("021"))
    assert len(phones) == 1
    assert phones.total() > 100


def test_single_mothers_foreigners_and_other_papers(large_district):
    feed, family = large_district.feeds[REGISTRATION], large_district.truth.family
    assert 0.02 < family["single"].mean() < 0.05
    assert not feed["father_name"][truth_of(large_district, REGISTRATION, "single")].any()
    assert any(name.isascii() for name in feed["mother_name"])
    fathers = truth_of(large_district, REGISTRATION, "father_id")
    assert ((feed["mother_id"] == fathers) & (fathers != "")).any()


def test_addresses_are_partial_unknown_or_outside(large_district):
    lengths = Counter(map(len, large_district.feeds[HOSPITAL]["address"]))
    outside = sum(not code.startswith("310115") for code in large_district.feeds[HOSPITAL]["address"] if code)
    assert {0, 6, 9, 12} <= set(lengths)
    for source in SOURCES:
        feed = large_district.feeds[source]
        codes = {code for code in feed["address" if "address" in feed else "hukou_place"] if code}
        assert all(re.fullmatch(r"\d{6}(\d{3}){0,2}", code) for code in codes)
    assert lengths[12] / lengths.total() > 0.93
    assert 0.02 < outside / lengths.total() < 0.08


def test_one_street_registers_its_last_days_in_the_month_after(large_district):
    family, child = large_district.truth.family, large_district.truth.child
    resident = np.flatnonzero(family["group"][child["delivery"]] != 2)
    eve = np.datetime64("2025-02-25").astype(int)
    asked = {"child": resident, "reported": np.full(len(resident), eve)}
    held = late_street(large_district.truth, asked, large_district.months)["reported"]
    street = np.array([code[:9] for code in family["home"][child["delivery"][resident]]])
    assert len(set(street[held != eve])) == 1
    assert not (held == eve)[street == street[held != eve][0]].any()
    assert {str(day)[:7] for day in held[held != eve].astype("datetime64[D]")} == {"2025-03"}
    asked["reported"] = np.full(len(resident), np.datetime64("2025-02-10").astype(int))
    assert (late_street(large_district.truth, asked, large_district.months)["reported"] == asked["reported"]).all()
    late = street[held != eve][0]
    feed = large_district.feeds[REGISTRATION]
    days = feed["reported"].astype("datetime64[D]")
    end = (days >= np.datetime64("2025-02-21")) & (days < np.datetime64("2025-03-01"))
    of_it = np.array([code[:9] == late for code in truth_of(large_district, REGISTRATION, "home")])
    assert of_it.sum() > 20
    assert not (of_it & end).any()
