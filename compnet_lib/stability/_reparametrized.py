"""Parameters of a given function that are close to given ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..networks.network import ReLUNet
from ._rewritten import rescaling, without_redundancy
from ._seminorm import of_neurons
from .matching import bottleneck, closest_factors
from .shallow import Neurons, lines, network, pair, tolerance


@dataclass(frozen=True)
class Reparametrized:
    """Parameters of the functions of one stack, close to those of another."""

    net: ReLUNet
    """The functions of `g`, by as many neurons as the given stack has."""
    distance: NDArray
    r"""$\lVert\Phi-\Gamma\rVert_\infty$, the largest difference of two weights, (models,)."""
    seminorm: NDArray
    r"""$r=|g-\mathcal R(\Gamma)|_{W^{1,\infty}}$, (models,)."""
    beta: NDArray
    r"""The least $\beta$ for which condition 1 holds: the largest of $|c_i|$ and
    $\lVert a_i\rVert_\infty$ over the neurons with $\lVert c_ia_i\rVert_\infty\le2r$, (models,)."""
    bound: NDArray
    r"""$\beta+2\sqrt r$, (models,)."""


def reparametrize(net: ReLUNet, g: ReLUNet, *, tol: float = 1e-12) -> Reparametrized:
    r"""Parameters of the functions of `g` close to those of `net`, by inverse stability.

    With $r=|g-\mathcal R(\Gamma)|_{W^{1,\infty}}$ and $\beta$ as large as all $|c_i|$ and $\lVert
    a_i\rVert_\infty$ of the neurons of $\Gamma$ with $\lVert c_ia_i\rVert_\infty\le2r$, there is
    a $\Phi$ with $\mathcal R(\Phi)=g$ and

    .. math:: \lVert\Phi-\Gamma\rVert_\infty\le\beta+2\sqrt r,

    if no two neurons of $\Gamma$ have one direction, and none of $\Gamma$ and of the parameters
    of $g$ have opposite ones. :func:`compnet_lib.stability.matched` finds one at least as close.

    Args:
        net: $\Gamma$, two-layer networks without biases, of one output.
        g: parameters of the functions, as many networks with as many inputs; at most as many
            directions as `net` has neurons.
        tol: by how much directions that are taken as one differ at most in a coordinate; unused
            for Fractions.

    Raises:
        TypeError: an argument is of the wrong type, or one stack holds Fractions and one floats.
        ValueError: the stacks do not fit each other or are not such networks; or a condition does
            not hold: the error names the member and its neurons.

    Source: "How degenerate is the parametrization of neural networks with the ReLU activation
    function?", Theorem 3.1 (formulas rebuilt).
    """
    gamma, theta = pair("net", net, "g", g)
    tol = tolerance(tol)
    joined = gamma.joined(Neurons(theta.a, -theta.c))
    _refuse_parallel(gamma, tol)
    _refuse_opposite(joined, gamma.c.shape[1], tol)
    phi = _matched(gamma, theta, tol)
    r = of_neurons(joined, tol)
    small = np.abs(gamma.products) <= 2 * r[:, None]
    larger = np.maximum(gamma.sizes, np.abs(gamma.c))
    beta = np.where(small, larger, larger * 0).max(1)
    bound = np.asarray(beta, float) + 2 * np.sqrt(np.asarray(r, float))
    return Reparametrized(network(phi), _distance(phi, gamma), r, beta, bound)


def matched(net: ReLUNet, g: ReLUNet, *, tol: float = 1e-12) -> ReLUNet:
    r"""Parameters of the functions of `g` near those of `net`: the nearest, in the largest
    difference of two weights, that give each direction of `g` to one neuron of `net`, rescaled
    freely, $(\lambda b_j,e_j/\lambda)$, and let the other neurons be 0.

    No condition is asked for; where some directions are equal or opposite, there may be nearer
    parameters, in which several neurons share a direction.

    Args:
        net: two-layer networks without biases, of one output.
        g: as many of them, with as many inputs.
        tol: by how much directions that are taken as one differ at most in a coordinate; unused
            for Fractions.

    Raises:
        TypeError, ValueError: as for :func:`compnet_lib.reparametrize`, without the conditions.
    """
    gamma, theta = pair("net", net, "g", g)
    return network(_matched(gamma, theta, tolerance(tol)))


def _matched(gamma: Neurons, theta: Neurons, tol: float) -> Neurons:
    units, used = _units(without_redundancy(theta, tol), gamma.c.shape[1])
    factors, costs = closest_factors(_floats(gamma), _floats(units))
    silent = np.abs(gamma.c) <= gamma.sizes  # cheaper to stop reading than to stop receiving
    idle = np.minimum(np.abs(gamma.c), gamma.sizes).astype(float)
    costs = np.where(used[:, None], costs, idle[:, :, None])
    found = Neurons(gamma.a.copy(), gamma.c.copy())
    for member, cost in enumerate(costs):
        i, j = bottleneck(cost)
        taken = used[member, j]
        factor = rescaling(factors[member, i, j], gamma)
        here, read = gamma.a[member, i], gamma.c[member, i]
        mute = silent[member, i]
        left = np.where(mute[:, None], here, here * 0)
        found.a[member, i] = np.where(taken[:, None], units.a[member, j] * factor[:, None], left)
        left = np.where(mute, read * 0, read)
        found.c[member, i] = np.where(taken, units.c[member, j] / factor, left)
    return found


def _units(theta: Neurons, width: int) -> tuple[Neurons, NDArray]:
    """The neurons of `theta` that are not 0, padded to `width`, and which these are."""
    live = theta.products != 0
    if (most := int(live.sum(1).max())) > width:
        member = int(live.sum(1).argmax())
        raise ValueError(
            f"g must have at most {width} directions, one for each neuron of net, "
            f"got {most} in member {member}"
        )
    order = np.argsort(~live, 1, kind="stable")[:, :width]
    spare = width - order.shape[1]
    a = np.take_along_axis(theta.a, order[:, :, None], 1)
    c = np.take_along_axis(theta.c, order, 1)
    used = np.take_along_axis(live, order, 1)
    pad = lambda array: np.concatenate([array, np.repeat(array[:, :1] * 0, spare, 1)], 1)
    return Neurons(pad(a), pad(c)), pad(used) & True


def _floats(found: Neurons) -> Neurons:
    return Neurons(found.a.astype(float), found.c.astype(float))


def _distance(first: Neurons, second: Neurons) -> NDArray:
    apart = np.abs(first.a - second.a).max((1, 2))
    return np.maximum(apart, np.abs(first.c - second.c).max(1))


def _refuse_parallel(gamma: Neurons, tol: float) -> None:
    owner, side = lines(gamma, tol)
    for i in range(owner.shape[1]):
        same = (owner == owner[:, i, None]) & (side == side[:, i, None]) & (owner >= 0)
        same[:, : i + 1] = False
        if same.any():
            member, j = np.argwhere(same)[0]
            raise ValueError(
                "net must have no two neurons of one direction (condition 2 of Theorem 3.1), "
                f"got neurons {i} and {j} in member {member}: merged makes them one"
            )


def _refuse_opposite(joined: Neurons, width: int, tol: float) -> None:
    owner, side = lines(joined, tol)
    name = lambda i: f"neuron {i} of net" if i < width else f"neuron {i - width} of g"
    for i in range(owner.shape[1]):
        against = (owner == owner[:, i, None]) & (side == -side[:, i, None]) & (owner >= 0)
        if against.any():
            member, j = np.argwhere(against)[0]
            raise ValueError(
                "net and g must have no opposite directions (condition 3 of Theorem 3.1), got "
                f"{name(min(i, j))} and {name(max(i, j))} in member {member}"
            )
