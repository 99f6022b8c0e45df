"""端到端 — one house for the session, one browser; people come and go in contexts of their own."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from e2e.house import House
from e2e.visiting import DESK, SHOTS, Visitor

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
ORDER = (
    "test_noticing",
    "test_before_any_month",
    "test_walk",
    "test_every_page",
)  # what was lived through is then seen on every page
Arrive = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if item.path.parent == Path(__file__).parent]
    for item in ours:
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.timeout(240))
    places = [at for at, item in enumerate(items) if item in ours]
    for at, item in zip(places, sorted(ours, key=lambda one: ORDER.index(one.path.stem)), strict=True):
        items[at] = item


@pytest.fixture(scope="session")
def empty_house() -> Iterator[House]:
    """开了门、还没有数据 — accounts and places only."""
    house = House()
    try:
        house.open()
        yield house
    finally:
        house.close()


@pytest.fixture(scope="session")
def house(empty_house: House) -> House:
    """跑过两个月 — through the command line, as an operator does it."""
    empty_house.run_months()
    return empty_house


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(
            f"没有 {CHROMIUM}。请装 Debian 的 chromium（apt-get install chromium），或用 CHROMIUM=… 指明在哪里。"
        )
    shutil.rmtree(SHOTS, ignore_errors=True)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def doors() -> dict[str, dict]:
    """Sessions already opened: a dynamic code serves once, and signing in is walked elsewhere."""
    return {}


@pytest.fixture
def arrive(browser: Browser, empty_house: House, doors: dict[str, dict]) -> Iterator[Arrive]:
    """Somebody comes in, signed in or not; when they leave nothing may have gone wrong in their browser."""
    come: list[Visitor] = []

    def arrives(name: str, *, size: dict[str, int] = DESK, signed_in: bool = True) -> Visitor:
        visitor = Visitor.arrive(browser, empty_house.base, name, size)
        come.append(visitor)
        person = empty_house.facts["people"].get(name)
        if signed_in and name in doors:
            visitor.context.add_cookies(doors[name]["cookies"])
        elif signed_in and person:
            visitor.sign_in(person["username"], person["password"], person["second_factor"])
            doors[name] = visitor.context.storage_state()
        return visitor

    yield arrives
    faults = [fault for visitor in come for fault in visitor.faults]
    for visitor in come:
        visitor.context.close()
    assert not faults, "\n".join(faults)
