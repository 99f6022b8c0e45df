"""每个模板都编得过；没有内联脚本与样式；引用的文件与图标都有。"""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from renjia.front.assets import COPIES, VENDOR

SRC = Path(__file__).resolve().parents[2] / "src" / "renjia"
STATIC = SRC / "front" / "static"
PAGES = sorted(SRC.rglob("templates/**/*.html"))
EACH = pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(SRC)))


def name(path: Path) -> str:
    """What a view or an include calls it."""
    at = max(i for i, part in enumerate(path.parts) if part == "templates")
    return "/".join(path.parts[at + 1 :])


@EACH
def test_it_compiles(path: Path):
    get_template(name(path))


@EACH
def test_no_inline_script_style_or_handler(path: Path):
    text = path.read_text()
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+=", text), "事件写在脚本文件里"
    bodies = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert not bodies, "脚本放进 static/renjia/"
    fixed = [s for s in re.findall(r'style="([^"]*)"', text) if "{{" not in s or "url(" in s]
    assert not fixed, f"样式属性只给数据（条的长度、方格的位置）：{fixed}"


@EACH
def test_what_it_refers_to_is_there(path: Path):
    vendor = {f"vendor/{copy.target}" for copy in COPIES}
    for wanted in re.findall(r"{% static '([^']+)' %}", path.read_text()):
        assert wanted in vendor or (STATIC / wanted).is_file(), wanted


@EACH
def test_its_icons_exist(path: Path):
    sheet = VENDOR / "icons/tabler-icons.min.css"
    if not sheet.exists():
        pytest.skip("页面材料未取（make assets）")
    known = set(re.findall(r"\.ti-([a-z0-9-]+):", sheet.read_text()))
    assert not set(re.findall(r"\bti-([a-z0-9-]+)", path.read_text())) - known
