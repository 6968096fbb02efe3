"""Random pairs of two-layer networks, generic and nearly degenerate, on which inverse stability is
measured."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ..._core import seeds as numbers
from ...networks.network import ReLUNet
from ...stability._reparametrized import reparametrize
from ...stability._seminorm import seminorm
from .._labelled import listed

if TYPE_CHECKING:
    import xarray as xr

PAIRS = (
    "generic",
    "same directions",
    "vanishing unit",
    "nearly parallel",
    "small products",
    "opposed",
)
"""Kinds of pairs. Two independent networks; two with the same directions and all products away
from 0; such a pair where one direction of the second meets a unit of the first whose product is
hardly any; directions that differ by 1e-9 within the first network and between both; products from
1e-12 to 1, and half of the directions shared; one unit that becomes one of nearly the opposite
product, in another direction."""
NEARLY, HARDLY = 1e-9, 1e-20


def stability_instances(
    instances: int = 10_000,
    *,
    dimensions: Sequence[int] = (2, 3, 4),
    neurons: int = 4,
    seed: int = 0,
) -> xr.Dataset:
    r"""How far the parameters of two functions are apart, against their semi-norm.

    Half of the networks $\Gamma$ are in the restricted parameter space; the others have each
    neuron rescaled by up to 100, and directions anywhere in a half-space.

    Args:
        instances: pairs $\Gamma,g$, shared out evenly over dimensions and `PAIRS`; at least one
            of each.
        dimensions: numbers of inputs, each from 2 to 6.
        neurons: of each network, from 2 to 5.
        seed: an integer of at least 0.

    Returns:
        A data set over `instance`, with the coordinates `kind`, `dimension` and `restricted`:
        `seminorm`, $r=|g-\mathcal R(\Gamma)|_{W^{1,\infty}}$; `distance`,
        $\lVert\Phi-\Gamma\rVert_\infty$ for the $\Phi$ of :func:`reparametrize`; `beta` and
        `bound`, its $\beta$ and $\beta+2\sqrt r$; `off`, $|\mathcal R(\Phi)-g|/|g|$, which is
        rounding; and `balanced`, the least distance of $\Gamma$ to parameters of $g$ in the
        restricted space, NaN where $\Gamma$ is not there.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    dimensions = listed("dimensions", dimensions, "integers")
    dimensions = [checks.integer("dimensions", d, 2, 6) for d in dimensions]
    instances = checks.integer("instances", instances, len(dimensions) * len(PAIRS))
    neurons = checks.integer("neurons", neurons, 2, 5)
    (seed,) = numbers.several("seed", [seed])
    memory.fit("instances", instances, 8000 * instances)
    rng = np.random.default_rng(seed)
    blocks = [(d, kind) for d in dimensions for kind in PAIRS]
    sizes = np.diff(np.linspace(0, instances, len(blocks) + 1).round().astype(int))
    parts = [_measured(rng, kind, size, neurons, d) for (d, kind), size in zip(blocks, sizes)]
    each = lambda values: np.repeat(np.array(values), sizes)
    kinds, inputs = each([kind for _, kind in blocks]), each([d for d, _ in blocks])
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    inside = columns.pop("restricted")
    return xr.Dataset(
        {name: ("instance", column) for name, column in columns.items()},
        {
            "kind": ("instance", kinds),
            "dimension": ("instance", inputs),
            "restricted": ("instance", inside),
        },
    )


def _measured(
    rng: np.random.Generator, kind: str, size: int, neurons: int, d: int
) -> dict[str, NDArray]:
    restricted = np.arange(size) % 2 == 0
    u, p, v, q = _drawn(rng, kind, _directions(rng, restricted, neurons, d))
    factor = np.where(restricted[:, None], 1.0, 10 ** rng.uniform(-2, 2, p.shape))
    gamma, g = _network(u, p, factor), _network(v, q, np.ones_like(q))
    found = reparametrize(gamma, g)
    return {
        "restricted": restricted,
        "seminorm": found.seminorm,
        "distance": found.distance,
        "beta": found.beta,
        "bound": found.bound,
        "off": seminorm(found.net, g) / seminorm(g),
        "balanced": np.where(restricted, _balanced_distance(u, p, v, q), np.nan),
    }


