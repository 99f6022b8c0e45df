"""Sweeps against payments, pairs of schemes, two versions of a rule."""

from datetime import date
from decimal import Decimal

import pytest

from renjia.engine.rules import RuleError, assuming, compare, overlaps, scheme, sweep

ON = date(2022, 9, 15)
PEOPLE = """
person born
a      1960-06-10
b      1961-03-01
c      1999-01-01
d      1962-05-05
e      1961-03-01
f      1962-08-20
"""
HUKOU = "person place\na 310104\nb 310104\nc 310104\nd 310104\nf 310104"
# owed to September 2022 at the city's standard: a 9×100+19×200 = 4700; b from 2021-03 19×200 = 3800; d from 2022-05 5×200 = 1000;
# f from 2022-08 2×200 = 400; c too young; e without hukou: waiting
PAYMENTS = """
scheme        person period  amount  paid
trial_monthly b      2021-03 3000.00 2021-04-01
trial_monthly b      2022-01 500.00  2022-01-05
trial_monthly c      2022-09 200.00  2022-09-03
trial_monthly d      2022-09 1200.00 2022-09-03
trial_monthly e      2022-09 200.00  2022-09-03
trial_monthly f      -       400.00  2022-09-03
trial_monthly f      2022-10 200.00  2022-09-14
trial_yearly  a      2022    100.00  2022-09-03
"""


def told(found):
    return [(one.subject, one.kind, one.owed, one.paid) for one in found.findings]


def test_who_is_owed_and_not_paid_and_who_is_paid_and_not_owed(elders):
    found = sweep("试验月补", elders(person=PEOPLE, hukou=HUKOU, payment=PAYMENTS), ON, "310104")
    assert told(found) == [
        ("a", "应享未享", Decimal(4700), 0),
        ("b", "少发", Decimal(3800), Decimal(3500)),
        ("c", "不应享已享", 0, Decimal(200)),
        ("d", "多发", Decimal(1000), Decimal(1200)),
    ]  # f's payment of October is not yet counted, its September is there
    assert (found.unsettled, found.window) == (1, (date(2022, 9, 1), date(2022, 9, 30)))
    assert "满60周岁" in found.of("不应享已享")[0].reason


def test_a_payment_outside_the_window_is_no_undue_payment(elders):
    early = "scheme person period amount paid\ntrial_monthly c 2022-08 200.00 2022-08-03"
    assert not sweep("试验月补", elders(person=PEOPLE, hukou=HUKOU, payment=early), ON, "310104").of("不应享已享")


def test_nobody_owed_what_nobody_confirmed(elders):
    found = sweep(
        "试验月补", elders(person=PEOPLE, hukou=HUKOU.replace("310104", "310115")), date(2023, 2, 1), "310115"
    )
    assert found.findings == () and found.unsettled >= 3


def test_once_counts_ever(elders):
    retired = "person kind from\na retired 2012-03-01\nb retired 2013-01-05\nc retired 2023-01-01"
    paid = "scheme person amount paid\ntrial_once b 5000.00 2013-02-01\ntrial_once c 2300.00 2010-05-01"
    found = sweep("试验一次性", elders(person=PEOPLE, employment=retired, payment=paid), ON, "000000")
    assert {one.subject: one.kind for one in found.findings} == {"a": "应享未享", "c": "不应享已享"}


CHILD = "-- 孩子 — 一行一个孩子\nSELECT\n  person AS id, -- 编号\n  born -- 出生\nFROM person WHERE born > DATE '2015-01-01'"


