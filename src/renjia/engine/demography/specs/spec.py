"""推算说明书 — a YAML page that says what to project from which files; every scalar is text, every fault has its line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from renjia.engine.demography.errors import DemographyError

Value = str | list["Value"] | dict[str, "Value"]

SYNONYMS: Mapping[str, str] = {
    "名称": "name", "版式": "layout", "文件": "file", "文件夹": "folder", "起": "from", "止": "to", "单位": "unit",
    "组距": "width", "婴儿存活口径": "infant_rule", "人口": "population", "生育": "fertility", "死亡": "mortality",
    "迁移": "migration", "出生性别比": "sex_ratio", "地区": "places", "抽样次数": "draws", "种子": "seed", "方式": "mode",
    "方案": "scenarios", "不确定性": "uncertainty", "收缩": "shrink", "后果": "consequences", "回测": "backtest",
    "总和生育率": "tfr", "模式": "pattern", "男性份额": "male_share", "月份": "month", "每千人托位": "nursery_per_thousand",
    "倍数": "factor", "地区间迁移": "moves",
}  # fmt: skip
LAYOUTS = ("tables", "wpp2019", "wpp2024")
MODES = {"rates": "rates", "率": "rates", "counts": "counts", "整数": "counts"}
_TOP = (
    "name", "layout", "file", "folder", "from", "to", "unit", "width", "infant_rule", "population", "fertility",
    "mortality", "migration", "sex_ratio", "places", "draws", "seed", "mode", "scenarios", "uncertainty", "shrink",
    "consequences", "backtest", "moves",
)  # fmt: skip
_INSIDE: Mapping[str, tuple[str, ...]] = {
    "population": ("file",),
    "fertility": ("file", "tfr"),
    "mortality": ("file",),
    "migration": ("file", "pattern", "male_share", "a1", "alpha1", "a2", "alpha2", "mu2", "lambda2", "c"),
    "moves": ("file",),
    "uncertainty": (
        "fertility", "fertility_place", "fertility_carry", "mortality", "migration", "migration_place",
        "migration_carry", "migration_floor",
    ),
    "shrink": ("file",),
    "consequences": ("month", "nursery_per_thousand"),
    "backtest": ("from", "to", "file"),
}  # fmt: skip
_MAX_BYTES = 1_000_000
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Spec:
    """说明书 — its values by English key, as written, and the line of each."""

    path: Path
    values: Mapping[str, Value]
    lines: Mapping[tuple[str, ...], int] = field(repr=False)

    def where(self, *keys: str) -> str:
        """位置 — "spec.yaml 第 7 行"."""
        line = self.lines.get(keys) or self.lines.get(keys[:1]) or 1
        return f"{self.path.name} 第 {line} 行"

    def has(self, *keys: str) -> bool:
        """写了没有."""
        return self._get(keys) is not None

    def _get(self, keys: tuple[str, ...]) -> Value | None:
        value: Value | None = dict(self.values)
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *keys: str, default: str | None = None) -> str:
        """一段文字 — DemographyError when it is missing without a default, or is not one value."""
        value = self._get(keys)
        if value is None:
            if default is None:
                raise DemographyError(f"没有「{keys[-1]}」", self.where(*keys[:-1]), "请补上这一项")
            return default
        if not isinstance(value, str) or not value.strip():
            raise DemographyError(f"「{keys[-1]}」应是一个值", self.where(*keys), "冒号后空一格写值")
        return value.strip()

    def number(self, *keys: str, default: float | None = None) -> float:
        """一个数."""
        text = self.text(*keys, default=None if default is None else repr(default))
        try:
            found = float(text)
        except ValueError:
            raise DemographyError(f"「{text}」不是数", self.where(*keys), "请填数字") from None
        if found != found or found in (float("inf"), float("-inf")):
            raise DemographyError(f"「{text}」不是有限的数", self.where(*keys), "请填数字")
        return found

    def whole(self, *keys: str, default: int | None = None, low: int = 0, high: int = 1_000_000) -> int:
        """一个整数 — within low … high."""
        found = self.number(*keys, default=default)
        if found != int(found) or not low <= found <= high:
            raise DemographyError(f"{found:g}", f"{self.where(*keys)} {keys[-1]}", f"请填 {low} 至 {high} 的整数")
        return int(found)

    def names(self, *keys: str) -> tuple[str, ...]:
        """一列文字 — empty when not written."""
        value = self._get(keys)
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
            raise DemographyError(f"「{keys[-1]}」应是一列", self.where(*keys), "写成 [甲, 乙]，只有一个也写 [甲]")
        return tuple(str(v) for v in value)

    def branch(self, *keys: str) -> dict[str, Value]:
        """一组键值 — empty when not written."""
        value = self._get(keys)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise DemographyError(f"「{keys[-1]}」应是“键: 值”", self.where(*keys), "每行写一个键，冒号后空一格写值")
        return value

    def file(self, *keys: str) -> Path:
        """一个文件或文件夹 — relative to the page; a leading SHARED is the folder named by the environment variable."""
        text = self.text(*keys)
        if text == "SHARED" or text.startswith("SHARED/"):
            shared = os.environ.get("SHARED")
            if not shared:
                raise DemographyError(
                    "用到共用数据，但没有设环境变量 SHARED", self.where(*keys), "请先 export SHARED=共用数据的文件夹"
                )
            found = Path(shared) / text.removeprefix("SHARED").lstrip("/")
        else:
            found = self.path.parent / text
        if not found.exists():
            raise DemographyError(
                f"没有「{text}」", self.where(*keys), "请查路径：相对于说明书所在的文件夹，或以 SHARED/ 开头"
            )
        return found


def read_spec(path: Path | str) -> Spec:
    """读说明书 — DemographyError with file and line for text that is not YAML, unknown or repeated keys, a bad layout or mode."""
    file = Path(path)
    try:
        data = file.read_bytes()
        if len(data) > _MAX_BYTES:
            raise DemographyError("文件超过 1 MB", file.name, "说明书只写文件名与选项，数据放在表里")
        node = YAML(typ="safe", pure=True).compose(data.decode("utf-8-sig"))
    except OSError as wrong:
        raise DemographyError("说明书打不开", str(path), "请查路径") from wrong
    except UnicodeDecodeError as wrong:
        raise DemographyError("不是 UTF-8 文字", file.name, "请另存为 UTF-8") from wrong
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        at = f"{file.name} 第 {mark.line + 1} 行" if mark is not None else file.name
        raise DemographyError("不是正确的 YAML", at, "请查这一行的缩进、冒号后的空格和引号") from wrong
    except (YAMLError, ValueError, RecursionError) as wrong:
        if isinstance(wrong, DemographyError):
            raise
        raise DemographyError("不是正确的 YAML", file.name, "请用纯文本编辑器改写") from wrong
    if not isinstance(node, MappingNode):
        raise DemographyError("整页应是“键: 值”", f"{file.name} 第 1 行", "请看 docs/demography/specs 里的例子")
    lines: dict[tuple[str, ...], int] = {}
    values = _plain(node, (), lines, file)
    assert isinstance(values, dict)
    spec = Spec(file, values, lines)
    _check(spec)
    return spec


def _plain(node: Node, keys: tuple[str, ...], lines: dict[tuple[str, ...], int], file: Path) -> Value:
    at = f"{file.name} 第 {node.start_mark.line + 1} 行"
    if node.anchor is not None or len(keys) > _DEPTH:
        raise DemographyError("用了锚点，或层次太深", at, "请直接写出内容")
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*keys, str(i)), lines, file) for i, item in enumerate(node.value)]
    found: dict[str, Value] = {}
    for key_node, value in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise DemographyError("键不是文字", f"{file.name} 第 {line} 行", "键写成一段文字")
        written = str(key_node.value)
        key = SYNONYMS.get(written, written)
        if key in found:
            raise DemographyError(f"「{written}」写了两次", f"{file.name} 第 {line} 行", "请只留一处")
        lines[(*keys, key)] = line
        found[key] = _plain(value, (*keys, key), lines, file)
    return found


def _check(spec: Spec) -> None:
    known_words = {english: chinese for chinese, english in SYNONYMS.items()}
    for key in spec.values:
        if key not in _TOP:
            raise DemographyError(
                f"不认识「{key}」", spec.where(key), "可用：" + "、".join(known_words.get(k, k) for k in _TOP)
            )
    for key, allowed in _INSIDE.items():
        for inner in spec.branch(key) if isinstance(spec.values.get(key), dict) else ():
            if inner not in allowed:
                raise DemographyError(
                    f"「{key}」里不认识「{inner}」", spec.where(key, inner), "可用：" + "、".join(allowed)
                )
    layout = spec.text("layout", default="tables")
    if layout not in LAYOUTS:
        raise DemographyError(f"没有「{layout}」这种版式", spec.where("layout"), "可选：" + "、".join(LAYOUTS))
    mode = spec.text("mode", default="rates")
    if mode not in MODES:
        raise DemographyError(f"没有「{mode}」这种方式", spec.where("mode"), "可选：" + "、".join(MODES))
