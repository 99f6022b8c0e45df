"""One page: head, body, and errors with file and line."""

from datetime import date
from pathlib import Path

import pytest

from renjia.engine.pages import Fields, Grammar, Many, Named, PageError, Words, load_pages, page, register

TRIAL = register(
    Grammar(
        kind="trial",
        folder="trials",
        required={"amount": Words(pattern=r"\d+", meaning="写成整数")},
        optional={
            "kind": Words(one_of=("a", "b")),
            "words": Many(Words()),
            "columns": Named(Fields(required={"field": Words()}, optional={"also": Many(Words())})),
        },
    )
)
HEAD = "trial: one\nname: 试页\ncites: {document: 某办法, number: 一号}\nsince: 2025-01-01\n"


def put(root: Path, text: str | bytes, name: str = "one.yaml") -> Path:
    path = root / "trials" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(root: Path, text: str | bytes, name: str = "one.yaml") -> PageError:
    put(root, text, name)
    with pytest.raises(PageError) as caught:
        load_pages("trial", root)
    return caught.value


def test_every_scalar_is_text(tmp_path: Path) -> None:
    put(tmp_path, HEAD + "amount: 012\nwords: [NO, 1e3, true, null, 2025-01-01, ~, 0x1F, 3.10]\n")
    found = load_pages("trial", tmp_path)[0]
    assert found.body == {"amount": "012", "words": ["NO", "1e3", "true", "null", "2025-01-01", "~", "0x1F", "3.10"]}
    assert (found.id, found.name, found.since, found.until) == ("one", "试页", date(2025, 1, 1), None)
    assert found.cites == ({"document": "某办法", "number": "一号"},)


def test_folded_text_is_one_line(tmp_path: Path) -> None:
    put(tmp_path, HEAD + "amount: 1\nwords:\n  - >-\n    一行\n    二行\n")
    assert load_pages("trial", tmp_path)[0].body["words"] == ["一行 二行"]


def test_lines_of_keys_and_of_what_is_not_written(tmp_path: Path) -> None:
    put(tmp_path, HEAD + "amount: 1\ncolumns:\n  甲:\n    field: x\n    also: [乙,\n      丙]\n")
    found = load_pages("trial", tmp_path)[0]
    assert found.line_of("amount") == 5
    assert found.line_of("columns", "甲", "also", 1) == 10
    assert found.line_of("columns", "甲", "无", "无") == 7
    assert str(found.error(("amount",), "不对", "改")).endswith("trials/one.yaml 第 5 行：不对；改。")