def test_a_payment_to_a_parent_is_for_the_one_entitled_child(elders, root):
    (root / "facts/people/child.sql").write_text(CHILD, encoding="utf-8")
    page = (root / "schemes/trial_monthly/2020-01-01.yaml").read_text(encoding="utf-8")
    page = (
        page[: page.index("given:")]
        .replace("trial_monthly", "trial_child")
        .replace("试验月补", "试验孩子")
        .replace("per: elder", "per: child")
    )
    page = (
        page.replace("[T-M, 月补]", "[T-C]")
        + "conditions:\n  - 一 已出生: born <= today\ncourse: {every: month, first: 2022 * 12 + 8}\namount:\n  - 二 按月: standard\n"
    )
    (root / "schemes/trial_child").mkdir()
    (root / "schemes/trial_child/2020-01-01.yaml").write_text(page, encoding="utf-8")
    people = elders(
        person="person born\nw 1990-01-01\nv 1990-01-01\nc 2020-01-01\nd 2020-01-01\ne 2021-01-01\ng 2021-01-01",
        parentage="parent child\nw c\nv d\nv e",
        payment="scheme person child period amount paid\ntrial_child w - 2022-08 301.00 2022-09-01\ntrial_child v - 2022-08 1.00 2022-09-01\n"
        "trial_child w g 2022-09 2.00 2022-09-02",
    )  # fmt: skip
    found = sweep("试验孩子", people, ON, "000000")
    assert told(found) == [("g", "少发", Decimal(301), Decimal(2))], (
        "c is paid through its mother; of d and e nobody can say"
    )
    assert found.unsettled == 2


def test_a_whole_course_fixed_in_advance_is_not_short_before_its_end(elders):
    paid = "scheme person period amount paid\ntrial_yearly a 2021 416.67 2021-12-01"
    people = elders(person="person born\na 1961-08-15", payment=paid)
    assert sweep("trial_yearly", people, date(2022, 1, 1), "000000").findings == ()


def test_a_scheme_that_pays_nothing_cannot_be_swept(elders, edited):
    root = edited(
        "schemes/trial_once/2010-01-01.yaml",
        "course: {every: once, first: retired_on}\namount:\n  - 二 一次发给: standard\n",
        "",
    )
    assert root and scheme("trial_once", None, root).course is None
    with pytest.raises(RuleError, match="没有可对的发放"):
        sweep("试验一次性", elders(person=PEOPLE), ON, "310104")


def test_pairs(elders, edited):
    edited(
        "schemes/trial_yearly/2020-01-01.yaml",
        "course:",
        "exclusions:\n  - 三 不得重复: {schemes: [trial_monthly]}\ncourse:",
    )
    people = elders(person=PEOPLE, hukou=HUKOU, payment=PAYMENTS + "trial_yearly d 2022 9.00 2022-01-01\n")
    found = overlaps(["试验月补", "试验年补", "试验一次性"], people, ON, "310104")
    pair = next(one for one in found if (one.one, one.other) == ("trial_monthly", "trial_yearly"))
    assert (pair.exclusive, pair.entitled, pair.paid, pair.persons) == (True, 4, 1, ("d",))
    assert not any("trial_once" in (one.one, one.other) for one in found), "nobody draws it"


def test_two_versions_of_a_rule(elders):
    people = elders(person=PEOPLE, hukou=HUKOU)
    now = scheme("试验月补", None, people.root)
    found = compare(now, assuming(now, {"age": "61", "standard": "300"}), people, ON, "310104")
    kept = {one.subject: (one.before, one.after, one.gain) for one in found.changes}
    # a from 2021-06: 16×300 − 4700; b reaches 61 in 2022-03: 7×300 − 3800; d and f not yet 61
    assert kept == {
        "a": ("符合", "符合", Decimal(100)),
        "b": ("符合", "符合", Decimal(-1700)),
        "d": ("符合", "不符合", Decimal(-1000)),
        "f": ("符合", "不符合", Decimal(-400)),
    }
    assert [one.subject for one in found.winners] == ["a"] and [one.subject for one in found.losers] == ["b", "d", "f"]
    assert (found.total_before, found.total_after) == (Decimal(9900), Decimal(6900))
    assert found.total_after - found.total_before == sum(one.gain for one in found.changes)


def test_versions_over_other_facts_are_not_compared(elders, root):
    (root / "facts/people/other.sql").write_text(
        "-- 别人 — 一行一个人\nSELECT\n  person AS id, -- 编号\n  born -- 出生\nFROM person", encoding="utf-8"
    )
    page = (root / "schemes/trial_yearly/2020-01-01.yaml").read_text(encoding="utf-8")
    other = root / "schemes/trial_other/2020-01-01.yaml"
    other.parent.mkdir()
    other.write_text(
        page.replace("trial_yearly", "trial_other").replace("per: elder", "per: other").replace("试验年补", "另一补"),
        encoding="utf-8",
    )
    with pytest.raises(RuleError, match="不能对比"):
        compare("试验年补", "另一补", elders(person=PEOPLE), ON, "000000")
