"""命令行说中文 — no English but names, and every refusal says what and what to do."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer import rich_utils
from typer.testing import CliRunner

from renjia.front.commands import PURE, STORED, listed, made

ALL = PURE + STORED
ENGLISH = re.compile(r"[A-Za-z]+")
NAMES = re.compile(
    r"--[a-z][a-z-]*"  # options
    r"|<[^>]*>|默认 [^]]*|其中之一：[^。]*"  # values that are typed as they stand
    r"|[\w./-]*\w/\w[\w./]*|\w*\.[a-z]+|\b[a-z0-9]+[_-][a-z0-9_-]*[a-z0-9]\b"  # files, and names such as childcare_subsidy, pudong-2024
)
WORDS = {  # formats, keys and values that are written this way
    "renjia", "CSV", "Parquet", "YAML", "JSON", "Excel", "Ctrl", "C", "CCS", "policy", "Q", "floor", "unconfirmed",
    "memory", "duckdb", "spark", "auditor",
}  # fmt: skip


def english(text: str) -> set[str]:
    """The words of a page that a reader of Chinese would have to look up."""
    return set(ENGLISH.findall(NAMES.sub(" ", text))) - WORDS - set(ALL)


def said(*words: str, names: tuple[str, ...] = ALL) -> tuple[int, str, str]:
    found = CliRunner(env={"COLUMNS": "240"}).invoke(made(names), list(words), prog_name="renjia")
    return found.exit_code, found.stdout, found.stderr


@pytest.mark.parametrize("name", ["", *ALL])
def test_help_is_chinese(name: str) -> None:
    code, out, err = said(*([name] if name else []), "--help")
    assert (code, err) == (0, "")
    assert "用法：renjia" in out
    assert "显示这页说明。" in out
    assert english(out) == set()


def test_the_list_of_commands_is_read_without_loading_them() -> None:
    runner = CliRunner(env={"COLUMNS": "240"})
    assert runner.invoke(listed(), ["--help"], prog_name="renjia").stdout == said("--help")[1]
    code = "import sys; from renjia.front.commands import listed; listed(); print('renjia.engine' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("judge", "缺少参数 项目：编号、中文名或 policy 编号，例如 childcare_subsidy、育儿补贴、CCS。请写在命令后面。"),
        ("project a.yaml", "缺少选项 --out：写到哪个文件夹（须为空或不存在）。请加上 --out <文件夹>。"),
        ("judge CCS x --on", "选项 --on 后面没有写值。请写成 --on <文字>。"),
        ("synth --births abc", "选项 --births 的值不对：「abc」。请写整数，不小于 1。"),
        ("synth --months 121", "选项 --months 的值不对：「121」。请写整数，1 到 120。"),
        ("serve --port x", "选项 --port 的值不对：「x」。请写整数。"),
        ("cycle 2026-09 --on 2026-02-30", "选项 --on 的值不对：「2026-02-30」。请写真有的日期，例如 2025-04-01。"),
        ("account a --name 甲 --role x", "选项 --role 的值不对：「x」。请写其中之一："),
        ("synth --tables=3", "选项 --tables 不带值。请去掉等号和后面的字。"),
        ("leave --brith 2025-01-01", "没有选项 --brith。是不是 --birth？"),
        ("leave --zzzzzz 1", "没有选项 --zzzzzz。加 --help 看有哪些。"),
        ("-x", "没有选项 -x。加 --help 看有哪些。"),
        ("synth a b", "多写了：a、b。请去掉；有空格的名字请用引号括起来。"),
        ("lnik", "没有命令 lnik。是不是 link？"),
        ("zzzzzz", "没有命令 zzzzzz。加 --help 看有哪些。"),
    ],
)
def test_a_refusal_says_what_and_what_to_do(words: str, told: str) -> None:
    code, out, err = said(*words.split())
    assert (code, out) == (2, "")
    assert told in err
    assert "用法详见 renjia" in err
    assert english(err) <= {"x", "a", "abc", "brith", "lnik", "zzzzzz", "b"}


def test_a_path_of_the_wrong_kind(tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.write_text("")
    assert f"选项 --out 的值不对：「{held}」是一个文件。请写一个文件夹。" in said("synth", "--out", str(held))[2]
    assert (
        f"选项 --model 的值不对：「{tmp_path}」是一个文件夹。请写一个文件。"
        in said("link", "x", "--out", "y", "--model", str(tmp_path))[2]
    )


def test_what_was_typed_is_said_back_short_and_plain() -> None:
    err = said("synth", "--births", "\x1b[31m" + "9" * 200 + "x")[2]
    assert "\x1b" not in err
    assert "9" * 100 in err
    assert "9" * 130 not in err


def test_no_command_and_nothing_at_all_show_the_help() -> None:
    assert "命令 [参数]" in said()[2] + said()[1]
    assert "命令 [参数]" in said("--")[2] + said("--")[1]


def test_the_check_sees_english(monkeypatch: pytest.MonkeyPatch) -> None:
    app = made(("leave",))
    monkeypatch.setattr(rich_utils, "OPTIONS_PANEL_TITLE", "Options")
    assert english(CliRunner().invoke(app, ["leave", "--help"], prog_name="renjia").stdout) == {"Options"}
