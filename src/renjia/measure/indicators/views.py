"""指标的页面 — each number with its definition, by place, over time, and down to its cases."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from renjia.engine.pages import Page
from renjia.engine.units import Month
from renjia.measure.indicators import (
    Figure,
    all_indicators,
    compute,
    dimensions,
    format_value,
    is_met,
    is_unplaced,
    rows_behind,
)
from renjia.measure.indicators.computing import Part
from renjia.measure.indicators.wording import halves
from renjia.measure.snapshot.installed import opened, workset
from renjia.records.places.models import Place
from renjia.records.store.doors import ScopedRequest, for_roles

READERS = ("district_monitor", "street_monitor")
LEVEL_OF = {6: "street", 9: "neighbourhood"}
LEVEL_LABELS = {"street": "街镇", "neighbourhood": "居村"}
DIM_LABELS = {"source": "来源", "institution": "机构", "field": "字段", "sex": "性别", "parity": "孩次"}
PARTS: dict[Part, str] = {"numerator": "分子", "denominator": "分母"}
PART_ASKED: dict[str, Part] = {part: part for part in PARTS}


def _months(con: Any) -> list[str]:
    rows = con.execute(
        "select distinct period from birth_verification union select distinct arrived from birth_report"
    ).fetchall()
    return sorted((r[0] for r in rows if r[0]), reverse=True)


def _within(request: ScopedRequest) -> str:
    """A street sees its own figures; the district sees all of them."""
    code = request.scope.places[0]
    return code if len(code) == 9 else ""


def _month(request: ScopedRequest, months: list[str]) -> Month:
    wanted = request.GET.get("month", "")
    return Month.parse(wanted if wanted in months else months[0])


def _empty(request: ScopedRequest) -> HttpResponse:
    return render(request, "indicators/list.html", {"groups": [], "months": [], "month": None})


@for_roles(*READERS)
def indicators(request: ScopedRequest) -> HttpResponse:
    with opened() as con:
        months = _months(con) if con else []
        if not months or con is None:
            return _empty(request)
        month, within = _month(request, months), _within(request)
        groups: dict[str, list[dict[str, Any]]] = {}
        for page in all_indicators(month.last):
            now = compute(page.id, con, (), period=month, within=within)[0]
            before = compute(page.id, con, (), period=month.previous(), within=within)[0]
            groups.setdefault(str(page.body.get("group", "其他")), []).append(
                {"id": page.id, "url": f"{reverse('indicators:one', args=[page.id])}?month={month}", "name": page.name,
                 "unit": now.unit, "value_text": format_value(now), "previous_text": format_value(before),
                 "target_text": _target(now), "state_label": _state(now), "late": is_met(now) is False}
            )  # fmt: skip
    return render(
        request,
        "indicators/list.html",
        {"groups": [{"label": label, "rows": rows} for label, rows in groups.items()], "month": str(month), "months": months,
         "as_of": workset().latest(), "place": request.scope.place_name},
    )  # fmt: skip


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return f"{'≥' if figure.better == 'higher' else '≤'} {figure.target.normalize():f}{figure.unit}"


def _state(figure: Figure) -> str:
    met = is_met(figure)
    return "" if met is None else "达标" if met else "未达标"


def _page_of(id: str, on: Month) -> Page:
    found = next((p for p in all_indicators(on.last) if p.id == id), None)
    if found is None:
        raise Http404
    return found


@for_roles(*READERS)
def indicator(request: ScopedRequest, id: str) -> HttpResponse:
    with opened() as con:
        months = _months(con) if con else []
        if not months or con is None:
            raise Http404
        month, within = _month(request, months), _within(request)
        page = _page_of(id, month)
        dims = [d for d in dimensions(page) if d in DIM_LABELS]
        level = LEVEL_OF[len(within) or 6]
        by = request.GET.get("by", "") if request.GET.get("by", "") in dims else level
        figures = compute(id, con, (by,), period=month, within=within, every_place=by == level)
        whole = compute(id, con, (), period=month, within=within)[0]
        trend = compute(id, con, ("month",), period=(month.plus(-11), month), within=within)
    names = dict(Place.objects.filter(code__in=[f.place for f in figures]).values_list("code", "name"))
    labels = DIM_LABELS | {level: LEVEL_LABELS[level]}
    return render(
        request,
        "indicators/one.html",
        {
            "indicator": _described(page), "halves": halves(page), "month": str(month), "months": months,
            "by": {"value": by, "label": labels[by]},
            "by_options": [{"value": k, "label": labels[k], "on": k == by} for k in (level, *dims)],
            "whole": {"value_text": format_value(whole), "numerator": whole.numerator, "denominator": whole.denominator,
                      "target_text": _target(whole), "state_label": _state(whole), "late": is_met(whole) is False},
            "table": [_row(f, by, names, month) for f in figures],
            "chart": {"kind": "line", "unit": str(page.body["unit"]), "decimals": 2, "labels": [f.dims["month"] for f in trend],
                      "series": [{"name": page.name, "values": [float(f.value) if f.value is not None else None for f in trend]}]},
            "trend_table": [{"month": f.dims["month"], "value_text": format_value(f)} for f in trend],
            "as_of": workset().latest(),
        },
    )  # fmt: skip


def _row(figure: Figure, by: str, names: dict[str, str], month: Month) -> dict[str, Any]:
    key = figure.dims.get(by, "")
    if by in LEVEL_LABELS.values() or by in LEVEL_LABELS:
        label = names.get(figure.place, "本级（住址不明或在区外）" if is_unplaced(figure.place) else figure.place)
    else:
        label = _dim_label(by, key)
    behind = (
        f"{reverse('indicators:rows', args=[figure.indicator])}?month={month}&place={figure.place}&dim={by}&value={key}"
    )
    return {
        "code": figure.place, "place": label, "numerator": figure.numerator, "denominator": figure.denominator,
        "numerator_url": f"{behind}&part=numerator", "denominator_url": f"{behind}&part=denominator",
        "value_text": format_value(figure), "late": is_met(figure) is False,
    }  # fmt: skip


SOURCE_LABELS = {
    "registration": "生育登记", "hospital_delivery": "住院分娩", "vaccination": "预防接种",
    "birth_certificate": "出生医学证明", "hukou_birth": "户籍出生",
}  # fmt: skip
FIELD_LABELS = {
    "mother_name": "母亲姓名", "mother_id": "母亲证件号码", "father_name": "父亲姓名", "father_id": "父亲证件号码", "baby_name": "新生儿姓名",
    "born": "出生日期", "minute": "出生时刻", "sex": "性别", "weight": "出生体重", "order": "同胎序号", "plurality": "胎数", "parity": "孩次",
    "address": "现住址", "phone": "联系电话", "institution": "分娩机构", "certificate": "出生医学证明编号",
}  # fmt: skip


def _dim_label(dim: str, key: str) -> str:
    words = {"source": SOURCE_LABELS, "field": FIELD_LABELS, "sex": {"1": "男", "2": "女"}}.get(dim, {})
    return words.get(key, key) or "不详"


def _described(page: Page) -> dict[str, Any]:
    body = page.body
    return {
        "id": page.id, "name": page.name, "unit": body["unit"],
        "denominator": body.get("denominator", ""), "scale": body.get("scale", "1"), "source": body.get("source", ""),
        "why": body.get("why", ""), "owner": body.get("owner", ""), "checked": body.get("checked", ""),
        "next_review": body.get("next_review", ""), "cautions": body.get("cautions", []),
        "standards": [
            {"name": "目标", "value": f"{s.on(timezone.localdate())} {s.unit}", "source": s.source, "confirmed": s.confirmed, "note": s.note}
            for s in page.standards.values()
        ],
    }  # fmt: skip


def keys_behind(request: ScopedRequest, id: str) -> tuple[Page, Month, Part, list[str]]:
    """数背后的键 — what the address asks for: the page, the month, which half, and the working set's keys; 404 where it is nonsense."""
    with opened() as con:
        months = _months(con) if con else []
        if not months or con is None:
            raise Http404
        month, within = _month(request, months), _within(request)
        page = _page_of(id, month)
        part = PART_ASKED.get(request.GET.get("part", "denominator"))
        place, dim, value = request.GET.get("place", ""), request.GET.get("dim", ""), request.GET.get("value", "")
        if part is None or not place.startswith(within) or (place and not place.isdigit()):
            raise Http404
        dims = {dim: value} if dim in DIM_LABELS and dim in dimensions(page) else None
        return page, month, part, rows_behind(id, con, place or within, month, part, dims)


