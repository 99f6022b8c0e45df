"""人员比对 — a made-up registry put together again: homophones, old numbers, moves; twins and namesakes kept apart."""

from itertools import combinations

import pyarrow as pa
import pytest

from person_registry import Made, made
from renjia.engine.linkage import Decision, stable_ids
from renjia.engine.linkage.persons.blocks import budget, candidates
from renjia.engine.linkage.persons.fields import registry
from renjia.engine.linkage.persons.linking import Persons, link_persons
from renjia.engine.linkage.persons.model import explain_person

LIMEI = {"name": "李梅", "id_number": "310199199404245743", "born": "1994-04-24", "sex": "女", "phone": "13712346287",
         "address": "东安路12弄3号401室"}  # fmt: skip


def pairs_of(result: Persons) -> set[tuple[str, str]]:
    people: dict[str, list[str]] = {}
    for record, person in zip(*(result.assignment[c].to_pylist() for c in ("record", "person")), strict=True):
        people.setdefault(person, []).append(record)
    return {(min(pair), max(pair)) for own in people.values() for pair in combinations(own, 2)}


def rows(*told: dict[str, str]) -> pa.Table:
    return pa.Table.from_pylist([{"record": f"r{at}", **one} for at, one in enumerate(told)])


@pytest.fixture(scope="module")
def one() -> tuple[Made, Persons]:
    registered = made(7, 600)
    return registered, link_persons(registered.table)


@pytest.fixture(scope="module")
def two() -> tuple[Made, Persons]:
    registered = made(8, 600, sources=True)
    return registered, link_persons(registered.table, sources=("A", "B"))


@pytest.mark.parametrize("which", ["one", "two"])
def test_people_are_put_together_again(which: str, request: pytest.FixtureRequest) -> None:
    registered, result = request.getfixturevalue(which)
    found = pairs_of(result)
    right = len(found & registered.pairs)
    assert right / len(found) >= 0.993 and right / len(registered.pairs) >= 0.987
    assert len(registered.twins) > 30 and len(found & registered.twins) <= 1
    # some namesakes share the birthday too and one lacks the number: nobody could tell
    assert len(registered.namesakes) > 30 and len(found & registered.namesakes) <= 4


def test_two_records_of_a_source_without_repetitions_are_two_people(two: tuple[Made, Persons]) -> None:
    registered, result = two
    source = dict(zip(registered.table["record"].to_pylist(), registered.table["source"].to_pylist(), strict=True))
    assert all(source[x] != source[y] for x, y in pairs_of(result))


def test_the_pattern_rebuilds_every_score(one: tuple[Made, Persons]) -> None:
    result = one[1]
    for table in (result.evidence, result.questions):
        for pattern, score in zip(table["pattern"].to_pylist(), table["score"].to_pylist(), strict=True):
            lines = explain_person(pattern, result.model)
            assert lines[-1].running == score == sum(line.weight for line in lines)


def test_what_is_missing_weighs_nothing(one: tuple[Made, Persons]) -> None:
    assert all(field.person[0] == field.home[0] == 0 for field in one[1].model.fields)


def test_a_rare_name_weighs_more_and_a_second_valid_number_weighs_heavily(one: tuple[Made, Persons]) -> None:
    weights = {field.field: field.person for field in one[1].model.fields}
    same = weights["name"][4:7]
    assert same[0] < same[1] <= same[2] and same[1] > same[0] + 1
    assert weights["id_number"][14] < -8 < 6 < weights["id_number"][8]


def test_the_order_of_rows_does_not_matter(one: tuple[Made, Persons]) -> None:
    registered, result = one
    turned = registered.table.take(pa.array(list(range(registered.table.num_rows))[::-1]))
    again = link_persons(turned)
    assert again.assignment.equals(result.assignment) and again.questions.equals(result.questions)
    assert again.model == result.model


def test_a_model_kept_gives_the_same_again(one: tuple[Made, Persons]) -> None:
    registered, result = one
    assert link_persons(registered.table, model=result.model).evidence.equals(result.evidence)


def test_questions_are_asked_between_people_with_a_reason(one: tuple[Made, Persons]) -> None:
    result = one[1]
    person = dict(zip(*(result.assignment[c].to_pylist() for c in ("record", "person")), strict=True))
    state = dict(zip(*(result.assignment[c].to_pylist() for c in ("record", "state")), strict=True))
    asked = result.questions.to_pylist()
    assert asked
    for question in asked:
        assert person[question["a"]] != person[question["b"]]
        assert {state[question["a"]], state[question["b"]]} == {"in_review"}
        assert "相同" in question["reason"] or "同音" in question["reason"]


def test_answers_hold(one: tuple[Made, Persons]) -> None:
    registered, result = one
    first, joined = result.questions.to_pylist()[0], sorted(pairs_of(result))[0]
    answers = [Decision(first["a"], first["b"], True), Decision(*joined, False)]
    again = link_persons(registered.table, model=result.model, decisions=answers)
    found = pairs_of(again)
    assert (first["a"], first["b"]) in found and joined not in found
    asked = {(one["a"], one["b"]) for one in again.questions.to_pylist()}
    assert not asked & {(first["a"], first["b"]), joined}
    with pytest.raises(ValueError, match="互相矛盾"):
        link_persons(registered.table, decisions=[Decision(*joined, True), Decision(*joined, False)])


