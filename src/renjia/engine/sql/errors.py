"""表达式错误 — what the SQL room refuses, said in Chinese with the offending fragment."""


class SqlError(ValueError):
    """表达式错误 — `fragment` is the piece of text that is wrong; the message says what and how to mend it."""

    def __init__(self, message: str, fragment: str = "") -> None:
        """表达式错误 — the whole sentence, and the piece it speaks of."""
        super().__init__(message)
        self.fragment = fragment
