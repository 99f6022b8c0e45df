"""金额 — money is a whole number of 分 (fen); it becomes text here and comes back exactly."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_AMOUNT = re.compile(r"(?P<sign>[-−]?)[¥￥]?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d{1,2}))?元?", re.ASCII)


def yuan(fen: int) -> str:
    """元 — `360000` fen as `3,600.00 元`. Raises TypeError for anything but int."""
    if not isinstance(fen, int) or isinstance(fen, bool):
        raise TypeError(f"金额以整数分计，不能是 {type(fen).__name__}：{fen!r}")
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{part:02d} 元"


def fen(text: str | Decimal) -> int:
    """分 — `3,600.00 元`, `￥3600`, `3600.5` or a Decimal as whole fen, exactly.

    Raises TypeError for a float (it cannot hold a fen), ValueError for text that is no amount or has less than a fen.
    """
    if isinstance(text, Decimal):
        hundredfold = text.scaleb(2) if text.is_finite() else Decimal("NaN")
        if not hundredfold.is_finite() or hundredfold != hundredfold.to_integral_value():
            raise ValueError(f"「{text}」不是以分为最小单位的金额")
        return int(hundredfold)
    if not isinstance(text, str):
        raise TypeError(f"金额请写成文字或 Decimal，不能是 {type(text).__name__}：{text!r}（浮点数存不准一分钱）")
    flat = "".join(unicodedata.normalize("NFKC", text).split())
    found = _AMOUNT.fullmatch(flat)
    if found is None:
        raise ValueError(f"「{text}」不是金额；请用 3600.00 或 3,600.00 元 的写法，最多两位小数")
    amount = int(found["whole"].replace(",", "")) * 100 + int((found["part"] or "0").ljust(2, "0"))
    return -amount if found["sign"] else amount
