"""手册截图 — the manual's pictures, taken from a running demo.

    .venv/bin/python docs/manual/shots.py http://127.0.0.1:8000 qu=密码 jiezhen=密码 jucun=密码 [别的信息员=密码]

Takes a district monitor, a street monitor and a neighbourhood worker of `make demo`, by their sign-in names. Run it when the six
months are done and a quarter of an hour has passed, so that the figures have taken in the last answers; for the picture of the audit,
draw and judge one first. A fourth name is a worker whose neighbourhood has something to choose (`renjia account` opens one), for the
picture of a verification, where the demo's own has none. It uploads one small made-up file for the picture of problems and withdraws
it again; nothing else is changed.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ElementHandle, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent / "images"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LARGEST = 250_000
DISTRICT, STREET, WORKER = "qu", "jiezhen", "jucun"
PAGES = 8  # of the case list, before giving up on a case with all five sources

# What goes wrong with a delivery file in life, a row each; the numbers are nobody's.
HEADER = "病案号,机构代码,产妇姓名,产妇证件号码,新生儿姓名,分娩时间,新生儿性别,出生体重(g),现住址代码,联系电话,上报日期"
ROWS = (
    "Z0001,H310000,沈一,310196200006037267,沈一之女,{month}-02 08:30,2,3250,310115013001,16800000001,{month}-04",
    "Z0002,H310000,周二,3.10196E+17,周二之子,{month}-03 21:05,1,3400,310115013002,16800000002,{month}-05",
    "Z0003,H310000,吴三,310191199503032061,吴三之女,,2,2980,310115013003,16800000003,{month}-06",
    "Z0004,H310000,郑四,310192199202081664,郑四之子,{month}-05 02:10,公,3100,310115013004,16800000004,{month}-07",
    "Z0005,H310000,王五,,王五之女,{month}-06 11:40,2,32,川沙,123,{month}-08",
    "Z0006,H310000,冯六,310196200006037000,冯六之子,{month}-07 15:20,1,3520,310115013006,16800000006,{month}-09",
)


class NoShot(Exception):
    """拍不成 — why, and what to do."""


@contextmanager
def signed_in(browser: Browser, base: str, name: str, password: str, size: dict[str, int]) -> Iterator[Page]:
    """登录 — a page of its own at the given size; leaving closes it."""
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("#username", name)
    page.fill("#password", password)
    page.click("button[type=submit]")
    page.wait_for_load_state("networkidle")
    if "/sign-in/" in page.url:
        raise NoShot(f"{name} 没有登录成功，请核对密码")
    yield page
    context.close()


def keep(page: Page, name: str) -> None:
    """存一张 — what is on the screen, small enough for a manual."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(700)  # charts draw themselves
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    if size > LARGEST:
        path.unlink()
        raise NoShot(f"{name}.png 有 {size // 1000} KB，超过 {LARGEST // 1000} KB")
    print(f"{path.name}　{size // 1000} KB")


def board(page: Page, base: str) -> None:
    """工作台。"""
    page.goto(base)
    keep(page, "district")


