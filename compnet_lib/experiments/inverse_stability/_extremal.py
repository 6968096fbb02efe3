r"""Two networks that no pair is worse than: the bound of inverse stability is attained.

All directions are in a plane. From cell to cell the first coordinate of the gradient of the
difference is $0,\ p-r,\ -r,\ r,\ 0$, and then the same with other signs: it jumps by $p\le2r$
where only `net` bends, and by $2r$ where only `g` does. The two neurons of these bends have
opposite output weights and first coordinates, and all other neurons are too large to be nearer.
"""

from __future__ import annotations

from fractions import Fraction
from numbers import Rational
from typing import Any, NamedTuple

import numpy as np

from ..._core import checks, memory
from ...networks.network import ReLUNet

SLOPE = Fraction(1, 8)
"""Of the flattest directions; below 1/7 the gradient's other coordinates are the smaller ones."""


class Extremal(NamedTuple):
    """Two networks, how far apart their functions are, and how far their parameters."""

    net: ReLUNet
    """A stack of one, exact."""
    g: ReLUNet
    """As well."""
    seminorm: Fraction
    """The essential supremum of the sup norm of the gradient of `g - net`."""
    distance: Fraction
    """The least sup norm of a difference to `net` of parameters with the function of `g`."""


def extremal_networks(
    beta: float | Fraction = 2, scale: float | Fraction = 1, m: int = 3, d: int = 3
) -> Extremal:
    r"""Two networks with one hidden layer and no biases that are as far apart as close functions
    allow, in rational numbers.

    With $\varrho=2\,\mathrm{scale}$ the functions are at $r=\varrho^2/2$ from each other in
    $W^{1,\infty}$, and the parameters are at

    .. math::
       \beta+\min\bigl(\varrho,\ \varrho^2/\beta\bigr),\qquad\varrho=\sqrt{2r},

    whatever parametrization of `g` is taken. For $\beta=\varrho$ both networks are balanced, and
    this is $2\sqrt2\,r^{1/2}$. No two weight vectors are parallel, and their last two
    coordinates are positive.

    Args:
        beta: the largest weight of the one neuron of `net` whose product is at most $2r$, positive.
        scale: $\sqrt{r/2}$, positive.
        m: hidden neurons, at least 3.
        d: inputs, at least 3.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits, or the
            networks would not fit into memory.

    Source: the book's chapter "Inverse stability", section "The least constant".
    """
    beta, scale = _positive("beta", beta), _positive("scale", scale)
    m, d = checks.integer("m", m, 3), checks.integer("d", d, 3)
    memory.fit("m and d", (m, d), 400 * m * d)
    rho = 2 * scale
    r = rho * rho / 2
    reads, writes = beta, min(beta, rho * rho / beta)
    directions = [
        _direction(1, SLOPE, d),
        _direction(-1, SLOPE, d),
        *(_direction(1, 3 * SLOPE + Fraction(k, 2 * m), d) for k in range(m - 3)),
    ]
    before, after = zip(*(_roots(w, 4 * (beta + rho)) for w in (reads * writes - r, r)))
    large = [2 * (beta + rho)] * (m - 3)
    return Extremal(
        _net(
            [reads, *before, *large],
            [writes, *before, *large],
            [_direction(1, 2 * SLOPE, d), *directions],
        ),
        _net(
            [rho, *after, *large],
            [-rho, *after, *large],
            [_direction(-1, 2 * SLOPE, d), *directions],
        ),
        r,
        beta + min(rho, rho * rho / beta),
    )


def _positive(name: str, value: Any) -> Fraction:
    value = checks.scalar(value)
    near = checks.number(name, value)
    whole = isinstance(value, Rational)
    found = Fraction(int(value.numerator), int(value.denominator)) if whole else Fraction(near)
    if found <= 0:
        raise ValueError(f"{name} must be positive, got {checks.brief(value)}")
    return found


def _roots(difference: Fraction, total: Fraction) -> tuple[Fraction, Fraction]:
    """Two rationals of this sum, whose squares have this difference: the smaller square first."""
    gap = difference / total
    return (total - gap) / 2, (total + gap) / 2


def _direction(first: int, slope: Fraction, d: int) -> list[Fraction]:
    """Zeros between the first coordinate and the last two."""
    return [Fraction(first), *[Fraction(0)] * (d - 3), slope, slope]


def _net(reads: list, writes: list, directions: list) -> ReLUNet:
    rows = [[size * u for u in direction] for size, direction in zip(reads, directions)]
    weights = [np.array([rows], object), np.array([[writes]], object)]
    return ReLUNet(weights, [None, None])
