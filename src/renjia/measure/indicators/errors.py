"""指标错误 — what this room refuses to compute, said in Chinese with a remedy."""


class MeasureError(Exception):
    """指标错误 — a question that cannot be asked of this indicator or of this working set."""
