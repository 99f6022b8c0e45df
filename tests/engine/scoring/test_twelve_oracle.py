"""另算一遍 — the table once more in plain Python, sentence by sentence on the first readings, against random streets."""

import math
import random
from fractions import Fraction

from appraised import FULL_BLOCKS
from renjia.engine.scoring import Rubric, load_rubric, score

Facts = dict[str, int | Fraction | str]

COUNTED = {  # atoms of one sort: so many points for every case
    "3": {"人口监测未完成任务的问题（个）": 2},
    "4": {"行政事务不规范问题（个）": 2, "行政事务导致不良影响（例）": 10, "不按要求归档（例）": 1, "应归档未归档（例）": 5,
          "未及时反馈审核情况（例）": 1, "审核错误（例）": 5},
    "5": {"国家特扶子系统被通报未达标（次）": 1, "市计生2.0特扶信息被通报未达标（次）": 1, "特扶对象信息不完整不准确不规范（例）": 1,
          "未及时提供特扶名单（例，一季度为一例）": 1, "社区中心特扶数据与实际不符（例）": 1, "援助服务应享未享（例）": 2,
          "援助服务申报安装信息上传、协助、跟踪不到位（例）": 2, "住院护工补贴应享未享（例）": 2, "住院护工补贴材料迟报或错误（例）": 2,
          "家政及老年基金会帮困应享未享（例）": 2, "家政及老年基金会帮困材料迟报或错误（例）": 2, "再生育收养补助应享未享（例）": 2,
          "再生育收养补助材料迟报或错误（例）": 2, "失独工单超三个工作日（例）": 1},
    "6": {"被通报或投诉的母婴设施点位（个）": 2, "孕前优生未经小程序预约受理（例）": 1, "孕前优生月报表、录入不及时准确（例）": 1,
          "药具系统巡查不规范不及时（例）": 1, "药具发放网点管理不规范（项）": 1, "销售国家免费药具（例）": 3},
}  # fmt: skip
ALLOWANCES = {
    "不符合条件享受奖扶金（例，不含未到龄）": 3, "特扶材料迟报或差错（例）": 1, "奖扶报表超时或错误（例）": 1, "死亡后未及时退出（例）": 2,
    "奖扶金错误（例）": 1, "未到规定年龄申领（例）": 3, "特扶与农村奖扶重复享受（例）": 1,
}  # fmt: skip


def deducted(facts: Facts) -> dict[str, Fraction]:
    """Points taken from each block, as the sentences say."""

    def n(name: str) -> Fraction:
        value = facts[name]
        assert not isinstance(value, str)
        return Fraction(value)

    def says(name: str, word: str, points: int) -> Fraction:
        return Fraction(points if facts[name] == word else 0)

    def steps(name: str, target: int, each: Fraction, sign: int = 1) -> Fraction:
        gap = (target - n(name)) * sign
        return Fraction(math.ceil(gap / each)) if gap > 0 else Fraction(0)

    def short(have: Fraction, target: int) -> Fraction:
        return max(Fraction(0), target - have)

    def failing(*conditions: bool) -> Fraction:
        return Fraction(sum(conditions))

    one, half = Fraction(1), Fraction(1, 2)
    found = {
        block: sum((n(name) * points for name, points in atoms.items()), Fraction()) for block, atoms in COUNTED.items()
    }
    found["1"] = 2 * short(n("社会宣传活动（次）"), 4) + short(n("发布或报送信息（篇）"), 4)
    found["1"] += 2 * failing(n("未按要求申报的区级以上作品征集（次）") > 0)
    found["1"] += failing(n("报送工作经验（篇）") == 0 and n("报送案例（篇）") == 0)
    found["1"] += 3 * failing(n("知识竞赛参与不足20人的居村委（个）") > 0)
    found["2"] = 3 * failing(
        "否" in (facts["目标管理责任制及居村委年终评价已落实（是/否）"], facts["计生经费已落实（是/否）"])
    )
    found["2"] += 5 * failing(n("缺失的计生机构（个）") > 0, n("计生专兼职人员（人）") < n("市配置标准人员（人）"))
    found["2"] += short(n("自办队伍培训（次）"), 4) + n("缺席区级以上培训（场次）")
    found["2"] += 5 * n("去京、外省市、境外非正常上访（例）") + 3 * n("参与市集访（例）")
    found["2"] += 5 * failing(n("未积极处置妥善解决的信访事项（件）") > 0) + 2 * failing(
        n("未按时反馈的交办信访事项（件）") > 0
    )
    found["3"] += min(5, 2 * n("统计报表未及时准确上报（例）") + n("未运用基础数据核查统计（例）"))
    found["3"] += steps("出生个案核实完成率（%）", 99, one) + steps("出生个案核实及时率（%）", 95, half)
    found["3"] += steps("出生个案无法核实占比（%）", 3, half, -1)
    files = "档案检查督查配合情况（配合/配合不到位/拒不配合）"
    found["4"] += says(files, "配合不到位", 5) + says(files, "拒不配合", 10)
    found["5"] += steps("特扶对象年人均联系次数（次/人）", 12, one) + steps("特扶对象当年体检率（%）", 65, Fraction(5))
    found["5"] += steps("一键通安装率（%）", 45, Fraction(5)) + says("体检宣传发动及组织不力（是/否）", "是", 3)
    found["5"] += says("未按要求开展体检报告解读（是/否）", "是", 1) + says(
        "心理健康服务未积极宣传组织配合（是/否）", "是", 3
    )
    group = sum((n(name) * points for name, points in ALLOWANCES.items()), Fraction())
    found["5"] += min(Fraction(10), group + max(Fraction(0), n("银行卡错误（例）") - 4))
    found["6"] += 3 * failing(n("获星级评定母婴设施（个）") < 1) + says("母婴设施情况不掌握（是/否）", "是", 1)
    found["6"] += short(n("彩虹工作坊活动（次）"), 4) + says("生殖健康社区行不开展不达标（是/否）", "是", 1)
    found["6"] += says("未按时完成健康教育促进项目（是/否）", "是", 5)
    found["6"] += short(n("科学育儿指导活动（次）") + n("另行开展的母婴设施使用宣传（次）"), 2)
    found["6"] += 2 * failing(n("生育指导宣传活动（次）") < 2) + failing(n("免费技术服务核查办理差错（例）") > 0)
    found["6"] += half * steps("爱的礼物网领指标完成率（%）", 100, one)
    eight = ("参加协会重大活动（是/否）", "按时换届并上报或本年无需换届（是/否）", "按时缴纳会费（是/否）",
             "参加上级宣传并完成区级宣传任务（是/否）", "开展阳光大课堂（是/否）")  # fmt: skip
    found["7"] = says("协会组织机构健全（是/否）", "否", 5) + 2 * failing(
        n("分管领导听取协会汇报（次）") < 2, n("未上报信息的季度（个）") > 0, n("线上宣传服务（次）") < 1,
        *(facts[name] == "否" for name in eight),
    )  # fmt: skip
    found["7"] += failing(
        "否" in (facts["开展家庭健康主题活动（是/否）"], facts["开展健康家庭评选（是/否）"]),
        "否" in (facts["配备家庭健康指导员（是/否）"], facts["家庭健康指导服务达标（是/否）"]),
        n("开展儿童早期发展服务的月份（个月）") < 12,
    )
    parents = n("家长培训（人次）")
    found["7"] += failing(n("青少年培训（人次）") < 200 or 0 < parents < 50, parents == 0)
    found["7"] += says("青春健康俱乐部验收（通过/未通过/无俱乐部）", "未通过", 2) + failing(n("志愿者队伍（人）") < 20)
    for name, points in (
        ("俱乐部、高校点信息维护对接好", 1), ("参加上级协会活动", 1), ("暖心家园规范化达标", 2), ("开展村居联系人培训", 1),
        ("开展志愿者服务", 1), ("配合落实领导走访", 2), ("配合新市民需求调查", 1), ("组织会员参与新市民活动", 1), ("新市民活动参与人数达标", 1),
    ):  # fmt: skip
        found["7"] += says(f"{name}（是/否）", "否", points)
    return found


