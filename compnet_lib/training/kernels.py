"""Levenberg-Marquardt steps for one network after the other, compiled.

The residuals stand at Gauss nodes inside each linear piece of the network,
found anew for every trial step, so that the sum of their squares is the integral of the squared
error and stays smooth while breakpoints move; or at given points. Parameters lie in one row,
layer by layer, the weights row by row and then the biases; `widths` are (1, hidden widths, 1).
Signals, errors and the Jacobian are rows of nodes;
products of Jacobian rows are summed in blocks of four by four.
"""

import numpy as np

from .._core.compiling import compiled
from ..functions.kernels import onward, start, with_crossings
from ..networks.kernels import residuals as differences
from ..networks.kernels import rows, signals

MOST = 2**22
"""Knots that a network may have: one with more is broken."""
BLOCK = 2**23
"""Numbers of a Jacobian that are held at a time."""
RUNNING, CONVERGED, STALLED, BROKEN = range(4)
_LOOSE, _TIGHT = 1e10, 1e-13
"""Between these the damping moves."""
_SMALL, _PATIENCE = 1e-6, 10
"""A step that gains a smaller share than this is small;
after so many in a row a network has converged."""

_GIVE_UP = ((15, 2.0), (30, 1.3), (60, 1.05))
"""After so many iterations a round is given up that stands at more than so many times the best:
of those that came lower in the end hardly any stood higher."""

_plain = compiled()
# Sums may be reordered here, so these are inlined by force, each in one place:
# see `engines.cpu.kernels`.
_inner = compiled(fastmath={"contract", "nsz", "reassoc"}, forceinline=True)
_outer = compiled(kept=True, nogil=True)

_AT, _SHARE = np.polynomial.legendre.leggauss(4)
_AT, _SHARE = (_AT + 1) / 2, _SHARE / 2


@_plain
def _knots(theta, widths, low, high, stop):
    """The ends of the interval and all places between them where a hidden signal crosses zero,
    in order; empty if there are too many, a signal is not finite, or a stop was called."""
    knots, values, slopes = start(theta, widths[1], low, high, True)
    at = 2 * widths[1]
    for layer in range(2, len(widths) - 1):
        knots, values = with_crossings(knots, values, slopes, MOST, stop)
        values, slopes, at = onward(values, slopes, theta, at, widths[layer], True)
    for k in range(len(values)):
        for i in range(widths[-2]):
            if not np.isfinite(values[k, i]):
                return knots[:0]
    return with_crossings(knots, values, slopes, MOST, stop)[0]


@_plain
def _curve(x, edges, coefficients, y):
    """The curve at increasing points, from its Chebyshev series on each of several intervals."""
    piece, last = 0, coefficients.shape[1] - 1
    for j in range(len(x)):
        while piece < len(edges) - 2 and x[j] > edges[piece + 1]:
            piece += 1
        t = 2 * (x[j] - edges[piece]) / (edges[piece + 1] - edges[piece]) - 1
        one = two = 0.0
        for k in range(last, 0, -1):
            one, two = 2 * t * one - two + coefficients[piece, k], one
        y[j] = t * one - two + coefficients[piece, 0]


@_plain
def _merged(x, cuts):
    """Increasing points with those of others between their ends."""
    found, filled, j = np.empty(len(x) + len(cuts)), 0, 0
    for k in range(len(x)):
        while j < len(cuts) and cuts[j] < x[k]:
            if k and cuts[j] > x[k - 1]:
                found[filled] = cuts[j]
                filled += 1
            j += 1
        found[filled] = x[k]
        filled += 1
    return found[:filled]


@_plain
def _nodes(theta, widths, low, high, edges, coefficients, cuts, stop):
    """Gauss nodes, four on each piece of the network (which is cut, also if it is long),
    the roots of their shares in the mean, and the curve there; empty for a broken network."""
    x = _merged(_knots(theta, widths, low, high, stop), cuts)
    count, longest = 0, (high - low) / 16
    for k in range(len(x) - 1):
        count += int(np.ceil((x[k + 1] - x[k]) / longest))
    nodes, roots, y = np.empty(4 * count), np.empty(4 * count), np.empty(4 * count)
    j = 0
    for k in range(len(x) - 1):
        parts = int(np.ceil((x[k + 1] - x[k]) / longest))
        width = (x[k + 1] - x[k]) / parts if parts else 0.0
        for part in range(parts):
            for i in range(4):
                nodes[j] = x[k] + width * (part + _AT[i])
                roots[j] = np.sqrt(width * _SHARE[i] / (high - low))
                j += 1
    _curve(nodes, edges, coefficients, y)
    return nodes, roots, y


