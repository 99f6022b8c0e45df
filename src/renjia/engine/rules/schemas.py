"""判定库各表 — the tables of the contract that rules read: columns, types, Chinese headers, code words.

A change starts in the contract, then here. Days are days, places are codes, ids are random keys.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from renjia.engine.pages import DEFINITIONS, PageError

KEYS = ("person", "parent", "child", "a", "b")
_TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "int": pa.int32(),
    "bool": pa.bool_(),
    "money": pa.decimal128(18, 2),
}


@dataclass(frozen=True, slots=True)
class Column:
    """一列 — its name, type (text, date, int, bool, money), Chinese headers, code words (what is written → code).

    closed: only the codes; otherwise also any code of small letters, digits and underscores.
    kept: any other word is kept as written (another country, another kind of disability): it matches nothing.
    """

    name: str
    type: str
    headers: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False
    kept: bool = False

    @property
    def arrow(self) -> pa.DataType:
        """Arrow 类型 — of the column."""
        return _TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Table:
    """一张表 — its name, Chinese names of its file, columns in order, and those a row cannot do without."""

    name: str
    titles: tuple[str, ...]
    columns: tuple[Column, ...]
    needed: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        """Arrow 结构 — of the table."""
        return pa.schema([(column.name, column.arrow) for column in self.columns])

    def column(self, header: str) -> Column | None:
        """认列 — the column a header names, in Chinese or English; None when there is none."""
        return next((one for one in self.columns if header.lower() == one.name or header in one.headers), None)


def _words(text: str) -> dict[str, str]:
    """`code=word|word …`: what may be written → code; the code itself too."""
    found: dict[str, str] = {}
    for part in text.split():
        code, _, words = part.partition("=")
        found |= dict.fromkeys((code, *words.split("|")), code)
    return found


def _listed(codelist: str, spellings: str) -> dict[str, str]:
    """Codes and their titles as `definitions/codelists` has them, with other spellings; of a longer list, the codes spelt here."""
    path = DEFINITIONS / "codelists" / f"{codelist}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        titles = {row["code"]: row["name"] for row in csv.DictReader(lines)}
    found = _words(spellings)
    for code in dict.fromkeys(found.values()):
        if code not in titles:
            raise PageError(path, 0, f"没有代码「{code}」", "在表里加一行，或改 engine/rules/schemas.py 里的写法")
        found[titles[code]] = code
    return found


_SEX = _listed("sex", "1=男|男性|male|m 2=女|女性|female|f 0=未知 9=未说明")
_GRADE = _words("1=一级|1级|一|ⅰ级|壹级 2=二级|2级|二|ⅱ级|贰级 3=三级|3级|三|ⅲ级|叁级 4=四级|4级|四|ⅳ级|肆级")
_NATIONALITY = _words("CHN=中国|中国籍|中华人民共和国|中国香港|中国澳门|中国台湾|cn|156|china|chinese|prc")
_PARENTAGE = _listed(
    "relation",
    "borne=亲生|亲生子女|生育|婚生|非婚生|生子女|born|birth|biological adopted=收养|养|养子女|养子|养女|合法收养|adoption "
    "step=继|继子女|继子|继女|stepchild",
)
_MARRIAGE_END = _words("divorce=离婚|离异|divorced death=丧偶|死亡|配偶死亡|widowed")
_HUKOU = _words(
    "rural=农业|农村|农业户口|农业户籍|农村户口|农村居民|农村居民户口|界定为农村居民|界定为农村居民户口 "
    "urban=非农业|非农|城镇|城镇户口|城镇居民|非农户口|非农业户口 resident=居民|居民户口|居民家庭户"
)
_BASIS = _words(
    "born=出生|随父母 land=征地|征地农转非|征地转非|征地户改 reform=户改|户籍改革|户籍制度改革|界定 "
    "moved=自行迁移|迁移|自行迁城镇|自行迁入城镇|自迁|迁入|迁城镇|迁居城镇|自行农转非"
)
_DISABILITY = _listed(
    "disability", "1=视力 2=听力 3=言语 4=肢体 5=智力 6=精神 7=多重 complication=手术并发症|并发症|计生手术并发症"
)
_CERTIFICATE = _words(
    "one_child=独生子女父母光荣证|光荣证|独生子女证|独生子女光荣证|独生证|《独生子女父母光荣证》 disability=残疾人证 complication=并发症鉴定书"
)
_EMPLOYMENT = _words(
    "employed=在职|就业|在业|工作|working retired=退休|已退休|办理退休|年老退休 none=无业|未就业|无|失业|务农|未工作|unemployed"
)
_PENSION = _words(
    "employee=职工|城镇职工|城镇职工社保|职保|城保|城镇职工养老|城镇职工养老保险|职工养老|职工养老保险|企业职工|参保 "
    "resident=居民|城乡居民|居保|城乡居保|城乡居民养老|城乡居民养老保险 none=无|未参保|没有"
)
_LEVEL = _words("city=市|城市 district=区|区县 street=街镇|街道|镇 neighbourhood=居村|居委|村")

_KNOWN = (
    Column("known_from", "date", ("获知日", "知悉起")),
    Column("known_to", "date", ("失效日", "知悉止")),
    Column("source", "text", ("来源",)),
)
_FROM = Column("from", "date", ("起", "起始日", "起始日期", "起始", "开始", "开始日期"))
_TO = Column("to", "date", ("止", "终止日", "终止日期", "终止", "结束", "结束日期", "有效期止"))
_PERSON = Column("person", "text", ("编号", "人员", "人员编号", "本人", "本人编号"))
_CHILD = Column("child", "text", ("子女", "子女编号", "孩子"))
_SCHEME = Column("scheme", "text", ("项目",))
_PLACE = Column("place", "text", ("地点", "受理地", "区划"))


def _table(name: str, titles: str, needed: str, *columns: Column) -> Table:
    return Table(name, tuple(titles.split()), (*columns, *_KNOWN), tuple(needed.split()))


TABLES: dict[str, Table] = {
    one.name: one
    for one in (
        _table(
            "person", "人员 人口", "person", _PERSON, Column("sex", "text", ("性别",), _SEX, True),
            Column("born", "date", ("出生日期", "出生")), Column("died", "date", ("死亡日期", "死亡")),
            Column("nationality", "text", ("国籍",), _NATIONALITY, kept=True),
        ),
        _table(
            "parentage", "亲子", "parent child", Column("parent", "text", ("父母", "父母编号", "父或母")), _CHILD,
            Column("kind", "text", ("关系",), _PARENTAGE, True), _FROM, _TO,
            Column("delivery", "text", ("分娩编号", "分娩号", "分娩")),
            Column("lawful", "bool", ("是否符合当时政策", "符合当时政策", "符合政策")),
        ),
        _table(
            "marriage", "婚姻", "a b", Column("a", "text", ("甲方", "一方", "双方甲", "双方1", "双方")),
            Column("b", "text", ("乙方", "另一方", "双方乙", "双方2", "配偶")), _FROM, _TO,
            Column("end", "text", ("终止原因",), _MARRIAGE_END, True),
        ),
        _table(
            "hukou", "户籍", "person", _PERSON, Column("place", "text", ("户籍地", "户籍所在地", "户口所在地")),
            Column("kind", "text", ("性质", "户籍性质", "户口性质"), _HUKOU, True), Column("basis", "text", ("依据",), _BASIS, True), _FROM, _TO,
        ),
        _table(
            "residence", "居住", "person", _PERSON, Column("place", "text", ("居住地",)), _FROM, _TO,
            Column("household", "text", ("户编号",)),
        ),
        _table(
            "disability", "残疾", "person", _PERSON, Column("type", "text", ("类别", "残疾类别"), _DISABILITY, kept=True),
            Column("grade", "int", ("等级", "残疾等级", "级别"), _GRADE, True),
            Column("from", "date", ("发证", "发证日期", "发证日", "起", "起始日")),
            Column("to", "date", ("有效期止", "有效期至", "止", "终止日")),
        ),
        _table(
            "certificate", "证件", "person", _PERSON, Column("kind", "text", ("种类", "证件", "证件种类", "类别"), _CERTIFICATE), _FROM, _TO,
            Column("number_known", "bool", ("证号已知", "有证号")),
        ),
        _table(
            "employment", "就业", "person", _PERSON,
            Column("kind", "text", ("状态", "就业状况", "就业状态", "就业", "种类", "类别"), _EMPLOYMENT, True),
            _FROM, _TO, Column("pension", "text", ("养老待遇", "养老", "养老保险"), _PENSION),
        ),
        _table(
            "application", "申请", "scheme person", _SCHEME, Column("person", "text", ("申请人", "编号", "人员", "本人")), _CHILD,
            Column("applied", "date", ("申请日", "申请日期")), Column("confirmed", "date", ("确认日", "确认日期")), _PLACE,
        ),
        _table(
            "payment", "发放", "scheme", _SCHEME, _PERSON, _CHILD, Column("period", "text", ("期", "期间")),
            Column("amount", "money", ("金额",)), Column("paid", "date", ("日期", "发放日期")),
        ),
        _table(
            "birth_case", "出生个案", "case", Column("case", "text", ("个案号",)), _CHILD,
            Column("delivery", "text", ("分娩号", "分娩编号")), Column("born", "date", ("出生日期",)),
            Column("sex", "text", ("性别",), _SEX, True), Column("order", "int", ("孩次",)),
            Column("street", "text", ("街镇",)), Column("neighbourhood", "text", ("居村",)),
            *(
                Column(name, "date", (title,))
                for name, title in (
                    ("registered", "登记日"), ("delivered", "分娩日"), ("vaccinated", "接种日"), ("certified", "出证日"),
                    ("hukou_entered", "入户日"), ("issued", "下发日"), ("due", "截止日"), ("verified", "核实日"),
                )
            ),
            Column("result", "text", ("结果",)),
        ),
        _table(
            "place", "区划", "code", Column("code", "text", ("代码",)), Column("name", "text", ("名称",)),
            Column("level", "text", ("级别",), _LEVEL, True), Column("parent", "text", ("上级",)), _FROM, _TO,
        ),
    )
}  # fmt: skip
