"""判定错误 — what the rules room refuses, said in Chinese: what, where, remedy."""


class RuleError(ValueError):
    """判定不成 — a question that cannot be asked, or tables that cannot be read; the message is the whole sentence."""
