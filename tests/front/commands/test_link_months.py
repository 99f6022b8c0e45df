"""renjia link --store, --decisions, --engine — month by month, with people's answers, beyond memory: the same cases."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from birth_files import CERTIFICATE, DELIVERY, LIMEI_BORN, LIMEI_CERTIFIED, NAMELESS, NO_DATE, STILL, read, write
from renjia.front.commands.link import link
from renjia.front.reconciling import link_folder
from renjia.records.intake import Refusal


def groups(out: Path) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in read(out / "个案.csv"):
        if row["个案号"]:
            found.setdefault(row["个案号"], set()).add(row["记录号"])
    return {frozenset(one) for one in found.values()}


def numbers(out: Path) -> dict[str, str]:
    return {row["记录号"]: row["个案号"] for row in read(out / "个案.csv")}


@pytest.fixture
def months(tmp_path: Path) -> Path:
    write(tmp_path / "in/2025-03/住院分娩.csv", DELIVERY, LIMEI_BORN, STILL, NO_DATE)
    write(tmp_path / "in/2025-04/出生医学证明.csv", CERTIFICATE, LIMEI_CERTIFIED)
    write(
        tmp_path / "in/2025-05/住院分娩.csv",
        DELIVERY,
        LIMEI_BORN.replace("10:15", "10:25"),
        NAMELESS.replace(",H3", "H9,H3", 1),
    )
    return tmp_path


def by_month(root: Path) -> Path:
    for month in ("2025-03", "2025-04", "2025-05"):
        link_folder(root / "in" / month, root / "out", store=root / "store")
    return root / "out"


def test_month_by_month_is_the_whole_at_once(months: Path) -> None:
    link_folder(months / "in", months / "whole")
    out = by_month(months)
    whole = {one - {"H3"} for one in groups(months / "whole")} - {frozenset()}  # sent back: never came to the store
    assert groups(out) == whole
    assert [r["值"] for r in read(out / "差异.csv")] == [r["值"] for r in read(months / "whole/差异.csv")]


def test_numbers_last_and_changes_are_told(months: Path) -> None:
    first = link_folder(months / "in/2025-03", months / "out", store=months / "store")
    before = numbers(months / "out")
    assert first.changes == {"新建": 2}
    second = link_folder(months / "in/2025-04", months / "out", store=months / "store")
    assert second.changes == {"加入": 1} and second.notes[-1].startswith("本次新到 1 条，改报 0 条")
    assert read(months / "out/变动.csv") == [
        {
            "变动": "加入",
            "个案号": before["H1"],
            "记录": "出生医学证明|C1",
            "另一个案号": "",
            "说明": "加入 出生医学证明 C1",
        }
    ]
    after = numbers(months / "out")
    assert {key: after[key] for key in ("H1", "H2")} == {key: before[key] for key in ("H1", "H2")}
    assert after["C1"] == before["H1"]


def test_a_month_read_again_changes_nothing(months: Path) -> None:
    write(months / "in/2025-06/住院分娩.csv", DELIVERY, NAMELESS)
    link_folder(months / "in/2025-06", months / "out", store=months / "store")
    before = read(months / "out/个案.csv")
    again = link_folder(months / "in/2025-06", months / "out", store=months / "store")
    assert read(months / "out/个案.csv") == before and again.changes == {} and again.records == 1


def test_a_number_that_means_another_child_in_a_later_month(months: Path) -> None:
    write(months / "in/2025-06/住院分娩.csv", DELIVERY, NAMELESS.replace(",H3", "H1,H3", 1))
    for _ in range(2):
        link_folder(months / "in/2025-03", months / "out", store=months / "store")
        link_folder(months / "in/2025-06", months / "out", store=months / "store")
        assert {"H1", "H1:2"} <= set(numbers(months / "out")) and len(groups(months / "out")) == 3


def test_answers_are_taken_and_kept(tmp_path: Path) -> None:
    write(tmp_path / "in/住院分娩.csv", DELIVERY, LIMEI_BORN)
    write(tmp_path / "in/出生医学证明.csv", CERTIFICATE, LIMEI_CERTIFIED)
    link_folder(tmp_path / "in", tmp_path / "out", store=tmp_path / "store")
    assert groups(tmp_path / "out") == {frozenset(("H1", "C1"))}
    answer = "住院分娩|H1,出生医学证明|C1,同一分娩,否"
    write(tmp_path / "答复.csv", "甲,乙,问的是,决定", answer, "住院分娩|H1,出生医学证明|C1,同一孩子,")
    link_folder(tmp_path / "in", tmp_path / "out", store=tmp_path / "store", answers=tmp_path / "答复.csv")
    assert groups(tmp_path / "out") == {frozenset(("H1",)), frozenset(("C1",))}
    link_folder(tmp_path / "in", tmp_path / "out", store=tmp_path / "store")  # kept without being told again
    assert groups(tmp_path / "out") == {frozenset(("H1",)), frozenset(("C1",))}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("住院分娩|H1,出生医学证明|C1,同一孩子,也许", "写 是 或 否"),
        ("某处|H1,出生医学证明|C1,同一孩子,是", "照写出时的样子"),
        ("住院分娩|H1,出生医学证明|C1,同一个人,否", "照写出时的样子"),
    ],
)
def test_answers_that_cannot_be_read_are_refused(tmp_path: Path, line: str, told: str) -> None:
    write(tmp_path / "in/住院分娩.csv", DELIVERY, LIMEI_BORN)
    write(tmp_path / "答复.csv", "甲,乙,问的是,决定", line)
    with pytest.raises(Refusal, match=told):
        link_folder(tmp_path / "in", tmp_path / "out", answers=tmp_path / "答复.csv")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("store", [None, "store"])
def test_answers_that_contradict_one_another_are_refused(tmp_path: Path, store: str | None) -> None:
    write(tmp_path / "in/住院分娩.csv", DELIVERY, LIMEI_BORN)
    write(tmp_path / "in/出生医学证明.csv", CERTIFICATE, LIMEI_CERTIFIED)
    pair = "住院分娩|H1,出生医学证明|C1,同一孩子"
    write(tmp_path / "答复.csv", "甲,乙,问的是,决定", f"{pair},是", f"{pair},否")
    held = tmp_path / store if store else None
    with pytest.raises(Refusal, match="互相矛盾"):
        link_folder(tmp_path / "in", tmp_path / "out", answers=tmp_path / "答复.csv", store=held)
    assert not (tmp_path / "out").exists()


def test_beyond_memory_is_the_same(months: Path) -> None:
    link_folder(months / "in", months / "memory")
    link_folder(months / "in", months / "duckdb", engine="duckdb")
    for name in ("个案.csv", "差异.csv", "待复核.csv"):
        assert (months / "memory" / name).read_bytes() == (months / "duckdb" / name).read_bytes()
    assert [one.name for one in (months / "duckdb").iterdir() if one.suffix != ".csv"] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--engine", "hadoop"), "可用：memory、duckdb、spark"),
        (("--store", "store", "--learn"), "先用 --learn 得到"),
        (("--store", "in/2025-03"), "请换一个空文件夹"),
    ],
)
def test_options_that_do_not_hold_together(
    months: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(months)
    app = typer.Typer()
    app.command()(link)
    result = CliRunner().invoke(app, ["in", "--out", "out", *options])
    assert result.exit_code == 2 and told in result.output and not Path("out").exists()


@pytest.mark.spark
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore::FutureWarning:pyspark")
def test_on_spark_is_the_same(months: Path) -> None:
    link_folder(months / "in", months / "memory")
    link_folder(months / "in", months / "spark", engine="spark")
    for name in ("个案.csv", "差异.csv", "待复核.csv"):
        assert (months / "memory" / name).read_bytes() == (months / "spark" / name).read_bytes()
