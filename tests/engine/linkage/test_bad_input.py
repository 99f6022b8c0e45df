"""坏数据 — whatever is sent: a Chinese message or an honest wide result, in bounded time and memory."""

import datetime as dt
import random
import resource
import time
from typing import Any

import pyarrow as pa
import pytest

from renjia.engine.linkage import Linked, link

SOURCES = ("registration", "hospital_delivery", "vaccination", "birth_certificate")
FAMILY, GIVEN = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗",
    "静丽敏芳燕霞萍玲梅英艳莉娜兰颖洁云倩莹琳雪慧萱怡瑶薇佳欣妮蓉",
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_KINDS = {"born": pa.date32()} | dict.fromkeys(("minute", "weight", "order", "plurality"), pa.int64())


def number(which: int) -> str:
    """A valid woman's number in a county that does not exist, another one for each mother."""
    first = f"338771{1980 + which % 20}{1 + which % 12:02d}{1 + which % 28:02d}{which % 499 * 2:03d}"
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def family(which: int) -> dict[str, Any]:
    """One family and its child, the same at every call, unlike the others."""
    lot = random.Random(which)
    father = lot.choice(FAMILY)
    return {
        "mother_name": lot.choice(FAMILY) + lot.choice(GIVEN) + lot.choice(GIVEN),
        "mother_id": number(which),
        "father_name": father + lot.choice(GIVEN) + lot.choice(GIVEN),
        "baby_name": father + lot.choice(GIVEN) + lot.choice(GIVEN),
        "born": dt.date(2025, 1, 1) + dt.timedelta(lot.randrange(300)),
        "minute": lot.randrange(1, 1440),
        "sex": lot.choice("12"),
        "weight": lot.randrange(2400, 4200),
        "phone": f"16{which * 7919 % 10**9:09d}",
        "institution": f"33877120{lot.randrange(7)}",
        "address": f"338771{lot.randrange(90):03d}{lot.randrange(9):03d}",
    }


def crowd(families: int, sources: tuple[str, ...] = SOURCES, **same: Any) -> pa.Table:
    """`families` births in each of the sources, all told alike; `same` values overwrite everybody's."""
    rows = [
        family(which) | same | {"record": f"{source}|{which}", "source": source}
        for source in sources
        for which in range(families)
    ]
    return table(rows)


def table(rows: list[dict[str, Any]]) -> pa.Table:
    names = sorted({name for row in rows for name in row})
    return pa.table({name: pa.array([row.get(name) for row in rows], _KINDS.get(name, pa.string())) for name in names})


def cases(result: Linked) -> dict[str, set[str]]:
    """The records of each case."""
    found: dict[str, set[str]] = {}
    for row in result.assignment.to_pylist():
        found.setdefault(row["case"], set()).add(row["record"])
    return found


def children(result: Linked) -> set[frozenset[str]]:
    """The numbers of children met in each case."""
    return {frozenset(record.split("|")[1] for record in held) for held in cases(result).values()}


def test_no_rows_give_empty_tables() -> None:
    result = link(crowd(3).slice(0, 0))
    assert result.assignment.num_rows == result.evidence.num_rows == result.questions.num_rows == 0
    assert result.assignment.column_names == ["record", "case", "delivery", "state"]


@pytest.mark.parametrize("held", [SOURCES[:1], SOURCES[1:3], SOURCES])
def test_a_source_that_sent_nothing_is_no_harm(held: tuple[str, ...]) -> None:
    result = link(crowd(120, held))
    assert len(cases(result)) == 120
    assert all(len(together) == 1 for together in children(result))
    assert set(result.assignment["state"].to_pylist()) == ({"alone"} if len(held) == 1 else {"decided"})


def test_all_numbers_missing_families_are_still_found_and_kept_apart() -> None:
    result = link(crowd(120, mother_id=None, father_id=None))
    assert len(cases(result)) == 120
    assert all(len(together) == 1 for together in children(result))


@pytest.mark.parametrize(
    "same",
    [
        {"phone": "16000000000"},
        {"phone": "16000000000", "institution": "338771201", "address": "338771001001"},
        {"born": dt.date(2025, 5, 5)},
        {"born": None},
        {"mother_name": "王丽"},
        {"mother_id": "338771199001010028"},
        {"mother_id": "111111111111111111", "phone": "11111111111"},
    ],
    ids=lambda same: "+".join(same),
)
def test_one_value_for_everybody_joins_nobody_to_another(same: dict[str, Any]) -> None:
    result = link(crowd(150, **same))
    assert all(len(together) == 1 for together in children(result))
    assert len(cases(result)) <= 160


