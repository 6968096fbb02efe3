r"""Peaks to weights: the compositional networks among all ReLU networks,
and gradients pulled back to the peaks.

The construction of section 7.1 of Milkert, Hyde and Laine,
with $\alpha_i = S_i/a_i$ and $\beta_i = -S_i/(a_i-a_i^2)$:

.. math::
   I(x) = \begin{bmatrix} x \\ x \\ x - a_0 \\ 1 \end{bmatrix}, \quad
   H_i = \begin{bmatrix} 1 & \pm\alpha_i & \pm\beta_i & 0 \\ 0 & \alpha_i & \beta_i & 0 \\
         0 & \alpha_i & \beta_i & -S_ia_{i+1} \\ 0 & 0 & 0 & S_i \end{bmatrix}, \quad
   O = \begin{bmatrix} 1 & \pm\alpha_{d-1} & \pm\beta_{d-1} & 0 \end{bmatrix}

The sign $\pm$ is the one of $x \pm F$; the paper prints the case $+$ only.
The neurons of a hidden layer are, in this order, the sum, $t_1$, $t_2$ and the bias neuron.

`fill` and `pull_back` work on NumPy arrays and on torch tensors alike,
so that every engine shares them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks, memory
from .._core.kinds import Numbers
from ..networks.network import ReLUNet
from . import _waves as waves


class Frame(NamedTuple):
    r"""Where the members of a stack are laid: `sign`, `low` and `width` of the interval,
    and the line $\alpha + \beta y$.

    Each is an array (models,) of the peaks' kind.
    """

    sign: Any
    low: Any
    width: Any
    alpha: Any
    beta: Any


def compositional(
    peaks: Numbers,
    sign: ArrayLike,
    closing: ArrayLike = 0.5,
    ratios: ArrayLike | None = None,
    *,
    line: tuple[Any, Any] = (0, 1),
    interval: tuple[Any, Any] = (0, 1),
) -> ReLUNet:
    r"""The compositional networks with the given peaks: four neurons wide,
    as many hidden layers as peaks.

    The output is $x \pm \sum_i s_iW_i(x)$, see :func:`series`: always with derived ratios,
    and with free ones if $S_0,\dots,S_{d-2}\ge0$ and wherever the ReLU of the sum neuron does
    not clip a negative partial sum (see :func:`clipped`).

    Args:
        peaks: $a_0, …, a_{d-1}$, (models, depth) or (depth,) for a stack of one,
            strictly between 0 and 1. `Fraction` peaks give a network of `Fraction`;
            otherwise the network has the peaks' dtype, float64 or float32.
        sign: +1 to add the waves, -1 to subtract them; or one per member.
        closing: $a_d$ of the last ratio $S_{d-1}=(1-a_{d-1})a_d$, strictly between 0 and 1;
            or one per member.
        ratios: free ratios $S_i$ of the shape of `peaks`; None derives them from (4),
            and then `closing` is used.
        line: $(\alpha, \beta)$, numbers: the network computes $\alpha + \beta\,(u \pm F(u))$.
        interval: (low, high), numbers: $u = (x - \text{low})/(\text{high} - \text{low})$.

    Returns:
        A network without hidden biases but the first layer's,
        and without an output bias unless $\alpha\ne0$.

    Raises:
        TypeError: `peaks` or `ratios` do not hold numbers.
        ValueError: a peak or `closing` outside (0, 1), a `sign` other than +1 or -1,
            shapes that do not fit, `line` with $\beta=0$, an empty `interval`;
            weights that would not be finite, or a stack that would not fit into memory.

    Source: Milkert, Hyde and Laine, section 7.1.
    """
    peaks = stacked_peaks(peaks)
    models, exact = len(peaks), peaks.dtype == object
    memory.fit("peaks", peaks, 40 * peaks.size * peaks.itemsize)
    signs = checks.sign("sign", sign, models)
    if derived := ratios is None:
        ratios = np.asarray(waves.ratios(peaks, signs, closing), dtype=peaks.dtype)
    else:
        ratios = stacked_ratios(ratios, peaks)
    (alpha, beta), (low, high) = (
        _two(name, value, None if exact else peaks.dtype)
        for name, value in (("line", line), ("interval", interval))
    )
    if beta == 0:
        raise ValueError("line must have a slope other than 0, got 0")
    if not low < high:
        raise ValueError(f"interval must have low < high, got {interval}")
    with np.errstate(all="ignore"):
        width = high - low
        frame = Frame(
            signs.astype(peaks.dtype),
            *(np.full(models, v, peaks.dtype) for v in (low, width, alpha, beta)),
        )
        net = build(peaks, ratios, frame)
        steep = ratios / peaks / (1 - peaks)
    if not exact:
        given = "peaks" if derived else "ratios"
        _finite(given, [steep], peaks.dtype)
        _finite("interval", [width, *net.weights[:1], *net.biases[:1]], peaks.dtype)
        _finite("line", net.weights[-1:], peaks.dtype)
    return net


def _two(name: str, value: Any, dtype: np.dtype | None) -> tuple[Any, Any]:
    """A pair in the peaks' dtype; exact if that is None."""
    first, second = checks.pair(name, value)
    if dtype is None:
        return Fraction(first), Fraction(second)
    return tuple(checks.cast(name, np.array([float(first), float(second)]), dtype))


