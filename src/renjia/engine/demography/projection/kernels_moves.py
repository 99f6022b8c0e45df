"""地区间迁移内核 — as the other kernels, all places of a draw together, people moving between them twice a year.

Half of the yearly rates applies before survival and half after, to those there at the time; whoever leaves one place arrives
in another, so nobody is lost or made.
"""

import numpy as np
from numba import njit

from renjia.engine.demography.projection.kernels import FEMALE, MALE, group_sums, mothers, survival
from renjia.engine.demography.projection.kernels_counts import deaths_by_age, moves
from renjia.engine.demography.projection.kernels_random import binomial, forward, mix, poisson, stream

_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_SUMS = {"contract", "nsz"}


@njit(cache=True, fastmath=_SUMS, error_model="numpy")
def arrivals(
    come: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    c: np.ndarray,
    d: np.ndarray,
    from_a: np.ndarray,
    from_b: np.ndarray,
    from_c: np.ndarray,
    from_d: np.ndarray,
) -> None:
    """从四地迁来 — come += rate·people of the four origins a … d, every age."""
    for x in range(come.size):
        come[x] += (a[x] * from_a[x] + b[x] * from_b[x]) + (c[x] * from_c[x] + d[x] * from_d[x])


@njit(cache=True, error_model="numpy")
def exchange(
    people: np.ndarray, rates: np.ndarray, leave: np.ndarray, lo: int, there: np.ndarray, net: np.ndarray
) -> None:
    """交换 — ages from `lo` on of people (2, P, A) move by `rates` (D, 2, O, A), O filled up to fours; net (P, 2) is added to.

    there (2, O, A): working space, zero beyond the places.
    """
    places, ages = people.shape[1], people.shape[2]
    for s in range(2):
        for p in range(places):
            for x in range(ages):
                there[s, p, x] = people[s, p, x] if x >= lo else 0.0
                people[s, p, x] -= there[s, p, x] * leave[p, s, x]
        for d in range(places):
            come, rate = people[s, d], rates[d, s]
            for o in range(0, there.shape[1], 4):
                arrivals(
                    come, there[s, o], there[s, o + 1], there[s, o + 2], there[s, o + 3],
                    rate[o], rate[o + 1], rate[o + 2], rate[o + 3],
                )  # fmt: skip
            change = 0.0
            for x in range(lo, ages):
                change += people[s, d, x] - there[s, d, x]
            net[d, s] += change


@njit(cache=True, error_model="numpy")
def exchange_youngest(
    people: np.ndarray, rates: np.ndarray, leave: np.ndarray, there: np.ndarray, net: np.ndarray
) -> None:
    """交换，只是 0 岁 — as `exchange`."""
    places = people.shape[1]
    for s in range(2):
        for p in range(places):
            there[s, p, 0] = people[s, p, 0]
        for d in range(places):
            come = -there[s, d, 0] * leave[d, s, 0]
            for o in range(places):
                come += there[s, o, 0] * rates[d, s, o, 0]
            people[s, d, 0] += come
            net[d, s] += come


@njit(cache=True, error_model="numpy")
def send(state: np.uint64, gone: float, table: np.ndarray, people: np.ndarray, x: int) -> np.uint64:
    """逐人定去向 — each of `gone` leavers of age x to a place of people (P, A), 32 random bits a person."""
    places = np.uint64(table.size)
    bits = np.uint64(0)
    for i in range(int(gone)):
        if i % 2 == 0:
            state = forward(state)
            bits = mix(state)
        draw = (bits & _LOW) * places
        bits = bits >> _HALF
        at = draw >> _HALF
        entry = table[at]
        if (draw & _LOW) >= (entry >> _HALF):
            at = entry & _LOW
        people[at, x] += 1.0
    return state


@njit(cache=True, error_model="numpy")
def exchange_whole(
    states: np.ndarray,
    people: np.ndarray,
    stay: np.ndarray,
    table: np.ndarray,
    lo: int,
    there: np.ndarray,
    net: np.ndarray,
    gone: np.ndarray,
    bits: np.ndarray,
    space: np.ndarray,
) -> None:
    """整数交换 — leavers Binomial(people, 1 − stay) of ages from `lo` on, each to a place by the alias table (O, 2, A, P)."""
    places, ages = people.shape[1], people.shape[2]
    for s in range(2):
        for p in range(places):
            for x in range(ages):
                there[s, p, x] = people[s, p, x] if x >= lo else 0.0
        for o in range(places):
            state = deaths_by_age(states[o], there[s, o], stay[o, s], gone, bits, space)
            for x in range(lo, ages):
                if gone[x] > 0.0:
                    people[s, o, x] -= gone[x]
                    state = send(state, gone[x], table[o, s, x], people[s], x)
            states[o] = state
        for p in range(places):
            for x in range(lo, ages):
                net[p, s] += people[s, p, x] - there[s, p, x]


@njit(cache=True, error_model="numpy")
def exchange_youngest_whole(
    states: np.ndarray, people: np.ndarray, stay: np.ndarray, table: np.ndarray, there: np.ndarray, net: np.ndarray
) -> None:
    """整数交换，只是 0 岁 — as `exchange_whole`."""
    places = people.shape[1]
    for s in range(2):
        for p in range(places):
            there[s, p, 0] = people[s, p, 0]
        for o in range(places):
            state, gone = binomial(states[o], there[s, o, 0], 1.0 - stay[o, s, 0])
            people[s, o, 0] -= gone
            states[o] = send(state, gone, table[o, s, 0], people[s], 0)
        for p in range(places):
            net[p, s] += people[s, p, 0] - there[s, p, 0]


