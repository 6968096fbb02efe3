"""Other parameters of the same two-layer network: without redundant directions, balanced, without
biases, and with its weight vectors turned round."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .._core import checks
from ..networks.network import ReLUNet, stack
from .shallow import Neurons, lines, network, neurons, tolerance


def merged(net: ReLUNet, *, tol: float = 1e-12) -> ReLUNet:
    r"""The same functions without redundant directions: neurons of one direction become the first
    of them, and the others 0, as does a neuron that is not read.

    .. math:: c_j\rho(\langle a_j,x\rangle)+c_i\rho(\langle a_i,x\rangle)
       =\Bigl(c_j+c_i\frac{\lVert a_i\rVert}{\lVert a_j\rVert}\Bigr)\rho(\langle a_j,x\rangle),
       \qquad\rho(t)=\max(t,0)

    Args:
        net: two-layer networks without biases, of one output.
        tol: by how much equal directions may differ in a coordinate; unused for Fractions.

    Raises:
        TypeError, ValueError: as for :func:`compnet_lib.seminorm`.

    Source: "How degenerate is the parametrization of neural networks with the ReLU activation
    function?", (35).
    """
    found = neurons("net", net)
    return network(without_redundancy(found, tolerance(tol)))


def without_redundancy(found: Neurons, tol: float) -> Neurons:
    """`merged` of neurons that were checked before."""
    owner, side = lines(found, tol)
    sizes, a, c = found.sizes, found.a * 0, found.c * 0
    for i in range(owner.shape[1]):
        same = (owner == owner[:, i, None]) & (side == side[:, i, None]) & (owner[:, i, None] >= 0)
        first = same[:, i] & ~same[:, :i].any(1)
        safe = np.where(sizes[:, i] == 0, sizes[:, i] + 1, sizes[:, i])
        total = np.where(same, found.products, found.c * 0).sum(1) / safe
        alone = same.sum(1) == 1
        total = np.where(alone, found.c[:, i], total)
        kept = first & (total != 0)
        a[kept, i], c[kept, i] = found.a[kept, i], total[kept]
    return Neurons(a, c)


def balanced(net: ReLUNet) -> ReLUNet:
    r"""The same functions by balanced neurons, $\lVert a_i\rVert_\infty=|c_i|$: $a_i$ times, and
    $c_i$ divided by, $(|c_i|/\lVert a_i\rVert_\infty)^{1/2}$. A neuron with $c_ia_i=0$ becomes 0.

    Of Fractions the factor is the rational number that a float holds: the function stays exactly
    the same, and the balance holds to 1e-15.

    Args:
        net: two-layer networks without biases, of one output.

    Raises:
        TypeError, ValueError: as for :func:`compnet_lib.seminorm`.

    Source: "How degenerate is the parametrization of neural networks with the ReLU activation
    function?", section 3.
    """
    return network(in_balance(neurons("net", net)))


def in_balance(found: Neurons) -> Neurons:
    """`balanced` of neurons that were checked before."""
    idle = found.products == 0
    sizes = np.where(idle, found.c * 0 + 1, found.sizes)
    read = np.where(idle, found.c * 0 + 1, np.abs(found.c))
    factor = rescaling(np.sqrt(np.asarray(read / sizes, float)), found)
    zero = found.c * 0
    return Neurons(
        np.where(idle[:, :, None], found.a * 0, found.a * factor[:, :, None]),
        np.where(idle, zero, found.c / factor),
    )


def rescaling(factor: NDArray, like: Neurons) -> NDArray:
    """Floats as factors for these neurons: Fractions where they are exact."""
    if like.c.dtype != object:
        return factor
    return np.vectorize(Fraction, otypes=[object])(factor)


def switched(net: ReLUNet, *, tol: float = 1e-12) -> ReLUNet:
    r"""The same functions with all weight vectors turned round, $a_i\mapsto-a_i$: possible where
    $\sum_ic_ia_i=0$, for $\max(z,0)-\max(-z,0)=z$.

    Args:
        net: two-layer networks without biases, of one output.
        tol: how large an entry of the sum may be, relative to the largest $|c_i|\lVert
            a_i\rVert_\infty$; unused for Fractions, whose sum must be 0.

    Raises:
        TypeError: as for :func:`compnet_lib.seminorm`.
        ValueError: as there; or the sum is not 0.

    Source: "How degenerate is the parametrization of neural networks with the ReLU activation
    function?", Lemma A.3 (announced in section 2.2; rebuilt).
    """
    found, tol = neurons("net", net), tolerance(tol)
    total = np.abs((found.c[:, :, None] * found.a).sum(1)).max(1)
    allowed = total * 0 if total.dtype == object else tol * np.abs(found.products).max(1)
    if (off := np.flatnonzero(total > allowed)).size:
        raise ValueError(
            "net must have weight vectors that, times what they are read with, add up to 0, "
            f"got a sum of {checks.brief(total[off[0]])} in member {off[0]}"
        )
    return network(Neurons(-found.a, found.c))


def lifted(net: ReLUNet) -> ReLUNet:
    r"""Two-layer networks with biases as restricted ones without: $f(x)=g(x,1,-1)$.

    A neuron $c\max(\langle a,x\rangle+b,0)$ becomes $(a,b+t,t)$ with $t>|b|$, read with $c$; the
    output's bias $e$ is one neuron more, $(0,\dots,0,2,1)$, read with $e$; all are balanced. Each
    $t$ is another multiple of $\lVert(a,b)\rVert_\infty$, so that no two directions are equal, and
    a neuron that does nothing becomes one that is 0 where the last two inputs are $1,-1$.

    Args:
        net: networks with one hidden layer and one output.

    Returns:
        A stack with two inputs and one neuron more, for which :func:`compnet_lib.is_restricted`
        holds.

    Raises:
        TypeError: `net` is not a ReLUNet.
        ValueError: it has several hidden layers or outputs.

    Source: "How degenerate is the parametrization of neural networks with the ReLU activation
    function?", Lemma A.4 (announced in section 3; rebuilt).
    """
    if stack("net", net).depth != 1 or net.outputs != 1:
        raise ValueError(f"net must have one hidden layer and one output, got {net!r}")
    given = net.with_biases()
    exact = net.dtype == object
    a, c, b, bias = (
        array.astype(object if exact else float)
        for array in (given.weights[0], given.weights[1][:, 0], *given.biases)
    )
    a = np.concatenate([a, a[:, :1] * 0], 1)
    c, b = np.concatenate([c, bias], 1), np.concatenate([b, bias * 0 + 1], 1)
    width = c.shape[1]
    sizes = np.maximum(np.abs(a).max(2), np.abs(b))
    spread = (
        np.arange(width).astype(object) / Fraction(width) if exact else np.arange(width) / width
    )
    t = np.abs(b) + sizes * (1 + spread)
    t[:, -1] = t[:, -1] * 0 + 1  # of the output's bias: (0, …, 0, 2, 1)
    last = np.stack([b + t, t], 2)
    idle = (sizes == 0) | (c == 0)
    a = np.where(idle[:, :, None], a * 0, a)
    for i in range(width):
        last[idle[:, i], i] = np.array([c[0, 0] * 0 + 1, c[0, 0] * 0 + 3 + i])
    c = np.where(idle, c * 0 + 1, c)
    return network(in_balance(Neurons(np.concatenate([a, last], 2), c)))