def _finite(name: str, arrays: Sequence[Any], dtype: np.dtype) -> None:
    """Refuse an argument from which weights follow that are not finite."""
    if not all(np.isfinite(a).all() for a in arrays):
        raise ValueError(
            f"{name} must leave the weights finite in {dtype}, and does not: they overflow"
        )


def build(peaks: NDArray, ratios: NDArray, frame: Frame) -> ReLUNet:
    """The compositional networks with checked `peaks` and `ratios`, (models, depth),
    laid in `frame`."""
    exact = peaks.dtype == object
    zeros = lambda shape: np.full(shape, Fraction(0)) if exact else np.zeros(shape, peaks.dtype)
    weights, biases = empty(len(peaks), peaks.shape[1], bool((frame.alpha != 0).any()), zeros)
    fill(weights, biases, peaks, ratios, frame)
    first, hidden, last = weights
    layers = [first, *(hidden[:, i].copy() for i in range(hidden.shape[1])), last]
    return ReLUNet._trusted(layers, [biases[0], *[None] * hidden.shape[1], biases[1]])


def empty(
    models: int, depth: int, output_bias: bool, zeros: Callable[[tuple[int, ...]], Any]
) -> tuple[tuple[Any, Any, Any], tuple[Any, Any]]:
    """Zeroed weights (first, all hidden matrices together, last) and biases (first,
    last or None), made by `zeros(shape)`."""
    # Each hidden layer's matrices lie together in memory: batched products need them so.
    weights = (
        zeros((models, 4, 1)),
        zeros((depth - 1, models, 4, 4)).swapaxes(0, 1),
        zeros((models, 1, 4)),
    )
    return weights, (zeros((models, 4)), zeros((models, 1)) if output_bias else None)


def fill(weights: tuple, biases: tuple, peaks: Any, ratios: Any, frame: Frame) -> None:
    """Write the weights of the compositional networks with `peaks` and `ratios`, both (models,
    depth), into zeroed arrays.

    Arrays or tensors, shaped as by `empty`; entries that are zero for every network are left
    alone.
    """
    first, hidden, last = weights
    bias, output_bias = biases
    alpha = ratios / peaks
    beta = -alpha / (1 - peaks)
    sign = frame.sign[:, None]

    first[:, :3, 0] = (1 / frame.width)[:, None]
    start = -frame.low / frame.width
    bias[:, :2] = start[:, None]
    bias[:, 2] = start - peaks[:, 0]
    bias[:, 3] = 1

    hidden[:, :, 0, 0] = 1
    hidden[:, :, 0, 1] = sign * alpha[:, :-1]
    hidden[:, :, 0, 2] = sign * beta[:, :-1]
    hidden[:, :, 1:3, 1] = alpha[:, :-1, None]
    hidden[:, :, 1:3, 2] = beta[:, :-1, None]
    hidden[:, :, 2, 3] = -ratios[:, :-1] * peaks[:, 1:]
    hidden[:, :, 3, 3] = ratios[:, :-1]

    last[:, 0, 0] = frame.beta
    last[:, 0, 1] = frame.beta * frame.sign * alpha[:, -1]
    last[:, 0, 2] = frame.beta * frame.sign * beta[:, -1]
    if output_bias is not None:
        output_bias[:, 0] = frame.alpha


def derived_ratios(peaks: Any, closing: Any, sign: Any) -> Any:
    """The ratios of (4) for arrays or tensors, unchecked: (models, depth) from peaks (models,
    depth) and closing (models,)."""
    found = 1 - peaks
    found[:, 0] = (1 + sign) / 2 - sign * peaks[:, 0]
    found[:, :-1] *= peaks[:, 1:]
    found[:, -1] *= closing
    return found


