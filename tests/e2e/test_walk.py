"""走一遍 — a month through the hands of district, street and neighbourhood, as they would do it, in a browser."""

import re
import zipfile
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Arrive
from e2e.house import House
from e2e.visiting import PHONE, Visitor, code_now

NEXT_STREET = "高桥镇"


def test_the_district_takes_in_a_month(arrive: Arrive, house: House) -> None:
    visitor, month = arrive("赵敏", signed_in=False), house.facts["months"][-1]
    page = _sign_in(visitor, house)
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    page.get_by_role("link", name="收件").first.click()
    page.get_by_role("link", name="上传文件").click()
    visitor.look("1-upload")
    sent = sorted(Path(house.facts["files"], month).iterdir())
    page.get_by_label("文件（可一次选几个）").set_input_files(sent)
    page.get_by_label("哪个月上报的").select_option(month)
    page.get_by_role("button", name="收下并检查").click()
    for path in sent:
        page.goto(f"{visitor.base}/intake/")
        page.get_by_role("link", name=path.name).first.click()
        if path.suffix == ".csv" and "住院分娩" in path.name:
            _mend(visitor)
        page.get_by_role("button", name=re.compile("入库")).click()
        expect(page.locator(".title-x .chip")).to_have_text("已入库")


def _mend(visitor: Visitor) -> None:
    """The bad rows say row, column, value, reason and remedy; they can be taken away to be mended."""
    page = visitor.page
    visitor.look("1-batch-to-mend")
    line = page.locator("#problems tbody tr").filter(has_text="分娩时间").first
    cells = [text.strip() for text in line.locator("td").all_inner_texts()]
    assert cells[0].isdigit() and cells[1] == "分娩时间" and "02/30" in cells[2] and all(cells[3:]), cells
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("下载退回的 3 行")).click()
    with zipfile.ZipFile(taken.value.path()) as book:
        assert any("sheet" in name for name in book.namelist())
    assert "先入库好的" in page.locator(".title-x .btn-go").inner_text()


def test_the_district_runs_the_month_and_watches(arrive: Arrive, house: House) -> None:
    visitor, month = arrive("赵敏"), house.facts["months"][-1]
    page = visitor.go(f"/intake/?month={month}")
    visitor.look("2-intake")
    page.get_by_role("button", name=f"处理 {month}").click()
    expect(page.get_by_role("heading", name=re.compile(month))).to_be_visible()
    visitor.look("2-run")
    expect(page.locator("#progress h2")).to_have_text("已完成", timeout=90_000)
    assert "下发核实" in page.locator("#progress").inner_text()
    visitor.look("2-run-done")


def test_the_district_reads_the_month(arrive: Arrive, house: House) -> None:
    visitor, month = arrive("赵敏"), house.facts["months"][-1]
    page = visitor.go("/")
    expect(page.locator(".chart svg")).to_be_visible()
    page.locator(".tiles a").filter(has_text="川沙").click()
    expect(page.get_by_role("heading", name=re.compile("完成率")).first).to_be_visible()
    page.locator("tr", has_text="川沙新镇").get_by_role("link").last.click()
    expect(page.get_by_role("heading", name="数的背后")).to_be_visible()
    assert page.locator("tbody tr").count()
    page.get_by_role("link", name="列出其中我能打开的个案").click()
    expect(page.get_by_role("heading", name="我能打开的个案")).to_be_visible()
    visitor.look("2-behind")  # elsewhere than in review the district sees numbers, and is told so
    page.goto(f"{visitor.base}/reports/")
    page.get_by_role("link", name=month, exact=True).click()
    for label, head in (("Excel", b"PK"), ("Word", b"PK"), ("PDF", b"%PDF")):
        with page.expect_download() as taken:
            page.get_by_role("link", name=label).first.click()
        assert taken.value.path().read_bytes().startswith(head), label
    assert visitor.paper("月报").startswith(b"%PDF")


def test_the_district_decides_a_review_and_closes_a_month(arrive: Arrive, house: House) -> None:
    visitor = arrive("赵敏")
    page = visitor.go("/births/reviews/")
    before = page.locator("tbody tr").count()
    assert before, "没有待复核的，布景里的疑似记录没有成为问题"
    page.get_by_role("link", name="复核", exact=True).first.click()
    expect(page.get_by_role("heading", name=re.compile("^是否"))).to_be_visible()
    visitor.look("3-review")
    page.get_by_label("依据（可不填）").fill("电话问过医院，母亲同名不同人")
    page.get_by_role("button", name=re.compile("不是同一个")).click()
    page.wait_for_load_state()
    visitor.go("/births/reviews/")
    assert page.locator("tbody tr").count() < before
    visitor.go(f"/reports/{house.facts['months'][0]}/")
    page.locator("summary", has_text="结账").click()
    page.get_by_role("button", name=re.compile("确定结账")).click()
    expect(page.locator(".title-x")).to_contain_text("由 赵敏 结账")


