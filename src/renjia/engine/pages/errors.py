"""定义页错误 — what is wrong on a page, on which line, and what to do."""

from pathlib import Path


class PageError(Exception):
    """定义页有误 — a page cannot be used.

    path: the file; line: 1-based, 0 when the file as a whole is meant; what, remedy: Chinese, without a full stop.
    """

    def __init__(self, path: Path | str, line: int, what: str, remedy: str) -> None:
        """Keep the parts; str() is the sentence a person reads."""
        super().__init__(path, line, what, remedy)
        self.path = Path(path)
        self.line = line
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        """`feeds/x.yaml 第 14 行：…；…。`."""
        parts = self.path.parts
        shown = "/".join(parts[parts.index("definitions") + 1 :] if "definitions" in parts else parts[-3:])
        place = f"{shown} 第 {self.line} 行" if self.line else shown
        return f"{place}：{self.what}；{self.remedy}。"
