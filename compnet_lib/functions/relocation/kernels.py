"""Least squares by broken lines, of which one bend is moved at a time, compiled.

With the other bends fixed, the best place of one on the whole line is known in closed form: see
`best`. Lines are sums of 1, x and hinges (x - t)_+, made orthonormal; points increase.
"""

import numpy as np

from ..._core.compiling import compiled

DEPENDENT = 1e-9
"""A hinge of which the others leave a smaller share of its square is one of their sums: as where
two bends between the same two points are closer than 1/30,000 of the range."""
WORTH = 1e-14
"""A move counts if it lowers the sum of squares by more than this share of the data's."""
summed = compiled(fastmath={"contract", "nsz", "reassoc"}, forceinline=True)
"""Sums in any order, several terms at once."""


@summed
def basis(x, knots, without, q):
    """Orthonormal columns in the rows of `q` for the lines with bends at `knots`, NaN and number
    `without` left out; rows of zeros where there are fewer."""
    size = len(x)
    filled = 0
    for c in range(len(knots) + 2):
        q[c] = 0
    for c in range(len(knots) + 2):
        if c < 2:
            for n in range(size):
                q[filled, n] = 1.0 if c == 0 else x[n]
        else:
            t = knots[c - 2]
            if c - 2 == without or np.isnan(t):
                continue
            for n in range(size):
                q[filled, n] = max(x[n] - t, 0.0)
        before = 0.0
        for n in range(size):
            before += q[filled, n] ** 2
        for _ in range(2):  # once more, for what rounding left
            for k in range(filled):
                share = 0.0
                for n in range(size):
                    share += q[k, n] * q[filled, n]
                for n in range(size):
                    q[filled, n] -= share * q[k, n]
        left = 0.0
        for n in range(size):
            left += q[filled, n] ** 2
        if left <= DEPENDENT * before:
            q[filled] = 0
            continue
        for n in range(size):
            q[filled, n] /= np.sqrt(left)
        filled += 1
    return filled


@summed
def residual(y, q, filled, r):
    """The residual of the best line, and the sum of its squares."""
    r[:] = y
    for _ in range(2):
        for k in range(filled):
            share = 0.0
            for n in range(len(y)):
                share += q[k, n] * r[n]
            for n in range(len(y)):
                r[n] -= share * q[k, n]
    total = 0.0
    for n in range(len(y)):
        total += r[n] ** 2
    return total


@compiled(forceinline=True)
def best(x, r, q, filled, old):
    r"""Where one bend more lowers the sum of squares most, by how much, and what it does at `old`.

    A hinge at $t$ between two points is $a-tb$ on the points after it, with their distance $a$
    from the left one, $b=1$, and $t$ from there. With $p=\langle r,a\rangle$,
    $s=\langle r,b\rangle$ and the products $A,B,C$ of what the lines leave of $a$ and $b$, it
    lowers the sum by $\frac{(p-ts)^2}{A-2tB+t^2C}$, which is stationary at
    $t=\frac{sA-pB}{sB-pC}$ only, but for its zero.
    """
    sum_a, sum_b = np.zeros(filled), np.zeros(filled)
    p = s = aa = ab = bb = 0.0
    place, most, here = np.nan, 0.0, 0.0
    for n in range(len(x) - 1, 0, -1):
        gap = x[n] - x[n - 1]
        s += r[n]
        p += gap * s
        bb += 1
        aa += gap * (2 * ab + gap * bb)
        ab += gap * bb
        a, b, c = aa, ab, bb
        for k in range(filled):
            sum_b[k] += q[k, n]
            sum_a[k] += gap * sum_b[k]
            a -= sum_a[k] * sum_a[k]
            b -= sum_a[k] * sum_b[k]
            c -= sum_b[k] * sum_b[k]
        under = s * b - p * c
        stationary = (s * a - p * b) / under if under != 0 else 0.0
        for t in (min(max(stationary, 0.0), gap), 0.0, gap, old - x[n - 1]):
            if not 0 <= t <= gap:
                continue
            left = a - 2 * t * b + t * t * c
            if left <= DEPENDENT * (aa - 2 * t * ab + t * t * bb):
                continue
            gain = (p - t * s) ** 2 / left
            if t == old - x[n - 1]:
                here = max(here, gain)
            if gain > most:
                place, most = x[n] if t == gap else x[n - 1] + t, gain
    return place, most, here