def test_the_district_draws_links_and_judges_one(arrive: Arrive, house: House) -> None:
    visitor = arrive("赵敏")
    page = visitor.go("/births/audits/")
    page.get_by_role("button", name="随机抽出").click()
    expect(page.get_by_role("heading", name="是不是同一次分娩？")).to_be_visible()
    visitor.look("3-audited")
    page.get_by_role("button", name=re.compile("合得对")).click()
    expect(page.locator(".crumb")).to_contain_text("第 2 对")
    visitor.go("/births/audits/")
    expect(page.locator("main")).to_contain_text("还不能判断")
    expect(page.get_by_role("link", name=re.compile("判断下一对"))).to_be_visible()
    visitor.look("3-audits")


def test_the_street_asks_why_two_cases_are_apart(arrive: Arrive, house: House) -> None:
    visitor = arrive("钱芳")
    page = visitor.go("/births/cases/")
    numbers = page.locator("tbody td:first-child a").all_inner_texts()
    page.get_by_role("link", name=numbers[0], exact=True).click()
    page.get_by_role("link", name="为什么没和别的个案合并？").first.click()
    visitor.look("4-apart-asked")
    page.get_by_label("个案号").fill(numbers[1])
    page.get_by_role("button", name="看为什么没合并").click()
    expect(page.locator("main")).to_contain_text("最不像的一项")
    visitor.look("4-apart")


def test_the_street_works_on_its_cases(arrive: Arrive, house: House) -> None:
    visitor = arrive("钱芳", signed_in=False)
    page = _sign_in(visitor, house)
    page.locator("#todo").get_by_role("link", name="核实").last.click()
    page.locator("tbody tr", has_text="待核实").get_by_role("link").first.click()
    heads = [head.split("\n")[0] for head in page.locator(".cmp thead th").all_inner_texts()]
    assert heads[2:] == ["生育登记", "住院分娩", "预防接种", "出生医学证明", "户籍"]
    _reveal(visitor)
    visitor.look("4-case")
    assert visitor.paper("个案").startswith(b"%PDF")
    no = page.url.rstrip("/").rsplit("/", 1)[1]
    page.get_by_text("转街镇或居村").click()
    page.get_by_label("转给").select_option(label=NEXT_STREET)
    page.get_by_role("button", name=re.compile("转出")).click()
    expect(page.get_by_role("alert")).to_contain_text("请写转出的缘由")
    page.get_by_text("转街镇或居村").click()
    page.get_by_label("转给").select_option(label=NEXT_STREET)
    page.locator("#why").fill("已搬到高桥镇，门牌待问")
    page.get_by_role("button", name=re.compile("转出")).click()
    expect(_beside(page)).to_contain_text(f"转给 {NEXT_STREET}")
    _accept_next_door(arrive, no)
    visitor.go(
        f"/births/cases/{no}/"
    )  # the child still lives here by the papers; what is asked is no longer asked here
    expect(_beside(page)).to_contain_text("已转到别的街镇")
    visitor.go("/births/verifications/")
    expect(page.get_by_role("link", name=no)).to_have_count(0)


def _beside(page: Page) -> Locator:
    """What stands beside the five sources: what is asked, and what has been done."""
    return page.get_by_role("complementary", name="核实")


def _reveal(visitor: Visitor) -> None:
    page = visitor.page
    shown = page.locator("#v-mother_name")
    masked = shown.inner_text()
    assert "*" in masked
    page.locator("tr", has=shown).get_by_role("button", name="显示").click()
    expect(shown).not_to_contain_text("*")
    case = page.url
    page.get_by_role("link", name="谁看过").click()
    expect(page.locator("tbody tr").first).to_contain_text("钱芳")
    assert page.locator("tbody tr", has_text="母亲姓名").count(), "显示一项没有写明是哪一项"
    visitor.look("4-looks")
    page.goto(case)


def _accept_next_door(arrive: Arrive, no: str) -> None:
    visitor = arrive("邹红")
    page = visitor.go("/births/verifications/?view=offered")
    page.get_by_role("link", name=no).click()
    visitor.look("4-offered")
    page.get_by_role("button", name="接收", exact=True).click()
    expect(page.locator(".trail li").first).to_contain_text("高桥镇接收")
    expect(page.get_by_role("button", name="接收", exact=True)).to_have_count(0)


