"""The shipped feed pages, and what a wrong one is told."""

import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from renjia.engine.pages import DEFINITIONS, PageError
from renjia.records.intake import FIELDS, load_feeds
from renjia.records.intake.headers import header_and_unit, plain_header


def test_due_days() -> None:
    due = {feed.id: feed.due_days(dt.date(2025, 3, 1)) for feed in load_feeds().values()}
    assert due == {
        "registration": None,
        "hospital_delivery": 3,
        "vaccination": 30,
        "birth_certificate": 30,
        "hukou_birth": 30,
    }
    assert not any(feed.page.standards["due_days"].confirmed for feed in load_feeds().values())


def test_every_feed_knows_what_linkage_needs() -> None:
    for feed in load_feeds().values():
        fields = {column.field for column in feed.columns}
        assert {
            "record_no",
            "born",
            "sex",
            "mother_name",
            "mother_id",
            "father_name",
            "baby_name",
            "reported",
        } <= fields
        assert fields <= FIELDS.keys()
        assert feed.senders
        assert feed.bans


def test_a_word_belongs_to_one_column_and_is_not_forbidden() -> None:
    for feed in load_feeds().values():
        words = [word for column in feed.columns for word in column.known_as]
        assert len(words) == len(set(words))
        for word in words:
            assert not any(ban.word_in(word) for ban in feed.bans), word
        aside = [word for word in feed.ignored if any(ban.word_in(word) for ban in feed.bans)]
        # ADR 0004: the weeks of a birth that has happened, known and unused, on these two papers only
        assert not aside or feed.id in ("birth_certificate", "hospital_delivery")
        assert all("孕周" in word for word in aside)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("field: sex,", "field: gender,", "没有标准字段「gender」"),
        ("病案号: {field: record_no,", "病案号: {field: record_no, type: date,", "不能按「date」读"),
        (
            "产妇姓名: {field: mother_name, also: [",
            "产妇姓名: {field: mother_name, also: [配偶姓名, ",
            "既是「产妇姓名」又是「配偶姓名」",
        ),
        ("ignored: [\n  序号,", "ignored: [\n  序号, 病案号,", "既要用又不用"),
        ("病案号: {field: record_no", "病案号: {field: certificate", "缺记录号"),
        ("order: 2", "order: two", "写成整数"),
    ],
)
def test_a_wrong_feed_page_is_told_where(tmp_path: Path, old: str, new: str, says: str) -> None:
    shutil.copytree(DEFINITIONS / "refusals", tmp_path / "refusals")
    (tmp_path / "feeds").mkdir()
    text = (DEFINITIONS / "feeds" / "hospital_delivery.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "feeds" / "hospital_delivery.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PageError) as caught:
        load_feeds(root=tmp_path)
    assert says in str(caught.value)
    assert caught.value.line > 1


@pytest.mark.parametrize(
    ("feed", "field", "headers"),
    [
        ("registration", "record_no", "生育登记号 登记流水号 登记序号 生育服务证号"),
        ("registration", "mother_id", "女方身份证件号 妻身份证号 女方居民身份证号"),
        ("registration", "phone", "女方手机 联系人手机号 联系手机"),
        ("hospital_delivery", "record_no", "分娩记录号 住院登记号 产妇住院号 就诊号"),
        ("hospital_delivery", "plurality", "单胎/双胎 新生儿个数 多胎数"),
        ("hospital_delivery", "order", "胎儿顺序 多胎次序"),
        ("hospital_delivery", "weight", "体重g 出生体重（kg） 新生儿出生体重(千克)"),
        ("hospital_delivery", "outcome", "活产/死胎 分娩结果 活产标志"),
        ("vaccination", "record_no", "接种档案编号 免疫卡号 受种者编码 儿童ID"),
        ("vaccination", "phone", "家长手机 联系手机 监护人手机号"),
        ("vaccination", "certificate", "出生医学证明号码 出生证明号码"),
        ("birth_certificate", "record_no", "申领编号 签发序号 存根编号"),
        ("birth_certificate", "institution", "签证机构代码 医疗机构代码"),
        ("birth_certificate", "reported", "签证日期 出证日期 证件签发日期"),
        ("hukou_birth", "record_no", "户籍登记编号 入户登记编号 户口登记编号"),
        ("hukou_birth", "mother_id", "母亲身份号码 母亲身份证件号"),
    ],
)
def test_other_offices_words_for_the_same_column(feed: str, field: str, headers: str) -> None:
    found = {header: load_feeds()[feed].column_of(header) for header in headers.split()}
    assert {header: column and column.field for header, column in found.items()} == dict.fromkeys(found, field)


def test_column_names_are_compared_plainly() -> None:
    assert plain_header(" ＊出生体重 （ｇ）：") == "出生体重(g)"
    assert header_and_unit("出生体重(g)") == ("出生体重", "g")
    assert header_and_unit("新生儿体重kg") == ("新生儿体重", "kg")
    assert header_and_unit("产妇姓名【必填】") == ("产妇姓名", "必填")
    assert header_and_unit("现住址(居村)代码") == ("现住址(居村)代码", "")


def test_the_pure_half_needs_no_django() -> None:
    code = "import sys; sys.modules['django'] = None; import renjia.records.intake as intake; intake.load_feeds()"
    subprocess.run([sys.executable, "-c", code], check=True)