@compiled(kept=True, nogil=True)
def placed(x, y, knots):
    """Where one knot more lowers the sum of squares most, NaN if nowhere, and by how much."""
    q, r = np.empty((len(knots) + 2, len(x))), np.empty(len(x))
    filled = basis(x, knots, -1, q)
    residual(y, q, filled, r)
    place, most, _ = best(x, r, q, filled, np.nan)
    return place, most


@compiled(kept=True, nogil=True)
def sweep(x, y, knots, sums, stop):
    """Move each bend of every member in turn to its best place, in `knots` (models, bends), where
    NaN are bends that are nowhere yet; and the sums of squares afterwards, in `sums` (models,)."""
    for m in range(len(y)):
        size = 0.0
        for v in y[m]:
            size += v * v
        q, r = np.empty((knots.shape[1] + 2, len(x))), np.empty(len(x))
        for i in range(knots.shape[1]):
            if stop[0]:
                return
            filled = basis(x, knots[m], i, q)
            total = residual(y[m], q, filled, r)
            place, most, here = best(x, r, q, filled, knots[m, i])
            if here <= 0 or most > here + WORTH * size:
                knots[m, i] = place
                here = most
            sums[m] = total - here


@summed
def lost(x, y, t, q):
    """By how much the sum of squares rises without each hinge, (bends,), where `q` holds 1, x and
    the hinges at `t` made orthonormal in this order.

    With the triangle R of their products, hinge i is orthogonal to the others in the direction of
    row i of the inverse of R.
    """
    bends = len(t)
    upper, part, cost = np.zeros((bends, bends)), np.zeros(bends), np.empty(bends)
    for i in range(bends):
        for n in range(len(x)):
            part[i] += q[i + 2, n] * y[n]
        for k in range(i, bends):
            product = 0.0
            for n in range(len(x)):
                product += q[i + 2, n] * max(x[n] - t[k], 0.0)
            upper[i, k] = product
    row = np.empty(bends)
    for i in range(bends):
        row[i] = 1 / upper[i, i]
        along, square = row[i] * part[i], row[i] * row[i]
        for k in range(i + 1, bends):
            before = 0.0
            for j in range(i, k):
                before += row[j] * upper[j, k]
            row[k] = -before / upper[k, k]
            along += row[k] * part[k]
            square += row[k] * row[k]
        cost[i] = along * along / square
    return cost


@compiled(kept=True, nogil=True)
def costs(x, y, knots, found):
    """By how much the sum of squares rises without each bend, (models, bends); 0 for NaN."""
    for m in range(len(y)):
        q, r = np.empty((knots.shape[1] + 2, len(x))), np.empty(len(x))
        there = np.flatnonzero(~np.isnan(knots[m]))
        filled = basis(x, knots[m], -1, q)
        found[m] = 0
        if filled == len(there) + 2:
            found[m][there] = lost(x, y[m], knots[m][there], q)
            continue
        whole = residual(y[m], q, filled, r)
        for i in there:
            found[m, i] = residual(y[m], q, basis(x, knots[m], i, q), r) - whole


@compiled(kept=True, nogil=True)
def sums(x, y, knots, found):
    """The sums of squares of the best lines, (models,)."""
    q, r = np.empty((knots.shape[1] + 2, len(x))), np.empty(len(x))
    for m in range(len(y)):
        found[m] = residual(y[m], q, basis(x, knots[m], -1, q), r)
