"""How much noise on its weights a network bears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks
from .._core.seeds import one, several
from ..functions.of_networks import mse
from ..networks.network import ReLUNet
from ..targets.checks import one_each
from ..targets.target import Target
from ..training.problem import trainable
from ._labelled import labelled

if TYPE_CHECKING:
    import xarray as xr


def shaken(
    net: ReLUNet, sigma: float, *, relative: bool = True, seed: int | Sequence[int] = 0
) -> ReLUNet:
    r"""The stack with normal noise $\xi$ on every weight and bias: $w(1+\sigma\xi)$,
    or $w+\sigma\xi$ if it is not `relative`; in float64. Layers without a bias keep none.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    sigma, relative = checks.number("sigma", sigma), checks.flag("relative", relative)
    trainable(net)
    own = isinstance(seed, Sequence) and not isinstance(seed, str)
    drawn = several("seed", seed) if own else one("seed", seed)
    rng = np.random.default_rng(drawn)

    def moved(array: NDArray) -> NDArray:
        noise = sigma * rng.standard_normal(array.shape)
        with np.errstate(all="ignore"):
            found = array * (1 + noise) if relative else array + noise
        if np.isfinite(array).all() and not np.isfinite(found).all():
            raise ValueError(f"sigma must leave the weights finite, got {sigma:g}")
        return found

    weights = [moved(w) for w in net.weights]
    return ReLUNet._trusted(weights, [None if b is None else moved(b) for b in net.biases])


def under_noise(
    net: ReLUNet,
    curves: Sequence[Target],
    sigmas: ArrayLike,
    *,
    relative: bool = True,
    draws: int = 20,
) -> xr.DataArray:
    """Errors under noise as multiples of those without, medians over draws.

    Args:
        net: a network for each curve, with a bias in every layer.
        curves: the targets.
        sigmas: sizes of the noise, see :func:`shaken`.
        relative: whether the noise is in proportion to each weight.
        draws: how often it is drawn at each size.

    Returns:
        An array with the dimensions sigma and curve.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    draws = checks.integer("draws", draws, 1)
    trainable(net)
    curves = one_each("curves", curves, len(net))
    sigmas = checks.shaped("sigmas", checks.numeric("sigmas", sigmas), (None,))
    options = {"relative": relative}
    errors = [
        [mse(shaken(net, sigma, seed=[draw, 7], **options), curves) for draw in range(draws)]
        for sigma in sigmas
    ]
    ratios = np.median(errors, axis=1) / mse(net, curves)
    return xr.DataArray(ratios, {"sigma": sigmas, "curve": [curve.name for curve in curves]})


def noise_at(ratios: xr.DataArray, level: xr.DataArray | float) -> xr.DataArray:
    """The size of noise at which the error is `level` times its own, above 1:
    on a straight line between logarithms of what was added; at most the largest.

    Args:
        ratios: what :func:`under_noise` gives; its dimension `sigma` goes.
        level: a number, or a `DataArray` with dimensions of `ratios`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    labelled("ratios", ratios, "sigma")
    each = isinstance(level, xr.DataArray)
    levels = labelled("level", level).values if each else checks.number("level", level)
    if not np.all(levels > 1):
        raise ValueError(f"level must be above 1, got {checks.brief(level)}")
    sigmas = ratios["sigma"].values

    def first(row: NDArray, level: float) -> float:
        above = np.flatnonzero(row >= level)
        if not len(above):
            return float(sigmas[-1])
        last = max(above[0], 1)
        ends = np.log(np.maximum(row[last - 1 : last + 1] - 1, 1e-12))
        places = np.log(sigmas[last - 1 : last + 1])
        return float(np.exp(np.interp(np.log(level - 1), ends, places)))

    return xr.apply_ufunc(first, ratios, level, input_core_dims=[["sigma"], []], vectorize=True)
