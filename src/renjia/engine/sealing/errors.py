"""封存错误 — what the sealing room refuses, said in Chinese."""


class SealError(Exception):
    """封存错误 — a box that does not open, a key that is missing or open to others, a self-test that fails."""
