"""`renjia leave` — as a resident or an employer runs it."""

import json

import pytest
from typer import Typer
from typer.testing import CliRunner

from renjia.front.commands.leave import leave

APP = Typer()
APP.command("leave")(leave)


def run(*words: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(APP, [*words])
    return found.exit_code, found.stdout, found.stderr


def test_json_has_the_six_columns() -> None:
    code, out, _ = run("--birth", "2021-05-31", "--place", "310115", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [(r["假别"], r["人"], r["起"], r["止"], r["天数"]) for r in rows[:3]] == [
        ("产假", "母亲", "2021-05-31", "2021-09-05", 98),
        ("生育假", "母亲", "2021-09-06", "2021-11-08", 60),
        ("配偶陪产假", "父亲", "2021-05-31", "2021-06-09", 10),
    ]
    assert all(r["条款"] for r in rows)


def test_a_table_for_people() -> None:
    code, out, _ = run("--birth", "2025-01-01", "--place", "310115", "--babies", "2", "--married", "2024-05-06")
    assert code == 0
    assert all(word in out for word in ("产假", "113", "增加的婚假", "每日 2 小时", "遇法定节假日顺延"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--birth", "2025-13-01", "--place", "310115"), "--birth 写的是「2025-13-01」"),
        (("--birth", "2025-01-01"), "没有写 --place"),
        (("--birth", "2025-01-01", "--place", "310115", "--assume", "all"), "--assume 只能写 unconfirmed"),
    ],
)
def test_a_wrong_question_is_refused_with_2(words: tuple[str, ...], said: str) -> None:
    code, out, err = run(*words, "--json")
    assert (code, out) == (2, "")
    assert said in err