def test_one_name_and_nothing_else_stands_alone_in_the_end() -> None:
    rows = [{"record": f"registration|{at}", "source": SOURCES[at % 4], "mother_name": "王丽"} for at in range(3000)]
    result = link(table(rows))
    assert set(result.assignment["state"].to_pylist()) == {"alone"}
    assert len(cases(result)) == 3000


def test_one_name_one_day_one_minute_and_no_numbers_keeps_families_in_bounded_memory() -> None:
    given = crowd(1500, SOURCES[:2], mother_name="王丽", mother_id=None, born=dt.date(2025, 5, 5), minute=600)
    link(crowd(5))  # what is loaded once is not counted
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = link(given)
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000
    )  # kilobytes: one delivery of 3,000 records
    held = result.assignment.to_pylist()
    alone = {case for case, records in cases(result).items() if len(records) == 1}
    # too much alike to be told apart: what is left alone waits for a person, nobody is joined to another family
    assert sum(row["state"] == "in_review" for row in held if row["case"] in alone) > 0.95 * len(alone)


@pytest.mark.parametrize("copies", [3, 30, 600])
def test_one_record_sent_again_and_again_is_one_child(copies: int) -> None:
    many = [family(7) | {"record": f"registration|7|{at}", "source": "registration"} for at in range(copies)]
    begun = time.perf_counter()
    result = link(pa.concat_tables([crowd(40), table(many)]))
    assert time.perf_counter() - begun < 5
    held = next(together for together in cases(result).values() if "registration|7|0" in together)
    assert {f"registration|7|{at}" for at in range(copies)} <= held
    assert len(cases(result)) == 40


@pytest.mark.parametrize("copies", [30, 600])
def test_a_bare_record_sent_again_and_again_is_one_child_or_asked_about(copies: int) -> None:
    bare = {name: family(7)[name] for name in ("mother_name", "mother_id", "born", "sex")}
    many = [bare | {"record": f"registration|7|{at}", "source": "registration"} for at in range(copies)]
    begun = time.perf_counter()
    result = link(pa.concat_tables([crowd(40, SOURCES[1:]), table(many)], promote_options="default"))
    assert time.perf_counter() - begun < 5
    held = [row for row in result.assignment.to_pylist() if row["record"].startswith("registration|")]
    assert len({row["case"] for row in held}) == 1 or {row["state"] for row in held} == {"in_review"}


def test_twins_of_one_minute_in_one_ward_are_told_apart_or_left_open_and_counted_as_two() -> None:
    rows = [
        family(which)
        | {"born": dt.date(2025, 5, 5), "minute": 600, "institution": "338771201", "plurality": 2, "baby_name": None}
        | {"weight": 2400 + 100 * order, "sex": "1", "record": f"{source}|{which}|{order}", "source": source}
        for source in SOURCES[1:]
        for which in range(200)
        for order in (1, 2)
    ]
    result = link(table(rows))
    assert all(len(together) == 1 for together in children(result))
    assert len(cases(result)) == 400


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"record": ["a", "a"]}, "出现两次"),
        ({"record": [None, "a"]}, "记录号"),
        ({"source": [None, "registration"]}, "来源"),
        ({"born": ["2025/5/5", "五月五日"]}, "出生日期"),
        ({"weight": ["3000", "三千"]}, "体重"),
    ],
)
def test_what_cannot_be_read_is_said_in_chinese(bad: dict[str, list[Any]], said: str) -> None:
    given = {"record": ["a", "b"], "source": ["registration", "vaccination"], "mother_name": ["王丽", "王丽"]} | bad
    with pytest.raises(ValueError, match=said):
        link(pa.table(given))


def test_more_sources_than_anyone_has() -> None:
    rows = [family(1) | {"record": f"{at}", "source": f"来源{at}"} for at in range(100)]
    result = link(table(rows))
    assert len(cases(result)) == 1


def test_texts_without_end_and_dates_beyond_the_calendar() -> None:
    long = {
        "mother_name": "王" * 200_000,
        "mother_id": "9" * 200_000,
        "phone": "1" * 100_000,
        "baby_name": "宝" * 100_000,
    }
    rows = [
        long | {"record": "a", "source": "registration", "born": dt.date(1, 1, 1)},
        long | {"record": "b", "source": "vaccination", "born": dt.date(9999, 12, 31), "mother_name": "\x00😀𠮷"},
        {"record": "c", "source": "vaccination", "weight": -5, "minute": 10**12, "order": 10**9, "plurality": -1},
    ]
    assert link(table(rows)).assignment.num_rows == 3
