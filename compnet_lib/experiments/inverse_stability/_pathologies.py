"""Two-layer networks without biases that compute close functions with parameters far apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import permutations, product
from math import factorial, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ...networks.network import ReLUNet, stack
from ...stability._reparametrized import matched
from ...stability._seminorm import seminorm
from ...stability.shallow import neurons
from .._labelled import listed

if TYPE_CHECKING:
    import xarray as xr

PATHOLOGIES = ("2.1", "2.2", "2.3", "2.4", "2.5", "A.2")
"""Examples in which inverse stability fails, by their numbers in the paper; A.2 is the book's."""
LARGEST = 10**6
"""The largest $k$: its square is still exact in floats."""
MOST_WEIGHTS = 10**7


def pathology(example: str, ks: Iterable[int], *, weight: float = 2.0) -> tuple[ReLUNet, ReLUNet]:
    r"""Parameters $\Gamma$, and parameters of a function $g$ near $\mathcal R(\Gamma)$ none of
    whose parameters are near $\Gamma$, for each $k$.

    - "2.1": $\Gamma=0$, $g=k\max(kx_1,0)-k\max(kx_1-x_2/k^2,0)$.
    - "2.2": $\Gamma=((r,0),0)$, $g=\frac1k\max(x_2,0)$.
    - "2.3": $\Gamma=((1,0),1),((1,0),1)$, $g=2\max(x_1,0)+\frac1k\max(x_2,0)$.
    - "2.4": $\Gamma=(a_i,1),(-a_i,-1)$ with $a_i=(1,0),(-1,1),(0,-1)$,
      $g=\frac1k\max(x_1+x_2,0)$.
    - "2.5": $\Gamma=(a_i,c_i)$, $g$ of $(-a_i,c_i)$ with $a_1=(k,k,\frac1k)$,
      $a_2=(-k,k,\frac1k)$, $a_3=(0,-\sqrt2k,\frac1{\sqrt2k})$, $c=(k,k,\sqrt2k)$.
    - "A.2": $\Gamma=((k,0),\frac1{k^2})$, $g=\frac1k\max(x_2,0)$.

    Args:
        example: one of `PATHOLOGIES`.
        ks: the numbers $k$, integers from 1 to 1,000,000.
        weight: $r$ in 2.2, positive.

    Returns:
        $\Gamma$ and $g$, two stacks with a member for each $k$, of Fractions, but float64 for 2.5.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.

    Source: "How degenerate is the parametrization of neural networks with the ReLU activation
    function?", section 2 (formulas rebuilt); A.2 is announced there.
    """
    checks.choice("example", example, PATHOLOGIES)
    ks = [checks.integer("ks", k, 1, LARGEST) for k in listed("ks", ks, "integers")]
    if (weight := checks.number("weight", weight)) <= 0:
        raise ValueError(f"weight must be positive, got {weight}")
    made = [_made(example, k, Fraction(weight)) for k in ks]
    dtype = float if example == "2.5" else object
    gamma, g = (_stack([one[side] for one in made], dtype) for side in (0, 1))
    return gamma, g


def _made(example: str, k: int, weight: Fraction) -> tuple[Any, Any]:
    """The neurons (a, c) of both networks."""
    one, part = Fraction(1), Fraction(1, k)
    first, second = [one, one * 0], [one * 0, one]
    nothing = [one * 0, one * 0]
    if example == "2.1":
        bent = [one * k, -part * part]
        return [(nothing, one * 0)] * 2, [([one * k, one * 0], one * k), (bent, -one * k)]
    if example == "2.2":
        return [([weight, one * 0], one * 0)], [(second, part)]
    if example == "2.3":
        return [(first, one)] * 2, [(first, 2 * one), (second, part)]
    if example == "2.4":
        turned = [[one, one * 0], [-one, one], [one * 0, -one]]
        both = [(a, one) for a in turned] + [([-v for v in a], -one) for a in turned]
        return both, [([one, one], part)]
    if example == "2.5":
        root = sqrt(2) * k
        a = [[k, k, 1 / k], [-k, k, 1 / k], [0, -root, 1 / root]]
        return [*zip(a, (k, k, root))], [([-v for v in row], c) for row, c in zip(a, (k, k, root))]
    return [([one * k, one * 0], part * part)], [(second, part)]


def _stack(members: Sequence[Sequence[tuple]], dtype: Any) -> ReLUNet:
    a = np.array([[row for row, _ in own] for own in members], dtype)
    c = np.array([[[read for _, read in own]] for own in members], dtype)
    return ReLUNet([a, c], [None, None])