def intake(page: Page, base: str) -> None:
    """有问题的批次 — uploaded for the picture, withdrawn after it."""
    page.goto(f"{base}/intake/upload/")
    month = page.input_value("#month")
    text = "\n".join([HEADER, *ROWS]).format(month=month) + "\n"
    page.set_input_files(
        "#file", {"name": "住院分娩-示例.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    )
    page.click("main button[type=submit]")
    page.wait_for_load_state("networkidle")
    try:
        keep(page, "intake")
    finally:
        page.click("summary:has-text('撤回这个批次')")
        page.fill("#reason", "手册截图")
        page.click("details button:has-text('撤回')")
        page.wait_for_load_state("networkidle")


def case(page: Page, base: str) -> None:
    """五个来源到齐、有差异的个案 — the first that shows a difference on the first screen."""
    seen = 0
    for number in range(1, PAGES + 1):
        page.goto(f"{base}/births/cases/?page={number}")
        rows = [row for row in page.query_selector_all("main table tbody tr") if _whole(row)]
        addresses = [(row.query_selector("a") or _missing("个案的链接")).get_attribute("href") for row in rows]
        for address in addresses:
            page.goto(f"{base}{address}")
            differing = page.query_selector("table.cmp td.diff")
            box = differing.bounding_box() if differing else None
            seen += 1
            if box and box["y"] + box["height"] < DESK["height"]:
                keep(page, "case")
                return
    raise NoShot(f"看了 {seen} 个五个来源到齐、待核实的个案，没有一个在第一屏上有差异")


def _whole(row: ElementHandle) -> bool:
    return len(row.query_selector_all(".dots i.have")) == 5 and "待核实" in row.inner_text()


def _missing(what: str) -> ElementHandle:
    raise NoShot(f"没有{what}")


def review(page: Page, base: str) -> None:
    """一条复核。"""
    page.goto(f"{base}/births/reviews/")
    first = page.query_selector("main table tbody a") or _missing("待复核的；六个月跑完以后再拍")
    page.goto(f"{base}{first.get_attribute('href')}")
    keep(page, "review")


def audit(page: Page, base: str) -> None:
    """比对抽查的结果。"""
    page.goto(f"{base}/births/audits/")
    if not page.query_selector("main .big"):
        _missing("抽查过的；先在这一页抽一次，判断几十对，再拍")
    keep(page, "audit")


def missed(page: Page, base: str) -> None:
    """漏报。"""
    page.goto(f"{base}/births/missed/")
    keep(page, "missed")


def expected(page: Page, base: str) -> None:
    """预期出生。"""
    page.goto(f"{base}/births/expected/")
    keep(page, "expected")


def apart(page: Page, base: str) -> None:
    """为什么没合并 — of the first case whose delivery had another child."""
    for number in range(1, PAGES + 1):
        page.goto(f"{base}/births/cases/?page={number}")
        links = [row.get_attribute("href") for row in page.query_selector_all("main table tbody td:first-child a")]
        for address in links:
            page.goto(f"{base}{address}")
            asked = page.query_selector("a:has-text('为什么是两个孩子')")
            if asked:
                page.goto(f"{base}{asked.get_attribute('href')}")
                keep(page, "apart")
                return
    raise NoShot("没有同一次分娩的两个个案")


def bulletin(page: Page, base: str) -> None:
    """最近一期月报。"""
    page.goto(f"{base}/reports/")
    first = page.query_selector("main table tbody a") or _missing("月报；六个月跑完以后再拍")
    page.goto(f"{base}{first.get_attribute('href')}")
    keep(page, "bulletin")


def today(page: Page, base: str) -> None:
    """手机：今天。"""
    page.goto(base)
    keep(page, "phone-today")


def verification(page: Page, base: str) -> None:
    """手机：核实一件，最好有要选的。"""
    page.goto(f"{base}/births/verifications/")
    links = [row.get_attribute("href") for row in page.query_selector_all("a.go-row")]
    if not links:
        raise NoShot("这个居村没有待核实的；请换一个居村信息员的账号")
    for address in links:
        page.goto(f"{base}{address}")
        if page.query_selector("#answer input[type=radio]"):
            break
    keep(page, "phone-verify")


Shot = Callable[[Page, str], None]
WHO: tuple[tuple[str, dict[str, int], tuple[Shot, ...]], ...] = (
    (DISTRICT, DESK, (board, intake, review, audit, missed, expected, bulletin)),
    (STREET, DESK, (case, apart)),
    (WORKER, PHONE, (today,)),
)


def main(base: str, passwords: dict[str, str]) -> int:
    """拍全 — every picture that can be taken; the exit code says whether all could."""
    IMAGES.mkdir(exist_ok=True)
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        chooser = next((name for name in passwords if name not in (DISTRICT, STREET, WORKER)), WORKER)
        for name, size, shots in (*WHO, (chooser, PHONE, (verification,))):
            with signed_in(browser, base, name, passwords[name], size) as page:
                for shot in shots:
                    try:
                        shot(page, base)
                    except NoShot as why:
                        failed += 1
                        print(f"{(shot.__doc__ or '').strip('。')}没有拍成：{why}", file=sys.stderr)
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    given = dict(pair.split("=", 1) for pair in sys.argv[2:] if "=" in pair)
    missing = [name for name in (DISTRICT, STREET, WORKER) if name not in given]
    if len(sys.argv) < 2 or missing:
        sys.exit(f"{__doc__}\n还缺：{'、'.join(missing) or '网址'}")
    try:
        sys.exit(main(sys.argv[1].rstrip("/"), given))
    except NoShot as why:
        sys.exit(str(why))
