"""评分错误 — what cannot be scored, where, and what to do."""


class ScoringError(Exception):
    """不能评分 — a fact, a value or a reading is refused; nothing is scored.

    place: the street, "" when unknown; fact: the fact's or reading's name; value: as given; reason, remedy: Chinese,
    without a full stop.
    """

    def __init__(self, fact: str, value: object, reason: str, remedy: str, place: str = "") -> None:
        """Keep the parts; str() is the sentence a person reads."""
        super().__init__(fact, value, reason, remedy, place)
        self.fact = fact
        self.value = value
        self.reason = reason
        self.remedy = remedy
        self.place = place

    def at(self, place: str) -> "ScoringError":
        """指明街镇 — the same error with its place."""
        return ScoringError(self.fact, self.value, self.reason, self.remedy, place)

    def __str__(self) -> str:
        """`甲街道「社会宣传活动（次）」写的是「三」：不是数；写成 3。`."""
        written = "" if self.value is None else f"写的是「{self.value}」"
        named = f"「{self.fact}」" if self.fact else ""
        return f"{self.place}{named}{written}：{self.reason}；{self.remedy}。"
