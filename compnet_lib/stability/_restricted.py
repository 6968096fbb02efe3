"""The restricted parameter space, on which close functions have close parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..networks.network import ReLUNet
from .shallow import lines, neurons, tolerance


@dataclass(frozen=True)
class Restricted:
    """Which networks lie in the restricted parameter space, and which neurons keep others out."""

    holds: NDArray
    """Whether all conditions hold, (models,)."""
    unbalanced: NDArray
    r"""Neurons with $\lVert a_i\rVert_\infty\ne|c_i|$, (models, m)."""
    parallel: NDArray
    """Neurons whose direction another one has, (models, m)."""
    negative: NDArray
    """Neurons with one of the last two entries of $a_i$ not positive, (models, m)."""

    def __bool__(self) -> bool:
        """Whether all networks of the stack do."""
        return bool(self.holds.all())

    def __str__(self) -> str:
        """One line for each condition that a member does not fulfil, with its neurons."""
        told = []
        for i in np.flatnonzero(~self.holds):
            for condition, mask in (
                ("are not balanced", self.unbalanced),
                ("have the direction of another one", self.parallel),
                ("have a last or last but one weight that is not positive", self.negative),
            ):
                if mask[i].any():
                    which = ", ".join(map(str, np.flatnonzero(mask[i])))
                    told.append(f"member {i}: neurons {which} {condition}")
        return "\n".join(told) or "all members are restricted"


def is_restricted(net: ReLUNet, *, tol: float = 1e-12) -> Restricted:
    r"""Whether networks $\sum_ic_i\max(\langle a_i,x\rangle,0)$ lie in the restricted parameter
    space: balanced, $\lVert a_i\rVert_\infty=|c_i|$; without redundant directions,
    $a_i/\lVert a_i\rVert_\infty\ne a_j/\lVert a_j\rVert_\infty$ for $i\ne j$; and with the last
    two entries of each $a_i$ positive.

    Args:
        net: two-layer networks without biases, of one output and at least two inputs.
        tol: by how much, relative to the larger, the two sides of the balance may differ, and
            absolutely, directions that are equal; Fractions' directions are compared exactly.
            At least 0 and below 1.

    Returns:
        A :class:`Restricted`; as a truth value, whether all members are.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: `net` has biases, one input, several outputs or several hidden layers, or
            `tol` is outside its limits.

    Source: "How degenerate is the parametrization of neural networks with the ReLU activation
    function?", Definition 3.2.
    """
    found, tol = neurons("net", net), tolerance(tol)
    if net.inputs < 2:
        raise ValueError(f"net must have at least two inputs, got {net!r}")
    sizes, read = found.sizes, np.abs(found.c)
    unbalanced = np.abs(sizes - read) > tol * np.maximum(sizes, read)
    owner, side = lines(found, tol)
    alike = (owner[:, :, None] == owner[:, None]) & (side[:, :, None] == side[:, None])
    alike &= (owner >= 0)[:, :, None] & ~np.eye(owner.shape[1], dtype=bool)
    parallel = alike.any(2)
    negative = (found.a[:, :, -2:] <= 0).any(2)
    bad = [np.asarray(mask, bool) for mask in (unbalanced, parallel, negative)]
    return Restricted(~np.any(bad, (0, 2)), *bad)
