"""需配置 names the parameters that would change this person's answer, and no others."""

from datetime import date

import pytest

from renjia.engine.rules import Tables, judge, judge_one
from renjia.engine.rules.schemas import TABLES
from renjia.engine.sql import small_table

NAMES = ("boundary", "late_rule", "next_year_first", "death_rule_by_month", "move_rule_by_month")


@pytest.mark.parametrize(
    ("born", "died", "applied", "on", "wanted"),
    [
        ("2023-12-03", "-", "2026-02-01", date(2026, 3, 30), {"late_rule"}),
        ("2022-01-01", "-", "2025-09-01", date(2025, 10, 15), {"boundary"}),
        ("2025-12-03", "-", "2026-02-01", date(2026, 3, 30), {"next_year_first"}),
        ("2023-03-03", "2025-06-02", "2025-09-01", date(2025, 10, 30), {"death_rule_by_month"}),
    ],
)
def test_only_what_matters_is_wanted(born, died, applied, on, wanted):
    texts = {
        "person": f"person born died\nc {born} {died}",
        "parentage": "parent child\nm c",
        "hukou": "person place\nc 310115",
        "application": f"scheme person child applied\nchildcare_subsidy m c {applied}",
    }
    with Tables({name: small_table(TABLES[name].schema, text) for name, text in texts.items()}, threads=1) as tables:
        one = judge_one("childcare_subsidy", tables, "c", on, "310115")
        assert one.decision == "需配置"
        assert {name for name in NAMES if any(f"参数 {name}" in said for said in one.wanted)} == wanted
        reason = judge("childcare_subsidy", tables, on, "310115").table()["理由"][0].as_py()
        assert {name for name in NAMES if f"参数 {name}" in reason} == wanted
