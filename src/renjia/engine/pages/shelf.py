"""书架 — every page of a kind, in order of id and date; versions that meet without gap or overlap."""

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from os import listdir, scandir
from pathlib import Path
from stat import S_ISREG

from renjia.engine.pages.errors import PageError
from renjia.engine.pages.grammar import Grammar, grammar_of
from renjia.engine.pages.page import Page, parse_page

DEFINITIONS = Path(__file__).resolve().parents[2] / "definitions"


def load_pages(kind: str, root: Path = DEFINITIONS) -> list[Page]:
    """一种页面的全部 — every page of the kind under root, sorted by id then since; a missing folder is no pages.

    `<folder>/<id>.yaml`, or `<folder>/<id>/<since>.yaml` a version. The `until` of an earlier version is the day before
    the next begins. Raises PageError for the first page that is wrong, and for versions that overlap or leave a gap.
    """
    grammar = grammar_of(kind)
    folder = root / grammar.folder
    if not folder.is_dir():
        return []
    pages: list[Page] = []
    with scandir(folder) as entries:  # read at every question: a folder's own list tells files from folders
        found = sorted((entry.name, entry.is_dir()) for entry in entries)
    for name, several in found:
        if name.startswith(".") or name == "README.md":
            continue
        if several:
            pages += _versions(folder / name, grammar)
        else:
            pages.append(_single(folder / name, grammar))
    return pages


def pages_on(kind: str, on: date, root: Path = DEFINITIONS) -> dict[str, Page]:
    """某日有效的页面 — the version of each id in force on the day, by id."""
    return {page.id: page for page in load_pages(kind, root) if page.in_force(on)}


def page(kind: str, id: str, on: date | None = None, root: Path = DEFINITIONS) -> Page:
    """取一页 — the version in force on the day, or the latest when no day is given; PageError when there is none."""
    versions = [one for one in load_pages(kind, root) if one.id == id]
    folder = root / grammar_of(kind).folder
    if not versions:
        known = "、".join(sorted({one.id for one in load_pages(kind, root)})) or "（还没有）"
        raise PageError(folder, 0, f"没有编号为「{id}」的页面", f"已有：{known}")
    if on is None:
        return versions[-1]
    for one in versions:
        if one.in_force(on):
            return one
    spans = "、".join(f"{one.since}～{one.until or ''}" for one in versions)
    raise PageError(folder, 0, f"「{id}」在 {on} 没有有效的版本", f"有效期：{spans}")


def _single(path: Path, grammar: Grammar) -> Page:
    found = _parse(path, grammar)
    if found.id != path.stem:
        raise PageError(
            path, found.line_of(grammar.kind), f"编号「{found.id}」与文件名「{path.stem}」不一致", "改成一样"
        )
    if path.with_suffix("").is_dir():
        raise PageError(path, 0, f"既有文件 {path.name} 又有文件夹 {path.stem}", "各版本都放进文件夹，按起始日期命名")
    return found


def _versions(folder: Path, grammar: Grammar) -> list[Page]:
    """The versions in one folder, each until set to the day before the next."""
    found: list[Page] = []
    for name in sorted(listdir(folder)):
        if name.startswith("."):
            continue
        path = folder / name
        one = _parse(path, grammar)
        if one.id != folder.name:
            raise PageError(
                path, one.line_of(grammar.kind), f"编号「{one.id}」与文件夹「{folder.name}」不一致", "改成一样"
            )
        if path.stem != one.since.isoformat():
            raise PageError(
                path, one.line_of("since"), f"since {one.since} 与文件名「{path.stem}」不一致", "文件名就是起始日期"
            )
        found.append(one)
    for earlier, later in pairwise(found):
        last = later.since - timedelta(days=1)
        if earlier.until is not None and earlier.until > last:
            what = f"与 {later.path.name} 的有效期重叠（{later.since}～{earlier.until}）"
            raise PageError(earlier.path, earlier.line_of("until"), what, "旧版 until 写到新版 since 的前一天，或不写")
        if earlier.until is not None and earlier.until < last:
            gap = earlier.until + timedelta(days=1)
            what = f"到 {later.path.name} 之间有空档（{gap}～{last}）"
            raise PageError(earlier.path, earlier.line_of("until"), what, "补上这段时间的版本，或改正日期")
    ends = [later.since - timedelta(days=1) for later in found[1:]]
    return [replace(one, until=end) for one, end in zip(found[:-1], ends, strict=True)] + found[-1:]


def _parse(path: Path, grammar: Grammar) -> Page:
    try:
        status = path.stat()
        whole = S_ISREG(status.st_mode) and path.name.endswith(".yaml")
    except FileNotFoundError:  # a link to nowhere
        whole = False
    if not whole:
        raise PageError(path, 0, f"这里不该有「{path.name}」", "页面文件以 .yaml 结尾，别的文件放到别处")
    return _parsed(path, grammar.kind, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _parsed(path: Path, kind: str, changed: int, size: int) -> Page:
    """Parsed once for each state of the file."""
    return parse_page(path, grammar_of(kind))
