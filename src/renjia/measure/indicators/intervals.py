"""区间 — how far chance alone may move a ratio of two counts."""

from decimal import Context, Decimal

_CONTEXT = Context(prec=50)
_Z = Decimal("1.96")


def sex_ratio_limits(boys: int, girls: int) -> tuple[Decimal, Decimal] | None:
    """出生性别比的 95% 区间 — policy.md §2.3: p = M/B, p ± 1.96·√(p(1−p)/B), each limit as 100·p/(1−p).

    None where it cannot be said: no boys, no girls, or a limit outside 0–1.

    >>> [round(float(one), 1) for one in sex_ratio_limits(530, 470)]
    [99.6, 127.8]
    """
    births = boys + girls
    if not boys or not girls:
        return None
    share = _CONTEXT.divide(Decimal(boys), Decimal(births))
    error = _CONTEXT.multiply(_Z, _CONTEXT.sqrt(_CONTEXT.divide(share * (1 - share), Decimal(births))))
    low, high = share - error, share + error
    if low <= 0 or high >= 1:
        return None
    return _CONTEXT.divide(100 * low, 1 - low), _CONTEXT.divide(100 * high, 1 - high)
