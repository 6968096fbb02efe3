r"""Triangle waves, and the scales that make their sum differentiable.

Every function here takes Python floats, NumPy arrays (also object arrays of `Fraction`),
torch tensors, `Fraction` and SymPy expressions, and answers in kind.
The peaks of one composition are a sequence of `depth` numbers;
for a stack of compositions they are an array of shape (models, depth),
and `x` is then of shape (points,) or (models, points).
"""

from __future__ import annotations

import sys
from fractions import Fraction
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from .._core import checks, kinds, memory
from .._core.kinds import Numbers


def triangle(x: Numbers, a: Numbers) -> Numbers:
    r"""The triangle function with its peak, of height 1, at `a`.

    .. math:: T_a(x) = \begin{cases} x/a & 0 \le x \le a \\ (1-x)/(1-a) & a \le x \le 1 \end{cases}

    Args:
        x: where to evaluate, in [0, 1]; outside, the two lines are continued.
        a: the peak's position, strictly between 0 and 1. Broadcasts against `x`.

    Returns:
        $T_a(x)$, of the broadcast shape and of the kind of its arguments.

    Raises:
        ValueError: `a` is not strictly between 0 and 1.

    Source: Milkert, Hyde and Laine, section 3.
    """
    x, a = kinds.operand("x", x), kinds.operand("a", a)
    kinds.inside("a", a)
    kinds.broadcast({"x": x, "a": a})
    return _finite(_triangle(*kinds.agreed({"x": x, "a": a})))


def wave(x: Numbers, peaks: Numbers) -> Numbers:
    r"""The last wave $W_{d-1}$ of the composition with the given `peaks`.

    .. math:: W_i(x) = T_{a_i}(T_{a_{i-1}}(\dots T_{a_0}(x)))

    Args:
        x: where to evaluate, in [0, 1]: a number, (points,) or, for a stack, also (models, points).
        peaks: $a_0, \dots, a_{d-1}$ on the last axis: (depth,) or (models, depth).

    Returns:
        The wave's values: of the shape of `x`, or (models, points) for a stack.

    Raises:
        ValueError: a peak is not strictly between 0 and 1, or there is none.

    Source: Milkert, Hyde and Laine, equation (2).
    """
    x, *columns = kinds.against(kinds.operand("x", x), kinds.columns(peaks))
    for a in columns:
        x = _triangle(x, a)
    return _finite(x)


def waves(x: Numbers, peaks: Numbers) -> Numbers:
    r"""All waves $W_0, \dots, W_{d-1}$, stacked on a new first axis.

    Arguments and errors as for :func:`wave`; the result has shape (depth, …).
    For a `Fraction` or a SymPy expression it is an object array.
    """
    x, *columns = kinds.against(kinds.operand("x", x), kinds.columns(peaks))
    _fits("x", x, columns, 2 * len(columns) + 2)
    found = []
    for a in columns:
        x = _triangle(x, a)
        found.append(x)
    return _finite(kinds.stack(found))


def ratios(peaks: Numbers, sign: ArrayLike, closing: Numbers = 0.5) -> Numbers:
    r"""The ratios of successive scales, $S_i = s_i/s_{i-1}$,
    that equation (4) derives from the peaks.

    .. math:: S_i = (1-a_i)\,a_{i+1} \quad (i \ge 1), \qquad
              S_0 = s_0 = \begin{cases} (1-a_0)\,a_1 & \text{waves added} \\
              a_0\,a_1 & \text{waves subtracted} \end{cases}

    with `closing` in the place of $a_d$.

    Args:
        peaks: (depth,) or (models, depth), strictly between 0 and 1.
        sign: +1 if the waves are added to the line, -1 if they are subtracted; or one per model.
        closing: $a_d$, a number or one per model, strictly between 0 and 1.

    Returns:
        The ratios, of the shape of `peaks`.

    Raises:
        ValueError: a peak or `closing` is not strictly between 0 and 1,
            or `sign` is not +1 or -1.

    Source: Milkert, Hyde and Laine, sections 4.1 and 7.1.
    """
    return kinds.stack(_ratios(kinds.columns(peaks), sign, closing), -1)


