"""Whatever comes: rows, or a refusal that says why; never anything else, and no row is lost."""

import datetime as dt
import io
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renjia.engine.units import Month
from renjia.records.intake import Refusal, check, load_feeds, read_file, recognise, returned_file

FEEDS = load_feeds()
TOKENS = ["", '"', ",", "\n", "\t", "合计", "=1+1", "死胎", "2025-02-30", "3.1E+17", "\u202e", "１", "　", "李", "（", "#2", "9" * 18,
          "-1", "45700", "𬱖", "病案号", "产妇姓名", "分娩时间", "性别", "备注", "H1", "2025-03-01"]  # fmt: skip
soup = st.lists(st.lists(st.sampled_from(TOKENS), max_size=8), max_size=8)
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def take(data: bytes, name: str) -> None:
    try:
        reading = read_file(data, name)
        checked = check(reading, recognise(reading, FEEDS.values()), Month(2025, 3), on=dt.date(2025, 12, 31))
    except Refusal as refusal:
        assert all(problem.reason and problem.remedy for problem in refusal.problems)
        return
    assert checked.rows == len(reading.rows)
    numbers = [row.row_number for row in checked.accepted + checked.returned] + [
        one.row_number for one in checked.repeated
    ]
    assert sorted(numbers) == reading.rows.numbers()
    assert all(str(problem) and problem.remedy for problem in checked.problems)
    if checked.returned:
        assert len(read_file(returned_file(checked), "退回.xlsx").rows) <= len(checked.returned)


@SETTINGS
@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.xlsx", "a.txt", ""]))
def test_any_bytes(data: bytes, name: str) -> None:
    take(data, name)
    take(b"PK\x03\x04" + data, "a.xlsx")


@SETTINGS
@given(soup, st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_any_text_table(build, rows: list[list[str]], encoding: str) -> None:
    take(build.csv([*rows[:3], build.HEADER, build.row(1), *rows[3:]], encoding), "住院分娩.csv")


@settings(SETTINGS, max_examples=60)
@given(soup)
def test_any_sheet(build, rows: list[list[str]]) -> None:
    take(build.xlsx([*rows[:3], build.HEADER, build.row(1), *rows[3:]]), "住院分娩.xlsx")


@settings(SETTINGS, max_examples=60)
@given(st.data())
def test_any_part_of_a_workbook(build, data: st.DataObject) -> None:
    good = build.xlsx([build.HEADER, build.row(1)])
    part = data.draw(
        st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
    )
    spoiled = data.draw(st.binary(max_size=60))
    start, end = sorted((data.draw(st.integers(0, 3000)), data.draw(st.integers(0, 3000))))
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        content = archive.read(part)
    take(build.parts(good, {part: content[:start] + spoiled + content[end:]}), "住院分娩.xlsx")