def bonus(facts: Facts) -> Fraction:
    """Innovation points, at most 20."""
    points = {name: Fraction(value) for name, value in facts.items() if not isinstance(value, str)}
    total = min(Fraction(3), points["承担活动或竞赛获奖区级（次）"]) + points["特色创新表彰区级（次）"]
    for level, each in (("市级（次）", 2), ("国家级（次）", 5)):
        total += each * (points["承担活动或竞赛获奖" + level] + points["特色创新表彰" + level])
    total += min(Fraction(3), max(Fraction(0), points["其中市级评定星级母婴设施（个）"] - 3))
    total += min(Fraction(6), 2 * points["其中五星级母婴设施（个）"])
    total += points["创建区级向日葵亲子小屋（个）"] + 2 * points["创建市级向日葵亲子小屋（个）"]
    return min(total, Fraction(20))


def grade(main: Fraction, total: Fraction, rank: int, vetoed: bool) -> str:
    if vetoed or total <= 70:
        return "不合格"
    if total >= 100 and main >= 95 and rank <= 10:
        return "优秀"
    return "良好" if total >= 90 else "一般"


def anything(rubric: Rubric, rng: random.Random, chance: float) -> Facts:
    """A street with every fact off its full-marks value at this chance."""
    found: Facts = {}
    for name, spec in rubric.facts.items():
        assert spec.full is not None
        found[name] = spec.full
        if rng.random() < chance:
            if spec.choices:
                found[name] = rng.choice(spec.choices)
            elif spec.type == "count":
                full = spec.full
                assert isinstance(full, int)
                found[name] = max(0, full + rng.randint(-3, 3)) if rng.random() < 0.8 else rng.randrange(12)
            else:
                assert isinstance(spec.full, int)
                top = 10_500 if spec.may_exceed_100 or spec.type == "ratio" else 10_000
                found[name] = Fraction(min(max(0, spec.full * 100 + rng.randint(-900, 300)), top), 100)
    return found


def test_random_districts_agree_with_the_table_worked_again() -> None:
    rubric, rng = load_rubric("pudong-2024"), random.Random(5)
    seen = set()
    for chance in (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.6):
        district = {f"街镇{number}": anything(rubric, rng, chance) for number in range(36)}
        taken = {place: deducted(facts) for place, facts in district.items()}
        mains = {
            place: sum((max(Fraction(0), FULL_BLOCKS[block] - points) for block, points in one.items()), Fraction())
            for place, one in taken.items()
        }
        totals = {place: mains[place] + bonus(facts) for place, facts in district.items()}
        for place, found in score(rubric, district).places.items():
            rank = 1 + sum(other > totals[place] for other in totals.values())
            vetoed = district[place]["违纪违法或重大社会负面影响（是/否）"] == "是"
            blocks = [found.blocks[key].points for key, block in rubric.blocks.items() if block.part == "main"]
            assert blocks == [max(Fraction(0), FULL_BLOCKS[one] - taken[place][one]) for one in sorted(taken[place])]
            assert (found.main, found.total, found.rank) == (mains[place], totals[place], rank)
            expected = grade(mains[place], totals[place], rank, vetoed)
            assert found.grade == expected
            seen.add(expected)
    assert seen == {"优秀", "良好", "一般", "不合格"}
