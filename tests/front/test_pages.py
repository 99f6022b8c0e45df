"""每一页都画得出来 — whole, in Chinese, without inline scripts, kept by no browser; whatever is typed, nothing breaks."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template import engines
from django.urls import reverse

from matrix import pages, path_of
from stage import ACTORS, Stage, changes_so_far

OPEN = ("李梅", "王建国", "王思溪", "310115199404245746", "310115199109086118", "13712346287", "X310012345")
HOLE = "〔没有这个变量 %s〕"
# Words a page may show in Latin letters: formats, keys of the keyboard, units.
LATIN = {*"Excel Word PDF MB KB bytes g kg J K C X T Enter xlsx xls csv incoming".split()}
# What the stage's own data says in Latin letters: sign-in names, codes, file names, encodings, random numbers.
MADE_UP = re.compile(
    r"(?<![A-Za-z0-9])(?:[uxy]\d+|stranger|H\d{3,6}(?:\.csv)?|V\d{5}|N\d+|[a-z_]+-\d+\.csv|UTF-8|GB18030|X\d+\*+\d*"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,64})(?![A-Za-z0-9])"
)
PAGES = pages()
BY_PAGE = pytest.mark.parametrize(("name", "role", "label"), PAGES, ids=[f"{n} {r}" for n, r, _ in PAGES])


class Seen(HTMLParser):
    """What a page shows and does: words, title, scripts, handlers."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.title = ""
        self.inline: list[str] = []
        self.ids: list[str] = []
        self._in: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.words += [given[a] or "" for a in ("title", "placeholder", "aria-label", "alt") if a in given]
        self.inline += [f"{tag} {a}" for a in given if a.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.inline.append(f"<{tag}>")
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag not in ("meta", "link", "input", "br", "img", "hr"):
            self._in.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "title" in self._in:
            self.title += data
        if not {"script", "code"} & {*self._in} and data.strip():  # a definition is shown as it is computed
            self.words.append(data.strip())


def page_of(stage: Stage, name: str, role: str, label: str) -> Any:
    return stage.try_(ACTORS[role], "GET", path_of(stage, name, label))


def test_a_hole_in_a_template_would_be_seen(holes: None) -> None:
    assert "〔没有这个变量 nothing〕" in engines["django"].from_string("{{ nothing }}").render({})


@pytest.fixture
def holes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", HOLE)


@BY_PAGE
def test_a_page_is_whole(stage: Stage, holes: None, name: str, role: str, label: str) -> None:
    before = changes_so_far()
    response = stage.ask(ACTORS[role], "GET", path_of(stage, name, label))
    html = response.body.decode()
    assert response.status_code == 200
    assert changes_so_far() == before, "看一页不能改什么"
    assert not sorted(set(re.findall(r"〔没有这个变量 [^〕]*〕", html))), "模板用了视图没有给的变量"
    assert not [s for s in OPEN if s in html], "列表和页面只显示遮掩的"
    assert "None" not in html and "{{" not in html and "{%" not in html
    assert response.headers["Cache-Control"].find("no-store") >= 0
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"
    seen = Seen(html)
    assert seen.title.endswith(" · 人家") and len(seen.title) > len(" · 人家") + 1
    assert not seen.inline
    assert len(seen.ids) == len(set(seen.ids)), "id 重复"
    assert ('lang="zh-CN"' in html and '<main id="main"' in html) or 'id="main"' in html


@BY_PAGE
def test_a_page_speaks_chinese(stage: Stage, name: str, role: str, label: str) -> None:
    words = " ".join(Seen(page_of(stage, name, role, label).body.decode()).words)
    stray = sorted({w for w in re.findall(r"[A-Za-z]+", MADE_UP.sub("", words)) if w not in LATIN})
    assert not stray, f"页面上有英文词 {stray}；该译的译，真该留的加进 LATIN"


@pytest.mark.parametrize(
    ("path", "status"), [("/births/cases/2503-99999/", 404), ("/nowhere/", 404), ("/births/cases/?no=%00", 400)]
)
def test_an_error_page_is_whole_and_speaks_chinese(stage: Stage, holes: None, path: str, status: int) -> None:
    response = stage.try_("钱芳", "GET", path)
    seen = Seen(response.body.decode())
    assert response.status_code == status
    assert "〔没有" not in response.body.decode()
    assert not re.findall(r"[A-Za-z]{2,}", " ".join(seen.words)) and seen.title


HOSTILE = ["\0", "'; drop table births_birthcase; --", "9" * 40, "<script>alert(1)</script>\u202e٣"]
ASKED = ("page", "month", "state", "place", "no", "view", "who", "action", "by", "part", "dim", "value", "error")


TYPED = [("district_monitor", given) for given in HOSTILE] + [
    (r, HOSTILE[0]) for r in ("neighbourhood_worker", "auditor")
]


@pytest.mark.parametrize(("role", "given"), TYPED, ids=[f"{r} {g[:9]!r}" for r, g in TYPED])
def test_whatever_is_typed_into_an_address_nothing_breaks(stage: Stage, role: str, given: str) -> None:
    for name, shown_to, label in PAGES:
        if role != shown_to or name in ("reports:one", "runs:one", "places:list"):
            continue
        path = path_of(stage, name, label).split("?")[0]
        with stage.aside():
            response = stage.ask(ACTORS[role], "GET", path, dict.fromkeys(ASKED, given))
        assert response.status_code in (200, 302, 400, 404), name
        assert "<script>alert(1)" not in response.body.decode(), name


@pytest.mark.parametrize(
    "name", ["births:case", "births:looks", "indicators:one", "indicators:rows", "places:street", "reports:one"]
)
@pytest.mark.parametrize("given", ["a\0b", "9" * 300, "..", "' or 1=1", "二五〇三"])
def test_whatever_is_typed_as_a_number_nothing_breaks(stage: Stage, name: str, given: str) -> None:
    assert stage.try_("钱芳", "GET", reverse(name, args=[given])).status_code in (400, 404)


@pytest.mark.parametrize(
    ("who", "name", "about", "data"),
    [
        ("孙丽", "intake:map", ("batch", "本机构"), {"header_row": "不是数", "encoding": "nonsense", "delimiter": "长的分隔符", "feed": "x"}),
        ("孙丽", "intake:map", ("batch", "本机构"), {"header_row": "99999999", "sheet": "没有"}),
        ("孙丽", "intake:withdraw", ("batch", "本机构"), {"reason": "甲" * 5000}),
        ("王强", "births:verification", ("verification", "本居村"), {"result": "nonsense"}),
        ("王强", "births:verification", ("verification", "本居村"), {"result": "corrected", "q_address": "other", "other_address": "\0"}),
        ("王强", "births:verification", ("verification", "本居村"), {"result": "unverifiable", "reason": "甲" * 5000}),
        ("钱芳", "births:offer", ("verification", "本居村"), {"to": "9" * 80, "why": "乙" * 5000}),
        ("赵敏", "births:review", ("question", "本区"), {"decision": "maybe", "note": "丙" * 5000}),
        ("赵敏", "run_month", (), {"month": "\0"}), ("赵敏", "intake:upload", (), {"month": "2025-99"}),
    ],
)  # fmt: skip
def test_whatever_a_form_sends_nothing_breaks(
    stage: Stage, who: str, name: str, about: Any, data: dict[str, str]
) -> None:
    args = [stage.made(*about).pk] if about else []
    with stage.aside():
        assert stage.ask(who, "POST", reverse(name, args=args), data).status_code in (302, 400, 404, 409, 422)
