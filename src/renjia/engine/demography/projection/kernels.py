"""推算内核 — one fused pass over draws, places, years, sexes and single ages; float64 state, float32 store.

A kernel takes a range of draws and lets go of the interpreter, so that plain threads can share a run; they share nothing but
read-only input, and draw d has the same bytes whichever thread takes it.
"""

import numpy as np
from numba import njit

MALE, FEMALE = 0, 1
MORTALITY_CAP = 1.9  # a drawn death rate above this would make survivors negative (a = ½)
_SUMS = {"contract", "reassoc", "nsz"}  # sums in vector lanes: the same on every thread, NaN still NaN


@njit(cache=True, inline="always")
def infant_share(m0: float, sex: int, rule: int) -> float:
    """婴儿死亡者活过的份额 — 1a0 in m0: rule 0 Andreev–Kingkade, 1 Coale–Demeny West."""
    if rule == 0:
        if sex == MALE:
            if m0 < 0.02300:
                return 0.14929 - 1.99545 * m0
            return 0.02832 + 3.26021 * m0 if m0 < 0.08307 else 0.29915
        if m0 < 0.01724:
            return 0.14903 - 2.05527 * m0
        return 0.04667 + 3.88089 * m0 if m0 < 0.06891 else 0.31411
    if sex == MALE:
        return 0.045 + 2.684 * m0 if m0 < 0.107 else 0.330
    return 0.053 + 2.800 * m0 if m0 < 0.107 else 0.350


@njit(cache=True, fastmath=_SUMS, error_model="numpy")
def survival(
    mx: np.ndarray, factor: np.ndarray, level: float, sex: int, rule: int, m: np.ndarray, ratio: np.ndarray
) -> float:
    """存活比 — fills `ratio` (to the next age; the last two share the open one) and returns births → age 0.

    With L = l·n / (1 + (n − a)·m): ratio = (1 − a·m) / (1 + (1 − a')·m'); open: (1 − a·m) / (m∞ + 1 − a·m).
    """
    last = np.uint64(mx.size - 1)
    for x in range(mx.size):
        m[x] = min(mx[x] * factor[x] * level, MORTALITY_CAP)
    for x in range(last):
        ratio[x] = (1.0 - 0.5 * m[x]) / (1.0 + 0.5 * m[x + np.uint64(1)])
    a0 = infant_share(m[0], sex, rule)
    ratio[0] = (1.0 - a0 * m[0]) / (1.0 + 0.5 * m[1])
    alive = 1.0 - 0.5 * m[last - np.uint64(1)]
    ratio[last - np.uint64(1)] = alive / (m[last] + alive)
    ratio[last] = ratio[last - np.uint64(1)]
    return float(1.0 / (1.0 + (1.0 - a0) * m[0]))


@njit(cache=True, fastmath=_SUMS, error_model="numpy")
def live_a_year(people: np.ndarray, ratio: np.ndarray, half: np.ndarray, after: np.ndarray, flow: np.ndarray) -> float:
    """过一年 — half the moves, survivors one age on, the other half; age 0 of `after` is left empty.

    `half` (A,): half of the year's net moves, cut so that nobody below zero remains. flow: deaths to [1], moves to [2].
    Returns the people of age 1 and over at the end.
    """
    one = np.uint64(1)
    last = np.uint64(people.size - 1)
    deaths, moved, total = 0.0, 0.0, 0.0
    for x in range(last):
        began = people[x]
        stayed = max(began + half[x], 0.0)
        lived = stayed * ratio[x]
        ended = max(lived + half[x + one], 0.0)
        deaths += stayed - lived
        moved += (stayed - began) + (ended - lived)
        total += ended
        after[x + one] = ended
    lived_into = max(people[last - one] + half[last - one], 0.0) * ratio[last - one]
    open_started = max(people[last] + half[last], 0.0)
    open_lived = open_started * ratio[last]
    ended = max(lived_into + open_lived + half[last], 0.0)
    alone = max(lived_into + half[last], 0.0)  # what the loop put there, without those already in the open group
    after[last] = ended
    flow[1] = deaths + (open_started - open_lived)
    flow[2] = moved + (open_started - people[last]) + (ended - lived_into - open_lived) - (alone - lived_into)
    return float(total - alone + ended)


