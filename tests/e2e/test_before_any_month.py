"""还没有数据的一天 — every list says what would make something appear, and no page breaks for want of it."""

import pytest

from e2e.conftest import Arrive

PAGES = {
    "赵敏": (
        "/",
        "/intake/",
        "/births/cases/",
        "/births/verifications/",
        "/births/reviews/",
        "/births/audits/",
        "/births/missed/",
        "/births/expected/",
        "/indicators/",
        "/reports/",
    ),
    "钱芳": ("/", "/births/cases/", "/births/verifications/", "/births/expected/", "/indicators/", "/reports/"),
    "王强": ("/", "/births/verifications/"),
    "孙丽": ("/", "/intake/"),
    "吴涛": ("/",),
}


@pytest.mark.parametrize("who", PAGES)
def test_an_empty_house_says_what_to_do_next(arrive: Arrive, who: str) -> None:
    visitor = arrive(who)
    for path in PAGES[who]:
        page = visitor.go(path)
        visitor.look(f"0-{who}{path.replace('/', '_')}")
        assert page.locator(".none-yet").count(), f"{path} 没有数据时什么也没说"


def test_an_account_without_grant_is_told_whom_to_ask(arrive: Arrive) -> None:
    visitor = arrive("孙某")
    page = visitor.go("/")
    assert "联系本单位的安全管理员" in page.inner_text("main")
    visitor.look("0-孙某")
