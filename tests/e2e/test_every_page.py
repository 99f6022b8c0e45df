"""每一页 — every page each role can reach by its links, at desk and at phone width; and no page that nobody reaches."""

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from e2e.conftest import Arrive
from e2e.house import House
from e2e.visiting import DESK, PHONE, Visitor

ROLES = ("赵敏", "钱芳", "王强", "韩梅", "孙丽", "李静", "周平", "吴涛")
ON_A_PHONE = ("王强", "韩梅")
EACH = {
    "indicators:one": 2,
    "intake:batch": 4,
    "births:verification": 2,
    "births:cases": 2,
    "births:verifications": 3,
    "births:case": 2,
}
FILES = {"intake:returned", "reports:paper"}
# Not pages: what only takes a form, what machines ask, and doors that open onto another page.
NO_PAGES = FILES | {
    "sign_out", "use_grant", "run_month", "health", "accounts:revoke", "intake:accept", "intake:withdraw", "intake:map",
    "births:reveal", "births:undo", "births:second_look", "births:offer", "births:transfer", "births:escalate", "births:by_key",
    "reports:close", "appraisal:enter", "sign_in", "second_factor",
}  # fmt: skip
SEEN: set[str] = set()


def _name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def crawl(visitor: Visitor) -> Counter[str]:
    """From the home page along every link, each kind of page a few times, in the order a person would meet them."""
    todo, known, seen = ["/"], {"/"}, Counter[str]()
    while todo:
        path = todo.pop(0)
        name = _name(urlsplit(path).path)
        if seen[name] >= EACH.get(name, 1):
            continue
        visitor.go(path)
        seen[name] += 1
        visitor.look(f"9-{visitor.name}-{name.replace(':', '-')}-{seen[name]}")
        for link in _links(visitor):
            if link not in known:
                known.add(link)
                todo.append(link)
    return seen


def _links(visitor: Visitor) -> list[str]:
    hrefs = visitor.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    found = []
    for href in hrefs:
        parts = urlsplit(href)
        if href.startswith(visitor.base) and _name(parts.path) not in NO_PAGES | {""}:
            query = parse_qs(parts.query)
            if not {"page", "format"} & set(query):
                found.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


@pytest.mark.parametrize("who", ROLES)
def test_every_page_of_the_role(arrive: Arrive, house: House, who: str) -> None:
    visitor = arrive(who, size=PHONE if who in ON_A_PHONE else DESK)
    SEEN.update(crawl(visitor))


def test_no_page_was_left_out() -> None:
    """A new page is either reached from its role's home by links, or it is not finished."""
    pages = set(_names(get_resolver().url_patterns)) - NO_PAGES
    assert pages and not pages - SEEN


def _names(patterns: Iterable[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            if one.namespace != "api":
                yield from _names(one.url_patterns, inner)
        else:
            yield f"{space}{one.name}"


def test_the_plain_pages(arrive: Arrive, house: House) -> None:
    """Before anybody is known: signing in, a wrong password, an address that is not there."""
    visitor = arrive("访客", signed_in=False)
    page = visitor.go("/births/cases/")
    visitor.look("8-sign-in")
    page.get_by_label("登录名").fill("nobody")
    page.get_by_label("密码").fill("不对的口令")
    page.get_by_role("button", name="登录").click()
    assert "登录名或密码不对" in page.get_by_role("alert").inner_text()
    visitor.look("8-wrong-password")
    with visitor.expecting(404):
        visitor.go("/没有这一页/")
    visitor.look("8-not-found")
