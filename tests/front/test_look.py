"""日期、比率、件数的写法，和页面部件。"""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from renjia.front.templatetags import look
from renjia.records.accounts.models import Purpose, Role


def drawn(markup: str, query: str = "", **context: object) -> str:
    """一段模板画出来的样子。"""
    request = RequestFactory().get("/list/" + query)
    request.user = SimpleNamespace(is_authenticated=False)
    return engines["django"].from_string(CottonCompiler().process(markup)).render(context, request)


def test_a_moment_is_written_in_the_districts_own_time():
    late_evening_in_utc = datetime(2025, 3, 7, 16, 30, tzinfo=UTC)
    assert look.moment(late_evening_in_utc) == "2025-03-08 00:30"
    assert look.day(late_evening_in_utc) == "2025-03-08"
    assert look.day_long(late_evening_in_utc) == "2025-03-08 星期六"


def test_dates_in_their_four_shapes():
    on = date(2025, 3, 7)
    shapes = (look.day(on), look.day_short(on), look.day_long(on), look.day_spoken(on))
    assert shapes == ("2025-03-07", "03-07", "2025-03-07 星期五", "3 月 7 日，星期五")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        ("", "—"),
        (0, "0.0%"),
        (Decimal("99.25"), "99.3%"),
        (0.25, "0.3%"),
        (100, "100.0%"),
        (-1.25, "−1.3%"),
    ],
)
def test_nothing_to_divide_by_is_a_dash_and_halves_go_up(value, text):
    assert look.rate(value) == text


@pytest.mark.parametrize(("value", "text"), [(None, "—"), (0, "0"), (12345, "12,345"), (-1200, "−1,200")])
def test_counts_have_thousands(value, text):
    assert look.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), (0, "0"), (0.04, "0"), (1.2, "+1.2"), (Decimal("-1.2"), "−1.2"), (22, "+22"), (-1043, "−1,043")],
)
def test_a_difference_has_its_sign(value, text):
    assert look.signed(value) == text


def test_an_empty_cell_is_a_grey_dash_and_zero_is_not_empty():
    assert look.dash("") == look.dash(None) == '<span class="t3">—</span>'
    assert look.dash(0) == 0


def test_what_is_shown_stays_escaped():
    assert "<b>" not in drawn("{{ text|dash }}", text="<b>甲</b>")


def test_every_role_and_purpose_has_its_words():
    assert all(look.role_label(str(value)) == label for value, label in Role.choices)
    assert all(look.purpose_label(str(value)) == label for value, label in Purpose.choices)
    assert look.role_label("system") == "系统作业"


def test_only_the_neighbourhood_worker_works_on_a_phone():
    phones = [role for role in Role.values if look.shell(role) == "phone.html"]
    assert phones == ["neighbourhood_worker"]


def test_turning_the_page_keeps_the_filters():
    page = Paginator(range(171), 50).page(2)
    html = drawn('<c-pager :page="page" unit="件" />', "?month=2025-08&page=2", page=page)
    assert "第 51–100 件，共 171 件" in html
    assert "?month=2025-08&amp;page=3" in html and "?month=2025-08&amp;page=1" in html


def test_an_empty_list_says_none_and_turns_no_page():
    html = drawn('<c-pager :page="page" unit="件" />', page=Paginator([], 50).page(1))
    assert "共 0 件" in html and "第" not in html and "<nav" not in html


def test_a_filter_set_to_a_number_is_marked():
    filters = [{"name": "year", "label": "年份", "value": "2025", "options": [(2025, "2025 年")]}]
    html = drawn('<c-filters :filters="filters" clear="?" />', "?year=2025", filters=filters)
    assert '<option value="2025" selected>' in html and 'class="fl on"' in html and "清除" in html


def test_a_panel_shows_its_own_buttons_not_the_pages():
    html = drawn(
        '<c-panel title="甲">乙</c-panel>', actions="页面的 actions", footer="页面的 footer", note="页面的 note"
    )
    assert "乙" in html and "页面的" not in html


def test_a_bar_without_a_label_is_hidden_from_readers():
    assert 'aria-hidden="true"' in drawn('<c-bar percent="48" />')
    assert 'role="img" aria-label="现在 48%"' in drawn('<c-bar percent="48" label="现在 48%" />')
