"""随机数 — counter-based streams and exact binomial and Poisson counts, compiled for the projection kernels.

The stream of one (seed, place, draw) is mix(key + i·γ), i = 1, 2, …: the SplitMix64 sequence (Steele, Lea & Flood 2014) started
at a hash of the three, so no figure depends on which thread drew it. Counts below a mean of 25 are inverted, larger ones use the
transformed rejection of Hörmann (1993): both exact up to rounding. What can be done for all ages at once is, in vector lanes.
"""

import math

import numpy as np
from numba import njit

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_PER_ULP = 1.0 / 9007199254740992.0
INVERTED = 25.0
_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10
_NEAR_ONE = 0.30  # below this death probability the logarithm is a short series
_INVERSES = 1.0 / np.maximum(np.arange(128.0), 1.0)


@njit(cache=True, inline="always")
def mix(state: np.uint64) -> np.uint64:
    """打散 — the SplitMix64 finaliser."""
    state = (state ^ (state >> np.uint64(30))) * _MIX_A
    state = (state ^ (state >> np.uint64(27))) * _MIX_B
    return state ^ (state >> np.uint64(31))


@njit(cache=True)
def stream(seed: int, place: int, draw: int) -> np.uint64:
    """随机流的起点 — the key of (seed, place, draw)."""
    state = mix(np.uint64(seed) + _GAMMA)
    state = mix(state + np.uint64(place) * _MIX_A + _GAMMA)
    return mix(state + np.uint64(draw) * _MIX_B + _GAMMA)


@njit(cache=True, inline="always")
def forward(state: np.uint64) -> np.uint64:
    """下一个位置 — the next counter of the stream."""
    return state + _GAMMA


@njit(cache=True, inline="always")
def uniform(state: np.uint64) -> float:
    """均匀数 — in [0, 1), 53 bits, of the counter `state`."""
    return float(mix(state) >> np.uint64(11)) * _PER_ULP


@njit(cache=True)
def normal_pair(first: float, second: float) -> tuple[float, float]:
    """一对正态数 — Box–Muller on two uniforms."""
    radius = math.sqrt(-2.0 * math.log(1.0 - first))
    return radius * math.cos(2.0 * math.pi * second), radius * math.sin(2.0 * math.pi * second)


@njit(cache=True, error_model="numpy")
def fill_uniforms(state: np.uint64, out: np.ndarray) -> np.uint64:
    """一组均匀数 — the next `out.size` uniforms of the stream, as repeated `forward` and `uniform` would give them."""
    for i in range(out.size):
        out[i] = float(mix(state + np.uint64(i + 1) * _GAMMA) >> np.uint64(11)) * _PER_ULP
    return state + np.uint64(out.size) * _GAMMA


@njit(cache=True, error_model="numpy")
def fill_exp(values: np.ndarray, bits: np.ndarray, out: np.ndarray) -> None:
    """一组指数 — e^v for v in [−700, 0], to 2e-16 relative; below −700 it is e^−700. `bits`: int64 working space."""
    powers = bits.view(np.float64)
    for i in range(values.size):
        v = max(values[i], -700.0)
        k = np.floor(v * _LOG2E + 0.5)
        r = (v - k * _LN2_HIGH) - k * _LN2_LOW
        bits[i] = (np.int64(k) + np.int64(1023)) << np.int64(52)
        e = 1.0 + r * (1.0 / 13.0)
        e = 1.0 + r * (1.0 / 12.0) * e
        e = 1.0 + r * (1.0 / 11.0) * e
        e = 1.0 + r * (1.0 / 10.0) * e
        e = 1.0 + r * (1.0 / 9.0) * e
        e = 1.0 + r * (1.0 / 8.0) * e
        e = 1.0 + r * (1.0 / 7.0) * e
        e = 1.0 + r * (1.0 / 6.0) * e
        e = 1.0 + r * 0.2 * e
        e = 1.0 + r * 0.25 * e
        e = 1.0 + r * (1.0 / 3.0) * e
        e = 1.0 + r * 0.5 * e
        out[i] = 1.0 + r * e
    for i in range(values.size):
        out[i] *= powers[i]