def scales(peaks: Numbers, sign: ArrayLike, closing: Numbers = 0.5) -> Numbers:
    r"""The scales $s_i$ of the waves under the differentiability condition.

    .. math:: s_{i+1} = s_i\,(1-a_{i+1})\,a_{i+2}

    Arguments, shapes and errors as for :func:`ratios`, whose running product this is.

    Source: Milkert, Hyde and Laine, Theorem 3.1, equation (4).
    """
    return kinds.stack(_running_product(_ratios(kinds.columns(peaks), sign, closing)), -1)


def series(
    x: Numbers,
    peaks: Numbers,
    sign: ArrayLike,
    closing: Numbers = 0.5,
    ratios: Numbers | None = None,
) -> Numbers:
    r"""The truncated series that a compositional network computes.

    .. math:: y(x) = x \pm \sum_{i=0}^{d-1} s_i W_i(x)

    Args:
        x: where to evaluate, in [0, 1]: a number, (points,) or, for a stack, also (models, points).
        peaks: (depth,) or (models, depth), strictly between 0 and 1.
        sign: +1 to add the waves, -1 to subtract them; or one per model.
        closing: $a_d$ of the last derived ratio; unused if `ratios` are given.
        ratios: free ratios $S_i$, of the shape of `peaks`, with $s_i = S_0 \cdots S_i$;
            None derives them by (4).

    Returns:
        Values of the shape of `x`, or (models, points) for a stack.

    Raises:
        ValueError: a peak or `closing` outside (0, 1), a `sign` other than +1 or -1,
            `ratios` of another shape.

    Source: Milkert, Hyde and Laine, equation (3) and section 4.1.
    """
    columns = kinds.columns(peaks)
    steps = signed_scales(columns, sign, closing, ratios)
    x, *columns = kinds.against(kinds.operand("x", x), columns)
    x, *steps = kinds.against(x, steps, "peaks" if ratios is None else "ratios")
    x, *columns = kinds.against(x, columns)
    _fits("x", x, columns, 6)
    total, w = x, x
    with np.errstate(all="ignore"):
        for a, s in zip(columns, steps):
            w = _triangle(w, a)
            total = total + s * w
    return _finite(total, "x or ratios")


def signed_scales(
    columns: list[Numbers], sign: ArrayLike, closing: Numbers, ratios: Numbers | None
) -> list[Numbers]:
    r"""$\pm s_i$ for the columns of the peaks, each of a column's shape;
    arguments as for :func:`series`."""
    if ratios is None:
        steps = [kinds.as_column(s, columns) for s in _ratios(columns, sign, closing)]
    else:
        steps = kinds.columns(ratios, "ratios", unit=False)
        shapes = [(len(found), *np.shape(found[0])[:1]) for found in (steps, columns)]
        if shapes[0] != shapes[1]:
            raise ValueError(
                "ratios must have the shape of peaks, got (depth, models) = "
                f"{shapes[0]} for {shapes[1]}"
            )
    signs = kinds.as_column(_signs(sign, columns), columns)
    return [signs * s for s in _running_product(steps)]


def mesh(peaks: Numbers) -> Numbers:
    r"""The valleys $V_d$ of the wave that would come next: 0,
    1 and every bend of $W_0, \dots, W_{d-1}$, sorted.

    On each cell of $V_i$ the wave $W_{i-1}$ runs from 0 to 1 or back,
    so $W_i$ has one peak in it, a fraction $a_i$ of the way up.
    Hence $P_{d-1}$ is every second entry, `mesh(peaks)[..., 1::2]`, and $V_{d-1}$ the others.

    Args:
        peaks: (depth,) or (models, depth), strictly between 0 and 1.

    Returns:
        (2**depth + 1,) or (models, 2**depth + 1) positions.

    Raises:
        ValueError: a peak is not strictly between 0 and 1, there is none,
            or the positions would not fit into memory.

    Source: Milkert, Hyde and Laine, section 7.2.
    """
    columns = [kinds.flat(a) for a in kinds.columns(peaks)]
    memory.fit("peaks", peaks, _mesh_bytes(columns))
    points = [columns[0] * 0, columns[0] * 0 + 1]
    for a in columns:
        cells = zip(points[:-1], points[1:])
        inner = [
            left + (right - left) * (1 - a if k % 2 else a) for k, (left, right) in enumerate(cells)
        ]
        points = [p for pair in zip(points, inner) for p in pair] + points[-1:]
    return kinds.stack(points, -1)


