"""Large tables: same seed same bytes, whatever the processes; truth agrees; nobody is in two districts."""

import re
from itertools import combinations

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from renjia.engine.synthetic import tables, write_tables
from renjia.engine.synthetic.numbers import NumberRange
from renjia.engine.synthetic.tables import TABLE_SOURCES, TRUTH

BIRTHS = 6000
COLUMNS = {
    "registration": "mother_name mother_id father_name father_id sex born order parity phone address institution",
    "hospital_delivery": "mother_name mother_id father_name baby_name sex born time weight order plurality parity phone"
    " address institution",
    "vaccination": "mother_name mother_id father_name baby_name sex born weight phone address institution certificate",
    "birth_certificate": "mother_name mother_id father_name father_id baby_name sex born time weight address institution"
    " certificate",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("tables")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "BIRTHS_A_DISTRICT", 2000)
        write_tables(out, BIRTHS, seed=5, processes=1)
    return out


@pytest.fixture(scope="module")
def held(folder):
    return {name: pq.read_table(folder / f"{name}.parquet") for name in (*TABLE_SOURCES, TRUTH)}


def test_same_seed_same_bytes_whatever_the_processes(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "BIRTHS_A_DISTRICT", 30)
    for name, seed, processes in (("a", 3, 1), ("b", 3, 2), ("c", 4, 1)):
        write_tables(tmp_path / name, 60, seed=seed, processes=processes)
    read = {name: [path.read_bytes() for path in sorted((tmp_path / name).iterdir())] for name in "abc"}
    assert read["a"] == read["b"]
    assert all(one != other for one, other in zip(read["a"], read["c"], strict=True))


def test_every_column_a_source_has_is_there_as_text(held):
    for source, columns in COLUMNS.items():
        assert set(held[source].column_names) == {"record", "reported", *columns.split()}
        for name in held[source].column_names:
            assert str(held[source].schema.field(name).type) == "string"
            assert held[source][name].null_count < held[source].num_rows * 0.7
            assert not pc.any(pc.equal(held[source][name], "")).as_py()


@pytest.mark.parametrize(
    ("name", "form"),
    [("born", r"20\d\d-\d\d-\d\d"), ("reported", r"202[45]-\d\d-\d\d"), ("time", r"[0-2]\d:[0-5]\d"), ("weight", r"\d{3,4}"),
     ("order", r"[123]"), ("record", r"[RHVC]\d{9}")],
)  # fmt: skip
def test_cells_have_one_form(held, name, form):
    for source in TABLE_SOURCES:
        if name in held[source].column_names:
            values = held[source][name].drop_null().to_pylist()
            assert values and all(re.fullmatch(form, value) for value in values)


def test_sexes_are_written_as_the_sources_write_them(held):
    for source, signs in zip(TABLE_SOURCES, ({"男", "女"}, {"1", "2"}, {"男", "女"}, {"1", "2"}), strict=True):
        assert set(held[source]["sex"].drop_null().to_pylist()) == signs


def test_truth_names_every_record_once_and_nothing_else(held):
    truth = held[TRUTH]
    told = list(zip(truth["source"].to_pylist(), truth["record"].to_pylist(), strict=True))
    assert len(told) == len(set(told))
    assert set(told) == {(source, record) for source in TABLE_SOURCES for record in held[source]["record"].to_pylist()}


def test_truth_is_consistent(held):
    rows = held[TRUTH].to_pylist()
    delivery = {row["child"]: row["delivery"] for row in rows}
    assert all(row["delivery"] == delivery[row["child"]] for row in rows)
    assert 0.94 * BIRTHS < len(delivery) < 1.03 * BIRTHS
    assert 0.92 < len(rows) / 4 / BIRTHS < 0.99  # each source has nearly every child
    several = len(delivery) - len(set(delivery.values()))
    assert 0.008 < several / BIRTHS < 0.03


def test_records_of_a_child_look_alike(held):
    """The truth is the truth: the records of one child mostly carry its mother's number, others' never."""
    number = {}
    for source in ("registration", "birth_certificate"):
        number |= {
            (source, record): value
            for record, value in zip(
                held[source]["record"].to_pylist(), held[source]["mother_id"].to_pylist(), strict=True
            )
        }
    by_child = {}
    for row in held[TRUTH].to_pylist():
        if row["source"] in ("registration", "birth_certificate"):
            by_child.setdefault(row["child"], {})[row["source"]] = number[row["source"], row["record"]]
    both = [each for each in by_child.values() if len(each) == 2]
    assert sum(each["registration"] == each["birth_certificate"] for each in both) / len(both) > 0.9


def test_districts_share_no_people(held):
    """Numbers of ten digits and more, record and certificate numbers belong to one district."""
    truth = held[TRUTH]
    assert {child[:3] for child in truth["child"].to_pylist()} == {"000", "001", "002"}
    for name in ("mother_id", "certificate"):
        seen = {}
        table = held["birth_certificate"]
        for record, value in zip(table["record"].to_pylist(), table[name].to_pylist(), strict=True):
            if value and re.fullmatch(r"\d{17}[\dX]|T\d{9}", value) and len(set(value)) > 2:
                seen.setdefault(record[:4], set()).add(value)
        assert len(seen) == 3
        assert not any(one & other for one, other in combinations(seen.values(), 2))


@pytest.mark.parametrize("places", [(0, 1, 35, 36, 97, 193, 775)])
def test_number_ranges_do_not_meet(places):
    ranges = [NumberRange(place, NumberRange.MOST) for place in places]
    for one, other in combinations(ranges, 2):
        assert one.code != other.code
        assert not set(one.local) & set(other.local)
        assert not set(one.away) & set(other.away) or one.turn != other.turn
        first, second = sorted((one.certificates[0], other.certificates[0]))
        assert second - first >= 600_000 or first == 310_000_001
    assert ranges[0].code == "310115"


def test_nothing_half_written_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "BIRTHS_A_DISTRICT", 30)

    def stopped(what, done, whole):
        raise InterruptedError(what)

    with pytest.raises(InterruptedError):
        write_tables(tmp_path, 60, seed=3, processes=1, told=stopped)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("births", [0, -1, 10**8])
def test_what_cannot_be_made_is_refused_and_nothing_written(tmp_path, births):
    with pytest.raises(ValueError, match="请给 1 到 38800000 的整数"):
        write_tables(tmp_path / "out", births, seed=1)
    assert not (tmp_path / "out").exists()
