"""输入检查 — every measure asks these first: a bad number is refused with its place and a remedy, never repaired."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renjia.engine.demography.errors import DemographyError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Sex = Literal["male", "female", "both"]

SEXES: dict[str, Sex] = {
    "male": "male", "m": "male", "男": "male",
    "female": "female", "f": "female", "女": "female",
    "both": "both", "b": "both", "合计": "both",
}  # fmt: skip


def place(index: Sequence[int], age: Ints | None = None) -> str:
    """位置 — "第 3 组（5 岁）": the last index is the age group, those before it rows."""
    *rows, last = (int(i) for i in index)
    head = "".join(f"第 {r + 1} 行 " for r in rows)
    return f"{head}第 {last + 1} 组" + (f"（{age[last]} 岁）" if age is not None and last < len(age) else "")


def _first(bad: NDArray[np.bool_], name: str, age: Ints | None) -> str:
    if bad.ndim == 0:
        return name
    return f"{name} {place(tuple(np.argwhere(bad)[0]), age)}"


def numbers(values: ArrayLike, name: str, *, age: Ints | None = None) -> Floats:
    """数组 — finite float64 numbers, any shape with at least one cell; with `age`, the last axis has its length.

    Raises DemographyError for text, NaN, infinity, an empty array, a length that differs from the ages.
    """
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DemographyError(
            "含有不是数字的内容，或各行长短不一", name, "请只放数字，每行一样长，空格先补齐"
        ) from None
    if array.size == 0:
        raise DemographyError("没有数据", name, "请给出至少一个数")
    missing = np.isnan(array)
    if missing.any():
        raise DemographyError("缺值（NaN）", _first(missing, name, age), "请补上这个数；确实没有的，填 0 或去掉该组")
    endless = np.isinf(array)
    if endless.any():
        raise DemographyError("无穷大", _first(endless, name, age), "多半是除以零，请查分母")
    if age is not None and (array.ndim == 0 or array.shape[-1] != len(age)):
        found = array.shape[-1] if array.ndim else 1
        raise DemographyError(f"有 {found} 个数，年龄有 {len(age)} 组", name, "请让每个年龄组恰有一个数")
    return array


def counts(values: ArrayLike, name: str, *, age: Ints | None = None) -> Floats:
    """人数 — numbers, none negative (fractions are allowed: person-years, means of two counts)."""
    array = numbers(values, name, age=age)
    below = array < 0
    if below.any():
        raise DemographyError(f"人数为负（{array[below][0]:g}）", _first(below, name, age), "请查来源，人数不能小于零")
    return array


def exposure(values: ArrayLike, name: str, *, age: Ints | None = None) -> Floats:
    """分母 — counts, none zero."""
    array = counts(values, name, age=age)
    empty = array == 0
    if empty.any():
        raise DemographyError("分母为零", _first(empty, name, age), "请合并相邻年龄组或年份，使每组都有人")
    return array


def rates(values: ArrayLike, name: str, *, age: Ints | None = None, top: float = 1.0) -> Floats:
    """率 — per person and year: none negative, none above `top` (1)."""
    array = numbers(values, name, age=age)
    below = array < 0
    if below.any():
        raise DemographyError(f"率为负（{array[below][0]:g}）", _first(below, name, age), "请查分子分母")
    above = array > top
    if above.any():
        raise DemographyError(
            f"每人每年 {array[above][0]:g}，大于 {top:g}",
            _first(above, name, age),
            "若以千分率填报，请除以 1000；若人数太少，请合并高龄组",
        )
    return array


def positive(value: float, name: str, *, above: float = 0.0) -> float:
    """正数 — one finite number greater than `above`."""
    number = numbers(value, name)
    if number.ndim or not float(number) > above:
        raise DemographyError(f"应是一个大于 {above:g} 的数", name, "请改正")
    return float(number)


def fraction(value: float, name: str) -> float:
    """比例 — one number strictly between 0 and 1."""
    number = numbers(value, name)
    if number.ndim or not 0 < float(number) < 1:
        raise DemographyError("应在 0 与 1 之间", name, "请用小数，例如 0.488")
    return float(number)


def ages(age: ArrayLike | None, name: str = "年龄") -> Ints:
    """年龄下限 — whole years, not negative, strictly ascending; the last group is open or ends where the caller says."""
    if age is None:
        raise DemographyError("没有年龄", name, "请给出各组的年龄下限，例如 0、1、5、10")
    array = numbers(age, name)
    if array.ndim != 1:
        raise DemographyError("应是一列", name, "请给出各组的年龄下限")
    if (array != np.floor(array)).any() or (array < 0).any():
        raise DemographyError("不是零以上的整岁", name, "请用各组的年龄下限，例如 0、1、5、10")
    falls = np.diff(array) <= 0
    if falls.any():
        at = int(np.argmax(falls)) + 1
        raise DemographyError(
            f"没有从小到大（{array[at - 1]:g} 之后是 {array[at]:g}）",
            f"{name} 第 {at + 1} 组",
            "请按年龄排序，去掉重复",
        )
    return array.astype(np.int64)


def single_ages(age: ArrayLike | None) -> Ints:
    """单岁年龄 — ascending ages without a gap."""
    array = ages(age)
    gaps = np.diff(array) != 1
    if gaps.any():
        at = int(np.argmax(gaps))
        raise DemographyError(f"{array[at]} 岁之后是 {array[at + 1]} 岁", "年龄", "这个指标要单岁人口，请给出每一岁")
    return array


def sex(value: str | None) -> Sex:
    """性别 — male, female or both (also 男, 女, 合计)."""
    found = SEXES.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise DemographyError(
            f"没有性别，或不认识「{value or ''}」", "性别", "请写 male（男）、female（女）或 both（合计）"
        )
    return found


def same_shape(first: Floats, second: Floats, names: str) -> None:
    """形状一致 — two arrays of one shape."""
    if first.shape != second.shape:
        raise DemographyError(f"形状不同：{first.shape} 与 {second.shape}", names, "请让两者的年龄组、年份一一对应")


def aligned(first: Floats, second: Floats, names: str) -> tuple[int, ...]:
    """可对齐 — two arrays whose last axes are equal and whose leading axes fit (alike, missing or 1); the common shape."""
    try:
        if first.shape[-1:] != second.shape[-1:]:
            raise ValueError
        return np.broadcast_shapes(first.shape, second.shape)
    except ValueError:
        raise DemographyError(
            f"形状不能对齐：{first.shape} 与 {second.shape}", names, "请让年龄组一一对应，其余各维相同或只给一份"
        ) from None


def choice(value: str, allowed: Sequence[str], name: str) -> str:
    """口径 — one of the named conventions."""
    if value not in allowed:
        raise DemographyError(f"没有「{value}」这种口径", name, "可选：" + "、".join(allowed))
    return value


def closes(parts: ArrayLike, total: ArrayLike, name: str, *, tolerance: float = 1e-9) -> None:
    """合计相符 — the parts along the last axis add to the total.

    parts (…, K), total (…): refused where |sum − total| exceeds `tolerance` times the larger of 1 and |total|.
    """
    piece, whole = numbers(parts, name), numbers(total, f"{name}合计")
    added = piece.sum(axis=-1)
    if added.shape != whole.shape:
        raise DemographyError(
            f"分项加总后形状是 {added.shape}，合计是 {whole.shape}", name, "请让每一行分项对应一个合计"
        )
    off = np.abs(added - whole) > tolerance * np.maximum(1.0, np.abs(whole))
    if off.any():
        at = tuple(np.argwhere(off)[0]) if off.ndim else ()
        where = f"{name} {place(at)}" if at else name
        raise DemographyError(
            f"分项加总 {added[at]:.10g}，合计 {whole[at]:.10g}，不符", where, "请核对分项与合计，改正后再算"
        )
