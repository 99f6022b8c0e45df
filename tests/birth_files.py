"""Small files as departments send them: two headers, four lines; how they are written and read back."""

import csv
import io
from pathlib import Path

DELIVERY = (
    "病案号,机构代码,产妇姓名,产妇证件号码,配偶姓名,新生儿姓名,分娩时间,新生儿性别,出生体重(g),"
    "胎儿序号,胎数,孩次,现住址代码,联系电话,上报日期,分娩结局"
)
CERTIFICATE = (
    "签发流水号,出生医学证明编号,新生儿姓名,性别,出生时间,出生体重(g),签发机构代码,"
    "母亲姓名,母亲证件号码,父亲姓名,父亲证件号码,住址代码,签发日期"
)
LIMEI_BORN = "H1,H310000,李梅,310115199404245746,王建国,李梅之女,2025/03/17 10:15,2,3210,1,1,1,310115001001,13712346287,2025/03/18,活产"
LIMEI_CERTIFIED = "C1,X310012345,王思溪,2,2025-03-17 10:15:00,3210,H310000,李梅,310115199404245746,王建国,310115199109086113,310115001001,2025-03-20"
STILL = "H2,H310000,陈静,320101198812123026,刘强,,2025/03/17 09:00,1,900,1,1,1,310115001001,15900112233,2025/03/18,死胎"
NO_DATE = (
    "H3,H310000,孙芳,320101198812123026,刘强,,2025/02/30 09:00,1,2900,1,1,1,310115001001,15900112233,2025/03/18,活产"
)
NAMELESS = (
    ",H310000,周琳,320101199001012347,吴刚,,2025/03/11 09:00,1,2900,1,1,1,310115001001,15900112299,2025/03/18,活产"
)


def write(path: Path, header: str, *lines: str, encoding: str = "utf-8-sig") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\r\n".join((header, *lines, "")), encoding=encoding)


def read(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