@njit(cache=True, fastmath=_SUMS, error_model="numpy")
def mothers(before: np.ndarray, after: np.ndarray, asfr: np.ndarray) -> float:
    """应有出生 — Σ (women at start + women at end) / 2 · ASFR, over the ages of `asfr`."""
    births = 0.0
    for i in range(asfr.size):
        births += (before[i] + after[i]) * asfr[i]
    return 0.5 * births


@njit(cache=True, fastmath=_SUMS, error_model="numpy")
def group_sums(people: np.ndarray, edges: np.ndarray, groups: np.ndarray) -> None:
    """年龄组合计 — sums of people[edges[g]:edges[g+1]]."""
    for g in range(groups.size):
        total = 0.0
        for value in people[edges[g] : edges[g + 1]]:
            total += value
        groups[g] = total


@njit(cache=True, nogil=True, error_model="numpy")
def run_floats(
    base: np.ndarray,
    mx: np.ndarray,
    response: np.ndarray,
    asfr: np.ndarray,
    first_age: int,
    male_share: np.ndarray,
    net: np.ndarray,
    spread: np.ndarray,
    fertility: np.ndarray,
    mortality: np.ndarray,
    level: np.ndarray,
    migration: np.ndarray,
    edges: np.ndarray,
    rule: int,
    cells: np.ndarray,
    groups: np.ndarray,
    flows: np.ndarray,
    begin: int,
    end: int,
) -> None:
    """一遍算完 — draws begin … end − 1 of every place.

    base (P, 2, A); mx, net (P, T, 2, A); response (2, A): d ln m per unit of `mortality` (D, T, 2); asfr (P, T, K) from age
    `first_age`; male_share (P, T); spread (P, 2, A) times `migration` (P, D, T) is added to net; fertility (P, D, T) and level
    (P, D) multiply. Out: cells float32 (P, D, T, 2, A) or of size 0 in T; groups float64 (P, D, T, 2, G) by `edges` or G = 0;
    flows float64 (P, D, T, 2, 4): births, deaths, net moves, people at the end.
    """
    places, ages = base.shape[0], base.shape[2]
    steps = fertility.shape[2]
    every_cell, every_group = cells.shape[2] > 0, groups.shape[4] > 0
    for d in range(begin, end):
        factor = np.empty((steps, 2, ages))
        for t in range(steps):
            for s in range(2):
                for x in range(ages):
                    factor[t, s, x] = np.exp(response[s, x] * mortality[d, t, s])
        m, ratio, half = np.empty(ages), np.empty(ages), np.empty(ages)
        old, new = np.empty((2, ages)), np.empty((2, ages))
        born_alive, total = np.empty(2), np.empty(2)
        for p in range(places):
            old[:] = base[p]
            for t in range(steps):
                scale = 0.5 * migration[p, d, t]
                newcomers = np.empty(2)
                for s in range(2):
                    flow = flows[p, d, t, s]
                    fixed, varied = net[p, t, s], spread[p, s]
                    for x in range(ages):
                        half[x] = 0.5 * fixed[x] + scale * varied[x]
                    born_alive[s] = survival(mx[p, t, s], factor[t, s], level[p, d], s, rule, m, ratio)
                    total[s] = live_a_year(old[s], ratio, half, new[s], flow)
                    newcomers[s] = half[0]
                births = fertility[p, d, t] * mothers(old[FEMALE, first_age:], new[FEMALE, first_age:], asfr[p, t])
                for s in range(2):
                    flow = flows[p, d, t, s]
                    born = births * (male_share[p, t] if s == MALE else 1.0 - male_share[p, t])
                    lived = born * born_alive[s]
                    ended = max(lived + newcomers[s], 0.0)
                    new[s, 0] = ended
                    flow[0] = born
                    flow[1] += born - lived
                    flow[2] += ended - lived
                    flow[3] = total[s] + ended
                    if every_cell:
                        store, people = cells[p, d, t, s], new[s]
                        for x in range(ages):
                            store[x] = people[x]
                    if every_group:
                        group_sums(new[s], edges, groups[p, d, t, s])
                old, new = new, old
