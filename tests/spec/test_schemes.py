"""Every scheme's page: its cases hold, its numbers have a source, its unsettled readings say what is wanted."""

import re
from datetime import date

import pytest

from renjia.engine.pages import load_pages
from renjia.engine.rules import check_pages, run_cases, scheme
from renjia.engine.rules.places import place_of

PAGES = load_pages("scheme")
# worked examples about benefits whose answers the pages must give
EXAMPLES = (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41)
NAMED = (
    *(
        "rural_reward",
        "bereaved_support",
        "disabled_support",
        "complication_support",
        "retirement_reward",
        "accident_grant",
    ),
    *(
        "one_child_allowance",
        "second_start_grant",
        "childcare_subsidy",
        "hospital_carer",
        "medical_help",
        "elder_fund_help",
    ),
    *("sunshine_study", "solace_grant", "prepregnancy_check"),
)


def title(page):
    return f"{page.id}-{page.since}"


@pytest.mark.parametrize("page", [page for page in PAGES if page.cases], ids=title)
def test_the_cases_hold(page):
    for run in run_cases(page):
        assert run.found == run.expected, run.name


def test_every_page_and_place_reads():
    assert {one.id for one in check_pages()} >= set(NAMED)


def test_every_worked_example_is_a_case():
    names = [next(iter(case)) for page in PAGES for case in page.cases]
    told = {int(number) for name in names for number in re.findall(r"例题(\d+)", name)}
    assert told >= set(EXAMPLES)


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_a_page_without_rules_says_what_is_lacking_and_others_have_cases(page):
    assert bool(page.body.get("lacking")) != bool(page.cases)


@pytest.mark.parametrize("page", [*PAGES, *load_pages("standard"), *load_pages("locality")], ids=lambda page: page.id)
def test_every_standard_has_a_source_and_the_day_it_was_checked(page):
    groups = page.body.get("schemes", {})
    found = dict(page.standards)
    for owner, named in groups.items():
        found |= {f"{owner}.{name}": page.standard(("schemes", owner, name), value) for name, value in named.items()}
    for name, standard in found.items():
        assert standard.source and standard.checked, name


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_every_unsettled_reading_says_which_document_would_settle_it(page):
    wants = page.body.get("wants", {})
    for name, one in scheme(page.id, page.since).parameters.items():
        if any(not standard.confirmed or standard.confirmed_until for standard in one.by_place.values()):
            assert name in wants, name


def test_nothing_unconfirmed_in_the_law_s_own_list_pays_by_itself():
    """§9: what no source settles may not be confirmed at Shanghai today."""
    today = date(2026, 11, 21)
    for name, parameters in {
        "bereaved_support": (
            "standard",
            "two_children_all_dead",
            "step_child_counts",
            "end_offset",
            "first_month_offset",
        ),
        "disabled_support": ("standard",),
        "complication_support": ("first_grade", "second_grade", "third_grade"),
        "rural_reward": ("standard", "local_standard", "local_conditions", "death_rule"),
        "retirement_reward": ("insured_reward", "uninsured_reward", "childless_insured_reward"),
        "accident_grant": ("disability_grant", "death_grant", "child_age_kept"),
        "second_start_grant": ("standard", "terms"),
        "hospital_carer": ("day_rate", "cap_days"),
        "medical_help": ("premium_cap", "cost_ratio"),
        "childcare_subsidy": ("boundary", "late_rule", "next_year_first", "death_rule_by_month", "move_rule_by_month"),
    }.items():
        found = scheme(name, today)
        from_shanghai = found.settings(place_of("310115"), today)
        assert [one for one in parameters if not from_shanghai[one].blocked] == [], name