@njit(cache=True, nogil=True, error_model="numpy")
def run_moves(
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
    rates: np.ndarray,
    leave: np.ndarray,
    stay: np.ndarray,
    table: np.ndarray,
    whole: bool,
    counted: np.ndarray,
    seed: int,
    first_draw: int,
) -> None:
    """一遍算完，地区相连 — as `run_floats` and, with `whole`, `run_counts`.

    rates (D, 2, O, A) float32: half of the yearly rates, O filled up to fours; leave (O, 2, A) their sum over destinations;
    whole: stay (O, 2, A) = 1 − leave, table uint64 (O, 2, A, P) Walker's alias tables, threshold above, other below 32 bits;
    then the cells go to `counted` (int32) and `cells` has size 0 in T, else the other way round: one compiled form for both.
    """
    places, ages = base.shape[0], base.shape[2]
    steps = fertility.shape[2]
    every_cell, every_count, every_group = cells.shape[2] > 0, counted.shape[2] > 0, groups.shape[4] > 0
    old, new = np.empty((2, places, ages)), np.empty((2, places, ages))
    there = np.zeros((2, rates.shape[2], ages))
    early, late = np.empty((places, 2, ages)), np.empty((places, 2, ages))
    m, ratio, shift, died, amount = (np.empty(ages), np.empty(ages), np.empty(ages), np.empty(ages), np.empty(ages))
    space, bits = np.empty((3, ages)), np.empty(ages, np.int64)
    born_alive, moved = np.empty((places, 2)), np.empty((places, 2))
    states = np.empty(places, np.uint64)
    for d in range(begin, end):
        for p in range(places):
            states[p] = stream(seed, p, first_draw + d)
        for p in range(places):
            for s in range(2):
                old[s, p, :] = base[p, s]
        for t in range(steps):
            moved[:] = 0.0
            for p in range(places):
                scale = migration[p, d, t]
                for s in range(2):
                    for x in range(ages):
                        amount[x] = net[p, t, s, x] + scale * spread[p, s, x]
                    if whole:
                        states[p] = moves(states[p], amount, early[p, s], late[p, s], bits, space)
                    else:
                        for x in range(ages):
                            early[p, s, x] = 0.5 * amount[x]
                            late[p, s, x] = 0.5 * amount[x]
                    for x in range(ages):
                        new[s, p, x] = max(old[s, p, x] + early[p, s, x], 0.0)
                        moved[p, s] += new[s, p, x] - old[s, p, x]
            if whole:
                exchange_whole(states, new, stay, table, 0, there, moved, died, bits, space)
            else:
                exchange(new, rates, leave, 0, there, moved)
            for p in range(places):
                for s in range(2):
                    for x in range(ages):
                        shift[x] = np.exp(response[s, x] * mortality[d, t, s])
                    born_alive[p, s] = survival(mx[p, t, s], shift, level[p, d], s, rule, m, ratio)
                    if whole:
                        states[p] = deaths_by_age(states[p], new[s, p], ratio, died, bits, space)
                    else:
                        for x in range(ages):
                            died[x] = new[s, p, x] * (1.0 - ratio[x])
                    deaths = 0.0
                    oldest = new[s, p, ages - 1] - died[ages - 1]
                    for x in range(ages - 1, 0, -1):
                        deaths += died[x]
                        new[s, p, x] = new[s, p, x - 1] - died[x - 1]
                    new[s, p, ages - 1] += oldest
                    new[s, p, 0] = 0.0
                    flows[p, d, t, s, 1] = deaths + died[0]
            if whole:
                exchange_whole(states, new, stay, table, 1, there, moved, died, bits, space)
            else:
                exchange(new, rates, leave, 1, there, moved)
            for p in range(places):
                for s in range(2):
                    for x in range(1, ages):
                        ended = max(new[s, p, x] + late[p, s, x], 0.0)
                        moved[p, s] += ended - new[s, p, x]
                        new[s, p, x] = ended
                mean = mothers(old[FEMALE, p, first_age:], new[FEMALE, p, first_age:], asfr[p, t]) * fertility[p, d, t]
                births, boys = mean, mean * male_share[p, t]
                if whole:
                    states[p], births = poisson(states[p], mean)
                    states[p], boys = binomial(states[p], births, male_share[p, t])
                for s in range(2):
                    born = boys if s == MALE else births - boys
                    lost = born * (1.0 - born_alive[p, s])
                    if whole:
                        states[p], lost = binomial(states[p], born, 1.0 - born_alive[p, s])
                    new[s, p, 0] = born - lost
                    flows[p, d, t, s, 0] = born
                    flows[p, d, t, s, 1] += lost
            if whole:
                exchange_youngest_whole(states, new, stay, table, there, moved)
            else:
                exchange_youngest(new, rates, leave, there, moved)
            for p in range(places):
                for s in range(2):
                    ended = max(new[s, p, 0] + late[p, s, 0], 0.0)
                    moved[p, s] += ended - new[s, p, 0]
                    new[s, p, 0] = ended
                    flows[p, d, t, s, 2] = moved[p, s]
                    total = 0.0
                    for x in range(ages):
                        total += new[s, p, x]
                    flows[p, d, t, s, 3] = total
                    if every_cell:
                        store, people = cells[p, d, t, s], new[s, p]
                        for x in range(ages):
                            store[x] = people[x]
                    if every_count:
                        count, people = counted[p, d, t, s], new[s, p]
                        for x in range(ages):
                            count[x] = np.int32(people[x])
                    if every_group:
                        group_sums(new[s, p], edges, groups[p, d, t, s])
            old, new = new, old