@_plain
def _misses(theta, widths, x, roots, y, H, r):
    """The residuals into `r`, each times the root of its share;
    returns the sum of their squares, and where the output layer is."""
    at, row = signals(theta, widths, x, H, None, 0.0, 0.0)
    differences(theta, widths, at, row, y, H, r)
    total = 0.0
    for j in range(len(x)):
        r[j] *= roots[j]
        total += r[j] * r[j]
    return total, at, row


@_plain
def _jacobian(theta, widths, x, roots, H, E, at, row, J):
    """The derivative of each residual by each parameter, into the rows of `J`."""
    n, width = len(x), widths[-2]
    for i in range(width):
        w = theta[at + i]
        for j in range(n):
            J[at + i, j] = roots[j] * H[row + i, j]
            E[i, j] = roots[j] * w if H[row + i, j] > 0 else 0.0
    for j in range(n):
        J[at + width, j] = roots[j]
    here, most = 0, E.shape[0] // 2
    for layer in range(len(widths) - 2, 1, -1):
        inputs, width = widths[layer - 1], widths[layer]
        at -= width * (inputs + 1)
        row -= inputs
        there = most - here
        for i in range(inputs):
            for j in range(n):
                E[there + i, j] = 0.0
        for o in range(width):
            for j in range(n):
                J[at + width * inputs + o, j] = E[here + o, j]
            for i in range(inputs):
                w = theta[at + o * inputs + i]
                for j in range(n):
                    J[at + o * inputs + i, j] = E[here + o, j] * H[row + i, j]
                    E[there + i, j] += w * E[here + o, j]
        for i in range(inputs):
            for j in range(n):
                E[there + i, j] = E[there + i, j] if H[row + i, j] > 0 else 0.0
        here = there
    width = widths[1]
    for o in range(width):
        for j in range(n):
            J[o, j] = E[here + o, j] * x[j]
            J[width + o, j] = E[here + o, j]


@_inner
def _products(J, i, k, A, n):
    """Sixteen entries of J Jᵀ, four rows by four."""
    a00 = a01 = a02 = a03 = a10 = a11 = a12 = a13 = a20 = a21 = a22 = a23 = a30 = a31 = a32 = (
        a33
    ) = 0.0
    for j in range(n):
        u0, u1, u2, u3 = J[i, j], J[i + 1, j], J[i + 2, j], J[i + 3, j]
        v0, v1, v2, v3 = J[k, j], J[k + 1, j], J[k + 2, j], J[k + 3, j]
        a00 += u0 * v0
        a01 += u0 * v1
        a02 += u0 * v2
        a03 += u0 * v3
        a10 += u1 * v0
        a11 += u1 * v1
        a12 += u1 * v2
        a13 += u1 * v3
        a20 += u2 * v0
        a21 += u2 * v1
        a22 += u2 * v2
        a23 += u2 * v3
        a30 += u3 * v0
        a31 += u3 * v1
        a32 += u3 * v2
        a33 += u3 * v3
    A[i, k], A[i, k + 1], A[i, k + 2], A[i, k + 3] = a00, a01, a02, a03
    A[i + 1, k], A[i + 1, k + 1], A[i + 1, k + 2], A[i + 1, k + 3] = a10, a11, a12, a13
    A[i + 2, k], A[i + 2, k + 1], A[i + 2, k + 2], A[i + 2, k + 3] = a20, a21, a22, a23
    A[i + 3, k], A[i + 3, k + 1], A[i + 3, k + 2], A[i + 3, k + 3] = a30, a31, a32, a33


