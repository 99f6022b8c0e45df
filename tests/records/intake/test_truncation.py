"""Half a file: at every length a clean refusal or whole rows, never an exception and never half a row."""

import pytest

from renjia.records.intake import Reading, Refusal, read_file


def whole_rows(data: bytes, name: str, whole: list[tuple[str, ...]]) -> int | None:
    """How many rows are read (each of them a row of the whole file), or None when refused."""
    try:
        reading: Reading = read_file(data, name)
    except Refusal as refusal:
        assert all(problem.reason and problem.remedy for problem in refusal.problems)
        return None
    rows = [cells for _, cells in reading.rows]
    if rows != whole[: len(rows)]:
        # with no other row to compare it by, a last row that may be cut is read, and said to be doubtful
        assert len(rows) == 1
        assert [problem.row for problem in reading.problems] == [2]
    return len(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_length_of_a_csv(build, encoding: str) -> None:
    rows = [build.row(number) for number in range(1, 16)]
    data = build.csv([build.HEADER, *rows], encoding)
    assert len(data) > 1_800
    whole = [tuple(one) for one in rows]
    step = 1 if encoding == "utf-8" else 3
    counts = [whole_rows(data[:length], "住院分娩.csv", whole) for length in range(0, len(data), step)]
    assert whole_rows(data, "住院分娩.csv", whole) == 15
    read = [count for count in counts if count]
    assert read == sorted(read)
    # a cut inside a row is told from the other rows, once there are some
    assert sum(count is None for count in counts) > 0.9 * len(counts)


def test_a_cut_last_cell_is_told_from_the_other_rows(build) -> None:
    data = build.csv([build.HEADER, *(build.row(number) for number in range(1, 5))], end="\n")
    for lost in range(2, 11):
        with pytest.raises(Refusal, match="第 5 行写到一半断开"):
            read_file(data[:-lost], "住院分娩.csv")
    assert len(read_file(data[:-1], "住院分娩.csv").rows) == 4


def test_a_last_line_that_may_be_cut_is_warned_of(build) -> None:
    rows = [build.row(1, 上报日期="2025/3/3"), build.row(2, 上报日期="2025/3/12")]
    reading = read_file(build.csv([build.HEADER, *rows], end="\n")[:-1], "住院分娩.csv")
    assert [problem.row for problem in reading.problems] == [3]
    assert "没有换行" in reading.problems[0].reason


def test_every_length_of_a_workbook(build) -> None:
    rows = [build.row(number) for number in range(1, 4)]
    data = build.xlsx([build.HEADER, *rows])
    whole = [tuple(one) for one in rows]
    counts = {whole_rows(data[:length], "住院分娩.xlsx", whole) for length in range(len(data))}
    assert counts <= {None, 3}
    assert whole_rows(data, "住院分娩.xlsx", whole) == 3


def test_every_flipped_byte_of_a_workbook(build) -> None:
    data = build.xlsx([build.HEADER, build.row(1)])
    for place in range(0, len(data), 7):
        spoiled = bytearray(data)
        spoiled[place] ^= 0x41
        try:
            read_file(bytes(spoiled), "住院分娩.xlsx")
        except Refusal as refusal:
            assert refusal.problems


def test_a_total_that_is_not_the_number_of_rows_is_said(build) -> None:
    rows = [build.HEADER, build.row(1), build.row(2), ["合计", "3"]]
    reading = read_file(build.csv(rows), "住院分娩.csv")
    assert (len(reading.rows), reading.total_rows) == (2, [4])
    assert "合计写 3，读到 2 行" in str(reading.problems[0])
    assert read_file(build.csv([*rows[:3], ["合计", "2"]]), "住院分娩.csv").problems == []
