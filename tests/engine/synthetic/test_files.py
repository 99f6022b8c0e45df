"""The files, read back as a stranger would: five layouts, the truth beside them, months that hold what was reported."""

import csv
import re
from collections import Counter, defaultdict

import pytest
from python_calamine import load_workbook

HEADERS = {
    "生育登记.xlsx": """
        登记编号 女方姓名 女方证件号码 男方姓名 男方证件号码 子女出生日期 子女性别 孩次 同胎序号 现居住地代码
        联系电话 分娩机构代码 登记日期
    """,
    "住院分娩.csv": """
        病案号 机构代码 产妇姓名 产妇证件号码 配偶姓名 新生儿姓名 分娩时间 新生儿性别 出生体重(g) 胎儿序号 胎数 孩次
        现住址代码 联系电话 上报日期
    """,
    "预防接种.xlsx": """
        个案编号 儿童姓名 性别 出生日期 母亲姓名 母亲证件号码 父亲姓名 出生医学证明编号 出生体重(g) 出生机构代码
        现住址代码 监护人电话 建卡日期
    """,
    "出生医学证明.csv": """
        签发流水号 出生医学证明编号 新生儿姓名 性别 出生时间 出生体重(g) 签发机构代码 母亲姓名 母亲证件号码 父亲姓名
        父亲证件号码 住址代码 签发日期
    """,
    "户籍出生.xlsx": """
        登记序号 姓名 性别 出生日期 出生证编号 母亲姓名 母亲公民身份号码 父亲姓名 父亲公民身份号码 户籍地代码
        入户日期
    """,
}
BORN = {
    "生育登记.xlsx": ("子女出生日期", r"\d{4}-\d\d-\d\d"),
    "住院分娩.csv": ("分娩时间", r"\d{4}/\d\d/\d\d \d\d:\d\d"),
    "预防接种.xlsx": ("出生日期", r"\d{8}"),
    "出生医学证明.csv": ("出生时间", r"\d{4}-\d\d-\d\d \d\d:\d\d:00"),
    "户籍出生.xlsx": ("出生日期", r"\d{4}年\d\d月\d\d日"),
}
REPORTED = {
    "生育登记.xlsx": r"\d{4}-\d\d-\d\d",
    "住院分娩.csv": r"\d{4}/\d\d/\d\d",
    "预防接种.xlsx": r"\d{8}",
    "出生医学证明.csv": r"\d{4}-\d\d-\d\d",
    "户籍出生.xlsx": r"\d{4}年\d\d月\d\d日",
}
SEX = {name: {"男", "女"} if name.endswith("xlsx") else {"1", "2"} for name in HEADERS}
SEX["住院分娩.csv"] = {"1", "2", ""}  # a stillborn child's sex is not always written
MONTHS = ("2025-01", "2025-02", "2025-03")


