"""成批与单条 — what is read for whole columns at once is what the readers of single texts say, whatever the text."""

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from renjia.engine.linkage import names
from renjia.engine.linkage.characters import is_chinese
from renjia.engine.linkage.children import divide, divide_all
from renjia.engine.linkage.children_pricing import Delivery
from renjia.engine.linkage.columns import rows
from renjia.engine.linkage.edits import distances
from renjia.engine.linkage.ideographs import PLAIN, ideographs
from renjia.engine.linkage.model import HAND_SET
from renjia.engine.linkage.ordering import distinct, grouped, hubs, key_order
from renjia.engine.linkage.packed import DIGITS, WORDS, Keys, Packed
from renjia.engine.linkage.texts import certificate_number, document_number, phone_number
from renjia.engine.units import check_character, parse_identity

ANY = st.text(max_size=20)
MANY = settings(max_examples=40, deadline=None)
HAS_NOTES = (ast.Module, ast.FunctionDef, ast.ClassDef)
# Few characters of every kind, so that parents' names, their sounds and the words of labels meet.
CHARACTERS = st.sampled_from("李里理梅玫王旺国之某子女宝大小二双婴儿新生男一丁未取名无死胎張㛃𬱖ABY1 ·（双）")
NAME = st.text(CHARACTERS, max_size=5)
LABEL = st.one_of(
    st.text(CHARACTERS, max_size=9),
    st.sampled_from(
        ["之子", "之女", "大女", "某之子", "宝", "宝宝", "双大", "之双胎之二", "男婴", "新生儿", "BB", "", "死产"]
    ),
)


def table(**columns: list[Any]) -> pa.Table:
    count = len(next(iter(columns.values())))
    keys = {"record": [f"r|{at:06d}" for at in range(count)], "source": ["registration"] * count}
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in (keys | columns).items()})


def number(year: int, month: int, day: int, rest: int, head: int, form: int) -> str:
    body = f"{head:06d}{year:04d}{month:02d}{day:02d}{rest:03d}"
    whole = body + check_character(body)
    return [whole, whole[:6] + whole[8:17], whole[:17], whole[:-1] + "x", whole[:17] + "5", whole + "1"][form]


