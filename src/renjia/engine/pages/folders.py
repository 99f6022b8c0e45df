"""一夹页面 — a definition that is a folder: a cover `_<kind>.yaml` and one leaf a file, of another kind."""

from pathlib import Path

from renjia.engine.pages.errors import PageError
from renjia.engine.pages.grammar import grammar_of
from renjia.engine.pages.page import Page, parse_page


def load_folder(folder: Path, cover: str, leaf: str) -> tuple[Page, dict[str, Page]]:
    """读一夹 — the cover page and the leaves by id, sorted by file name.

    folder: its name is the cover's id; cover, leaf: registered kinds. Raises PageError when the folder or its cover is
    missing, an id differs from its name, or a file is not a page.
    """
    front = folder / f"_{cover}.yaml"
    if not front.is_file():
        raise PageError(front, 0, "没有这一页", f"每个文件夹要有一页 _{cover}.yaml")
    head = parse_page(front, grammar_of(cover))
    if head.id != folder.name:
        what = f"编号「{head.id}」与文件夹「{folder.name}」不一致"
        raise PageError(front, head.line_of(cover), what, "改成一样")
    leaves: dict[str, Page] = {}
    for path in sorted(folder.iterdir()):
        if path == front or path.name.startswith(".") or path.name == "README.md":
            continue
        if path.suffix != ".yaml" or not path.is_file():
            raise PageError(path, 0, f"这里不该有「{path.name}」", "页面文件以 .yaml 结尾，别的文件放到别处")
        found = parse_page(path, grammar_of(leaf))
        if found.id != path.stem:
            what = f"编号「{found.id}」与文件名「{path.stem}」不一致"
            raise PageError(path, found.line_of(leaf), what, "改成一样")
        leaves[found.id] = found
    return head, leaves