def grid(path):
    if path.suffix == ".xlsx":
        (sheet,) = load_workbook(str(path)).sheet_names
        assert sheet == path.stem
        return load_workbook(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    encoding = "gb18030" if path.stem == "住院分娩" else "utf-8-sig"
    return list(csv.reader(path.read_bytes().decode(encoding).splitlines()))


def rows_of(path):
    lines = grid(path)
    if path.stem == "预防接种":
        lines = lines[1:]
    if path.stem == "户籍出生":
        lines = lines[:-1]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.fixture(scope="module")
def sheets(folder):
    return {(month, name): rows_of(folder / month / name) for month in MONTHS for name in HEADERS}


def test_folder_holds_five_files_a_month_and_the_truth(folder):
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    months = {f"{month}/{name}" for month in MONTHS for name in HEADERS}
    assert found == months | {"truth.csv", "places.csv", "institutions.csv", "children.csv"}


@pytest.mark.parametrize("name", HEADERS)
def test_headers(folder, name):
    for month in MONTHS:
        lines = grid(folder / month / name)
        assert lines[1 if name == "预防接种.xlsx" else 0] == HEADERS[name].split()


def test_title_and_total(folder):
    for month in MONTHS:
        title = grid(folder / month / "预防接种.xlsx")[0]
        assert [title[0], *set(title[1:])] == [f"{month} 预防接种出生个案（上报表）", ""]
        lines = grid(folder / month / "户籍出生.xlsx")
        assert lines[-1][:3] == ["合计", len(lines) - 2, ""]


def test_encodings_and_line_ends(folder):
    month = folder / "2025-02"
    certificates, hospital = (month / "出生医学证明.csv").read_bytes(), (month / "住院分娩.csv").read_bytes()
    assert certificates.startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        hospital.decode()
    assert b"\r" not in certificates + hospital + (folder / "truth.csv").read_bytes()


@pytest.mark.parametrize("name", HEADERS)
def test_dates_and_sexes_are_written_as_the_department_writes_them(sheets, name):
    header, style = BORN[name]
    reported = HEADERS[name].split()[-1]
    sex = next(title for title in HEADERS[name].split() if "性别" in title)
    for month in MONTHS:
        for row in sheets[month, name]:
            assert re.fullmatch(style, row[header])
            assert re.fullmatch(REPORTED[name], row[reported])
            assert row[sex] in SEX[name]


@pytest.mark.parametrize("name", HEADERS)
def test_a_month_holds_what_was_reported_in_it_or_is_sent_again(sheets, name):
    key, reported = HEADERS[name].split()[0], HEADERS[name].split()[-1]
    before: set[str] = set()
    seen_again = 0
    for month in MONTHS:
        rows = sheets[month, name]
        again = [row for row in rows if row[key] in before]
        fresh = [row for row in rows if row[key] not in before]
        assert all(re.sub(r"\D", "", row[reported])[:6] == month.replace("-", "") for row in fresh)
        assert all(re.sub(r"\D", "", row[reported])[:6] < month.replace("-", "") for row in again)
        assert len({row[key] for row in rows}) == len(rows)
        seen_again += len(again)
        before = {row[key] for row in fresh}
    assert 0 < seen_again < 100


@pytest.mark.parametrize("name", HEADERS)
def test_nobody_is_born_after_the_report(sheets, name):
    header, reported = BORN[name][0], HEADERS[name].split()[-1]
    for month in MONTHS:
        for row in sheets[month, name]:
            assert re.sub(r"\D", "", row[header])[:8] <= re.sub(r"\D", "", row[reported])


def test_truth_names_every_record_once(folder, sheets):
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    assert list(truth[0]) == ["source", "record", "child", "delivery"]
    known = [(row["source"], row["record"]) for row in truth]
    seen = {
        (name.split(".")[0], row[HEADERS[name].split()[0]])
        for (_, name), rows in sheets.items()
        for row in rows
    }  # fmt: skip
    assert len(known) == len(set(known))
    assert set(known) == seen


def test_every_child_of_the_truth_has_its_true_values(folder):
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    with (folder / "children.csv").open(encoding="utf-8") as file:
        children = {row["child"]: row for row in csv.DictReader(file)}
    assert all(children[row["child"]]["delivery"] == row["delivery"] for row in truth)
    by_delivery = defaultdict(list)
    for child in children.values():
        by_delivery[child["delivery"]].append(child)
    for same in by_delivery.values():
        assert len({child["mother_id"] for child in same}) == 1
        assert len({child["order"] for child in same}) == len(same) <= int(same[0]["plurality"])
    assert all(child["street"] == child["neighbourhood"][:9] for child in children.values())


def test_unreadable_rows_are_few_and_there(sheets):
    floats = sum(isinstance(row["女方证件号码"], float) for month in MONTHS for row in sheets[month, "生育登记.xlsx"])
    texts = sum("E+" in row["母亲证件号码"] for month in MONTHS for row in sheets[month, "出生医学证明.csv"])
    no_day = Counter(row["出生时间"][8:10] for month in MONTHS for row in sheets[month, "出生医学证明.csv"])["00"]
    assert 1 <= floats + texts + no_day <= 15
