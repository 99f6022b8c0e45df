"""来访的人 — a person at a screen: signs in, goes about, and everything the browser complains of is kept."""

import hmac
import re
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, Response

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SHOTS = Path(__file__).resolve().parents[2] / "test-results"
STRAY = re.compile(r"\b(None|NaN|undefined|null|True|False|Traceback|\{\{|\{%)\b|\[object")
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What sticks out of the page though nothing scrolls it, and text under 11 px: neither is seen in a number of pixels alone.
LOOSE = """() => {
  const apart = '.sr, .skip, .scroll-x, .scroll-y, .views, .nav-x, svg';
  const shown = e => e.checkVisibility({visibilityProperty: true}) && !e.closest(apart);
  const wide = document.documentElement.clientWidth;
  const found = new Set();
  const say = (what, e) => found.add(`${what} ${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 20)}`);
  for (const e of document.querySelectorAll('body *')) {
    if (!shown(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.width && (box.right > wide + 1 || box.left < -1)) say('出界', e);
    const text = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (text && parseFloat(getComputedStyle(e).fontSize) < 11) say('字小于 11px', e);
  }
  return [...found].slice(0, 5);
}"""


@dataclass
class Visitor:
    """一个人 — a browser context of its own; `faults` must be empty at the end."""

    name: str
    base: str
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)
    expected: int = 200

    @classmethod
    def arrive(cls, browser: Browser, base: str, name: str, size: dict[str, int] = DESK) -> "Visitor":
        context = browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", accept_downloads=True,
            has_touch=size == PHONE,
        )  # fmt: skip
        context.set_default_timeout(10_000)
        visitor = cls(name, base, context, context.new_page())
        context.on("request", visitor._request)
        context.on("response", visitor._response)
        context.on("console", lambda said: visitor._console(said.type, said.text))
        context.on("weberror", lambda error: visitor._fault(f"脚本出错 {error.error}"))
        return visitor

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.name} {urlsplit(self.page.url).path} {text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:", "blob:")):
            self._fault(f"页面向外请求 {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status != self.expected:
            self._fault(f"{response.status} {response.url}")

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not (self.expected != 200 and f"status of {self.expected}" in text):
            self._fault(f"控制台 {kind}：{text}")

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """A refusal that the walk asks for is no fault."""
        self.expected = status
        yield
        self.page.wait_for_load_state()
        self.expected = 200

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.base}{path}")
        return self.page

    def sign_in(self, username: str, password: str, second_factor: str = "") -> Page:
        page = self.go("/sign-in/")
        page.get_by_label("登录名").fill(username)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        if second_factor:
            page.get_by_label("动态码").fill(code_now(second_factor))
            page.get_by_role("button", name="验证并进入").click()
        return page

    def look(self, name: str) -> None:
        """看一眼，再从手机宽度看一眼 — the page must hold together at both; screenshots are kept to be looked at."""
        before = self.page.viewport_size
        for size in (DESK, PHONE):
            self.page.set_viewport_size(size)
            self.page.wait_for_timeout(60)  # a chart redraws after its box has changed
            over = self.page.evaluate(WIDER)
            if over > 0:
                self._fault(f"{size['width']} 宽时横向多出 {over} px")
            for loose in self.page.evaluate(LOOSE):
                self._fault(f"{size['width']} 宽时{loose}")
            SHOTS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=SHOTS / f"{name}-{size['width']}.png", full_page=True)
        stray = STRAY.search(self.page.inner_text("body"))
        if stray:
            self._fault(f"页面上有不该有的字 {stray.group()}")
        if before:
            self.page.set_viewport_size(before)

    def paper(self, name: str) -> bytes:
        """打印 — as the browser prints it, by the style sheet's own page size."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        return self.page.pdf(path=SHOTS / f"{name}.pdf", prefer_css_page_size=True, print_background=True)


def code_now(key: str) -> str:
    """动态码 — six digits of the half minute (RFC 6238)."""
    digest = hmac.new(bytes.fromhex(key), struct.pack(">Q", int(time.time()) // 30), sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"
