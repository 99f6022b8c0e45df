"""Which feed a table is, which column is which field, which columns are forbidden."""

import pytest

from renjia.records.intake import Choice, Refusal, check, lay_out, load_feeds, read_file, recognise

FEEDS = load_feeds()
HEADERS = {
    "registration": "登记编号 女方姓名 女方证件号码 男方姓名 男方证件号码 子女出生日期 子女性别 孩次 同胎序号 "
    "现居住地代码 联系电话 分娩机构代码 登记日期",
    "hospital_delivery": "病案号 机构代码 产妇姓名 产妇证件号码 配偶姓名 新生儿姓名 分娩时间 新生儿性别 出生体重(g) "
    "胎儿序号 胎数 孩次 现住址代码 联系电话 上报日期",
    "vaccination": "个案编号 儿童姓名 性别 出生日期 母亲姓名 母亲证件号码 父亲姓名 出生医学证明编号 出生体重(g) "
    "出生机构代码 现住址代码 监护人电话 建卡日期",
    "birth_certificate": "签发流水号 出生医学证明编号 新生儿姓名 性别 出生时间 出生体重(g) 签发机构代码 母亲姓名 "
    "母亲证件号码 父亲姓名 父亲证件号码 住址代码 签发日期",
    "hukou_birth": "登记序号 姓名 性别 出生日期 出生证编号 母亲姓名 母亲公民身份号码 父亲姓名 父亲公民身份号码 "
    "户籍地代码 入户日期",
}


def table(build, columns: str, **values: str) -> bytes:
    names = columns.split()
    cells = [
        values.get(name, "2025-03-01" if "日期" in name or "时间" in name else "李梅" if "姓名" in name else "1")
        for name in names
    ]
    return build.xlsx([names, cells])


@pytest.mark.parametrize("feed", HEADERS)
def test_by_columns_alone(build, feed: str) -> None:
    reading = read_file(table(build, HEADERS[feed]), "数据.xlsx")
    assert recognise(reading, FEEDS.values()).id == feed
    layout = lay_out(reading, FEEDS[feed])
    assert layout.unknown == []
    assert len({use.column.field for use in layout.uses}) == len(reading.columns)


def test_feeds_in_their_fixed_order() -> None:
    assert list(FEEDS) == list(HEADERS)


def test_the_canonical_names_are_headers_too(build) -> None:
    reading = read_file(
        table(build, "record_no mother_name mother_id born sex reported"), "birth_certificate 出生医学证明.xlsx"
    )
    feed = recognise(reading, FEEDS.values())
    assert (feed.id, lay_out(reading, feed).unknown) == ("birth_certificate", [])


def test_the_name_settles_a_tie(build) -> None:
    data = table(build, "编号 母亲姓名 出生日期 性别")
    with pytest.raises(Refusal, match="几个来源都像") as caught:
        recognise(read_file(data, "数据.xlsx"), FEEDS.values())
    assert {option.asks for option in caught.value.options} == {"feed"}
    assert recognise(read_file(data, "202503 预防接种.xlsx"), FEEDS.values()).id == "vaccination"
    assert recognise(read_file(data, "数据.xlsx", Choice(feed="hukou_birth")), FEEDS.values()).id == "hukou_birth"
    with pytest.raises(Refusal, match="没有来源「deaths」"):
        recognise(read_file(data, "数据.xlsx", Choice(feed="deaths")), FEEDS.values())


def test_a_name_against_the_columns_is_said_or_asked(build) -> None:
    reading = read_file(table(build, HEADERS["hospital_delivery"]), "预防接种.xlsx")
    assert recognise(reading, FEEDS.values()).id == "hospital_delivery"
    assert "文件名或标题说是预防接种，列名却是住院分娩" in str(reading.problems[0])
    with pytest.raises(Refusal, match="列名与文件名不合：出生医学证明、预防接种") as caught:
        recognise(read_file(table(build, HEADERS["birth_certificate"]), "预防接种.xlsx"), FEEDS.values())
    assert [option.value for option in caught.value.options] == ["birth_certificate", "vaccination"]


def test_what_is_no_birth_file_is_refused(build) -> None:
    with pytest.raises(Refusal, match="不像任何一个来源"):
        recognise(read_file(table(build, "姓名 性别 联系电话 地址"), "通讯录.xlsx"), FEEDS.values())


@pytest.mark.parametrize(
    "column",
    [
        "末次月经", "末次月经日期", "孕情", "本次孕情", "避孕措施", "避孕方法（现用）", "LMP", "预产期", "孕检日期",
        "上环日期", "流产次数", "人工终止妊娠", "胎儿性别", "末次 月经", "＊末次月经", "怀孕时间", "末次月经(LMP)",
    ],
)  # fmt: skip
def test_a_forbidden_column_refuses_the_file(build, column: str) -> None:
    rows = [[*build.HEADER, column], [*build.row(1), "x"]]
    reading = read_file(build.xlsx(rows), "住院分娩.xlsx")
    with pytest.raises(Refusal) as caught:
        recognise(reading, FEEDS.values())
    told = caught.value.problems[0]
    assert plain(told.column) == plain(column)
    assert (told.row, told.severity) == (1, "refuse_file")
    assert "个人信息保护法" in told.reason
    assert caught.value.options == ()
    for choice in (
        Choice(feed="hospital_delivery"),
        Choice(feed="hospital_delivery", mapping={reading.columns[-1]: ""}),
    ):
        with pytest.raises(Refusal, match="不许收的列"):
            recognise(read_file(build.xlsx(rows), "住院分娩.xlsx", choice), FEEDS.values())


