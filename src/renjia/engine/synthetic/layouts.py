"""版式 — the five departments' file layouts, exactly as they send them."""

from __future__ import annotations

from dataclasses import dataclass

from renjia.engine.synthetic.rates import CERTIFICATE, HOSPITAL, HUKOU, REGISTRATION, VACCINATION


@dataclass(frozen=True, slots=True)
class Layout:
    """一种文件 — headers, each with its canonical field; dates by strftime, `moment` where a birth has a time."""

    stem: str
    suffix: str
    columns: tuple[tuple[str, str], ...]
    day: str
    moment: str = ""
    encoding: str = ""
    title: str = ""
    total: bool = False

    @property
    def is_csv(self) -> bool:
        """是否 CSV — else a workbook; CSV files write the sex as 1 and 2, workbooks as 男 and 女."""
        return self.suffix == ".csv"


def _columns(text: str) -> tuple[tuple[str, str], ...]:
    """`header:field` words in order."""
    pairs = [word.split(":") for word in text.split()]
    return tuple((header, field) for header, field in pairs)


LAYOUTS: dict[str, Layout] = {
    REGISTRATION: Layout(
        stem="生育登记",
        suffix=".xlsx",
        columns=_columns("""
            登记编号:record 女方姓名:mother_name 女方证件号码:mother_id 男方姓名:father_name 男方证件号码:father_id
            子女出生日期:born 子女性别:sex 孩次:parity 同胎序号:order 现居住地代码:address 联系电话:phone
            分娩机构代码:institution 登记日期:reported
        """),
        day="%Y-%m-%d",
    ),
    HOSPITAL: Layout(
        stem="住院分娩",
        suffix=".csv",
        columns=_columns("""
            病案号:record 机构代码:institution 产妇姓名:mother_name 产妇证件号码:mother_id 配偶姓名:father_name
            新生儿姓名:baby_name 分娩时间:born 新生儿性别:sex 出生体重(g):weight 胎儿序号:order 胎数:plurality
            孩次:parity 现住址代码:address 联系电话:phone 上报日期:reported
        """),
        day="%Y/%m/%d",
        moment="%Y/%m/%d %H:%M",
        encoding="gb18030",
    ),
    VACCINATION: Layout(
        stem="预防接种",
        suffix=".xlsx",
        columns=_columns("""
            个案编号:record 儿童姓名:baby_name 性别:sex 出生日期:born 母亲姓名:mother_name 母亲证件号码:mother_id
            父亲姓名:father_name 出生医学证明编号:certificate 出生体重(g):weight 出生机构代码:institution
            现住址代码:address 监护人电话:phone 建卡日期:reported
        """),
        day="%Y%m%d",
        title="{month} 预防接种出生个案（上报表）",
    ),
    CERTIFICATE: Layout(
        stem="出生医学证明",
        suffix=".csv",
        columns=_columns("""
            签发流水号:record 出生医学证明编号:certificate 新生儿姓名:baby_name 性别:sex 出生时间:born
            出生体重(g):weight 签发机构代码:institution 母亲姓名:mother_name 母亲证件号码:mother_id
            父亲姓名:father_name 父亲证件号码:father_id 住址代码:address 签发日期:reported
        """),
        day="%Y-%m-%d",
        moment="%Y-%m-%d %H:%M:%S",
        encoding="utf-8-sig",
    ),
    HUKOU: Layout(
        stem="户籍出生",
        suffix=".xlsx",
        columns=_columns("""
            登记序号:record 姓名:baby_name 性别:sex 出生日期:born 出生证编号:certificate 母亲姓名:mother_name
            母亲公民身份号码:mother_id 父亲姓名:father_name 父亲公民身份号码:father_id 户籍地代码:hukou_place
            入户日期:reported
        """),
        day="%Y年%m月%d日",
        total=True,
    ),
}
