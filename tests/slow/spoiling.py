"""送坏的文件 — a synthetic district's files with what departments do to them, each row of it counted by hand."""

import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

DELIVERY = "住院分娩.csv"
SOURCES = {
    "生育登记": "registration", "住院分娩": "hospital_delivery", "预防接种": "vaccination",
    "出生医学证明": "birth_certificate", "户籍出生": "hukou_birth",
}  # fmt: skip


@dataclass
class Spoiled:
    """弄坏了多少 — rows added by source, and what is to become of them."""

    added: Counter[str] = field(default_factory=Counter)
    returned: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    refused_files: int = 0


def spoil(folder: Path, earlier: str, later: str) -> Spoiled:
    """Rewrites the hospitals' file of `later`; the month also brings a file of `earlier` again and one not to be held."""
    done, source = Spoiled(), "hospital_delivery"
    path = folder / later / DELIVERY
    header, *rows = lines(path)
    _, *old = lines(folder / earlier / DELIVERY)
    sent = len(rows)
    columns = header.split(",")

    def changed(row: str, **values: str) -> str:
        cells = dict(zip(columns, row.split(","), strict=True)) | values
        return ",".join(cells.values())

    rows += [rows[0], rows[1], old[0]]  # the same twice in one file; last month's sent again
    done.repeated[source] += 3
    rows += [changed(old[1], 联系电话="13912345678"), changed(rows[2], 联系电话="13912345679")]  # corrected
    done.replaced[source] += 1  # last month's; within one file the later row takes the earlier one's place
    done.repeated[source] += 1
    bad = [{"产妇证件号码": "3.10192E+17"}, {"分娩时间": "2025-02-31 08:00"}, {"分娩时间": ""}]
    rows += [changed(old[2], 病案号=f"H9990000{n}", **values) for n, values in enumerate(bad)]
    done.returned[source] += len(bad)
    stranger = {
        "产妇姓名": "欧阳某春",
        "产妇证件号码": "310115199404245746",
        "新生儿性别": "1",
        "出生体重(g)": "2999",
        "分娩时间": "2025/02/11 06:06",
        "上报日期": "2025/02/12",
    }
    rows.append(changed(old[3], **stranger))  # a number used before for another child
    done.added[source] = len(rows) - sent
    path.write_text("\n".join([header, *rows]) + "\n", encoding="gb18030")
    shutil.copy(folder / earlier / "预防接种.xlsx", folder / later / "预防接种（又送一次）.xlsx")
    watch = [f"{header},末次月经", *(f"{row},2024-05-01" for row in old[:4])]
    (folder / later / "孕情.csv").write_text("\n".join(watch), encoding="utf-8")
    done.refused_files = 1
    return done


def lines(path: Path) -> list[str]:
    """A text file's lines, in either of the two encodings in use."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return data.decode("gb18030").splitlines()