@njit(cache=True, error_model="numpy")
def fill_log_kept(kept: np.ndarray, out: np.ndarray) -> None:
    """一组对数 — ln s for survival ratios s in (0, 1]: 2·artanh((s − 1)/(s + 1)), by series near one."""
    for i in range(kept.size):
        z = (kept[i] - 1.0) / (kept[i] + 1.0)
        y = z * z
        e = 1.0 / 17.0 + y * (1.0 / 19.0)
        e = 1.0 / 13.0 + y * (1.0 / 15.0 + y * e)
        e = 1.0 / 9.0 + y * (1.0 / 11.0 + y * e)
        e = 1.0 / 5.0 + y * (1.0 / 7.0 + y * e)
        out[i] = 2.0 * z * (1.0 + y * (1.0 / 3.0 + y * e))
    for i in range(kept.size):
        if kept[i] < 1.0 - _NEAR_ONE:
            out[i] = math.log(kept[i])


@njit(cache=True, error_model="numpy")
def binomial_inverted(u: float, n: float, p: float, none: float) -> float:
    """二项数，逆变换 — p ≤ ½; none = (1 − p)^n."""
    ratio = p / (1.0 - p)
    k = 0.0
    while u > none and k < n:
        u -= none
        k += 1.0
        none *= ratio * (n - k + 1.0) * (_INVERSES[int(k)] if k < 128.0 else 1.0 / k)
    return k


@njit(cache=True, error_model="numpy")
def poisson_inverted(u: float, mean: float, none: float) -> float:
    """泊松数，逆变换 — none = e^−mean."""
    k = 0.0
    while u > none and none > 0.0:
        u -= none
        k += 1.0
        none *= mean * (_INVERSES[int(k)] if k < 128.0 else 1.0 / k)
    return k


@njit(cache=True)
def binomial_large(state: np.uint64, n: float, p: float) -> tuple[np.uint64, float]:
    """二项数，均值大时 — BTRS of Hörmann; p ≤ ½ and n·p ≥ 10."""
    spread = math.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    centre = n * p + 0.5
    squeeze = 0.92 - 4.2 / b
    alpha = (2.83 + 5.1 / b) * spread
    odds = math.log(p / (1.0 - p))
    mode = math.floor((n + 1.0) * p)
    at_mode = math.lgamma(mode + 1.0) + math.lgamma(n - mode + 1.0)
    while True:
        state = forward(state)
        u = uniform(state) - 0.5
        state = forward(state)
        v = uniform(state)
        side = 0.5 - abs(u)
        k = math.floor((2.0 * a / side + b) * u + centre)
        if side >= 0.07 and v <= squeeze:
            return state, k
        if k < 0.0 or k > n:
            continue
        v = math.log(v * alpha / (a / (side * side) + b))
        if v <= at_mode - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0) + (k - mode) * odds:
            return state, k


@njit(cache=True)
def binomial(state: np.uint64, n: float, p: float) -> tuple[np.uint64, float]:
    """二项数 — how many of n, each with probability p; returns the stream's new position and the count."""
    if n <= 0.0 or p <= 0.0:
        return state, 0.0
    if p >= 1.0:
        return state, n
    rare = p if p <= 0.5 else 1.0 - p
    if n * rare >= INVERTED:
        state, k = binomial_large(state, n, rare)
    else:
        state = forward(state)
        k = binomial_inverted(uniform(state), n, rare, math.exp(n * math.log1p(-rare)))
    return state, k if p <= 0.5 else n - k


@njit(cache=True)
def poisson_large(state: np.uint64, mean: float) -> tuple[np.uint64, float]:
    """泊松数，均值大时 — PTRS of Hörmann, from a mean of ten."""
    root = math.sqrt(mean)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    alpha = 1.1239 + 1.1328 / (b - 3.4)
    squeeze = 0.9277 - 3.6224 / (b - 2.0)
    log_mean = math.log(mean)
    while True:
        state = forward(state)
        u = uniform(state) - 0.5
        state = forward(state)
        v = uniform(state)
        side = 0.5 - abs(u)
        k = math.floor((2.0 * a / side + b) * u + mean + 0.43)
        if side >= 0.07 and v <= squeeze:
            return state, k
        if k < 0.0 or (side < 0.013 and v > side):
            continue
        if math.log(v * alpha / (a / (side * side) + b)) <= k * log_mean - mean - math.lgamma(k + 1.0):
            return state, k


@njit(cache=True)
def poisson(state: np.uint64, mean: float) -> tuple[np.uint64, float]:
    """泊松数 — returns the stream's new position and the count."""
    if mean <= 0.0:
        return state, 0.0
    if mean < INVERTED:
        state = forward(state)
        return state, poisson_inverted(uniform(state), mean, math.exp(-mean))
    return poisson_large(state, mean)
