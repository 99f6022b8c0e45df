"""文件守卫 — what an .xlsx container must be before any parser sees it (assurance §4 I3).

The container is unpacked here under limits and packed again plainly, so the parser reads exactly the bytes that were
counted: declared sizes, overlapping entries and odd names cannot mislead it.
"""

import io
import zipfile
import zlib
from dataclasses import dataclass

from renjia.records.intake.problems import Refusal, refuse

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_PLAIN = (".xlsx",)
_TEXT = (".csv", ".txt", ".tsv")
_AGAIN = "请向送件单位要一份新导出的文件"


@dataclass(frozen=True, slots=True)
class Limits:
    """限额 — bytes, parts, columns, rows; the defaults are those of assurance §4."""

    received: int = 300_000_000
    inflated: int = 64_000_000
    ratio: int = 100
    parts: int = 200
    columns: int = 200
    rows: int = 1_100_000
    cell: int = 2_000
    merges: int = 20_000
    text: int = 200_000_000


LIMITS = Limits()


def kind_of(data: bytes, filename: str, limits: Limits = LIMITS) -> str:
    """文件是什么 — 'xlsx' or 'text'; Refusal for all else, for an empty file and for a name that says otherwise."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise refuse(filename, "文件是空的", _AGAIN)
    if len(data) > limits.received:
        raise refuse(filename, f"文件超过 {limits.received // 1_000_000} MB", "请按月或按机构拆开后再送")
    name = filename.lower()
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise refuse(filename, "文件加了打开密码", "请去掉密码（文件→信息→保护工作簿）后另存为 .xlsx 再送")
        raise refuse(filename, "是旧版 Excel（.xls）或其他 OLE 文件", "请用 Excel 或 WPS 打开，另存为 .xlsx 再送")
    if data.startswith((ZIP, b"PK\x05\x06")):
        if name.endswith((".xlsm", ".xltm", ".xlsb", ".xlam")):
            raise refuse(filename, "是带宏或二进制的工作簿", "请另存为不含宏的 .xlsx 再送")
        if not name.endswith(_PLAIN):
            raise refuse(
                filename,
                "内容是压缩包或 Excel 工作簿，扩展名却不是 .xlsx",
                "若是 Excel 文件请把扩展名改为 .xlsx；压缩包请解开后逐个送",
            )
        return "xlsx"
    if name.endswith(_TEXT):
        _refuse_other_text(data, filename)
        return "text"
    if name.endswith(_PLAIN):
        raise refuse(
            filename,
            "扩展名是 .xlsx，内容却不是 Excel 工作簿，或开头已损坏",
            "请用 Excel 打开后另存为 .xlsx；若是文本请改扩展名为 .csv",
        )
    raise refuse(filename, "扩展名与内容不合，或不是能收的格式", "只收 .xlsx 和 .csv（.txt）；请打开后另存为其中一种")


def _refuse_other_text(data: bytes, filename: str) -> None:
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"mime-version")):
        raise refuse(filename, "内容是网页或 XML，不是表格文本", "请用 Excel 打开后另存为 .xlsx 再送")
    if head.startswith((b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"rar!", b"7z\xbc\xaf")):
        raise refuse(filename, "内容不是表格文本", "只收 .xlsx 和 .csv（.txt）；请送原始表格")


def unpack(data: bytes, filename: str, limits: Limits = LIMITS) -> dict[str, bytes]:
    """解开 .xlsx — its XML parts by name, counted while inflating; Refusal for anything an honest workbook has not."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, UnicodeDecodeError, NotImplementedError) as error:
        raise refuse(filename, "工作簿不完整或已损坏（只收到半个文件？）", _AGAIN) from error
    if len(entries) > limits.parts:
        raise refuse(
            filename, f"工作簿内有 {len(entries)} 个部件，超过 {limits.parts} 个", "请只留数据表，另存为新的 .xlsx"
        )
    seen: set[str] = set()
    for entry in entries:
        _check_entry(entry, seen, filename)
        seen.add(entry.filename.lower())
    if not any(name.startswith("xl/") for name in seen):
        raise refuse(filename, "压缩包里没有 Excel 工作簿", "压缩包请解开后逐个送；若是 ods、docx，请另存为 .xlsx")
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        content = _inflate(archive, entry, limits.inflated - total, filename, limits)
        total += len(content)
        if total > limits.ratio * max(len(data), 10_000):
            raise refuse(filename, f"解开后是原来的 {limits.ratio} 倍以上（压缩炸弹？）", _AGAIN)
        if content.startswith((ZIP, OLE)):
            raise refuse(
                filename, f"工作簿里嵌有别的文件（{_safe(entry.filename)}）", "请删去嵌入的对象，另存为新的 .xlsx"
            )
        if entry.filename.lower().endswith((".xml", ".rels")):
            parts[entry.filename] = content
    _check_parts(parts, filename)
    return parts


def repack(parts: dict[str, bytes]) -> io.BytesIO:
    """重新装好 — a plain container of the parts that were counted, nothing else."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", _STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    packed.seek(0)
    return packed


def _check_entry(entry: zipfile.ZipInfo, seen: set[str], filename: str) -> None:
    name = entry.filename
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name or "\\" in name:
        raise refuse(filename, f"工作簿内部路径不正当（{_safe(name)}）", _AGAIN)
    if name.lower() in seen:
        raise refuse(filename, f"工作簿内部有重名部件（{_safe(name)}）", _AGAIN)
    if entry.flag_bits & 0x1:
        raise refuse(filename, "工作簿内部加了密", "请去掉密码后另存为 .xlsx 再送")
    if entry.compress_type not in (_STORED, _DEFLATED):
        raise refuse(filename, "工作簿用了 Excel 不用的压缩方法", "请用 Excel 另存为 .xlsx 再送")
    if "vbaproject" in name.lower() or "macrosheets/" in name.lower():
        raise refuse(filename, "工作簿带宏", "请另存为不含宏的 .xlsx 再送")


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, filename: str, limits: Limits) -> bytes:
    """One part, never more than `room` bytes of it."""
    try:
        with archive.open(entry) as stream:
            content = stream.read(room + 1)
            if len(content) <= room and stream.read(1):
                raise zipfile.BadZipFile(entry.filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise refuse(filename, f"工作簿的部件 {_safe(entry.filename)} 损坏（只收到半个文件？）", _AGAIN) from error
    if len(content) > room:
        raise refuse(
            filename,
            f"工作簿解开后超过 {limits.inflated // 1_000_000} MB",
            "数据多请拆成几个文件，或另存为 CSV；否则检查文件来历",
        )
    return content


def _check_parts(parts: dict[str, bytes], filename: str) -> None:
    for name, content in parts.items():
        if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:200]:
            raise _odd_xml(name, filename)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise _odd_xml(name, filename)
        if name.lower() == "[content_types].xml" and b"macroEnabled" in content:
            raise refuse(filename, "工作簿带宏", "请另存为不含宏的 .xlsx 再送")
        if b"<ddeLink" in content or b":ddeLink" in content:
            raise refuse(filename, "工作簿有 DDE 外部链接", "请断开链接（数据→编辑链接），复制为数值后另存再送")


def _odd_xml(name: str, filename: str) -> Refusal:
    return refuse(filename, f"工作簿的部件 {_safe(name)} 不是 Excel 写出的 XML", "请用 Excel 打开后另存为 .xlsx 再送")


def _safe(name: str) -> str:
    """A part's name fit to be shown."""
    return "".join(character if character.isprintable() else "�" for character in name)[:60]