@for_roles(*READERS)
def rows(request: ScopedRequest, id: str) -> HttpResponse:
    """数背后 — how the cases divide by street and result; children are listed only in the room that holds them."""
    page, month, part, keys = keys_behind(request, id)
    with opened() as con:
        groups = _grouped(con, keys)
    return render(
        request,
        "indicators/rows.html",
        {"indicator": _described(page), "month": str(month), "part_label": PARTS[part], "total": len(keys), "groups": groups,
         "list_url": f"{reverse('births:behind', args=[id])}?{request.GET.urlencode()}",
         "back": f"{reverse('indicators:one', args=[id])}?month={month}"},
    )  # fmt: skip


RESULTS = {"confirmed": "已核实", "corrected": "已更正", "unverifiable": "无法核实"}


def _grouped(con: Any, keys: list[str]) -> list[dict[str, Any]]:
    found = con.execute(
        "select coalesce(p.name, '住址不明或在区外'), c.result, c.issued is not null, count(*) from birth_case c"
        ' left join place p on p.code = c.street where list_contains(?, c."case") group by all order by 1, 2, 3',
        [keys],
    ).fetchall()
    return [
        {"street": street, "state_label": RESULTS.get(result, "待核实" if issued else "未下发"), "count": count}
        for street, result, issued, count in found
    ]