CITIZEN = st.builds(
    number, st.integers(1800, 2030), st.integers(0, 13), st.integers(0, 32), st.integers(0, 999),
    st.sampled_from([310115, 810000, 920123, 991231, 110101, 0, 111111, 710000]), st.integers(0, 5),
)  # fmt: skip
DOCUMENT = st.one_of(
    CITIZEN,
    CITIZEN.map(lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
    st.text(st.sampled_from("0123456789XxOE-. *"), max_size=20),
    st.sampled_from(["1" * 18, "1" * 17 + "X", "0" * 15, "E12345678", "无", "4.1E+17", "H1234567890"]),
    ANY,
)


@MANY
@given(st.lists(st.tuples(DOCUMENT, DOCUMENT), min_size=1, max_size=40))
def test_documents(pairs: list[tuple[str, str]]) -> None:
    mother, father = [one for one, _ in pairs], [other for _, other in pairs]
    read = rows(table(mother_id=mother, father_id=father))
    for texts, codes, checked, male, resident in (
        (mother, read.columns.mother_id, read.mother_checked, read.mother_male, read.mother_resident),
        (father, read.columns.father_id, read.father_checked, read.father_male, read.father_resident),
    ):
        single = [parse_identity(text) for text in texts]
        known = [bool(document_number(one)) for one in single]
        assert read.columns.numbers.texts[codes].tolist() == [document_number(one) for one in single]
        assert checked.tolist() == [one.valid and held for one, held in zip(single, known, strict=True)]
        assert male.tolist() == [one.valid and one.sex == "1" for one in single]
        assert resident.tolist() == [bool(one.id15) for one in single]


@MANY
@given(
    st.lists(
        st.one_of(ANY, st.text(st.sampled_from("0123456789 +-86１８"), max_size=14), st.from_regex(r"1[0-9]{10}", fullmatch=True)),
        min_size=1, max_size=40,
    ),
    st.lists(st.one_of(ANY, st.from_regex(r"[A-Za-z0-9][0-9OIl]{5,12}", fullmatch=True)), min_size=1, max_size=40),
)  # fmt: skip
def test_phones_and_certificates(phones: list[str], certificates: list[str]) -> None:
    read = rows(table(phone=phones)).columns
    assert read.phones[read.phone].tolist() == [phone_number(text) for text in phones]
    read = rows(table(certificate=certificates)).columns
    assert read.certificates[read.certificate].tolist() == [certificate_number(text) for text in certificates]


@MANY
@given(st.lists(st.one_of(NAME, ANY), min_size=1, max_size=40))
def test_names(texts: list[str]) -> None:
    c = rows(table(mother_name=texts)).columns
    canonical = [names.canonical(text) for text in texts]
    assert c.names.texts[c.mother_name].tolist() == canonical
    assert c.names.latin[c.mother_name].tolist() == [bool(text) and names.is_latin(text) for text in canonical]
    sounds = [names.sounded(text) for text in canonical]
    assert c.names.sounds[c.names.sound[c.mother_name]].tolist() == sounds


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(NAME, NAME, LABEL, st.integers(0, 3)), min_size=1, max_size=40))
@example([("李梅", "", "理玫宝", 0), ("李梅", "", "张芳宝", 0), ("张三", "李梅", "理玫宝", 0), ("", "", "李梅之女", 0)])
def test_labels_of_unnamed_infants(drawn: list[tuple[str, str, str, int]]) -> None:
    mothers, fathers, babies = [], [], []
    for mother, father, label, head in drawn:
        mothers.append(mother)
        fathers.append(father)
        babies.append([label, mother + label, father[:1] + label, mother[:2] + label][head])
    c = rows(table(mother_name=mothers, father_name=fathers, baby_name=babies)).columns
    for at, (mother, father, baby) in enumerate(zip(mothers, fathers, babies, strict=True)):
        m, f, b = (names.canonical(text) for text in (mother, father, baby))
        suspect = names.may_be_unnamed(b)
        label = names.unnamed(b, m, f) if b and suspect else None
        note = names.noted(baby) or names.Unnamed()
        said = label or names.Unnamed()
        assert c.names.texts[c.baby_name[at : at + 1]][0] == ("" if label or b in (m, f) else b)
        own = m or (names.parent_within(b) if label else "")
        assert c.names.texts[c.mother_name[at : at + 1]][0] == own
        assert c.order[at] == (said.order or note.order or -1)
        assert bool(c.several[at]) == (said.twins or note.twins)
        assert c.sex[at] == int(said.sex or 0)
        assert bool(c.still[at]) == (suspect and names.says_stillborn(b))


def test_every_character_that_a_label_is_read_by_is_known_as_such() -> None:
    tree = ast.parse(Path(names.__file__).read_text(encoding="utf-8"))
    notes = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, HAS_NOTES)}
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    read_by = {character for text in texts if text not in notes for character in text if is_chinese(character)}
    # what says that there is no name at all is read before labels are
    assert read_by - names.SAID <= set("".join(names.NO_NAME))
    assert ideographs().said[ideographs().names.symbols["李"]] == PLAIN


WORD = st.text(st.sampled_from("0123"), min_size=1, max_size=15)


@MANY
@given(
    st.lists(st.tuples(WORD, st.one_of(WORD, st.just("123456789012345678"))), min_size=1, max_size=30),
    st.integers(1, 2),
)
@example([("01", "10"), ("0123", "0213"), ("123", "0123"), ("0", "123456789012345678")], 1)
def test_edits(pairs: list[tuple[str, str]], cutoff: int) -> None:
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    book = Packed.of(texts, DIGITS)
    left, right = (np.array([texts.index(pair[side]) for pair in pairs]) for side in (0, 1))
    found = distances(left, right, book, cutoff)
    assert found.tolist() == [OSA.distance(a, b, score_cutoff=cutoff) for a, b in pairs]


