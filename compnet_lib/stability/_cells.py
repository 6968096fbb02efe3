"""Cells of central hyperplane arrangements, exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks

RAYS = 200_000
"""Sets of hyperplanes that are looked through, at most."""


def cells(normals: ArrayLike) -> NDArray:
    r"""The cells of the arrangement of the hyperplanes $\langle a_i,x\rangle=0$: on which side of
    each of them a cell lies.

    Found exactly, in rational numbers, which floats are, too: hyperplanes may coincide, and many
    may meet in one line. $n$ hyperplanes in general position have
    $2\sum_{k<d}\binom{n-1}{k}$ cells.

    Args:
        normals: $a_i$, (n, d), floats or `Fraction`; none of them 0.

    Returns:
        Signs $+1$ and $-1$, (cells, n), int8, sorted.

    Raises:
        TypeError: `normals` does not hold numbers.
        ValueError: it has another shape, a row is 0, a number is NaN or infinite, or there are
            more than 200,000 sets of $d-1$ hyperplanes to look through.

    Source: Cover, "Geometrical and statistical properties of systems of linear inequalities with
    applications in pattern recognition" (1965), Theorem 1 (the count).
    """
    array = checks.shaped(
        "normals", checks.numeric("normals", normals, exact=True), (None, None)
    ).astype(object)
    idle = [i for i, row in enumerate(array) if not any(row)]
    if idle:
        raise ValueError(f"normals must have no row of zeros, got one in row {idle[0]}")
    feasible("normals", *array.shape)
    return sign_vectors([integers(row) for row in array])


def feasible(name: str, hyperplanes: int, dimension: int) -> None:
    """Refuse an arrangement whose cells would take too long to list."""
    rays = math.comb(hyperplanes, min(dimension, hyperplanes) - 1)
    if rays > RAYS:
        raise ValueError(
            f"{name} must have fewer hyperplanes, got {hyperplanes} in {dimension} dimensions: "
            f"they meet in up to {rays:,} lines, and {RAYS:,} are looked through at most"
        )


def integers(row: Sequence) -> list[int]:
    """Integers in the ratios of rational numbers or floats."""
    exact = [Fraction(v) for v in row]
    scale = math.lcm(*(v.denominator for v in exact))
    whole = [int(v * scale) for v in exact]
    return [v // (math.gcd(*whole) or 1) for v in whole]


def sign_vectors(rows: Sequence[Sequence[int]]) -> NDArray:
    """The cells of the arrangement of integer normals, none of them 0, as `cells` returns them.

    Each cell of an arrangement of full rank $r$ touches a line in which $r-1$ of its hyperplanes
    meet; near that line only the hyperplanes through it matter, and these have rank $r-1$.
    """
    rows = independent_columns(rows)
    n, rank = len(rows), len(rows[0])
    if rank == n:
        return np.array([*product((-1, 1), repeat=n)], np.int8)
    if rank == 1:
        side = np.array([[1 if row[0] > 0 else -1 for row in rows]], np.int8)
        return np.unique(np.concatenate([side, -side]), axis=0)
    found, seen = [], set()
    for chosen in combinations(range(n), rank - 1):
        ray = null_vector([rows[i] for i in chosen])
        if ray is None:
            continue
        heights = [sum(map(int.__mul__, row, ray)) for row in rows]
        through = tuple(i for i, height in enumerate(heights) if height == 0)
        if through in seen:
            continue
        seen.add(through)
        near = sign_vectors([rows[i] for i in through])
        for end in (1, -1):
            block = np.repeat([[end if h > 0 else -end for h in heights]], len(near), 0)
            block[:, through] = near
            found.append(block.astype(np.int8))
    return np.unique(np.concatenate(found), axis=0)


def independent_columns(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """The normals in as many coordinates as their rank: an arrangement has the same cells there."""
    work, kept = [list(map(Fraction, row)) for row in rows], []
    for column in range(len(rows[0])):
        pivot = next((row for row in work if row[column]), None)
        if pivot is None:
            continue
        kept.append(column)
        work = [row for row in work if row is not pivot]
        for row in work:
            if row[column]:
                factor = row[column] / pivot[column]
                row[:] = [v - factor * p for v, p in zip(row, pivot)]
    return [[row[column] for column in kept] for row in rows]


def null_vector(rows: Sequence[Sequence[int]]) -> list[int] | None:
    """An integer vector, not 0, on which all of $r-1$ normals in $r$ coordinates vanish; None
    where these have a lower rank."""
    work = [list(row) for row in rows]
    size, free = len(rows) + 1, None
    done = 0
    for column in range(size):
        pivot = next((i for i in range(done, len(work)) if work[i][column]), None)
        if pivot is None:
            if free is not None:
                return None
            free = column
            continue
        work[done], work[pivot] = work[pivot], work[done]
        head = work[done]
        for i, row in enumerate(work):
            if i != done and row[column]:
                # Fraction-free: the common factor is divided out at once.
                crossed = [head[column] * v - row[column] * h for v, h in zip(row, head)]
                divisor = math.gcd(*crossed) or 1
                work[i] = [v // divisor for v in crossed]
        done += 1
    assert free is not None
    kept = [column for column in range(size) if column != free]
    scale = math.lcm(*(work[i][column] for i, column in enumerate(kept)))
    found = [0] * size
    found[free] = scale
    for i, column in enumerate(kept):
        found[column] = -work[i][free] * scale // work[i][column]
    return found