def pull_back(
    weight_gradients: tuple,
    bias_gradient: Any,
    peaks: Any,
    ratios: Any,
    frame: Frame,
    closing: Any = None,
) -> tuple[Any, Any]:
    r"""The gradient with respect to the peaks and ratios,
    from the gradient with respect to the weights.

    The chain rule through `fill`, and, if `closing` is given,
    on through the ratios derived by (4).

    Args:
        weight_gradients: gradients for (first, hidden, last), shaped as by `empty`.
        bias_gradient: gradient for the first layer's bias, (models, 4).
        peaks, ratios: (models, depth), where the weights were filled.
        frame: as for `fill`.
        closing: $a_d$, (models,), if the ratios are derived; None if they are free.

    Returns:
        `(for the peaks, for the ratios)`, or `(for the peaks, for closing)` if `closing` is
        given.

    Source: Algorithm 1 of Milkert, Hyde and Laine ("Backpropagate through Initialization").
    """
    _, hidden, last = weight_gradients
    sign = frame.sign[:, None]
    # The gradients with respect to alpha_i and beta_i, of the hidden layers and then of the output.
    to_alpha, to_beta = peaks * 0, peaks * 0
    to_alpha[:, :-1] = sign * hidden[:, :, 0, 1] + hidden[:, :, 1, 1] + hidden[:, :, 2, 1]
    to_beta[:, :-1] = sign * hidden[:, :, 0, 2] + hidden[:, :, 1, 2] + hidden[:, :, 2, 2]
    to_alpha[:, -1] = frame.beta * frame.sign * last[:, 0, 1]
    to_beta[:, -1] = frame.beta * frame.sign * last[:, 0, 2]

    alpha = 1 / peaks
    beta = -alpha / (1 - peaks)
    to_ratios = to_alpha * alpha + to_beta * beta
    to_ratios[:, :-1] += hidden[:, :, 3, 3] - peaks[:, 1:] * hidden[:, :, 2, 3]
    to_peaks = ratios * (to_beta * (1 - 2 * peaks) * beta * beta - to_alpha * alpha * alpha)
    to_peaks[:, 0] -= bias_gradient[:, 2]
    to_peaks[:, 1:] -= ratios[:, :-1] * hidden[:, :, 2, 3]
    if closing is None:
        return to_peaks, to_ratios

    following = peaks + 0
    following[:, :-1] = peaks[:, 1:]
    following[:, -1] = closing
    inner = to_ratios * following
    to_peaks[:, 1:] -= inner[:, 1:]
    to_peaks[:, 0] -= frame.sign * inner[:, 0]
    factor = 1 - peaks
    factor[:, 0] = (1 + frame.sign) / 2 - frame.sign * peaks[:, 0]
    outer = to_ratios * factor
    to_peaks[:, 1:] += outer[:, :-1]
    return to_peaks, outer[:, -1]


def clipped(net: ReLUNet, x: ArrayLike) -> NDArray[np.int64]:
    """At how many points the sum neuron is clipped: the first neuron of some hidden layer after the
    first is negative there.

    Args:
        net: compositional networks, or what became of them in training.
        x: points, (points,) or (models, points).

    Returns:
        Integers, (models,). Zero for compositional networks with derived ratios on their
        interval, up to rounding.

    Raises:
        TypeError: `net` is not a `ReLUNet`.
        ValueError: `x` has another shape, or is NaN or infinite.
    """
    if not isinstance(net, ReLUNet):
        raise TypeError(f"net must be a ReLUNet, got {checks.brief(net)}")
    *signals, output = net.layers(x)
    negative = np.zeros((len(net), output.shape[-1]), bool)
    tolerance = 0 if net.dtype == object else 8 * np.finfo(net.dtype).eps
    for signal in signals[1:]:
        negative |= (signal[:, 0] < -tolerance).astype(bool)
    return negative.sum(1)


def stacked_peaks(peaks: ArrayLike) -> NDArray:
    """`peaks` as an array (models, depth); errors name the argument."""
    peaks = checks.inside_unit("peaks", checks.numeric("peaks", peaks, exact=True))
    return np.atleast_2d(checks.shaped("peaks", peaks, (None,), (None, None)))


def stacked_ratios(ratios: ArrayLike, peaks: NDArray) -> NDArray:
    """`ratios` as an array of the shape and dtype of `peaks`, (models, depth)."""
    ratios = checks.numeric("ratios", ratios, exact=peaks.dtype == object)
    ratios = checks.shaped("ratios", ratios, peaks.shape[1:], peaks.shape)
    return checks.cast("ratios", np.broadcast_to(ratios, peaks.shape), peaks.dtype)