def _triangle(x, a):
    with np.errstate(all="ignore"):  # both lines are computed, the steeper one beyond its end, too
        return kinds.where(x <= a, x / a, (1 - x) / (1 - a))


def _finite(found, names="x"):
    """What was computed; ValueError where it went beyond floats."""
    kind, fine = kinds.kind_of(found), True
    if kind == "torch":
        fine = bool(found.isfinite().all())
    elif isinstance(found, (float, np.floating)) or (kind == "numpy" and found.dtype.kind == "f"):
        fine = bool(np.isfinite(found).all())
    if not fine:
        raise ValueError(f"{names} must be smaller: the values go beyond the largest number")
    return found


def _fits(name, x, columns, arrays):
    """Refuse points of which so many arrays of values do not fit into memory."""
    size = prod(np.broadcast_shapes(np.shape(x), np.shape(columns[0])))
    memory.fit(name, x, arrays * size * getattr(x, "itemsize", 8))


def _mesh_bytes(columns):
    """What a mesh takes: each of its positions is a number of its own until the end."""
    each, models = np.shape(columns[0]), prod(np.shape(columns[0]))
    torch = kinds.kind_of(columns[0]) == "torch"
    return 2 ** min(len(columns), 200) * (600 * torch + 16 * models + (300 if each else 130))


def _signs(sign, columns):
    models = len(columns[0]) if getattr(columns[0], "ndim", 0) == 2 else None
    signs = checks.sign("sign", sign, models)
    if kinds.kind_of(columns[0]) == "torch" and models is not None:
        return sys.modules["torch"].as_tensor(signs, device=columns[0].device)
    if models is None:
        return int(signs)
    return signs.astype(columns[0].dtype) if columns[0].dtype.kind == "f" else signs


def _ratios(columns, sign, closing):
    columns = [kinds.flat(a) for a in columns]
    signs = _signs(sign, [_as_model_column(a) for a in columns])
    last = _closing(closing, columns[0])
    following = columns[1:] + [last]
    # 1 - a_0 for addition and a_0 for subtraction, in one expression that is exact for both
    first = (1 + signs) // 2 - signs * columns[0]
    return [(first if i == 0 else 1 - a) * b for i, (a, b) in enumerate(zip(columns, following))]


def _as_model_column(a):
    return a[:, None] if getattr(a, "ndim", 0) == 1 else a


def _closing(closing, like):
    """`closing` in the kind of the peaks: exact where they are exact."""
    kind = kinds.kind_of(like)
    if kind == "torch":
        closing = _closing_tensor(closing, like)
    elif kind == "numpy":
        floats = None if like.dtype == object else like.dtype
        closing = checks.per_member("closing", closing, len(like), floats, exact=True)
        if like.dtype == object:
            closing = np.array([Fraction(v) for v in closing.tolist()], dtype=object)
    else:
        if kinds.kind_of(closing) in ("torch", "numpy") or isinstance(closing, (list, tuple)):
            closing = checks.shaped("closing", checks.numeric("closing", closing, True), ())[()]
        closing = kinds.operand("closing", closing)
        if isinstance(closing, (float, np.floating)) and isinstance(like, Fraction):
            closing = Fraction(float(closing))
        elif kind == "sympy" and isinstance(closing, (float, Fraction)):
            closing = sys.modules["sympy"].Rational(Fraction(closing))
    kinds.inside("closing", closing)
    return closing


def _closing_tensor(closing, like):
    if kinds.kind_of(closing) != "torch":
        array = checks.numeric("closing", closing)
        closing = sys.modules["torch"].as_tensor(array, dtype=like.dtype, device=like.device)
    closing = kinds.operand("closing", closing)
    checks.shaped("closing", closing, (), tuple(like.shape))
    return closing.expand(like.shape)


def _running_product(factors):
    products = [factors[0]]
    with np.errstate(all="ignore"):
        for f in factors[1:]:
            products.append(products[-1] * f)
    return products