@MANY
@given(st.lists(ANY, unique=True, max_size=20))
def test_packed_texts_come_back(texts: list[str]) -> None:
    book = Packed.of(texts, WORDS)
    codes = np.arange(-1, len(texts))
    assert book[codes].tolist() == ["", *texts]
    kept = [at for at, text in enumerate(texts) if text]
    assert book.lengths(np.array(kept, np.int64)).tolist() == [len(texts[at]) for at in kept]


@MANY
@given(
    st.lists(st.one_of(ANY, st.text(st.sampled_from("ab\0é中"), max_size=20)), unique=True, max_size=40), st.booleans()
)
def test_records_are_ordered_as_texts_are(texts: list[str], apart: bool) -> None:
    if apart:
        texts = texts[::2] + sorted(texts[1::2])
    order = key_order(pa.array(texts, pa.string()))
    at = [row for run in order for row in range(run.start, run.stop)] if isinstance(order, list) else order.tolist()
    assert [texts[row] for row in at] == sorted(texts, key=lambda text: text.encode())
    many = [f"{text}{number:04d}" for number, text in enumerate(texts * 20)][::-1]
    order = key_order(pa.array(many, pa.string()))
    at = [row for run in order for row in range(run.start, run.stop)] if isinstance(order, list) else order.tolist()
    assert [many[row] for row in at] == sorted(many, key=lambda text: text.encode())


@MANY
@given(st.lists(st.sampled_from([0, 1, 2, 5, 1 << 61]), max_size=40))
def test_grouping(values: list[int]) -> None:
    key = np.array(values, np.int64)
    assert hubs(key).tolist() == [values.index(value) for value in values]
    assert distinct(key).tolist() == sorted(set(values))
    ordered, at = grouped(key, np.arange(len(key)))
    assert at.tolist() == sorted(range(len(values)), key=lambda row: (values[row], row))
    assert ordered.tolist() == sorted(values)


def test_record_keys_are_a_sequence() -> None:
    keys = Keys(["a", "b", "c"])
    assert list(keys) == ["a", "b", "c"] and keys[1] == "b" and list(keys[1:]) == ["b", "c"] and len(keys) == 3
    assert keys.places(["c", "x", "a"]) == {"a": 0, "c": 2} and keys.places([]) == {}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_deliveries_divided_together_and_one_by_one(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 1 << 20)))
    many = []
    for _ in range(12):
        count = int(rng.integers(2, 6))
        levels = rng.integers(0, 3, (count, count, len(HAND_SET.child))).astype(np.uint8)
        levels = np.minimum(levels, levels.transpose(1, 0, 2))
        levels[np.arange(count), np.arange(count)] = (levels.max(axis=0) > 0).astype(np.uint8)
        sources = sorted(rng.integers(0, 4, count).tolist())
        levels[:, :, -1] = np.equal.outer(sources, sources)
        apart = [(0, 1)] if rng.random() < 0.2 else []
        many.append(Delivery(levels, sources, int(rng.integers(0, 3)), (), apart))
    assert divide_all([*many, *many], HAND_SET) == [divide(one, HAND_SET) for one in many] * 2


def test_files_that_fall_between_one_another_are_not_sorted_again() -> None:
    files = ["registration", "hospital_delivery", "vaccination", "birth_certificate"]
    texts = [f"{file}|{number:03d}" for file in files for number in range(50)] + ["a|1", "m|1", "s|1"]
    order = key_order(pa.array(texts, pa.string()))
    assert isinstance(order, list)
    assert [texts[row] for run in order for row in range(run.start, run.stop)] == sorted(texts)