def plain(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    "column", ["妊娠结局", "分娩方式", "出生体重(g)", "新生儿性别", "备注", "产次", "出生孕检机构名"]
)
def test_harmless_columns_are_not_forbidden(column: str) -> None:
    banned = [ban.word_in(column) for ban in FEEDS["hospital_delivery"].bans]
    assert banned == (["孕检"] if "孕检" in column else [""])


def test_the_certificates_own_field_is_left_aside(build) -> None:
    columns = HEADERS["birth_certificate"] + " 孕周 身长"
    reading = read_file(table(build, columns), "出生医学证明.xlsx")
    feed = recognise(reading, FEEDS.values())
    layout = lay_out(reading, feed)
    assert (layout.unused, layout.unknown) == (["孕周", "身长"], [])


def test_the_guard_is_that_of_the_feed_the_file_is_taken_as(build) -> None:
    """Column names several sources share: the file's name settles which page judges 出生孕周."""
    columns = "流水号 新生儿姓名 性别 出生日期 出生孕周 母亲姓名 母亲身份证件号 父亲姓名 父亲身份证件号"
    data = table(build, columns)
    reading = read_file(data, "出生医学证明.xlsx")
    assert recognise(reading, FEEDS.values()).id == "birth_certificate"
    for name in ("住院分娩.xlsx", "数据.xlsx"):
        with pytest.raises(Refusal, match="不许收的列"):
            recognise(read_file(data, name), FEEDS.values())


def test_unknown_columns_wait_for_a_person(build) -> None:
    rows = [[*build.HEADER, "家长", "颜色"], [*build.row(1), "王强", "红"]]
    data = build.xlsx(rows)
    reading = read_file(data, "住院分娩.xlsx")
    checked = check(reading, recognise(reading, FEEDS.values()))
    assert checked.unknown_columns == ["家长", "颜色"]
    assert checked.accepted[0].values["father_name"] == ""
    assert any("没认出的列：家长、颜色" in note for note in checked.notes)
    reading = read_file(data, "住院分娩.xlsx", Choice(mapping={"家长": "father_name", "颜色": ""}))
    checked = check(reading, recognise(reading, FEEDS.values()))
    assert (checked.unknown_columns, checked.accepted[0].values["father_name"]) == ([], "王强")
    assert ("家长", "father_name") in checked.columns
    assert ("颜色", None) in checked.columns


def test_a_mapping_must_make_sense(build) -> None:
    data = build.xlsx([build.HEADER, build.row(1)])
    for mapping, says in (({"没有": "sex"}, "不在文件里"), ({"产妇姓名": "colour"}, "没有标准字段「colour」")):
        reading = read_file(data, "住院分娩.xlsx", Choice(mapping=mapping))
        with pytest.raises(Refusal, match=says):
            check(reading, FEEDS["hospital_delivery"])


def test_a_persons_word_overrides_the_page(build) -> None:
    reading = read_file(
        build.xlsx([build.HEADER, build.row(1)]),
        "住院分娩.xlsx",
        Choice(mapping={"产妇姓名": "baby_name", "新生儿姓名": "mother_name"}),
    )
    values = check(reading, FEEDS["hospital_delivery"]).accepted[0].values
    assert (values["baby_name"], values["mother_name"]) == ("李梅", "李梅之子")


def test_two_columns_of_one_name_must_be_told_apart(build) -> None:
    rows = [["病案号", "姓名", "身份证号", "分娩时间", "姓名"], ["H1", "李梅", build.identity(), "2025-03-01", "王一"]]
    reading = read_file(build.xlsx(rows), "住院分娩.xlsx")
    with pytest.raises(Refusal, match="有 2 列都叫「姓名」") as caught:
        check(reading, FEEDS["hospital_delivery"])
    assert [option.value for option in caught.value.options] == ["姓名", "姓名#2"]
    mapping = {"姓名": "mother_name", "姓名#2": "baby_name"}
    values = (
        check(read_file(build.xlsx(rows), "住院分娩.xlsx", Choice(mapping=mapping)), FEEDS["hospital_delivery"])
        .accepted[0]
        .values
    )
    assert (values["mother_name"], values["baby_name"]) == ("李梅", "王一")


def test_two_spellings_of_one_column(build) -> None:
    rows = [["病案号", "产妇姓名", "母亲姓名", "分娩时间"], ["H1", "李梅", "王芳", "2025-03-01"]]
    reading = read_file(build.xlsx(rows), "住院分娩.xlsx")
    checked = check(reading, FEEDS["hospital_delivery"])
    assert checked.accepted[0].values["mother_name"] == "李梅"
    assert checked.unknown_columns == ["母亲姓名"]
    assert any("「母亲姓名」与「产妇姓名」都像母亲姓名" in note for note in checked.notes)