@_inner
def _normal(J, r, A, g, n, stop):
    """Jᵀ's products: the upper half of J Jᵀ into `A`, the gradient (over two) into `g`."""
    size = J.shape[0]
    for i in range(0, size, 4):
        if stop[0]:
            return
        for k in range(i, size, 4):
            _products(J, i, k, A, n)
    for i in range(len(g)):
        total = 0.0
        for j in range(n):
            total += J[i, j] * r[j]
        g[i] = total


@_inner
def _solve(A, L, g, damping, step, stop):
    """The damped step from (A + damping · diag A) step = -g, by Cholesky factors:
    four columns of `L` at a time. Returns whether there is one: the matrix was positive definite,
    and nobody called a stop."""
    size, rounded, largest = len(g), len(A), 0.0
    for i in range(size):
        largest = max(largest, A[i, i])
    for i in range(0, rounded, 4):
        if stop[0]:
            return False
        for k in range(i, rounded, 4):
            _products(L, k, i, L, i)
            for p in range(k, k + 4):
                for q in range(i, i + 4):
                    L[p, q] = A[q, p] - L[p, q]
        for q in range(i, i + 4):
            L[q, q] += (
                damping * max(A[q, q], 1e-12 * largest) + 1e-15 * largest if q < size else 1.0
            )
            for p in range(i, q):
                L[q, q] -= L[q, p] * L[q, p]
            if not L[q, q] > 0:
                return False
            L[q, q] = np.sqrt(L[q, q])
            inverse = 1 / L[q, q]
            for k in range(q + 1, rounded):
                total = L[k, q]
                for p in range(i, q):
                    total -= L[k, p] * L[q, p]
                L[k, q] = total * inverse
    for i in range(size):
        total = -g[i]
        for k in range(i):
            total -= L[i, k] * step[k]
        step[i] = total / L[i, i]
    for i in range(size - 1, -1, -1):
        step[i] /= L[i, i]
        for k in range(i):
            step[k] -= L[i, k] * step[i]
    return True