def _directions(rng: np.random.Generator, restricted: NDArray, neurons: int, d: int) -> NDArray:
    """Twice as many directions of sup-norm 1, (instances, 2, neurons, d): with their last two
    coordinates positive, or in a half-space that is drawn for each instance."""
    u = rng.normal(size=(len(restricted), 2, neurons, d))
    normal = rng.normal(size=(len(restricted), d))
    side = np.sign(np.einsum("nkmd,nd->nkm", u, normal))[..., None]
    positive = np.concatenate([u[..., :-2], np.abs(u[..., -2:])], -1)
    u = np.where(restricted[:, None, None, None], positive, u * side)
    return u / np.abs(u).max(-1, keepdims=True)


def _drawn(
    rng: np.random.Generator, kind: str, directions: NDArray
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Directions and products of the first network, then of the second."""
    u, v = directions[:, 0], directions[:, 1]
    sizes = u.shape[:2]
    signs, noise = rng.choice([-1.0, 1.0], sizes), rng.normal(size=sizes)
    p = signs * rng.uniform(0.5, 2, sizes)
    off = 10 ** rng.uniform(-9, 0, (sizes[0], 1)) * noise
    if kind == "generic":
        return u, rng.normal(size=sizes), v, rng.normal(size=sizes)
    if kind == "same directions":
        return u, p, u, p + off
    if kind == "vanishing unit":
        p[:, -1] = HARDLY
        return u, p, np.concatenate([u[:, :-1], v[:, -1:]], 1), p + off
    if kind == "nearly parallel":
        v = np.concatenate([_turned(u[:, :1], 2 * NEARLY), u[:, :1], u[:, 2:]], 1)
        u = np.concatenate([u[:, :1], _turned(u[:, :1], NEARLY), u[:, 2:]], 1)
        return u, p, v, p + off
    if kind == "opposed":
        far, near = np.ones((2, sizes[0], u.shape[2])) * 10 ** rng.uniform(-6, -0.1, (sizes[0], 1))
        far[:, -1] = near[:, -2] = 1
        q = np.concatenate([-p[:, :1], p[:, 1:]], 1)
        first = lambda w: np.concatenate([w[:, None], u[:, 1:]], 1)
        return first(far), p, first(near), q
    small = 10 ** rng.uniform(-12, 0, (2, *sizes))
    shared = rng.random(sizes) < 0.5
    return u, signs * small[0], np.where(shared[..., None], u, v), noise * small[1]


def _turned(u: NDArray, by: float) -> NDArray:
    """Directions whose smallest coordinate is larger by so much; their sup-norm stays 1."""
    smallest = np.abs(u).argmin(-1)[..., None] == np.arange(u.shape[-1])
    return u + by * smallest


def _network(u: NDArray, p: NDArray, factor: NDArray) -> ReLUNet:
    """Neurons of these directions and products, balanced but for a factor."""
    root = np.sqrt(np.abs(p))
    a, c = u * (root * factor)[..., None], np.sign(p) * root / factor
    return ReLUNet([a, c[:, None]], [None, None])


def _balanced_distance(u: NDArray, p: NDArray, v: NDArray, q: NDArray) -> NDArray:
    """The least distance of two balanced networks over all ways to number the neurons of the
    second, (instances,)."""
    a, b = (w * np.sqrt(np.abs(s))[..., None] for w, s in ((u, p), (v, q)))
    c, e = (np.sign(s) * np.sqrt(np.abs(s)) for s in (p, q))
    apart = np.abs(a[:, :, None] - b[:, None]).max(-1)
    cost = np.maximum(apart, np.abs(c[:, :, None] - e[:, None]))
    rows = np.arange(p.shape[1])
    orders = np.array([*permutations(rows)])
    return cost[:, rows, orders].max(-1).min(-1)