def test_the_street_takes_a_second_look(arrive: Arrive, house: House) -> None:
    visitor = arrive("钱芳")
    page = visitor.go("/births/verifications/?view=sampled")
    page.get_by_role("link", name=house.facts["sampled"]).click()
    visitor.look("4-second-look")
    page.get_by_role("button", name="退回再核").click()
    expect(page.get_by_role("alert")).to_contain_text("退回再核须写明")
    page.get_by_role("button", name="一致", exact=True).click()
    expect(page.locator(".trail")).to_contain_text("抽查一致")


def test_a_neighbourhood_worker_answers_on_a_phone(arrive: Arrive, house: House) -> None:
    visitor = arrive("王强", size=PHONE, signed_in=False)
    page = _sign_in(visitor, house)
    visitor.look("5-today")
    page.locator(".go-row").first.click()
    visitor.look("5-verification")
    first = page.url
    _refused_when_empty(visitor)
    _choose_first(page)
    page.get_by_role("button", name=re.compile("看下一件")).click()
    page.wait_for_url(lambda url: url != first)
    visitor.go("/births/verifications/?view=done")
    page.locator(".go-row").first.click()
    visitor.look("5-answered")
    page.get_by_role("button", name=re.compile("撤销")).click()
    expect(page.get_by_role("button", name=re.compile("看下一件"))).to_be_visible()
    page.get_by_text("联系不上或无法核实").click()
    page.get_by_label("原因（必填）").fill("电话停机，两次上门无人")
    page.get_by_role("button", name="报“无法核实”").click()
    page.wait_for_load_state()
    visitor.go("/births/verifications/?view=unverifiable")
    expect(page.locator(".go-row").first).to_contain_text("无法核实")


def _refused_when_empty(visitor: Visitor) -> None:
    """The browser asks for what is open; a form sent all the same is refused in words, and nothing is lost."""
    page = visitor.page
    asked = page.locator("#answer section h2").count()
    assert page.locator("#answer input:invalid").count() or not asked
    with visitor.expecting(422):
        page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true })")
        if asked:
            page.get_by_role("button", name=re.compile("看下一件")).click()
            expect(page.get_by_role("alert")).to_contain_text("还没有回答")
        else:
            page.get_by_text("联系不上或无法核实").click()
            page.get_by_role("button", name="报“无法核实”").click()
            expect(page.get_by_role("alert")).to_contain_text("须写原因")
    visitor.look("5-refused")


def _choose_first(page: Page) -> None:
    for question in page.locator("#answer section").all():
        if question.get_by_role("radio").count():
            question.get_by_role("radio").first.check()


def test_the_auditor_sees_who_looked(arrive: Arrive, house: House, doors: dict[str, dict]) -> None:
    visitor, person = arrive("李静", signed_in=False), house.facts["people"]["李静"]
    page = visitor.sign_in(person["username"], person["password"])
    expect(page.get_by_role("heading", name="输入动态码")).to_be_visible()
    visitor.look("6-second-factor")
    page.goto(f"{visitor.base}/manage/access/")
    expect(page.get_by_role("heading", name="输入动态码")).to_be_visible()  # no page before the second factor
    page.get_by_label("动态码").fill("000000")
    page.get_by_role("button", name="验证并进入").click()
    expect(page.get_by_role("alert")).to_contain_text("动态码不对")
    page.wait_for_timeout(1200)  # a wrong code makes the next one wait
    page.get_by_label("动态码").fill(code_now(person["second_factor"]))
    page.get_by_role("button", name="验证并进入").click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    doors["李静"] = visitor.context.storage_state()  # the code just used serves no second time
    page.get_by_role("link", name="查阅记录").first.click()
    page.get_by_label("行为").select_option(label="显示一项")
    expect(page.locator("tbody tr").first).to_contain_text("出生核实")
    shown = page.locator("tbody tr", has_text="钱芳")
    assert "母亲姓名" in shown.first.inner_text()
    visitor.look("6-access")


def test_the_wrong_role_finds_no_page(arrive: Arrive, house: House) -> None:
    closed = {
        "赵敏": ("/manage/access/", "/manage/accounts/"),
        "钱芳": ("/intake/", "/births/reviews/"),
        "王强": ("/births/cases/", "/indicators/", "/reports/"),
        "孙丽": ("/births/verifications/", "/births/cases/"),
        "李静": ("/births/cases/", "/manage/accounts/"),
        "吴涛": ("/births/cases/", "/manage/access/"),
    }
    for who, paths in closed.items():
        visitor = arrive(who)
        for path in paths:
            with visitor.expecting(404):
                page = visitor.go(path)
            assert "没有找到这一页" in page.inner_text("main"), f"{who} {path}"
    visitor.look("7-not-found")


def _sign_in(visitor: Visitor, house: House) -> Page:
    person = house.facts["people"][visitor.name]
    return visitor.sign_in(person["username"], person["password"], person["second_factor"])
