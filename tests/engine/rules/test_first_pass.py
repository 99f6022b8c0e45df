"""The quick first pass answers exactly as the whole query does, and cases share one set of tables without a trace."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from renjia.engine.rules import Tables, judge, judge_one, schemes
from renjia.engine.rules.compiling import compiled
from renjia.engine.rules.decisions import NOT
from renjia.engine.rules.facts import vocabulary
from renjia.engine.rules.places import place_of
from renjia.engine.rules.pricing import _distinct
from renjia.engine.synthetic.registry import make_registry

ON = date(2026, 3, 30)
PAGES = [one for one in schemes() if one.page.in_force(ON)]


@pytest.fixture(scope="module")
def registry():
    with Tables(make_registry(2_000), threads=1) as tables:
        yield tables


@pytest.mark.parametrize("assume", ["", "unconfirmed"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_who_is_answered_is_answered_the_same(registry, page, assume):
    found = judge(page, registry, ON, "310115", assume=assume)
    whole = found.rows.filter(pc.not_equal(found.rows["decision"], NOT))
    assert found.answers.sort_by("id").equals(whole.sort_by("id"))
    assert sum(found.counts().values()) == found.subjects == found.rows.num_rows


def test_rows_may_be_asked_for_after_the_tables_went_on_to_another_day(registry):
    first = judge("childcare_subsidy", registry, ON, "310115")
    again = judge("childcare_subsidy", registry, ON, "310115")
    judge("childcare_subsidy", registry, date(2025, 10, 15), "310115")
    assert first.rows.sort_by("id").equals(again.rows.sort_by("id"))


def test_a_refilled_set_knows_nothing_of_the_family_before():
    rows = make_registry(100)
    child = rows["person"].sort_by([("born", "descending")])["person"][0].as_py()
    with Tables({}, threads=1, optimised=False) as used, Tables(rows, threads=1, optimised=False) as fresh:
        used.refill(make_registry(100, seed=2))
        used.row("child", child, ON, ["born"])
        used.refill(rows)
        wanted = judge_one("childcare_subsidy", fresh, child, ON, "310115")
        assert judge_one("childcare_subsidy", used, child, ON, "310115") == wanted


def test_each_distinct_course_is_priced_once(registry):
    found = judge("childcare_subsidy", registry, ON, "310115", assume="unconfirmed")
    sifted = registry.sifted("child", found.query.sieve).settled
    _, kind = _distinct([sifted[name] for name in found.query.keys], sifted.num_rows)
    keys = [tuple(row.values()) for row in sifted.select(list(found.query.keys)).to_pylist()]
    assert len(set(kind)) == len(set(keys)) < len(keys)
    assert len(set(zip(kind, keys, strict=True))) == len(set(keys))


@pytest.mark.parametrize("texts", [1, 3000])
def test_distinct_keys_of_any_kind(texts):
    """Dates, texts, truths and NULLs; few of them and more than a table of cells would hold."""
    many = 3000
    columns = [
        pa.chunked_array(
            [[None if at % 7 == 0 else date(1950 + at % 80, 1 + at % 12, 1) for at in range(many)]], pa.date32()
        ),
        pa.chunked_array([[f"t{at % texts}" for at in range(many)]]),
        pa.chunked_array([[None if at % 5 == 0 else at % 2 == 0 for at in range(many)]], pa.bool_()),
        pa.chunked_array([[at * 1000 % 1_000_003 for at in range(many)]], pa.int64()),
    ]
    rows, kind = _distinct(columns, many)
    keys = list(zip(*(one.to_pylist() for one in columns), strict=True))
    assert len(rows) == len(set(keys))
    assert [keys[rows[at]] for at in kind] == keys


def test_a_fact_for_a_few_words_says_the_same_of_them(registry):
    facts = vocabulary()
    for page in PAGES:
        words = [word for word in page.words if word in compiled(page, place_of("310115"), ON, False).reads]
        named = ", ".join(f'"{name}" AS ({sql})' for name, sql in facts.narrowed(page.per, words))
        listed = ", ".join(f'"{one}"' for one in dict.fromkeys(("id", *words)))
        registry.ready(page.per, ON)
        narrow = registry.arrow(f'WITH {named} SELECT {listed} FROM "{page.per}" ORDER BY id')
        assert narrow.equals(registry.arrow(f'SELECT {listed} FROM packed."{page.per}" ORDER BY id')), page.id
    assert "wedlock" not in [name for name, _ in facts.narrowed("applicant", ["ever"])]