def test_standards_by_date(tmp_path: Path) -> None:
    text = HEAD + (
        "amount: 1\nstandards:\n"
        "  due: {2026-01-01: 40, 2025-01-01: 30, confirmed: true, source: 二（二）, checked: 2026-11-01, unit: 天}\n"
        "  open: {2025-01-01: none}\n"
    )
    put(tmp_path, text)
    due, unset = load_pages("trial", tmp_path)[0].standards.values()
    assert [due.on(date(2024, 12, 31)), due.on(date(2025, 1, 1)), due.on(date(2026, 1, 1))] == [None, "30", "40"]
    assert (due.confirmed, due.source, due.checked, due.unit) == (True, "二（二）", date(2026, 11, 1), "天")
    assert unset.confirmed is False


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (HEAD + "amount: 1\ncolour: red\n", 6, "不认识的键「colour」"),
        (HEAD + "amount: 1\namount: 2\n", 6, "写了两次"),
        (HEAD + "amount: many\n", 5, "写成整数"),
        (HEAD + "amount:\n", 5, "没有写值"),
        (HEAD + "amount: [1]\n", 5, "应是一段文字"),
        (HEAD + "amount: 1\nkind: c\n", 6, "可选：a、b"),
        (HEAD + "amount: 1\nwords: x\n", 6, "应是一列"),
        (HEAD + "amount: 1\ncolumns:\n  甲: {also: [x]}\n", 7, "缺「field」"),
        (HEAD + "amount: 1\ncolumns:\n  甲: {field: a, typo: b}\n", 7, "不认识的键「typo」"),
        (HEAD, 1, "缺「amount」"),
        (HEAD.replace("2025-01-01", "2025-02-30") + "amount: 1\n", 4, "不是日期"),
        (HEAD.replace("2025-01-01", "20250101") + "amount: 1\n", 4, "不是日期"),
        (HEAD + "until: 2024-01-01\namount: 1\n", 5, "早于"),
        (HEAD.replace("name: 试页\n", "") + "amount: 1\n", 1, "缺 name"),
        (HEAD.replace("since: 2025-01-01\n", "") + "amount: 1\n", 1, "缺 since"),
        (HEAD.replace("cites: {document: 某办法, number: 一号}\n", "") + "amount: 1\n", 1, "缺 cites"),
        (HEAD.replace("number: 一号", "page: 3") + "amount: 1\n", 3, "不认识「page」"),
        (HEAD.replace("document: 某办法, ", "") + "amount: 1\n", 3, "没有写文件名"),
        (HEAD + "amount: 1\nstandards:\n  due: 30\n", 7, "没有写起始日期"),
        (HEAD + "amount: 1\nstandards:\n  due: {confirmed: true}\n", 7, "没有任何起始日期"),
        (HEAD + "amount: 1\nstandards:\n  due: {2025-01-01: 3, confirmed: yes}\n", 7, "写 true 或 false"),
        (HEAD + "amount: 1\nstandards:\n  due: {2025-1-1: 3}\n", 7, "不是日期"),
        (HEAD + "amount: 1\ncases: one\n", 6, "应是一列"),
        (HEAD + "amount: &x 1\nkind: *x\n", 5, "锚点"),
        (HEAD + "amount: !!python/object:os.system 1\n", 5, "标签"),
        (HEAD + "amount: [1\n", 6, "不是正确的 YAML"),
        (HEAD + "\tamount: 1\n", 5, "不是正确的 YAML"),
        ("- a\n- b\n", 1, "整页应是"),
        ("", 0, "空的"),
        ("name: x\ntrail: one\n", 1, "不是「trial」"),
        (HEAD.replace("trial: one", "trial: One!") + "amount: 1\n", 1, "编号「One!」写法不对"),
        (HEAD.replace("trial: one", "trial: two") + "amount: 1\n", 1, "与文件名「one」不一致"),
        ((HEAD + "amount: 1\n").encode("gb18030"), 2, "不是 UTF-8"),
        (HEAD + "amount: 1\x07\n", 0, "YAML 不允许的字符"),
        (HEAD + "words: " + "[" * 40 + "]" * 40, 5, "层次太深"),
        (HEAD + "words: " + "[" * 500 + "]" * 500, 0, "层次太深"),
    ],
)  # fmt: skip
def test_a_wrong_page_is_named_by_file_and_line(tmp_path: Path, text: str | bytes, line: int, says: str) -> None:
    error = refused(tmp_path, text)
    assert says in str(error)
    assert error.line == line
    assert "trials/one.yaml" in str(error)
    assert error.remedy


def test_a_deep_page_never_exhausts_the_stack(tmp_path: Path) -> None:
    error = refused(tmp_path, HEAD + "words: " + "[" * 3_000)
    assert "层次太深" in str(error) or "不是正确的 YAML" in str(error)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    put(tmp_path, HEAD + "amount: 1\n")
    assert page("trial", "one", root=tmp_path).body["amount"] == "1"
    put(tmp_path, HEAD + "amount: 22\n")
    assert page("trial", "one", root=tmp_path).body["amount"] == "22"


def test_a_kind_is_registered_once() -> None:
    assert register(TRIAL) is TRIAL
    with pytest.raises(ValueError, match="另一种文法"):
        register(Grammar(kind="trial", folder="trials", required={}))
    with pytest.raises(ValueError, match="与页头重名"):
        register(Grammar(kind="other", folder="others", required={"name": Words()}))
    with pytest.raises(PageError, match="没有「nothing」这种页面"):
        load_pages("nothing")