def pathologies(ks: Iterable[int], *, weight: float = 2.0) -> xr.Dataset:
    r"""How near the functions are in each of `PATHOLOGIES`, and how far the parameters.

    Args:
        ks, weight: as for :func:`pathology`.

    Returns:
        A data set over example and k: `function`, the distance of the functions, in 2.1 the largest
        $|g-\mathcal R(\Gamma)|$ on $[-1,1]^2$ and otherwise the semi-norm
        $|g-\mathcal R(\Gamma)|_{W^{1,\infty}}$, exact but for rounding; `bound`, the proved lower
        bound of $\lVert\Phi-\Gamma\rVert_\infty$ over all parameters $\Phi$ of $g$ by as many
        neurons; and `nearest`, the distance of the nearest that give each direction of $g$
        to one neuron.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    ks = listed("ks", ks, "integers")
    values = np.empty((3, len(PATHOLOGIES), len(ks)))
    for row, example in enumerate(PATHOLOGIES):
        gamma, g = pathology(example, ks, weight=weight)
        apart = uniform_norm(g) if example == "2.1" else seminorm(g, gamma)
        values[0, row] = apart.astype(float)
        values[2, row] = parameter_distance(matched(gamma, g), gamma).astype(float)
    k = np.array(ks, float)
    least: dict[str, Any] = {
        "2.1": k,
        "2.2": weight,
        "2.3": 1.0,
        "2.4": 0.5,
        "2.5": sqrt(2) * k,
        "A.2": k,
    }
    values[1] = [k * 0 + least[example] for example in PATHOLOGIES]
    dims = ("example", "k")
    names = ("function", "bound", "nearest")
    labels = {"example": list(PATHOLOGIES), "k": ks}
    return xr.Dataset({name: (dims, own) for name, own in zip(names, values)}, labels)


def uniform_norm(net: ReLUNet) -> NDArray:
    r"""The largest $|f|$ on $[-1,1]^2$ of $f(x)=\sum_ic_i\max(\langle a_i,x\rangle,0)$, (models,).

    It is taken at a corner, or where a line $\langle a_i,x\rangle=0$ meets an edge; of Fractions
    it is exact.

    Args:
        net: two-layer networks without biases, of two inputs and one output.

    Raises:
        TypeError: `net` is not a ReLUNet.
        ValueError: it has another shape, or biases.
    """
    if (stack("net", net).depth, net.inputs, net.outputs) != (1, 2, 1) or any(
        bias is not None and (bias != 0).any() for bias in net.biases
    ):
        raise ValueError(
            f"net must have two inputs, one hidden layer without biases and one output, got {net!r}"
        )
    a = net.weights[0]
    sizes = np.abs(a).max(2, keepdims=True)
    ends = np.stack([-a[:, :, 1], a[:, :, 0]], 2) / np.where(sizes == 0, sizes + 1, sizes)
    zero = a[:, :2] * 0
    corners = zero + np.array([[1, 1], [1, -1]], a.dtype)
    points = np.concatenate([ends, corners, -ends, -corners], 1)
    return np.abs(net(points)).max(1)


def parameter_distance(net: ReLUNet, other: ReLUNet) -> NDArray:
    r"""$\lVert\Phi-\Gamma\rVert_\infty$, the largest difference of two weights, (models,).

    Args:
        net: networks without biases.
        other: as many of the same shape, or one, to which all are compared.

    Raises:
        TypeError: an argument is not a ReLUNet.
        ValueError: the shapes differ, or there are biases.
    """
    sides = stack("net", net), stack("other", other)
    shapes = [[one.shape[1:] for one in side.weights] for side in sides]
    if shapes[0] != shapes[1] or len(other) not in (1, len(net)):
        raise ValueError(f"other must have the shape of net, {net!r}, or one member, got {other!r}")
    for name, side in zip(("net", "other"), sides):
        if any(bias is not None for bias in side.biases):
            raise ValueError(f"{name} must have no biases, got {side!r}")
    parts = [np.abs(a - b).max((1, 2)) for a, b in zip(net.weights, other.weights)]
    return np.maximum.reduce(parts)


def parametrizations(g: ReLUNet, factors: Sequence[Fraction | float]) -> ReLUNet:
    r"""Other parameters of one function: its neurons in every order, turned round where the
    function stays what it is, and rescaled, $(\lambda a_i,c_i/\lambda)$, by every choice of one
    of the `factors` a neuron.

    Where no two of the $a_i$ are parallel and no $c_ia_i$ is 0, all parameters by as many neurons
    are of this form, with other factors.

    Args:
        g: one two-layer network without biases, of one output.
        factors: positive, at least one.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: `g` is no such network, or a factor is not positive; or there would be more
            than ten million weights.
    """
    neurons("g", g)
    if len(g) != 1:
        raise ValueError(f"g must hold one network, got {len(g)}")
    values = checks.numeric("factors", listed("factors", factors, "numbers"), exact=True)
    checks.shaped("factors", values, (None,))
    if (values <= 0).any():
        raise ValueError(f"factors must be positive, got {checks.brief(values.min())}")
    a, c = g.weights[0][0], g.weights[1][0, 0]
    count = factorial(len(c)) * 2 ** len(c) * len(values) ** len(c) * a.size
    if count > MOST_WEIGHTS:
        raise ValueError(f"factors and g must need at most 10,000,000 weights, got {count:,}")
    memory.fit("factors and g", (factors, g), 32 * count)
    if (a.dtype == object) != (values.dtype == object):
        kind = "Fractions" if a.dtype == object else "floats"
        raise TypeError(f"factors must hold {kind} as g does, got {checks.brief(factors)}")
    turned = np.array([*product([1, -1], repeat=len(c))])
    linear = (turned[:, :, None] != 1) * (c[:, None] * a)
    off = np.abs(linear.sum(1)).max(1)
    kept = turned[off <= (0 if a.dtype == object else 1e-12 * np.abs(linear).max())]
    scales = np.array([*product(values, repeat=len(c))], values.dtype)
    orders = np.array([*permutations(range(len(c)))])
    rows = (kept[:, None, :, None] * scales[None, :, :, None] * a)[:, :, orders]
    read = np.broadcast_to(c / scales, (len(kept), *scales.shape))[:, :, orders]
    shape = (-1, *a.shape)
    return ReLUNet([rows.reshape(shape), read.reshape(-1, 1, len(c))], [None, None])
