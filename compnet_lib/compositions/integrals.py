r"""Integrals of waves, exact and without samples: inner products,
and the squared error of a series.

Folding $[0,1]$ by a triangle maps lengths onto lengths:
what is to be integrated against a wave can be folded with it, one triangle at a time,
until only the line is left. Kinds of numbers and stacks are as in :mod:`compnet_lib.compositions`.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, lcm, prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks, kinds, memory
from .._core.kinds import Numbers
from ..targets.target import Target
from . import _waves as waves

DEGREE = 1000
"""Of a polynomial, at most, as in formulas."""


def gram(peaks: Numbers) -> NDArray:
    r"""The inner products of the line and the waves on [0, 1].

    .. math:: \langle W_i, W_j\rangle = \int_0^1 W_iW_j\,dx
              = \tfrac14 + \tfrac1{12}\prod_{k=i+1}^{j}(2a_k-1),
              \qquad -1\le i\le j\le d-1,\; W_{-1}(x)=x

    Args:
        peaks: (depth,) or (models, depth), strictly between 0 and 1.

    Returns:
        A symmetric matrix (depth + 1, depth + 1), or (models, depth + 1, depth + 1) for a stack.

    Raises:
        ValueError: a peak is not strictly between 0 and 1, there is none,
            or the matrix would not fit into memory.
    """
    columns = [kinds.flat(a) for a in kinds.columns(peaks)]
    size, models = len(columns) + 1, prod(np.shape(columns[0]))
    memory.fit("peaks", peaks, size**2 * (40 + 24 * models))
    one = columns[0] * 0 + 1
    entries = [[None] * size for _ in range(size)]
    for i in range(size):
        product = one
        for j in range(i, size):
            product = product if j == i else product * (2 * columns[j - 1] - 1)
            entries[i][j] = entries[j][i] = (3 + product) / 12
    return kinds.stack([kinds.stack(row, -1) for row in entries], -2)


def moments(polynomial: Any, peaks: Numbers) -> NDArray:
    r"""The integrals of a polynomial against the line and the waves.

    .. math:: \int_0^1 p(x)\,W_i(x)\,dx, \qquad -1\le i\le d-1,\; W_{-1}(x)=x

    From $\langle p,\,V\circ T_a\rangle = \langle L_ap,\,V\rangle$ with $(L_ap)(u) =$ $a\,p(au)$
    $+(1-a)\,p(1-(1-a)u)$. The polynomial is held by its Bernstein coefficients,
    of which $L_a$ takes averages only, so rounding is not amplified.

    Args:
        polynomial: its coefficients $c_0, c_1, \dots$ in $p(x)=\sum_k c_kx^k$,
            numbers or `Fraction`, at most 1,001.
        peaks: (depth,) or (models, depth), strictly between 0 and 1.

    Returns:
        (depth + 1,), or (models, depth + 1) for a stack; exact if the peaks are exact.

    Raises:
        TypeError: `polynomial` does not hold numbers.
        ValueError: `polynomial` is empty, of a degree above 1,000 or beyond floats,
            or a peak is not strictly between 0 and 1.
    """
    columns = kinds.columns(peaks)
    control = kinds.stack(
        [
            _in_kind("polynomial", c, columns[0]) + 0 * kinds.flat(columns[0])
            for c in _bernstein(_coefficients("polynomial", polynomial))
        ],
        -1,
    )
    found = [_against_the_line(control)]
    for a in columns:
        control = _folded(control, a)
        found.append(_against_the_line(control))
    return kinds.stack(found, -1)


def series_mse(
    peaks: Numbers,
    target: Target,
    sign: ArrayLike | None = None,
    closing: Numbers = 0.5,
    ratios: Numbers | None = None,
) -> Any:
    r"""The mean squared error of the truncated series against a polynomial target,
    exactly and without samples.

    .. math:: \int_0^1\Bigl(u \pm \sum_i s_iW_i(u) - q(u)\Bigr)^2du
              = v^\top G v - 2\,v^\top m + \int_0^1 q^2,
              \qquad v = (1, \pm s_0, \dots, \pm s_{d-1}),

    with $G$ from :func:`gram` and $m$ from :func:`moments`; $q$ is the target along its line,
    and the result is in the target's units. It costs $O(d^2)$ for $2^d$ linear regions.
    In floats it is exact to about $10^{-15}$ of the target's mean square,
    so an error far below that needs `Fraction`.

    Args:
        peaks: (depth,) or (models, depth), strictly between 0 and 1.
        target: a polynomial with rational coefficients.
        sign: +1 or -1, or one per model; None is the target's own.
        closing, ratios: as for :func:`series`.

    Returns:
        The error, as a number, or (models,) for a stack; exact if the peaks are exact.

    Raises:
        TypeError: `target` is not a :class:`Target`.
        ValueError: `target` is not a polynomial, or an argument is as :func:`series` does not
            allow it.
    """
    if not isinstance(target, Target):
        raise TypeError(f"target must be a Target, got {checks.brief(target)}")
    if target.polynomial is None:
        raise ValueError(
            f"target must be a polynomial with rational coefficients, got {target.name!r}; "
            "for others there is cn.mse(net, target)"
        )
    columns = kinds.columns(peaks)
    scales = waves.signed_scales(columns, target.sign if sign is None else sign, closing, ratios)
    curve, size = _along_the_line(target)
    square = sum(c * d / (j + k + 1) for j, c in enumerate(curve) for k, d in enumerate(curve))
    size, square = (kinds.as_kind(v, kinds.flat(columns[0])) for v in (size, square))
    v = kinds.stack([kinds.flat(columns[0]) * 0 + 1, *map(kinds.flat, scales)], -1)
    return size**2 * (
        (v[..., :, None] * gram(peaks) * v[..., None, :]).sum((-2, -1))
        - 2 * (v * moments(curve, peaks)).sum(-1)
        + square
    )


def _coefficients(name, values):
    values = checks.shaped(name, checks.numeric(name, values, exact=True), (None,))
    if len(values) > DEGREE + 1:
        raise ValueError(f"{name} must be of degree {DEGREE:,} at most, got {len(values) - 1:,}")
    return [Fraction(c) for c in values.tolist()]


def _in_kind(name, value, like):
    """A coefficient in the kind of the peaks, in which it must be finite."""
    try:
        return kinds.as_kind(value, like)
    except OverflowError:
        raise ValueError(f"{name} must be below 1.8e308, got a larger number") from None


def _bernstein(coefficients):
    r"""From powers of x to the Bernstein polynomials of the same degree n: the k-th coefficient is
    $\sum_j \binom kj\,c_j/\binom nj$, by sums of neighbours over a common denominator."""
    degree = len(coefficients) - 1
    shares = [c / comb(degree, j) for j, c in enumerate(coefficients)]
    common = lcm(*(share.denominator for share in shares))
    row = np.array([int(share * common) for share in shares], dtype=object)
    found = []
    while len(row):
        found.append(Fraction(row[0], common))
        row = row[:-1] + row[1:]
    return found


def _folded(control, a):
    """$L_ap$: de Casteljau's scheme cuts p at a; the part right of it is run through backwards."""
    left, right = [control[..., 0]], [control[..., -1]]
    while control.shape[-1] > 1:
        control = (1 - a) * control[..., :-1] + a * control[..., 1:]
        left.append(control[..., 0])
        right.append(control[..., -1])
    return a * kinds.stack(left, -1) + (1 - a) * kinds.stack(right, -1)


def _against_the_line(control):
    size = control.shape[-1]
    return sum((k + 1) * control[..., k] for k in range(size)) / (size * (size + 1))


def _along_the_line(target):
    """Coefficients of the target as a curve over [0, 1] with its line made the diagonal,
    and the line's slope."""
    low, high, alpha, beta = map(Fraction, (*target.interval, *target.line))
    shifted = [Fraction(0)] * len(target.polynomial)
    for k, c in enumerate(target.polynomial):
        for j in range(k + 1):
            shifted[j] += c * comb(k, j) * low ** (k - j) * (high - low) ** j
    shifted[0] -= alpha
    return [c / beta for c in shifted], beta
