"""整数推算内核 — whole persons: binomial deaths, Poisson births, binomial sex, integer moves.

The random stream belongs to (seed, place, draw): same seed, same bytes, whatever the threads.
"""

import numpy as np
from numba import njit

from renjia.engine.demography.projection.kernels import FEMALE, MALE, group_sums, mothers, survival
from renjia.engine.demography.projection.kernels_random import (
    INVERTED,
    binomial,
    binomial_inverted,
    fill_exp,
    fill_log_kept,
    fill_uniforms,
    forward,
    mix,
    poisson,
    poisson_inverted,
    poisson_large,
    stream,
)


@njit(cache=True, error_model="numpy")
def half_of(state: np.uint64, count: float) -> tuple[np.uint64, float]:
    """对半分 — Binomial(count, ½): the set bits of `count` random bits."""
    first = 0.0
    while count > 0.0:
        state = forward(state)
        bits = mix(state)
        if count < 64.0:
            bits = bits & ((np.uint64(1) << np.uint64(count)) - np.uint64(1))
        while bits != np.uint64(0):
            bits &= bits - np.uint64(1)
            first += 1.0
        count -= 64.0
    return state, first


@njit(cache=True, error_model="numpy")
def moves(
    state: np.uint64, net: np.ndarray, early: np.ndarray, late: np.ndarray, bits: np.ndarray, space: np.ndarray
) -> np.uint64:
    """整数迁移 — Poisson(|net|) movers by age with the sign of net, each before or after with probability ½."""
    chance, negative, none = space[0], space[1], space[2]
    state = fill_uniforms(state, chance)
    for x in range(net.size):
        negative[x] = -abs(net[x])
    fill_exp(negative, bits, none)
    for x in range(net.size):
        early[x] = 0.0
        late[x] = 0.0
        if negative[x] > -INVERTED:
            count = poisson_inverted(chance[x], -negative[x], none[x])
        else:
            state, count = poisson_large(state, -negative[x])
        if count > 0.0:
            state, first = half_of(state, count)
            sign = 1.0 if net[x] > 0.0 else -1.0
            early[x] = sign * first
            late[x] = sign * (count - first)
    return state


@njit(cache=True, error_model="numpy")
def deaths_by_age(
    state: np.uint64, people: np.ndarray, kept: np.ndarray, died: np.ndarray, bits: np.ndarray, space: np.ndarray
) -> np.uint64:
    """各岁死亡 — Binomial(people, 1 − kept) of every age into `died`."""
    chance, power, none = space[0], space[1], space[2]
    state = fill_uniforms(state, chance)
    fill_log_kept(kept, power)
    for x in range(people.size):
        power[x] *= people[x]
    fill_exp(power, bits, none)
    for x in range(people.size):
        p = 1.0 - kept[x]
        if p <= 0.5 and people[x] * p < INVERTED:
            died[x] = binomial_inverted(chance[x], people[x], p, none[x])
        else:
            state, died[x] = binomial(state, people[x], p)
    return state


@njit(cache=True, error_model="numpy")
def live_a_year_whole(
    people: np.ndarray, died: np.ndarray, late: np.ndarray, after: np.ndarray, flow: np.ndarray
) -> float:
    """过一年，整数 — people (after early moves) less the dead, one age on, then late moves; returns age 1 and over."""
    last = people.size - 1
    deaths, moved, total = 0.0, 0.0, 0.0
    for x in range(last):
        after[x + 1] = people[x] - died[x]
        deaths += died[x]
    after[last] += people[last] - died[last]
    for x in range(1, last + 1):
        ended = max(after[x] + late[x], 0.0)
        moved += ended - after[x]
        after[x] = ended
        total += ended
    flow[1] = deaths + died[last]
    flow[2] += moved
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def run_counts(
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
    seed: int,
    first_draw: int,
) -> None:
    """一遍算完，整数 — as `run_floats` (same shapes), in whole persons; cells int32.

    Draw i of this call is draw `first_draw + i` of the run, so a run in parts equals a run at once.
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
        m, ratio, amount, died = np.empty(ages), np.empty(ages), np.empty(ages), np.empty(ages)
        early, late, stayed = np.empty(ages), np.empty(ages), np.empty(ages)
        space, bits = np.empty((3, ages)), np.empty(ages, np.int64)
        old, new = np.empty((2, ages)), np.empty((2, ages))
        born_alive, total, newcomers = np.empty(2), np.empty(2), np.empty(2)
        for p in range(places):
            state = stream(seed, p, first_draw + d)
            old[:] = base[p]
            for t in range(steps):
                scale = migration[p, d, t]
                for s in range(2):
                    fixed, varied = net[p, t, s], spread[p, s]
                    for x in range(ages):
                        amount[x] = fixed[x] + scale * varied[x]
                    state = moves(state, amount, early, late, bits, space)
                    born_alive[s] = survival(mx[p, t, s], factor[t, s], level[p, d], s, rule, m, ratio)
                    moved = 0.0
                    for x in range(ages):
                        stayed[x] = max(old[s, x] + early[x], 0.0)
                        moved += stayed[x] - old[s, x]
                    flows[p, d, t, s, 2] = moved
                    state = deaths_by_age(state, stayed, ratio, died, bits, space)
                    total[s] = live_a_year_whole(stayed, died, late, new[s], flows[p, d, t, s])
                    newcomers[s] = late[0]
                mean = fertility[p, d, t] * mothers(old[FEMALE, first_age:], new[FEMALE, first_age:], asfr[p, t])
                state, births = poisson(state, mean)
                state, boys = binomial(state, births, male_share[p, t])
                for s in range(2):
                    flow = flows[p, d, t, s]
                    born = boys if s == MALE else births - boys
                    state, lost = binomial(state, born, 1.0 - born_alive[s])
                    ended = max(born - lost + newcomers[s], 0.0)
                    new[s, 0] = ended
                    flow[0] = born
                    flow[1] += lost
                    flow[2] += ended - (born - lost)
                    flow[3] = total[s] + ended
                    if every_cell:
                        store, people = cells[p, d, t, s], new[s]
                        for x in range(ages):
                            store[x] = np.int32(people[x])
                    if every_group:
                        group_sums(new[s], edges, groups[p, d, t, s])
                old, new = new, old