@_plain
def _room(count, widths, size):
    """Rows for so many nodes: signals, errors, Jacobian, residuals."""
    return (
        np.empty((rows(widths), count)),
        np.empty((2 * widths.max(), count)),
        np.zeros((-(-size // 4) * 4, count)),
        np.empty(count),
    )


@_plain
def _equations(theta, widths, x, roots, y, A, L, g, step, stop):
    """The normal equations at these nodes into `A` and `g`, a block of nodes at a time;
    `L` and `step` are overwritten."""
    size, rounded = len(g), len(A)
    block = max(BLOCK // rounded, 64)
    for begin in range(0, len(x), block):
        part = slice(begin, min(begin + block, len(x)))
        count = part.stop - begin
        H, E, J, r = _room(count, widths, size)
        _, at, row = _misses(theta, widths, x[part], roots[part], y[part], H, r)
        _jacobian(theta, widths, x[part], roots[part], H, E, at, row, J)
        products, gradient = (L, step) if begin else (A, g)
        _normal(J, r, products, gradient, count, stop)
        if stop[0]:
            return
        if begin:
            A += L
            g += step


@_plain
def _places(theta, widths, frame, edges, coefficients, cuts, points, data, stop):
    """Where the residuals stand, the roots of their shares, and the curve or the data there:
    Gauss nodes, or else the given points, if there are any."""
    if len(points):
        return points, np.full(len(points), np.sqrt(1 / len(points))), data
    return _nodes(theta, widths, frame[0], frame[1], edges, coefficients, cuts, stop)


@_plain
def _loss(theta, widths, frame, edges, coefficients, cuts, points, data, stop):
    x, roots, y = _places(theta, widths, frame, edges, coefficients, cuts, points, data, stop)
    if not len(x):
        return np.inf
    total, block = 0.0, max(BLOCK // rows(widths), 64)
    for begin in range(0, len(x), block):
        if stop[0]:
            return np.inf
        part = slice(begin, min(begin + block, len(x)))
        H, _, _, r = _room(part.stop - begin, widths, 1)
        total += _misses(theta, widths, x[part], roots[part], y[part], H, r)[0]
    return total if np.isfinite(total) else np.inf


@_plain
def _move(theta, widths, kick):
    """Move all parameters at random, by shares of `kick` or down to a tenth of it; or,
    every other time, those of one layer three times as far."""
    first, last, reach = 0, len(theta), kick * 10 ** -np.random.random()
    if np.random.random() < 0.5:
        chosen, last = np.random.randint(1, len(widths)), 0
        for layer in range(1, chosen + 1):
            first, last = last, last + widths[layer] * (widths[layer - 1] + 1)
        reach *= 3
    for i in range(first, last):
        theta[i] += reach * np.random.normal() * (abs(theta[i]) + 0.05)


@_outer
def losses(theta, widths, frame, which, edges, coefficients, cuts, points, data, loss, stop):
    """The mean squared error of each row of `theta`, by integration or at its points;
    infinite for a broken network. Row m fits curve `which[m]`."""
    for m in range(len(theta)):
        if stop[0]:
            return
        k = which[m]
        own = frame[k], edges[k], coefficients[k], cuts[k], points[m % len(points)], data[m]
        loss[m] = _loss(theta[m], widths, *own, stop)


@_outer
def residuals(theta, widths, frame, edges, coefficients, cuts, points, data, stop):
    """The residuals of one row of parameters, each times the root of its share in the mean,
    and their derivatives, parameters by nodes; nothing for a broken network."""
    x, roots, y = _places(theta, widths, frame, edges, coefficients, cuts, points, data, stop)
    H, E, J, r = _room(len(x), widths, len(theta))
    if len(x):
        _, at, row = _misses(theta, widths, x, roots, y, H, r)
        _jacobian(theta, widths, x, roots, H, E, at, row, J)
    return r, J[: len(theta)]


@_outer
def refine(
    best,
    widths,
    frame,
    which,
    edges,
    coefficients,
    cuts,
    points,
    data,
    loss,
    status,
    iterations,
    kick,
    seeds,
    stop,
):
    """One round for each row of `best`: Levenberg-Marquardt from there,
    moved at random by shares of about `kick` first, if it is positive.
    A row is replaced if that led lower. All ends soon after `stop` is set.

    The damping follows Nielsen.
    """
    size = best.shape[1]
    rounded = -(-size // 4) * 4
    A, L = np.empty((rounded, rounded)), np.empty((rounded, rounded))
    g, step, trial = np.empty(size), np.empty(size), np.empty(size)
    for m in range(len(best)):
        k = which[m]
        own = frame[k], edges[k], coefficients[k], cuts[k], points[m % len(points)], data[m]
        theta = best[m].copy()
        if kick > 0:
            np.random.seed(seeds[m])
            _move(theta, widths, kick)
        now, damping, growth, failures, small, fresh = (
            _loss(theta, widths, *own, stop),
            1e-3,
            2.0,
            0,
            0,
            True,
        )
        ended, hope = BROKEN if not np.isfinite(now) else RUNNING if now > 0 else CONVERGED, 0.0
        for iteration in range(iterations):
            for after, times in _GIVE_UP:
                if kick > 0 and iteration == after and now > times * loss[m]:
                    ended = STALLED
            if ended != RUNNING or stop[0]:
                break
            if fresh:
                x, roots, y = _places(theta, widths, *own, stop)
                _equations(theta, widths, x, roots, y, A, L, g, step, stop)
                fresh = False
            then, gain = np.inf, 0.0
            if _solve(A, L, g, damping, step, stop):
                for i in range(size):
                    trial[i] = theta[i] + step[i]
                    gain -= step[i] * g[i]
                then = _loss(trial, widths, *own, stop)
            if then < now:
                quality = (now - then) / max(gain, 1e-300)
                damping = max(_TIGHT, damping * min(max(1 - (2 * quality - 1) ** 3, 1 / 3), 2.0))
                small = small + 1 if now - then < _SMALL * now else 0
                now, growth, failures, fresh = then, 2.0, 0, True
                theta[:] = trial
                if small == _PATIENCE or now == 0:
                    ended = CONVERGED
            else:
                damping *= growth
                growth *= 2
                hope = gain if not failures else hope
                failures += 1
                if damping > _LOOSE or failures > 25:
                    ended = CONVERGED if small or hope < _SMALL * now else STALLED
        if now < loss[m]:
            loss[m] = now
            best[m] = theta
            status[m] = ended
        elif kick <= 0 and not stop[0]:
            status[m] = ended
        if stop[0]:
            return
