"""判定库错误 — what this room refuses, said in Chinese with a remedy."""


class WorksetError(Exception):
    """判定库错误 — a table that is not in the contract, a date that is not there, a set that is not whole."""
