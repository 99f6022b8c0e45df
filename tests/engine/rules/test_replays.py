"""A past decision with the rows known then, beside what is known now."""

from datetime import date

import pytest

from renjia.engine.rules import RuleError, replay
from renjia.engine.rules.schemas import TABLES
from renjia.engine.sql import small_table

ON = date(2022, 9, 15)
# until 2022-10-01 a was thought born in 1961 and alive; then the register was put right
PEOPLE = """
person born       died       known_from known_to
a      1961-06-10 -          2020-01-01 2022-10-01
a      1960-06-10 -          2022-10-01 2023-03-01
a      1960-06-10 2022-08-31 2023-03-01 -
b      1960-01-05 -          2023-01-01 -
"""
HUKOU = "person place known_from\na 310104 2020-01-01\nb 310104 2023-01-01"


def asked(root, known, subject="a", on=ON, people=PEOPLE):
    tables = {"person": people, "hukou": HUKOU}
    made = {name: small_table(TABLES[name].schema, text) for name, text in tables.items()}
    return replay("试验月补", made, subject, on, "310104", known=known, root=root)


def test_then_and_now(root):
    found = asked(root, date(2022, 9, 15))
    assert (found.then.decision, found.then.first, found.now.decision) == ("符合", date(2021, 6, 1), "不符合")
    assert not found.same
    assert "决定：当时 符合，现在 不符合" in found.differences
    assert any("出生日期" in one and "1961-06-10" in one and "1960-06-10" in one for one in found.differences)


def test_a_row_counts_from_the_day_it_was_known_and_no_longer_from_the_day_it_was_put_right(root):
    assert asked(root, date(2022, 9, 30)).then.first == date(2021, 6, 1)
    assert asked(root, date(2022, 10, 1)).then.first == date(2020, 6, 1)
    assert asked(root, date(2023, 2, 28)).then.decision == "符合"
    last = asked(root, date(2023, 3, 1))
    assert last.then.decision == "不符合" and last.same and last.differences == ()


def test_who_was_not_known_then_is_refused(root):
    with pytest.raises(RuleError, match="没有「b」"):
        asked(root, date(2022, 9, 15), "b")
    assert asked(root, date(2023, 1, 1), "b").then.decision == "符合"


def test_the_version_in_force_then_is_the_one_applied(root):
    page = (root / "schemes/trial_monthly/2020-01-01.yaml").read_text(encoding="utf-8")
    later = page.replace("since: 2020-01-01", "since: 2024-01-01").replace(
        "四 每月按标准发: standard", "四 每月加倍发: standard * 2"
    )
    (root / "schemes/trial_monthly/2024-01-01.yaml").write_text(later, encoding="utf-8")
    people = "person born known_from\na 1960-06-10 2020-01-01"
    past = asked(root, ON, people=people)
    assert past.same and past.then.version == date(2020, 1, 1) and past.then.monthly == 200
    assert asked(root, date(2024, 5, 1), on=date(2024, 5, 1), people=people).now.monthly == 400
