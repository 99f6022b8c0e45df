"""编码 — which encoding a text file is in: found, said, and asked about when it is not plain."""

import codecs
import io
from collections.abc import Callable, Iterator

from renjia.records.intake.problems import Option, Refusal, refuse

NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8（带 BOM）",
    "gb18030": "GB18030（GBK）",
    "utf-16-le": "UTF-16（小端）",
    "utf-16-be": "UTF-16（大端）",
    "big5": "Big5（繁体）",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHUNK = 1 << 20
_HALF = "文件在字的中间断开（只收到半个文件？）"
_RESEND = "请重新导出完整的文件再送"


def find_encoding(data: bytes, filename: str, sensible: Callable[[str], bool]) -> tuple[str, str]:
    """找编码 — (encoding, what was seen); `sensible` says whether a beginning of text looks like a table we know.

    Raises Refusal: cut in mid-character, two encodings in one file, NUL, or several encodings possible (with options).
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            _must_decode(data, encoding, filename)
            return encoding, f"编码 {NAMES[encoding]}，见文件开头的标记"
    wide = _wide(data)
    if wide:
        _must_decode(data, wide, filename)
        return wide, f"编码 {NAMES[wide]}，文件开头没有标记，由字节排列认出"
    _refuse_nul(data, filename)
    fault = _fault(data, "utf-8")
    if fault is None:
        plain = data.isascii()
        return "utf-8", "全部是英文数字，任何编码读来都一样" if plain else "编码 UTF-8，全文无误"
    if _fault(data, "gb18030") is None:
        mixed = _lines_of_both(data)
        if mixed:
            what = f"第 {mixed} 行是 UTF-8，别的行是 GB18030，一个文件里混了两种编码"
            raise refuse(
                filename,
                what,
                "请用同一种编码重新导出；若确是 GB18030 请选定",
                row=mixed,
                options=_options(data, sensible),
            )
        if sensible(_beginning(data, "gb18030")):
            return "gb18030", "编码 GB18030（不是 UTF-8；按 GB18030 全文无误，列名可认）"
    elif at_tail(data, "utf-8", fault) or at_tail(data, "gb18030", _fault(data, "gb18030") or 0):
        raise refuse(filename, _HALF, _RESEND, row=data.count(b"\n") + 1)
    raise _unclear(data, filename, fault, sensible)


def at_tail(data: bytes, encoding: str, fault: int) -> bool:
    """断在末尾 — whether the only fault is a character cut off by the end of the file."""
    if fault < len(data) - 4:
        return False
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(data[:fault]), decoder.decode(data[fault:])
    except UnicodeDecodeError:
        return False
    return True


def open_text(data: bytes, encoding: str, filename: str) -> Iterator[str]:
    """逐行文字 — lines with their ends kept, as csv wants them; Refusal when a chosen encoding does not fit."""
    if encoding not in NAMES:
        raise refuse(filename, f"不认识编码「{encoding}」", f"可选：{'、'.join(NAMES)}")
    _must_decode(data, encoding, filename)
    mark = next((mark for mark, _ in _BOMS if data.startswith(mark)), b"")
    stream = io.BytesIO(data)
    stream.seek(len(mark))
    return io.TextIOWrapper(stream, encoding.removesuffix("-sig"), newline="")


def _fault(data: bytes, encoding: str) -> int | None:
    """Where the bytes stop being of the encoding; None when they are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(data), _CHUNK):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _CHUNK], start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start - held + error.start
    return None


def _must_decode(data: bytes, encoding: str, filename: str) -> None:
    """Refuses what is not whole in an encoding that is certain or chosen."""
    fault = _fault(data, encoding)
    if fault is None:
        return
    if encoding.startswith("utf-16") and len(data) % 2:
        raise refuse(filename, _HALF, _RESEND)
    name = encoding.removesuffix("-sig")
    if at_tail(data, name, fault):
        raise refuse(filename, _HALF, _RESEND)
    row = data[:fault].count(b"\n") + 1
    raise refuse(filename, f"第 {row} 行有不是 {NAMES[encoding]} 的字节", "请用同一种编码重新导出再送", row=row)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every second byte of the ASCII in it is NUL."""
    head = data[:4000]
    if len(head) < 4 or b"\0" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 4 * even and odd * 10 >= len(head) // 2:
        return "utf-16-le"
    if even > 4 * odd and even * 10 >= len(head) // 2:
        return "utf-16-be"
    return ""


def _refuse_nul(data: bytes, filename: str) -> None:
    at = data.find(b"\0")
    if at >= 0:
        row = data[:at].count(b"\n") + 1
        raise refuse(filename, f"第 {row} 行有空字节 NUL（写到一半断电，或不是文本）", _RESEND, row=row)


def _lines_of_both(data: bytes) -> int:
    """First line that is whole UTF-8 Chinese in a file that as a whole reads as GB18030; 0 when there is none."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if sum("\u4e00" <= character <= "\u9fff" for character in text) >= 2:
            return number
    return 0


def _beginning(data: bytes, encoding: str) -> str:
    """The first lines as the encoding reads them; '' when it cannot."""
    head = data[:20_000]
    if len(data) > len(head):
        head = head[: head.rfind(b"\n") + 1] or head
    return head.decode(encoding, errors="replace")


def _options(data: bytes, sensible: Callable[[str], bool]) -> list[Option]:
    """Every encoding the whole file fits, the sensible ones first, with its first 20 lines."""
    found: list[tuple[bool, Option]] = []
    for encoding in ("utf-8", "gb18030", "big5"):
        if _fault(data, encoding) is None:
            text = _beginning(data, encoding)
            preview = tuple((line[:200],) for line in text.splitlines()[:20])
            found.append((not sensible(text), Option("encoding", encoding, NAMES[encoding], preview)))
    return [option for _, option in sorted(found, key=lambda one: one[0])]


def _unclear(data: bytes, filename: str, fault: int, sensible: Callable[[str], bool]) -> Refusal:
    options = _options(data, sensible)
    row = data[:fault].count(b"\n") + 1
    if not options:
        either = all(_fault(line, "utf-8") is None or _fault(line, "gb18030") is None for line in data.split(b"\n"))
        what = "混了 UTF-8 和 GB18030 两种编码" if either else "既不是 UTF-8 也不是 GB18030"
        return refuse(filename, f"第 {row} 行起{what}", "请用一种编码（建议 UTF-8）重新导出再送", row=row)
    names = "、".join(option.label for option in options)
    return refuse(filename, f"编码不明：可能是 {names}", "请看前 20 行，选定读来通顺的一种", row=row, options=options)
