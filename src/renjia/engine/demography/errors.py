"""人口学错误 — the one error of this room: what is wrong, where, and what to do."""


class DemographyError(ValueError):
    """人口数据或参数有误 — an input cannot be used.

    what: the fault; where: which input, which group or cell ("" when the whole is meant); remedy: what to do.
    All three in Chinese, without a full stop.
    """

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        """Keep the parts; str() is the sentence a person reads."""
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """`分年龄死亡率 第 3 组（5 岁）：小于零；请…。`."""
        place = f"{self.where}：" if self.where else ""
        return f"{place}{self.what}；{self.remedy}。" if self.remedy else f"{place}{self.what}。"