def test_an_answer_joins_what_shares_nothing() -> None:
    other = {"name": "陈静", "id_number": "", "born": "1980-01-01", "sex": "女", "phone": "", "address": ""}
    result = link_persons(rows(LIMEI, other), decisions=[Decision("r0", "r1", True)])
    assert pairs_of(result) == {("r0", "r1")}


def test_two_whole_numbers_are_asked_about_never_joined(one: tuple[Made, Persons]) -> None:
    """However much else agrees: one person with two numbers is for a person to say."""
    twice = rows(LIMEI, LIMEI | {"id_number": "31019919940424576X"}).append_column("source", pa.array(["登记"] * 2))
    table = pa.concat_tables([one[0].table, twice.select(one[0].table.column_names)])
    result = link_persons(table)
    question = next(asked for asked in result.questions.to_pylist() if asked["a"] == "r0")
    assert question["b"] == "r1" and question["score"] > result.model.link
    assert ("r0", "r1") not in pairs_of(result)
    assert "两个号码都有效" in question["reason"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "李玫"},
        {"id_number": "310199940424574"},
        {"id_number": "３１０１９９１９９４０４２４５７４３", "name": "李　梅"},
        {"id_number": "", "phone": "13900001111"},
        {"phone": "", "address": "西平路5号"},
        {"born": "", "id_number": "310199199404245743"},
    ],
)
def test_a_handful_of_records_is_enough_for_the_plain_case(change: dict[str, str]) -> None:
    assert pairs_of(link_persons(rows(LIMEI, LIMEI | change))) == {("r0", "r1")}


@pytest.mark.parametrize(
    "other",
    [
        {"name": "李梅", "id_number": "", "born": "1960-07-01", "sex": "女", "phone": "13900001111", "address": ""},
        {"name": "王建国", "id_number": "", "born": "1991-09-08", "sex": "男"},  # of the same home
        {"name": "李梅", "id_number": "", "born": "", "phone": "", "address": ""},
    ],
)
def test_too_little_is_not_enough_in_a_handful_either(other: dict[str, str]) -> None:
    assert not pairs_of(link_persons(rows(LIMEI, LIMEI | other)))


def test_numbers_of_people_stay(one: tuple[Made, Persons]) -> None:
    result = one[1]
    count = iter(range(10**6))
    numbers, _ = stable_ids({}, result.assignment, lambda _: f"P{next(count)}", level="person")
    before = {
        r: numbers[p] for r, p in zip(*(result.assignment[c].to_pylist() for c in ("record", "person")), strict=True)
    }
    again, events = stable_ids(before, result.assignment, lambda _: "new", level="person")
    assert again == numbers and not events


@pytest.mark.parametrize(
    "same", [("name",), ("phone",), ("name", "born", "sex"), ("name", "id_number", "born", "sex", "phone", "address")]
)
def test_one_value_for_everybody_stays_bounded(same: tuple[str, ...]) -> None:
    registered = made(3, 300).table
    for column in same:
        at = registered.column_names.index(column)
        registered = registered.set_column(at, column, pa.array([LIMEI[column]] * len(registered)))
    a, _ = candidates(registry(registered, None, ()))
    assert len(a) <= 8 * budget(len(registered))
    result = link_persons(registered)
    groups = result.assignment["person"].value_counts().to_pylist()
    assert max(one["counts"] for one in groups) <= 4


def test_without_any_number_it_still_works() -> None:
    registered = made(5, 500)
    result = link_persons(registered.table.drop_columns(["id_number"]))
    found = pairs_of(result) - registered.namesakes
    assert (
        len(found & registered.pairs) / len(found) > 0.96
        and len(found & registered.pairs) / len(registered.pairs) > 0.9
    )


@pytest.mark.parametrize(
    "table, options, said",
    [
        (pa.table({"name": ["李梅"]}), {}, "缺「record」列"),
        (pa.table({"record": ["1"], "name": ["李梅"]}), {}, "可比的列只有 1 个"),
        (rows(LIMEI).slice(0, 0), {}, "没有记录"),
        (pa.table({"record": ["1", "1"], "name": ["李梅"] * 2, "sex": ["女"] * 2}), {}, "出现两次"),
        (pa.table({"record": ["1", None], "name": ["李梅"] * 2, "sex": ["女"] * 2}), {}, "没有键"),
        (rows(LIMEI), {"sources": ("甲",)}, "没有这个来源"),
    ],
)
def test_what_cannot_be_linked_is_refused(table: pa.Table, options: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        link_persons(table, **options)


def test_a_model_of_other_columns_is_refused(one: tuple[Made, Persons]) -> None:
    with pytest.raises(ValueError, match="模型所比的列"):
        link_persons(one[0].table.drop_columns(["phone"]), model=one[1].model)


def test_evidence_of_births_is_not_of_persons(one: tuple[Made, Persons]) -> None:
    with pytest.raises(ValueError, match="不是人员比对"):
        explain_person(0x123, one[1].model)
